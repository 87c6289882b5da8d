import pytest

from ingest.stages import Role
from rag.errors import ParsingError


def test_each_line_is_a_block_and_empty_lines_stay(read):
    (text,) = read("改革方案\r\n\r\n　　第一段。\r第二段\n".encode("gb18030"), "方案.txt")
    assert [block.text for block in text.blocks] == ["改革方案", "", "　　第一段。", "第二段"]
    assert {block.role for block in text.blocks} == {Role.LINE}
    assert {block.page for block in text.blocks} == {None}
    assert not text.stated


def test_a_form_feed_begins_a_page(read):
    (text,) = read("第一页\n末行\f第二页\n".encode(), "a.txt")
    assert [(block.text, block.page) for block in text.blocks] == [
        ("第一页", 1), ("末行", 1), ("第二页", 2),
    ]  # fmt: skip


def test_other_line_separators_break_no_line(read):
    (text,) = read("甲\u2028乙\u0085丙".encode(), "a.txt")
    assert len(text.blocks) == 1


@pytest.mark.parametrize("data", [b"", b"  \n\n \t\n", "\u3000\u3000\n".encode()])
def test_a_file_without_text_says_so(read, data: bytes):
    with pytest.raises(ParsingError, match=r"文件是空的|没有文字"):
        read(data, "空.txt")
