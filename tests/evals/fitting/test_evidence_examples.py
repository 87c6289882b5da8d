import json
import lzma
from pathlib import Path

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.fitting.evidence_examples import (
    PASSAGE_CHARS,
    Asked,
    AskedText,
    Example,
    cut,
    gather,
    question_sets,
    read_c3,
    read_squad,
)
from rag.text import Span, sentence_spans

TEXTS = st.text(alphabet="改革会议。！？\n 36", max_size=900)


@given(TEXTS)
def test_passages_are_whole_sentences_in_order_and_lose_none(text: str):
    passages = cut(text)
    sentences = sentence_spans(text)
    assert [s for p in passages for s in sentences if p.contains(s)] == sentences
    for passage in passages:
        assert len(passage) <= PASSAGE_CHARS or passage in sentences


@given(TEXTS, st.data())
def test_an_answer_stands_in_its_passage_as_in_its_text(text: str, data: st.DataObject):
    starts = [i for i, character in enumerate(text) if not character.isspace()]
    if not starts:
        return
    start = data.draw(st.sampled_from(starts))
    answer = Span(start, data.draw(st.integers(start + 1, len(text))))
    asked = [Asked(question="问", answer=answer), Asked(question="无", answer=None)]
    source = AskedText(title="题", text=text, asked=asked, source="甲")
    passages, examples = gather([source, source], numpy.random.default_rng(0))
    assert len(examples) == 4
    assert [example.answer is None for example in examples] == [False, True] * 2
    for example in examples[::2]:
        assert example.answer is not None
        found = example.answer.of(passages[example.passage][1])
        assert found
        assert answer.of(text).startswith(found)
    assert len(set(passages)) == len(passages)
    assert examples[2] == examples[0]


def test_a_text_without_sentences_gives_nothing():
    empty = AskedText(title="", text="\n ", asked=[Asked(question="问", answer=None)], source="甲")
    assert gather([empty], numpy.random.default_rng(0)) == ([], [])


def write(path: Path, data: list[object]) -> Path:
    with lzma.open(path, "wt", encoding="utf-8") as file:
        json.dump({"data": data}, file, ensure_ascii=False)
    return path


def test_answers_are_found_again_where_their_place_is_wrong(tmp_path: Path):
    context = "全区设置机构36个。"
    places = [("36", 0), ("36", 6), ("没有", 2), (" ", 0)]
    questions: list[dict[str, object]] = [
        {"question": str(i), "answers": [{"text": text, "answer_start": start}]}
        for i, (text, start) in enumerate(places)
    ]
    questions.append({"question": "无", "answers": [], "is_impossible": True})
    data = [{"title": "题", "paragraphs": [{"context": context, "qas": questions}]}]
    (text,) = read_squad(write(tmp_path / "squad.json.xz", [*data]), source="甲")
    assert [(one.question, one.answer) for one in text.asked] == [
        ("0", Span(6, 8)),
        ("1", Span(6, 8)),
        ("无", None),
    ]


def test_only_questions_that_one_sentence_answers_are_taken_from_c3(tmp_path: Path):
    article = "小镇有一座老桥。桥是石头的。桥是石头的。"
    questions = {
        "小镇有什么？": ["小镇有一座老桥。"],
        "桥是什么做的？": ["桥是石头的。"],
        "下列哪项正确？": ["小镇有一座老桥。"],
        "镇上有什么？": ["小镇有一座老桥。", "一座老桥"],
    }
    told = {"article": article, "questions": [*questions], "evidences": [*questions.values()]}
    spoken = told | {"article": "男：" + article}
    (text,) = read_c3(write(tmp_path / "c3.json.xz", [told, spoken]))
    (asked,) = text.asked
    assert asked == Asked(question="小镇有什么？", answer=Span(0, 8), exact=False)


def test_every_set_of_the_folder_is_read(question_folder: Path):
    texts = list(question_sets(question_folder))
    assert {text.source for text in texts} == {"cmrc", "squad", "c3"}
    for text in texts:
        assert text.asked
        for one in text.asked:
            assert one.answer is None or one.answer.of(text.text)


@pytest.mark.parametrize("passage", [0, 7])
def test_whether_a_question_is_held_out_depends_on_its_text_alone(passage: int):
    examples = [
        Example(question=f"第{i}问", passage=passage, answer=None, exact=True, source=str(passage))
        for i in range(400)
    ]
    kept = [example.question for example in examples if example.held_out]
    assert 20 < len(kept) < 60
    assert kept[:3] == [q for q in (f"第{i}问" for i in range(400)) if q in kept][:3]
