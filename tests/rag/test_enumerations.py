import pytest

from rag.enumerations import announced_count, item_of, list_after, list_around
from rag.text import Span, sentence_spans


def sentence(text: str, start: str) -> Span:
    return next(span for span in sentence_spans(text) if span.of(text).startswith(start))


def texts(text: str, spans: list[Span]) -> list[str]:
    return [span.of(text)[:4] for span in spans]


NUMBERED = "要抓好三件事。一是建账。账要细。二是核人。三是挂牌。\n最后强调纪律。一是守纪。"
PARALLEL = """区里的做法是守好“三道门”。
守好入门。要登记。
守好中门。要核对。
守好出门。要回访。
其他照旧。"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("一是压实责任。", ("是", 1)),
        ("（三）加强监管", ("bracket", 3)),
        ("其次，要核对。", ("sequence", 2)),
        ("2.完善机制", ("arabic", 2)),
        ("十一、附则", ("、", 11)),
        ("2.5亿元用于", None),
        ("会议要求", None),
    ],
)
def test_items_are_recognised(text: str, expected: tuple[str, int] | None):
    assert item_of(text) == expected


def test_a_numbered_list_follows_its_introduction():
    introduction = sentence(NUMBERED, "要抓好")
    assert texts(NUMBERED, list_after(NUMBERED, introduction)) == [
        "一是建账",
        "二是核人",
        "三是挂牌",
    ]


def test_a_list_is_found_from_any_of_its_items():
    for start in ("一是建账", "二是核人", "三是挂牌"):
        item = sentence(NUMBERED, start)
        assert len(list_around(NUMBERED, item)) == 3


def test_paragraphs_that_begin_alike_are_the_announced_list():
    introduction = sentence(PARALLEL, "区里")
    assert texts(PARALLEL, list_after(PARALLEL, introduction)) == [
        "守好入门",
        "守好中门",
        "守好出门",
    ]


def test_a_count_without_that_many_alike_gives_no_list():
    text = "守好“四道门”。\n守好入门。\n守好中门。\n其他照旧。"
    assert list_after(text, sentence(text, "守好“")) == []


def test_a_plain_sentence_is_in_no_list():
    assert list_around(NUMBERED, sentence(NUMBERED, "账要细")) == []


def test_counts_are_read_in_both_scripts():
    assert announced_count("把牢“四个关口”") == 4
    assert announced_count("成立4个工作组") == 4
    assert announced_count("召开会议") is None
