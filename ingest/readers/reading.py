"""Reading a file: find out what it is, and hand it to the reader of its format."""

import stat
from collections.abc import Callable
from pathlib import Path

from ingest.readers import sniffing
from ingest.readers.sniffing import Format
from ingest.stages import PublishedText, SourceFile
from rag.errors import ParsingError

Reader = Callable[[bytes, SourceFile], list[PublishedText]]

_REFUSED = {
    Format.ENCRYPTED_OFFICE: "文件设有打开密码：请在 Word、WPS 或 Excel 中取消密码后另存，再导入",
    Format.DAMAGED_ZIP: "文件已损坏（压缩结构不完整）：请重新下载，或用原来的程序打开后另存",
    Format.ARCHIVE: "文件是压缩包，不是单个文件：请把后缀改为 .zip 后导入，或解压后导入其中的文件",
}


def read_file(file: SourceFile, *, max_bytes: int) -> list[PublishedText]:
    """The texts a file publishes, in order; at least one, each with at least one block.

    What the file is, its content decides; the suffix counts where the content is plain text.

    Raises:
        ParsingError: The file can't be read or holds no text; the message says why, and what
            to do, in Chinese. Nothing else is raised, whatever the bytes are.
    """
    data = _read_bytes(file, max_bytes=max_bytes)
    try:
        texts = _reader(data, file)(data, file)
    except ParsingError:
        raise
    except Exception as error:
        message = (
            f"文件无法解析，可能已损坏（{type(error).__name__}）：请用原来的程序打开后另存，再导入"
        )
        raise ParsingError(message) from error
    texts = [text for text in texts if any(block.text.strip() for block in text.blocks)]
    if not texts:
        raise ParsingError("文件里没有文字：请确认内容不是空白，也不全是图片")
    return texts


def reason_to_refuse(path: Path, *, name: str, max_bytes: int) -> str | None:
    """Why a file can't be taken in, as far as its size, access, name and first bytes tell.

    Args:
        path: Where the bytes are.
        name: The name a user would recognise, whose suffix counts.
        max_bytes: Larger files are refused without being read.

    Returns:
        The reason in Chinese, or None where reading it is worth trying.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return "不是普通文件（管道、设备或套接字），已跳过"
        if status.st_size > max_bytes:
            return too_large(status.st_size, max_bytes=max_bytes)
        if status.st_size == 0:
            return "文件是空的（0 字节）：请确认下载或导出是否完整"
        with path.open("rb") as stream:
            return _foreign_reason(stream.read(4096), name)
    except OSError as error:
        return unreadable(error)


def too_large(size: int, *, max_bytes: int) -> str:
    """The reason for a file over the limit, in Chinese, with size, limit and setting."""
    return (
        f"文件太大（{size / 2**20:.1f} MB，上限 {max_bytes / 2**20:.0f} MB）："
        "请拆分文件，或调大设置 WENCE_MAX_FILE_MB"
    )


def unreadable(error: OSError) -> str:
    """The reason for a file that the system does not let us read, in Chinese."""
    if isinstance(error, PermissionError):
        return "没有读取权限：请检查文件的权限设置"
    if isinstance(error, FileNotFoundError):
        return "文件不存在：请检查路径是否正确"
    return f"无法读取文件（{error.strerror or type(error).__name__}）：请检查磁盘和路径"


def _read_bytes(file: SourceFile, *, max_bytes: int) -> bytes:
    reason = reason_to_refuse(file.path, name=file.file_name, max_bytes=max_bytes)
    if reason:
        raise ParsingError(reason)
    try:
        return file.path.read_bytes()
    except OSError as error:
        raise ParsingError(unreadable(error)) from error


def _foreign_reason(head: bytes, name: str) -> str | None:
    kind = sniffing.foreign_kind(head)
    if kind is None and sniffing.is_program_text(name):
        kind = f"{Path(name).suffix.lower()} 文件"
    return f"不支持{kind}：可导入的是 {sniffing.SUPPORTED}" if kind else None


def _reader(data: bytes, file: SourceFile) -> Reader:
    """The reader for what `data` is.

    Each reader is imported when it is first needed: together they would cost a second of
    start-up time.
    """
    found = sniffing.sniff_format(data, name=file.file_name)
    if found in _REFUSED:
        raise ParsingError(_REFUSED[found])
    if found is Format.UNSUPPORTED:
        message = f"不支持的文件类型（{file.file_name}）：可导入的是 {sniffing.SUPPORTED}"
        raise ParsingError(message)
    return _text_reader(found) or _document_reader(found)


def _text_reader(found: Format) -> Reader | None:
    match found:
        case Format.TEXT:
            from ingest.readers.text import read_text as read
        case Format.MARKDOWN:
            from ingest.readers.markdown import read_markdown as read
        case Format.HTML:
            from ingest.readers.html import read_html as read
        case Format.MHTML:
            from ingest.readers.html import read_mhtml as read
        case Format.JSON:
            from ingest.readers.json_rows import read_json as read
        case Format.DELIMITED:
            from ingest.readers.delimited import read_delimited as read
        case _:
            return None
    return read


def _document_reader(found: Format) -> Reader:
    match found:
        case Format.DOCX:
            from ingest.readers.word import read_docx as read
        case Format.XLSX:
            from ingest.readers.spreadsheet import read_xlsx as read
        case Format.PDF:
            from ingest.readers.pdf import read_pdf as read
        case Format.OLD_EXCEL:
            from ingest.readers.conversion import read_old_excel as read
        case _:
            from ingest.readers.conversion import read_old_word as read
    return read
