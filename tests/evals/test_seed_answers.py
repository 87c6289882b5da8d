"""Questions on five real documents: ten on each that they answer, twenty that none does."""

from pathlib import Path

import pytest

from evals.measures.facts import fact_held
from ingest.pipeline import ingest
from rag.assembly import open_system
from rag.documents import AnswerStatus
from rag.settings import Settings

SEEDS = Path(__file__).parents[2].parent / "shared" / "seeds"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SEEDS.is_dir(), reason="needs ../shared/seeds"),
]

# Question, facts that the answer must hold, beginning of the file's name that it must cite.
ANSWERED = [
    ("二七区委十一届六次全体会议是什么时候召开的？", ["12月28日"], "000"),
    ("二七区委会议由谁主持？", ["区委常委会"], "000"),
    ("二七区提出的四个到位是哪四个？", ["责任落实到位", "宣传引导到位"], "000"),
    ("二七区要打造什么样的新城区？", ["现代化国际化生态化"], "000"),
    ("二七区会议审议通过了什么决议？", ["第六次全体会议决议"], "000"),
    ("二七区如何加强宣传引导？", ["做深做细"], "000"),
    ("二七区要解决党政机构的哪些突出问题？", ["机构重叠", "工作重合"], "000"),
    ("二七区权责清单制度以什么为抓手？", ["权责清单"], "000"),
    ("二七区怎样抓好承担行政职能的事业单位改革？", ["把握好政事关系"], "000"),
    ("二七区把厘清什么作为转变和优化职责的核心？", ["政府与市场、社会的关系"], "000"),
    ("忻州市机构改革动员大会是什么时候召开的？", ["1月16日"], "001"),
    ("谁在忻州机构改革动员大会上作动员讲话？", ["李俊明"], "001"),
    ("忻州机构改革动员大会由谁主持？", ["郑连生"], "001"),
    ("忻州市组建多少个市委议事协调机构？", ["8个"], "001"),
    ("忻州综合行政执法改革围绕哪些领域？", ["市场监管", "农业"], "001"),
    ("谁宣读了关于批复忻州机构改革方案的通知？", ["王建廷"], "001"),
    ("范晋昌是什么职务？", ["市纪委书记"], "001"),
    ("改革要稳住什么？", ["稳住人", "稳住干"], "001"),
    ("忻州的办事机构设在政府职能部门的有几个？", ["6个"], "001"),
    ("哪些人参加了忻州的会议？", ["编办主任"], "001"),
    ("“放管服”改革是政府职能转变的什么？", ["先手棋"], "002"),
    ("当前放管服改革存在哪些问题？", ["接权不同步", "获得感不强"], "002"),
    ("如何全面提升政务服务水平？", ["以群众需求为导向"], "002"),
    ("聚焦重点领域要抓好哪几个方面的工作？", ["经济体制改革", "文化体制改革"], "002"),
    ("怎样培养改革人才？", ["挂职锻炼"], "002"),
    ("如何加强事中事后监管？", ["监管体系"], "002"),
    ("讲话讲了哪四个方面的意见？", ["放管服", "强化组织领导"], "002"),
    ("简政放权是什么改革的核心内容？", ["放管服"], "002"),
    ("经济体制改革要紧紧围绕什么主线？", ["供给侧结构性改革"], "002"),
    ("怎样凝聚改革共识？", ["宣传"], "002"),
    ("市中区机构改革后共设置多少个党政机构？", ["37个"], "003"),
    ("市中区党委机构有多少个？", ["11个"], "003"),
    ("市中区把牢哪四个关口？", ["思想关", "责任关", "衔接关", "纪律关"], "003"),
    ("市中区行政审批服务局是什么时候组建的？", ["2018年12月14日"], "003"),
    ("王忠林是怎么说机构改革的？", ["深刻变革"], "003"),
    ("市中区转隶人员有多少？", ["300余名", "700余名"], "003"),
    ("市中区改革前有多少个副处级以上限额外行政机构？", ["20个"], "003"),
    ("市中区梳理了多少家事业单位的职能？", ["327家"], "003"),
    ("市中区什么时候完成人员转隶工作？", ["3月15日"], "003"),
    ("市中区成立了多少个“三定”工作组？", ["4个"], "003"),
    ("市人大工作座谈会在哪里召开？", ["管城区"], "004"),
    ("白红战对下一步工作提出了什么要求？", ["依法履行职责"], "004"),
    ("吴天君关于八个领导小组是怎么说的？", ["防止空转"], "004"),
    ("“八大员”分别是哪些领导小组？", ["农业农村工作领导小组", "日常应急处置"], "004"),
    ("联审联批例会召开了多少次？", ["107次"], "004"),
    ("哪些市人大常委会副主任参加会议？", ["周长松", "范强"], "004"),
    ("谁主持重大项目建设协调推进例会？", ["马懿"], "004"),
    ("习近平总书记在APEC工商领导人峰会上说了什么？", ["唯改革者进"], "004"),
    ("原有的组团新区整合为多少个？", ["45个"], "004"),
    ("三大机制是指什么？", ["督查机制"], "004"),
]
UNANSWERED = [
    "上海市机构改革后设置多少个党政机构？",
    "二七区的财政收入是多少？",
    "忻州市的人口有多少？",
    "市中区委书记是谁？",
    "白红战的年龄是多大？",
    "郑州市2015年的地区生产总值是多少？",
    "专项小组会议在哪个城市召开？",
    "市中区机构改革花了多少经费？",
    "李俊明毕业于哪所大学？",
    "今天天气怎么样？",
    "如何做红烧肉？",
    "谁是美国总统？",
    "二七区机构改革后有多少个党政机构？",
    "退休金怎么领取？",
    "太原市机构改革动员大会由谁主持？",
    "市中区2023年撤销了哪些机构？",
    "高新区的主任是谁？",
    "忻州市撤销了多少个机构？",
    "量子计算机的原理是什么？",
    "市人大工作座谈会第二十三次会议在哪里召开？",
]


@pytest.fixture(scope="module")
def system(tmp_path_factory):
    settings = Settings(data=tmp_path_factory.mktemp("seeds"))
    with open_system(settings, program="test") as system:
        assert ingest(system.storage, [SEEDS], collection="seeds", max_bytes=10**7).failures == ()
        yield system


def test_what_the_documents_answer_is_answered_from_them(system):
    wrong = list[str]()
    for question, facts, file in ANSWERED:
        answer = system.assistant.answer(question)
        cited = [system.catalog.document(c.document_id) for c in answer.citations]
        for citation, document in zip(answer.citations, cited, strict=True):
            assert document.text[citation.start : citation.end] == citation.quote
        right = all(fact_held([fact], answer.text) for fact in facts)
        if not right or all(not document.file_name.startswith(file) for document in cited):
            wrong.append(f"{question} → {answer.text}")
    assert len(wrong) <= 3, wrong


def test_what_no_document_answers_is_refused(system):
    answered = [
        question
        for question in UNANSWERED
        if system.assistant.answer(question).status is not AnswerStatus.NO_EVIDENCE
    ]
    assert len(answered) <= 2, answered
