"""What a chat model wrote, held against what it cites."""

import pytest

from rag.claims import UNSUPPORTED_MARK, Claim, ClaimChecker
from rag.documents import PartialDate, RetrievedPassage
from rag.words import built_in_words
from tests.conftest import make_document, make_passages

PLAN = (
    "2019年3月，青石区设置党政机构37个，其中党委机构9个，涉及转隶人员218人。\n"
    "区长李明说：“改革要稳，不能一撤了之。”\n"
    "整合后的市场监管局承担原来三个局的二十六项职责，办理时限压缩百分之四十。"
)
MEETING = "白水区区长王芳主持召开动员大会，要求12月底以前完成挂牌。"


def even(_: str) -> float:
    return 1.0


@pytest.fixture(scope="module")
def checker() -> ClaimChecker:
    documents = [
        make_document(PLAN, title="青石区机构改革方案"),
        make_document(
            MEETING, title="白水区动员大会", published_date=PartialDate(year=2020, month=5, day=6)
        ),
    ]
    passages = [
        RetrievedPassage(passage=passage, document=document, score=1.0)
        for document in documents
        for passage in make_passages(document)
    ]
    return ClaimChecker(passages, segmenter=built_in_words(), rarity=even)


def checked(checker: ClaimChecker, sentence: str) -> Claim:
    claim = checker.check(sentence)
    assert claim.supported == (UNSUPPORTED_MARK not in claim.text)
    assert all(
        citation.support == ("verified" if claim.supported else "unsupported")
        for citation in claim.citations
    )
    return claim


@pytest.mark.parametrize(
    "sentence",
    [
        "青石区设置党政机构37个[1]。",
        "青石区共设党政机构三十七个，其中党委机构九个[1]。",
        "据方案，2019年青石区涉及转隶人员218人[1]。",
        "李明区长说“改革要稳”[2]。",
        "市场监管局承担原来三个局的26项职责，办理时限压缩40%[3]。",
        "（1）市监局承担二十六项职责[3]。",
        "简单来说，青石区设置党政机构37个[1]。",
        "2020年，白水区区长王芳主持召开动员大会[4]。",
        "白水区要求当年12月底以前完成挂牌[4]，青石区设置党政机构37个[1]。",
    ],
)
def test_what_stands_in_what_is_cited_is_supported(checker: ClaimChecker, sentence: str) -> None:
    claim = checked(checker, sentence)
    assert claim.objection == ""
    assert claim.citations


@pytest.mark.parametrize(
    ("sentence", "objection"),
    [
        ("青石区设置党政机构7个[1]。", "所引材料里没有“7个”"),
        ("青石区设置党政机构三十六个[1]。", "所引材料里没有“三十六个”"),
        ("2018年3月，青石区设置党政机构37个[1]。", "所引材料里没有“2018年3月”"),
        ("2019年4月，青石区设置党政机构37个[1]。", "所引材料里没有“2019年4月”"),
        ("市场监管局的办理时限压缩45%[3]。", "所引材料里没有“45%”"),
        ("区长李明说“改革要快”[2]。", "所引材料里没有“改革要快”这样的原话"),
        ("区长张伟说改革要稳，不能一撤了之[2]。", "所引材料没有提到张伟"),
        ("张伟表示，改革要稳，不能一撤了之[2]。", "所引材料没有提到张伟"),
        ("整合后的农业农村局承担二十六项职责，时限压缩百分之四十[3]。", "所引材料没有提到农村局"),
        ("红岩县设置党政机构37个[1]。", "所引材料没有提到红岩县"),
        (
            "按照《青石区改革意见》，设置党政机构37个[1]。",
            "所引材料里没有“青石区改革意见”这样的原话",
        ),
        ("青石区设置党政机构37个[4]。", "所引材料里没有“37个”"),
        ("青石区设置党政机构37个。", "没有标出处"),
        ("教育经费逐年增长，群众普遍满意[1]。", "所引材料说的不是这件事"),
    ],
)
def test_what_does_not_is_marked_with_its_reason(
    checker: ClaimChecker, sentence: str, objection: str
) -> None:
    assert checked(checker, sentence).objection == objection


def test_markers_without_evidence_are_taken_out(checker: ClaimChecker) -> None:
    claim = checked(checker, "青石区设置党政机构37个[1][9]【77】。")
    assert claim.text == "青石区设置党政机构37个。[1]"
    assert [citation.marker for citation in claim.citations] == [1]
    assert checked(checker, "青石区设置党政机构37个[12]。").objection == "没有标出处"


def test_a_marker_that_adds_nothing_is_taken_out(checker: ClaimChecker) -> None:
    claim = checked(checker, "青石区设置党政机构37个，涉及转隶人员218人[1][4]。")
    assert claim.text.endswith("[1]")


def test_a_lead_in_needs_no_marker_but_may_not_invent_numbers(checker: ClaimChecker) -> None:
    assert checked(checker, "主要内容如下：").supported
    assert checked(checker, "机构共有58个，具体如下：").objection == "所引材料里没有“58个”"
