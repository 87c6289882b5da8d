from hypothesis import given
from hypothesis import strategies as st

from ingest.readers.markdown import plain_inline
from ingest.stages import Role

PAGE = """---
title: "示例市机构改革方案"
date: 2019-03-22
source: 示例日报
tags: [改革]
---
<!-- 爬取于某日 -->

# 示例市机构改革方案

## 第一章 总 则 ##

为了**优化**机构设置，根据[有关规定](https://example.org/a(1)b)，
制定本方案。`编制`总数为 *37* 名[^1]。

次级标题
--------

- 一是精简
- [x] 二是统一
1. 第一步
2. 第二步

| 单位 | 编制 |
| --- | ---: |
| 发改局 | 20 |
| 财政局 | **30** |

> 引文一段

***

第一行{hard}
第二行

[^1]: 不含**工勤**编制。
[1]: https://example.org "链接"
![图](a.png)
""".replace("{hard}", "  ")


def test_a_page_in_blocks(read, shown):
    (text,) = read(PAGE.encode(), "方案.md")
    assert shown(text.blocks) == [
        "#示例市机构改革方案",
        "##第一章 总 则",
        "为了优化机构设置，根据有关规定，制定本方案。编制总数为 37 名。",
        "##次级标题",
        "一是精简",
        "二是统一",
        "1. 第一步",
        "2. 第二步",
        "| 单位 | 编制",
        "| 发改局 | 20",
        "| 财政局 | 30",
        "引文一段",
        "第一行",
        "第二行",
        "^ 不含工勤编制。",
    ]
    assert dict(text.stated) == {
        "title": "示例市机构改革方案", "published_date": "2019-03-22", "publisher": "示例日报",
    }  # fmt: skip
    assert text.stated_by == "front_matter"


def test_wrapped_lines_are_joined_and_latin_words_kept_apart(read):
    (text,) = read("全面推行\n放管服改革\nopen data\nplatform 建设\n".encode(), "a.md")
    assert [block.text for block in text.blocks] == ["全面推行放管服改革open data platform 建设"]


def test_one_paragraph_on_each_line_stays_so(read):
    first = "第一条 " + "为了规范机构设置和编制管理工作，" * 4 + "制定本条例。"
    page = f"{first}\n第二条 本条例适用于各级机关。\n（一）行政机构；\n（二）事业单位。\n"
    (text,) = read(page.encode(), "a.md")
    assert len(text.blocks) == 4


def test_code_keeps_its_lines(read):
    (text,) = read("```\n# 不是标题\n```\n正文\n".encode(), "a.md")
    assert [(block.role, block.text) for block in text.blocks] == [
        (Role.LINE, "# 不是标题"), (Role.PARAGRAPH, "正文"),
    ]  # fmt: skip


def test_escapes_and_entities_are_resolved():
    assert plain_inline(r"\*不是强调\* &amp; 1 \| 2 <b>粗</b>") == "*不是强调* & 1 | 2 粗"


@given(st.text(st.sampled_from("改革方案，。一二三37年()（）“”、"), max_size=40))
def test_text_without_marks_is_left_alone(text: str):
    assert plain_inline(text) == text.strip()
