"""What a file is, by its bytes first and its suffix second."""

import io
import re
import zipfile
from enum import StrEnum
from pathlib import PurePath


class Format(StrEnum):
    """The formats that are told apart."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    MHTML = "mhtml"
    JSON = "json"
    DELIMITED = "delimited"
    DOCX = "docx"
    XLSX = "xlsx"
    PDF = "pdf"
    OLD_WORD = "old_word"
    OLD_EXCEL = "old_excel"
    RTF = "rtf"
    OPEN_DOCUMENT = "open_document"
    ARCHIVE = "archive"
    ENCRYPTED_OFFICE = "encrypted_office"
    DAMAGED_ZIP = "damaged_zip"
    UNSUPPORTED = "unsupported"


SUPPORTED = (
    ".txt、.md、.html/.htm/.shtml/.mht、.docx、.doc、.wps、.rtf、.odt、.pdf、.csv、.tsv、.xlsx、.xls、"
    ".json、.jsonl，以及装有这些文件的文件夹和 .zip"
)

# Signature → how a user would call it. Longer signatures first where one begins another.
_FOREIGN = (
    (b"\x89PNG\r\n\x1a\n", "PNG 图片"),
    (b"\xff\xd8\xff", "JPEG 图片"),
    (b"GIF8", "GIF 图片"),
    (b"BM", "BMP 图片"),
    (b"II*\0", "TIFF 图片"),
    (b"MM\0*", "TIFF 图片"),
    (b"Rar!\x1a\x07", "RAR 压缩包"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip 压缩包"),
    (b"\x1f\x8b", "GZIP 压缩包"),
    (b"BZh", "BZIP2 压缩包"),
    (b"\xfd7zXZ\0", "XZ 压缩包"),
    (b"ID3", "MP3 音频"),
    (b"OggS", "OGG 音频"),
    (b"fLaC", "FLAC 音频"),
    (b"RIFF", "音频、视频或 WebP 图片"),
    (b"\x1aE\xdf\xa3", "MKV 视频"),
    (b"FLV\x01", "FLV 视频"),
    (b"\x7fELF", "程序文件"),
    (b"MZ", "Windows 程序文件"),
    (b"SQLite format 3\0", "SQLite 数据库"),
    (b"8BPS", "Photoshop 图片"),
    (b"%!PS", "PostScript 文件"),
    (b"CAJ", "CAJ 文件"),
    (b"HN\0", "CAJ 文件"),
    (b"KDH ", "KDH 文件"),
)
# The short signatures among them are words that a text may begin with.
_NEEDS_BINARY = (b"BM", b"MZ", b"ID3", b"BZh", b"CAJ", b"RIFF", b"GIF8", b"KDH ", b"%!PS")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BY_SUFFIX = {
    ".md": Format.MARKDOWN,
    ".markdown": Format.MARKDOWN,
    ".html": Format.HTML,
    ".htm": Format.HTML,
    ".shtml": Format.HTML,
    ".xhtml": Format.HTML,
    ".csv": Format.DELIMITED,
    ".tsv": Format.DELIMITED,
    ".json": Format.JSON,
    ".jsonl": Format.JSON,
    ".ndjson": Format.JSON,
}
# Text by its bytes, but not what anybody would call a document.
_PROGRAM_SUFFIXES = frozenset(
    ".xml .css .js .ts .py .java .c .cpp .h .go .rs .sh .bat .ps1 .sql .ini .cfg .conf .toml .yml "
    ".yaml .svg .log .lock .ipynb .tex .bib .eml .vcf .ics .srt .url .lnk .php .jsp .asp".split()
)
_HTML_START = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_HTML_TAG = re.compile(
    rb"</?(?:p|div|br|span|table|tr|td|h[1-6]|ul|li|a|meta|title)\b[^<>]*>", re.I
)
_MHTML_START = re.compile(
    rb"\A\s*(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*){0,12}?Content-Type:\s*multipart/related", re.I
)


def sniff_format(data: bytes, *, name: str) -> Format:
    """What the bytes are; where they are plain text, the suffix of `name` decides.

    Args:
        data: The whole file.
        name: Its file name; only the suffix is looked at.
    """
    suffix = PurePath(name).suffix.lower()
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_format(data)
    if data.startswith(_OLE):
        return _ole_format(data)
    if b"%PDF-" in data[:1024]:
        return Format.PDF
    if data.lstrip()[:5] == b"{\\rtf":
        return Format.RTF
    if foreign_kind(data[:4096]):
        return Format.UNSUPPORTED
    return _text_format(data, suffix)


_CONTROL_BYTES = bytes((*range(0x09), *range(0x0E, 0x1A)))


def foreign_kind(head: bytes) -> str | None:
    """How a user would call a file that begins with `head`, if it is of a known other kind."""
    if head[4:8] == b"ftyp":
        return "视频、音频或 HEIC 图片"
    binary = len(head.translate(None, _CONTROL_BYTES)) < len(head)
    for signature, kind in _FOREIGN:
        if head.startswith(signature) and (binary or signature not in _NEEDS_BINARY):
            return kind
    return None


def is_program_text(name: str) -> bool:
    """Whether the suffix says source code, configuration or the like."""
    return PurePath(name).suffix.lower() in _PROGRAM_SUFFIXES


def _zip_format(data: bytes) -> Format:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return Format.DAMAGED_ZIP
    if "[Content_Types].xml" in names:
        return _office_format(names)
    if "mimetype" in names and "content.xml" in names:
        return Format.OPEN_DOCUMENT
    if "OFD.xml" in names or "META-INF/container.xml" in names:
        return Format.UNSUPPORTED
    return Format.ARCHIVE


def _office_format(names: set[str]) -> Format:
    folders = {name.split("/", 1)[0].lower() for name in names}
    if "xl" in folders:
        return Format.XLSX
    return Format.UNSUPPORTED if "ppt" in folders or "visio" in folders else Format.DOCX


def _ole_format(data: bytes) -> Format:
    if _utf16(b"EncryptedPackage") in data:
        return Format.ENCRYPTED_OFFICE
    if _utf16(b"WordDocument") in data:
        return Format.OLD_WORD
    if _utf16(b"Workbook") in data or _utf16(b"Book\0") in data:
        return Format.OLD_EXCEL
    return Format.UNSUPPORTED


def _utf16(name: bytes) -> bytes:
    return b"".join(bytes((byte, 0)) for byte in name)


def _text_format(data: bytes, suffix: str) -> Format:
    by_suffix = _BY_SUFFIX.get(suffix, Format.TEXT)
    # UTF-16 pages look the same once their zero bytes are gone.
    head = data[:8192].replace(b"\0", b"").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    if _MHTML_START.match(head):
        return Format.MHTML
    if b'progid="Word.Document"' in head:
        return Format.OLD_WORD
    if _HTML_START.match(head):
        return Format.HTML
    tags = len(_HTML_TAG.findall(head))
    if by_suffix is Format.TEXT and tags >= 3 and head.lstrip()[:1] == b"<":
        return Format.HTML
    if by_suffix is Format.HTML and tags == 0 and b"<" not in data:
        return Format.TEXT
    return by_suffix
