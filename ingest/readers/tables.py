"""What a table's columns say: its rows are documents, or the whole sheet is one."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from ingest.readers.text import lines_of
from ingest.stages import Block, PublishedText, Role

# A column is what its name says; the first name that fits a field wins.
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "title": (
        "title",
        "标题",
        "题目",
        "文件名称",
        "文件标题",
        "新闻标题",
        "headline",
        "名称",
        "name",
    ),
    "publisher": (
        *("source", "来源", "信息来源", "publisher", "媒体", "报纸", "网站", "site", "发布来源"),
        *("文章来源", "media", "稿源", "website"),
    ),
    "issuer": (
        "issuer",
        "发文机关",
        "发文单位",
        "发布机构",
        "发布单位",
        "制定机关",
        "颁布机构",
        "agency",
    ),
    "published_date": (
        *("publish_date", "published_date", "published", "pubdate", "pub_date", "publish_time"),
        *(
            "发布日期",
            "发布时间",
            "发表日期",
            "发表时间",
            "公布日期",
            "刊发日期",
            "date",
            "日期",
            "时间",
            "time",
        ),
    ),
    "event_date": ("event_date", "成文日期", "讲话日期", "讲话时间", "会议时间", "speech_date"),
    "place": (
        *("place", "地区", "地方", "region", "area", "省市", "地点", "location", "所属地区"),
        *("county", "区县", "city", "城市", "地市", "市", "province", "省份", "省"),
    ),
    "reporters": ("reporters", "reporter", "记者", "author", "authors", "作者", "撰稿人"),
    "editors": ("editors", "editor", "编辑", "责任编辑", "责编"),
    "speakers": ("speakers", "speaker", "讲话人", "发言人", "讲话者", "报告人"),
    "document_number": ("document_number", "发文字号", "文号", "发文号", "文件编号"),
    "url": ("url", "source_url", "link", "网址", "链接", "原文链接", "来源链接", "href"),
    "kind": ("kind", "type", "类型", "文种", "体裁"),
}
_TEXT_NAMES = (
    *("text", "full_text", "fulltext", "content", "contents", "正文", "内容", "全文", "正文内容"),
    *("文章内容", "body", "article", "原文", "文本", "讲话内容", "新闻内容", "passage"),
)
_ID_NAMES = ("id", "编号", "序号", "guid", "document_id", "doc_id", "uuid", "_id", "索引号")
_YEAR_NAMES = ("year", "年份", "年度", "年")
_LONG_CHARS = 120
_MANY_CHARS = 30
_CHINESE = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A sheet.

    Attributes:
        name: Of the sheet; empty where the file has only one.
        rows: Cells as text; the rows may differ in length.
    """

    rows: Sequence[Sequence[str]]
    name: str = ""


def texts_of_table(table: Table) -> list[PublishedText]:
    """One text for each row where a column holds the texts, else one for the whole table.

    A row's text is split into lines. Its `part` is what stands in a column of unique numbers
    or names, else the number of the row, counted from 1 below the header. What other columns
    say in Chinese follows as "列名：值". Rows without text are left out.

    A table without such a column gives its title lines, its header, and for each row the
    pairs "列名：值", so that a figure never stands without its name.
    """
    rows = [[cell.strip() for cell in row] for row in table.rows]
    header_at = _header_index(rows)
    if header_at is None:
        return []
    names = [_key(cell) for cell in rows[header_at]]
    body = [_fitted(row, len(names)) for row in rows[header_at + 1 :]]
    body = [row for row in body if any(row)]
    texts = _text_columns(names, body)
    if texts:
        return _rows_as_texts(rows[header_at], body, texts, table.name)
    return [_sheet_as_text(rows[:header_at], rows[header_at], body, table.name)]


def _rows_as_texts(
    header: Sequence[str], body: list[list[str]], texts: list[int], sheet: str
) -> list[PublishedText]:
    fields = _field_columns([_key(name) for name in header])
    parts = _parts(header, body)
    found = list[PublishedText]()
    for row, part in zip(body, parts, strict=True):
        blocks = _row_text(row, header, texts)
        if not blocks:
            continue
        stated = _stated(row, header, fields)
        rest = [
            index
            for index in range(len(header))
            if index not in texts and index not in fields.values() and _CHINESE.search(row[index])
        ]
        others = [Block(text=text, role=Role.TABLE_ROW) for text in _pairs(row, header, rest)]
        found.append(
            PublishedText(
                blocks=(*blocks, *others),
                part=f"{sheet}/{part}" if sheet else part,
                stated=stated,
                stated_by="table" if stated else "",
            )
        )
    return found


