"""The lexicon of words that ask for and state the same thing."""

import functools
from collections.abc import Sequence
from pathlib import Path

_SYNONYMS = Path(__file__).with_name("synonyms.txt")
# No entry is cut into more words.
_MOST_PARTS = 8


@functools.cache
def synonyms() -> dict[str, tuple[str, ...]]:
    """Each word with those that may stand for it, of two characters at least.

    A line of the file is a group of exchangeable words; in `word: others`, the others stand
    for the word, but not the reverse.
    """
    found = dict[str, tuple[str, ...]]()
    for line in _SYNONYMS.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        head, colon, rest = line.partition(":")
        group = rest.split() if colon else line.split()
        for word in [head.strip()] if colon else group:
            others = tuple(other for other in group if other != word and len(other) > 1)
            found[word] = tuple(dict.fromkeys(found.get(word, ()) + others))
    return found


def rejoined(words: Sequence[str]) -> list[str]:
    """Words in order; neighbours that together are an entry of the lexicon become one, the
    longest first.
    """
    known = synonyms()
    joined = list[str]()
    start = 0
    while start < len(words):
        length = next(
            (
                n
                for n in range(min(_MOST_PARTS, len(words) - start), 1, -1)
                if "".join(words[start : start + n]) in known
            ),
            1,
        )
        joined.append("".join(words[start : start + length]))
        start += length
    return joined
