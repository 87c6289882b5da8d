"""Comma- and tab-separated files."""

import csv
import io
from collections.abc import Iterator
from itertools import islice

from ingest.readers.encoding import decode_text
from ingest.readers.tables import Table, texts_of_table
from ingest.stages import PublishedText, SourceFile
from rag.errors import ParsingError

_DELIMITERS = ",\t;|，"
_SAMPLE_ROWS = 50
_MAX_ROWS = 200_000
# A C long on every platform; the module's own limit of 131,072 is shorter than a report.
_LONGEST_CELL = 2**31 - 1


def read_delimited(data: bytes, file: SourceFile) -> list[PublishedText]:
    """The rows or the whole of a table, as `texts_of_table` says; the delimiter is found out.

    Raises:
        ParsingError: The bytes are no text, or the table is malformed or too long.
    """
    text = decode_text(data).replace("\0", "")
    csv.field_size_limit(_LONGEST_CELL)
    preferred = "\t" if file.file_name.lower().endswith(".tsv") else ","
    delimiter = _delimiter(text, preferred)
    rows = list(islice(_rows(text, delimiter), _MAX_ROWS + 1))
    if len(rows) > _MAX_ROWS:
        message = f"表格超过 {_MAX_ROWS} 行：请拆成几个文件再导入"
        raise ParsingError(message)
    return texts_of_table(Table(rows=rows))


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)


def _delimiter(text: str, preferred: str) -> str:
    """The delimiter that splits the first rows into the most equal columns, at least two."""

    def evenness(delimiter: str) -> tuple[float, int, bool]:
        widths = [len(row) for row in islice(_rows(text, delimiter), _SAMPLE_ROWS) if row]
        if not widths or widths[0] < 2:
            return (0.0, 0, delimiter == preferred)
        same = sum(width == widths[0] for width in widths) / len(widths)
        return (same, widths[0], delimiter == preferred)

    return max(_DELIMITERS, key=evenness)
