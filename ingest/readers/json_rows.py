"""JSON and JSON Lines: records with a text among their fields."""

import json
from typing import cast

from ingest.readers.encoding import decode_text
from ingest.readers.tables import Table, texts_of_table
from ingest.stages import PublishedText, SourceFile
from rag.errors import ParsingError

_MAX_DEPTH = 4


def read_json(data: bytes, _file: SourceFile) -> list[PublishedText]:
    """The records as the rows of a table, their keys as its columns.

    A list of records may lie some levels deep; the first that is found counts. A single record
    is a table of one row.

    Raises:
        ParsingError: It is no JSON, or holds no records.
    """
    text = decode_text(data)
    records = _records(_parsed(text))
    if not records:
        raise ParsingError(
            "JSON 文件里没有记录：需要一个由对象组成的列表，每个对象有正文字段（如 text、正文）"
        )
    columns = list(dict.fromkeys(key for record in records for key in record))
    rows = [[_cell(record.get(column)) for column in columns] for record in records]
    return texts_of_table(Table(rows=[columns, *rows]))


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        pass
    lines = [line for line in text.split("\n") if line.strip()]
    records = list[object]()
    for number, line in enumerate(lines, start=1):
        try:
            records.append(json.loads(line))
        except (json.JSONDecodeError, RecursionError) as error:
            message = f"不是有效的 JSON（第 {number} 行）：请检查文件是否完整"
            raise ParsingError(message) from error
    return records


def _records(value: object, depth: int = 0) -> list[dict[str, object]]:
    if isinstance(value, list):
        items = cast("list[object]", value)
        return [cast("dict[str, object]", item) for item in items if isinstance(item, dict)]
    if not isinstance(value, dict) or depth > _MAX_DEPTH:
        return []
    record = cast("dict[str, object]", value)
    for inner in record.values():
        is_envelope = isinstance(inner, list) or (isinstance(inner, dict) and len(record) <= 4)
        found = _records(cast("object", inner), depth + 1) if is_envelope else []
        if len(found) > 1 or (found and isinstance(inner, list)):
            return found
    return [record]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        items = cast("list[object]", value)
        separator = (
            "\n" if any(isinstance(item, str) and len(item) > 30 for item in items) else "、"
        )
        return separator.join(_cell(item) for item in items)
    return json.dumps(value, ensure_ascii=False)
