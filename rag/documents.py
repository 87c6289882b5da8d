"""The nouns: what flows through 问策.

file → Document → Passage → Evidence → Citation → Answer
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, Self

from rag.text import Span


class Kind(StrEnum):
    """What sort of text a document is."""

    SPEECH = "speech"
    NEWS = "news"
    REPORT = "report"
    LAW = "law"
    BRIEFING = "briefing"
    OTHER = "other"


class Level(StrEnum):
    """The administrative level of a place."""

    NATION = "nation"
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An administrative area.

    Attributes:
        name: As the documents name it, with its suffix: 二七区, 忻州市, 江苏省.
        level: City is a prefecture-level city, county also a district of a city.
        within: The areas that hold it, nearest first, as far as known: ("郑州市", "河南省").
    """

    name: str
    level: Level
    within: tuple[str, ...] = ()


_PARTIAL_DATE = re.compile(r"(?:(\d{4})|-)(?:-(\d{2})(?:-(\d{2}))?)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialDate:
    """A date of which parts may be unknown: what a document doesn't say stays out.

    Written as in XML Schema: 2019-03-22, 2019-03, 2019, and --12-28 where the year is unknown.

    Raises:
        ValueError: Nothing is known, a day stands without a month, or a part is out of range.
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if self.year is None and self.month is None:
            raise ValueError("a date needs a year or a month")
        if self.day is not None and self.month is None:
            raise ValueError("a day needs a month")
        in_range = (
            (self.year is None or 1000 <= self.year <= 2999)
            and (self.month is None or 1 <= self.month <= 12)
            and (self.day is None or 1 <= self.day <= 31)
        )
        if not in_range:
            message = f"no such date: {self.year}, {self.month}, {self.day}"
            raise ValueError(message)

    def __str__(self) -> str:
        year = "-" if self.year is None else f"{self.year:04}"
        month = "" if self.month is None else f"-{self.month:02}"
        day = "" if self.day is None else f"-{self.day:02}"
        return year + month + day

    @classmethod
    def parse(cls, text: str) -> Self:
        """The inverse of `str`.

        Raises:
            ValueError: `text` is in no form that `str` writes.
        """
        match = _PARTIAL_DATE.fullmatch(text)
        if match is None:
            message = f"no date: {text!r}"
            raise ValueError(message)
        year, month, day = (None if part is None else int(part) for part in match.groups())
        return cls(year=year, month=month, day=day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Who said something.

    Attributes:
        name: 吴天君; for a body that speaks, its name: 会议.
        office: As the document gives it (省委常委、市委书记), or None.
    """

    name: str
    office: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributedSpeech:
    """A stretch of a document that the document says somebody said.

    Attributes:
        span: What was said, without the words that introduce it.
        speaker: Who said it.
        introduction: The words that say so: 省委常委、市委书记吴天君明确指出：
    """

    span: Span
    speaker: Speaker
    introduction: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What is known about a document; None or empty means unknown, never a guess.

    Attributes:
        title: Never empty. Where the document has none it is made from its first clause, and
            `origins["title"]` is "first_clause".
        issuer: Who issued it (laws, notices): 国务院.
        publisher: Which medium or site published it: 济南日报.
        event_date: When what it reports took place, or a speech was given.
        published_date: When it was published.
        speakers: Everybody to whom speech is attributed, in order of first appearance.
        reporters: Reporters, correspondents and authors; `editors` likewise.
        document_number: 发文字号: 包府办发〔2022〕43号.
        is_sample: An invented example (示例) of the built-in library.
        sources: Documents that a briefing rests on, with their dates, as its manifest says.
        origins: Field name → how it was found, a short English word: "manifest", "html",
            "label", "headline", "dateline", "signature", "text", "file_name", "first_clause".
            Each field that is known has one.
    """

    title: str
    kind: Kind = Kind.OTHER
    issuer: str | None = None
    publisher: str | None = None
    place: Place | None = None
    event_date: PartialDate | None = None
    published_date: PartialDate | None = None
    speakers: tuple[Speaker, ...] = ()
    reporters: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    document_number: str | None = None
    url: str | None = None
    is_sample: bool = False
    sources: tuple[str, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading inside a document: its place in the text and its depth, 1 for the highest."""

    span: Span
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    r"""One text as published.

    Attributes:
        document_id: From `derive_document_id`: the same file in the same collection keeps its
            id when its content changes.
        collection: The set it belongs to: "library", "default", "seeds".
        source: What identifies the file within its collection: its absolute path, with
            "!member" for a file in an archive and "#part" for one of several documents in
            a file; "library:…" for the built-in library, "upload:…" for an upload.
        file_name: The name of the file it came from, as a user would recognise it.
        text: Canonical text; every span points into it. Paragraphs end with one "\n".
        headings: In order of place; their spans are whole lines of `text`.
        pages: Number of the page on which each stretch of text begins, as (offset, page),
            offsets rising; empty when the file has no pages.
        speeches: In order of place.
    """

    document_id: str
    collection: str
    source: str
    file_name: str
    text: str
    metadata: Metadata
    headings: tuple[Heading, ...] = ()
    pages: tuple[tuple[int, int], ...] = ()
    speeches: tuple[AttributedSpeech, ...] = ()

    def page_at(self, offset: int) -> int | None:
        """The number of the page that holds `offset`, or None when there are no pages."""
        page = None
        for start, number in self.pages:
            if start > offset:
                break
            page = number
        return page

    def speaker_at(self, span: Span) -> Speaker | None:
        """Who says what stands at `span`: the innermost attributed speech that holds it."""
        holding = [speech for speech in self.speeches if speech.span.contains(span)]
        return min(holding, key=lambda speech: len(speech.span)).speaker if holding else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """The piece of a document that is embedded, retrieved and cited.

    Attributes:
        passage_id: From `derive_passage_id`.
        index: Its place among the passages of its document, from 0.
        span: `span.of(document.text) == text`.
        heading_path: Texts of the headings it stands under, highest first.
        context: What is indexed in front of the text and never shown: title, issuer or
            place, date, heading path, joined by spaces.
        lead: How its document begins, for the word index: a passage from the middle of a
            text does not repeat who and what it is about.
        page: Number of the page it begins on.
    """

    passage_id: str
    document_id: str
    index: int
    span: Span
    text: str
    heading_path: tuple[str, ...] = ()
    context: str = ""
    lead: str = ""
    page: int | None = None

    @property
    def embedded_text(self) -> str:
        """What becomes a vector: context, then text."""
        return f"{self.context}\n{self.text}" if self.context else self.text

    @property
    def indexed_text(self) -> str:
        """What goes into the word index: lead, context, then text."""
        return f"{self.lead}\n{self.embedded_text}" if self.lead else self.embedded_text


def _digest(*parts: str) -> str:
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=12).hexdigest()


