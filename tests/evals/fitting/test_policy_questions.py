import json
from pathlib import Path

import pytest

from evals.fitting.evidence_examples import is_held_out
from evals.fitting.policy_examples import read_documents
from evals.fitting.policy_questions import (
    POLICY_QUESTIONS,
    read_policy_questions,
    repeated,
    written_texts,
)
from rag.errors import EvaluationError

TRAIN = Path(__file__).parents[4] / "shared" / "train"
FIELDS = {"file", "line", "window", "kind", "question", "answer"}
LONGEST_QUESTION = 60
# Names of laws and projects are repeated, sentences are not.
LONGEST_RUN = 30
LINE = {
    "file": "news_crud",
    "line": 0,
    "window": [2, 40],
    "kind": "who",
    "question": "谁主持会议？",
    "answer": [10, 13],
}


def test_the_file_holds_questions_and_offsets_and_nothing_else():
    lines = [json.loads(line) for line in POLICY_QUESTIONS.read_text("utf-8").splitlines()]
    assert len(lines) == len({line["question"] for line in lines}) == 4978
    for line in lines:
        assert set(line) == FIELDS
        texts = {name for name, value in line.items() if isinstance(value, str)}
        assert texts == {"file", "kind", "question"}
        assert len(line["question"]) <= LONGEST_QUESTION
        assert line["question"].isprintable()


def test_every_answer_stands_in_its_window():
    questions = read_policy_questions()
    assert len({(one.file, one.line) for one in questions}) == 764
    assert len({(one.file, one.line, one.window) for one in questions}) == 764
    answers = [(one, one.answer) for one in questions if one.answer]
    assert len(questions) - len(answers) == 1516
    for one, (start, end) in answers:
        assert one.window[0] <= start < end <= one.window[1]


def test_about_one_in_ten_is_held_out():
    questions = read_policy_questions()
    held_out = sum(is_held_out(one.question) for one in questions)
    assert 0.08 < held_out / len(questions) < 0.12


@pytest.mark.parametrize(
    "change",
    [
        {"text": "会议由闻启山主持。"},
        {"file": "../news_crud"},
        {"line": -1},
        {"window": [12, 40]},
        {"window": [2, 12]},
        {"answer": [10, 10]},
        {"answer": None},
        {"kind": "unanswerable"},
        {"kind": "gossip"},
        {"question": ""},
        {"answer": None, "kind": "unanswerable", "window": [2, 2]},
    ],
    ids=[
        "a text",
        "a file elsewhere",
        "a line before the first",
        "an answer before its window",
        "an answer beyond its window",
        "an empty answer",
        "no answer though answerable",
        "an answer though unanswerable",
        "an unknown kind",
        "no question",
        "an empty window",
    ],
)
def test_a_malformed_line_is_refused_with_its_number(change: dict[str, object], tmp_path: Path):
    path = tmp_path / "questions.jsonl"
    lines = [json.dumps(LINE), json.dumps(LINE | change)]
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(EvaluationError, match="第 2 行格式有误"):
        read_policy_questions(path)


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(EvaluationError, match=r"读不了训练问题 .*none\.jsonl"):
        read_policy_questions(tmp_path / "none.jsonl")


def test_questions_are_asked_of_their_window_alone(question_folder: Path, question_file: Path):
    questions = read_policy_questions(question_file)
    texts = written_texts(question_folder, questions)
    assert len(texts) == len(questions) // 2
    for text in texts:
        assert text.title
        assert text.text.startswith("会议由")
        who, nothing = text.asked
        assert who.exact
        assert who.answer is not None
        assert text.text.startswith(f"会议由区委书记{who.answer.of(text.text)}主持")
        assert nothing.answer is None


@pytest.mark.parametrize(
    "change",
    [
        {"line": 4000},
        {"window": (30, 4000)},
        {"answer": (50, 110)},
    ],
    ids=["too few lines", "too short a text", "an answer over several sentences"],
)
def test_other_texts_than_the_questions_were_written_on_are_noticed(
    change: dict[str, object], question_folder: Path, question_file: Path
):
    questions = read_policy_questions(question_file)
    questions[2] = questions[2].model_copy(update=change)
    with pytest.raises(EvaluationError, match=r"news_crud.jsonl.xz 第 \d+ 行不是编写问题时的文本"):
        written_texts(question_folder, questions)


def test_an_unreadable_training_file_is_named(tmp_path: Path, question_file: Path):
    questions = read_policy_questions(question_file)
    with pytest.raises(EvaluationError, match="读不了训练文件"):
        written_texts(tmp_path, questions)
    (tmp_path / "news_crud.jsonl.xz").write_bytes(b"no archive")
    with pytest.raises(EvaluationError, match="读不了训练文件"):
        written_texts(tmp_path, questions)


@pytest.mark.parametrize("times", [0, 1, 3])
def test_questions_are_repeated_but_those_held_out(
    times: int, question_folder: Path, question_file: Path
):
    texts = written_texts(question_folder, read_policy_questions(question_file))
    made = repeated(texts, times=times)
    assert len(made) == (len(texts) if times else 0)
    for text, again in zip(texts, made, strict=False):
        for one in text.asked:
            assert again.asked.count(one) == (1 if is_held_out(one.question) else times)


@pytest.mark.slow
@pytest.mark.skipif(not TRAIN.is_dir(), reason="needs ../shared/train")
def test_the_questions_fit_the_texts_and_do_not_repeat_them():
    questions = read_policy_questions()
    texts = written_texts(TRAIN, questions)
    assert sum(len(text.asked) for text in texts) == len(questions)
    files = {one.file for one in questions}
    whole = {
        (file, line): text
        for file in files
        for line, (_, text) in enumerate(read_documents(TRAIN / f"{file}.jsonl.xz"))
    }
    for one in questions:
        text, asked = whole[one.file, one.line], one.question
        runs = (asked[i : i + LONGEST_RUN] for i in range(len(asked) - LONGEST_RUN + 1))
        assert not any(run in text for run in runs), asked
    moved = [one.model_copy(update={"line": one.line + 1}) for one in questions]
    with pytest.raises(EvaluationError, match="不是编写问题时的文本"):
        written_texts(TRAIN, moved)
