"""Disguises keep the words; cuts part no number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.quotations.cutting import Made, parts_number, statements, stretches, substring
from evals.quotations.disguises import (
    broken,
    cut_at_clauses,
    make_elliptical,
    make_long,
    make_plain,
    make_stopped,
    mixed,
    remarked,
    traditional,
    widened,
    wrapped,
)
from evals.quotations.draws import draw, shuffled
from evals.quotations.oracle import Oracle, same_words
from tests.conftest import make_document

TEXT = (
    "青湾市机构改革\n2019年3月，青湾市设置党政机构37个，其中党委机构11个。市里要求“三定”一次到位，"
    "既要管好人，也要管好每一本账。\n下一步\n各区在5月底以前完成转隶，6.5%的编制用到基层。"
    "群众少跑路，数据多跑路，窗口不打烊。\n"
) * 4
DOCUMENT = make_document(TEXT, title="青湾")
texts = st.text(st.sampled_from("机构改革“三定”，。（试行）2019%：A\n"), min_size=1, max_size=60)


@pytest.mark.parametrize("disguise", [wrapped, broken, widened, remarked, mixed])
@given(text=texts)
def test_a_disguise_keeps_the_words_and_is_the_same_each_time(disguise, text: str):
    disguised = disguise(text, text)
    assert same_words(disguised, text)
    assert disguise(text, text) == disguised


def test_disguises_change_what_they_are_about():
    assert wrapped("改" * 60, "a").count("\n") >= 1
    assert broken("改革开放", "a") != "改革开放"
    assert "“" not in remarked("“三定”", "a")
    assert traditional("机构编制", "") == "機構編制"


@given(st.integers(0, 500), st.integers(4, 30), st.integers(30, 200))
def test_a_substring_is_one_of_the_text_and_parts_no_number(key: int, shortest: int, longest: int):
    span = substring(DOCUMENT, key, shortest=shortest, longest=longest)
    if span is not None:
        words = span.of(TEXT)
        assert shortest <= len(words) <= longest
        assert words == words.strip()
        assert not parts_number(TEXT, span.start)
        assert not parts_number(TEXT, span.end)


def test_a_cut_parts_a_number_only_between_its_digits():
    assert parts_number("设37个", 2)
    assert parts_number("占6.5%", 2)
    assert not any(parts_number("设37个", place) for place in (0, 1, 3, 4))


def test_a_document_shorter_than_the_substring_gives_none():
    assert substring(make_document("太短"), 1, shortest=4, longest=9) is None


def test_statements_are_whole_sentences_without_headings():
    found = [span.of(TEXT) for span in statements(DOCUMENT)]
    assert found[0] == "2019年3月，青湾市设置党政机构37个，其中党委机构11个。"
    assert "下一步" not in found


def test_stretches_are_up_to_three_sentences_and_not_too_long():
    for span in stretches(DOCUMENT, "key", longest=80):
        assert len(span) <= 80
        assert span.of(TEXT)[-1] in "。"


def _sources(made: list[Made]) -> list[str]:
    assert all(one.source for one in made)
    return [one.source.of(TEXT) for one in made if one.source]


@pytest.mark.parametrize("make", [make_plain, make_long, make_stopped, make_elliptical])
def test_what_is_made_stands_in_its_document(make):
    made = list(make(DOCUMENT))
    oracle = Oracle({"青湾": TEXT})
    assert made
    assert all(oracle.holds(one.text) for one in made)


def test_long_quotations_cross_the_border_of_a_paragraph():
    made = list(make_long(DOCUMENT))
    assert all("\n" in one.text and len(one.text) >= 200 for one in made)


def test_a_stop_is_added_or_left_out():
    made = list(make_stopped(DOCUMENT))
    pairs = list(zip((one.text for one in made), _sources(made), strict=True))
    assert any(text == f"{source}。" for text, source in pairs)
    assert any(text == source and not text.endswith("。") for text, source in pairs)


def test_clauses_are_left_out_of_the_middle_and_no_pair_is_parted():
    text = "要把职责理得清清楚楚，要把人员安排得妥妥当当，要把权力接得稳稳当当。"
    assert cut_at_clauses(text) == ["要把职责理得清清楚楚，", "要把权力接得稳稳当当。"]
    assert cut_at_clauses("太短，不够，不行。") == []
    assert cut_at_clauses("要把“职责理得清清楚楚，要把人员安排好”，要把权力接得稳稳当当。") == []


def test_draws_are_the_same_on_every_machine():
    assert [draw(1000, "a", number) for number in range(3)] == [515, 655, 686]
    assert shuffled("一二三四五", "key") == shuffled("五四三二一", "key")
    with pytest.raises(ValueError, match="0 numbers"):
        draw(0, "a")
