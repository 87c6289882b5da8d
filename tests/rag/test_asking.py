"""Questions read off the sentences of documents."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.asking import candidates
from rag.asking_rules import Asked
from rag.documents import Document, Kind, Level, Metadata, PartialDate, Place
from tests.conftest import make_document

PLACE = Place(name="忻州市", level=Level.CITY, within=("山西省",))


def questions(text: str, **known) -> list[str]:
    metadata = Metadata(**{"title": "方案", **known})
    document = make_document(text, title=metadata.title)
    document = Document(
        document_id=document.document_id,
        collection=document.collection,
        source=document.source,
        file_name=document.file_name,
        text=text,
        metadata=metadata,
    )
    return [one.question for one in candidates(document)]


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("济南市共设置37个党政机构。", "济南市共设置多少个党政机构？"),
        ("2018年国务院机构改革减少8个部门，增加2个。", "2018年国务院机构改革减少多少个部门？"),
        ("济南市财政局安排专项经费1,260万元。", "济南市财政局安排专项经费多少万元？"),
        (
            "2018年3月1日，济南市37个机构启用新印章。",
            "2018年3月1日，济南市有多少个机构启用新印章？",
        ),
        ("济南市设置党政机构30多个。", "济南市设置党政机构多少个？"),
        ("济南市已经设置37个党政机构。", "济南市设置多少个党政机构？"),
        ("2018年12月14日，济南市组建了审批局。", "济南市是什么时候组建审批局的？"),
        ("《监察法》于2018年3月20日公布。", "《监察法》是什么时候公布的？"),
        ("《监察法》自2018年3月20日起施行。", "《监察法》从什么时候起施行？"),
        ("国家监察委员会2018年3月23日在北京揭牌。", None),
        ("国家监察委员会在北京于2018年3月23日揭牌。", "国家监察委员会是什么时候在北京揭牌的？"),
        ("向大会说明国务院机构改革方案的是国务委员王勇。", "向大会说明国务院机构改革方案的是谁？"),
        ("国务院机构改革新组建了三个部：甲部、乙部、丙部。", "国务院机构改革新组建了哪三个部？"),
        ("2013年改革重新组建的机构有2个：甲局、乙局。", "2013年改革重新组建的机构有哪两个？"),
        ("“三定”是指定职能、定机构、定编制三件事。", "“三定”是指哪三件事？"),
        ("“三定”规定的全称是职能配置和编制规定。", "“三定”规定的全称是什么？"),
        ("“放管服”是指简政放权和优化服务的改革。", "“放管服”是指什么？"),
        ("济南市市长王勇指出，改革的句号是干部写的。", "“改革的句号是干部写的”是谁说的？"),
        (
            "央视网消息（新闻联播）：王勇主持召开中央全面深化改革委员会第四次会议，"
            "审议通过了《关于甲的意见》、《关于乙的意见》。",
            "中央全面深化改革委员会第四次会议审议通过了哪些文件？",
        ),
        ("到2027年，济南市建成37个园区。", "到2027年，济南市建成多少个园区？"),
    ],
)
def test_a_statement_becomes_the_question_that_it_answers(sentence, question):
    found = questions(sentence)
    assert question in found if question else not found


@pytest.mark.parametrize(
    "sentence",
    [
        "该市共设置37个党政机构。",
        "其中，济南市设置37个党政机构。",
        "去年济南市设置37个党政机构。",
        "济南市设置约37个党政机构。",
        "济南市设置37个左右党政机构。",
        "济南市设置11个党委机构和26个政府工作部门。",
        "完成营造林37个乡镇。",
        "济南市改革后的37个党政机构中，党委机构最多。",
        "国务院第26次常务会议通过。",
        "济南市要坚持改革、推进改革，必须下大力气。",
        "济南市“两个维护做到了37个部门。",
    ],
)
def test_what_leans_on_others_or_is_inexact_gives_no_question(sentence):
    assert questions(sentence) == []


def test_our_city_gets_its_name_and_this_law_its_title():
    assert questions("我市共组建9个机构。", place=PLACE) == ["忻州市共组建多少个机构？"]
    law = "本条例自2020年1月1日起施行。"
    assert questions(law, title="优化营商环境条例", kind=Kind.LAW) == [
        "《优化营商环境条例》从什么时候起施行？"
    ]


def test_whom_a_meeting_was_led_by_is_asked_with_the_name_of_the_meeting():
    text = "1月16日，我市召开全市机构改革动员大会。市委书记李俊明主持会议。"
    assert "忻州市机构改革动员大会由谁主持？" in questions(text, place=PLACE)


def test_a_phrase_is_asked_for_only_where_its_items_are_named():
    named = "全市要做到“三个同步”：方案同步、人员同步、经费同步。"
    assert questions(named, place=PLACE) == ["忻州市提出的“三个同步”指的是什么？"]
    assert questions("要严格执行“六个严禁”的规定。", place=PLACE) == []
    assert questions("要增强“四个意识”：甲、乙、丙、丁。", place=PLACE) == []


def test_a_figure_of_a_report_is_asked_with_the_name_of_the_report():
    text = "全省地区生产总值增长5.1%，城镇新增就业49.5万人。"
    known = {"title": "2025年辽宁省政府工作报告", "kind": Kind.REPORT}
    assert questions(text, **known) == [
        "根据2025年辽宁省政府工作报告，全省地区生产总值增长百分之多少？",
        "根据2025年辽宁省政府工作报告，城镇新增就业多少人？",
    ]
    dated = {"title": "政府工作报告", "kind": Kind.REPORT, "place": PLACE}
    found = questions(text, **dated, published_date=PartialDate(year=2019))
    assert "根据2019年忻州市政府工作报告，城镇新增就业多少人？" in found


def test_each_question_is_of_the_sentence_at_its_span():
    text = "改革要稳。\n济南市共设置37个党政机构。"
    (one,) = candidates(make_document(text, title="方案"))
    assert one.span.of(text) == "济南市共设置37个党政机构。"
    assert (one.asked, one.told) == (Asked.NUMBER, "37个")


_PIECES = st.sampled_from([
    "济南市",
    "37个",
    "共设置",
    "，",
    "。",
    "“三定”",
    "是指",
    "2018年3月1日",
    "、",
    "：",
    "三件事",
    "《",
    "\n",
    "6%",
])


@pytest.mark.parametrize(
    ("article", "question"),
    [
        ("第二条　本法所称隐患，是指会引起事故的不安全状态。", "《矿山法》所称的隐患是指什么？"),
        ("第七条 居民委员会由主任和委员共五人组成。", "居民委员会由什么组成？"),
        ("第九条 理事会一般由理事长、理事组成。", "根据《矿山法》，理事会由什么组成？"),
        ("第十条 居民委员会每届任期五年，可以连选连任。", "居民委员会每届任期几年？"),
        ("第六十条 本法自2025年5月1日起施行。", "《矿山法》从什么时候起施行？"),
    ],
)
def test_an_article_of_a_law_becomes_a_question(article, question):
    assert question in questions(article, title="矿山法", kind=Kind.LAW)
    assert questions(article, title="随笔", kind=Kind.NEWS) == []


@given(st.lists(_PIECES, max_size=30).map("".join))
def test_any_text_gives_whole_questions_and_none_twice(text):
    found = questions(text)
    assert len(found) == len(set(found))
    assert all(one.endswith("？") and "\n" not in one and len(one) <= 42 for one in found)
