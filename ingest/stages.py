"""What passes from one stage of ingestion to the next.

SourceFile ── readers ──► PublishedText ── cleaning ──► CleanText
CleanText ── metadata, splitting ──► Document with its Passages
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from rag.documents import Heading


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file to read.

    Attributes:
        path: Where its bytes are now; for a member of an archive a temporary file.
        source: What identifies it: its absolute path, "archive.zip!member" for a member.
        file_name: The name a user would recognise.
    """

    path: Path
    source: str
    file_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A file that could not be taken in, with the reason in Chinese, for the user."""

    source: str
    reason: str


class Role(StrEnum):
    """What a block is, as far as the format says."""

    PARAGRAPH = "paragraph"
    LINE = "line"
    HEADING = "heading"
    TABLE_ROW = "table_row"
    FOOTNOTE = "footnote"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A piece of a file as published.

    Attributes:
        text: Without markup. A LINE may be empty: an empty line of the file.
        role: LINE where the file has lines only (text, PDF) and cleaning must find out which
            of them make a paragraph; the others are whole.
        level: Depth of a HEADING, 1 for the highest; 0 for everything else.
        page: Number of its page, from 1, where the format has pages.
    """

    text: str
    role: Role = Role.PARAGRAPH
    level: int = 0
    page: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedText:
    """One text as a reader found it; a table of documents gives several.

    Attributes:
        part: Which part of the file, unique within it; empty when the file is one text.
        stated: What the format itself states (meta tags, document properties, columns), as
            written there. Keys are names of fields of `rag.documents.Metadata`.
        stated_by: "html", "docx", "table", "manifest"…: the origin of what is in `stated`.
    """

    blocks: tuple[Block, ...]
    part: str = ""
    stated: Mapping[str, str] = field(default_factory=dict[str, str])
    stated_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanText:
    r"""One text in canonical form; a newspaper page gives several.

    Attributes:
        text: Paragraphs, each ending with one "\n" but the last; no other control character.
        headings: Whole lines of `text`, in order.
        pages: (offset, page number), offsets rising; empty without pages.
        part: As in PublishedText, extended by "1", "2"… where a page held several texts.
        furniture: Lines that were left out (a crawler's date, advertising, navigation), for
            whoever wants to see what is gone.
    """

    text: str
    headings: tuple[Heading, ...] = ()
    pages: tuple[tuple[int, int], ...] = ()
    part: str = ""
    stated: Mapping[str, str] = field(default_factory=dict[str, str])
    stated_by: str = ""
    furniture: tuple[str, ...] = ()
