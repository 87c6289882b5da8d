"""Every error that 问策 raises on purpose.

WenceError
├── CorpusError
│   ├── ManifestError
│   └── ParsingError
├── StorageError
│   ├── DataFolderInUseError
│   └── CatalogVersionError
├── IndexingError
│   └── IndexMismatchError
├── DocumentNotFoundError
├── ConversationError
│   ├── ConversationNotFoundError
│   └── ConversationClosedError
├── AnswerNotFoundError
├── JobError
│   ├── JobNotFoundError
│   ├── JobConflictError
│   ├── JobQueueFullError
│   └── KeyReusedError
├── ServerError
├── EvaluationError
└── AnsweringError
    ├── ChatModelError
    ├── ChatModelNotFoundError
    ├── AnswerGivenUpError
    └── CitationError

Wrong arguments are `ValueError`. "Nothing relevant found" is a status of an answer, not an
error. Each message says what was wrong, with the value, and what to do; messages are Chinese,
because users read them.
"""

from rag import telemetry


class WenceError(Exception):
    """Anything 问策 reports to its user as a failure."""


class CorpusError(WenceError):
    """Something is wrong with the documents that were handed in."""


class ManifestError(CorpusError):
    """A line of a manifest is malformed or disagrees with its file."""


class ParsingError(CorpusError):
    """A file could not be turned into text."""


class StorageError(WenceError):
    """The data folder cannot be used."""


class DataFolderInUseError(StorageError):
    """Another process owns the data folder.

    Attributes:
        process_id: The owner, or None where the lock does not say.
        url: Where the owner's API listens, or None when the owner is no server.
    """

    def __init__(self, message: str, *, process_id: int | None = None, url: str | None = None):
        super().__init__(message)
        self.process_id = process_id
        self.url = url


class CatalogVersionError(StorageError):
    """The catalog was written by a version of 问策 that this one cannot read."""


class IndexingError(WenceError):
    """Passages could not be written to an index."""


class IndexMismatchError(IndexingError):
    """The index was built with another embedding model or splitter."""


class DocumentNotFoundError(WenceError):
    """No document has the id that was asked for."""


class ConversationError(WenceError):
    """Something is wrong with a saved conversation."""


class ConversationNotFoundError(ConversationError):
    """No conversation has the id that was asked for, or none any more."""


class ConversationClosedError(ConversationError):
    """No turn can be added: conversations are not saved, or this one is full."""


class AnswerNotFoundError(WenceError):
    """No answer has the id that was asked for, or none that is still known."""


class JobError(WenceError):
    """Something is wrong with a background job."""


class JobNotFoundError(JobError):
    """No job has the id that was asked for, or none any more."""


class JobConflictError(JobError):
    """The job is not in a state for what was asked.

    Attributes:
        passes_in_s: When to try again, in seconds; None where waiting does not help.
    """

    def __init__(self, message: str, *, passes_in_s: int | None = None) -> None:
        super().__init__(message)
        self.passes_in_s = passes_in_s


class JobQueueFullError(JobError):
    """Too much is waiting to be taken in.

    Attributes:
        passes_in_s: When to try again, in seconds.
    """

    passes_in_s = 10


class KeyReusedError(JobError):
    """An Idempotency-Key was used before, for another upload."""


class ServerError(WenceError):
    """A running 问策 server refused a request or did not answer it."""


class EvaluationError(WenceError):
    """Questions, a benchmark or a saved run cannot be used."""


class AnsweringError(WenceError):
    """An answer could not be made."""


class ChatModelError(AnsweringError):
    """The chat model gave no reply, or an unusable one.

    Attributes:
        reason: Which of the usual ones.
    """

    def __init__(
        self, message: str, *, reason: telemetry.FallBack = telemetry.FallBack.FAILED
    ) -> None:
        super().__init__(message)
        self.reason = reason


class ChatModelNotFoundError(AnsweringError):
    """No chat model has the name that was asked for."""


class AnswerGivenUpError(AnsweringError):
    """Nobody waits for the answer any more."""


class CitationError(AnsweringError):
    """A marker without a passage, or a quote that is not at its span."""
