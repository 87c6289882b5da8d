"""Word files (.docx, .docm): headings, paragraphs, tables, notes, text boxes.

Read from the XML itself, since python-docx shows neither insertions, content controls, text
boxes nor notes, and refuses files that Word and WPS open.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from ingest.readers.office_package import OfficePackage, attribute, child, local_name
from ingest.readers.rows import meaningful_title, row_blocks
from ingest.readers.word_marks import is_hidden, notes_by_id
from ingest.readers.word_styles import Numbering, Styles, read_styles
from ingest.stages import Block, PublishedText, Role, SourceFile
from rag.errors import ParsingError

_LONGEST_HEADING = 120
# Deleted and moved-away text, field codes, phonetic guides, and the old copy of a drawing.
_LEFT_OUT = frozenset({
    "del", "moveFrom", "instrText", "delText", "delInstrText", "rt", "Fallback", "pPr", "rPr",
    "sdtPr", "sdtEndPr", "tblPr", "tblGrid", "trPr", "tcPr", "sectPr", "footnoteRef",
    "endnoteRef", "chart", "fldData",
})  # fmt: skip
_CHARACTERS = {"tab": "\t", "noBreakHyphen": "-", "cr": "\n"}


def read_docx(data: bytes, _file: SourceFile) -> list[PublishedText]:
    """One text; notes follow the paragraph that refers to them, text boxes the one they hang on.

    Deletions, hidden text, generated tables of contents, headers and footers are left out.
    Automatic numbers (一、（一）第一条) are counted as Word counts them. Merged cells repeat
    their text in every row they cover, so that a row can be read by itself.

    Raises:
        ParsingError: It is no Word file, is damaged, or was built to do harm.
    """
    package = OfficePackage(data)
    main_part = package.main_part()
    root = package.part(main_part)
    body = child(root, "body")
    if body is None:
        raise ParsingError(
            "不是有效的 Word 文件（缺少正文部分）：请用 Word 或 WPS 打开后另存为 .docx"
        )
    writer = _Writer(
        styles=read_styles(package.related_part(main_part, "styles")),
        numbering=Numbering(package.related_part(main_part, "numbering")),
        notes={
            kind: notes_by_id(package.related_part(main_part, f"{kind}s"))
            for kind in ("footnote", "endnote")
        },
    )
    blocks = tuple(writer.blocks(body))
    title = meaningful_title(_title_property(package), blocks)
    stated = {"title": title} if title else {}
    return [PublishedText(blocks=blocks, stated=stated, stated_by="docx" if stated else "")]


@dataclass(slots=True)
class _Pieces:
    """What the runs of one paragraph hold: its text, the notes it refers to, its text boxes."""

    text: list[str] = field(default_factory=list[str])
    notes: list[Element] = field(default_factory=list[Element])
    boxes: list[Element] = field(default_factory=list[Element])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Writer:
    styles: Styles
    numbering: Numbering
    notes: dict[str, dict[str, Element]]

    def blocks(self, container: Element) -> Iterator[Block]:
        """The blocks of a body, a cell, a text box or a note."""
        for item in container:
            name = local_name(item)
            if name in _LEFT_OUT:
                continue
            if name == "p":
                yield from self._paragraph(item)
            elif name == "tbl":
                yield from row_blocks(self._rows(item))
            else:  # content controls, insertions and other wrappers
                yield from self.blocks(item)

    def _paragraph(self, paragraph: Element) -> Iterator[Block]:
        properties = child(paragraph, "pPr")
        pieces = _Pieces()
        self._collect(paragraph, pieces)
        text = "".join(pieces.text).strip()
        style_id = attribute(child(properties, "pStyle"), "val")
        if text and not self.styles.is_contents(style_id):
            yield from self._text_blocks(text, properties)
        for box in pieces.boxes:
            yield from self.blocks(box)
        for note in pieces.notes:
            noted = " ".join(block.text for block in self.blocks(note)).strip()
            if noted:
                yield Block(text=noted, role=Role.FOOTNOTE)

    def _text_blocks(self, text: str, properties: Element | None) -> Iterator[Block]:
        level = self.styles.heading_level(properties)
        numbered = self.styles.numbering(properties)
        text = (self.numbering.next_label(*numbered) if numbered else "") + text
        if level and len(text) <= _LONGEST_HEADING:
            yield Block(text=" ".join(text.split("\n")), role=Role.HEADING, level=level)
            return
        for line in text.split("\n"):
            if line.strip():
                yield Block(text=line.strip())

    def _collect(self, element: Element, pieces: _Pieces) -> None:
        for item in element:
            name = local_name(item)
            if name in _LEFT_OUT or (name == "r" and is_hidden(item)):
                continue
            if name == "t":
                pieces.text.append(item.text or "")
            elif name in _CHARACTERS:
                pieces.text.append(_CHARACTERS[name])
            elif name == "br":
                pieces.text.append("" if attribute(item, "type") in {"page", "column"} else "\n")
            elif name == "txbxContent":
                pieces.boxes.append(item)
            elif name in {"footnoteReference", "endnoteReference"}:
                note = self.notes[name.removesuffix("Reference")].get(attribute(item, "id") or "")
                pieces.notes.extend([] if note is None else [note])
            else:
                self._collect(item, pieces)

    def _rows(self, table: Element) -> list[list[str]]:
        rows = list[list[str]]()
        for row in _descend(table, "tr"):
            above = rows[-1] if rows else []
            cells = list[str]()
            for cell in _descend(row, "tc"):
                cells.append(self._cell_text(cell, above[len(cells) : len(cells) + 1]))
                span = attribute(child(cell, "tcPr", "gridSpan"), "val") or "1"
                cells.extend([""] * (min(int(span), 64) - 1 if span.isdigit() else 0))
            rows.append(cells)
        return rows

    def _cell_text(self, cell: Element, above: list[str]) -> str:
        text = " ".join(block.text for block in self.blocks(cell))
        merged = child(cell, "tcPr", "vMerge")
        continues = merged is not None and attribute(merged, "val") in {None, "continue"}
        return above[0] if continues and not text and above else text


def _descend(element: Element, name: str) -> Iterator[Element]:
    """Rows or cells of a table, also those inside content controls and insertions."""
    for item in element:
        if local_name(item) == name:
            if child(item, f"{name}Pr", "del") is None:
                yield item
        elif local_name(item) in {"sdt", "sdtContent", "customXml", "ins", "moveTo"}:
            yield from _descend(item, name)


def _title_property(package: OfficePackage) -> str:
    for kind, target in package.targets("_rels/.rels"):
        if kind == "core-properties":
            title = child(package.part(target), "title")
            return (title.text or "") if title is not None else ""
    return ""
