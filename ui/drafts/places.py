"""Lines and paragraphs of a draft: how a place in it is named."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from rag.text import Span, trimmed_span

_LINE_BREAK = re.compile(r"\r\n|\r|\n")


def line_spans(text: str) -> list[Span]:
    """Spans of the lines, without their breaks, in order; empty lines too, at least one."""
    starts, ends = [0], list[int]()
    for match in _LINE_BREAK.finditer(text):
        ends.append(match.start())
        starts.append(match.end())
    return [Span(start, end) for start, end in zip(starts, [*ends, len(text)], strict=True)]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of a draft that is not blank.

    Attributes:
        number: From 1, as a reader counts paragraphs.
        span: In the draft, with the white space around it.
    """

    number: int
    span: Span


@dataclass(frozen=True, slots=True)
class Paragraphs:
    """The paragraphs of a draft, in order."""

    text: str = field(repr=False)
    items: Sequence[Paragraph]

    @classmethod
    def of(cls, text: str) -> "Paragraphs":
        """Every line that is not blank."""
        spans = [span for span in line_spans(text) if span.of(text).strip()]
        return cls(text, [Paragraph(number, span) for number, span in enumerate(spans, 1)])

    def place(self, offset: int) -> str:
        """第n段第m字: both from 1, characters counted from the first that is not white.

        An offset between paragraphs, or in the indentation of one, is the one that follows.
        Empty for a draft without paragraphs.
        """
        if not self.items:
            return ""
        starts = [paragraph.span.start for paragraph in self.items]
        index = max(bisect_right(starts, offset) - 1, 0)
        paragraph = self.items[index]
        if offset >= paragraph.span.end and index + 1 < len(self.items):
            paragraph = self.items[index + 1]
        words = trimmed_span(self.text, paragraph.span)
        before = max(min(offset, words.end) - words.start, 0)
        return f"第{paragraph.number}段第{before + 1}字"
