"""Adding questions to our own set: names, checks, halves; all or nothing."""

import json
from pathlib import Path

import pytest

from evals.own_set import add, read_drafts
from evals.questions import Line, read_questions
from rag.errors import EvaluationError

SANDING = "files/briefings/sanding.md"
DRAFT = {
    "kind": "meaning",
    "question": "三定这个词怎么讲？",
    "facts": [["定机构"]],
    "evidence": [{"document": SANDING, "quote": "“三定”是指定职能、定机构、定编制三件事。"}],
}
FOLLOW_UP = {**DRAFT, "kind": "follow_up", "question": "第二件呢？"}
REFUSED = {"kind": "unanswerable_far", "question": "怎么养金鱼？"}


def write(path: Path, *lines: object) -> Path:
    path.write_text("\n".join(json.dumps(line) for line in lines) + "\n", encoding="utf-8")
    return path


def drafts(folder: Path, *lines: object) -> list[Line]:
    return list(read_drafts(write(folder / "part.jsonl", *lines)))


def test_names_tell_the_kind_and_follow_from_the_words(tmp_path: Path):
    other_facts = {**DRAFT, "facts": [["定职能"]]}
    other_words = {**DRAFT, "question": "三定是什么？"}
    talk = {"turns": [DRAFT, FOLLOW_UP]}
    names = [line.id for line in drafts(tmp_path, DRAFT, other_facts, other_words, talk)]
    assert names[0].startswith("meaning-")
    assert names[1] == names[0] != names[2]
    assert names[3].startswith("talk-")


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"kind": "who"}', '{"turns": [1]}', '{"turns": 3}', '{"id": 3}']
)
def test_a_malformed_draft_is_named(text: str, tmp_path: Path):
    path = tmp_path / "part.jsonl"
    path.write_text(f"\n{text}\n", encoding="utf-8")
    with pytest.raises(EvaluationError, match="第 2 行不合格式"):
        list(read_drafts(path))


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(EvaluationError, match="part"):
        list(read_drafts(tmp_path / "part.jsonl"))


@pytest.mark.slow
def test_added_questions_are_kept_with_their_judgements_and_a_second_run_changes_nothing(
    tmp_path: Path,
):
    folder = tmp_path / "own"
    folder.mkdir()
    part = write(tmp_path / "part.jsonl", DRAFT, {"turns": [{**DRAFT}, FOLLOW_UP]}, REFUSED)
    assert add([part], half="test", folder=folder) == {"test": 3}
    kept = read_questions(folder / "test.jsonl")
    assert kept == list(read_drafts(part))
    assert read_questions(folder / "dev.jsonl") == []
    judged = {line.split()[0] for line in (folder / "qrels.txt").read_text().splitlines()}
    assert judged == {kept[0].id, f"{kept[1].id}.1", f"{kept[1].id}.2"}
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert add([part], folder=folder).total() == 0
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.slow
def test_nothing_is_added_where_one_quote_is_wrong(tmp_path: Path):
    folder = tmp_path / "own"
    folder.mkdir()
    wrong = {**DRAFT, "evidence": [{"document": SANDING, "quote": "三定是指定机构。"}]}
    part = write(tmp_path / "part.jsonl", REFUSED, wrong)
    with pytest.raises(EvaluationError, match="找不到：三定是指定机构。"):
        add([part], folder=folder)
    assert list(folder.iterdir()) == []
