import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.facts.speeches import find_speeches
from rag.text import Span


def said(text: str) -> list[tuple[str, str | None, str]]:
    return [
        (speech.speaker.name, speech.speaker.office, speech.span.of(text))
        for speech in find_speeches(text)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "今年2月，省委常委、市委书记吴天明明确指出：实践证明，这个机制有利于抓落实。这是有效举措。",
            [("吴天明", "省委常委、市委书记", "实践证明，这个机制有利于抓落实。这是有效举措。")],
            id="colon, to the end of the paragraph",
        ),
        pytest.param(
            "市长李明说：“我们要把账算清楚。谁主管谁负责。”会场响起掌声。",
            [("李明", "市长", "我们要把账算清楚。谁主管谁负责。")],
            id="inside the quotation marks",
        ),
        pytest.param(
            "“以前要跑五个部门，现在一个窗口就行。”编办主任赵四说。",
            [("赵四", "编办主任", "以前要跑五个部门，现在一个窗口就行。")],
            id="speaker behind the quotation",
        ),
        pytest.param(
            "“改革方案已经印发。”市委编办负责人表示，下一步要抓好落实。",
            [
                ("市委编办负责人", None, "改革方案已经印发。"),
                ("市委编办负责人", None, "下一步要抓好落实。"),
            ],
            id="before and behind the cue",
        ),
        pytest.param(
            "会议指出，机构改革是一场深刻变革。要提高认识。会议强调，要加强领导。市领导参加会议。",
            [
                ("会议", None, "机构改革是一场深刻变革。要提高认识。"),
                ("会议", None, "要加强领导。"),
            ],
            id="a meeting, until the next cue and until who attended",
        ),
        pytest.param(
            "会议指出，改革任务繁重；会议要求，各级各部门要抓好落实。",
            [("会议", None, "改革任务繁重"), ("会议", None, "各级各部门要抓好落实。")],
            id="two cues in a sentence",
        ),
        pytest.param(
            "市委书记李俊作动员讲话，要求全市上下统一思想，确保完成改革。",
            [("李俊", "市委书记", "全市上下统一思想，确保完成改革。")],
            id="speech, then what it demands",
        ),
        pytest.param(
            "市人大常委会主任白红出席座谈会。针对下一步工作，白红说，要围绕中心。要创新机制。",
            [("白红", "市人大常委会主任", "要围绕中心。要创新机制。")],
            id="office from the first mention",
        ),
        pytest.param(
            "白红是主任。市人大常委会主任白红希望全市各级人大发挥作用。",
            [("白红", "市人大常委会主任", "全市各级人大发挥作用。")],
            id="hope without a comma",
        ),
        pytest.param(
            "正如省委常委、市委书记王林所言，改革是一场变革。要统一思想。这场浪潮铺开后，全区应时而动。",
            [("王林", "省委常委、市委书记", "改革是一场变革。要统一思想。")],
            id="ends where narration returns",
        ),
        pytest.param(
            "据区委编办负责人介绍，做法是把牢关口。在起草过程中，各部门认真研究。",
            [("区委编办负责人", None, "做法是把牢关口。")],
            id="according to",
        ),
        pytest.param(
            "县长周平主持会议并讲话。他强调，要压实责任。",
            [("周平", "县长", "要压实责任。")],
            id="pronoun",
        ),
        pytest.param(
            "副市长李国强、王丽指出，要加快进度。",
            [("李国强", "副市长", "要加快进度。"), ("王丽", "副市长", "要加快进度。")],
            id="two together",
        ),
        pytest.param(
            "王林书记强调，要抓早抓小。",
            [("王林", "书记", "要抓早抓小。")],
            id="office behind the name",
        ),
        pytest.param(
            "省财政厅还强调，各级财政部门要加快进度。",
            [("省财政厅", None, "各级财政部门要加快进度。")],
            id="an authority",
        ),
    ],
)
def test_who_says_what(text: str, expected: list[tuple[str, str | None, str]]) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("按照省委要求，我市抓好落实。", id="requirement as a noun"),
        pytest.param("按照习近平总书记要求，全市抓好落实。", id="requirement of a person"),
        pytest.param("据了解，此次改革涉及部门广。", id="it is known"),
        pytest.param("市委编办主任王林说明了情况。", id="explain"),
        pytest.param("市委书记李明主持会议并讲话。", id="nothing said"),
        pytest.param("他强调，要抓好落实。", id="nobody named before"),
        pytest.param("文章指出，改革势在必行。", id="a text"),
        pytest.param(
            "以习近平同志为核心的党中央作出部署，要求抓好落实。", id="the centre around a person"
        ),
        pytest.param("强调的是，各部门要落实。", id="no subject"),
        pytest.param("市长李明强调“三定”工作的重要性。", id="marks around a term"),
        pytest.param("", id="empty"),
    ],
)
def test_nobody_is_made_to_speak(text: str) -> None:
    assert said(text) == []


def test_the_introduction_is_what_says_so() -> None:
    text = "日前，市委书记吴天明在会上明确指出：要抓好落实，务求实效。"
    (speech,) = find_speeches(text)
    assert speech.introduction.of(text) == "市委书记吴天明在会上明确指出："


def test_nobody_speaks_in_a_heading() -> None:
    text = "会议强调，守正创新真抓实干\n会议强调，要加强领导，抓好落实。"
    speeches = find_speeches(text, skipped=[Span(0, 14)])
    assert [speech.span.of(text) for speech in speeches] == ["要加强领导，抓好落实。"]


def test_a_quotation_may_go_on_over_paragraphs() -> None:
    text = "市长李明说：“改革要抓紧。\n“改革也要抓实。”\n会议结束。"
    assert said(text) == [("李明", "市长", "改革要抓紧。\n“改革也要抓实。")]


WORDS = [
    "市委书记",
    "李明",
    "会议",
    "指出",
    "强调",
    "说",
    "，",
    "：",
    "。",
    "“",
    "”",
    "要抓落实",
    "\n",
    "他",
    "要求",
    "改革",
]


@given(st.lists(st.sampled_from(WORDS), max_size=30).map("".join))
def test_spans_lie_in_the_text_and_in_order_of_cues(text: str) -> None:
    speeches = find_speeches(text)
    starts = [speech.introduction.start for speech in speeches]
    assert starts == sorted(starts)
    for speech in speeches:
        assert speech.span.end <= len(text)
        assert speech.span.of(text).strip() == speech.span.of(text) != ""
        assert not speech.span.overlaps(speech.introduction)


def test_what_a_reported_article_says_is_its_authors():
    text = (
        "《改革论坛》杂志发表省委书记王远明重要文章\n"
        "文章强调，基层治理始终具有十分重要的地位。文章指出，要把力量放到基层。"
    )
    said = [(speech.speaker.name, speech.span.of(text)) for speech in find_speeches(text)]
    assert said == [
        ("王远明", "基层治理始终具有十分重要的地位。"),
        ("王远明", "要把力量放到基层。"),
    ]
    assert find_speeches("昨天的报纸。\n文章指出，要把力量放到基层。") == ()
