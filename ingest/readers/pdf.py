"""PDF files: the text layer with page numbers; scanned pages go to recognition."""

import io
import logging
import re
import time
import unicodedata
from dataclasses import dataclass

from pypdf import PageObject, PasswordType, PdfReader
from pypdf.errors import DependencyError, PyPdfError
from pypdf.generic import DictionaryObject

from ingest.readers.encoding import everyday_share
from ingest.readers.recognition import recognise_pages
from ingest.readers.rows import meaningful_title
from ingest.readers.text import lines_of
from ingest.stages import Block, PublishedText, Role, SourceFile
from rag.errors import ParsingError

_TIME_BUDGET_S = 300.0
_MAX_PAGES = 3000
_SCANNED_CHARS = 12  # a scanned page may bear a page number or a stamp as text
_DRAWN_BYTES = 2000
_UNREADABLE = re.compile(r"[\ue000-\uf8ff\ufffd\x00-\x08\x0e-\x1f]|\(cid:\d+\)|/g\d+")
_DIGIT_GAP = re.compile(
    r"(?<=[0-9]) (?=[年月日时分号个项名位人万亿千百元件次家条批届余多种类级倍亩吨米户所座％%])"
)
_RADICAL = re.compile("[\u2f00-\u2fd5]")
_DAMAGED = "PDF 已损坏或不完整：请重新下载，或用阅读器打开后另存"


@dataclass(frozen=True, slots=True)
class _Page:
    number: int
    text: str
    has_picture: bool

    @property
    def needs_recognition(self) -> bool:
        """No text layer to speak of, or one whose characters have no meaning."""
        letters = "".join(self.text.split())
        garbled = len(_UNREADABLE.findall(letters)) > len(letters) * 0.2 or (
            len(letters) > _SCANNED_CHARS and everyday_share(letters) < 0.4
        )
        return garbled or (len(letters) < _SCANNED_CHARS and self.has_picture)


def read_pdf(data: bytes, _file: SourceFile) -> list[PublishedText]:
    """One text with a LINE for each line, each with the number of its page.

    Pages that are pictures are recognised by Tesseract where it is installed. Without it, a
    file of which at most half the pages are pictures gives the pages that have text.

    Raises:
        ParsingError: Damaged, protected by a password, without pages, too long, or scanned
            with no program to recognise it.
    """
    logging.getLogger("pypdf").setLevel(logging.ERROR)  # it logs every oddity of a file
    reader = _open(data)
    pages = _pages(reader)
    scanned = [page.number for page in pages if page.needs_recognition]
    recognised = dict[int, str]()
    if scanned:
        recognised = recognise_pages(data, scanned, required=len(scanned) * 2 > len(pages))
    texts = {page.number: page.text for page in pages} | dict.fromkeys(scanned, "") | recognised
    blocks = tuple(
        Block(text=line, role=Role.LINE, page=number)
        for number, text in sorted(texts.items())
        for line in lines_of(text.replace("\f", "\n"))
    )
    title = meaningful_title(_title_property(reader), blocks)
    stated = {"title": title} if title else {}
    return [PublishedText(blocks=blocks, stated=stated, stated_by="pdf" if stated else "")]


def _open(data: bytes) -> PdfReader:
    try:
        reader = PdfReader(io.BytesIO(data))
        # Many files are encrypted with an empty password, only against changes.
        locked = reader.is_encrypted and reader.decrypt("") is PasswordType.NOT_DECRYPTED
        count = 1 if locked else len(reader.pages)
    except (DependencyError, NotImplementedError) as error:
        raise ParsingError("PDF 的加密方式不受支持：请在阅读器中取消加密后另存，再导入") from error
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ParsingError(_DAMAGED) from error
    if locked:
        raise ParsingError("PDF 设有打开密码：请在阅读器中取消密码后另存，再导入")
    if count == 0:
        raise ParsingError("PDF 一页也没有：请重新导出或下载")
    if count > _MAX_PAGES:
        message = f"PDF 有 {count} 页，超过上限 {_MAX_PAGES} 页：请拆成几个文件再导入"
        raise ParsingError(message)
    return reader


def _pages(reader: PdfReader) -> list[_Page]:
    deadline = time.monotonic() + _TIME_BUDGET_S
    pages = list[_Page]()
    for number, page in enumerate(reader.pages, start=1):
        if time.monotonic() > deadline:
            message = (
                f"PDF 解析超过 {_TIME_BUDGET_S:.0f} 秒（第 {number} 页），已中止：请拆分后再导入"
            )
            raise ParsingError(message)
        try:
            text = page.extract_text()
            short = len(text) < _SCANNED_CHARS * 4
            pages.append(
                _Page(number, tidy_extracted(text), has_picture=short and _has_picture(page))
            )
        except Exception as error:
            message = f"PDF 第 {number} 页无法解析，可能已损坏：请用阅读器打开后另存"
            raise ParsingError(message) from error
    return pages


def tidy_extracted(text: str) -> str:
    """What extraction adds or mistakes, undone.

    Spacing between digits and Chinese comes out as a space ("37 个"), and some fonts name their
    characters by the radicals of Kangxi, which look the same and are found by no search.
    """
    text = _DIGIT_GAP.sub("", text)
    return _RADICAL.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)


def _has_picture(page: PageObject) -> bool:
    """Whether something is drawn on the page: an image, or letters turned into curves."""
    resources = page.get("/Resources")
    resources = None if resources is None else resources.get_object()
    if isinstance(resources, DictionaryObject) and "/XObject" in resources:
        return True
    contents = page.get_contents()
    return contents is not None and len(contents.get_data()) > _DRAWN_BYTES


def _title_property(reader: PdfReader) -> str:
    try:
        return str((reader.metadata or {}).get("/Title") or "")
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError):
        return ""
