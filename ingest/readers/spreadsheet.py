"""Excel files (.xlsx): values as they were last computed, dates in ISO form."""

import io
import warnings
from collections.abc import Iterator
from datetime import date, datetime, time

from ingest.readers.office_package import OfficePackage
from ingest.readers.tables import Table, texts_of_table
from ingest.stages import PublishedText, SourceFile
from rag.errors import ParsingError

_MAX_ROWS = 200_000
_MAX_COLUMNS = 512


def read_xlsx(data: bytes, _file: SourceFile) -> list[PublishedText]:
    """The sheets, one after the other, each as `texts_of_table` says; hidden ones left out.

    Raises:
        ParsingError: It is no intact Excel file, or has too many rows.
    """
    OfficePackage(data)  # refuses what is no archive, is encrypted, or would unpack to a bomb
    tables = _tables(data)
    found = list[PublishedText]()
    for table in tables:
        found.extend(texts_of_table(table))
    return found


def _tables(data: bytes) -> list[Table]:
    import openpyxl  # deferred: 0.2 s

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of every extension it does not know
        workbook = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        try:
            visible = [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"]
            filled = [(sheet.title, _rows(sheet.iter_rows(values_only=True))) for sheet in visible]
        finally:
            workbook.close()
    filled = [(name, rows) for name, rows in filled if rows]
    return [Table(rows=rows, name=name if len(filled) > 1 else "") for name, rows in filled]


def _rows(values: Iterator[tuple[object, ...]]) -> list[list[str]]:
    rows = list[list[str]]()
    for number, row in enumerate(values, start=1):
        if number > _MAX_ROWS:
            message = f"工作表超过 {_MAX_ROWS} 行：请删去空行，或拆成几个文件再导入"
            raise ParsingError(message)
        cells = [_cell(value) for value in row[:_MAX_COLUMNS]]
        if any(cells):
            rows.append(cells)
    width = max((index + 1 for row in rows for index, cell in enumerate(row) if cell), default=0)
    return [row[:width] for row in rows]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        midnight = (value.hour, value.minute, value.second) == (0, 0, 0)
        return value.date().isoformat() if midnight else value.isoformat(" ", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.12g}"
    return str(value)
