"""Which questions are kept, and in which order they are listed."""

import pytest

from rag.asking import Candidate
from rag.asking_rules import Asked
from rag.documents import Answer, AnswerStatus, Citation, Kind
from rag.suggestions import (
    PER_DOCUMENT,
    TRIED_PER_DOCUMENT,
    Suggestion,
    chosen,
    is_proven,
    spread,
)
from rag.text import Span


def candidate(question: str, asked: Asked = Asked.NUMBER, start: int = 0) -> Candidate:
    return Candidate(question=question, asked=asked, span=Span(start, start + 10), told="3个")


def cited(document_id: str, start: int, quote: str = "共3个。") -> Citation:
    return Citation(
        marker=1, document_id=document_id, title="题", kind=Kind.OTHER, speaker=None, date=None,
        publisher=None, page=None, passage_id="p", start=start, end=start + 5, quote=quote,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("status", "places", "proven"),
    [
        (AnswerStatus.ANSWERED, [("a", 3)], True),
        (AnswerStatus.ANSWERED, [("a", 99), ("a", 3)], True),
        (AnswerStatus.ANSWERED, [("a", 3, "共4个。")], False),
        (AnswerStatus.ANSWERED, [("a", 10)], False),
        (AnswerStatus.ANSWERED, [("b", 3), ("a", 3)], False),
        (AnswerStatus.ANSWERED, [], False),
        (AnswerStatus.PARTIAL, [("a", 3)], False),
        (AnswerStatus.NO_EVIDENCE, [], False),
    ],
)
def test_a_question_is_proven_by_an_answer_from_its_own_sentence(status, places, proven):
    citations = tuple(cited(*place) for place in places)
    answer = Answer(status=status, text="答", citations=citations)
    assert is_proven(candidate("几个？"), answer, document_id="a") is proven


def test_what_asks_for_something_new_is_kept_first_and_one_question_of_a_sentence():
    several = [
        candidate("一共多少个部门？", start=0),
        candidate("多少个？", start=20),
        candidate("哪几个？", Asked.LIST, start=20),
        candidate("什么意思？", Asked.MEANING, start=40),
    ]
    kept = [one.question for one in chosen(several, lambda _: True)]
    assert kept == ["什么意思？", "哪几个？", "一共多少个部门？"]


def test_no_more_are_tried_or_kept_than_the_limits_say():
    many = [candidate(f"{'多' * number}少个？", start=20 * number) for number in range(20)]
    tried = list[Candidate]()
    assert list(chosen(many, lambda one: bool(tried.append(one)))) == []
    assert len(tried) == TRIED_PER_DOCUMENT
    assert len(list(chosen(many, lambda _: True))) == PER_DOCUMENT
    assert list(chosen([], lambda _: True)) == []


def suggestion(question: str, document_id: str, asked: Asked = Asked.NUMBER) -> Suggestion:
    return Suggestion(
        question=question, asked=asked, document_id=document_id, title="题", collection="c"
    )


def test_every_document_has_its_turn_before_one_has_its_second():
    listed = spread([
        suggestion("甲多少？", "a"),
        suggestion("甲还有多少？", "a"),
        suggestion("乙的部门有多少？", "b"),
        suggestion("丙是哪些？", "c", Asked.LIST),
    ])
    assert [one.question for one in listed] == [
        "丙是哪些？", "甲多少？", "乙的部门有多少？", "甲还有多少？"
    ]  # fmt: skip
    assert spread([]) == []


def test_what_asks_alike_but_for_its_numbers_comes_last():
    listed = spread([
        suggestion("第十三届大会何时开？", "a"),
        suggestion("第十四届大会何时开？", "b"),
        suggestion("乙的部门有多少？", "b"),
    ])
    assert listed[-1].question == "第十四届大会何时开？"
