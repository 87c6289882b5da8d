"""Enumerations of a draft against what the library says a term stands for.

“四个自信” listed with three of them is incomplete; with all four in another order it is not as
it is always given. A list of which the library has no like is left alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rag.drafts.enumerations import Enumeration, announced, find_enumerations, readings
from rag.drafts.evidence import EvidenceFinder
from rag.drafts.lexicon import Expansion, Lexicon
from rag.drafts.lists_by_form import find_plain_lists
from rag.drafts.plain_list_checking import PlainListChecker, corrected, counts_beside, stands_whole
from rag.drafts.protocols import DraftLibrary
from rag.drafts.reading import Draft
from rag.quotations.quotation import Finding, FindingKind, Match, Verdict
from rag.quotations.quoting import quote
from rag.scopes import places_agree, read_scope
from rag.text import Span, fold

_LEAST_SHARED: Final = 0.5
_MOST_MISSING: Final = 2
_FEWEST_ITEMS: Final = 3
_SHORTEST_COUNTED: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Comparison:
    """A list of a draft beside an expansion.

    Attributes:
        spans: The draft's items, the first without words that do not belong to it.
        shared: How many items both have.
        is_same: Both have the same items in the same order.
    """

    expansion: Expansion
    spans: tuple[Span, ...]
    items: tuple[str, ...]
    shared: int
    is_same: bool

    @property
    def span(self) -> Span:
        """The draft's list."""
        return Span(self.spans[0].start, self.spans[-1].end)


