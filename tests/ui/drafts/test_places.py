"""Places in a draft as a reader names them."""

from hypothesis import given
from hypothesis import strategies as st

from rag.text import Span
from ui.drafts.places import Paragraphs, line_spans
from ui.drafts.segments import cut_paragraphs

TEXTS = st.text("改革 \t\r\n。", max_size=40)


@given(TEXTS)
def test_lines_and_their_breaks_are_the_whole_text(text: str):
    spans = line_spans(text)
    assert "".join(span.of(text) for span in spans) == text.replace("\r", "").replace("\n", "")
    assert len(spans) == len(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))


def test_paragraphs_are_the_lines_that_are_not_blank():
    paragraphs = Paragraphs.of("标题\r\n\r\n　　\r\n　　第一段\r\n第二段")
    assert [one.span.of(paragraphs.text) for one in paragraphs.items] == [
        "标题",
        "　　第一段",
        "第二段",
    ]
    assert [one.number for one in paragraphs.items] == [1, 2, 3]


def test_a_place_is_paragraph_and_character_without_indentation():
    text = "标题\n\n　　第一段文字\n第二段"
    paragraphs = Paragraphs.of(text)
    places = {word: paragraphs.place(text.index(word)) for word in ("题", "第一", "文字", "二段")}
    assert places == {
        "题": "第1段第2字",
        "第一": "第2段第1字",
        "文字": "第2段第4字",
        "二段": "第3段第2字",
    }


def test_a_place_between_paragraphs_is_the_one_that_follows():
    paragraphs = Paragraphs.of("\n甲\n\n　乙\n")
    places = [paragraphs.place(offset) for offset in range(8)]
    assert places == ["第1段第1字"] * 2 + ["第2段第1字"] * 4 + ["第2段第2字"] * 2
    assert Paragraphs.of(" \n ").place(1) == ""


SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 12)), max_size=6)


@given(text=TEXTS, found=SPANS)
def test_segments_are_the_paragraphs_and_each_is_covered_alike(text, found):
    spans = [Span(start, start + length) for start, length in found]
    paragraphs = Paragraphs.of(text)
    cut = cut_paragraphs(paragraphs, spans)
    for paragraph, segments in zip(paragraphs.items, cut, strict=True):
        assert "".join(one.span.of(text) for one in segments) == paragraph.span.of(text)
    for index, span in enumerate(spans):
        shown = [one for segments in cut for one in segments if index in one.covering]
        wide = Span(span.start, max(span.end, span.start + 1))
        assert all(wide.contains(one.span) for one in shown)
        in_paragraphs = [
            place
            for one in paragraphs.items
            for place in range(one.span.start, one.span.end)
            if wide.start <= place < wide.end
        ]
        assert sum(len(one.span) for one in shown) == len(in_paragraphs)
        assert [index in one.starting for one in shown] == [i == 0 for i in range(len(shown))]
        assert [index in one.ending for one in shown][::-1] == [i == 0 for i in range(len(shown))]
