import io
from datetime import date, datetime

import openpyxl
import pytest

from ingest.stages import Role
from rag.errors import ParsingError

LONG = "各位代表：现在，我代表市人民政府向大会报告工作，请予审议，并请各位委员提出意见。"
SPEECHES = f"""标题,正文,发布日期,来源,地区,作者,备注,网址
一季度讲话,"{LONG}
第二段，{LONG}",2019-03-22,示例日报,示例市,张三,内部,https://example.org/1
二季度讲话,"{LONG}，三十七个",2019/6/1,,示例市,,,
空白,,2019-07-01,,,,,
"""
FIGURES = "单位,编制,实有\n发改局,20,18\n财政局,30,\n"


def test_each_row_with_a_text_is_a_document(read):
    texts = read(("\ufeff" + SPEECHES).encode(), "讲话.csv")
    assert [text.part for text in texts] == ["1", "2"]
    first = texts[0]
    assert [(block.role, block.text) for block in first.blocks] == [
        (Role.LINE, LONG), (Role.LINE, f"第二段，{LONG}"), (Role.TABLE_ROW, "备注：内部"),
    ]  # fmt: skip
    assert dict(first.stated) == {
        "title": "一季度讲话",
        "published_date": "2019-03-22",
        "publisher": "示例日报",
        "place": "示例市",
        "reporters": "张三",
        "url": "https://example.org/1",
    }
    assert first.stated_by == "table"


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_delimiter_and_encoding_are_found_out(read, delimiter: str, encoding: str):
    data = FIGURES.replace(",", delimiter).encode(encoding)
    (text,) = read(data, "编制.csv")
    assert [block.text for block in text.blocks] == [
        "单位 | 编制 | 实有", "单位：发改局；编制：20；实有：18", "单位：财政局；编制：30",
    ]  # fmt: skip
    assert {block.role for block in text.blocks} == {Role.TABLE_ROW}


def test_a_cell_longer_than_the_csv_module_allows_is_read(read):
    texts = read(f"title,content\n甲,{'长' * 200_000}\n".encode(), "a.csv")
    assert len(texts[0].blocks[0].text) == 200_000


def test_a_column_of_unique_ids_names_the_parts(read):
    data = f"id,text\nA-1,{LONG}\nA-2,{LONG}\n"
    assert [text.part for text in read(data.encode(), "a.csv")] == ["A-1", "A-2"]
    data = f"id,text\nA-1,{LONG}\nA-1,{LONG}\n"
    assert [text.part for text in read(data.encode(), "a.csv")] == ["1", "2"]


def test_a_year_is_a_date_only_where_there_is_no_other(read):
    data = f"year,title,text,publish_date\n2025,甲,{LONG},\n2025,乙,{LONG},2026-01-02\n"
    first, second = read(data.encode(), "a.csv")
    assert first.stated["published_date"] == "2025"
    assert second.stated["published_date"] == "2026-01-02"


def workbook(sheets: dict[str, list[list[object]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_sheet_without_texts_is_one_document_of_named_figures(read):
    rows = [
        ["示例市机构编制情况表", None, None],
        [],
        ["单位", "编制", "日期"],
        ["发改局", 20.0, datetime(2019, 3, 22)],  # noqa: DTZ001 - Excel knows no time zones
        ["财政局", 30.5, date(2019, 3, 23)],
        ["审计局", True, None],
    ]
    (text,) = read(workbook({"表一": rows}), "编制.xlsx")
    assert text.part == ""
    assert [block.text for block in text.blocks] == [
        "示例市机构编制情况表",
        "单位 | 编制 | 日期",
        "单位：发改局；编制：20；日期：2019-03-22",
        "单位：财政局；编制：30.5；日期：2019-03-23",
        "单位：审计局；编制：是",
    ]
    assert text.stated["title"] == "示例市机构编制情况表"


def test_several_sheets_are_several_documents(read):
    figures = [["单位", "编制"], ["发改局", 20]]
    speeches = [["标题", "内容"], ["甲", LONG], ["乙", f"{LONG}\n{LONG}"]]
    texts = read(workbook({"数": figures, "讲话": speeches, "空": []}), "a.xlsx")
    assert [text.part for text in texts] == ["数", "讲话/1", "讲话/2"]


def test_an_empty_workbook_says_so(read):
    with pytest.raises(ParsingError, match="没有文字"):
        read(workbook({"空": []}), "a.xlsx")


@pytest.mark.parametrize(
    "data",
    [
        f'[{{"title": "甲", "text": "{LONG}", "date": "2020"}}]',
        f'{{"total": 1, "data": [{{"title": "甲", "text": "{LONG}", "date": "2020"}}]}}',
        f'{{"title": "甲", "text": "{LONG}", "date": "2020"}}\n',
    ],
    ids=["list", "envelope", "one record"],
)
def test_json_records_are_rows(read, data: str):
    for name in ("a.json", "a.jsonl"):
        (text,) = read(data.encode(), name)
        assert text.blocks[0].text == LONG
        assert dict(text.stated) == {"title": "甲", "published_date": "2020"}


def test_broken_json_names_its_line(read):
    with pytest.raises(ParsingError, match="第 2 行"):
        read('{"text": "甲"}\n{"text": \n'.encode(), "a.jsonl")
