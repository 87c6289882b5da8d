"""Drafts: the text of a file with the places of it, and a clear problem for every bad file."""

import io
import os
import re
import zipfile
from pathlib import Path

import pytest

from ingest.draft_files import (
    MAX_DRAFT_CHARACTERS,
    DraftText,
    draft_from_bytes,
    draft_from_text,
    read_draft,
)
from rag.errors import ParsingError
from tests.ui.drafts.conftest import link, paragraph, part, run, word_file

LIMIT = 2_000_000


def read(data: bytes, name: str = "稿.docx") -> DraftText:
    return draft_from_bytes(data, file_name=name, max_bytes=LIMIT)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("name", ["稿.txt", "稿.md", "稿", "稿.TXT"])
def test_text_is_what_the_file_holds_character_by_character(name: str, encoding: str):
    text = "# 标题\r\n\r\n　　他说：“**改革**要蹄疾步稳。”\r\n- 第二条\n"
    draft = read(text.encode(encoding), name)
    assert (draft.text, draft.word_file, draft.pieces) == (text, None, ())


def test_a_file_is_read_from_its_path(tmp_path: Path):
    path = tmp_path / "讲话稿.txt"
    path.write_text("青禾市召开干部大会。", encoding="gb18030")
    assert read_draft(path, max_bytes=LIMIT).text == "青禾市召开干部大会。"


def test_paragraphs_are_joined_by_line_breaks_and_empty_ones_kept():
    draft = read(
        word_file(paragraph("标题") + paragraph() + paragraph("正文", run("一段", look="<w:b/>")))
    )
    assert draft.text == "标题\n\n正文一段"
    assert [draft.text[one.start : one.end] for one in draft.pieces] == ["标题", "正文", "一段"]


def test_tables_links_controls_and_breaks_are_read():
    cells = "".join(f"<w:tc>{paragraph(text)}</w:tc>" for text in ("部门", "编制"))
    body = (
        paragraph(f'<w:hyperlink w:anchor="a">{run("链接里的字")}</w:hyperlink>')
        + f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>"
        + f"<w:sdt><w:sdtContent>{paragraph('控件里的字')}</w:sdtContent></w:sdt>"
        + paragraph(
            "<w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t><w:br w:type='page'/>"
            "<w:noBreakHyphen/></w:r>"
        )
    )
    assert read(word_file(body)).text == "链接里的字\n部门\n编制\n控件里的字\n甲\t乙\n丙-"


def test_insertions_count_and_deletions_do_not():
    deleted = '<w:del w:id="1" w:author="甲"><w:r><w:delText>删去的</w:delText></w:r></w:del>'
    moved = f'<w:moveFrom w:id="2" w:author="甲">{run("移走的")}</w:moveFrom>'
    inserted = f'<w:ins w:id="3" w:author="甲">{run("加上的")}</w:ins>'
    gone = '<w:trPr><w:del w:id="4" w:author="甲"/></w:trPr>'
    row = f"<w:tbl><w:tr>{gone}<w:tc>{paragraph('删去的一行')}</w:tc></w:tr></w:tbl>"
    body = paragraph(run("原有的"), deleted, moved, inserted) + row
    assert read(word_file(body)).text == "原有的加上的"


def test_a_paragraph_whose_end_is_deleted_goes_on_in_the_next():
    mark = '<w:pPr><w:rPr><w:del w:id="1" w:author="甲"/></w:rPr></w:pPr>'
    assert (
        read(word_file(paragraph(mark, run("前半句")) + paragraph("后半句"))).text == "前半句后半句"
    )


def test_hidden_text_field_codes_and_formulas_are_left_out():
    field = "<w:r><w:instrText>PAGE</w:instrText></w:r>"
    formula = (
        '<m:oMath xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math">'
        "<m:r><m:t>x+y</m:t></m:r></m:oMath>"
    )
    body = paragraph(run("看得见"), run("看不见", look="<w:vanish/>"), field, formula)
    assert read(word_file(body)).text == "看得见"


