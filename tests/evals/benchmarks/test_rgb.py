"""RGB: which passages are given, what must be held, and how an answer to it is judged."""

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.benchmarks.rgb import (
    FEWER_NOISES,
    NOISES,
    PASSAGES,
    alternatives_of,
    choose_of_parts,
    choose_passages,
    count,
    parts_of,
    read_cases,
    run,
)
from rag.errors import EvaluationError

POSITIVES = st.lists(st.integers(0, 99).map("正{}".format), unique=True, max_size=9)
NEGATIVES = st.lists(st.integers(0, 99).map("负{}".format), unique=True, max_size=9)

RIGHT = [f"青石县政务大厅{n}月开放，共设窗口42个，由县行政审批局管理。" for n in range(1, 6)]
WRONG = [passage.replace("42", "17") for passage in RIGHT]
NEGATIVE = [f"白露镇第{n}小学运动会在操场举行，家长到场观看。" for n in range(1, 8)]
NOISE = {
    "id": 7,
    "query": "青石县政务大厅设窗口多少个？",
    "answer": ["42个", "四十二个"],
    "positive": RIGHT,
    "negative": NEGATIVE,
}
INTEGRATION = {
    "id": 8,
    "query": "青石县和白露镇的大厅分别由谁管理？",
    "answer": ["县行政审批局", ["镇便民中心", "便民服务中心"]],
    "asnwer1": ["县行政审批局"],
    "answer2": [["镇便民中心", "便民服务中心"]],
    "positive": [RIGHT[:2], ["白露镇大厅由镇便民中心管理。"]],
    "negative": NEGATIVE,
}
COUNTERFACTUAL = {
    **NOISE,
    "answer": "42个",
    "fakeanswer": "17个",
    "positive_wrong": WRONG,
}


def write(folder: Path, **items: object) -> Path:
    for stem, item in items.items():
        text = json.dumps(item, ensure_ascii=False)
        (folder / f"{stem}.json").write_text(f"{text}\n", encoding="utf-8")
    return folder


@given(positive=POSITIVES, negative=NEGATIVES, noise=st.sampled_from(NOISES))
def test_five_passages_are_given_of_which_the_share_of_noise_is_irrelevant(
    positive: list[str], negative: list[str], noise: float
):
    given_passages = choose_passages(positive, negative, noise=noise)
    wanted = math.ceil(PASSAGES * noise)
    irrelevant = [passage for passage in given_passages if passage in negative]
    assert len(set(given_passages)) == len(given_passages) <= PASSAGES
    if noise < 1:
        assert len(given_passages) == min(PASSAGES, len(positive) + len(negative))
    if len(negative) >= wanted and len(positive) >= PASSAGES - wanted:
        assert len(irrelevant) == wanted
    if noise == 1:
        assert irrelevant == list(given_passages)


@given(
    parts=st.lists(POSITIVES, max_size=4).map(
        lambda parts: [[f"{i}{one}" for one in part] for i, part in enumerate(parts)]
    ),
    negative=NEGATIVES,
    noise=st.sampled_from(NOISES),
)
def test_every_part_has_a_passage_and_the_parts_take_turns(
    parts: list[list[str]], negative: list[str], noise: float
):
    given_passages = choose_of_parts(parts, negative, noise=noise)
    shares = [sum(one in given_passages for one in part) for part in parts]
    assert all(share >= 1 for share, part in zip(shares, parts, strict=True) if part)
    assert len(given_passages) <= PASSAGES
    for share, part in zip(shares, parts, strict=True):
        assert share == len(part) or share + 1 >= max(shares)


@pytest.mark.parametrize(
    ("answer", "alternatives", "parts"),
    [
        ("甲", (("甲",),), (("甲",),)),
        (("甲", "乙"), (("甲", "乙"),), (("甲",), ("乙",))),
        ((("甲", "乙"),), (("甲", "乙"),), (("甲", "乙"),)),
        (("甲", ("乙", "丙")), (("甲",), ("乙", "丙")), (("甲",), ("乙", "丙"))),
        ((), (), ()),
    ],
    ids=["text", "list", "list_in_list", "mixed", "empty"],
)
def test_answers_become_facts(answer, alternatives, parts):
    assert alternatives_of(answer) == alternatives
    assert parts_of(answer) == parts


def test_every_question_is_asked_at_each_share_of_noise(tmp_path: Path):
    folder = write(tmp_path, zh_refine=NOISE, zh_int=INTEGRATION, zh_fact=COUNTERFACTUAL)
    cases = [given.case for given in read_cases(folder)]
    asked = [(case.task, case.id, case.noise) for case in cases]
    assert asked == [
        *(("noise", "7", noise) for noise in NOISES),
        *(("integration", "8", noise) for noise in FEWER_NOISES),
        *(("counterfactual", "7", noise) for noise in FEWER_NOISES),
    ]
    assert count(folder) == len(set(asked)) == 10
    assert [case.answerable for case in cases] == [True] * 5 + [False, True, True, False, False]
    assert {case.limit for case in cases if case.task == "integration"} == {200}
    assert cases[6].facts == (("县行政审批局",), ("镇便民中心", "便民服务中心"))
    assert cases[5].facts == ()


def test_one_file_is_enough(tmp_path: Path):
    assert count(write(tmp_path, zh_int=INTEGRATION)) == 2


def test_a_file_of_another_form_is_named(tmp_path: Path):
    with pytest.raises(EvaluationError, match=r"zh_refine\.json 第 1 行.*positive"):
        count(write(tmp_path, zh_refine=INTEGRATION))


@pytest.mark.slow
def test_answers_are_judged_with_their_evidence(tmp_path: Path):
    folder = write(tmp_path, zh_refine=NOISE, zh_fact=COUNTERFACTUAL)
    calls = list[None]()
    judged = list(run(folder, advance=lambda: calls.append(None)))
    assert len(calls) == len(judged) == 8
    first, last = judged[0], judged[-1]
    assert first.measures["held"] == first.measures["held_whole"] + 1 == 1
    assert first.measures["span_validity"] == 1
    assert first.confidence is not None
    assert [one.text for one in first.prediction.retrieved] == RIGHT
    cited = first.prediction.citations[0]
    texts = {one.document: one.text for one in first.prediction.retrieved}
    assert texts[cited.document][cited.start : cited.end] == cited.quote
    assert judged[5].measures["refusal"] == 1
    assert "held" not in judged[5].measures
    assert (last.measures["held"], last.measures["fake_given"]) == (0, 1)
