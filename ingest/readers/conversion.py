"""Old formats (.doc, .wps, .rtf, .odt, .xls), through LibreOffice or antiword."""

import os
import tempfile
from pathlib import Path

from ingest.readers.encoding import everyday_share
from ingest.readers.programs import find_program, run_program
from ingest.readers.rows import row_blocks
from ingest.readers.sniffing import Format, sniff_format
from ingest.readers.spreadsheet import read_xlsx
from ingest.readers.text import lines_of
from ingest.readers.word import read_docx
from ingest.stages import Block, PublishedText, Role, SourceFile
from rag.errors import ParsingError

_OFFICE_TIMEOUT_S = 120.0
_ANTIWORD_TIMEOUT_S = 30.0
_UNREADABLE = "旧格式文件无法转换，可能已损坏或设有密码：请用原来的程序打开，另存为 .docx 或 .xlsx"
_SUFFIXES = {
    Format.RTF: ".rtf",
    Format.OPEN_DOCUMENT: ".odt",
    Format.OLD_WORD: ".doc",
    Format.OLD_EXCEL: ".xls",
}


def read_old_word(data: bytes, file: SourceFile) -> list[PublishedText]:
    """An old Word, WPS, RTF or OpenDocument text, by what is installed to convert it.

    LibreOffice keeps headings, tables and notes; antiword and catdoc give the lines of a .doc
    only, and are asked when LibreOffice is absent or fails.

    Raises:
        ParsingError: Nothing suitable is installed (the message names the packages), or all
            that is installed failed.
    """
    found = sniff_format(data, name=file.file_name)
    office, plain = find_program("soffice", "libreoffice"), find_program("antiword", "catdoc")
    plain = plain if found is Format.OLD_WORD else None
    if office is None and plain is None:
        raise ParsingError(_missing(found))
    with tempfile.TemporaryDirectory(prefix="wence-") as name:
        folder = Path(name)
        if office is not None:
            try:
                return _plausible(read_docx(_converted(data, found, "docx", office, folder), file))
            except ParsingError:
                if plain is None:
                    raise
        try:
            return _plausible(_read_plain(data, str(plain), folder))
        except ParsingError as error:
            raise ParsingError(_UNREADABLE) from error


def read_old_excel(data: bytes, file: SourceFile) -> list[PublishedText]:
    """An old Excel file, through LibreOffice.

    Raises:
        ParsingError: LibreOffice is not installed or fails.
    """
    office = find_program("soffice", "libreoffice")
    if office is None:
        raise ParsingError(
            "读取旧版 .xls 需要 LibreOffice：请安装软件包 libreoffice-calc，"
            "或在 Excel、WPS 中另存为 .xlsx"
        )
    with tempfile.TemporaryDirectory(prefix="wence-") as name:
        converted = _converted(data, Format.OLD_EXCEL, "xlsx", office, Path(name))
    return read_xlsx(converted, file)


def _plausible(texts: list[PublishedText]) -> list[PublishedText]:
    """The texts, unless they are gibberish: a damaged file is converted to anything at all."""
    if any(everyday_share("".join(block.text for block in text.blocks)) < 0.5 for text in texts):
        raise ParsingError(_UNREADABLE)
    return texts


def _missing(found: Format) -> str:
    packages = (
        "libreoffice-writer 或 antiword" if found is Format.OLD_WORD else "libreoffice-writer"
    )
    return (
        f"读取 {_SUFFIXES[found]} 这类旧格式需要另装程序：请安装软件包 {packages}"
        f"（如 sudo apt install {packages.split()[0]}），或在 Word、WPS 中另存为 .docx"
    )


def _converted(data: bytes, found: Format, target: str, office: str, folder: Path) -> bytes:
    """The file as LibreOffice converts it, with a profile of its own.

    A profile of its own, because a second LibreOffice on the user's profile hands its work to
    the first one and ends at once.
    """
    source = folder / f"source{_SUFFIXES[found]}"
    source.write_bytes(data)
    command = [
        office,
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        *("--headless", "--norestore", "--nolockcheck", "--nodefault"),
        *("--convert-to", target, "--outdir", str(folder), str(source)),
    ]
    environment = {"HOME": str(folder), "TMPDIR": str(folder)}
    run_program(command, timeout_s=_OFFICE_TIMEOUT_S, folder=folder, environment=environment)
    converted = source.with_suffix(f".{target}")
    if not converted.is_file():
        raise ParsingError(_UNREADABLE)
    return converted.read_bytes()


def _read_plain(data: bytes, program: str, folder: Path) -> list[PublishedText]:
    source = folder / "source.doc"
    source.write_bytes(data)
    arguments = (
        ["-m", "UTF-8.txt", "-w", "0"]
        if Path(program).name == "antiword"
        else ["-d", "utf-8", "-w"]
    )
    environment = {"LC_ALL": "C.UTF-8", "PATH": os.environ.get("PATH", os.defpath)}
    output = run_program(
        [program, *arguments, str(source)],
        timeout_s=_ANTIWORD_TIMEOUT_S,
        folder=folder,
        environment=environment,
    )
    lines = lines_of(output.decode("utf-8", "replace").replace("\f", "\n"))
    blocks = tuple(block for line in lines for block in _line_blocks(line))
    return [PublishedText(blocks=blocks)]


def _line_blocks(line: str) -> list[Block]:
    """A line of antiword's output; a row of a table comes as |cell  |cell  |."""
    inner = line.strip()
    if len(inner) > 2 and inner[0] == inner[-1] == "|":
        return row_blocks([inner[1:-1].split("|")])
    return [Block(text=line, role=Role.LINE)]
