"""The documents that quotations are made from, with who says what in them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.questions import HALVES, Half, Words
from evals.quotations.oracle import Oracle
from evals.quotations.records import FOLDER, read_records
from evals.records import Record
from rag.documents import Document
from rag.errors import EvaluationError
from rag.text import Span

SAYINGS, SPEAKERS = "sayings.jsonl", "speakers.jsonl"


class SayingLine(Record):
    """Who says what, read by a person and not by `ingest`, whose errors it must not share.

    Attributes:
        document: Its place in the built-in library: files/samples/wangxi-baogao.docx
        speaker: None for words of the narrator, whom one might take for a speaker's.
        begins: How the words begin; `ends` how they end.
    """

    document: Words
    speaker: Words | None
    begins: Words
    ends: Words


class SpeakerLine(Record):
    """A speaker, and how he is named with and without office, the plain name first."""

    name: Words
    namings: tuple[Words, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """Words of a document that somebody says; of the narrator where `speaker` is None."""

    document: Document
    span: Span
    speaker: str | None

    @property
    def text(self) -> str:
        """The words."""
        return self.span.of(self.document.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """All that quotations are made from.

    Attributes:
        documents: In order of their sources.
        sayings: In the order of the file.
        namings: Name → how the speaker is named; the name itself first.
        halves: Document id → the half its quotations are of.
    """

    documents: tuple[Document, ...]
    sayings: tuple[Saying, ...]
    namings: Mapping[str, tuple[str, ...]]
    halves: Mapping[str, Half]
    oracle: Oracle

    def of_half(self, half: Half) -> list[Document]:
        """The documents of a half, in order."""
        return [one for one in self.documents if self.halves[one.document_id] == half]

    def sayings_in(self, document: Document) -> list[Saying]:
        """What is said in a document, by speakers and by the narrator where he is noted."""
        return [one for one in self.sayings if one.document.document_id == document.document_id]


def make_library(documents: Iterable[Document], *, folder: Path = FOLDER) -> Library:
    """Documents with the sayings and speakers of a folder.

    Args:
        documents: In any order.
        folder: With sayings.jsonl and speakers.jsonl. Sayings of documents that are not
            there are left out.

    Raises:
        EvaluationError: A file is malformed, words do not stand in their document, or two
            documents have one title.
    """
    ordered = tuple(sorted(documents, key=lambda document: document.source))
    texts = {document.metadata.title: document.text for document in ordered}
    if len(texts) < len(ordered):
        raise EvaluationError("资料库里有两份文件标题相同，题目无从指明出自哪一份")
    by_source = {document.source.removeprefix("library:"): document for document in ordered}
    speakers = read_records(folder / SPEAKERS, SpeakerLine)
    return Library(
        documents=ordered,
        sayings=tuple(
            _saying(by_source[line.document], line)
            for line in read_records(folder / SAYINGS, SayingLine)
            if line.document in by_source
        ),
        namings={line.name: line.namings for line in speakers},
        halves=_halves(ordered),
        oracle=Oracle(texts),
    )


def _saying(document: Document, line: SayingLine) -> Saying:
    start = document.text.find(line.begins)
    end = document.text.find(line.ends, start)
    if start < 0 or end < 0:
        message = f"{line.document} 里没有“{line.begins}……{line.ends}”，请改正 {SAYINGS}"
        raise EvaluationError(message)
    return Saying(document=document, span=Span(start, end + len(line.ends)), speaker=line.speaker)


def _halves(documents: Sequence[Document]) -> dict[str, Half]:
    """Samples and others each evened out by length, the longest first."""
    halves = dict[str, Half]()
    for is_sample in (True, False):
        lengths = dict.fromkeys(HALVES, 0)
        group = [one for one in documents if one.metadata.is_sample == is_sample]
        for document in sorted(group, key=lambda one: (-len(one.text), one.source)):
            half = min(HALVES, key=lambda half: lengths[half])
            halves[document.document_id] = half
            lengths[half] += len(document.text)
    return halves
