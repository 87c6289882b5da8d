"""Characters out of pictures of pages, by Tesseract where it is installed."""

import re
import tempfile
import time
from pathlib import Path

from ingest.readers.programs import find_program, run_program
from rag.errors import ParsingError

_MAX_PAGES = 300
_PAGE_TIMEOUT_S = 120.0
_TIME_BUDGET_S = 3600.0
_RESOLUTION = "200"  # characters of 25 to 45 pixels, which Tesseract reads best
_MISSING = (
    "PDF 是扫描件，没有文字层；识别它需要另装程序：请安装软件包 tesseract-ocr、"
    "tesseract-ocr-chi-sim 和 poppler-utils（如 sudo apt install tesseract-ocr "
    "tesseract-ocr-chi-sim poppler-utils）"
)
_WIDE = r"[\u2e80-\u9fff\uf900-\ufaff\u3000-\u303f\uff00-\uffef“”‘’—…·]"
# Tesseract puts a space between any two characters of Chinese.
_GAP = re.compile(
    rf"(?<={_WIDE}) +(?={_WIDE}|[0-9:;,.%])|(?<=[0-9]) +(?={_WIDE})|(?<=[，。：；！？、）》”]) +"
)


def recognise_pages(data: bytes, numbers: list[int], *, required: bool) -> dict[int, str]:
    """The text of pages of a PDF that are pictures, by page number.

    Args:
        data: The PDF.
        numbers: The pages to recognise, from 1.
        required: Whether the file is useless without them.

    Returns:
        A text for each page; nothing where it is not `required` and no program is installed.

    Raises:
        ParsingError: The programs are missing and `required`, there are too many pages, or a
            program failed.
    """
    tesseract, renderer = find_program("tesseract"), find_program("pdftoppm")
    if tesseract is None or renderer is None or not _knows_chinese(tesseract):
        if required:
            raise ParsingError(_MISSING)
        return {}
    if len(numbers) > _MAX_PAGES:
        message = (
            f"扫描件有 {len(numbers)} 页待识别，超过上限 {_MAX_PAGES} 页：请拆成几个文件再导入"
        )
        raise ParsingError(message)
    deadline = time.monotonic() + _TIME_BUDGET_S
    texts = dict[int, str]()
    with tempfile.TemporaryDirectory(prefix="wence-") as name:
        folder = Path(name)
        (folder / "source.pdf").write_bytes(data)
        for number in numbers:
            if time.monotonic() > deadline:
                message = (
                    f"扫描件识别超过 {_TIME_BUDGET_S / 60:.0f} 分钟，已中止：请拆成几个文件再导入"
                )
                raise ParsingError(message)
            texts[number] = _recognise(number, tesseract, renderer, folder)
    return texts


def tidy_recognised(text: str) -> str:
    """Without the spaces that recognition puts between Chinese characters and beside digits."""
    return _GAP.sub("", text).replace("\f", "")


def _knows_chinese(tesseract: str) -> bool:
    try:
        listed = run_program([tesseract, "--list-langs"], timeout_s=20, folder=Path.cwd())
    except ParsingError:
        return False
    return "chi_sim" in listed.decode("utf-8", "replace").split()


def _recognise(number: int, tesseract: str, renderer: str, folder: Path) -> str:
    image = folder / f"page{number}"
    arguments = ["-r", _RESOLUTION, "-gray", "-png", "-singlefile"]
    page = ["-f", str(number), "-l", str(number), "source.pdf", str(image)]
    run_program([renderer, *arguments, *page], timeout_s=_PAGE_TIMEOUT_S, folder=folder)
    output = run_program(
        [tesseract, f"{image}.png", "stdout", "-l", "chi_sim", "--psm", "3"],
        timeout_s=_PAGE_TIMEOUT_S,
        folder=folder,
        # Its own threads make it slower, on a machine of few cores many times.
        environment={"OMP_THREAD_LIMIT": "1"},
    )
    Path(f"{image}.png").unlink(missing_ok=True)
    return tidy_recognised(output.decode("utf-8", "replace"))
