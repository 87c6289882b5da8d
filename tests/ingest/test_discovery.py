import io
import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.archives import member_name
from ingest.discovery import discover
from ingest.readers import read_file
from ingest.stages import Failure, SourceFile

LIMIT = 2**20


def zipped(members: dict[str, bytes | str], *, encoding: str | None = None) -> bytes:
    """An archive; with an encoding its names are stored in it, and flagged as nothing."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    data = stream.getvalue()
    if encoding is None:
        return data
    for name in members:
        stand_in = "x" * len(name.encode(encoding))
        data = zipped({stand_in: members[name]}).replace(stand_in.encode(), name.encode(encoding))
    return data


@pytest.fixture
def find(tmp_path: Path):
    workspace = tmp_path / "workspace"
    workspace.mkdir()

    def found(*paths: Path, max_bytes: int = LIMIT) -> list[SourceFile | Failure]:
        return list(discover(paths, workspace=workspace, max_bytes=max_bytes))

    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "资料"
    made.mkdir()
    return made


def reasons(found: list[SourceFile | Failure]) -> dict[str, str]:
    return {Path(item.source).name: item.reason for item in found if isinstance(item, Failure)}


def names(found: list[SourceFile | Failure]) -> list[str]:
    return [item.file_name for item in found if isinstance(item, SourceFile)]


def test_a_folder_gives_its_files_in_order_and_names_what_it_cannot_read(find, folder: Path):
    (folder / "乙" / "深").mkdir(parents=True)
    for name in ("乙/深/丙.txt", "甲.txt", "无后缀", "~$锁.docx", ".隐藏", "Thumbs.db"):
        (folder / name).write_text("正文")
    (folder / ".git").mkdir()
    (folder / ".git" / "a.txt").write_text("正文")
    (folder / "图.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (folder / "空.txt").touch()
    (folder / "大.txt").write_bytes(b"a" * (LIMIT + 1))
    os.mkfifo(folder / "管道")
    found = find(folder)
    assert names(found) == ["丙.txt", "无后缀", "甲.txt"]
    assert found[0].source.startswith(str(folder.resolve()))
    failed = reasons(found)
    assert failed.keys() == {"图.png", "空.txt", "大.txt", "管道"}
    assert "PNG 图片" in failed["图.png"]
    assert "空的" in failed["空.txt"]
    assert "WENCE_MAX_FILE_MB" in failed["大.txt"]
    assert "不是普通文件" in failed["管道"]


def test_links_that_lead_outside_or_nowhere_are_named(find, folder: Path, tmp_path: Path):
    (tmp_path / "外.txt").write_text("外面")
    (folder / "内.txt").write_text("里面")
    (folder / "外链").symlink_to(tmp_path / "外.txt")
    (folder / "外夹").symlink_to(tmp_path)
    (folder / "内链").symlink_to(folder / "内.txt")
    (folder / "环").symlink_to(folder / "环")
    (folder / "断").symlink_to(folder / "没有")
    (folder / "自身").symlink_to(folder)
    found = find(folder)
    assert names(found) == ["内.txt"]
    failed = reasons(found)
    assert failed.keys() == {"外链", "外夹", "环", "断"}
    assert "文件夹之外" in failed["外链"]
    assert "死循环" in failed["环"]
    assert "不存在" in failed["断"]


def test_a_path_that_is_not_there_is_a_failure_and_the_others_go_on(find, folder: Path):
    (folder / "a.txt").write_text("正文")
    found = find(folder / "没有.txt", folder / "a.txt", folder)
    assert isinstance(found[0], Failure)
    assert "不存在" in found[0].reason
    assert names(found) == ["a.txt"]  # once, though it was asked for twice


@pytest.mark.parametrize("encoding", [None, "gb18030", "utf-8"])
def test_members_of_an_archive_have_their_names(find, folder: Path, encoding: str | None):
    archive = folder / "资料.zip"
    archive.write_bytes(zipped({"报告/二〇一九年.txt": "正文"}, encoding=encoding))
    (member,) = find(archive)
    assert isinstance(member, SourceFile)
    assert member.source == f"{archive.resolve()}!报告/二〇一九年.txt"
    assert member.file_name == "二〇一九年.txt"
    (text,) = read_file(member, max_bytes=LIMIT)
    assert text.blocks[0].text == "正文"


@given(name=st.text("改革方案报告一二三年中国市区（）", min_size=2, max_size=20))
def test_names_in_gb18030_are_decoded_right(name: str):
    info = zipfile.ZipInfo(name.encode("gb18030").decode("cp437") + ".txt")
    assert member_name(info) == f"{name}.txt"


def test_members_that_lead_outside_are_refused_and_nothing_is_written(
    find, folder: Path, tmp_path: Path
):
    archive = folder / "a.zip"
    bad = ["../外.txt", "/绝对.txt", "C:\\盘.txt", "a/../../外.txt", "..\\外.txt"]
    archive.write_bytes(zipped({**dict.fromkeys(bad, "坏"), "好.txt": "好"}))
    found = find(archive)
    assert names(found) == ["好.txt"]
    assert reasons(found).keys() == {"外.txt", "绝对.txt", "盘.txt"}
    assert all("压缩包之外" in reason for reason in reasons(found).values())
    outside = [path for path in tmp_path.rglob("*.txt") if "workspace" not in path.parts]
    assert outside == []


def test_links_encrypted_and_damaged_members_are_named(find, folder: Path):
    link = zipfile.ZipInfo("链接.txt")
    link.external_attr = 0o120777 << 16
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("坏.txt", "正文" * 100)
        archive.writestr("密.txt", "正文")
    data = bytearray(stream.getvalue())
    place = data.index("正文正文".encode())
    data[place : place + 6] = b"------"
    entry = data.rindex("密.txt".encode()) - 46
    data[entry + 8] |= 1
    (folder / "a.zip").write_bytes(data)
    failed = {key.split("!")[-1]: reason for key, reason in reasons(find(folder)).items()}
    assert "链接" in failed["链接.txt"]
    assert "损坏" in failed["坏.txt"]
    assert "密码" in failed["密.txt"]


def test_bombs_are_refused(find, folder: Path):
    (folder / "多.zip").write_bytes(zipped({f"{number}.txt": "" for number in range(10_001)}))
    (folder / "密.zip").write_bytes(zipped({"a.txt": bytes(2**24 + 1)}))
    sparse = b"".join(os.urandom(20) + bytes(1000) for _ in range(1000))
    (folder / "大.zip").write_bytes(zipped({f"{number}.txt": sparse for number in range(21)}))
    failed = reasons(find(folder, max_bytes=2**20))
    assert "10001 个文件" in failed["多.zip"]
    assert "压缩炸弹" in failed["密.zip"]
    assert "上限 20 MB" in failed["大.zip"]


def test_a_member_that_lies_about_its_size_is_cut_off(find, folder: Path):
    data = bytearray(zipped({"a.txt": bytes(3 * LIMIT)}))
    size = (3 * LIMIT).to_bytes(4, "little")
    while size in data:
        place = data.index(size)
        data[place : place + 4] = (100).to_bytes(4, "little")
    (folder / "a.zip").write_bytes(data)
    (failed,) = reasons(find(folder)).values()
    assert "损坏" in failed or "太大" in failed


def test_one_archive_in_another_is_opened_and_a_third_refused(find, folder: Path):
    third = zipped({"丙.txt": "正文"})
    second = zipped({"乙.txt": "正文", "三.zip": third})
    (folder / "一.zip").write_bytes(zipped({"甲.txt": "正文", "二.zip": second}))
    found = find(folder)
    assert names(found) == ["乙.txt", "甲.txt"]
    assert [item.source.split("/")[-1] for item in found if isinstance(item, SourceFile)] == [
        "一.zip!二.zip!乙.txt", "一.zip!甲.txt",
    ]  # fmt: skip
    (reason,) = reasons(found).values()
    assert "嵌套" in reason


def test_empty_and_damaged_archives_and_leftovers(find, folder: Path):
    (folder / "空.zip").write_bytes(zipped({}))
    (folder / "坏.zip").write_bytes(b"PK\x03\x04" + bytes(100))
    (folder / "余.zip").write_bytes(
        zipped({"__MACOSX/._a.txt": "x", ".DS_Store": "x", "~$a.docx": "x", "a.txt": "正文"})
    )
    found = find(folder)
    assert names(found) == ["a.txt"]
    assert "空的" in reasons(found)["空.zip"]
    assert "损坏" in reasons(found)["坏.zip"]
