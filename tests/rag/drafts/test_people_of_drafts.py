"""Who holds which office, who did what, and whose words they are: a draft against documents."""

import re

import pytest

from rag.documents import Kind
from rag.drafts.checking import check_draft
from rag.drafts.deeds import deeds_of, people_of
from rag.drafts.office_comparison import is_beside_office, office_places, offices_agree
from rag.drafts.sayings import speaker_before
from rag.people import PersonMention
from rag.quotations.quotation import FindingKind, Verdict
from rag.text import Span
from tests.rag.drafts.conftest import InMemoryLibrary, document, place

MEETING = document(
    "梧桐县推进档案整理\n"
    "2021年4月8日，梧桐县召开档案整理动员会，明确整理档案3120卷。会议由县长顾明远主持，县委书记程思源出席并讲话。\n"
    "县档案局局长岳林川宣读了市里的批复，县委编办主任沈清和就方案作了说明。\n"
    "程思源指出，旧账不清，新账难记。沈清和介绍，全县抽调业务骨干76名，分成9个小组逐卷登记。\n"
    "县里成立档案整理专班，由常务副县长高远山任组长，县档案局局长岳林川任副组长，每周二调度一次。\n"
    "（记者 柳含烟）\n",
    title="梧桐县推进档案整理",
    kind=Kind.NEWS,
    place=place("梧桐县"),
)
TALK = document(
    "柏溪镇座谈会发言摘登\n"
    "时间：2021年6月2日\n"
    "主持人：梧桐县委常委、组织部部长 路遥岑\n"
    "今年5月，柏溪镇办结事项207件，平均用时6天。\n"
    "柏溪镇副镇长 谢云开：窗口不怕小，就怕没人坐。\n",
    title="柏溪镇座谈会发言摘登",
    kind=Kind.NEWS,
    place=place("梧桐县"),
)
WRONG_PEOPLE = [
    pytest.param(
        "梧桐县召开动员会，整理档案3120卷。会议由县委书记程思源主持。",
        "县委书记程思源",
        "县长顾明远",
        id="who presided is another, though the office is right",
    ),
    pytest.param(
        "梧桐县抽调业务骨干76名整理档案，动员会由程思源主持，顾明远讲话。",
        "程思源",
        "顾明远",
        id="names without an office",
    ),
    pytest.param(
        "梧桐县整理档案3120卷，专班组长是县长顾明远，每周二调度一次。",
        "县长顾明远",
        "常务副县长高远山",
        id="who leads the group is another",
    ),
    pytest.param(
        "梧桐县整理档案3120卷。据县委编办主任柳含烟介绍，抽调了业务骨干76名。",
        "县委编办主任柳含烟",
        "县委编办主任沈清和",
        id="a name of the document, not the holder of the office",
    ),
    pytest.param(
        "梧桐县整理档案3120卷。顾明远介绍，全县抽调业务骨干76名，分成9个小组逐卷登记。",
        "顾明远",
        "沈清和",
        id="the words of another without marks",
    ),
    pytest.param(
        "梧桐县整理档案3120卷，副县长高远山布置了任务，县长高远山作了动员。",
        "县长高远山",
        "常务副县长高远山",
        id="the chief is not the deputy",
    ),
    pytest.param(
        "在柏溪镇，办结事项207件，平均用时6天，主持座谈的是县委编办主任路遥岑。",
        "县委编办主任路遥岑",
        "梧桐县委常委、组织部部长路遥岑",
        id="an officer of the county in a town of it, his name set apart",
    ),
]
RIGHT_PEOPLE = [
    "梧桐县抽调业务骨干76名整理档案，动员会由顾明远主持，程思源讲话。",
    "梧桐县整理档案3120卷，副县长高远山任专班组长，岳林川任副组长，每周二调度一次。",
    "梧桐县整理档案3120卷，专班组长高远山要求每周二调度一次。",
    "梧桐县整理档案3120卷。下周的座谈会由县委书记程思源主持。",
    "梧桐县整理档案3120卷。县长顾明远、县委书记程思源出席会议。",
    "梧桐县委常委路遥岑在柏溪镇主持座谈，全镇办结事项207件，平均用时6天。",
]
MISATTRIBUTED = [
    "县长顾明远有言在先：“旧账不清，新账难记。”",
    "县长顾明远管这件事。顾明远坦言，“旧账不清，新账难记。”",
    "会前顾明远说了两句话，“旧账不清，新账难记。”",
    "用县长顾明远的话讲，“旧账不清，新账难记。”",
    "县长的话让人记住了：“旧账不清，新账难记。”",
    "“旧账不清，新账难记。”这是县长顾明远立下的规矩。",
]
RIGHTLY_ATTRIBUTED = [
    "县委书记程思源有言在先：“旧账不清，新账难记。”",
    "程思源在顾明远发言之后补充：“旧账不清，新账难记。”",
    "程思源对顾明远说：“旧账不清，新账难记。”",
    "县委书记的话让人记住了：“旧账不清，新账难记。”",
    "县长顾明远听到群众这样讲：“旧账不清，新账难记。”",
]


