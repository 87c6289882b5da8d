"""Drafts that are to be checked: a file → its text, and where in the file each stretch stands.

A draft is read for its own sake: it is not cleaned, described, split or stored.
"""

import io
import re
import stat
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from xml.etree.ElementTree import Element

from ingest.readers.encoding import decode_text
from ingest.readers.office_package import OfficePackage, attribute, child, local_name
from ingest.readers.reading import too_large, unreadable
from ingest.readers.sniffing import Format, is_program_text, sniff_format
from ingest.readers.word_marks import is_hidden, notes_by_id
from ingest.readers.word_styles import Styles, read_styles
from rag.errors import ParsingError

MAX_DRAFT_CHARACTERS = 200_000
"""Ten times a long report; a draft over it is refused."""
ACCEPTED_FORMATS = ".txt、.md 和 .docx"
TEXT_ELEMENTS = frozenset({
    "t", "tab", "ptab", "br", "cr", "noBreakHyphen", "footnoteReference", "endnoteReference",
})  # fmt: skip
"""Local names of the elements of a Word file that text hangs on."""

_MAX_XML_BYTES = 64 * 2**20
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f-\x84\x86-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
# Deleted and moved-away text, field codes, phonetic guides, the old copy of a drawing, and
# formulas, which hold no words and take no comment.
_LEFT_OUT = frozenset({
    "del", "moveFrom", "instrText", "delText", "delInstrText", "rt", "Fallback", "pPr", "rPr",
    "sdtPr", "sdtEndPr", "tblPr", "tblGrid", "trPr", "tcPr", "sectPr", "footnoteRef",
    "endnoteRef", "chart", "fldData", "oMath", "oMathPara",
})  # fmt: skip
_CHARACTERS = {"tab": "\t", "ptab": "\t", "noBreakHyphen": "-", "cr": "\n"}
_NO_WORD_FILE = (
    "不是有效的 Word 文档：请用 Word 或 WPS 打开后另存为 .docx；若是纯文本，请把后缀改为 .txt"
)
_REFUSED = {
    Format.ENCRYPTED_OFFICE: "文稿设有打开密码：请在 Word 或 WPS 中取消密码后另存，再核对",
    Format.DAMAGED_ZIP: "文稿已损坏（压缩结构不完整）：请重新下载，或用 Word 打开后另存为 .docx",
    Format.OLD_WORD: "文稿是旧版 Word 或 WPS 格式：请用 Word 或 WPS 打开，另存为 .docx 后再核对",
    Format.PDF: "文稿是 PDF：请改用原来的 Word 文档，或把文字复制到 .txt 文件后再核对",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPiece:
    """A stretch of a draft's text that hangs on one element of its Word file.

    Attributes:
        start: The stretch is `draft.text[start:end]`, in Unicode code points; so for `end`.
        element: Its place among the `TEXT_ELEMENTS` of the main part, in document order, from
            0. Several pieces hang on the reference to a note: those of the note's text.
    """

    start: int
    end: int
    element: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftText:
    r"""A draft as it is checked.

    Attributes:
        text: For .txt and .md what the file holds, character by character; for .docx its
            paragraphs joined by "\n", empty ones too, then its notes.
        word_file: The .docx itself; None for a draft that came as text.
        pieces: For .docx, in order of place; what no piece covers are the line breaks between
            paragraphs.
    """

    text: str = field(repr=False)  # so that no log ever holds a draft
    word_file: bytes | None = field(default=None, repr=False)
    pieces: tuple[TextPiece, ...] = field(default=(), repr=False)


def read_draft(path: Path, *, max_bytes: int) -> DraftText:
    """The draft in a .txt, .md or .docx file.

    Raises:
        ParsingError: The file can't be read, is larger than `max_bytes`, or is no draft as
            `draft_from_bytes` says; the message says what to do, in Chinese.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            message = f"不是文件（{path.name}）：请给出一个 {ACCEPTED_FORMATS} 文件"
            raise ParsingError(message)
        if status.st_size > max_bytes:
            raise ParsingError(too_large(status.st_size, max_bytes=max_bytes))
        data = path.read_bytes()
    except OSError as error:
        raise ParsingError(unreadable(error)) from error
    return draft_from_bytes(data, file_name=path.name, max_bytes=max_bytes)


def draft_from_bytes(data: bytes, *, file_name: str, max_bytes: int) -> DraftText:
    """The draft in the bytes of a .txt, .md or .docx file; the content says which it is.

    Raises:
        ParsingError: It is empty, larger than `max_bytes`, of another format, encrypted,
            damaged or built to do harm, or its text is none that `draft_from_text` takes.
            Nothing else is raised, whatever the bytes are.
    """
    if len(data) > max_bytes:
        raise ParsingError(too_large(len(data), max_bytes=max_bytes))
    found = sniff_format(data, name=file_name)
    if found is Format.DOCX:
        return _word_draft(data)
    _refuse_other_formats(found, file_name=file_name)
    return draft_from_text(decode_text(data))


def draft_from_text(text: str) -> DraftText:
    """A draft that was pasted, as it stands.

    Raises:
        ParsingError: It is empty, a single character, nothing but punctuation or white space,
            longer than `MAX_DRAFT_CHARACTERS`, or holds many control characters.
    """
    _check(text)
    return DraftText(text=text)


def _refuse_other_formats(found: Format, *, file_name: str) -> None:
    if found in _REFUSED:
        raise ParsingError(_REFUSED[found])
    suffix = PurePath(file_name).suffix.lower()
    if suffix in {".docx", ".docm"}:
        raise ParsingError(_NO_WORD_FILE)
    if found not in {Format.TEXT, Format.MARKDOWN} or is_program_text(file_name):
        message = (
            f"不能核对这种文件（{suffix or '没有后缀'}）：可以核对的是 {ACCEPTED_FORMATS}，"
            "请另存为其中一种，或直接粘贴文字"
        )
        raise ParsingError(message)


def _check(text: str) -> None:
    if len(text) > MAX_DRAFT_CHARACTERS:
        message = (
            f"文稿有 {len(text):,} 个字符，超过一次核对的上限 {MAX_DRAFT_CHARACTERS:,} 个："
            "请分成几份，逐份核对"
        )
        raise ParsingError(message)
    if not text.strip():
        raise ParsingError("文稿是空的：请确认文件里有文字，不全是空白或图片")
    if _SURROGATE.search(text) or len(_CONTROL.findall(text)) > len(text) // 100:
        raise ParsingError(
            "文稿里有大量控制字符，看起来不是文字：请用记事本、Word 或 WPS 打开，另存后再核对"
        )
    letters = sum(map(str.isalnum, text))
    if letters == 0:
        raise ParsingError("文稿里只有标点、符号或表情，没有文字：请确认文件选对了")
    if letters == 1:
        raise ParsingError("文稿只有一个字，没有可以核对的内容：请粘贴完整的句子")


def _word_draft(data: bytes) -> DraftText:
    try:
        draft = _read_word(data)
    except ParsingError:
        raise
    except Exception as error:
        message = (
            f"文稿无法解析，可能已损坏（{type(error).__name__}）："
            "请用 Word 或 WPS 打开后另存为 .docx，再核对"
        )
        raise ParsingError(message) from error
    _check(draft.text)
    return draft


def _read_word(data: bytes) -> DraftText:
    package = OfficePackage(data)
    _check_size_of_xml(data)
    main_part = package.main_part()
    root = package.part(main_part)
    body = child(root, "body")
    if root is None or body is None:
        raise ParsingError(_NO_WORD_FILE)
    elements = (element for element in root.iter() if local_name(element) in TEXT_ELEMENTS)
    writer = _Writer(
        numbers={element: number for number, element in enumerate(elements)},
        styles=read_styles(package.related_part(main_part, "styles")),
    )
    writer.write_paragraphs(body)
    notes = {
        kind: notes_by_id(package.related_part(main_part, f"{kind}s"))
        for kind in ("footnote", "endnote")
    }
    writer.write_notes(notes)
    text = "".join(writer.text).removesuffix("\n")
    return DraftText(text=text, word_file=data, pieces=tuple(writer.pieces))


def _check_size_of_xml(data: bytes) -> None:
    """Refuse what would fill the memory with markup: a tree is many times its XML."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
    size = sum(member.file_size for member in members if not _is_medium(member.filename))
    if size > _MAX_XML_BYTES:
        message = (
            f"文稿解压后的文字部分有 {size / 2**20:.0f} MB，超过上限 {_MAX_XML_BYTES >> 20} MB："
            "请确认不是恶意构造的文件，或把文稿分成几份"
        )
        raise ParsingError(message)


def _is_medium(name: str) -> bool:
    return "/media/" in name or "/embeddings/" in name or "/fonts/" in name


@dataclass(slots=True, kw_only=True)
class _Writer:
    """Writes down the text of a Word file and which element gives which stretch of it.

    Attributes:
        numbers: Place of each text element of the main part.
        text: What is written so far, its paragraphs ended by line breaks.
        length: Of the text so far.
        references: References to notes, in the order of the text.
    """

    numbers: Mapping[Element, int]
    styles: Styles
    text: list[str] = field(default_factory=list[str])
    length: int = 0
    pieces: list[TextPiece] = field(default_factory=list[TextPiece])
    references: list[Element] = field(default_factory=list[Element])

    def write_paragraphs(self, container: Element, *, hanging_on: int | None = None) -> None:
        """The paragraphs of a body, a cell, a text box or a note.

        Args:
            container: What holds them, at any depth.
            hanging_on: The text element that stands for all of them, where they are not of
                the main part themselves.
        """
        for item in container:
            name = local_name(item)
            if name in _LEFT_OUT or _is_deleted_row(item):
                continue
            if name == "p":
                self._write_paragraph(item, hanging_on)
            else:  # tables, content controls, insertions and other wrappers
                self.write_paragraphs(item, hanging_on=hanging_on)

    def write_notes(self, notes: Mapping[str, Mapping[str, Element]]) -> None:
        """The notes that the text refers to, in the order in which it does."""
        for reference in tuple(self.references):
            kind = local_name(reference).removesuffix("Reference")
            note = notes[kind].get(attribute(reference, "id") or "")
            if note is not None:
                self.write_paragraphs(note, hanging_on=self.numbers[reference])

    def _write_paragraph(self, paragraph: Element, hanging_on: int | None) -> None:
        properties = child(paragraph, "pPr")
        if self.styles.is_contents(attribute(child(properties, "pStyle"), "val")):
            return  # generated from headings, which stand in the text themselves
        boxes = list[Element]()
        self._write_runs(paragraph, boxes, hanging_on)
        if child(properties, "rPr", "del") is None:  # else it goes on in the next paragraph
            self._write("\n")
        for box in boxes:
            self.write_paragraphs(box, hanging_on=hanging_on)

    def _write_runs(self, element: Element, boxes: list[Element], hanging_on: int | None) -> None:
        for item in element:
            name = local_name(item)
            if name in _LEFT_OUT or (name == "r" and is_hidden(item)):
                continue
            if name == "txbxContent":
                boxes.append(item)
            elif name in {"footnoteReference", "endnoteReference"}:
                self.references.extend([item] if item in self.numbers else [])
            elif name in TEXT_ELEMENTS:
                number = self.numbers[item] if hanging_on is None else hanging_on
                self._write(_characters(item), element=number)
            else:
                self._write_runs(item, boxes, hanging_on)

    def _write(self, characters: str, *, element: int | None = None) -> None:
        start, self.length = self.length, self.length + len(characters)
        self.text.append(characters)
        if element is not None and characters:
            self.pieces.append(TextPiece(start=start, end=self.length, element=element))


def _characters(element: Element) -> str:
    name = local_name(element)
    if name == "t":
        return element.text or ""
    if name == "br":
        return "" if attribute(element, "type") in {"page", "column"} else "\n"
    return _CHARACTERS[name]


def _is_deleted_row(element: Element) -> bool:
    return local_name(element) == "tr" and child(element, "trPr", "del") is not None
