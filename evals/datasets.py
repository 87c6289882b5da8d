"""Reads the files that benchmarks are published in: JSON or JSON lines, plain or packed by xz."""

import json
import lzma
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from rag.errors import EvaluationError

# Some call a file .json that holds one object a line.
ENDINGS = (".jsonl", ".json", ".jsonl.xz", ".json.xz")


class Published(BaseModel):
    """A line or an object of somebody else's file: fields that are not needed are left out."""

    model_config = ConfigDict(extra="ignore", frozen=True, coerce_numbers_to_str=True)


Line = TypeVar("Line", bound=Published)


def find_file(folder: Path, stem: str) -> Path | None:
    """The file of that name with one of `ENDINGS`, the first of them if there are several."""
    paths = [folder / f"{stem}{ending}" for ending in ENDINGS]
    return next((path for path in paths if path.is_file()), None)


def require_files(folder: Path, *stems: str) -> list[Path]:
    """As `find_file`, for each name, in order.

    Raises:
        EvaluationError: One of them is missing; the message names all that are.
    """
    found = [find_file(folder, stem) for stem in stems]
    missing = [stem for stem, path in zip(stems, found, strict=True) if path is None]
    if missing:
        raise missing_files(folder, [f"{stem}{ENDINGS[0]}" for stem in missing])
    return [path for path in found if path is not None]


def missing_files(
    folder: Path, names: Sequence[str], *, endings: Sequence[str] = ENDINGS
) -> EvaluationError:
    """What to raise where a folder lacks the files of a benchmark."""
    if not folder.is_dir():
        return EvaluationError(f"没有文件夹 {folder}：请用 --path 指向测评集所在文件夹")
    return EvaluationError(
        f"{folder} 中缺少测评集的文件 {'、'.join(names)}（后缀可为 {'、'.join(endings)}）："
        "请下载后放入该文件夹，或用 --path 指向它们所在的文件夹"
    )


def read_lines(path: Path, line: type[Line]) -> Iterator[Line]:
    """The objects of a JSON-lines file, in order; blank lines are skipped.

    Raises:
        EvaluationError: The file cannot be read, or a line has not the fields of `line`.
    """
    for number, text in enumerate(_text(path).split("\n"), start=1):
        if text.strip():
            yield _parsed(text, line, place=f"{path} 第 {number} 行")


def read_object(path: Path, form: type[Line]) -> Line:
    """The one object of a JSON file.

    Raises:
        EvaluationError: The file cannot be read, or has not the fields of `form`.
    """
    return _parsed(_text(path), form, place=str(path))


def _text(path: Path) -> str:
    try:
        if path.suffix == ".xz":
            with lzma.open(path, "rt", encoding="utf-8-sig") as file:
                return file.read()
        return path.read_text(encoding="utf-8-sig")
    except (OSError, EOFError, UnicodeError, lzma.LZMAError) as error:
        message = f"读不了测评集文件 {path}：{error}"
        raise EvaluationError(message) from error


def _parsed(text: str, form: type[Line], *, place: str) -> Line:
    try:
        return form.model_validate(json.loads(text))
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        message = f"{place} 不是该测评集的格式：字段 {field} {first['msg']}"
        raise EvaluationError(message) from error
    except ValueError as error:
        message = f"{place} 不是 JSON：{error}"
        raise EvaluationError(message) from error
