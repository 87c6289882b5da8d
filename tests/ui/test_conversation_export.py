"""Conversations as Markdown and Word files: whole, referenced, and harmless."""

import io
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from rag.conversations import SavedConversation, SavedTurn, check_citation
from rag.documents import Answer, AnswerMode, AnswerStatus, Citation, Document, Filters, Kind
from tests.conftest import make_document
from ui.conversations.exported import CheckedTurn, WholeConversation
from ui.conversations.markdown import escaped_line, markdown
from ui.conversations.plain_text import (
    LONGEST_NAME_BYTES,
    export_file_name,
    plain_line,
    plain_lines,
)
from ui.conversations.word import word_file
from ui.conversations.wording import filters_line, shown_time

BEIJING = timezone(timedelta(hours=8))
QUOTE = "清河区共设置党政机构三十六个。"
DOCUMENT = make_document(
    f"要点\n{QUOTE}", title="清河区方案", kind=Kind.LAW, issuer="清河区人民政府"
)
HOSTILE = """# 标题
<script>alert(1)</script> <img src=x onerror=alert(1)> &lt;b&gt; <!-- --> <https://evil.example>
[点此](javascript:alert(1)) ![图](http://evil.example/a.png) [1]: http://evil.example
[1](http://evil.example) [甲][1] [^1] ![1][1]
- 项
+ 项
1. 项
2) 项
> 引
```
代码
```
~~~
    缩进
***
---
===
甲
===
| 甲 | 乙 |
|---|---|
**粗** _斜_ ~~删~~ `码` $x$ {{ 模板 }} {% 模板 %} \\* \\
: 定义
[ ] 任务
\x1b[31m红\x1b[0m\x00\x07\u202e反\u2066\u200b\ufeff\ud800\ufffe
a\u2028b\x85c\x0bd"""
VISIBLE = re.compile(r"[^\s\x00-\x1f\x7f-\x9f\u200b\u202e\u2066\ufeff\ud800\ufffe\u2028]")


def make_citation(document: Document = DOCUMENT, quote: str = QUOTE, **changes) -> Citation:
    start = document.text.find(quote)
    citation = Citation(
        marker=1,
        document_id=document.document_id,
        title=document.metadata.title,
        kind=document.metadata.kind,
        speaker=None,
        date=None,
        publisher=None,
        page=None,
        passage_id="p",
        start=start,
        end=start + len(quote),
        quote=quote,
    )
    return replace(citation, **changes)


def make_turn(question="设了多少机构？", text=f"{QUOTE}[1]", citations=(), **changes) -> SavedTurn:
    answer = Answer(status=AnswerStatus.ANSWERED, text=text, citations=tuple(citations))
    asked = datetime(2026, 3, 1, 1, 5, tzinfo=UTC)
    return replace(SavedTurn(question=question, answer=answer, asked=asked), **changes)


def make_whole(*turns: SavedTurn, title="设了多少机构？", documents=(DOCUMENT,)):
    known = {document.document_id: document for document in documents}
    time = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
    return WholeConversation(
        conversation=SavedConversation(
            conversation_id="0" * 32,
            title=title,
            created=time,
            updated=time,
            turn_count=len(turns),
        ),
        turns=[
            CheckedTurn(
                turn=turn,
                citations=tuple(
                    check_citation(one, known.get(one.document_id)) for one in turn.answer.citations
                ),
            )
            for turn in turns
        ],
        exported=time,
        zone=BEIJING,
    )


def words_of(whole) -> docx.document.Document:
    return docx.Document(io.BytesIO(word_file(whole)))


def paragraphs(whole) -> list[str]:
    return [paragraph.text for paragraph in words_of(whole).paragraphs]


def hostile() -> WholeConversation:
    document = make_document(f"前\n{HOSTILE}", source="a", title=HOSTILE, publisher=HOSTILE)
    citation = make_citation(document, HOSTILE, title=HOSTILE)
    turn = make_turn(
        HOSTILE, HOSTILE, [citation, replace(citation, document_id="gone")],
        filters=Filters(place=HOSTILE, speaker=HOSTILE),
    )  # fmt: skip
    answer = replace(turn.answer, notes=(HOSTILE,), model=HOSTILE, mode=AnswerMode.CHAT_MODEL)
    return make_whole(replace(turn, answer=answer), title=HOSTILE, documents=[document])


def test_sentences_that_cite_one_document_share_an_entry_of_the_references():
    document = make_document(f"要点\n{QUOTE}\n其中党委机构十二个。", title="清河区方案")
    first, second = (make_citation(document, quote) for quote in (QUOTE, "其中党委机构十二个。"))
    turn = make_turn(
        citations=[
            replace(first, marker=3),
            replace(first, support="unsupported"),
            second,
            first,  # borne out here: the sentence above is marked in the text
        ]
    )
    whole = make_whole(turn, documents=[document])
    shown = markdown(whole)
    assert [line[:3] for line in shown.splitlines() if line.startswith("[")] == ["[1]", "[3]"]
    assert shown.count(f"> {QUOTE}") == 2
    assert "未能支持" not in shown
    assert sum(line.startswith("[") for line in paragraphs(whole)) == 2