@pytest.fixture(scope="module")
def people_library() -> InMemoryLibrary:
    """A meeting and a talk of one county."""
    return InMemoryLibrary((MEETING, TALK))


@pytest.mark.parametrize(("draft", "words", "correction"), WRONG_PEOPLE)
def test_wrong_person_is_told(
    draft: str, words: str, correction: str, people_library: InMemoryLibrary
) -> None:
    told = [
        (draft[one.start : one.end], one.correction)
        for one in check_draft(draft, people_library)
        if one.kind is FindingKind.PERSON and one.verdict is Verdict.ALTERED
    ]
    assert (words, correction) in told


@pytest.mark.parametrize("draft", RIGHT_PEOPLE)
def test_right_person_is_not_denied(draft: str, people_library: InMemoryLibrary) -> None:
    assert not [
        draft[one.start : one.end]
        for one in check_draft(draft, people_library)
        if one.kind is FindingKind.PERSON and one.verdict is Verdict.ALTERED
    ]


@pytest.mark.parametrize("draft", MISATTRIBUTED)
def test_words_of_another(draft: str, people_library: InMemoryLibrary) -> None:
    verdicts = {
        one.verdict
        for one in check_draft(draft, people_library)
        if one.kind is FindingKind.QUOTATION
    }
    assert verdicts == {Verdict.MISATTRIBUTED}


@pytest.mark.parametrize("draft", RIGHTLY_ATTRIBUTED)
def test_own_words(draft: str, people_library: InMemoryLibrary) -> None:
    verdicts = {
        one.verdict
        for one in check_draft(draft, people_library)
        if one.kind is FindingKind.QUOTATION
    }
    assert verdicts == {Verdict.EXACT}


def test_commas_of_a_statement_without_marks(people_library: InMemoryLibrary) -> None:
    draft = "县委编办主任沈清和介绍，全县抽调业务骨干76名；分成9个小组逐卷登记。"
    verdicts = [
        one.verdict
        for one in check_draft(draft, people_library)
        if one.kind is FindingKind.QUOTATION
    ]
    assert verdicts == [Verdict.EXACT]


@pytest.mark.parametrize(
    ("ours", "theirs", "agree"),
    [
        ("副市长", "市委常委、常务副市长", True),
        ("常务副市长", "副市长", False),
        ("市长", "副市长", False),
        ("县委书记、县长", "县委副书记、县长", False),
        ("县委副书记、县长", "县长", True),
        ("县委常委", "县委常委、组织部部长", True),
        ("县档案局局长", "局长", True),
        ("主任", "副主任", False),
    ],
)
def test_offices(ours: str, theirs: str, *, agree: bool) -> None:
    assert offices_agree(ours, theirs) is agree


def test_office_beside_another() -> None:
    assert is_beside_office("专班组长")
    assert is_beside_office("县委常委")
    assert not is_beside_office("专班组长、县长")


def test_places_of_an_office() -> None:
    assert office_places("梧桐县柏溪镇镇长") == {"柏溪"}
    assert office_places("青禾区区长") == {"青禾"}


def test_deeds_of_a_document() -> None:
    acts = {
        (name, act)
        for deed in deeds_of(MEETING, people_of(MEETING))
        for name in deed.names
        for act in deed.acts
    }
    assert acts == {
        ("顾明远", "主持"),
        ("程思源", "讲话"),
        ("岳林川", "宣读"),
        ("沈清和", "说明"),
        ("高远山", "组长"),
        ("岳林川", "副组长"),
    }


@pytest.mark.parametrize(
    ("words", "speaker"),
    [
        ("县长顾明远打了个比方：", "县长顾明远"),
        ("县长顾明远指着墙上写着的标语：", None),
        ("县长顾明远走进大厅，", None),
        ("学习县长顾明远的话，", None),
        ("县委书记程思源、县长顾明远都说，", None),
        ("县委书记程思源对县长顾明远说，", "县委书记程思源"),
    ],
)
def test_speaker_before(words: str, speaker: str | None) -> None:
    people = [
        PersonMention(
            span=Span(match.start("name"), match.end()),
            name=match["name"],
            office=match["office"],
            start=match.start(),
            end=match.end(),
        )
        for match in re.finditer("(?P<office>县长|县委书记)(?P<name>顾明远|程思源)", words)
    ]
    assert speaker_before(words + "“旧账不清”", len(words), people) == speaker
