"""Where a statement ends that a document attributes to somebody.

A quotation ends at its closing mark. Without marks the text itself must show where it returns
to narration: the next "会议强调", a sentence about who attended, a sentence that no longer
demands anything.
"""

import re

from rag.people import PersonMention
from rag.text import Span, sentence_spans, trimmed_span

_NARRATION = re.compile(
    r"(?:会上|会前|会后|会议|大会|全会|座谈会|据悉|据了解|据介绍|目前|昨[日天]|当[天日]|随后|期间|"
    r"其间|出席|参加|列席|记者|此前|"
    r"近年来|截至|今年(?:以来|上半年|前|一季度|[1-9]月)|去年|与会|大家|[上下]午|活动(?:中|现场|"
    r"期间)|调研(?:中|期间)|考察(?:中|期间)|座谈(?:中|"
    r"会上)|在听取|在座谈|"
    r"(?:\d{4}年)?\d{1,2}月\d{1,2}日|\d{4}年(?!是|要)|图为|又讯|下图|上图|（|\(|本报|新华社|央视)"
)
_ATTENDANCE = re.compile(r"(?:参加|出席|列席|陪同|主持)[^，。]{0,14}[。]?$")
_FIRST_PERSON = re.compile(r"我们|中方愿|我愿|我国愿")
_THIRD_PERSON = re.compile(r"^(?:他|她|习近平)")
_DEMAND = re.compile(
    r"(?:[一二三四五六七八九十]是|[一二三四五六七八九十]要|首先|其次|第[一二三四五六]|"
    r"要(?![求素点闻])|必须|应当?(?!邀)|我们|我(?![市省区县国州])|"
    r"让|愿|[^，,。]{0,10}愿(?!望|景)|希望|坚决|坚持|切实|同时[，,]?要|只有|唯有|不能|绝不|决不|"
    r"越是|[^，,。]{0,14}[，,]?(?:都|也|还|更|"
    r"就|既|一定)?要(?![求素点闻塞]))"
)
_CLOSING = {"“": "”", "「": "」", "『": "』"}
_FULL_STATEMENT = re.compile(r"[。！？!?…]$")
_SHORTEST_UNFINISHED_QUOTE = 10
_CONTINUED_PARAGRAPHS = 5


def closing_mark(text: str, opening: int, *, end: int) -> int | None:
    """Index of the mark that closes the quotation opened at `opening`, before `end`."""
    mark, closing = text[opening], _CLOSING[text[opening]]
    depth = 0
    for index in range(opening, end):
        if text[index] == mark:
            depth += 1
        elif text[index] == closing:
            depth -= 1
            if not depth:
                return index
    return None


def quoted_statement(text: str, opening: int, *, paragraph_end: int) -> Span | None:
    """What stands between the quotation marks that open at `opening`.

    None where the marks only set off a term (强调，“三定”工作要…). A quotation that goes on
    over paragraphs, each opened again, ends with the last of them.
    """
    closing = closing_mark(text, opening, end=paragraph_end)
    if closing is None:
        return _continued_quotation(text, opening, paragraph_end=paragraph_end)
    inner = Span(opening + 1, closing)
    after = text[closing + 1 : closing + 2]
    if _FULL_STATEMENT.search(inner.of(text)) or closing + 1 == paragraph_end:
        return inner
    if after in {"，", ",", "；"} and len(inner) < _SHORTEST_UNFINISHED_QUOTE:
        return None
    return inner if after in set("，,。！？；") else None


def _continued_quotation(text: str, opening: int, *, paragraph_end: int) -> Span | None:
    end = paragraph_end
    for _ in range(_CONTINUED_PARAGRAPHS):
        start = end + 1
        if text[start : start + 1] != text[opening]:
            return None
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        closing = closing_mark(text, start, end=end)
        if closing is not None:
            return Span(opening + 1, closing)
    return None


def returns_to_narration(text: str, sentence: Span, people: list[PersonMention]) -> bool:
    """Whether `sentence` tells what happened instead of going on with what was said."""
    words = sentence.of(text)
    if _FIRST_PERSON.search(words):
        return False
    if _NARRATION.match(words) or _ATTENDANCE.search(words) or _THIRD_PERSON.match(words):
        return True
    return any(mention.start == sentence.start and mention.office is not None for mention in people)


def open_statement(
    text: str, bounds: Span, *, people: list[PersonMention], formal: bool
) -> Span | None:
    """A statement without quotation marks, at most as long as `bounds`.

    The sentence it begins in belongs to it. Further sentences do until the text returns to
    narration; after an informal verb (说, 介绍, 所言), only while they demand or say 我们.

    Returns:
        The span without white space and trailing commas, or None when nothing is left.
    """
    end = bounds.start
    for index, sentence in enumerate(sentence_spans(text, within=bounds)):
        if index and returns_to_narration(text, sentence, people):
            break
        if index and not formal and not continues_demand(sentence.of(text)):
            break
        end = sentence.end
    span = trimmed_span(text, Span(bounds.start, end))
    while len(span) and text[span.end - 1] in "，,；;、：:":
        span = trimmed_span(text, Span(span.start, span.end - 1))
    return span if len(span) else None


def continues_demand(sentence: str) -> bool:
    """Whether a sentence goes on with what somebody demands: 要…, 必须…, 我们…"""
    return bool(_DEMAND.match(sentence)) or "我们" in sentence
