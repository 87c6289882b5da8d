"""`wence eval replies`: what is typed, exit codes, what is shown."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from evals.replies.command import main
from evals.replies.records import REPLIES, PassageReference, Reply, Sentence
from evals.replies.scoring import Check, OpenReply
from rag.errors import EvaluationError
from tests.evals.replies.test_scoring import Outcome


def write_replies(folder: Path) -> None:
    """One reply of each half."""
    evidence = tuple(PassageReference(document="a.md", start=at, end=at + 1) for at in range(4))
    sentences = (
        Sentence(text="照抄[1]。", kind="verbatim"),
        Sentence(text="九个[1]。", kind="number", note="八→九"),
        Sentence(text="转述[2]。", kind="paraphrase"),
    )
    replies = [
        Reply(id=f"reply-{half}", half=half, question="问", evidence=evidence, sentences=sentences)
        for half in ("dev", "test")
    ]
    lines = [one.model_dump_json() for one in replies]
    (folder / REPLIES).write_text("\n".join(lines), encoding="utf-8")


@contextmanager
def open_right() -> Generator[OpenReply]:
    """Stops what says nine."""

    def open_reply(reply: Reply) -> Check:
        del reply
        return lambda text: Outcome(text, supported="九" not in text)

    yield open_reply


@contextmanager
def open_credulous() -> Generator[OpenReply]:
    """Believes everything."""

    def open_reply(reply: Reply) -> Check:
        del reply
        return lambda text: Outcome(text, supported=True)

    yield open_reply


def test_a_check_that_reaches_the_goals_ends_with_0(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_replies(tmp_path)
    assert main([], open_engine=open_right, folder=tmp_path) == 0
    assert "回答 2 个" in capsys.readouterr().out


def test_a_check_below_the_goals_ends_with_1_and_its_mistakes_are_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_replies(tmp_path)
    typed = ["--split", "test", "--worst", "5"]
    assert main(typed, open_engine=open_credulous, folder=tmp_path) == 1
    shown = capsys.readouterr().out
    assert "回答 1 个" in shown
    assert "漏查·数字改了 reply-test：九个[1]。（八→九）" in shown
    assert "reply-dev" not in shown


def test_json_holds_the_same_shares(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_replies(tmp_path)
    main(["--json", "--split", "dev"], open_engine=open_right, folder=tmp_path)
    body = json.loads(capsys.readouterr().out)
    assert body["caught"]["right"] == body["caught"]["n"] == 1
    assert body["marked_by_kind"]["paraphrase"]["right"] == 0


def test_help_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"], open_engine=open_right) == 0
    assert "wence eval replies" in capsys.readouterr().out


@pytest.mark.parametrize(
    "typed", [["--split", "third"], ["--worst", "-1"], ["--worst", "²"], ["--what"], ["more"]]
)
def test_wrong_use_ends_with_2(typed: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(typed, open_engine=open_right) == 2
    assert capsys.readouterr().err


def test_malformed_replies_are_named(tmp_path: Path) -> None:
    (tmp_path / REPLIES).write_text("{}", encoding="utf-8")
    with pytest.raises(EvaluationError, match=r"replies\.jsonl 第 1 行"):
        main([], open_engine=open_right, folder=tmp_path)
