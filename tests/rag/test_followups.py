import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering import NOTHING_ASKED_TEXT
from rag.documents import Turn
from rag.followups import LONGEST, stand_alone
from rag.phrases import INTERROGATIVE

REFUSAL = "没有找到依据：库中的文件没有回答这个问题。"


def said(*contents: str) -> list[Turn]:
    """Questions and answers in turn, a question first."""
    roles = ("user", "assistant")
    return [
        Turn(role=roles[index % 2], content=content)
        for index, content in enumerate(contents)
        if content
    ]


def test_a_question_that_leans_back_takes_the_topic_along():
    history = said("青峰县改革后设置了多少个党政机构？", "37个。")
    assert stand_alone("其中党委机构有几个？", history) == (
        "青峰县改革后设置的党政机构中，党委机构有几个？"
    )


def test_a_whole_question_stays_as_it_is():
    history = said("青峰县改革后设置了多少个党政机构？", "37个。")
    question = "白水县机构改革动员大会由谁主持？"
    assert stand_alone(question, history) == question
    assert (
        stand_alone("《档案管理条例》什么时候施行？", history) == "《档案管理条例》什么时候施行？"
    )


def test_without_history_the_question_stays_as_it_is():
    assert stand_alone("那忻州呢？", []) == "那忻州呢？"
    assert stand_alone("它归谁管？", said("", "您好。")) == "它归谁管？"


@pytest.mark.parametrize(
    ("first", "follow_up", "expected"),
    [
        ("济南市市中区设置了多少个党政机构？", "那忻州市呢？", "忻州市设置了多少个党政机构？"),
        (
            "济南市市中区设置了多少个党政机构？",
            "郑州市二七区呢？",
            "郑州市二七区设置了多少个党政机构？",
        ),
        ("青峰县哪天召开动员会？", "换成白水县", "白水县哪天召开动员会？"),
        ("2018年改革撤了几个部？", "2013年呢？", "2013年改革撤了几个部？"),
        ("2018年改革撤了几个部？", "那五年前呢？", "2013年改革撤了几个部？"),
        ("新的省级农机站哪天挂牌？", "市一级呢？", "新的市级农机站哪天挂牌？"),
        ("省级机构改革什么时候完成？", "市县呢", "市县机构改革什么时候完成？"),
        ("甲类农机站能不能收费？", "那乙类农机站呢？", "乙类农机站能不能收费？"),
        ("一类农机站能不能收费？", "那二类的呢？", "二类农机站能不能收费？"),
        ("“三清”是什么意思？", "“四通”呢？", "“四通”是什么意思？"),
        ("改革里说的“划转”指什么？", "合署呢？", "改革里说的“合署”指什么？"),
        ("青峰县设置了多少个党政机构？", "党委机构呢？", "青峰县设置了多少个党委机构？"),
        ("国家粮食局什么时候成立的？", "国家烟草局呢？", "国家烟草局什么时候成立的？"),
        ("执法队员每年培训多少学时？", "新录用的呢？", "新录用的执法队员每年培训多少学时？"),
    ],
)
def test_what_about_something_else_asks_the_same_of_it(first: str, follow_up: str, expected: str):
    assert stand_alone(follow_up, said(first, "答复。")) == expected


@pytest.mark.parametrize(
    ("first", "follow_up", "expected"),
    [
        ("国家粮食局哪天揭的牌？", "粮库归它管吗？", "粮库归国家粮食局管吗？"),
        ("国家粮食局哪天揭的牌？", "那局长是谁？", "国家粮食局局长是谁？"),
        ("国家粮食局的主要职责是什么？", "什么时候成立的？", "国家粮食局什么时候成立的？"),
        ("档案法从哪天起施行？", "按这部法，什么算档案？", "按档案法，什么算档案？"),
        ("青峰县哪天完成人员划转的", "一共涉及多少人？", "青峰县人员划转一共涉及多少人？"),
        (
            "青峰县委三届四次全会由谁主持？",
            "会上提了几点要求？",
            "青峰县委三届四次全会上提了几点要求？",
        ),
        (
            "青峰县要做到哪四个到位？",
            "为了做到这些，县里做了什么？",
            "为了做到四个到位，青峰县做了什么？",
        ),
        ("1998年粮食局改革后还剩多少个处？", "为什么要改？", "1998年粮食局改革为什么要改？"),
        ("2018年方案要求哪天报市里？", "那次2023年的方案，哪天报？", "2023年的方案，哪天报？"),
    ],
)
def test_what_refers_and_what_lacks_a_subject_gets_the_topic(
    first: str, follow_up: str, expected: str
):
    assert stand_alone(follow_up, said(first, "答复。")) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("由谁主持？", "青峰县机构改革动员大会由谁主持？"),
        ("都有哪些？", "青峰县机构改革动员大会都有哪些？"),
        ("详细说说", "青峰县机构改革动员大会具体内容是什么？"),
        ("还有呢？", "青峰县机构改革动员大会哪天召开？"),
        ("除此之外还有什么？", "青峰县机构改革动员大会哪天召开？"),
    ],
)
def test_words_that_only_look_like_names_or_subjects_get_the_topic(question: str, expected: str):
    history = said("青峰县机构改革动员大会哪天召开？", "答复。")
    assert stand_alone(question, history) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("改革要稳，也要快。[1]此外是别的。[2]", "“改革要稳，也要快”是谁说的？"),
        ("王芳说：“改革一步也不能慢。”[1]", "“改革一步也不能慢”是谁说的？"),
        ("要做到“三稳”，不搞别的。[1]", "“要做到‘三稳’，不搞别的”是谁说的？"),
        (REFUSAL, "青峰县机构改革是谁说的？"),
        ("改" * 200, "青峰县机构改革是谁说的？"),
    ],
    ids=["a sentence", "a quotation", "quotation marks within", "nothing", "too long"],
)
def test_who_said_it_is_asked_of_the_words_of_the_answer(answer: str, expected: str):
    history = said("青峰县机构改革要怎么做？", answer)
    assert stand_alone("是谁说的？", history) == expected