def _row_text(row: Sequence[str], header: Sequence[str], texts: list[int]) -> list[Block]:
    blocks = list[Block]()
    for index in texts:
        if not row[index]:
            continue
        if len(texts) > 1 and header[index]:
            blocks.append(Block(text=header[index], role=Role.HEADING, level=1))
        blocks.extend(Block(text=line, role=Role.LINE) for line in lines_of(row[index]))
    return blocks


def _sheet_as_text(
    above: Sequence[Sequence[str]], header: Sequence[str], body: list[list[str]], sheet: str
) -> PublishedText:
    title_lines = [" ".join(cell for cell in row if cell) for row in above]
    blocks = [Block(text=line) for line in title_lines if line]
    stated = {"title": blocks[0].text} if blocks else {}
    everything = list(range(len(header)))
    if any(header):
        text = " | ".join(cell for cell in _flat(header) if cell)
        blocks.append(Block(text=text, role=Role.TABLE_ROW))
    for row in body:
        pairs = "；".join(_pairs(row, header, everything))
        blocks.append(Block(text=pairs, role=Role.TABLE_ROW))
    return PublishedText(
        blocks=tuple(blocks), part=sheet, stated=stated, stated_by="table" if stated else ""
    )


def _pairs(row: Sequence[str], header: Sequence[str], columns: list[int]) -> list[str]:
    names, values = _flat(header), _flat(row)
    return [
        f"{names[index]}：{values[index]}" if names[index] else values[index]
        for index in columns
        if values[index]
    ]


def _flat(cells: Sequence[str]) -> list[str]:
    return [" ".join(cell.split()) for cell in cells]


def _header_index(rows: Sequence[Sequence[str]]) -> int | None:
    """The first row with cells in most of the columns: above it stand title lines."""
    width = max((sum(map(bool, row)) for row in rows[:50]), default=0)
    for index, row in enumerate(rows[:50]):
        filled = sum(map(bool, row))
        if filled and filled * 2 >= width and (filled > 1 or width == 1):
            return index
    return next((index for index, row in enumerate(rows) if any(row)), None)


def _key(name: str) -> str:
    return re.sub(r"[\s:：*]+", "", name).lower().replace("-", "_").lstrip("\ufeff")


def _fitted(row: list[str], width: int) -> list[str]:
    return [*row[:width], *[""] * (width - len(row))]


def _text_columns(names: Sequence[str], body: Sequence[Sequence[str]]) -> list[int]:
    """Columns of texts: the longest that is named as one, and all whose cells are long."""
    lengths = [
        fmean(filled) if (filled := [len(row[index]) for row in body if row[index]]) else 0.0
        for index in range(len(names))
    ]
    named = [index for index, name in enumerate(names) if name in _TEXT_NAMES]
    named = [index for index in named if lengths[index] >= _MANY_CHARS or len(names) <= 3]
    taken = set(_field_columns(names).values())
    long = [
        index
        for index in range(len(names))
        if lengths[index] >= _LONG_CHARS and index not in taken and names[index] not in _ID_NAMES
    ]
    best = sorted(named, key=lambda index: -lengths[index])[:1]
    return sorted({*best, *(index for index in long if index not in named or index in best)})


def _field_columns(names: Sequence[str]) -> dict[str, int]:
    found = dict[str, int]()
    for field, aliases in _FIELDS.items():
        for alias in aliases:
            if field not in found and alias in names and names.index(alias) not in found.values():
                found[field] = names.index(alias)
    return found


def _stated(row: Sequence[str], header: Sequence[str], fields: Mapping[str, int]) -> dict[str, str]:
    stated = {field: row[index] for field, index in fields.items() if row[index]}
    names = [_key(name) for name in header]
    year = next((row[names.index(name)] for name in _YEAR_NAMES if name in names), "")
    if year and not {"published_date", "event_date"} & stated.keys():
        stated["published_date"] = year
    # An address in a column of sources is where the text stands, not who published it.
    if stated.get("publisher", "").startswith(("http://", "https://")):
        stated.setdefault("url", stated["publisher"])
        del stated["publisher"]
    return stated


def _parts(header: Sequence[str], body: Sequence[Sequence[str]]) -> list[str]:
    """Unique names of the rows: from an id column if it serves, else numbers from 1."""
    names = [_key(name) for name in header]
    for name in _ID_NAMES:
        if name in names:
            values = [row[names.index(name)] for row in body]
            if all(values) and len(set(values)) == len(values):
                return values
    return [str(number) for number in range(1, len(body) + 1)]