def test_what_is_to_be_said_of_one_of_several_quotes_stands_behind_it():
    turn = make_turn(
        citations=[make_citation(), make_citation(quote="要点", support="unsupported")]
    )
    whole = make_whole(turn)
    assert "\n> 要点（这条引用未能支持所在的句子）" in markdown(whole)
    assert paragraphs(whole)[-2:] == [QUOTE, "要点（这条引用未能支持所在的句子）"]


def test_markdown_has_question_answer_circumstances_and_references():
    turn = make_turn(
        citations=[make_citation()],
        filters=Filters(place="清河区", kind=Kind.LAW),
        mode=AnswerMode.EXTRACTIVE,
    )
    answer = replace(turn.answer, notes=("只有一处。",))
    assert (
        markdown(make_whole(replace(turn, answer=answer)))
        == f"""# 设了多少机构？

由问策导出：2026年3月3日 00:00；共 1 轮问答

## 第 1 问

设了多少机构？

提问时间：2026年3月1日 09:05；范围：类型 法规文件，地区 清河区；回答方式：原文摘录

### 回答

{QUOTE}[1]

说明：只有一处。

### 参考文献

[1] 清河区人民政府. 清河区方案\\[Z\\].

> {QUOTE}
"""
    )


def test_a_word_file_says_the_same():
    whole = make_whole(
        make_turn(citations=[make_citation()]), make_turn("还有呢？", "没有了。\n完。")
    )
    assert paragraphs(whole) == [
        "设了多少机构？",
        "由问策导出：2026年3月3日 00:00；共 2 轮问答",
        "第 1 问",
        "设了多少机构？",
        "提问时间：2026年3月1日 09:05；范围：全部文件；回答方式：自动",
        "回答",
        f"{QUOTE}[1]",
        "参考文献",
        "[1] 清河区人民政府. 清河区方案[Z].",
        QUOTE,
        "第 2 问",
        "还有呢？",
        "提问时间：2026年3月1日 09:05；范围：全部文件；回答方式：自动",
        "回答",
        "没有了。",
        "完。",
    ]


def test_a_word_file_has_headings_and_our_name_and_nothing_of_the_template():
    document = words_of(make_whole(make_turn(citations=[make_citation()])))
    styles = [paragraph.style.name for paragraph in document.paragraphs]
    assert styles[0] == "Title"
    assert styles.count("Heading 1") == 1
    assert styles.count("Heading 2") == 2
    properties = document.core_properties
    assert (properties.author, properties.last_modified_by) == ("问策", "问策")
    assert (properties.title, properties.comments) == ("设了多少机构？", "")
    assert properties.created == datetime(2026, 3, 2, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("documents", "said"),
    [
        ([DOCUMENT], ""),
        ([make_document(f"新的要点\n{QUOTE}", title="清河区方案")], "原句现在文中另一处"),
        ([make_document("别的。", title="清河区方案")], "文件已更改，找不到原句的确切位置"),
        ([], "文件已不在资料库中"),
    ],
    ids=["valid", "moved", "changed", "gone"],
)
def test_a_reference_says_what_has_become_of_its_document(documents, said):
    whole = make_whole(make_turn(citations=[make_citation()]), documents=documents)
    (line,) = [one for one in markdown(whole).splitlines() if one.startswith("[1] ")]
    (entry,) = [one for one in paragraphs(whole) if one.startswith("[1] ")]
    for text in (line, entry):
        assert "清河区方案" in text
        assert text.endswith(f"{said}）" if said else "]." if text is entry else "\\].")
    assert f"> {QUOTE}" in markdown(whole)


def test_a_citation_without_support_is_marked():
    whole = make_whole(make_turn(citations=[make_citation(support="unsupported")]))
    assert "（这条引用未能支持所在的句子）" in markdown(whole)
    assert any("未能支持" in text for text in paragraphs(whole))


def test_what_a_chat_model_wrote_is_named_so():
    turn = make_turn()
    answer = replace(turn.answer, mode=AnswerMode.CHAT_MODEL, model="qwen")
    text = markdown(make_whole(replace(turn, answer=answer)))
    assert "回答方式：自动（由聊天模型 qwen 撰写）" in text


def test_an_empty_conversation_can_be_exported():
    whole = make_whole(title="")
    assert markdown(whole).startswith("# 未命名对话\n\n")
    assert paragraphs(whole)[0] == "未命名对话"


PARAGRAPHS_AND_HEADINGS = {
    "paragraph_open", "paragraph_close", "heading_open", "heading_close", "inline",
    "blockquote_open", "blockquote_close",
}  # fmt: skip


