"""What a library holds verbatim, found in the plainest way: the test set is checked by it.

Slow on purpose and with nothing of `rag` in it: what it shared with verification, both could
have wrong.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import opencc

_MARKS: Final = "“”„‟‘’‚‛「」『』｢｣〝〞＂＇'"
_ELLIPSIS: Final = re.compile(r"…+|\.{3,}")
_STOPS: Final = "。."


@lru_cache(maxsize=4)
def _converter(way: str) -> opencc.OpenCC:
    return opencc.OpenCC(way)


@lru_cache(maxsize=50_000)
def converted(character: str, way: str) -> str:
    """One character from simplified to traditional ("s2t") or back ("t2s")."""
    return _converter(way).convert(character)


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """NFKC, simplified character by character, one quotation mark, no white space; case stays."""
    compatible = unicodedata.normalize("NFKC", text)
    marked = "".join('"' if character in _MARKS else character for character in compatible)
    return "".join(converted(character, "t2s") for character in "".join(marked.split()))


def without_stop(text: str) -> str:
    """`plain`, without one full stop at the end."""
    made_plain = plain(text)
    return made_plain[:-1] if made_plain[-1:] and made_plain[-1] in _STOPS else made_plain


def same_words(one: str, other: str) -> bool:
    """Whether two texts are the same words in different disguises."""
    return without_stop(one) == without_stop(other)


def are_variants(one: str, other: str) -> bool:
    """Whether two characters are forms of one: simplified, traditional, full width."""
    return plain(one) == plain(other) or converted(one, "s2t") == converted(other, "s2t")


def pieces(quotation: str) -> list[str]:
    """What stands between the ellipses, plain; one piece where there is none."""
    return [piece for part in _ELLIPSIS.split(quotation) if (piece := without_stop(part))]


class Oracle:
    """What stands in texts, word for word.

    Args:
        texts: Title → text.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = {title: plain(text) for title, text in texts.items()}

    def holding(self, quotation: str) -> list[str]:
        """Titles of the texts that hold the words; around an ellipsis, in their order.

        A final full stop does not count. What has no words stands nowhere.
        """
        wanted = pieces(quotation)
        return [title for title, text in self._texts.items() if wanted and _in_order(wanted, text)]

    def holds(self, quotation: str) -> bool:
        """Whether any text holds the words."""
        return bool(self.holding(quotation))

    def shares(self, text: str, *, length: int) -> bool:
        """Whether any `length` characters in a row of `text` stand in the library."""
        made_plain = plain(text)
        windows = (made_plain[at : at + length] for at in range(len(made_plain) - length + 1))
        return any(window in held for window in windows for held in self._texts.values())


def _in_order(wanted: list[str], text: str) -> bool:
    position = 0
    for piece in wanted:
        found = text.find(piece, position)
        if found < 0:
            return False
        position = found + len(piece)
    return True
