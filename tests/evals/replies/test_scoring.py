"""Sentences are judged by what became of them, and summed up by kind."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from evals.replies.records import AnyKind, PassageReference, Reply, Sentence
from evals.replies.report import shown_mistakes, shown_score
from evals.replies.scoring import Check, JudgedSentence, judge_replies, sum_up

EVIDENCE = tuple(PassageReference(document="a.md", start=at, end=at + 1) for at in range(4))


@dataclass(frozen=True)
class Outcome:
    """What a check made of a sentence."""

    text: str
    supported: bool


def reply(*sentences: tuple[str, AnyKind]) -> Reply:
    """A reply with four passages."""
    return Reply(
        id="reply-1",
        half="dev",
        question="问",
        evidence=EVIDENCE,
        sentences=tuple(Sentence(text=text, kind=kind) for text, kind in sentences),
    )


THREE = reply(("好[1]。", "verbatim"), ("八个[2]。", "number"), ("好[9]。", "missing_evidence"))


def judge(one: Reply, check: Callable[[str], Outcome]) -> list[bool]:
    def open_reply(reply: Reply) -> Check:
        assert reply == one
        return check

    return [judged.stopped for judged in judge_replies([one], open_reply)]


def test_a_sentence_that_is_not_supported_is_stopped() -> None:
    def check(sentence: str) -> Outcome:
        return Outcome(sentence.replace("[9]", ""), "八个" not in sentence)

    assert judge(THREE, check) == [False, True, False]


def test_a_marker_without_evidence_is_stopped_once_it_is_gone_and_the_sentence_marked() -> None:
    only = reply(("好[9]。", "missing_evidence"), ("好[1]。", "verbatim"), ("好。", "list"))
    assert judge(only, lambda text: Outcome(text.replace("[9]", ""), supported=False))[0]
    assert not judge(only, lambda text: Outcome(text, supported=False))[0]
    assert not judge(only, lambda text: Outcome(text.replace("[9]", ""), supported=True))[0]


def test_beside_a_right_marker_it_is_enough_to_take_the_other_out() -> None:
    both = reply(("好[1][9]。", "missing_evidence"), ("好[1]。", "verbatim"), ("好。", "list"))
    assert judge(both, lambda text: Outcome(text.replace("[9]", ""), supported=True))[0]
    assert not judge(both, lambda text: Outcome(text, supported=True))[0]


def judged(kind: AnyKind, *, stopped: bool, note: str = "") -> JudgedSentence:
    """A sentence of a kind that was stopped or not."""
    sentence = Sentence(text=f"{kind}[1]。", kind=kind, note=note)
    return JudgedSentence(reply="reply-1", sentence=sentence, stopped=stopped)


SOME = [
    judged("number", stopped=True),
    judged("person", stopped=False, note="甲→乙"),
    judged("verbatim", stopped=False),
    judged("paraphrase", stopped=True),
]


def test_shares_are_of_the_faults_and_of_the_good_sentences() -> None:
    score = sum_up(SOME)
    assert (score.replies, score.caught.n, score.caught.right) == (1, 2, 1)
    assert (score.marked.n, score.marked.right) == (2, 1)
    assert list(score.caught_by_kind) == ["number", "person"]
    assert score.marked_by_kind["paraphrase"].value == 1


@pytest.mark.parametrize(
    ("caught", "passed", "expected"), [(19, 95, True), (18, 95, False), (19, 94, False)]
)
def test_goals_are_reached_at_their_limits(caught: int, passed: int, *, expected: bool) -> None:
    faults = [judged("number", stopped=at < caught) for at in range(20)]
    good = [judged("verbatim", stopped=at >= passed) for at in range(100)]
    assert sum_up(faults + good).reaches_goals is expected


def test_the_table_tells_kinds_with_their_intervals() -> None:
    shown = shown_score(sum_up(SOME), width=100)
    assert "数字改了" in shown
    assert "手写转述" in shown
    assert "日期改了" not in shown
    assert "50.0%" in shown


def test_mistakes_are_listed_faults_that_passed_first() -> None:
    missed, wrongly = shown_mistakes(SOME)
    assert missed == "漏查·人名换了 reply-1：person[1]。（甲→乙）"
    assert wrongly == "误标·手写转述 reply-1：paraphrase[1]。"
