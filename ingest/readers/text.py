"""Plain text: lines as they stand; what makes a paragraph is found out in cleaning."""

import re

from ingest.readers.encoding import decode_text
from ingest.stages import Block, PublishedText, Role, SourceFile

_LINE_BREAK = re.compile(r"\r\n|\r|\n")


def read_text(data: bytes, _file: SourceFile) -> list[PublishedText]:
    """One text with a LINE for each line of the file; a form feed begins a new page.

    Raises:
        ParsingError: The bytes are no text.
    """
    return [PublishedText(blocks=lines_of_pages(decode_text(data).split("\f")))]


def lines_of_pages(pages: list[str]) -> tuple[Block, ...]:
    """A LINE for each line; with page numbers from 1 where there is more than one page."""
    return tuple(
        Block(text=line, role=Role.LINE, page=number if len(pages) > 1 else None)
        for number, page in enumerate(pages, start=1)
        for line in lines_of(page)
    )


def lines_of(text: str) -> list[str]:
    """The lines of a text, without their ends; a line break at the very end begins no line."""
    lines = _LINE_BREAK.split(text)
    return lines[:-1] if lines and not lines[-1] else lines
