"""The nouns of quotations: what look-up, verification and the check of a draft give.

quotation ── verification ──► Verification with its Matches
draft     ── drafts ────────► Findings, each with its Matches
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from rag.documents import Kind


class Verdict(StrEnum):
    """What became of a quotation, or of a statement in a draft: a closed list."""

    EXACT = "exact"
    ALTERED = "altered"
    MISATTRIBUTED = "misattributed"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffPiece:
    """A piece of the comparison of a quotation with its source; pieces follow one another.

    Attributes:
        operation: "equal", "replace" (both say something, not the same), "insert" (only the
            quotation has it), "delete" (only the source has it).
        quoted: What the quotation says here, verbatim; joined they are the quotation without
            the marks around it.
        source: What the document says here, verbatim; joined they are the match's `quote`.
    """

    operation: Literal["equal", "replace", "insert", "delete"]
    quoted: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Ready references to a document, as plain text.

    Attributes:
        gbt7714_2015: By GB/T 7714—2015, numeric style, without the number.
        gbt7714_2025: By GB/T 7714—2025, in force since 2026-07-01.
        in_text: （吴天君，2014年2月）
    """

    gbt7714_2015: str
    gbt7714_2025: str
    in_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A place in a document that holds a quotation, or nearly.

    Attributes:
        start: `document.text[start:end] == quote`, in Unicode code points; so for `end`.
        context: The sentences that hold the quotation, and one before and after them, as far
            as the same paragraph goes: `document.text[context_start:][:len(context)]`.
        speaker: Who says it, as far as the document tells; None where it does not.
        office: The speaker's office as the document gives it.
        occasion: Where it was said (全市机构改革动员大会), or None.
        date: Publication date, else event date, as PartialDate writes it.
        similarity: 1 for the very words, else the share of both that is the same.
        diff: Empty where similarity is 1.
        is_first: The earliest of all matches that are verbatim and have a date.
    """

    document_id: str
    title: str
    kind: Kind
    collection: str
    is_sample: bool
    start: int
    end: int
    quote: str
    context: str
    context_start: int
    speaker: str | None
    office: str | None
    occasion: str | None
    date: str | None
    publisher: str | None
    page: int | None
    similarity: float
    reference: Reference
    diff: tuple[DiffPiece, ...] = ()
    is_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What is known about a quotation.

    Attributes:
        message: One sentence for the user, in Chinese.
        matches: Verbatim ones first, those by the speaker asked for before others, then the
            earliest first; near ones by similarity.
        total: How many verbatim places there are in the library; `matches` may hold fewer.
        documents: In how many documents they stand.
        is_set_phrase: So short and so common that it is nobody's own words (提法).
    """

    verdict: Verdict
    message: str
    matches: tuple[Match, ...] = ()
    total: int = 0
    documents: int = 0
    is_set_phrase: bool = False


class LookUpMode(StrEnum):
    """How words are looked up: a closed list."""

    EXACT = "exact"
    NEAR = "near"
    MEANING = "meaning"


class Order(StrEnum):
    """How what was looked up is sorted: a closed list."""

    RELEVANCE = "relevance"
    DATE = "date"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One wording of a set phrase.

    Attributes:
        text: 放管服, or 简政放权、放管结合、优化服务.
        total: How often it stands in the library; `documents` in how many documents.
        by_year: In how many documents of each year, rising; documents without a year are left
            out.
        first: Where it stands first of all with a date, or None; `latest` likewise.
    """

    text: str
    total: int
    documents: int
    by_year: Mapping[int, int]
    first: Match | None
    latest: Match | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """A set phrase (提法) as the library uses it.

    Attributes:
        wordings: The one that was asked for, then those that documents put in its place, the
            more frequent first.
        expansions: Places where a document says what it stands for, the most frequent
            expansion first, each expansion once.
    """

    wordings: tuple[Wording, ...]
    expansions: tuple[Match, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUp:
    """What was found.

    Attributes:
        matches: In the order asked for.
        following: How many to pass over for the next page; None when there is none.
        total: How many verbatim places there are in documents that the filters let through;
            None where words were not looked up verbatim.
        expression: What is known of the words as a set phrase, where they are one.
    """

    matches: tuple[Match, ...]
    following: int | None = None
    total: int | None = None
    expression: Expression | None = None


class FindingKind(StrEnum):
    """What in a draft a finding is about: a closed list."""

    QUOTATION = "quotation"
    EXPRESSION = "expression"
    ENUMERATION = "enumeration"
    PERSON = "person"
    DATE = "date"
    FIGURE = "figure"
    TITLE = "title"
    DOCUMENT_NUMBER = "document_number"
    QUOTATION_MARK = "quotation_mark"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something in a draft that was checked.

    Attributes:
        start: `draft[start:end]` is what was checked, in Unicode code points; so for `end`.
        verdict: EXACT where the library confirms it, ALTERED or MISATTRIBUTED where it
            contradicts it (or marks are unpaired), NOT_FOUND where it does not know.
        message: For the writer, in Chinese.
        correction: What should stand at `[start, end)` instead, or None.
        matches: Where the library says so, the most telling first.
    """

    start: int
    end: int
    kind: FindingKind
    verdict: Verdict
    message: str
    correction: str | None = None
    matches: tuple[Match, ...] = ()
