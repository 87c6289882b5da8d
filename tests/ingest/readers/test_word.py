# ruff: noqa: E501 - markup is kept on the lines it belongs to
import io
import zipfile
from collections.abc import Callable

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from ingest.readers.word_styles import format_number
from rag.errors import ParsingError

W = nsdecls("w")


def saved(build: Callable) -> bytes:
    document = Document()
    build(document)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def with_parts(data: bytes, parts: dict[str, bytes]) -> bytes:
    """The package with parts added or replaced."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return stream.getvalue()


def part(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return package.read(name)


def test_headings_paragraphs_and_tables_in_order(read, shown):
    def build(document):
        document.core_properties.title = "示例市机构改革方案"
        document.core_properties.author = "模板作者"
        document.add_heading("示例市机构改革方案", 0)
        document.add_heading("一、总体要求", 1)
        document.add_paragraph("　　坚持优化协同高效。").add_run("共设机构三十七个。")
        table = document.add_table(3, 3)
        table.cell(0, 0).merge(table.cell(1, 0)).text = "甲区"
        for row, cells in enumerate([
            ["", "编制", "20"],
            ["", "实有", "18"],
            ["乙区", "编制", "9"],
        ]):
            for column, text in enumerate(cells):
                if text:
                    table.cell(row, column).text = text
        document.add_paragraph("正文当标题用：" + "很长的一段话" * 30, style="Heading 2")
        document.add_paragraph("第一行\n第二行")

    (text,) = read(saved(build), "方案.docx")
    assert shown(text.blocks) == [
        "#示例市机构改革方案",
        "#一、总体要求",
        "坚持优化协同高效。共设机构三十七个。",
        "| 甲区 | 编制 | 20",
        "| 甲区 | 实有 | 18",
        "| 乙区 | 编制 | 9",
        "正文当标题用：" + "很长的一段话" * 30,
        "第一行",
        "第二行",
    ]
    assert dict(text.stated) == {"title": "示例市机构改革方案"}
    assert text.stated_by == "docx"


@pytest.mark.parametrize("title", ["Word 文档", "Microsoft Word - a.doc", "去年的工作报告标题", ""])
def test_a_title_that_the_text_does_not_bear_out_is_not_stated(read, title: str):
    def build(document):
        document.core_properties.title = title
        document.add_paragraph("今年的工作报告。")

    (text,) = read(saved(build), "a.docx")
    assert not text.stated
    assert not text.stated_by


def test_outline_levels_and_localised_styles_make_headings(read, shown):
    def build(document):
        style = document.styles.add_style("我的样式", 1)
        style.base_style = document.styles["Heading 3"]
        document.add_paragraph("一、总则", style="Heading 1")
        document.styles["Heading 1"].element.name_val = "标题 1"
        document.add_paragraph("三级", style="我的样式")
        properties = document.add_paragraph("二、职责")._p.get_or_add_pPr()
        properties.append(parse_xml(f'<w:outlineLvl {W} w:val="1"/>'))

    (text,) = read(saved(build), "a.docx")
    assert shown(text.blocks) == ["#一、总则", "###三级", "##二、职责"]


def test_insertions_stay_and_deletions_hidden_text_and_field_codes_go(read):
    def build(document):
        paragraph = document.add_paragraph("共设")._p
        for xml in (
            "<w:ins {0}><w:r><w:t>三十七</w:t></w:r></w:ins>",
            "<w:del {0}><w:r><w:delText>三十六</w:delText></w:r></w:del>",
            "<w:r {0}><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r>",
            "<w:r {0}><w:instrText>PAGE</w:instrText></w:r>",
            "<w:hyperlink {0}><w:r><w:t>个机构</w:t></w:r></w:hyperlink>",
            "<w:sdt {0}><w:sdtContent><w:r><w:t>。</w:t></w:r></w:sdtContent></w:sdt>",
            "<w:r {0}><w:tab/><w:noBreakHyphen/><w:t>完</w:t></w:r>",
        ):
            paragraph.append(parse_xml(xml.format(W)))

    (text,) = read(saved(build), "a.docx")
    assert [block.text for block in text.blocks] == ["共设三十七个机构。\t-完"]


def test_text_boxes_and_notes_follow_their_paragraph(read, shown):
    def build(document):
        paragraph = document.add_paragraph("编制总数为三十七名")._p
        paragraph.append(parse_xml(f'<w:r {W}><w:footnoteReference w:id="2"/></w:r>'))
        box = f"<w:r {W}><w:pict><w:txbxContent><w:p><w:r><w:t>框中文字</w:t></w:r></w:p></w:txbxContent></w:pict></w:r>"
        paragraph.append(parse_xml(box))
        document.add_paragraph("下一段")

    data = saved(build)
    notes = (
        f'<w:footnotes {W}><w:footnote w:type="separator" w:id="0"><w:p/></w:footnote>'
        '<w:footnote w:id="2"><w:p><w:r><w:t>不含工勤编制。</w:t></w:r></w:p></w:footnote></w:footnotes>'
    )
    relations = part(data, "word/_rels/document.xml.rels").replace(
        b"</Relationships>",
        b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        b'relationships/footnotes" Target="footnotes.xml"/></Relationships>',
    )
    data = with_parts(
        data,
        {"word/footnotes.xml": notes.encode(), "word/_rels/document.xml.rels": relations},
    )
    (text,) = read(data, "a.docx")
    assert shown(text.blocks) == ["编制总数为三十七名", "框中文字", "^ 不含工勤编制。", "下一段"]


def test_automatic_numbers_are_counted_as_word_counts_them(read):
    levels = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/>'
        f'<w:lvlText w:val="{pattern}"/></w:lvl>'
        for depth, kind, pattern in (
            (0, "chineseCountingThousand", "%1、"),
            (1, "chineseCountingThousand", "（%2）"),
            (2, "decimal", "%3."),
        )
    )
    numbering = (
        f'<w:numbering {W}><w:abstractNum w:abstractNumId="7">{levels}</w:abstractNum>'
        '<w:num w:numId="3"><w:abstractNumId w:val="7"/></w:num></w:numbering>'
    )

    def build(document):
        for depth, text in (
            (0, "总则"),
            (1, "目的"),
            (1, "依据"),
            (2, "甲"),
            (0, "职责"),
            (1, "主要"),
        ):
            properties = document.add_paragraph(text)._p.get_or_add_pPr()
            xml = f'<w:numPr {W}><w:ilvl w:val="{depth}"/><w:numId w:val="3"/></w:numPr>'
            properties.append(parse_xml(xml))

    data = with_parts(saved(build), {"word/numbering.xml": numbering.encode()})
    (text,) = read(data, "a.docx")
    assert [block.text for block in text.blocks] == [
        "一、总则", "（一）目的", "（二）依据", "1. 甲", "二、职责", "（一）主要",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("decimal", "4"), ("upperRoman", "IV"), ("lowerLetter", "d"), ("decimalEnclosedCircle", "④"),
     ("ideographTraditional", "丁"), ("decimalFullWidth", "４"), ("unknown", "4")],
)  # fmt: skip
def test_number_formats(kind: str, expected: str):
    assert format_number(4, kind) == expected


def test_a_word_file_is_found_out_under_another_suffix(read):
    data = saved(lambda document: document.add_paragraph("正文。"))
    for name in ("a.doc", "a", "a.txt", "a.wps"):
        (text,) = read(data, name)
        assert text.blocks[0].text == "正文。"


def test_entity_bombs_are_refused(read):
    data = saved(lambda document: document.add_paragraph("正文。"))
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>'
    with pytest.raises(ParsingError, match="实体声明"):
        read(with_parts(data, {"word/document.xml": bomb}), "a.docx")


def test_a_package_that_unpacks_to_far_more_is_refused(read):
    data = saved(lambda document: document.add_paragraph("正文。"))
    stream = io.BytesIO(data)
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/media/bomb.bin", bytes(64 * 2**20))
    with pytest.raises(ParsingError, match="压缩炸弹"):
        read(stream.getvalue(), "a.docx")


def test_a_protected_file_and_a_damaged_one_say_so(read):
    names = "EncryptedPackage".encode("utf-16-le")
    with pytest.raises(ParsingError, match="密码"):
        read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + names + bytes(512), "a.docx")
    data = saved(lambda document: document.add_paragraph("正文。"))
    with pytest.raises(ParsingError, match="损坏"):
        read(data[: len(data) // 2], "a.docx")
    with pytest.raises(ParsingError, match="缺少正文"):
        read(with_parts(data, {"word/document.xml": b"<a/>"}), "a.docx")
