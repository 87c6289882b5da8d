"""Sentences as facts are read from them."""

import re
from collections.abc import Iterable
from typing import Final

from rag.text import CLOSERS, SENTENCE_END, Span, sentence_spans

_ENDS_LINE: Final = frozenset(SENTENCE_END + CLOSERS + "：:；;…")
_BEGINS_LINE: Final = re.compile(
    r"[#>*|（(【《—\-·•]|[一二三四五六七八九十\d]{1,3}[、.．]|第[一二三四五六七八九十百]+[章节条]"
)
_IS_PROSE: Final = re.compile("[，,、]")
_SHORTEST_LINE: Final = 12
_LONGEST_SENTENCE: Final = 400
_SEMICOLON: Final = re.compile("[；;]")


def sentences_of(text: str, *, within: Span | None = None) -> list[Span]:
    """Sentences of `text` in order, for reading facts.

    A semicolon ends one too, for what follows is another fact; a line break in the middle of a
    sentence, as pasted texts and newspaper columns have them, does not.
    """
    found = list[Span]()
    for sentence in _joined_lines(text, sentence_spans(text, within=within)):
        rest = sentence
        for match in _SEMICOLON.finditer(text, sentence.start, sentence.end):
            found.append(Span(rest.start, match.end()))
            rest = Span(match.end(), sentence.end)
        if len(rest):
            found.append(rest)
    return found


def _joined_lines(text: str, spans: Iterable[Span]) -> list[Span]:
    joined = list[Span]()
    for span in spans:
        before = joined[-1] if joined else None
        if (
            before is not None
            and _SHORTEST_LINE <= len(before) <= _LONGEST_SENTENCE
            and text[before.end - 1] not in _ENDS_LINE
            and _IS_PROSE.search(text, before.start, before.end)
            and text[before.end : span.start].strip(" \u3000") == "\n"
            and not _BEGINS_LINE.match(text, span.start)
        ):
            joined[-1] = Span(before.start, span.end)
        else:
            joined.append(span)
    return joined
