"""Openings of documents, for questions about when and by whom these were passed."""

import pytest

from rag.documents import Document, Passage, RetrievedPassage
from rag.openings import MOST, openings_asked_for
from tests.conftest import make_document, make_passages

LAW = make_document(
    "2024年6月28日 第十四届全国人大常委会第十次会议通过\n"
    "第一条 为了规范农村集体经济组织，制定本法。\n"
    "第二条 国家通过扶持措施促进农村集体经济组织发展。",
    title="中华人民共和国农村集体经济组织法",
)
NOTICE = make_document("各科室：\n现印发给你们。", title="关于印发《青石区数字政府方案》的通知")


def passage_at(document: Document, offset: int) -> Passage:
    return next(one for one in make_passages(document) if one.span.end > offset)


def retrieved(*documents: Document) -> list[RetrievedPassage]:
    return [
        RetrievedPassage(passage=make_passages(one)[-1], document=one, score=1.5 - number)
        for number, one in enumerate(documents)
    ]


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("农村集体经济组织法什么时候通过？", LAW),
        ("中华人民共和国农村集体经济组织法是何时颁布的？", LAW),
        ("农村集体经济组织法是哪次会议通过的？", LAW),
        ("农村集体经济组织法的通过日期？", LAW),
        ("青石区数字政府方案是什么时候印发的？", NOTICE),
    ],
)
def test_the_opening_of_a_document_that_is_named_is_looked_at(question, document):
    [found] = openings_asked_for(question, retrieved(LAW, NOTICE), passage_at=passage_at)
    assert found.document == document
    assert found.passage == make_passages(document)[0]
    assert found.score == (1.5 if document == LAW else 0.5)


@pytest.mark.parametrize(
    "question",
    [
        "农村集体经济组织法什么时候施行？",
        "农村集体经济组织通过什么确认成员？",
        "煤矿安全监察条例什么时候通过？",
        "成员大会什么时候通过章程？",
    ],
)
def test_other_questions_leave_the_openings_alone(question):
    assert openings_asked_for(question, retrieved(LAW, NOTICE), passage_at=passage_at) == []


def test_no_more_than_the_first_documents_are_opened():
    alike = [
        make_document("通过\n第一条 总则。", title=LAW.metadata.title, source=f"{number}.txt")
        for number in range(4)
    ]
    question = "农村集体经济组织法什么时候通过？"
    found = openings_asked_for(question, retrieved(*alike), passage_at=passage_at)
    assert [one.document for one in found] == alike[:MOST]