def test_who_said_it_is_asked_of_what_the_question_quoted():
    history = said("“改革要稳”出自哪里？", "出自一份通知。")
    assert stand_alone("这话是谁说的？", history) == "“改革要稳”是谁说的？"


def test_why_asks_for_the_reason_of_what_was_taken_for_granted():
    history = said("国家粮食局哪天揭的牌？", "2000年。")
    assert stand_alone("为什么？", history) == "国家粮食局为什么揭的牌？"


def test_he_is_the_person_of_the_last_answer():
    history = said("谁是青峰县委书记？", "青峰县委书记是陆明远。[1]")
    assert stand_alone("他提了什么要求？", history) == "陆明远提了什么要求？"
    assert stand_alone("他提了什么要求？", said("谁是青峰县委书记？", REFUSAL)) == (
        "青峰县委书记提了什么要求？"
    )


LIST = "南湖区推行三项制度：首问负责制、限时办结制、责任追究制。[1]"


@pytest.mark.parametrize(
    ("answer", "follow_up", "expected"),
    [
        (LIST, "第二项怎么规定的？", "限时办结制怎么规定的？"),
        (LIST, "最后一个由谁监督？", "责任追究制由谁监督？"),
        (LIST, "前两个由谁监督？", "首问负责制、限时办结制由谁监督？"),
        ("一是首问负责制；二是限时办结制。[1]", "第二项怎么规定的？", "限时办结制怎么规定的？"),
        (REFUSAL, "第二个的要求是什么？", "南湖区第二个制度的要求是什么？"),
    ],
)
def test_an_ordinal_names_an_item_of_the_last_list(answer: str, follow_up: str, expected: str):
    assert stand_alone(follow_up, said("南湖区推行了哪三项制度？", answer)) == expected


def test_items_are_counted_on_in_the_list_the_conversation_began_with():
    history = said("南湖区推行了哪三项制度？", LIST, "第一项怎么规定的？", "甲、乙、丙三种做法。")
    assert stand_alone("那第三项呢？", history) == "责任追究制怎么规定的？"


def test_follow_ups_of_follow_ups_keep_the_topic():
    history = said(
        "2018年水利局改革后还剩多少个处？", "8个。", "为什么要改？", REFUSAL, "2013年呢？", REFUSAL
    )
    assert stand_alone("重点改的是哪一块？", history) == "2013年水利局改革重点改的是哪一块？"


def test_two_kinds_that_were_asked_about_one_by_one_are_both_meant():
    history = said("一类农机站能不能收费？", "不能。", "那二类的呢？", "能。")
    assert stand_alone("这两类由谁管？", history) == "一类农机站和二类农机站由谁管？"


def test_a_refusal_names_nobody():
    history = said("青峰县动员会由谁主持？", REFUSAL + "王建国局长、李卫国局长、陈爱民局长。")
    rewritten = stand_alone("第二个是谁？", history)
    assert "李卫国" not in rewritten


CONVERSATION_WORDS = st.text(
    alphabet="那呢它他其这第二一个类年县市区会上的是谁哪几多少为什么？，。、“”《》改革2018青峰\n[1]",
    max_size=24,
)
TURNS = st.lists(
    st.builds(
        Turn,
        role=st.sampled_from(["user", "assistant"]),
        content=st.one_of(CONVERSATION_WORDS, st.text(max_size=30), st.just(REFUSAL)),
    ),
    max_size=7,
)


@given(st.one_of(CONVERSATION_WORDS, st.text(min_size=1, max_size=40)).filter(str.strip), TURNS)
def test_any_conversation_gives_a_question(question: str, history: list[Turn]):
    rewritten = stand_alone(question, history)
    assert rewritten.strip()
    assert len(rewritten) <= LONGEST


@given(st.text(min_size=1, max_size=60))
def test_what_was_never_followed_up_is_left_alone(question: str):
    assert stand_alone(question, []) == question


@given(
    st.sampled_from(["青峰县", "国家粮食局", "《档案管理条例》"]),
    st.sampled_from(["什么时候成立？", "由谁负责？", "设在哪里？", "有多少人？"]),
    st.sampled_from(["归谁管？", "在哪里办公？", "一共多少人？", "为什么成立？", "什么时候撤的？"]),
)
def test_a_follow_up_brings_no_old_interrogative_along(subject: str, asked: str, follow_up: str):
    rewritten = stand_alone(follow_up, said(subject + asked, "答复。"))
    assert rewritten.startswith(subject)
    assert len(INTERROGATIVE.findall(rewritten)) == 1


def test_what_would_grow_too_long_is_left_alone():
    subject = "国家粮食局" * 90
    history = said(f"{subject}什么时候成立？", "2000年。")
    question = "它" * 1990
    assert stand_alone(question, history) == question


def test_what_asked_for_nothing_leaves_the_conversation_as_it_was():
    before = said("青峰县改革后设置了多少个党政机构？", "37个。")
    between = said("x", NOTHING_ASKED_TEXT)
    follow_up = "其中党委机构有几个？"
    assert stand_alone(follow_up, [*before, *between]) == stand_alone(follow_up, before)
