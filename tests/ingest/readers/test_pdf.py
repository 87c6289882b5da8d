import io
import shutil
import subprocess

import pytest
from pypdf import PdfReader, PdfWriter
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from ingest.readers import recognition
from ingest.readers.pdf import tidy_extracted
from ingest.readers.recognition import tidy_recognised
from rag.errors import ParsingError

CHINESE_FONTS = "fc-list :lang=zh-cn file"


def printed(pages: list[list[str]], *, title: str = "") -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    stream = io.BytesIO()
    canvas = Canvas(stream)
    canvas.setTitle(title)
    for lines in pages:
        canvas.setFont("STSong-Light", 14)
        for number, line in enumerate(lines):
            canvas.drawString(72, 760 - 24 * number, line)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def encrypted(data: bytes, *, user: str, owner: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    writer.encrypt(user, owner, algorithm="RC4-128")
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def scanned(lines: list[str]) -> bytes:
    """A page that is a picture of these lines."""
    from PIL import Image, ImageDraw, ImageFont

    fonts = subprocess.run(CHINESE_FONTS.split(), capture_output=True, text=True, check=False)
    paths = sorted(line.rstrip(": ") for line in fonts.stdout.splitlines())
    if not paths:
        pytest.skip("no Chinese font installed")
    preferred = next((path for path in paths if "Regular" in path), paths[0])
    font = ImageFont.truetype(preferred, 44)
    image = Image.new("L", (1654, 1200), 255)
    for number, line in enumerate(lines):
        ImageDraw.Draw(image).text((150, 150 + 80 * number), line, font=font, fill=0)
    stream = io.BytesIO()
    image.save(stream, "PDF", resolution=200)
    return stream.getvalue()


def test_lines_bear_the_number_of_their_page(read):
    data = printed(
        [["关于优化营商环境的通知", "各区县人民政府："], ["第二页的正文在这里。"]],
        title="优化营商环境的通知",
    )
    (text,) = read(data, "通知.pdf")
    assert [(block.text, block.page) for block in text.blocks] == [
        ("关于优化营商环境的通知", 1), ("各区县人民政府：", 1), ("第二页的正文在这里。", 2),
    ]  # fmt: skip
    assert text.stated["title"] == "优化营商环境的通知"


def test_an_empty_user_password_opens_the_file(read):
    data = encrypted(printed([["只是不许修改，谁都可以阅读的文件。"]]), user="", owner="secret")
    (text,) = read(data, "a.pdf")
    assert text.blocks[0].text == "只是不许修改，谁都可以阅读的文件。"


def test_a_password_is_named_as_the_reason(read):
    data = encrypted(printed([["机密内容。"]]), user="secret", owner="secret")
    with pytest.raises(ParsingError, match="密码"):
        read(data, "a.pdf")


def test_a_pdf_without_pages_and_a_damaged_one_say_so(read):
    stream = io.BytesIO()
    PdfWriter().write(stream)
    with pytest.raises(ParsingError, match="一页也没有"):
        read(stream.getvalue(), "a.pdf")
    for data in (b"%PDF-1.7\n", b"%PDF-1.4\n%%EOF", printed([["正文"]])[:300]):
        with pytest.raises(ParsingError, match=r"损坏|一页也没有"):
            read(data, "a.pdf")


def test_a_scan_without_the_programs_names_the_packages(read, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    writer = PdfWriter()
    page = writer.add_blank_page(595, 842)
    image = PdfReader(io.BytesIO(_picture())).pages[0]
    page.merge_page(image)
    stream = io.BytesIO()
    writer.write(stream)
    with pytest.raises(ParsingError, match=r"tesseract-ocr-chi-sim.*poppler-utils"):
        read(stream.getvalue(), "扫描.pdf")


def _picture() -> bytes:
    from PIL import Image

    stream = io.BytesIO()
    Image.new("L", (200, 200), 128).save(stream, "PDF")
    return stream.getvalue()


@pytest.mark.skipif(
    not (shutil.which("tesseract") and shutil.which("pdftoppm")), reason="tesseract is missing"
)
def test_a_scan_is_recognised(read):
    data = scanned([
        "关于优化营商环境的通知",
        "各区县人民政府，市政府各部门：",
        "全市共取消行政许可事项37项。",
    ])
    (text,) = read(data, "扫描.pdf")
    together = "".join(block.text for block in text.blocks)
    assert "优化营商环境" in together
    assert "37项" in together
    assert {block.page for block in text.blocks} == {1}


def test_spaces_of_recognition_go_and_those_between_words_stay():
    assert (
        tidy_recognised("全 市 共 37 项 ， open data 平 台 。\f") == "全市共37项，open data 平台。"
    )


def test_artefacts_of_extraction_are_undone():
    assert tidy_extracted("第14 个⽂件，共 37 项 1 总则") == "第14个文件，共 37项 1 总则"


def test_too_many_pages_to_recognise_are_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(recognition, "find_program", lambda *_names: "/bin/true")
    monkeypatch.setattr(recognition, "_knows_chinese", lambda _path: True)
    with pytest.raises(ParsingError, match="超过上限"):
        recognition.recognise_pages(b"", list(range(1, 1000)), required=True)
