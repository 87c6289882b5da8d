import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ingest.readers.programs import find_program, run_program
from rag.errors import ParsingError

RTF = (
    rb"{\rtf1\ansi\ansicpg936\deff0{\fonttbl{\f0 SimSun;}}\f0 \u25913?\u38761?\u26041?\u26696?\par}"
)
OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "WordDocument".encode("utf-16-le")

has_office = pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is missing")


@has_office
@pytest.mark.slow
@pytest.mark.parametrize("target", ["doc", "rtf", "odt"])
def test_old_formats_keep_headings_and_tables(read, shown, tmp_path: Path, target: str):
    from docx import Document

    document = Document()
    document.add_heading("一、总体要求", 1)
    document.add_paragraph("共设机构三十七个。")
    table = document.add_table(2, 2)
    for row, cells in zip(table.rows, [("甲", "1"), ("乙", "2")], strict=True):
        for cell, content in zip(row.cells, cells, strict=True):
            cell.text = content
    document.add_paragraph("完。")
    document.save(tmp_path / "a.docx")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", target, "a.docx"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    (text,) = read((tmp_path / f"a.{target}").read_bytes(), f"a.{target}")
    assert shown(text.blocks) == [
        "#一、总体要求",
        "共设机构三十七个。",
        "| 甲 | 1",
        "| 乙 | 2",
        "完。",
    ]


@has_office
@pytest.mark.slow
def test_rich_text_is_read_under_the_suffix_of_word(read):
    (text,) = read(RTF, "a.doc")
    assert text.blocks[0].text == "改革方案"


@pytest.mark.slow
def test_junk_in_an_old_container_is_refused(read):
    with pytest.raises(ParsingError):
        read(OLD_WORD + bytes(1000), "a.doc")


@pytest.mark.parametrize(
    ("data", "package"), [(OLD_WORD, "libreoffice-writer 或 antiword"), (RTF, "libreoffice-writer")]
)
def test_without_a_program_the_package_is_named(
    read, monkeypatch: pytest.MonkeyPatch, data: bytes, package: str
):
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(ParsingError, match=package):
        read(data, "a.doc")


def test_old_excel_without_a_program_names_the_package(read, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(ParsingError, match="libreoffice-calc"):
        read(OLD_WORD[:512] + "Workbook".encode("utf-16-le"), "a.xls")


def test_a_program_that_does_not_end_is_killed_with_its_children(tmp_path: Path):
    mark = tmp_path / "alive"
    child = f"import time; time.sleep(1.5); open({str(mark)!r}, 'w')"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    with pytest.raises(ParsingError, match="超过 1 秒"):
        run_program([sys.executable, "-c", parent], timeout_s=1, folder=tmp_path)
    time.sleep(1)
    assert not mark.exists()


def test_a_program_that_fails_says_why(tmp_path: Path):
    command = [sys.executable, "-c", "import sys; sys.exit('没有这一页')"]
    with pytest.raises(ParsingError, match="没有这一页"):
        run_program(command, timeout_s=20, folder=tmp_path)
    with pytest.raises(ParsingError, match="无法启动"):
        run_program(["/nonexistent/program"], timeout_s=1, folder=tmp_path)
    assert find_program("no-such-program-anywhere") is None


@pytest.mark.skipif(not shutil.which("antiword"), reason="antiword is missing")
@has_office
@pytest.mark.slow
def test_antiword_serves_where_libreoffice_is_absent(
    read, shown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from docx import Document

    document = Document()
    document.add_paragraph("共设机构三十七个。" * 30)
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "发改局", "20"
    document.add_paragraph("完。")
    document.save(tmp_path / "a.docx")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "doc", "a.docx"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "antiword").symlink_to(str(shutil.which("antiword")))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    (text,) = read((tmp_path / "a.doc").read_bytes(), "a.doc")
    lines = [line for line in shown(text.blocks) if line]
    assert lines == ["共设机构三十七个。" * 30, "| 发改局 | 20", "完。"]
