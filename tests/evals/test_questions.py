"""Our own questions: the form of their files, and promises about the set that is kept."""

import json
from collections import Counter
from itertools import product
from pathlib import Path

import pytest
from pydantic import ValidationError

from evals.halves import are_alike
from evals.questions import (
    HALVES,
    OWN,
    Conversation,
    Question,
    asked,
    parse_line,
    read_cases,
    read_dialogues,
    read_questions,
)
from rag.errors import EvaluationError

QUOTE = {"document": "files/a.md", "quote": "清河区设置36个党政机构。"}
QUESTION = {
    "id": "how_many-00000001",
    "kind": "how_many",
    "question": "清河区有多少个党政机构？",
    "facts": [["36个", "三十六个"]],
    "evidence": [QUOTE],
}
TURN = {name: value for name, value in QUESTION.items() if name != "id"}
FOLLOW_UP = {**TURN, "kind": "follow_up", "question": "那有几个？"}
CONVERSATION = {"id": "talk-00000002", "turns": [TURN, FOLLOW_UP]}
REFUSED = {"id": "unanswerable_near-00000003", "kind": "unanswerable_near", "question": "预算呢？"}

MALFORMED = {
    "unknown_field": {**QUESTION, "near": True},
    "unknown_kind": {**QUESTION, "kind": "what"},
    "no_id": TURN,
    "id_with_a_space": {**QUESTION, "id": "how many-00000001"},
    "empty_question": {**QUESTION, "question": ""},
    "number_for_a_wording": {**QUESTION, "facts": [[36]]},
    "fact_without_wordings": {**QUESTION, "facts": [[]]},
    "no_facts": {**QUESTION, "facts": []},
    "fact_not_in_the_evidence": {**QUESTION, "facts": [["37个"]]},
    "no_evidence": {**QUESTION, "evidence": []},
    "unanswerable_with_facts": {**QUESTION, "kind": "unanswerable_far"},
    "unanswerable_with_evidence": {**REFUSED, "evidence": [QUOTE]},
    "follow_up_alone": {**QUESTION, "kind": "follow_up"},
    "conversation_of_one_turn": {**CONVERSATION, "turns": [TURN]},
    "first_turn_a_follow_up": {**CONVERSATION, "turns": [FOLLOW_UP, FOLLOW_UP]},
    "second_turn_no_follow_up": {**CONVERSATION, "turns": [TURN, TURN]},
}


def write(path: Path, *lines: object) -> Path:
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("\n".join(texts), encoding="utf-8")
    return path


def kept(half: str) -> list[Question | Conversation]:
    return read_questions(OWN / f"{half}.jsonl")


def test_what_is_written_is_read(tmp_path: Path):
    path = write(tmp_path / "dev.jsonl", QUESTION, "", CONVERSATION, REFUSED)
    question, conversation, refused = read_questions(path)
    assert question.model_dump(mode="json") == QUESTION
    assert isinstance(conversation, Conversation)
    assert [identifier for identifier, _ in asked(conversation)] == [
        "talk-00000002.1",
        "talk-00000002.2",
    ]
    assert isinstance(refused, Question)
    assert not refused.answerable
    assert parse_line(conversation.model_dump_json()) == conversation


@pytest.mark.parametrize("line", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_line_is_named(line: object, tmp_path: Path):
    with pytest.raises(ValidationError):
        parse_line(json.dumps(line))
    path = write(tmp_path / "dev.jsonl", REFUSED, line)
    with pytest.raises(EvaluationError, match=r"dev\.jsonl 第 2 行不合格式，请改正"):
        read_questions(path)


@pytest.mark.parametrize("text", ["{", "[]", "3", "null"])
def test_a_line_that_is_no_object_is_named(text: str, tmp_path: Path):
    with pytest.raises(EvaluationError, match="第 1 行"):
        read_questions(write(tmp_path / "dev.jsonl", text))


def test_an_id_that_occurs_twice_is_named(tmp_path: Path):
    with pytest.raises(EvaluationError, match="第 2 行的编号 how_many-00000001 前面已有"):
        read_questions(write(tmp_path / "dev.jsonl", QUESTION, QUESTION))


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(EvaluationError, match=r"test\.jsonl"):
        read_questions(tmp_path / "test.jsonl")


def test_cases_know_their_half_and_whether_a_refusal_is_right(tmp_path: Path):
    corrected = {**QUESTION, "id": "false_premise-00000004", "kind": "false_premise"}
    refuted = {**REFUSED, "id": "false_premise-00000005", "kind": "false_premise"}
    lost = {**FOLLOW_UP, "facts": [], "evidence": []}
    write(tmp_path / "dev.jsonl", QUESTION, REFUSED, corrected, refuted)
    write(tmp_path / "test.jsonl", {**CONVERSATION, "turns": [TURN, FOLLOW_UP, lost]})
    cases = read_cases("all", folder=tmp_path)
    assert [(case.split, case.answerable, case.false_premise) for case in cases] == [
        ("dev", True, False),
        ("dev", False, False),
        ("dev", True, True),
        ("dev", False, True),
        ("test", True, False),
        ("test", True, False),
        ("test", False, False),
    ]
    assert cases[0].facts == (("36个", "三十六个"),)
    assert cases[0].references == (QUOTE["quote"],)
    assert [len(dialogue) for dialogue in read_dialogues("test", folder=tmp_path)] == [3]
    assert len(read_cases("dev", folder=tmp_path)) == 4


def test_the_set_is_as_large_as_promised():
    lines = [line for half in HALVES for line in kept(half)]
    kinds = Counter(question.kind for line in lines for _, question in asked(line))
    assert kinds.total() >= 300
    assert sum(isinstance(line, Conversation) for line in lines) >= 30
    assert kinds["false_premise"] >= 30
    assert kinds["unanswerable_near"] + kinds["unanswerable_far"] >= 60


def test_the_halves_are_about_as_large_and_share_nothing():
    sizes = [sum(len(asked(line)) for line in kept(half)) for half in HALVES]
    assert max(sizes) <= 1.2 * min(sizes)
    ids = [line.id for half in HALVES for line in kept(half)]
    assert len(set(ids)) == len(ids)


@pytest.mark.slow
def test_no_question_of_one_half_is_like_one_of_the_other():
    alike = [
        (one.id, other.id)
        for one, other in product(kept("dev"), kept("test"))
        if are_alike(one, other)
    ]
    assert alike == []
