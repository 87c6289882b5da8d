"""Pairs of characters and words of a sentence: by what two have in common they are compared."""

import re
from collections.abc import Iterator
from functools import cache
from operator import add
from typing import Final

from rag.synonyms import synonyms

# Words that bind others and tell nothing themselves part the runs that pairs are taken from.
_TELLING: Final = r"[^\W\d_的了在于和与由从将把被对并也都又还是为有至到等共及其按照以是我们这那里]"
RUN: Final = re.compile(f"{_TELLING}+")
_PAIR: Final = re.compile(f"(?=({_TELLING}{{2}}))")
CONGRESS: Final = "人民代表大会"


def pairs(text: str) -> set[str]:
    """Neighbouring characters of the words of `text`, which is folded; numbers are no words, and
    bodies count as they are called for short.
    """
    if CONGRESS in text:
        text = text.replace(CONGRESS, "人大").replace("常务委员会", "常委会")
    return set(_PAIR.findall(text))


def neighbours(text: str) -> Iterator[str]:
    """Each character but the last with the one behind it."""
    return map(add, text, text[1:])


@cache
def _lexicon() -> tuple[frozenset[str], dict[str, tuple[int, ...]]]:
    """The words of the lexicon of synonyms, and how long those are that begin with a pair of
    characters.
    """
    known = synonyms()
    words = frozenset(known).union(*known.values())
    lengths = dict[str, set[int]]()
    for word in words:
        lengths.setdefault(word[:2], set()).add(len(word))
    return words, {pair: tuple(found) for pair, found in lengths.items()}


def lexicon_words(text: str) -> set[str]:
    """Words of the lexicon of synonyms in `text`, of two characters at least."""
    words, lengths = _lexicon()
    found = set[str]()
    for start, pair in enumerate(neighbours(text)):
        for length in lengths.get(pair, ()):
            if (word := text[start : start + length]) in words:
                found.add(word)
    return found