def derive_document_id(*, collection: str, source: str) -> str:
    """24 hexadecimal digits from collection and source."""
    return _digest("document", collection, source)


def derive_passage_id(*, document_id: str, span: Span, indexed_text: str) -> str:
    """24 hexadecimal digits from document, place and all that is indexed."""
    return _digest("passage", document_id, str(span.start), str(span.end), indexed_text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which documents to look at; None asks for no restriction.

    Attributes:
        place: Matches a document's place and every place that holds it.
        speaker: Matches the name of anybody who speaks in the document.
        date_from: Inclusive, as PartialDate writes it; compared with the publication date,
            else the event date. A document without a known year never matches.
        date_to: Inclusive; "2019" means to the end of 2019.
    """

    collection: str | None = None
    kind: Kind | None = None
    issuer: str | None = None
    place: str | None = None
    speaker: str | None = None
    date_from: str | None = None
    date_to: str | None = None
    document_ids: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A passage found by one index; scores of different indexes do not compare."""

    passage_id: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievedPassage:
    """A passage with its document and its fused score, higher is better.

    Attributes:
        highlights: Spans in the document where words of the query stand.
    """

    passage: Passage
    document: Document
    score: float
    highlights: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Sentences of one passage that may answer the question.

    Attributes:
        span: In the document's text.
        score: Probability that it answers.
        answer: Where in the document's text the answer itself most likely stands, within
            `span`; None where nobody looked.
    """

    passage: Passage
    document: Document
    span: Span
    score: float
    answer: Span | None = None

    @property
    def text(self) -> str:
        """The words at `span`."""
        return self.span.of(self.document.text)


class AnswerStatus(StrEnum):
    """How an answer came out: a closed list."""

    ANSWERED = "answered"
    PARTIAL = "partial"
    NO_EVIDENCE = "no_evidence"
    DECLINED = "declined"


class AnswerMode(StrEnum):
    """Who writes the answer."""

    AUTO = "auto"
    EXTRACTIVE = "extractive"
    CHAT_MODEL = "chat_model"


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A sentence of an answer tied to a span of a document.

    Attributes:
        marker: The n of [n] in the answer's text.
        start: `document.text[start:end] == quote`, in Unicode code points; so for `end`.
        support: "verified" once code has compared quote and document and, for a sentence
            that a model wrote, the sentence with the quote.
        date: Publication date, else event date, as PartialDate writes it.
    """

    marker: int
    document_id: str
    title: str
    kind: Kind
    speaker: str | None
    date: str | None
    publisher: str | None
    page: int | None
    passage_id: str
    start: int
    end: int
    quote: str
    support: Literal["verified", "unsupported"] = "verified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the user gets.

    Attributes:
        text: Sentences, each followed by its markers [1][2].
        mode: "extractive" or "chat_model": who wrote it in the end.
        model: Name of the chat model, or None.
        confidence: Probability that the best sentence found answers the question; None where
            there was none to look at. Comparable between questions.
        timings_ms: Stage → milliseconds.
        notes: What the reader should know besides, in Chinese.
        answer_id: 32 random hexadecimal digits, for feedback; None where nobody takes any.
        is_cut_off: Whether the chat model's reply broke off before its end; a note says so.
    """

    status: AnswerStatus
    text: str
    citations: tuple[Citation, ...] = ()
    mode: AnswerMode = AnswerMode.EXTRACTIVE
    model: str | None = None
    confidence: float | None = None
    timings_ms: Mapping[str, float] = field(default_factory=dict[str, float])
    notes: tuple[str, ...] = ()
    answer_id: str | None = None
    is_cut_off: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One message of a conversation."""

    role: Literal["user", "assistant"]
    content: str
