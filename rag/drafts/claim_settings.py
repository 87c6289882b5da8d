"""Sentences that claim something with numbers: their words, a sign in place of each number."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from propcache.api import cached_property

from rag.drafts.pairs import CONGRESS, RUN, lexicon_words, neighbours, pairs
from rag.quantities import Quantity, Sort
from rag.scopes import Scope, scopes_at
from rag.synonyms import synonyms
from rag.text import Span, fold

CLAUSE_END: Final = re.compile(r"[，,；;。！？!?：:\n（）()]")
_MASKS: Final = {
    Sort.FIGURE: "#",
    Sort.ORDINAL: "#",
    Sort.DATE: "@",
    Sort.DOCUMENT_NUMBER: "&",
}
_BETWEEN: Final = "\ue000"
_LONGEST_WORD: Final = 6


@lru_cache(maxsize=8192)
def _stand_in(word: str) -> tuple[frozenset[str], frozenset[str]]:
    """Pairs of characters of a word, and the words that say the same."""
    return frozenset(pairs(word)), frozenset(synonyms()[word])


@dataclass(frozen=True, kw_only=True, eq=False)
class Setting:
    """The sentence that one or several claims stand in.

    Attributes:
        words: The sentence.
        span: Where it stands in the text.
        numbers: All of its numbers, their spans in the text.
        outer: What the sentences before it, or the title, speak of.
        known: Names of areas besides those of the gazetteer.
        around: Folded text around the sentence: headings, sentences before.
        around_pairs: Pairs of characters of that.
        masked: The sentence folded, a sign for each number.
    """

    words: str
    span: Span
    numbers: Sequence[Quantity]
    outer: Sequence[Scope]
    known: frozenset[str]
    around: str
    around_pairs: frozenset[str]
    masked: str

    @cached_property
    def own_scopes(self) -> list[Scope]:
        """For each number what the sentence by itself speaks of there."""
        offsets = [number.span.start - self.span.start for number in self.numbers]
        return scopes_at(self.words, offsets, known=self.known)

    @cached_property
    def scopes(self) -> list[tuple[Scope, ...]]:
        """For each number what the sentence speaks of there, by itself or by its surroundings."""
        return [
            tuple(dict.fromkeys(scope.within(one) for one in self.outer))
            for scope in self.own_scopes
        ]

    @cached_property
    def ordinals(self) -> list[Quantity]:
        """The ordinals among its numbers, which say which meeting or provision it speaks of."""
        return [number for number in self.numbers if number.sort is Sort.ORDINAL]

    @cached_property
    def stand_ins(self) -> list[tuple[frozenset[str], frozenset[str]]]:
        """Pairs of characters of words of the sentence, with words that say the same."""
        known = synonyms()
        words = (one for one in self.lexicon_words if one in known and len(one) <= _LONGEST_WORD)
        return [_stand_in(word) for word in sorted(words)]

    @cached_property
    def lexicon_words(self) -> frozenset[str]:
        """Words of the lexicon of synonyms in the sentence."""
        return frozenset(lexicon_words(self.masked))

    @cached_property
    def clause_ends(self) -> list[int]:
        """Where in the masked sentence its clauses end."""
        return [match.start() for match in CLAUSE_END.finditer(self.masked)]

    @cached_property
    def _pair_at(self) -> list[str]:
        """For each character of the masked sentence the pair that it begins, or nothing."""
        found = [""] * len(self.masked)
        for run in RUN.finditer(self.masked):
            found[run.start() : run.end() - 1] = neighbours(run[0])
        return found

    def pairs_between(self, start: int, end: int) -> set[str]:
        """As `pairs`, of a part of the masked sentence."""
        if CONGRESS in self.masked:
            return pairs(self.masked[start:end])
        found = set(self._pair_at[start : max(start, end - 1)])
        found.discard("")
        return found


def masked(
    text: str, within: Span, numbers: Sequence[Quantity]
) -> tuple[str, list[tuple[int, int]]]:
    """The sentence folded, a sign for each number, and where each number with its unit is."""
    pieces = list[str]()
    position = within.start
    for number in numbers:
        pieces += text[position : number.number.start], text[number.number.end : number.span.end]
        position = number.span.end
    pieces.append(text[position : within.end])
    # All at once, for there are thousands; a text may have that sign itself.
    folded = fold(_BETWEEN.join(pieces)).split(_BETWEEN)
    if len(folded) != len(pieces):
        folded = [fold(piece) for piece in pieces]
    whole = ""
    places = list[tuple[int, int]]()
    for number, before, behind in zip(numbers, folded[:-1:2], folded[1::2], strict=True):
        start = len(whole) + len(before)
        whole += f"{before}{_MASKS[number.sort]}{behind}"
        places.append((start, len(whole)))
    return whole + folded[-1], places