class EnumerationChecker:
    """Holds the lists of one draft against the library."""

    def __init__(self, draft: Draft, library: DraftLibrary, evidence: EvidenceFinder) -> None:
        self._draft = draft
        self._library = library
        self._evidence = evidence
        self._lexicon: Lexicon = library.lexicon()
        self._plain_lists = PlainListChecker(draft, library, evidence)

    def check(self) -> Iterator[Finding]:
        """A finding for each list that stands for a known term, in no order."""
        text = self._draft.text
        found = [
            finding
            for one in [*find_enumerations(text), *find_plain_lists(text)]
            if (finding := self._check_list(one)) is not None
        ]
        # What is one list may be read as two; where one of them is right, that is meant.
        end = -1
        for finding in sorted(
            found, key=lambda one: (one.start, one.verdict is not Verdict.EXACT, -one.end)
        ):
            if finding.start >= end:
                end = finding.end
                yield finding

    def _check_list(self, one: Enumeration) -> Finding | None:
        read = [replace(one, items=items) for _, items in readings(self._draft.text, one)]
        compared = [
            comparison
            for expansion in self._expansions(one)
            for reading in read
            if (comparison := self._compare(reading, expansion)) is not None
        ]
        same = [comparison for comparison in compared if comparison.is_same]
        if same:
            return self._finding(same[0], Verdict.EXACT)
        meant = [comparison for comparison in compared if self._is_meant(one, comparison)]
        for best in sorted(meant, key=lambda each: self._rank(one, each), reverse=True):
            if self._contradicts_itself(one) or not self._stands_so_elsewhere(best):
                return self._finding(best, Verdict.ALTERED)
        return self._plain_lists.check(one)

    def _expansions(self, one: Enumeration) -> list[Expansion]:
        text = self._draft.text
        term = fold(one.term.of(text)) if one.term else None
        return self._lexicon.expansions_like(one.words(text), term=term, least_shared=_LEAST_SHARED)

    def _compare(self, one: Enumeration, expansion: Expansion) -> _Comparison | None:
        text = self._draft.text
        theirs = [fold(item) for item in expansion.items]
        items = [fold(item) for item in one.words(text)]
        spans = list(one.items)
        if not one.begins_clearly and items[0] not in theirs:
            first = next((item for item in theirs if items[0].endswith(item)), None)
            if first is not None:
                spans[0] = Span(spans[0].end - len(first), spans[0].end)
                items[0] = first
        if items[-1] not in theirs:
            last = next((item for item in theirs if items[-1].startswith(item)), None)
            if last is not None and one.term is None:
                spans[-1] = Span(spans[-1].start, spans[-1].start + len(last))
                items[-1] = last
        shared = len(set(items) & set(theirs))
        if shared < max(1, _LEAST_SHARED * len(theirs)):
            return None
        return _Comparison(
            expansion=expansion,
            spans=tuple(spans),
            items=tuple(items),
            shared=shared,
            is_same=items == theirs,
        )

    def _rank(self, one: Enumeration, comparison: _Comparison) -> tuple[bool, float, int]:
        return (
            self._is_same_term(one, comparison),
            comparison.shared / len(comparison.expansion.items),
            comparison.shared,
        )

    def _is_same_term(self, one: Enumeration, comparison: _Comparison) -> bool:
        return (
            one.term is not None
            and fold(one.term.of(self._draft.text)) == comparison.expansion.term
        )

    def _is_meant(self, one: Enumeration, comparison: _Comparison) -> bool:
        """Whether the draft means to give the expansion: it names the term, or as many things,
        or gives nearly all of a set phrase; of the same place, where a document has one.
        """
        expansion = comparison.expansion
        items, theirs = comparison.items, [fold(item) for item in expansion.items]
        missing = len(theirs) - comparison.shared
        is_phrase = expansion.term in self._lexicon.phrases or expansion.is_quoted
        if missing > _MOST_MISSING or len(items) > len(theirs):
            return False
        if one.is_open and set(items) <= set(theirs):
            return False
        is_same_term = self._is_same_term(one, comparison)
        if missing == 0 and not (is_phrase or is_same_term):
            return False  # in another order, which matters to set phrases only
        is_known_once = is_same_term and self._is_known_once(expansion)
        if not (is_known_once or self._is_of_same_place(one, expansion)):
            return False
        if is_same_term:
            return True
        if set(items) <= set(theirs) and len(theirs) in self._counts(one, comparison):
            return True
        if not is_phrase or len(theirs) < _FEWEST_ITEMS or comparison.shared < 2:
            return False
        return set(items) <= set(theirs) or _has_one_wrong(items, theirs)

    def _counts(self, one: Enumeration, comparison: _Comparison) -> set[int]:
        """How many things the draft says that it lists."""
        text = self._draft.text
        count = announced(one.term.of(text)) if one.term else None
        return counts_beside(text, comparison.span) | ({count} if count else set())

    def _is_known_once(self, expansion: Expansion) -> bool:
        """Whether a term that counts (四个同步) stands for nothing else in the whole library."""
        same_term = self._lexicon.expansions_by_term.get(expansion.term, ())
        return len(expansion.term) >= _SHORTEST_COUNTED and all(
            one.items == expansion.items for one in same_term
        )

    def _is_of_same_place(self, one: Enumeration, expansion: Expansion) -> bool:
        if expansion.place is None or expansion.term in self._lexicon.phrases:
            return True
        document = self._library.documents_by_id([expansion.place.document_id]).get(
            expansion.place.document_id
        )
        sentence = self._draft.sentence_at(one.span.start)
        if document is None or sentence is None:
            return document is not None
        theirs = read_scope(expansion.place.span.of(document.text)).within(
            self._evidence.scope_of(document)
        )
        return places_agree(sentence.scopes, theirs)

    def _contradicts_itself(self, one: Enumeration) -> bool:
        """Whether the term counts more things than the draft lists."""
        count = announced(one.term.of(self._draft.text)) if one.term else None
        return count is not None and count > len(one.items)

    def _stands_so_elsewhere(self, comparison: _Comparison) -> bool:
        """Whether a document has just this list, ended as such: 道路自信、理论自信、制度自信 once
        were all.
        """
        if comparison.expansion.term in self._lexicon.phrases and self._names_phrase(comparison):
            return False
        return stands_whole(comparison.span.of(self._draft.text), self._library)

    def _names_phrase(self, comparison: _Comparison) -> bool:
        text = self._draft.text
        near = fold(text[max(0, comparison.span.start - 12) : comparison.span.end + 12])
        return comparison.expansion.term in near

    def _finding(self, comparison: _Comparison, verdict: Verdict) -> Finding:
        expansion = comparison.expansion
        words = comparison.span.of(self._draft.text)
        by_key = {fold(item): item for item in expansion.items}
        ours = [by_key.get(item, item) for item in comparison.items]
        right = corrected(self._draft.text, comparison.spans, ours=ours, theirs=expansion.items)
        known = self._lexicon.terms.terms.get(expansion.term)
        return Finding(
            start=comparison.span.start,
            end=comparison.span.end,
            kind=FindingKind.ENUMERATION,
            verdict=verdict,
            message=_message(comparison, verdict, known.written if known else expansion.term),
            correction=right if verdict is Verdict.ALTERED and right != words else None,
            matches=self._matches(expansion),
        )

    def _matches(self, expansion: Expansion) -> tuple[Match, ...]:
        if expansion.place is None:
            return ()
        documents = self._library.documents_by_id([expansion.place.document_id])
        return tuple(quote(document, expansion.place.span) for document in documents.values())


def _has_one_wrong(items: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether one item of as many is another one, which shares something with the right one."""
    if len(items) != len(theirs):
        return False
    differing = [(one, other) for one, other in zip(items, theirs, strict=True) if one != other]
    return len(differing) == 1 and not set(differing[0][0]).isdisjoint(differing[0][1])


def _message(comparison: _Comparison, verdict: Verdict, term: str) -> str:
    name = f"“{term}”的内容" if term else "这几项"
    theirs: Sequence[str] = comparison.expansion.items
    whole = "、".join(theirs)
    missing = [item for item in theirs if fold(item) not in comparison.items]
    if verdict is Verdict.EXACT:
        return f"{name}与资料一致。"
    if missing and len(comparison.items) < len(theirs):
        return f"{name}不全，缺少“{'、'.join(missing)}”；资料中是“{whole}”。"
    if missing:
        return f"{name}与资料有出入；资料中是“{whole}”。"
    return f"{name}次序与资料不同；资料中是“{whole}”。"
