import pytest

from rag.plausibility import plausible, speaks_of_subject
from rag.questions import analyse
from rag.words import built_in_words


@pytest.mark.parametrize(
    ("question", "sentence", "expected"),
    [
        ("谁主持会议？", "市委副书记、市长郑连生主持会议。", True),
        ("会议由谁主持？", "会议由区委常委会主持。", True),
        ("局长是谁？", "全区组建行政审批服务局。", False),
        ("共设置多少个党政机构？", "共设置党政机构37个。", True),
        ("共设置多少个党政机构？", "要解决党政机构的三个突出问题。", False),
        ("组建多少个议事协调机构？", "组建8 个市委议事协调机构。", True),
        ("设置多少个党政机构？", "全力打造“三个二七”。", False),
        ("提出几个到位？", "确保“四个到位”。", True),
        ("什么时候召开？", "12月28日上午，会议召开。", True),
        ("什么时候召开？", "会议召开。", False),
        ("在哪里召开？", "座谈会在管城区召开。", True),
        ("为什么改革？", "改革的目的是减少交叉。", True),
        ("为什么改革？", "会议召开。", True),
        ("转隶多少人？", "全市转隶三万余名干部。", True),
        ("召开过几次会议？", "第二十二次会议召开。", False),
        ("召开过几次会议？", "会议先后召开了9次。", True),
        ("包括哪些部门？", "包括发改、财政两个部门。", True),
        ("包括哪些部门？", "会议召开。", False),
        ("改革的经过？", "会议召开。", True),
        ("设置多少个党政机构？", "全区把6个议事协调机构的办公室设在街道。", False),
        ("设置多少个党政机构？", "全区设37个。", True),
        ("工会卡有多少人注册？", "工会卡平台注册用户已经突破50万人次。", True),
        ("开支要占几成？", "开支占比重达到4%。", True),
        ("收到多少回款？", "只收到了700元左右。", True),
        ("十大以后有过多少次斗争？", "经历了十次重大的斗争。", True),
        ("全国有多少个农大科技小院？", "农大已建立139个科技小院。", True),
        ("要办多少项事？", "共有33个事项要办。", True),
        ("大会几号开？", "大会22日至24日在京举行。", True),
        ("大火几点扑灭的？", "当地时间15时左右火势得到控制。", True),
        ("大会在哪里开？", "大会21日在京召开。", True),
        ("公司搬到哪里了？", "地址已变更至狮城。", True),
        ("写在第几条？", "第九条规定了时限。", True),
        ("多少天办结？", "应当在20日内办结。", True),
        ("为什么设这个局？", "区里设这个局，以健全监管体制。", True),
        ("设在什么地方？", "中心坐落在老火车站旁。", True),
        ("三个组的组长分别是谁？", "全镇成立宣传、核查和保障三个组。", False),
    ],
)
def test_a_sentence_must_hold_what_is_asked_for(question: str, sentence: str, expected: bool):
    assert plausible(analyse(question, built_in_words()), sentence) is expected


@pytest.mark.parametrize(
    ("question", "passage", "expected"),
    [
        ("主任的工资是多少？", "居民委员会由主任和委员共五至九人组成。", False),
        ("主任的工资是多少？", "主任每月工资三千元。", True),
        ("改革花了多少经费？", "改革转隶千余名。", False),
        ("改革后设置多少个机构？", "机构改革后设置37个。", True),
        ("会议是什么时候召开的？", "今天下雨。", True),
        ("新局的办公地址是什么？", "新局设在区行政中心。", False),
        ("新局的办公地址是什么？", "新局位于人民路。", True),
        ("陈局长是哪一年出生的？", "2020年5月，陈局长到任。", False),
        ("陈局长是哪一年出生的？", "陈局长生于1970年。", True),
        ("陈局长的血型是什么？", "陈局长到任。", False),
        ("举报电话为哪些人保密？", "为举报人保密。", True),
        ("周记者是哪家报社的？", "报道会议的是周记者。", False),
        ("为什么把试点叫停了？", "试点起源于本区。", False),
        ("为什么把试点叫停了？", "因经费不足，试点停止。", True),
    ],
)
def test_a_passage_must_name_what_is_counted(question: str, passage: str, expected: bool):
    assert speaks_of_subject(analyse(question, built_in_words()), passage) is expected
