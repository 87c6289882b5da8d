"""CMRC and ExpMRC: texts in SQuAD's form and multiple choice, asked of a library."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.benchmarks import cmrc, expmrc
from evals.benchmarks.expmrc import agreed
from rag.errors import EvaluationError

EVIDENCE = "灯塔在一九〇九年由渔民集资建成。"
CONTEXT = f"望潮灯塔位于虚构的鹤湾北岸，高二十一米。{EVIDENCE}如今灯塔对游人开放。"
OTHER = "鹤湾老码头建于一九五二年，由石匠修成。"


def squad(*evidences: str) -> dict[str, object]:
    question = {
        "id": "Q_1",
        "question": "望潮灯塔是由谁集资建成的？",
        "answers": [{"text": "渔民", "answer_start": 28}, {"text": "渔民", "answer_start": 28}],
    }
    if evidences:
        question["evidences"] = list(evidences)
    paragraphs = [{"id": "P_1", "context": CONTEXT, "qas": [question]}]
    other = [{"id": "P_2", "context": OTHER, "qas": []}]
    return {
        "version": "invented",
        "data": [
            {"title": "望潮灯塔", "paragraphs": paragraphs},
            {"title": "鹤湾老码头", "paragraphs": other},
        ],
    }


CHOICES = {
    "version": "invented",
    "data": [
        {
            "id": "m1-1",
            "article": "小满把旧书捐给了山里的学校。他说书放着也是放着。",
            "questions": ["小满把旧书捐给了谁？", "说话人认为小满怎么样？"],
            "options": [["学校", "邻居"], ["大方", "小气"]],
            "answers": ["A", "A"],
            "evidences": [["小满把旧书捐给了山里的学校。"] * 2],
        }
    ],
}


def write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


@given(st.lists(st.text(max_size=4), min_size=1))
def test_no_other_evidence_was_marked_more_often_or_as_often_and_shorter(evidences: list[str]):
    chosen = agreed(evidences)
    times = evidences.count(chosen)
    assert times >= 1
    for one in evidences:
        assert (evidences.count(one), -len(one)) <= (times, -len(chosen))


def test_without_a_mark_there_is_no_evidence():
    assert agreed([]) == ""


def test_questions_of_all_files_are_counted(tmp_path: Path):
    write(tmp_path / "dev.json", squad())
    write(tmp_path / "trial.json", squad())
    assert cmrc.count(tmp_path) == 2


def test_a_file_in_another_form_is_named(tmp_path: Path):
    write(tmp_path / "dev.json", [])
    with pytest.raises(EvaluationError, match=r"dev\.json"):
        cmrc.count(tmp_path)


@pytest.mark.parametrize(
    ("names", "questions"),
    [(["expmrc-cmrc2018-dev"], 1), (["expmrc-c3-dev"], 2), ([expmrc.SPANS, expmrc.CHOICES], 3)],
    ids=["spans", "choices", "both"],
)
def test_either_part_is_enough(names: list[str], questions: int, tmp_path: Path):
    for name in names:
        write(tmp_path / f"{name}.json", squad(EVIDENCE) if name == expmrc.SPANS else CHOICES)
    assert expmrc.count(tmp_path) == questions


@pytest.mark.slow
def test_an_answer_of_cmrc_is_held_and_its_passage_found(tmp_path: Path):
    write(tmp_path / "cmrc2018_dev.json", squad())
    calls = list[None]()
    (judged,) = cmrc.run(tmp_path, advance=lambda: calls.append(None))
    assert len(calls) == 1
    assert judged.case.facts == (("渔民",),)
    assert len(judged.case.relevant) == 1
    assert judged.measures["held"] == judged.measures["S@1"] == 1


@pytest.mark.slow
def test_the_evidence_most_agree_on_is_the_reference(tmp_path: Path):
    write(tmp_path / "expmrc-cmrc2018-dev.json", squad(CONTEXT, EVIDENCE, EVIDENCE))
    write(tmp_path / "expmrc-c3-dev.json", CHOICES)
    span, first, second = expmrc.run(tmp_path)
    assert (span.case.kind, span.case.references) == ("span", (EVIDENCE,))
    assert span.measures["held"] == span.measures["reference_recall"] == 1
    assert (first.case.id, first.case.kind, first.case.facts) == ("m1-1-0", "choice", ())
    assert len(first.case.relevant) == 1
    assert (second.case.id, second.case.references) == ("m1-1-1", ())
