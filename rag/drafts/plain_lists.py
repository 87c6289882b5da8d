"""Lists that stand for no term, against the same list of a document.

天津、河北、山西 in a draft, and 天津、河北、江苏 in the document that the draft follows there: one
item is another. What has less in common is another list.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from rag.documents import Document
from rag.drafts.claims import pairs
from rag.drafts.enumerations import NUMERALS, Enumeration, find_plain_lists
from rag.drafts.evidence import EvidenceFinder
from rag.drafts.lexicon import Place
from rag.drafts.reading import Draft, DraftSentence
from rag.drafts.scopes import places_agree
from rag.text import Span, fold

_FEWEST_ITEMS: Final = 3
_LEAST_SHARED: Final = 0.6
_FEWEST_PAIRS: Final = 4
_SAME_SENTENCE: Final = 0.6
_LENGTHS_APART: Final = 3
_WHOLE: Final = 0.6
# Words before the first item of a list, that do not belong to it.
_LEAD: Final = re.compile(
    r"^.*(?:包括|分别是|就是|也即|即|指|有|是|为|把|将|对|由|从|做到|实现|确保|要求|坚持|设|列出)(?=.{2})"
)
_COUNT: Final = re.compile(
    r"(?P<count>[两三四五六七八九十]|\d{1,2})(?:个|家|项|条|种|类|支|方面|句|点|大)"
)
_AND: Final = re.compile(r"以及|[和与]|及(?![时格其早])")
_NEARBY: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class ListComparison:
    """A list of a draft beside one of a document.

    Attributes:
        items: Of the document, without words before the first.
        place: Where they stand.
        document: In which document.
        wrong: Index in `items` of the one that the draft lacks or has another for; None where
            both lists are the same.
        is_missing: The draft lacks it.
        shared: How many are the same.
        span: The draft's list.
    """

    items: tuple[str, ...]
    place: Place
    document: Document
    wrong: int | None
    is_missing: bool
    shared: int
    span: Span


class PlainListFinder:
    """Finds the list of a document that a list of the draft is, or nearly is."""

    def __init__(self, draft: Draft, evidence: EvidenceFinder) -> None:
        self._draft = draft
        self._evidence = evidence
        self._lists = dict[str, list[tuple[tuple[str, ...], Place]]]()

    def find(self, one: Enumeration) -> ListComparison | None:
        """The same list where there is one, else one of which a single item differs."""
        sentence = self._draft.sentence_at(one.span.start)
        if sentence is None or len(one.items) + 1 < _FEWEST_ITEMS:
            return None
        compared = list(self._compared(one, sentence))
        same = next((each for each in compared if each.wrong is None), None)
        if same is not None:
            return same
        meant = [each for each in compared if self._is_meant(one, each, sentence)]
        return max(meant, key=lambda each: each.shared / len(each.items), default=None)

    def _compared(self, one: Enumeration, sentence: DraftSentence) -> Iterator[ListComparison]:
        text = self._draft.text
        for document, span in self._places(sentence):
            for items, place in self._lists_of(document, span):
                found = compare_lists(one.words(text), items)
                if found is not None:
                    wrong, is_missing, shared = found
                    yield ListComparison(
                        items=items,
                        place=place,
                        document=document,
                        wrong=wrong,
                        is_missing=is_missing,
                        shared=shared,
                        span=self._span(one, items),
                    )

    def _places(self, sentence: DraftSentence) -> Iterator[tuple[Document, Span]]:
        used = ((each, Span(0, len(each.text))) for each in self._evidence.used_documents)
        passages = (
            (found.document, found.passage.span)
            for found in self._evidence.passages(sentence.span.of(self._draft.text))
        )
        for document, span in chain(used, passages):
            if places_agree(sentence.scopes, self._evidence.scope_of(document)):
                yield document, span

    def _lists_of(self, document: Document, span: Span) -> list[tuple[tuple[str, ...], Place]]:
        key = f"{document.document_id} {span.start} {span.end}"
        if key not in self._lists:
            self._lists[key] = list(_read_lists(document, span))
        return self._lists[key]

    def _span(self, one: Enumeration, items: Sequence[str]) -> Span:
        """The draft's list without words before its first item and behind its last."""
        text = self._draft.text
        first, last = one.items[0], one.items[-1]
        start, end = first.start, last.end
        if fold(first.of(text)).endswith(items[0]):
            start = first.end - len(items[0])
        else:
            start = first.end - len(_LEAD.sub("", first.of(text)))
        if fold(last.of(text)).startswith(items[-1]):
            end = last.start + len(items[-1])
        return Span(start, end)

    def _is_meant(self, one: Enumeration, each: ListComparison, sentence: DraftSentence) -> bool:
        """Whether the draft means the document's list: it follows the document there, counts
        as many things, or says the same around the list.
        """
        text = self._draft.text
        if each.wrong in {0, len(each.items) - 1} and not self._ends_alike(each):
            return False
        if self._evidence.is_followed(each.document, sentence.paragraph) and (
            each.shared >= _FEWEST_ITEMS or not each.is_missing
        ):
            return True
        before = text[max(0, one.span.start - _NEARBY) : one.span.start]
        behind = text[one.span.end : one.span.end + _NEARBY]
        counts = {_number(match["count"]) for match in _COUNT.finditer(f"{before}|{behind}")}
        if len(each.items) in counts and each.shared > 1:
            return True
        own = pairs(fold(text[sentence.span.start : one.span.start])) | pairs(
            fold(text[one.span.end : sentence.span.end])
        )
        near = each.document.text[max(0, each.place.start - 100) : each.place.end + 100]
        around = pairs(fold(f"{each.document.metadata.title}。{near}"))
        return len(own) >= _FEWEST_PAIRS and len(own & around) >= _SAME_SENTENCE * len(own)

    def _ends_alike(self, each: ListComparison) -> bool:
        """Whether the item that differs is whole in both: it may have taken words along."""
        ours, theirs = each.span.of(self._draft.text), each.items
        item = re.split("、", ours)[0 if each.wrong == 0 else -1]
        if each.is_missing:
            return each.shared >= _FEWEST_ITEMS
        return abs(len(item) - len(theirs[each.wrong or 0])) <= _LENGTHS_APART


