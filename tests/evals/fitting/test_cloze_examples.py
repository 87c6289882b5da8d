from pathlib import Path

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.fitting.cloze_examples import KINDS, ClozeMaker, cloze_texts
from rag.text import Span
from rag.words import built_in_words

SENTENCES = (
    "会议由省委书记闻启山主持，各市县负责同志参加了这次改革动员会。",
    "全省今年投入资金36亿元，新建农村公路1200公里，比去年增加一成。",
    "2018年11月6日上午，动员大会在区政府礼堂隆重召开，部署了下一步改革工作。",
    "浙江今年推进河道治理，全面完成了各项整治任务，群众普遍满意。",
)
ASKING = {
    "person": ("谁",),
    "number": ("多少",),
    "date": ("什么时候", "何时", "哪一天", "时间"),
    "place": ("哪里", "什么地方", "哪个城市", "在哪"),
}


@given(st.sampled_from(SENTENCES), st.integers(0, 2**32))
def test_a_cloze_is_made_of_its_sentence_and_does_not_give_the_answer_away(
    sentence: str, seed: int
):
    cloze = ClozeMaker(built_in_words(), numpy.random.default_rng(seed)).make(sentence)
    if cloze is None:
        return
    assert Span(0, len(sentence)).contains(cloze.answer)
    answer = cloze.answer.of(sentence)
    assert answer
    assert answer not in cloze.question
    allowed = set(sentence) | {"是", "？"}.union(*ASKING[cloze.kind])
    assert set(cloze.question) <= allowed


@pytest.mark.parametrize(("sentence", "kind"), list(zip(SENTENCES, KINDS, strict=True)))
def test_each_kind_can_be_asked_for(sentence: str, kind: str):
    maker = ClozeMaker(built_in_words(), numpy.random.default_rng(2))
    made = [maker.make(sentence) for _ in range(30)]
    assert kind in {cloze.kind for cloze in made if cloze}


@pytest.mark.parametrize("sentence", ["", "改革进展顺利。", "共36个。", "、" * 40])
def test_nothing_is_made_of_a_sentence_that_says_too_little(sentence: str):
    maker = ClozeMaker(built_in_words(), numpy.random.default_rng(2))
    assert [maker.make(sentence) for _ in range(5)] == [None] * 5


def test_a_folder_gives_at_most_so_many_of_a_kind(question_folder: Path):
    words = built_in_words()
    texts = list(cloze_texts(question_folder, words, numpy.random.default_rng(3), each=4))
    assert 0 < len(texts) <= 4 * len(KINDS)
    for text in texts:
        (asked,) = text.asked
        assert asked.exact
        assert asked.answer is not None
        assert asked.answer.of(text.text) not in asked.question
