"""Paragraphs of a draft, cut where findings begin and end, so that each stretch is marked once."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.text import Span
from ui.drafts.places import Paragraphs


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of a paragraph that the same findings cover.

    Attributes:
        covering: Indexes of the findings, in their order.
        starting: Of those, the ones that have no earlier segment.
        ending: Of those, the ones that have no later segment.
    """

    span: Span
    covering: tuple[int, ...]
    starting: tuple[int, ...]
    ending: tuple[int, ...]


def cut_paragraphs(paragraphs: Paragraphs, found: Sequence[Span]) -> list[list[Segment]]:
    """The segments of each paragraph, in order; joined they are its text.

    Args:
        paragraphs: Of the draft.
        found: Where the findings stand; they may overlap, and cross paragraphs. One that is
            empty is shown at the character that follows.
    """
    spans = [Span(one.start, max(one.end, one.start + 1)) for one in found]
    raw = [
        _cut(paragraph.span, spans, indexes)
        for paragraph, indexes in zip(
            paragraphs.items, _by_paragraph(paragraphs, spans), strict=True
        )
    ]
    places = defaultdict[int, list[Span]](list)
    for span, covering in (segment for segments in raw for segment in segments):
        for index in covering:
            places[index].append(span)
    return [
        [
            Segment(
                span=span,
                covering=covering,
                starting=tuple(index for index in covering if places[index][0] == span),
                ending=tuple(index for index in covering if places[index][-1] == span),
            )
            for span, covering in segments
        ]
        for segments in raw
    ]


def _by_paragraph(paragraphs: Paragraphs, spans: Sequence[Span]) -> list[list[int]]:
    """For each paragraph the indexes of the findings that stand in it."""
    starts = [paragraph.span.start for paragraph in paragraphs.items]
    ends = [paragraph.span.end for paragraph in paragraphs.items]
    found: list[list[int]] = [[] for _ in starts]
    for index, span in enumerate(spans):
        for number in range(bisect_right(ends, span.start), bisect_left(starts, span.end)):
            found[number].append(index)
    return found


def _cut(
    paragraph: Span, spans: Sequence[Span], indexes: Sequence[int]
) -> list[tuple[Span, tuple[int, ...]]]:
    borders = {paragraph.start, paragraph.end}
    for index in indexes:
        borders.add(max(spans[index].start, paragraph.start))
        borders.add(min(spans[index].end, paragraph.end))
    cuts = sorted(borders)
    covering: list[list[int]] = [[] for _ in cuts]
    for index in indexes:
        for number in range(
            bisect_left(cuts, spans[index].start), bisect_left(cuts, spans[index].end)
        ):
            covering[number].append(index)
    return [
        (Span(start, end), tuple(found))
        for (start, end), found in zip(pairwise(cuts), covering, strict=False)
    ]
