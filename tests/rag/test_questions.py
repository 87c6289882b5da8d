import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.questions import AnswerType, analyse, asks_nothing
from rag.words import built_in_words
from tests.conftest import BigramSegmenter

# How questions are worded, by what they ask for; a bar parts the forms.
FORMS: dict[AnswerType, str] = {
    AnswerType.PERSON: (
        "新来的局长叫啥？|专班的组长叫什么名字？|县医院院长姓甚名谁，是谁？|"
        "会上念文件的是谁？|揭牌仪式由谁主持？|谁是市长？|哪位副县长到场讲了话？|"
        "这个方案归谁负责？|牵头人是哪一位？|报告是何人所作？|签约的是什么人？|"
        "谁宣布的名单？|请问一下，镇党委书记是谁呀？|想请教一下，考核组组长是哪位？|"
        "局里的一把手是谁？|带队检查的是哪名领导？|主任由谁来当？|"
        "老人口中的那位村医叫啥名字？|大会主持人|领导小组组长 姓名|省编办负责人是谁|"
        "公司的法人代表叫什么？|代表团团长是谁来着？|发言的企业代表是谁呢？"
    ),
    AnswerType.DATE: (
        "会是几号开的？|新楼啥时候启用？|何时挂的牌？|培训从几号到几号？|哪天揭的牌？|"
        "条例几时生效？|公告是哪年哪月发的？|合并是哪一年的事？|哪个月能办完？|"
        "全会从哪天到哪天？|什么日子搬的家？|窗口多会儿撤销的？|系统什么时候能上线|"
        "督查组几月几号进驻？|改名是在哪一年？|试点从何时开始？|办法自哪日起施行？|"
        "新局成立的日期是？|挂牌时间|公示日期|动员会 时间|第二批名单什么时间公布？|"
        "申报期限延长至何时？|登记为何时？|评估工作什么时候做完？|几月份开学|大桥哪年通的车？"
    ),
    AnswerType.NUMBER: (
        "全县有多少个乡镇？|编制一共多少名？|经费有多少亿？|项目投了多少钱？|试用期要多久？|"
        "任期几年？|处长能干几届？|办证要跑几趟窗口、交几份材料？|改革后剩几个局？|"
        "一共开过几次会？|合同签多长时间？|财政收入增长了百分之几？|男女比例是多少？|"
        "新校区有多大规模？|行政编制占几成？|机构总数是多少|水库离县城有多远？|"
        "大厅面积多大？|借调最长几个月？|每年要学多少学时？|补助标准多少元一天？|有几层楼？|"
        "受理以后多少天办结？|这条路有多长？|常住人口有多少？|科级干部各是多少人？|"
        "人数是多少？|减少了几成，占多大比重？|章程有多少条？|写在第几条？|事业单位 总数|"
        "编制周转池 规模|全年预算|一共清出多少枚公章？|请了几位专家？|几家单位参加？|"
        "转隶人员数量是多少？"
    ),
    AnswerType.PLACE: (
        "大会在哪儿开的？|现场会是在什么地方开的？|办公室搬到了哪里？|新址位于何处？|"
        "专班在哪个会议室办公？|培训安排在哪座城市？|试点最先在哪个县？|老主任是哪里人？|"
        "档案存放在哪里？|座谈会地点|报到地点在哪？|中心的地址是什么？|分会场设在哪个区？|"
        "总部在哪个国家？|代表们住在什么地方？|哪个省最先推行？"
    ),
    AnswerType.LIST: (
        "撤销了哪些部门？|分哪几类？|有哪五支队伍？|方案包括什么？|新设的局都有谁？|"
        "“三本账”是哪三本？|“五个一”指的是哪五个？|六个办公室分别是什么？|"
        "改革涉及哪几个领域？|讲了几点意见？|这句话有几层意思？|文件提了几个方面的要求？|"
        "四项原则是什么？|八条措施 内容|党委部门 名单|审批局 职责|申请 条件|"
        "考核分为哪几种？|列举一下主要做法|参会的都有谁？|窗口整合成了哪几个？|"
        "有何特点，具体是哪些？|“四办”分别指什么？|事业单位有哪些种类？|"
        "县里采取了哪些办法？|包含什么内容？|改革任务 清单|哪两个局合并了？|"
        "请列出主要步骤有哪些"
    ),
    AnswerType.DEFINITION: (
        "“三定”是啥意思？|啥叫转隶？|什么是权责清单？|何谓大部制？|限额外机构是指什么？|"
        "“一窗受理”怎么理解？|我们常说的“空编”究竟是什么意思？|"
        "老听人说“赋权”，到底指的是什么？|“吹哨报到”该如何解释？|合署办公意味着什么？|"
        "周转编制的含义|派驻机构的定义是什么？|“三不两直接”代表什么？|什么叫超职数配备？|"
        "准入清单的内涵是什么？|两块牌子是什么概念？|政事分开 概念|编制周转池是什么？|"
        "行政编制指什么？"
    ),
    AnswerType.REASON: (
        "为啥要合并这两个局？|为何撤销？|为什么不设分局？|改革的原因是什么？|"
        "成立专班出于什么考虑？|压缩层级图的是什么？|干吗要重新登记？|凭什么不批？|"
        "新设这个局用意何在？|漏水的病根出在哪儿？|进度慢，症结在哪里？|试点推迟是什么原因？|"
        "改革的意义何在？|推行清单的目的是什么？|县里缘何收回编制？|窗口为何排长队？|"
        "因何得名？|取消年检的理由是什么？|机构改革 背景|为什么原因停办？|起因是什么？|"
        "怎么会超编，原因有哪些方面？"
    ),
    AnswerType.MANNER: (
        "咋报名？|怎么申请？|如何核定领导职数？|镇上要办托育点，得走怎样的程序？|"
        "超编了怎么处理？|靠什么办法解决的？|违规用编如何处置？|通过什么途径反映？|"
        "人员怎样分流？|用什么方式公示？|干部咋安置？|剩下的职责如何划分？|"
        "设立分局要走什么程序？|以什么形式办理，怎么办？|机构更名 流程|备案 程序|"
        "老职工咋个安排？|怎么样才能落户？|争议何种方式解决？"
    ),
    AnswerType.CONFIRMATION: (
        "能不能兼职？|可不可以网上办？|是不是要报批？|会不会裁人？|要不要单独定编？|"
        "算不算公务员？|旧证是否还管用？|是否保留牌子？|有没有试用期？|镇里能否自己招人？|"
        "允不允许经营？|老办法还管不管用？|可否延期？|合同工需不需要体检？|分局归省里管吗？|"
        "准不准借调？|忻城也是这几个吗？|编外人员能参加考试吗|该不该补缴？"
    ),
    AnswerType.OTHER: (
        "值班室由哪个部门管？|通知是哪个单位发的？|并到哪个局了？|两类单位差在哪儿？|"
        "两份方案有什么不同？|新旧条例的区别在哪？|县区之间差别在哪里？|归属有何变化？|"
        "谁的编制更多？|局长讲了什么？|会议审议了什么？|专班由哪家单位牵头？|"
        "二者有啥不一样？|这件事归哪个委员会管？|老机构往哪里去了？|把修好什么当作头等大事？|"
        "改革受到什么影响？|摄影师是哪家报社的？|网站的网址是多少？"
    ),
}


