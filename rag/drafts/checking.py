"""A draft held against the library. The file to read first.

read_draft         text → sentences with what they speak of, marks, numbers
find_named_people  → persons behind an office; check_offices holds them against documents
find_sayings       → who is said to say what; check_quoted verifies each quotation
expressions        → terms and set phrases
listings           → enumerations
couplets           → sayings in two halves
titles             → titles in 《》 and document numbers
figures            → figures, dates and ordinals
faults             → marks without a partner
resolve            → one finding a place, in order
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from rag.collecting import collection_paused
from rag.drafts.couplets import CoupletChecker
from rag.drafts.evidence import EvidenceFinder
from rag.drafts.expressions import ExpressionChecker
from rag.drafts.faults import check_marks
from rag.drafts.figures import FigureChecker
from rag.drafts.holdings import NamedPerson, find_named_people
from rag.drafts.listings import EnumerationChecker
from rag.drafts.offices import check_offices
from rag.drafts.protocols import DraftLibrary
from rag.drafts.quoted import check_quoted, find_quoted
from rag.drafts.reading import Draft, read_draft
from rag.drafts.resolving import resolve
from rag.drafts.sayings import find_sayings
from rag.drafts.titles import TitleChecker
from rag.people import PersonMention, find_people
from rag.quotations.quotation import Finding, FindingKind, Verdict
from rag.text import Span

# A search takes about three milliseconds with 100,000 passages.
_SEARCHES: Final = 40
_CHARACTERS_PER_SEARCH: Final = 300
_EMPTY: Final = "稿件是空的：请粘贴或上传要核对的文字"
_NO_WORDS: Final = "稿件里没有文字：只有标点或符号，没有可以核对的内容"


class DraftChecker:
    """Checks drafts against one library; any thread may call it."""

    def __init__(self, library: DraftLibrary) -> None:
        self._library = library

    def check(self, text: str) -> tuple[Finding, ...]:
        """As `check_draft`."""
        with collection_paused():
            return check_draft(text, self._library)


def check_draft(text: str, library: DraftLibrary) -> tuple[Finding, ...]:
    """What the library confirms, contradicts or does not know of a draft.

    Nothing of the draft is stored.

    Args:
        text: The draft, as long as it may be; it is data, whatever stands in it.
        library: What it is held against.

    Returns:
        Findings in order of place. They overlap only where they say different things.

    Raises:
        ValueError: There are no words in it; the message, Chinese, is for the user.
    """
    if not text.strip():
        raise ValueError(_EMPTY)
    if not any(character.isalnum() for character in text):
        raise ValueError(_NO_WORDS)
    lexicon = library.lexicon()
    draft = read_draft(text, place_names=lexicon.terms.place_names)
    evidence = EvidenceFinder(
        library,
        place_names=lexicon.terms.place_names,
        searches=_SEARCHES + len(text) // _CHARACTERS_PER_SEARCH,
    )
    found = resolve(list(_findings(draft, library, evidence)), draft)
    return tuple(
        replace(one, correction=None) if one.correction == text[one.start : one.end] else one
        for one in found
    )


def _findings(draft: Draft, library: DraftLibrary, evidence: EvidenceFinder) -> Iterator[Finding]:
    named = find_named_people(draft, evidence)
    people = _mentions(draft, named)
    sayings = find_sayings(draft.text, people)
    quoted = find_quoted(draft, sayings, people)
    verified = list(check_quoted(draft, [one for one in quoted if not one.is_term], library))
    _follow(verified, draft, library, evidence)
    answered = _answered(verified, draft)
    yield from FigureChecker(draft, evidence, answered=answered).check()
    expressions = list(ExpressionChecker(draft, library, evidence).check())
    settled = {
        Span(one.start, one.end) for one in expressions if one.verdict is not Verdict.NOT_FOUND
    }
    yield from expressions
    yield from (one for one in verified if Span(one.start, one.end) not in settled)
    terms = [one for one in quoted if one.is_term and one.span not in settled]
    yield from check_quoted(draft, terms, library)
    told = [one for one in named if not any(span.contains(one.place) for span in answered)]
    yield from check_offices(draft, told, evidence)
    enumerations = list(EnumerationChecker(draft, library, evidence).check())
    yield from enumerations
    listed = [Span(one.start, one.end) for one in enumerations]
    yield from CoupletChecker(draft, evidence).check(listed)
    yield from TitleChecker(draft, library, evidence).check()
    yield from check_marks(draft, library.lexicon())


def _follow(
    verified: Sequence[Finding], draft: Draft, library: DraftLibrary, evidence: EvidenceFinder
) -> None:
    """A paragraph follows the document that it quotes, if it is sure which one that is."""
    sources = {
        (one.start, one.matches[0].document_id, one.matches[0].start)
        for one in verified
        if one.kind is FindingKind.QUOTATION and len(one.matches) == 1
    }
    documents = library.documents_by_id({document_id for _, document_id, _ in sources})
    for start, document_id, at in sorted(sources):
        sentence = draft.sentence_at(start)
        if sentence is not None and document_id in documents:
            evidence.use(documents[document_id], paragraph=sentence.paragraph, at=at)


def _answered(verified: Sequence[Finding], draft: Draft) -> list[Span]:
    """Quotations in marks that the library knows: they answer for all that stands in them."""
    marked = {one.inner for one in draft.marks.marked}
    spans = (Span(one.start, one.end) for one in verified if one.verdict is not Verdict.NOT_FOUND)
    return [span for span in spans if span in marked]


def _mentions(draft: Draft, named: Sequence[NamedPerson]) -> list[PersonMention]:
    """Everybody the draft names, with the names as the library has them."""
    mentions = {mention.span.start: mention for mention in find_people(draft.text)}
    for person in named:
        mentions[person.span.start] = PersonMention(
            span=person.span,
            name=person.name,
            office=person.office,
            start=person.place.start,
            end=person.place.end,
        )
    return sorted(mentions.values(), key=lambda mention: mention.span)
