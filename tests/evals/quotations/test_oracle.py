"""The oracle: plain on purpose, so what it promises is told by a few properties."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.quotations.oracle import Oracle, are_variants, pieces, plain, same_words, without_stop

TEXT = "青湾市设五个局。\n“放得下”还要“接得住”，一件事由一个部门负责到底。全市共下放63项。"
ORACLE = Oracle({"青湾": TEXT, "白露": "白露镇办理了API对接。"})

words = st.text(st.sampled_from("改革机构编制三定放管服0123，。“”「」（）a B\n　"), max_size=40)


@pytest.mark.parametrize(
    "disguised",
    [
        "青湾市设\n五个局。\n“放得下”",
        "青湾市设五个局。「放得下」",
        '青湾市设五个局。"放得下"',
        "青灣市設五個局。『放得下』",
        "全市共下放６３项",
        "全市共下放63项.",
        "“放得下”还要“接得住”,一件事由一个部门负责到底",
        "一件事由一个部门。",
        "　一件事 由一个\t部门负责到底",
    ],
)
def test_the_very_words_stand_there_in_any_disguise(disguised: str):
    assert ORACLE.holding(disguised) == ["青湾"]


@pytest.mark.parametrize(
    "altered",
    [
        "全市共下放64项",
        "一件事由一个部门承担到底",
        "“接得住”还要“放得下”",
        "青湾市设五个局“放得下”",
        "青湾市五个局",
        "白露镇办理了api对接",
        "一件事由一个部门。。",
        "",
        "。",
        "……",
    ],
)
def test_other_words_do_not(altered: str):
    assert not ORACLE.holds(altered)


def test_around_an_ellipsis_both_parts_stand_in_their_order():
    assert ORACLE.holds("青湾市设五个局……负责到底。")
    assert ORACLE.holds("青湾市...共下放63项")
    assert not ORACLE.holds("负责到底……青湾市设五个局")
    assert not ORACLE.holds("青湾市设五个局……API对接")


def test_parts_do_not_overlap():
    assert not ORACLE.holds("一个部门负责……部门负责到底")


@given(words)
def test_plain_text_is_plain_already(text: str):
    assert plain(plain(text)) == plain(text)
    assert same_words(text, plain(text))


@given(words, words)
def test_only_one_stop_at_the_end_is_optional(one: str, other: str):
    assert same_words(f"{one}字", f"{one}字。")
    assert not same_words(f"{one}字", f"{one}字。。")
    assert same_words(one, other) == (without_stop(one) == without_stop(other))


@given(words.filter(lambda text: pieces(text) == [without_stop(text)] != [""]))
def test_a_text_holds_itself_and_each_part_of_it(text: str):
    oracle = Oracle({"一": f"前{text}后"})
    assert oracle.holds(text)
    half = plain(text)[: len(plain(text)) // 2 + 1]
    assert without_stop(half) == "" or oracle.holds(half)


def test_shared_characters_are_counted_in_a_row():
    assert ORACLE.shares("据悉，一件事由一个部门包办", length=9)
    assert not ORACLE.shares("据悉，一件事由一个部门包办", length=10)
    assert not ORACLE.shares("短", length=9)


def test_forms_of_one_character_are_variants():
    assert are_variants("国", "國")
    assert are_variants("1", "１")
    assert not are_variants("已", "己")
