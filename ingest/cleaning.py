"""From what a reader found to canonical text, which every span points into.

lines ──► furniture goes ──► wrapped lines join ──► articles part ──► headings are found
"""

from collections.abc import Sequence

from ingest.layout.articles import articles
from ingest.layout.furniture import drop_furniture
from ingest.layout.headings import heading_levels
from ingest.layout.lines import Line, published_lines, unglued
from ingest.layout.wrapping import join_lines
from ingest.stages import CleanText, PublishedText
from rag.documents import Heading
from rag.text import Span

_MOST_ROUNDS = 8  # two or three are usual; a limit, since no proof says that it always settles


def clean(published: PublishedText) -> list[CleanText]:
    """The canonical texts of what was published, in order; a newspaper page gives several.

    Wording, digits and punctuation stay as they are. Lines broken in mid-sentence are joined,
    page furniture is left out and recorded with the first text. Cleaning a canonical text
    again, one LINE for each paragraph, gives the same text. Without a visible character in
    any block the list is empty.
    """
    paragraphs, furniture = _paragraphs(published_lines(published.blocks))
    if not paragraphs:
        return []
    parts = articles(paragraphs)
    return [
        _canonical(
            lines,
            published,
            part=_part(published.part, number) if len(parts) > 1 else published.part,
            furniture=tuple(furniture) if number == 1 else (),
        )
        for number, lines in enumerate(parts, start=1)
    ]


def _paragraphs(lines: list[Line]) -> tuple[list[Line], list[str]]:
    """Paragraphs without furniture, and the furniture.

    Joining may bring furniture to the edge of the text, and what goes may have kept two
    halves of a sentence apart, so all is repeated until nothing changes.
    """
    furniture = list[str]()
    for _ in range(_MOST_ROUNDS):
        before = [line.text for line in lines]
        lines, dropped = drop_furniture(unglued(lines))
        furniture += dropped
        lines = join_lines(lines)
        if [line.text for line in lines] == before:
            break
    return lines, furniture


def _part(part: str, number: int) -> str:
    return f"{part}.{number}" if part else str(number)


def _canonical(
    lines: Sequence[Line], published: PublishedText, *, part: str, furniture: tuple[str, ...]
) -> CleanText:
    levels = heading_levels(lines)
    headings = list[Heading]()
    pages = list[tuple[int, int]]()
    offset = 0
    for index, line in enumerate(lines):
        if index in levels:
            span = Span(offset, offset + len(line.text))
            headings.append(Heading(span=span, level=levels[index]))
        for place, page in line.pages:
            if not pages or pages[-1][1] != page:
                pages.append((offset + place, page))
        offset += len(line.text) + 1
    return CleanText(
        text="\n".join(line.text for line in lines),
        headings=tuple(headings),
        pages=tuple(pages),
        part=part,
        stated=published.stated,
        stated_by=published.stated_by,
        furniture=furniture,
    )