def test_headers_and_a_generated_table_of_contents_are_left_out():
    styles = part(
        "styles",
        '<w:style w:type="paragraph" w:styleId="a1"><w:name w:val="toc 1"/></w:style>',
    )
    contents = paragraph('<w:pPr><w:pStyle w:val="a1"/></w:pPr>', run("一、总体要求 3"))
    source = word_file(
        contents + paragraph("一、总体要求"),
        parts={"word/styles.xml": styles, "word/header1.xml": part("hdr", paragraph("页眉"))},
        links=link("styles", "styles.xml") + link("header", "header1.xml", identifier="r8"),
    )
    assert read(source).text == "一、总体要求"


def test_notes_follow_the_body_in_the_order_of_their_references():
    notes = part(
        "footnotes",
        "".join(
            f'<w:footnote w:id="{number}">{paragraph(text)}</w:footnote>'
            for number, text in ((1, "先写的注"), (2, "后写的注"), (3, "没有引到的注"))
        ),
    )
    references = [f'<w:r><w:footnoteReference w:id="{number}"/></w:r>' for number in (2, 1)]
    source = word_file(
        paragraph(run("正文"), *references) + paragraph("末段"),
        parts={"word/footnotes.xml": notes},
        links=link("footnotes", "footnotes.xml"),
    )
    assert read(source).text == "正文\n末段\n后写的注\n先写的注"


def test_a_text_box_is_read_once_after_its_paragraph():
    box = f"<w:txbxContent>{paragraph('框里的字')}</w:txbxContent>"
    shape = (
        f"<w:r><mc:AlternateContent><mc:Choice Requires='wps'>{box}</mc:Choice>"
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r>"
    )
    body = paragraph(run("框外"), shape, run("的字")) + paragraph("下一段")
    assert read(word_file(body)).text == "框外的字\n框里的字\n下一段"


def test_pieces_cover_the_text_but_for_the_breaks_between_paragraphs():
    draft = read(word_file(paragraph("甲", run(" "), "乙") + paragraph() + paragraph("丙丁")))
    covered = {place for one in draft.pieces for place in range(one.start, one.end)}
    assert "".join(draft.text[i] for i in range(len(draft.text)) if i not in covered) == "\n\n"


def test_content_decides_where_the_suffix_is_wrong():
    assert read(word_file(paragraph("其实是 Word")), "稿.txt").text == "其实是 Word"


