"""What the check of a draft needs of the library."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from rag.documents import Document, RetrievedPassage
from rag.drafts.lexicon import Lexicon
from rag.quotations.quotation import Verification
from rag.text import Span


class DraftLibrary(Protocol):
    """The library as a draft is held against it."""

    def verify(self, text: str, *, speaker: str | None = None, limit: int = 5) -> Verification:
        """What is known about a quotation.

        Raises:
            ValueError: `text` is too short, too long, or holds no word.
        """
        ...

    def places(self, text: str, *, limit: int) -> Sequence[tuple[Document, Span]]:
        """Where the words stand to the letter, the earliest first.

        Raises:
            ValueError: As `verify`.
        """
        ...

    def search(self, query: str, *, limit: int) -> Sequence[RetrievedPassage]:
        """Passages that share words with `query`, best first."""
        ...

    def lexicon(self) -> Lexicon:
        """What the library's texts set in marks."""
        ...

    def documents_by_id(self, document_ids: Iterable[str]) -> Mapping[str, Document]:
        """Documents; unknown ids are left out."""
        ...
