import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.documents import Passage
from rag.passage_ranking import held_share, question_weights
from rag.words import built_in_words
from tests.conftest import make_document, make_passages

QUESTION = "青石区农业农村局有多少名工作人员？"


def make_passage(text: str, *, context: str = "", lead: str = "") -> Passage:
    (passage,) = make_passages(make_document(text))
    return replace(passage, context=context, lead=lead)


def weights_of(question: str) -> dict[str, float]:
    return question_weights(question, segmenter=built_in_words(), rarity=lambda _: 1.0)


@given(st.text(alphabet="青石区农业局有多少名工作人员几？，。 1a", max_size=30))
def test_the_words_of_a_question_weigh_one_together(question: str):
    weights = weights_of(question)
    assert all(weight > 0 for weight in weights.values())
    assert not weights or math.isclose(math.fsum(weights.values()), 1.0)


def test_rarer_words_weigh_more():
    weights = question_weights(
        "青石区的编制",
        segmenter=built_in_words(),
        rarity=lambda word: 5.0 if word == "编制" else 1.0,
    )
    assert max(weights, key=lambda word: weights[word]) == "编制"


@given(
    st.text(alphabet="青石区农业局有名工作人员。；\n1", min_size=1).filter(str.strip),
    st.text(alphabet="青石区农业局", max_size=8),
)
def test_the_share_is_a_share(text: str, context: str):
    for passage in make_passages(make_document(text)):
        share = held_share(weights_of(QUESTION), replace(passage, context=context))
        assert 0.0 <= share <= 1.0


def test_a_passage_that_holds_everything_in_one_sentence_holds_all():
    passage = make_passage("青石区农业农村局工作人员三十名。")
    assert held_share(weights_of(QUESTION), passage) == pytest.approx(1.0)
    apart = make_passage("青石区设农业农村局。工作人员三十名。")
    assert held_share(weights_of(QUESTION), apart) < 1.0


def test_a_passage_about_something_else_holds_nothing():
    assert held_share(weights_of(QUESTION), make_passage("会议在礼堂举行。")) == 0.0


def test_naming_the_subject_again_gains_nothing_where_the_document_is_about_it():
    lead = "青石区农业农村局简介"
    naming = make_passage("青石区农业农村局位于青石区，青石区农业农村局属政府部门。", lead=lead)
    answering = make_passage("全局工作人员三十名。", lead=lead)
    weights = weights_of(QUESTION)
    assert held_share(weights, answering) > held_share(weights, naming)


def test_what_lead_and_context_say_altogether_leaves_nothing_open():
    passage = make_passage("共三十名。", context="工作人员", lead="青石区农业农村局")
    assert held_share(weights_of(QUESTION), passage) == 1.0
