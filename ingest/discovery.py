"""Which files a path stands for: a file, a folder with all that is in it, an archive."""

import os
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from ingest.archives import extract_archive
from ingest.readers import reason_to_refuse
from ingest.stages import Failure, SourceFile

_LOCK_PREFIXES = ("~$", ".~lock")
_IGNORED_NAMES = frozenset({"thumbs.db", "desktop.ini", "__macosx", "node_modules", "__pycache__"})
_ARCHIVE_SUFFIXES = frozenset({".zip"})


def discover(
    paths: Sequence[Path], *, workspace: Path, max_bytes: int
) -> Iterator[SourceFile | Failure]:
    """The files that `paths` stand for, each once, and a Failure for each that can't be read.

    A folder gives all that is in it, sorted by name, folders within included; hidden files,
    lock files of Office and what systems leave behind are passed over. An archive (.zip) gives
    its members. A link inside a folder is followed only where it leads to a place inside that
    folder that is reached no other way: one that leads outside is a Failure.

    Args:
        paths: Files and folders, absolute or relative.
        workspace: A folder of the caller's, into which archives are extracted; the caller
            removes it when the files have been read.
        max_bytes: Larger files are Failures; so are members of archives.
    """
    seen = set[str]()
    for path in paths:
        for found in _found(path, workspace=workspace, max_bytes=max_bytes):
            if found.source not in seen:
                seen.add(found.source)
                yield found


def _found(path: Path, *, workspace: Path, max_bytes: int) -> Iterator[SourceFile | Failure]:
    try:
        real = path.expanduser().resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as error:
        yield Failure(source=str(path), reason=_unresolved(error))
        return
    if real.is_dir():
        for member in _walk(real, root=real):
            if isinstance(member, Failure):
                yield member
            else:
                yield from _file(member, workspace=workspace, max_bytes=max_bytes)
    else:
        yield from _file(real, workspace=workspace, max_bytes=max_bytes)


def _walk(folder: Path, *, root: Path) -> Iterator[Path | Failure]:
    """Files below a folder as real paths, sorted; without recursion into links."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield Failure(source=str(folder), reason=f"无法打开文件夹（{error.strerror}）：请检查权限")
        return
    for entry in entries:
        if _is_passed_over(entry.name):
            continue
        path = Path(entry.path)
        if entry.is_symlink():
            reason = _link_reason(path, root)
            if reason:
                yield Failure(source=str(path), reason=reason)
        elif entry.is_dir(follow_symlinks=False):
            yield from _walk(path, root=root)
        else:
            yield path


def _link_reason(link: Path, root: Path) -> str | None:
    """Why a link is not followed; None where it leads to what is found inside `root` anyway."""
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        return f"符号链接无法解析：{_unresolved(error)}"
    if not target.is_relative_to(root):
        return f"符号链接指向文件夹之外（{target}），已跳过：需要时请直接导入该路径"
    hidden = any(_is_passed_over(part) for part in target.relative_to(root).parts)
    return f"符号链接指向隐藏的文件（{target}），已跳过：需要时请直接导入该路径" if hidden else None


def _is_passed_over(name: str) -> bool:
    return name.startswith((".", *_LOCK_PREFIXES)) or name.lower() in _IGNORED_NAMES


def _unresolved(error: Exception) -> str:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return "路径不存在：请检查是否输入有误"
    if isinstance(error, PermissionError):
        return "没有访问权限：请检查文件夹的权限设置"
    if isinstance(error, RuntimeError) or getattr(error, "errno", None) == 40:
        return "符号链接互相指向，成了死循环：请删除或修正这些链接"
    return f"路径无法访问（{error}）：请检查路径"


def _file(path: Path, *, workspace: Path, max_bytes: int) -> Iterator[SourceFile | Failure]:
    reason = reason_to_refuse(path, name=path.name, max_bytes=max_bytes)
    if reason:
        yield Failure(source=str(path), reason=reason)
    elif path.suffix.lower() in _ARCHIVE_SUFFIXES and zipfile.is_zipfile(path):
        yield from extract_archive(path, workspace=workspace, max_bytes=max_bytes)
    elif path.suffix.lower() in _ARCHIVE_SUFFIXES:
        yield Failure(source=str(path), reason="压缩包已损坏：请重新下载，或解压后导入其中的文件")
    else:
        yield SourceFile(path=path, source=str(path), file_name=path.name)
