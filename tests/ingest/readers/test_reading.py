# ruff: noqa: E501 - markup is kept on the lines it belongs to
import io
import os
import random
import zipfile
from pathlib import Path

import openpyxl
import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from ingest.readers import read_file, reason_to_refuse
from ingest.readers.sniffing import SUPPORTED, Format, sniff_format
from ingest.stages import SourceFile
from rag.errors import ParsingError

SUFFIXES = [
    "",
    *".txt .md .html .docx .xlsx .pdf .csv .tsv .json .jsonl .zip .mht .rtf .png".split(),
]
BEGINNINGS = [
    b"", b"PK\x03\x04", b"%PDF-1.7\n", b"<html><body>", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff",
    b"---\n", b"{\"a\":", b"[[", b"a,b\n", b"MIME-Version: 1.0\nContent-Type: multipart/related\n\n",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
]  # fmt: skip


def source_file(path: Path, name: str | None = None) -> SourceFile:
    return SourceFile(path=path, source=str(path), file_name=path.name if name is None else name)


def docx_bytes() -> bytes:
    document = Document()
    document.add_heading("一、总则", 1)
    document.add_table(2, 2).cell(0, 0).text = "甲"
    return _saved(document.save)


def xlsx_bytes() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["单位", "编制"])
    book.active.append(["发改局", 20])
    return _saved(book.save)


def pdf_bytes() -> bytes:
    stream = io.BytesIO()
    canvas = Canvas(stream)
    canvas.drawString(72, 700, "a line of text that is long enough")
    canvas.save()
    return stream.getvalue()


def _saved(save) -> bytes:
    stream = io.BytesIO()
    save(stream)
    return stream.getvalue()


WHOLE = {".docx": docx_bytes(), ".xlsx": xlsx_bytes(), ".pdf": pdf_bytes()}


def read_or_refuse(data: bytes, name: str, folder: Path) -> None:
    """Reading gives texts with words in them, or a ParsingError in Chinese: nothing else."""
    path = folder / "file"
    path.write_bytes(data)
    texts, refusal = [], "正"
    try:
        texts = read_file(source_file(path, name), max_bytes=2**20)
    except ParsingError as error:
        refusal = str(error)
    assert any("\u4e00" <= character <= "\u9fff" for character in refusal)
    assert all(any(block.text.strip() for block in text.blocks) for text in texts)
    assert len({text.part for text in texts}) == len(texts)


@given(
    beginning=st.sampled_from(BEGINNINGS),
    data=st.binary(max_size=300) | st.text(max_size=200).map(str.encode),
    suffix=st.sampled_from(SUFFIXES),
)
def test_random_bytes_raise_nothing_but_parsing_errors(
    beginning: bytes, data: bytes, suffix: str, tmp_path_factory: pytest.TempPathFactory
):
    read_or_refuse(beginning + data, f"文件{suffix}", tmp_path_factory.getbasetemp())


@given(suffix=st.sampled_from(list(WHOLE)), seed=st.integers(0, 2**32), damages=st.integers(1, 30))
def test_damaged_files_raise_nothing_but_parsing_errors(
    suffix: str, seed: int, damages: int, tmp_path_factory: pytest.TempPathFactory
):
    data, chance = bytearray(WHOLE[suffix]), random.Random(seed)
    for _ in range(damages):
        data[chance.randrange(len(data))] = chance.randrange(256)
    read_or_refuse(bytes(data), f"文件{suffix}", tmp_path_factory.getbasetemp())


@pytest.mark.parametrize("suffix", list(WHOLE))
def test_content_counts_more_than_the_suffix(read, suffix: str):
    for name in (f"a{suffix}", "a", "a.txt", "a.html", "a.万亿"):
        assert read(WHOLE[suffix], name)


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (b"# title", "a.md", Format.MARKDOWN),
        (b"# title", "a", Format.TEXT),
        ("正文，没有标记。".encode(), "a.html", Format.TEXT),
        (b"{\\rtf1 text}", "a.doc", Format.RTF),
        (b"a,b", "a.csv", Format.DELIMITED),
        ("BM 是一种编码。".encode(), "a.txt", Format.TEXT),
        (b"BM\x00\x00\x00", "a.txt", Format.UNSUPPORTED),
        ("<html>正文</html>".encode("utf-16"), "a.txt", Format.HTML),
        ("<h1>题</h1><p>正文</p>".encode(), "a", Format.HTML),
        ("文中提到<p>标签。".encode(), "a.txt", Format.TEXT),
    ],
)
def test_sniffing(data: bytes, name: str, expected: Format):
    assert sniff_format(data, name=name) is expected


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n0000", "a.png", "PNG 图片"),
        (b"Rar!\x1a\x07\x00", "a.txt", "RAR 压缩包"),
        (b"\x00\x00\x00\x18ftypmp42", "a.mp4", "视频"),
        (b"print()", "a.py", "不支持.py 文件"),
    ],
)
def test_other_kinds_are_named_with_what_is_supported(read, data: bytes, name: str, kind: str):
    with pytest.raises(ParsingError) as caught:
        read(data, name)
    assert kind in str(caught.value)
    assert SUPPORTED in str(caught.value)


def test_presentations_and_ordinary_archives_are_refused(read):
    for member in ("ppt/slides/slide1.xml", "a.txt"):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr(member, "x")
            if member.startswith("ppt"):
                archive.writestr("[Content_Types].xml", "x")
        with pytest.raises(ParsingError, match=r"不支持|压缩包"):
            read(stream.getvalue(), "a.docx")


def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path: Path):
    path = tmp_path / "大.txt"
    with path.open("wb") as stream:
        stream.truncate(200 * 2**20)
    with pytest.raises(ParsingError, match=r"200.0 MB，上限 50 MB.*WENCE_MAX_FILE_MB"):
        read_file(source_file(path), max_bytes=50 * 2**20)


def test_what_is_no_ordinary_file_is_refused_without_waiting(tmp_path: Path):
    os.mkfifo(tmp_path / "管道.txt")
    for path, reason in ((tmp_path / "管道.txt", "不是普通文件"), (tmp_path / "无.txt", "不存在")):
        with pytest.raises(ParsingError, match=reason):
            read_file(source_file(path), max_bytes=100)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_says_so(tmp_path: Path):
    path = tmp_path / "a.txt"
    path.write_text("正文")
    path.chmod(0)
    assert "权限" in str(reason_to_refuse(path, name="a.txt", max_bytes=100))


def test_web_archives_give_their_page(read):
    page = "<html><body><p>会议强调，要提高政治站位，确保改革任务落到实处。</p></body></html>"
    archive = (
        'From: <x>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        f"{page}\r\n--b--\r\n"
    )
    for name in ("a.mht", "a.doc"):
        (text,) = read(archive.encode(), name)
        assert text.blocks[0].text.startswith("会议强调")
