"""DragonBall: passages of the documents, references, and what cannot be answered."""

import json
from pathlib import Path

import pytest

from evals.benchmarks.dragonball import count, run

DOCUMENTS = [
    {"doc_id": 3, "content": "北岭公司成立于2031年5月。\n公司总部设在临河市，员工共有318人。"},
    {"doc_id": "b", "content": "南浦公司主营水产运输。\n公司去年新购冷藏车44辆，投入运营。"},
]
QUESTIONS = [
    {
        "id": 1,
        "kind": "qa_fact_based",
        "question": "南浦公司去年新购冷藏车多少辆？",
        "refs": ["公司去年新购冷藏车44辆，投入运营。"],
        "doc_ids": ["b"],
        "answerable": True,
    },
    {
        "id": 2,
        "kind": "irrelevant_unsolvable",
        "question": "北岭公司的研发经费是多少？",
        "refs": ["公司总部设在临河市，员工共有318人。"],
        "doc_ids": [],
        "answerable": False,
    },
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, items in (("docs", DOCUMENTS), ("queries", QUESTIONS)):
        lines = [json.dumps(item, ensure_ascii=False) for item in items]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path


def test_questions_without_an_answer_are_counted_too(folder: Path):
    assert count(folder) == 2


@pytest.mark.slow
def test_every_question_is_asked_and_those_without_an_answer_are_judged_by_refusal(folder: Path):
    calls = list[None]()
    answered, refused = run(folder, advance=lambda: calls.append(None))
    assert len(calls) == 2
    assert answered.case.kind == "qa_fact_based"
    assert answered.prediction.citations[0].document == "b.txt"
    relevant = {one.id for one in answered.prediction.retrieved if "44辆" in one.text}
    assert set(answered.case.relevant) == relevant
    assert answered.measures["S@1"] == answered.measures["reference_recall"] == 1
    assert (refused.case.references, refused.case.relevant) == ((), {})
    assert "refusal" in refused.measures
    assert "false_refusal" not in refused.measures
