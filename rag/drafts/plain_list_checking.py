"""Lists of a draft that stand for no term against the same list of a document."""

import re
from collections.abc import Sequence
from itertools import chain, pairwise
from typing import Final

from rag.drafts.enumerations import NUMERALS, Enumeration
from rag.drafts.evidence import EvidenceFinder
from rag.drafts.list_comparison import Difference
from rag.drafts.pairs import pairs
from rag.drafts.plain_lists import ListComparison, PlainListFinder
from rag.drafts.protocols import DraftLibrary
from rag.drafts.reading import Draft, DraftSentence
from rag.quotations.quotation import Finding, FindingKind, Match, Verdict
from rag.quotations.quoting import quote
from rag.text import Span, fold, in_title_marks

_COUNT: Final = re.compile(r"([两三四五六七八九十]|\d{1,2})(?:个|家|项|条|种|类|支|方面|句|点|大)")
_NEARBY: Final = 16
_FEWEST_PAIRS: Final = 4
_SAME_SENTENCE: Final = 0.6
_LONGEST_SLOGAN: Final = 8
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
_FEWEST_ITEMS: Final = 3


class PlainListChecker:
    """Finds the list of a document that a list of one draft means, and tells how it differs."""

    def __init__(self, draft: Draft, library: DraftLibrary, evidence: EvidenceFinder) -> None:
        self._draft = draft
        self._library = library
        self._evidence = evidence
        self._finder = PlainListFinder(draft, evidence)

    def check(self, one: Enumeration) -> Finding | None:
        """A finding for a list of which a document has the like."""
        plain = self._meant(one)
        return self._finding(plain) if plain else None

    def _meant(self, one: Enumeration) -> ListComparison | None:
        """The same list of a document where there is one, else the likest that is meant, unless
        the draft's stands just so in another place.
        """
        sentence = self._draft.sentence_at(one.span.start)
        if sentence is None:
            return None
        found = list(self._finder.find(one, sentence))
        for each in found:
            if each.compared.difference is Difference.NONE:
                return each
        part = [each for each in found if each.compared.difference is Difference.MISSING]
        # What is part of a document's list is not another list with an item too many.
        meant = [each for each in part or found if self._is_meant(one, each, sentence)]
        best = max(meant, key=lambda each: each.compared.likeness, default=None)
        return (
            best
            if best and not stands_whole(best.span.of(self._draft.text), self._library)
            else None
        )

    def _is_meant(self, one: Enumeration, each: ListComparison, sentence: DraftSentence) -> bool:
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
        counts = counts_beside(self._draft.text, each.span)
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

    def _finding(self, plain: ListComparison) -> Finding:
        text = self._draft.text
        compared = plain.compared
        is_same = compared.difference is Difference.NONE
        message = f"这几项与{in_title_marks(plain.document.metadata.title)}一致。"
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


def counts_beside(text: str, span: Span) -> set[int]:
    """How many things the words right before or behind a list say that it has."""
    before = text[max(0, span.start - _NEARBY) : span.start]
    behind = text[span.end : span.end + _NEARBY]
    counts = _COUNT.findall(f"{before}|{behind}")
    return {int(count) if count.isdigit() else NUMERALS[count] for count in counts}


def stands_whole(words: str, library: DraftLibrary) -> bool:
    """Whether a document has the words as a list that does not go on."""
    try:
        found = library.verify(words, limit=3)
    except ValueError:
        return False
    if found.verdict is not Verdict.EXACT:
        return False
    return any(not _goes_on(match) for match in found.matches)


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


def _goes_on(match: Match) -> bool:
    """Whether the document's own list goes on before or behind the words."""
    start = match.start - match.context_start
    before = match.context[max(0, start - 1) : start]
    behind = match.context[start + len(match.quote) :][:1]
    return "、" in before + behind