@pytest.mark.parametrize(
    ("question", "answer_type"),
    [
        ("谁主持了会议？", AnswerType.PERSON),
        ("会议是什么时候召开的？", AnswerType.DATE),
        ("共设置多少个党政机构？", AnswerType.NUMBER),
        ("转隶人员有几名？", AnswerType.NUMBER),
        ("会议在哪里召开？", AnswerType.PLACE),
        ("改革涉及哪些领域？", AnswerType.LIST),
        ("“四个到位”是什么？", AnswerType.LIST),
        ("“三定”指的是什么？", AnswerType.DEFINITION),
        ("为什么要改革？", AnswerType.REASON),
        ("如何推进改革？", AnswerType.MANNER),
        ("改革是否完成？", AnswerType.CONFIRMATION),
        ("王忠林说了什么？", AnswerType.OTHER),
    ],
)
def test_the_type_of_the_answer(question: str, answer_type: AnswerType):
    assert analyse(question, BigramSegmenter()).answer_type is answer_type


def test_unit_focus_and_figures():
    question = analyse("2018年后设置了多少个党政机构？", BigramSegmenter())
    assert question.unit == "个"
    assert question.focus.startswith("党政")
    assert question.figures == {"2018"}


def test_words_are_never_empty():
    assert analyse("什么是什么？", BigramSegmenter()).words


@pytest.mark.parametrize(
    ("answer_type", "question"),
    [(answer_type, form) for answer_type, forms in FORMS.items() for form in forms.split("|")],
)
def test_the_type_of_colloquial_and_keyword_forms(answer_type: AnswerType, question: str):
    assert analyse(question, built_in_words()).answer_type is answer_type


@pytest.mark.parametrize(
    ("question", "unit"),
    [
        ("经费有多少亿？", "亿"),
        ("任期几年？", "年"),
        ("这句话有几层？", "层"),
        ("收回多少枚公章？", "枚"),
        ("试用期要多久？", ""),
    ],
)
def test_the_unit_that_is_asked_for(question: str, unit: str):
    assert analyse(question, built_in_words()).unit == unit


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("请问一下，新局到底是啥时候挂的牌？", ("新局", "挂牌")),
        ("我们常说的“转隶”究竟是什么意思？", ("转隶",)),
        ("2013年那轮改革撤掉了哪几个部？", ("2013", "改革", "撤销", "部")),
        ("能不能兼职？", ("兼职",)),
        ("国家监委由谁领导？", ("国家监委", "领导")),
    ],
)
def test_fillers_and_interrogatives_are_no_content(question: str, words: tuple[str, ...]):
    assert analyse(question, built_in_words()).words == words


def test_what_was_asked_is_kept_beside_its_plain_wording():
    question = analyse("请问局长叫啥？", built_in_words())
    assert (question.asked, question.text) == ("请问局长叫啥？", "局长是谁？")


@given(st.text(min_size=1, max_size=40))
def test_any_text_is_taken_apart(text: str):
    question = analyse(text, built_in_words())
    assert set(question.words) or not built_in_words().words(text)


@pytest.mark.parametrize(
    "text", ["x", "？？", "123", "。", "🙂", "xxx", "３", "你好！", "Hello", "谢谢啦"]
)
def test_what_is_no_question_at_all_is_seen(text: str):
    assert asks_nothing(text)


@pytest.mark.parametrize(
    "text",
    ["谁？", "税", "5G", "GDP", "第2点？", "2018年呢？", "你好，什么是三定？", "123是什么？"],
)
def test_the_shortest_questions_are_questions(text: str):
    assert not asks_nothing(text)
