"""Lists inside a text: 一是…二是…, 首先…其次…, （一）…（二）…, and parallel paragraphs."""

import re
from collections.abc import Sequence

from rag.text import Span, sentence_spans

_DIGITS = "一二三四五六七八九十"
# How far behind its introduction a list may go on, in code points.
REACH = 6000

_ITEM = re.compile(
    rf"[“‘]?(?:(?P<chinese>[{_DIGITS}]{{1,2}})(?P<mark>是要?|要|、)"
    rf"|[（(](?P<bracket>[{_DIGITS}]{{1,2}}|\d{{1,2}})[)）]"
    rf"|第(?P<ordinal>[{_DIGITS}]{{1,2}})[,，、]"
    rf"|其(?P<other>[{_DIGITS}])[,，、是]"
    r"|(?P<arabic>\d{1,2})[.．、](?!\d)"
    r"|(?P<sequence>首先|其次|再次|再者|最后|此外))"
)
_SEQUENCE = {"首先": 1, "其次": 2, "再次": 3, "再者": 3, "最后": 99, "此外": 99}
_ANNOUNCED = re.compile(
    rf"(?P<count>[两{_DIGITS}]|\d{{1,2}})(?:个|项|大|条|方面|点|种|类|件|道|步|支|张|招|块|手)"
)


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    if text.startswith("十"):
        return 10 + (_DIGITS.index(text[1]) + 1 if len(text) > 1 else 0)
    return 2 if text == "两" else _DIGITS.index(text[0]) + 1


def item_of(sentence: str) -> tuple[str, int] | None:
    """The style of numbering a sentence begins with and its number, or None.

    >>> item_of("二是加强监管。")
    ('是', 2)
    """
    match = _ITEM.match(sentence)
    if match is None:
        return None
    if word := match.group("sequence"):
        return "sequence", _SEQUENCE[word]
    if number := match.group("chinese"):
        return match.group("mark")[0], _number(number)
    style = match.lastgroup or ""
    return style, _number(match.group(style))


def announced_count(sentence: str) -> int | None:
    """How many items a sentence announces (“四个关口” → 4), or None; the last one counts."""
    counts = [_number(match.group("count")) for match in _ANNOUNCED.finditer(sentence)]
    return counts[-1] if counts and 2 <= counts[-1] <= 12 else None


def _numbered_run(text: str, spans: Sequence[Span]) -> list[Span]:
    """The items of the first numbered list among sentences: rising numbers of one style."""
    run = list[Span]()
    style, last = "", 0
    for span in spans:
        item = item_of(span.of(text))
        if item is None:
            continue
        if not run and item[1] == 1:
            run, style, last = [span], item[0], 1
        elif run and item[0] == style and last < item[1] <= max(last + 1, 99 if last > 1 else 0):
            run.append(span)
            last = item[1]
        elif run and item[0] == style:
            break
    return run if len(run) > 1 else []


def _parallel_run(text: str, spans: Sequence[Span], count: int) -> list[Span]:
    """`count` sentences that each begin a paragraph with the same two characters."""
    starts = [span for span in spans if span.start == 0 or text[span.start - 1] == "\n"]
    for first in range(min(len(starts), 3)):
        run = starts[first : first + count]
        heads = {text[span.start : span.start + 2] for span in run}
        if len(run) == count and len(heads) == 1:
            return run
    return []


def list_after(text: str, introduction: Span) -> list[Span]:
    """The first sentence of each item of the list that a sentence introduces.

    A numbered list must begin within three sentences; a list without numbers needs an
    announced count (把牢“四个关口”) and that many paragraphs which begin alike.

    Returns:
        Spans in order, the introduction left out; empty when no list follows.
    """
    window = Span(introduction.end, min(introduction.end + REACH, len(text)))
    spans = sentence_spans(text, within=window)
    begins = [index for index, span in enumerate(spans[:3]) if item_of(span.of(text))]
    if begins:
        return _numbered_run(text, spans[begins[0] :])
    count = announced_count(introduction.of(text))
    return _parallel_run(text, spans, count) if count else []


def list_around(text: str, item: Span) -> list[Span]:
    """All items of the numbered list that a sentence is an item of; empty when it is none."""
    own = item_of(item.of(text))
    if own is None:
        return []
    style, number = own
    window = Span(max(0, item.start - REACH), min(item.end + REACH, len(text)))
    spans = sentence_spans(text, within=window)
    before = [span for span in spans if span.start <= item.start]
    first = next(
        (
            index
            for index in range(len(before) - 1, -1, -1)
            if item_of(before[index].of(text)) == (style, 1)
        ),
        None,
    )
    if first is None or number == 0:
        return []
    run = _numbered_run(text, spans[first:])
    return run if item in run else []