def _read_lists(document: Document, span: Span) -> Iterator[tuple[tuple[str, ...], Place]]:
    words = span.of(document.text)
    for listed in find_plain_lists(words):
        place = Place(
            document_id=document.document_id,
            start=span.start + listed.span.start,
            end=span.start + listed.span.end,
        )
        items = listed.words(words)
        items[0] = _LEAD.sub("", items[0])
        parted = [part for item in items for part in _AND.split(item) if len(part) > 1]
        if len(parted) >= _FEWEST_ITEMS:
            yield tuple(fold(item) for item in items), place
            if parted != items:
                yield tuple(fold(item) for item in parted), place


def compare_lists(
    ours: Sequence[str], theirs: Sequence[str]
) -> tuple[int | None, bool, int] | None:
    """The item of `theirs` that `ours` lacks or has another for, whether it lacks it, and how
    many are the same; None for two lists with less in common.

    The first and the last item may have words before and behind them; in `ours` 和 may stand
    for 、.
    """
    compared = [
        found for mine in _readings(ours) if (found := _compare_items(mine, theirs)) is not None
    ]
    return min(compared, key=lambda found: (found[0] is not None, -found[2]), default=None)


def _readings(items: Sequence[str]) -> list[list[str]]:
    """The items as they are, and parted at each 和 as well."""
    folded = [fold(item) for item in items]
    parted = [part for item in folded for part in _AND.split(item) if len(part) > 1]
    return [folded] if parted == folded else [folded, parted]


def _compare_items(
    mine: Sequence[str], theirs: Sequence[str]
) -> tuple[int | None, bool, int] | None:
    if len(theirs) < _FEWEST_ITEMS:
        return None
    if len(mine) == len(theirs):
        pairs_of = range(len(theirs))
        wrong = [index for index in pairs_of if not _is_same_item(mine, theirs, index, index)]
        if len(wrong) <= 1 and len(theirs) - len(wrong) >= _LEAST_SHARED * len(theirs):
            return (wrong[0] if wrong else None), False, len(theirs) - len(wrong)
    if len(mine) + 1 == len(theirs) and len(mine) > 1:
        lacking = _lacking(mine, theirs)
        if lacking is not None:
            return lacking, True, len(mine)
    return None


def _lacking(mine: Sequence[str], theirs: Sequence[str]) -> int | None:
    for lacking in range(len(theirs)):
        kept = [*range(lacking), *range(lacking + 1, len(theirs))]
        if all(_is_same_item(mine, theirs, index, other) for index, other in enumerate(kept)):
            return lacking
    return None


def _is_same_item(mine: Sequence[str], theirs: Sequence[str], index: int, other: int) -> bool:
    one, item = mine[index], theirs[other]
    if one == item:
        return True
    shorter, longer = sorted((one, item), key=len)
    if len(longer) - len(shorter) <= 1 and longer.startswith(shorter):  # 北京, 北京市
        return True
    if index == 0 and (longer.endswith(shorter) or _LEAD.sub("", longer).startswith(shorter)):
        return True
    if index == len(mine) - 1:
        same = _common_prefix(one, item)
        return same >= max(2, _WHOLE * len(shorter)) and same >= len(shorter) - 1
    return False


def _common_prefix(one: str, other: str) -> int:
    length = 0
    for mine, yours in zip(one, other, strict=False):
        if mine != yours:
            break
        length += 1
    return length


def _number(text: str) -> int:
    return int(text) if text.isdigit() else NUMERALS[text]