def packed(members: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return written.getvalue()


def ole(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + stream.encode("utf-16-le")


def with_password(data: bytes) -> bytes:
    """The archive with the flag of encryption at each member."""
    changed = bytearray(data)
    for signature, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        place = data.find(signature)
        while place >= 0:
            changed[place + offset] |= 1
            place = data.find(signature, place + 1)
    return bytes(changed)


ENTITIES = (
    '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    "<w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>"
)
BAD: dict[str, tuple[str, bytes, str]] = {
    "empty": ("稿.txt", b"", "是空的"),
    "white": ("稿.txt", " \n\t　\r\n".encode(), "是空的"),
    "one character": ("稿.txt", "改".encode(), "只有一个字"),
    "punctuation": ("稿.txt", "，。！“”……".encode(), "只有标点"),
    "emoji": ("稿.md", "😀🎉👍".encode(), "只有标点、符号或表情"),
    "control characters": ("稿.txt", b"\x01\x02\x03\x04" * 20, "二进制"),
    "a megabyte": ("稿.txt", "改革".encode() * 175_000, "超过一次核对的上限"),
    "too many bytes": ("稿.txt", b"a" * (LIMIT + 1), "文件太大"),
    "text as docx": ("稿.docx", "只是文字".encode(), "不是有效的 Word 文档"),
    "zip as docx": ("稿.docx", packed({"甲.txt": b"a"}), "不是有效的 Word 文档"),
    "torn docx": ("稿.docx", word_file(paragraph("字"))[:300], "已损坏"),
    "docx without body": (
        "稿.docx",
        packed({"[Content_Types].xml": b"<Types/>", "word/a.xml": b"<a/>"}),
        "不是有效的 Word 文档",
    ),
    "docx with torn xml": (
        "稿.docx",
        word_file("", parts={"word/document.xml": "<w:document>"}),
        "损坏",
    ),
    "empty docx": ("稿.docx", word_file(paragraph()), "是空的"),
    "docx with entities": (
        "稿.docx",
        word_file("", parts={"word/document.xml": ENTITIES}),
        "实体声明",
    ),
    "old word": ("稿.doc", ole("WordDocument"), "另存为 .docx"),
    "encrypted": ("稿.docx", ole("EncryptedPackage"), "取消密码"),
    "encrypted members": ("稿.docx", with_password(word_file(paragraph("字"))), "密码"),
    "pdf": ("稿.pdf", b"%PDF-1.7\n", "是 PDF"),
    "spreadsheet": (
        "表.xlsx",
        packed({"[Content_Types].xml": b"", "xl/a": b""}),
        ".txt、.md 和 .docx",
    ),
    "web page": ("页.html", "<html><p>字</p></html>".encode(), ".txt、.md 和 .docx"),
    "picture": ("图.png", b"\x89PNG\r\n\x1a\n\0", ".txt、.md 和 .docx"),
    "program": ("稿.py", "改革 = 1".encode(), ".txt、.md 和 .docx"),
}


@pytest.mark.parametrize(("name", "data", "message"), BAD.values(), ids=BAD)
def test_a_bad_file_is_a_problem_that_says_what_to_do(name: str, data: bytes, message: str):
    with pytest.raises(ParsingError, match=message) as caught:
        read(data, name)
    assert re.search("请|已拒绝", str(caught.value))


def test_a_zip_bomb_is_refused():
    bomb = word_file(paragraph("字"), parts={"word/media/image1.png": bytes(64 * 2**20)})
    with pytest.raises(ParsingError, match="压缩炸弹"):
        read(bomb)


def test_markup_that_would_fill_the_memory_is_refused():
    noise = os.urandom(2**20)
    filling = (noise + bytes(64 * 2**20)).hex()[: 66 * 2**20]
    with pytest.raises(ParsingError, match="文字部分"):
        read(word_file(paragraph("字"), parts={"word/styles.xml": filling}))


def test_markup_without_end_of_depth_is_refused():
    deep = "<w:sdt>" * 30_000 + "</w:sdt>" * 30_000
    with pytest.raises(ParsingError, match="无法解析"):
        read(word_file(deep))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "是空的"),
        ("字", "一个字"),
        ("\x07" * 5 + "改革", "控制字符"),
        ("改革\ud800", "控制字符"),
    ],
    ids=["empty", "one character", "control characters", "half a pair"],
)
def test_pasted_text_is_held_to_the_same_rules(text: str, message: str):
    with pytest.raises(ParsingError, match=message):
        draft_from_text(text)


def test_pasted_text_is_taken_as_it_stands_up_to_the_limit():
    text = "改革\x0b\x0c" + "稳" * (MAX_DRAFT_CHARACTERS - 4)
    assert draft_from_text(text).text == text
    with pytest.raises(ParsingError, match="200,000"):
        draft_from_text(text + "稳")


@pytest.mark.parametrize("missing", ["没有.txt", "."], ids=["missing", "folder"])
def test_what_is_no_file_is_a_problem(tmp_path: Path, missing: str):
    with pytest.raises(ParsingError):
        read_draft(tmp_path / missing, max_bytes=LIMIT)


def test_a_file_over_the_limit_is_refused_unread(tmp_path: Path):
    path = tmp_path / "长.txt"
    path.write_bytes(b"a" * 100)
    with pytest.raises(ParsingError, match="文件太大"):
        read_draft(path, max_bytes=99)


def test_nothing_of_a_draft_shows_in_its_representation():
    assert "机密" not in repr(read(word_file(paragraph("机密内容"))))