@pytest.mark.parametrize("preset", ["commonmark", "default"])
def test_hostile_text_is_nothing_but_text_in_markdown(preset):
    text = markdown(hostile())
    tokens = MarkdownIt(preset, {"html": True}).parse(text)
    assert {token.type for token in tokens} <= PARAGRAPHS_AND_HEADINGS
    inline = [child for token in tokens for child in token.children or ()]
    # A backslash escape is a token of text of its own kind.
    assert {child.type for child in inline} <= {"text", "text_special"}
    headings = [
        following.content for token, following in pairwise(tokens)
        if token.type == "heading_open"
    ]  # fmt: skip
    assert headings[1:] == ["第 1 问", "回答", "参考文献"]
    assert "<" not in text
    read = "".join("".join(VISIBLE.findall(child.content)) for child in inline)
    assert "".join(VISIBLE.findall(HOSTILE)) in read


def test_hostile_text_leaves_no_control_character_in_markdown():
    text = markdown(hostile())
    assert re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u2028\u202e\u2066\ufeff]", text) is None
    assert text.encode()


def test_hostile_text_makes_a_word_file_that_opens_and_links_to_nothing():
    document = words_of(hostile())
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert "<script>alert(1)</script> <img src=x onerror=alert(1)> &lt;b&gt; <!-- --> " in (
        "\n".join(texts)
    )
    assert not any(re.search(r"[\x00-\x08\x1b\u202e\u2066]", text) for text in texts)
    links = [part for part in document.part.rels.values() if part.is_external]
    assert links == []
    assert not document.element.xpath("//w:hyperlink | //w:fldSimple | //w:instrText")


@given(st.text())
def test_any_line_reads_as_it_was_written(text: str):
    line = plain_line(text)
    tokens = MarkdownIt("default", {"html": True}).parse(escaped_line(line))
    if not line:
        assert tokens == []
        return
    opened, inline, closed = tokens
    assert (opened.type, closed.type) == ("paragraph_open", "paragraph_close")
    assert "".join(child.content for child in inline.children) == line


@given(st.text(alphabet="[]()!<>&*_`#-+=~|:1.)\\ \t\n甲a/", max_size=40))
def test_any_line_of_marks_reads_as_it_was_written(text: str):
    test_any_line_reads_as_it_was_written.hypothesis.inner_test(text)


@pytest.mark.parametrize("marker", ["[1]", "[12][3]", "甲[1]。", "[1]，"])
def test_markers_stay_readable(marker):
    assert escaped_line(marker) == marker


@given(st.text(max_size=300), st.text(max_size=300))
def test_every_conversation_becomes_a_word_file(title: str, text: str):
    whole = make_whole(make_turn(text, text, [make_citation(quote=text)]), title=title)
    assert paragraphs(whole)


def test_lines_are_trimmed_and_empty_ones_left_out():
    assert plain_lines("\u3000甲\t乙 \r\n\r\n \x00\n丙\u2029丁") == ["甲 乙", "丙", "丁"]
    assert plain_line("\n甲\n乙\n") == "甲 乙"


def named(title: str) -> str:
    return export_file_name(make_whole(title=title).conversation, suffix=".md")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("机构改革", "机构改革.md"),
        ("../../etc/passwd", "etc passwd.md"),
        ("..\\..\\甲", "甲.md"),
        ("C:\\甲", "C 甲.md"),
        ('a"b*c?d<e>f|g:h', "a b c d e f g h.md"),
        ("甲\r\nSet-Cookie: x", "甲 Set-Cookie x.md"),
        (".hidden", "hidden.md"),
        ("甲. . ", "甲.md"),
        ("CON", "_CON.md"),
        ("nul.txt", "_nul.txt.md"),
        ("console", "console.md"),
        ("", "对话 2026-03-02.md"),
        ("\u202e/", "对话 2026-03-02.md"),
    ],
)
def test_a_file_name_is_safe(title, name):
    assert named(title) == name


@given(st.text(max_size=300))
def test_every_file_name_is_short_and_stays_in_its_folder(title: str):
    name = named(title)
    assert len(name.encode()) <= LONGEST_NAME_BYTES + len(".md") + 1
    assert not set(name) & set('/\\:*?"<>|\n\r\t\0')
    assert not name.startswith((".", " "))


def test_times_and_filters_read_as_on_the_page():
    time = datetime(2026, 12, 31, 23, 5, tzinfo=UTC)
    assert shown_time(time, BEIJING) == "2027年1月1日 07:05"
    assert re.fullmatch(r"202[67]年1?[12]月\d+日 \d\d:05", shown_time(time, None))
    everything = Filters(
        collection="library", kind=Kind.NEWS, issuer="国务院", place="江苏省", speaker="李明远",
        date_from="2018", date_to="2019-03-22", document_ids=("a", "b"),
    )  # fmt: skip
    assert filters_line(everything) == (
        "集合 library，类型 新闻，发文机关 国务院，地区 江苏省，讲话人 李明远，"
        "起始日期 2018年，截止日期 2019年3月22日，指定文件 2 份"
    )
