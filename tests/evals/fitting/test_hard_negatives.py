import re

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.fitting.hard_negatives import EntitySwaps, without_answer
from rag.rarity import WordRarity
from rag.text import Span
from rag.words import STATIC_MODEL, built_in_words

QUESTIONS = (
    "浙江2018年在河道治理方面投入多少资金？",
    "四川的“粮仓计划”由谁提出？",
    "《校舍修缮办法》什么时候印发？",
    "“清源行动”在哪里启动？",
)
TEXT = "浙江2018年在河道治理方面投入资金36亿元，“粮仓计划”与《校舍修缮办法》同时推出。"
RARITY = WordRarity(STATIC_MODEL / "tokenizer.json")
OTHER_THINGS = {"粮仓计划", "校舍修缮办法", "清源行动"} | {
    word for question in QUESTIONS for word in built_in_words().words(question) if len(word) > 1
}


def swaps(seed: int) -> EntitySwaps:
    return EntitySwaps(
        QUESTIONS,
        words=built_in_words(),
        rarity=RARITY,
        choose=numpy.random.default_rng(seed),
    )


@given(st.sampled_from(QUESTIONS), st.sampled_from([TEXT, ""]), st.integers(0, 2**32))
def test_a_swapped_question_asks_of_something_that_its_text_does_not_tell_of(
    question: str, text: str, seed: int
):
    swapped = swaps(seed).swap(question, text)
    if swapped is None:
        return
    things = {*OTHER_THINGS, *re.findall(r"(?:19|20)\d\d", swapped)}
    came_in = {thing for thing in things if thing in swapped and thing not in question}
    assert any(thing not in text for thing in came_in)


def test_years_places_and_names_are_swapped():
    made = {swaps(seed).swap(QUESTIONS[0], TEXT) for seed in range(60)} - {None}
    assert any(one and "四川" in one and "2018" in one for one in made)
    assert any(one and "浙江" in one and "2018" not in one for one in made)
    quoted = {swaps(seed).swap(QUESTIONS[1], TEXT) for seed in range(60)}
    assert any(one and "“清源行动”" in one for one in quoted)


def test_nothing_is_swapped_where_nothing_can_be():
    alone = EntitySwaps(
        ["为什么？"], words=built_in_words(), rarity=RARITY, choose=numpy.random.default_rng(0)
    )
    assert alone.swap("为什么？", TEXT) is None


@given(st.text(max_size=30), st.data())
def test_a_twin_is_its_text_without_the_answer(text: str, data: st.DataObject):
    start = data.draw(st.integers(0, len(text)))
    answer = Span(start, data.draw(st.integers(start, len(text))))
    twin = without_answer(text, answer)
    assert twin[:start] + answer.of(text) + twin[start:] == text


@pytest.mark.parametrize("answer", ["36亿元", "2018年"])
def test_a_twin_does_not_hold_the_answer(answer: str):
    start = TEXT.index(answer)
    assert answer not in without_answer(TEXT, Span(start, start + len(answer)))
