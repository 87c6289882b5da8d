"""Taking the files out of an archive, without letting it write or grow where it pleases."""

import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ingest.readers import reason_to_refuse
from ingest.readers.encoding import everyday_share
from ingest.stages import Failure, SourceFile

_MAX_MEMBERS = 10_000
_MAX_RATIO = 200
_SMALL_BYTES = 16 * 2**20
_TOTAL_FACTOR = 20  # an archive may unpack to this many times the limit of one file
_BLOCK_BYTES = 1 << 16
_UTF8_FLAG = 0x800
_ENCRYPTED_FLAG = 0x1
_BOMB = "可能是压缩炸弹，已拒绝：若确是正常文件，请先解压，再导入文件夹"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Archive:
    """An archive that is being taken apart.

    Attributes:
        source: What identifies it: its path, "outer.zip!inner.zip" for one in another.
        depth: 0 for an archive on disk, 1 for one that was a member.
    """

    path: Path
    source: str
    depth: int


def extract_archive(
    path: Path, *, workspace: Path, max_bytes: int
) -> Iterator[SourceFile | Failure]:
    """The members of a .zip, extracted under names of our own into `workspace`.

    Members are never written under the names the archive gives them, so none can lead outside.
    One archive inside another is opened; one inside that is a Failure. So are absolute names
    and "..", links, encrypted members, members over `max_bytes`, and a whole archive with too
    many members or one that would unpack to far more than it should.

    Args:
        path: The archive.
        workspace: An existing folder.
        max_bytes: The limit for one member; twenty times as much is the limit for all.
    """
    archive = _Archive(path=path, source=str(path), depth=0)
    yield from _members(archive, workspace=workspace, max_bytes=max_bytes)


def member_name(info: zipfile.ZipInfo) -> str:
    """The name of a member as its packer meant it, with "/" between folders.

    A name without the UTF-8 flag is CP437 by the standard, which `zipfile` follows; Windows in
    China writes GB18030 there, and some packers UTF-8 without saying so. What gives more
    everyday characters wins.
    """
    candidates = [info.filename]
    if not (info.flag_bits & _UTF8_FLAG or info.filename.isascii()):
        for encoding in ("utf-8", "gb18030"):
            try:
                candidates.append(info.orig_filename.encode("cp437").decode(encoding))
            except UnicodeError:
                continue
    return max(candidates, key=everyday_share).replace("\\", "/")


def _members(
    archive: _Archive, *, workspace: Path, max_bytes: int
) -> Iterator[SourceFile | Failure]:
    try:
        opened = zipfile.ZipFile(archive.path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        yield Failure(
            source=archive.source, reason="压缩包已损坏：请重新下载，或解压后导入其中的文件"
        )
        return
    with opened:
        infos = [info for info in opened.infolist() if not info.is_dir()]
        if reason := _reason_against_all(infos, archive.path, max_bytes=max_bytes):
            yield Failure(source=archive.source, reason=reason)
            return
        folder = Path(tempfile.mkdtemp(prefix="archive-", dir=workspace))
        infos = [info for info in infos if not _is_passed_over(member_name(info))]
        for number, info in enumerate(sorted(infos, key=member_name)):
            yield from _member(
                archive,
                opened,
                info,
                folder / str(number),
                workspace=workspace,
                max_bytes=max_bytes,
            )
        if not infos:
            yield Failure(source=archive.source, reason="压缩包是空的：请确认打包时选对了文件")


def _member(
    archive: _Archive,
    opened: zipfile.ZipFile,
    info: zipfile.ZipInfo,
    target: Path,
    *,
    workspace: Path,
    max_bytes: int,
) -> Iterator[SourceFile | Failure]:
    name = member_name(info)
    source = f"{archive.source}!{name}"
    file_name = PurePosixPath(name).name
    reason = _reason_against(info, name, max_bytes=max_bytes) or _extract(
        opened, info, target, max_bytes=max_bytes
    )
    reason = reason or reason_to_refuse(target, name=file_name, max_bytes=max_bytes)
    if reason:
        yield Failure(source=source, reason=reason)
    elif not file_name.lower().endswith(".zip"):
        yield SourceFile(path=target, source=source, file_name=file_name)
    elif archive.depth:
        yield Failure(source=source, reason="压缩包嵌套超过一层，已跳过：请先解压，再导入文件夹")
    else:
        inner = _Archive(path=target, source=source, depth=archive.depth + 1)
        yield from _members(inner, workspace=workspace, max_bytes=max_bytes)


def _reason_against_all(infos: list[zipfile.ZipInfo], path: Path, *, max_bytes: int) -> str | None:
    if len(infos) > _MAX_MEMBERS:
        return f"压缩包里有 {len(infos)} 个文件，超过上限 {_MAX_MEMBERS} 个：请分成几个压缩包"
    unpacked, packed = sum(info.file_size for info in infos), path.stat().st_size
    if unpacked > max_bytes * _TOTAL_FACTOR:
        limit = max_bytes * _TOTAL_FACTOR / 2**20
        return f"压缩包解压后达 {unpacked / 2**20:.0f} MB，超过上限 {limit:.0f} MB，{_BOMB}"
    if unpacked > _SMALL_BYTES and unpacked > packed * _MAX_RATIO:
        return f"压缩包解压后是原来的 {unpacked // max(packed, 1)} 倍，{_BOMB}"
    return None


def _reason_against(info: zipfile.ZipInfo, name: str, *, max_bytes: int) -> str | None:
    parts = PurePosixPath(name).parts
    drive = len(name) > 1 and name[1] == ":"
    if ".." in parts or name.startswith("/") or drive:
        return f"压缩包里的文件名（{name}）指向压缩包之外，已拒绝"
    if stat.S_IFMT(info.external_attr >> 16) not in {0, stat.S_IFREG}:
        return "压缩包里的链接或特殊文件，已跳过"
    if info.flag_bits & _ENCRYPTED_FLAG:
        return "压缩包设有密码：请取消密码后重新打包，或解压后导入文件夹"
    if info.file_size > max_bytes:
        return _too_large(info.file_size, max_bytes)
    return None


def _extract(
    opened: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, *, max_bytes: int
) -> str | None:
    """Write a member to `target`; the reason why not, where that fails.

    What is written is counted, since the size that an archive states may be a lie.
    """
    written = 0
    try:
        with opened.open(info) as source, target.open("wb") as stream:
            while block := source.read(_BLOCK_BYTES):
                written += len(block)
                if written > max_bytes:
                    return _too_large(written, max_bytes)
                stream.write(block)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError):
        return "压缩包里的这个文件已损坏：请重新下载或重新打包"
    except (RuntimeError, NotImplementedError):
        return "压缩包用了不支持的压缩或加密方式：请用普通 ZIP 方式重新打包"
    except OSError as error:
        return f"无法解压（{error.strerror}）：请检查磁盘空间"
    return None


def _too_large(size: int, max_bytes: int) -> str:
    return (
        f"文件太大（{size / 2**20:.1f} MB，上限 {max_bytes / 2**20:.0f} MB）："
        "请拆分文件，或调大设置 WENCE_MAX_FILE_MB"
    )


def _is_passed_over(name: str) -> bool:
    parts = PurePosixPath(name).parts
    # "." and ".." are no hidden files: what they lead to is refused by name.
    hidden = any(part.startswith(".") and part.strip(".") for part in parts)
    leftover = bool(parts) and (
        parts[-1].startswith("~$") or parts[-1].lower() in {"thumbs.db", "desktop.ini"}
    )
    return hidden or leftover or "__MACOSX" in parts
