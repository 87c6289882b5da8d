from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy
import pytest

from evals.fitting.evidence_examples import Example
from evals.fitting.evidence_pairs import (
    EASY,
    FOR_TREES,
    HARD,
    PairMaker,
    Sampling,
    gather_questions,
    make_pairs,
    retrieve,
)
from evals.fitting.hard_negatives import EntitySwaps
from evals.fitting.pair_arrays import Candidate
from evals.fitting.policy_questions import SOURCE, read_policy_questions, written_texts
from rag.ranking import READ
from rag.rarity import WordRarity
from rag.text import Span
from rag.words import STATIC_MODEL, built_in_words
from tests.conftest import HashingEmbedder

PASSAGES = [
    ("动员会", "青石区召开动员会。会议由闻启山主持。全区设置党政机构36个。"),
    ("粮食", "云溪县收购粮食12万吨。收购由粮食局主持。"),
    ("道路", "白河市养护道路300公里。养护由交通局主持。"),
]
START = PASSAGES[0][1].index("闻启山")
EXAMPLE = Example(
    question="青石区会议由谁主持？",
    passage=0,
    answer=Span(START, START + 3),
    exact=True,
    source="甲",
)
PLAIN = Sampling(bare=0.0, swapped=0.0, twins=0.0)


def pair(sampling: Sampling, example: Example = EXAMPLE) -> tuple[str, list[Candidate]]:
    choose = numpy.random.default_rng(4)
    rarity = WordRarity(STATIC_MODEL / "tokenizer.json")
    maker = PairMaker(
        PASSAGES,
        sampling,
        swaps=EntitySwaps(
            ["四川的“粮仓计划”由谁提出？"], words=built_in_words(), rarity=rarity, choose=choose
        ),
        words=built_in_words(),
        embedder=HashingEmbedder(),
        choose=choose,
    )
    return maker.pair(example, [0, 1, 2])


def test_the_sentence_in_which_the_answer_begins_is_right():
    question, candidates = pair(PLAIN)
    assert question == EXAMPLE.question
    assert sorted(one.text for one in candidates) == sorted(
        sentence + "。" for _, text in PASSAGES for sentence in text.split("。") if sentence
    )
    (right,) = [one for one in candidates if one.right]
    assert right.answer is not None
    assert right.answer.of(right.text) == "闻启山"


def test_a_place_is_told_only_where_it_is_exact():
    _, candidates = pair(PLAIN, replace(EXAMPLE, exact=False))
    assert [one.answer for one in candidates if one.right] == [None]


@pytest.mark.parametrize(
    ("answer", "twin"),
    [("闻启山", "会议由主持。"), ("会议", "由闻启山主持。"), ("36个。", "全区设置党政机构")],
    ids=["within", "at its beginning", "at its end"],
)
def test_a_twin_is_the_answering_sentence_without_the_answer(answer: str, twin: str):
    start = PASSAGES[0][1].index(answer, 8)
    example = replace(EXAMPLE, answer=Span(start, start + len(answer)))
    _, plain = pair(PLAIN, example)
    _, candidates = pair(replace(PLAIN, twins=1.0), example)
    assert len(candidates) == len(plain) + 1
    assert candidates[-1].text == twin
    assert not candidates[-1].right
    assert candidates[-1].answer is None


def test_a_question_that_lost_its_passage_has_no_right_sentence():
    _, candidates = pair(replace(PLAIN, bare=1.0, twins=1.0))
    assert candidates
    assert not any(one.right or "青石区" in one.text for one in candidates)


def test_a_swapped_question_has_no_right_sentence_and_keeps_its_passage():
    example = replace(EXAMPLE, question="“动员方案”的会议由谁主持？")
    question, candidates = pair(replace(PLAIN, swapped=1.0, twins=1.0), example)
    assert question == "“粮仓计划”的会议由谁主持？"
    assert not any(one.right for one in candidates)
    assert any("闻启山" in one.text for one in candidates)


def test_a_right_sentence_is_kept_however_little_it_looks_like_the_question():
    sentences = [f"青石区会议由谁主持，第{number}次说明。" for number in range(READ + 8)]
    text = "".join([*sentences, "闻启山。"])
    start = len(text) - 4
    PASSAGES.append(("", text))
    try:
        example = replace(EXAMPLE, passage=len(PASSAGES) - 1, answer=Span(start, start + 3))
        _, candidates = pair(replace(PLAIN, distractors=0), example)
    finally:
        PASSAGES.pop()
    assert READ <= len(candidates) <= READ + 1
    assert [one.text for one in candidates if one.right] == ["闻启山。"]


def test_passages_that_share_rare_words_are_found_first():
    questions = ["云溪县收购了多少粮食？", "白河市养护道路多少公里？"]
    found = list(retrieve(PASSAGES, questions, built_in_words()))
    assert [hits[0] for hits in found] == [1, 2]


def test_written_questions_are_repeated_among_some_of_the_others(
    question_folder: Path, question_file: Path
):
    written = written_texts(question_folder, read_policy_questions(question_file))
    sampling = replace(FOR_TREES, written=3, others=20)
    passages, examples = gather_questions(
        question_folder,
        sampling,
        written=written,
        words=built_in_words(),
        choose=numpy.random.default_rng(3),
    )
    counts = Counter(one.question for one in examples if one.source == SOURCE)
    held_out = {one.question for one in examples if one.held_out}
    assert counts == {
        one.question: 1 if one.question in held_out else 3 for text in written for one in text.asked
    }
    assert len(examples) == counts.total() + 20
    assert "cloze" not in {one.source for one in examples}
    assert len(set(passages)) == len(passages)
    assert sorted(examples, key=lambda one: one.source == SOURCE) != examples


def test_patterns_ask_nothing_of_the_texts_of_written_questions(
    question_folder: Path, question_file: Path
):
    written = written_texts(question_folder, read_policy_questions(question_file))
    for times in (0, 1):
        passages, examples = gather_questions(
            question_folder,
            replace(FOR_TREES, written=times),
            written=written,
            words=built_in_words(),
            choose=numpy.random.default_rng(3),
        )
        asked = {passages[one.passage][1] for one in examples if one.source == "policy"}
        windows = {text.text for text in written}
        assert any(window in text for window in windows for text in asked) == (times == 0)
        assert asked


@pytest.mark.slow
def test_the_same_folder_gives_the_same_pairs_and_holds_the_same_questions_out(
    question_folder: Path,
):
    first, again = (make_pairs(question_folder, HARD) for _ in range(2))
    assert first.tokens == again.tokens
    assert (first.rows == again.rows).all()
    assert (first.answers == again.answers).all()
    assert {"cmrc", "squad", "c3", "policy", "cloze"} == set(first.sources)
    assert first.right.any()
    easy = make_pairs(question_folder, EASY)
    assert "cloze" not in easy.sources
    assert len(make_pairs(question_folder, EASY, limit=5).sources) <= 5
