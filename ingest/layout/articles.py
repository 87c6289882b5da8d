"""Several articles on one newspaper page."""

import re
from collections.abc import Sequence

from ingest.layout.lines import (
    Ending,
    Line,
    ending,
    is_byline,
    is_dateline,
    is_label,
    starts_with_marker,
)

_LONGEST_HEADLINE = 50
_MOST_HEADLINES = 5
_SHORTEST_BODY = 60
# A subtitle (——一周年回访), or a headline behind the name of its column (【观察】一枚印章).
_MARKED_HEADLINE = re.compile("—|【[^】]{1,8}】.")
_LEAD_LABELS = frozenset({"核心提示", "阅读提示", "内容提要", "导读", "提要", "核心阅读", "编者按"})


def articles(lines: Sequence[Line]) -> list[list[Line]]:
    """The articles in order; together they hold each line once.

    A new article begins with the headlines above 本报讯, a line of reporters or 核心提示, if
    the article before it has named its own reporters or place. A text without such marks is
    one article, however many headings it has.
    """
    starts = [0]
    is_signed = False
    for index, line in enumerate(lines):
        if not _is_opening(line.text):
            is_signed = is_signed or (_names_reporters(line.text) and index > starts[-1])
            continue
        headline = _headline_start(lines, index, starts[-1])
        is_new = is_signed and headline < index and _is_body(lines[starts[-1] : headline])
        if is_new and headline > starts[-1]:
            starts.append(headline)
            is_signed = False
        is_signed = is_signed or line.text not in _LEAD_LABELS
    while len(starts) > 1 and not _is_body(lines[starts[-1] :]):
        starts.pop()
    return [
        list(lines[start:end]) for start, end in zip(starts, [*starts[1:], len(lines)], strict=True)
    ]


def _is_opening(text: str) -> bool:
    return is_dateline(text) or is_byline(text) or text in _LEAD_LABELS


def _names_reporters(text: str) -> bool:
    """Whether a paragraph ends with the names of its reporters: …。（记者 张三）."""
    tail = text[-30:]
    return text[-1] in "）)" and ("记者" in tail or "通讯员" in tail)


def _headline_start(lines: Sequence[Line], opening: int, earliest: int) -> int:
    start = opening
    while start > earliest and opening - start < _MOST_HEADLINES and _is_headline(lines[start - 1]):
        start -= 1
    return start


def _is_headline(line: Line) -> bool:
    text = line.text
    return (
        line.is_running
        and 4 <= len(text) <= _LONGEST_HEADLINE
        and ending(text) in (Ending.WORD, Ending.CLOSED)
        and not is_label(text)
        and not is_byline(text)
        and (bool(_MARKED_HEADLINE.match(text)) or not starts_with_marker(text))
    )


def _is_body(lines: Sequence[Line]) -> bool:
    prose = [line for line in lines if ending(line.text) is Ending.DONE]
    return sum(len(line.text) for line in prose) >= _SHORTEST_BODY
