"""How a row of a table, and a stated title, are written in every format."""

import re
from collections.abc import Sequence

from ingest.stages import Block, Role

_MEANINGLESS_TITLE = re.compile(
    r"microsoft|wps|word\s*文档|^文档\s*\d*$|^document\s*\d*$|^新建|无标题|未命名|untitled|模板"
    r"|\.(?:docx?|wps|pdf|txt|indd|cdr|qxd)$|^幻灯片|powerpoint|^标题$|^\d+$",
    re.IGNORECASE,
)


def row_blocks(rows: Sequence[Sequence[str]]) -> list[Block]:
    """The rows of one table: cells joined by " | ", white space collapsed, empty rows gone.

    A table of one column only arranges text: its cells become paragraphs.
    """
    cleaned = [[" ".join(cell.split()) for cell in row] for row in rows]
    if all(sum(map(bool, row)) <= 1 for row in cleaned):
        return [Block(text=cell) for row in cleaned for cell in row if cell]
    return [
        Block(text=" | ".join(row).rstrip(" |"), role=Role.TABLE_ROW) for row in cleaned if any(row)
    ]


def meaningful_title(title: str, blocks: Sequence[Block]) -> str | None:
    """A title from a file's properties, if the text bears it out.

    Properties outlive the text: a document made from last year's one keeps its title. So it
    counts only where it stands among the first blocks.
    """
    title = " ".join(title.split())
    if not 4 <= len(title) <= 120 or _MEANINGLESS_TITLE.search(title):
        return None
    opening = "".join("".join(block.text.split()) for block in blocks[:30])
    return title if "".join(title.split()) in opening else None
