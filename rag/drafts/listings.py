"""Enumerations of a draft against what the library says a term stands for.

“四个自信” listed with three of them is incomplete; with all four in another order it is not as
it is always given. A list of which the library has no like is left alone.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from typing import Final

from rag.drafts.claims import pairs
from rag.drafts.enumerations import (
    NUMERALS,
    Enumeration,
    announced,
    find_enumerations,
    find_plain_lists,
    readings,
)
from rag.drafts.evidence import EvidenceFinder
from rag.drafts.lexicon import Expansion, Lexicon
from rag.drafts.list_comparison import Difference
from rag.drafts.plain_lists import ListComparison, PlainListFinder
from rag.drafts.protocols import DraftLibrary
from rag.drafts.reading import Draft, DraftSentence
from rag.drafts.scopes import places_agree, read_scope
from rag.quotations.quotation import Finding, FindingKind, Match, Verdict
from rag.quotations.quoting import quote
from rag.text import Span, fold

_COUNT: Final = re.compile(r"([两三四五六七八九十]|\d{1,2})(?:个|家|项|条|种|类|支|方面|句|点|大)")
_NEARBY: Final = 16
_FEWEST_PAIRS: Final = 4
_SAME_SENTENCE: Final = 0.6
_LONGEST_SLOGAN: Final = 8
_LEAST_SHARED: Final = 0.5
_MOST_MISSING: Final = 2
_FEWEST_ITEMS: Final = 3
_SHORTEST_COUNTED: Final = 4
_NEARLY_ALL: Final = 0.8
# So many items that are the same are no other list, whatever is said around them.
_TELLING_ITEMS: Final = 4
_TELLING_LENGTH: Final = 12
_MARKS: Final = ("、", "；", "，", ";", ",")
# 、 or 以及; longer ones hold a number: ，二看.
_LONGEST_MARK: Final = 2
_LEAD_WORD: Final = re.compile(
    r"(?P<word>[\u4e00-\u9fff]{2})(?:分别|依次|即|就|主要)?[是为有][：:]?[“‘]?$"
)
_DIFFERENCES: Final = {
    Difference.REPLACED: "这几项与资料有出入，应有“{}”；",
    Difference.MISSING: "这几项与资料有出入，缺少“{}”；",
    Difference.ADDED: "这几项与资料有出入，多出“{}”；",
    Difference.REORDERED: "这几项次序与资料不同；",
}


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
        self._plain_lists = PlainListFinder(draft, evidence)

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
        plain = self._plain_list(one)
        return self._plain_finding(plain) if plain else None

    def _expansions(self, one: Enumeration) -> list[Expansion]:
        text = self._draft.text
        term = fold(one.term.of(text)) if one.term else None
        return self._lexicon.expansions_like(one.words(text), term=term, least_shared=_LEAST_SHARED)

    def _plain_list(self, one: Enumeration) -> ListComparison | None:
        """The same list of a document where there is one, else the likest that is meant, unless
        the draft's stands just so in another place.
        """
        sentence = self._draft.sentence_at(one.span.start)
        if sentence is None:
            return None
        found = list(self._plain_lists.find(one, sentence))
        for each in found:
            if each.compared.difference is Difference.NONE:
                return each
        part = [each for each in found if each.compared.difference is Difference.MISSING]
        # What is part of a document's list is not another list with an item too many.
        meant = [each for each in part or found if self._is_plain_meant(one, each, sentence)]
        best = max(meant, key=lambda each: each.compared.likeness, default=None)
        return best if best and not self._stands_whole(best.span.of(self._draft.text)) else None

    def _is_plain_meant(
        self, one: Enumeration, each: ListComparison, sentence: DraftSentence
    ) -> bool:
        """Whether the draft means the document's list: it follows the document there, counts
        as many things, or says the same around the list.
        """
        compared, difference = each.compared, each.compared.difference
        is_slogan = _is_slogan(compared.theirs)
        if is_slogan and difference is Difference.REPLACED and compared.shared >= _FEWEST_ITEMS:
            return True
        if difference is Difference.REORDERED and _is_telling(compared.theirs):
            return True
        if (
            difference is Difference.REPLACED
            and compared.shared >= _TELLING_ITEMS
            and compared.likeness >= _NEARLY_ALL
        ):
            return True
        if difference is Difference.MISSING and one.is_open:
            return False
        counts = self._counts_beside(each.span)
        if len(compared.theirs) in counts:
            return True
        if len(compared.ours) in counts and difference in {Difference.MISSING, Difference.ADDED}:
            return False
        is_followed = any(
            self._evidence.is_followed(each.document, sentence.paragraph + distance)
            for distance in (-1, 0, 1)
        )
        is_like = difference is Difference.REPLACED or compared.shared >= _FEWEST_ITEMS
        if is_like and (is_followed or (is_slogan and self._names_place(each, sentence))):
            return True
        return self._has_same_lead(each) or self._says_same_around(each, sentence)

    def _has_same_lead(self, each: ListComparison) -> bool:
        """Whether one word leads up to both lists: 试点地区是, 试点的地区为."""
        words = each.items[0].of(self._draft.text)
        begins = each.span.start + max(0, words.find(each.compared.theirs[0]))
        ours = _LEAD_WORD.search(self._draft.text[max(0, begins - _NEARBY) : begins])
        text = each.document.text
        start = text.find(each.compared.theirs[0], each.place.start)
        theirs = _LEAD_WORD.search(text[max(0, start - _NEARBY) : start]) if start >= 0 else None
        return ours is not None and theirs is not None and ours["word"] == theirs["word"]

    def _counts_beside(self, span: Span) -> set[int]:
        text = self._draft.text
        before = text[max(0, span.start - _NEARBY) : span.start]
        behind = text[span.end : span.end + _NEARBY]
        counts = _COUNT.findall(f"{before}|{behind}")
        return {int(count) if count.isdigit() else NUMERALS[count] for count in counts}

    def _names_place(self, each: ListComparison, sentence: DraftSentence) -> bool:
        words = sentence.around + sentence.span.of(self._draft.text)
        places = self._evidence.scope_of(each.document).places
        return any(place in words for place in places)

    def _says_same_around(self, each: ListComparison, sentence: DraftSentence) -> bool:
        text = self._draft.text
        own = pairs(fold(text[sentence.span.start : each.span.start])) | pairs(
            fold(text[each.span.end : sentence.span.end])
        )
        near = each.document.text[max(0, each.place.start - 100) : each.place.end + 100]
        around = pairs(fold(f"{each.document.metadata.title}。{near}"))
        return len(own) >= _FEWEST_PAIRS and len(own & around) >= _SAME_SENTENCE * len(own)

    def _plain_finding(self, plain: ListComparison) -> Finding:
        text = self._draft.text
        compared = plain.compared
        is_same = compared.difference is Difference.NONE
        message = f"这几项与《{plain.document.metadata.title}》一致。"
        right = None
        if not is_same:
            wrong, whole = "、".join(compared.wrong), "、".join(compared.theirs)
            message = f"{_DIFFERENCES[compared.difference].format(wrong)}资料中是“{whole}”。"
            right = corrected(text, plain.items, ours=compared.ours, theirs=compared.theirs)
        return Finding(
            start=plain.span.start,
            end=plain.span.end,
            kind=FindingKind.ENUMERATION,
            verdict=Verdict.EXACT if is_same else Verdict.ALTERED,
            message=message,
            correction=None if right == plain.span.of(text) else right,
            matches=(quote(plain.document, plain.place.span),),
        )

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
        count = announced(one.term.of(self._draft.text)) if one.term else None
        if count == len(theirs) and set(items) <= set(theirs):
            return True
        if not is_phrase or len(theirs) < _FEWEST_ITEMS or comparison.shared < 2:
            return False
        return set(items) <= set(theirs) or _has_one_wrong(items, theirs)

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
        return self._stands_whole(comparison.span.of(self._draft.text))

    def _stands_whole(self, words: str) -> bool:
        """Whether a document has the words as a list that does not go on."""
        try:
            found = self._library.verify(words, limit=3)
        except ValueError:
            return False
        if found.verdict is not Verdict.EXACT:
            return False
        return any(not _goes_on(match) for match in found.matches)

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


def corrected(
    text: str, items: Sequence[Span], *, ours: Sequence[str], theirs: Sequence[str]
) -> str | None:
    """The list with what the library has in the place of what differs, all else as the draft
    has it: its marks, its 和, the words before the list. None where items that are numbered
    are missing.

    Args:
        text: The draft.
        items: Where its items stand.
        ours: The items, equal to one of `theirs` where they mean it.
        theirs: What the library has.
    """
    words = [item.of(text) for item in items]
    marks = [text[one.end : other.start] for one, other in pairwise(items)]
    if len(ours) != len(theirs) and any(len(mark.strip("“”‘’")) > _LONGEST_MARK for mark in marks):
        return None
    plain = next((mark for mark in marks if mark.strip("“”‘’") in _MARKS), "、")
    places = {item: index for index, item in enumerate(ours)}
    written = [words[places[item]] if item in places else item for item in theirs]
    between = marks
    if len(theirs) != len(ours):
        last = marks[-1:] if marks[-1:] and marks[-1] not in _MARKS else [plain]
        between = [plain] * (len(theirs) - 2) + last
    return "".join(chain.from_iterable(zip(written, [*between, ""], strict=True)))


def _is_telling(items: Sequence[str]) -> bool:
    """Whether so many items, or so long ones, are together by no chance."""
    return len(items) >= _TELLING_ITEMS or sum(map(len, items)) >= _TELLING_LENGTH


def _is_slogan(items: Sequence[str]) -> bool:
    """Whether the items are short and made alike: 有座位、有电脑、有岗位."""
    length = min(map(len, items))
    alike = any(len({item[index] for item in items}) == 1 for index in range(length))
    return length == max(map(len, items)) <= _LONGEST_SLOGAN and alike


def _has_one_wrong(items: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether one item of as many is another one, which shares something with the right one."""
    if len(items) != len(theirs):
        return False
    differing = [(one, other) for one, other in zip(items, theirs, strict=True) if one != other]
    return len(differing) == 1 and not set(differing[0][0]).isdisjoint(differing[0][1])


def _goes_on(match: Match) -> bool:
    """Whether the document's own list goes on before or behind the words."""
    start = match.start - match.context_start
    before = match.context[max(0, start - 1) : start]
    behind = match.context[start + len(match.quote) :][:1]
    return "、" in before + behind


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
