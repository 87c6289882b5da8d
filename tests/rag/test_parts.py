"""Questions that ask for several things, and many that must stay whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.parts import MOST_PARTS, parts_of

SPLIT = {
    "places": (
        "青石区和松屏区改革后有多少个党政机构？",
        ["青石区改革后有多少个党政机构？", "松屏区改革后有多少个党政机构？"],
    ),
    "known places": (
        "江苏和浙江分别什么时候完成机构改革？",
        ["江苏什么时候完成机构改革？", "浙江什么时候完成机构改革？"],
    ),
    "three places": (
        "汇总一下河湾市、白露县、松屏区的编制数",
        ["河湾市的编制数是多少？", "白露县的编制数是多少？", "松屏区的编制数是多少？"],
    ),
    "years": (
        "1993年和1998年的改革各裁了多少个部门？",
        ["1993年的改革裁了多少个部门？", "1998年的改革裁了多少个部门？"],
    ),
    "years that share their 年": (
        "河湾市2018和2019年的财政收入分别是多少？",
        ["河湾市2018年的财政收入是多少？", "河湾市2019年的财政收入是多少？"],
    ),
    "years and a number of times": (
        "商业部在1993年和1998年两次改革中的去向分别如何？",
        ["商业部在1993年改革中的去向如何？", "商业部在1998年改革中的去向如何？"],
    ),
    "persons": (
        "苏一鸣、钱二平分别是哪里的区长？",
        ["苏一鸣是哪里的区长？", "钱二平是哪里的区长？"],
    ),
    "bodies": (
        "长远实业有限公司和白鹭集团的员工人数分别是多少？",
        ["长远实业有限公司的员工人数是多少？", "白鹭集团的员工人数是多少？"],
    ),
    "bodies of one place": (
        "青石区教育局和财政局的局长是谁？",
        ["青石区教育局的局长是谁？", "青石区财政局的局长是谁？"],
    ),
    "a body with 和 in its name beside another": (
        "财政局和人力资源和社会保障局的局长分别是谁？",
        ["财政局的局长是谁？", "人力资源和社会保障局的局长是谁？"],
    ),
    "quoted": (
        "《湖泊条例》与《森林条例》的施行日期分别是什么？",
        ["《湖泊条例》的施行日期是什么？", "《森林条例》的施行日期是什么？"],
    ),
    "terms in quotation marks": (
        "清单里的“权”和“责”各是指什么？",
        ["清单里的“权”是指什么？", "清单里的“责”是指什么？"],
    ),
    "two lists in order": (
        "根据东山区人民法院和西河区人民法院的判决书，丁某和戊某的刑期分别是多久？",
        [
            "根据东山区人民法院的判决书，丁某的刑期是多久？",
            "根据西河区人民法院的判决书，戊某的刑期是多久？",
        ],
    ),
    "names with years of their own": (
        "比较2017年长远实业有限公司和2021年白鹭集团有限公司的总资产，哪家公司的总资产更高？",
        ["2017年长远实业有限公司的总资产是多少？", "2021年白鹭集团有限公司的总资产是多少？"],
    ),
    "a year for both": (
        "比较2019年长远实业有限公司和白鹭集团有限公司的纳税额，哪家公司更高？",
        ["2019年长远实业有限公司的纳税额是多少？", "2019年白鹭集团有限公司的纳税额是多少？"],
    ),
    "who is earlier": (
        "根据东山县医院和西河县医院的病历，丁某和戊某的入院时间谁更早？",
        [
            "根据东山县医院的病历，丁某的入院时间是什么时候？",
            "根据西河县医院的病历，戊某的入院时间是什么时候？",
        ],
    ),
    "whose is more": (
        "青石区跟松屏区，改革后谁的事业单位多？",
        ["青石区改革后事业单位有多少？", "松屏区改革后事业单位有多少？"],
    ),
    "a difference": (
        "1993年方案与1998年方案定的完成期限有什么不同？",
        ["1993年方案定的完成期限是什么时候？", "1998年方案定的完成期限是什么时候？"],
    ),
    "a difference in a respect": (
        "行政编制跟事业编制在经费来源上差别在哪？",
        ["行政编制的经费来源是什么？", "事业编制的经费来源是什么？"],
    ),
    "a difference of two notions": (
        "派驻机构和派出机构有什么区别？",
        ["派驻机构是什么？", "派出机构是什么？"],
    ),
    "things with 的": (
        "对比一下：河湾市的城管队员和白露县的护林员，每年培训多少天？",
        ["河湾市的城管队员每年培训多少天？", "白露县的护林员每年培训多少天？"],
    ),
    "asked-for nouns": (
        "《河湾往事》的主演和导演是谁？",
        ["《河湾往事》的主演是谁？", "《河湾往事》的导演是谁？"],
    ),
    "asked-for nouns at the end": (
        "第三届村委会选举时间及结果",
        ["第三届村委会选举时间是什么时候？", "第三届村委会选举结果是什么？"],
    ),
    "names and nouns": (
        "丁某和戊某的年龄和职业分别是什么？",
        [
            "丁某的年龄是什么？",
            "丁某的职业是什么？",
            "戊某的年龄是什么？",
            "戊某的职业是什么？",
        ],
    ),
    "clauses": (
        "河湾市大数据局是哪年设的，归谁管，后来又并到哪里去了？",
        [
            "河湾市大数据局是哪年设的？",
            "河湾市大数据局归谁管？",
            "河湾市大数据局并到哪里去了？",
        ],
    ),
    "clauses with a pronoun": (
        "什么是河长制，它有什么作用？",
        ["什么是河长制？", "河长制有什么作用？"],
    ),
    "a comparing aside": (
        "东山区和西河区的行政审批局，哪个成立得早？各是什么时候？",
        ["东山区的行政审批局成立是什么时候？", "西河区的行政审批局成立是什么时候？"],
    ),
}

WHOLE = [
    "人力资源和社会保障部的职责是什么？",
    "文化和旅游部是哪年组建的？",
    "国家发展和改革委员会由谁领导？",
    "住房和城乡建设局的局长是谁？",
    "中华人民共和国成立于哪一年？",
    "党和国家机构改革方案的目标是什么？",
    "《水土保持和防沙治沙条例》什么时候施行？",
    "“放、管、服”分别指什么？",
    "农业部和水利部合并成什么部门？",
    "丁某和戊某之间是什么关系？",
    "谁讲过“谁的职责谁接住，谁的档案谁交清”？",
    "从1993年到1998年，部门减少了多少？",
    "改革的目标和任务是什么？",
    "权力和责任清单有什么要求？",
    "编制数为什么要控制？",
    "如果超编了，怎么办？",
    "根据东山区人民法院的判决书，总结丁某案件的程序和审判结果。",
    "机构改革后，组成部门有多少个？",
]


@pytest.mark.parametrize(("question", "parts"), SPLIT.values(), ids=SPLIT)
def test_a_question_for_several_things_is_split(question: str, parts: list[str]):
    assert list(parts_of(question)) == parts


@pytest.mark.parametrize("question", WHOLE)
def test_a_question_for_one_thing_stays_as_it_is(question: str):
    assert parts_of(question) == (question,)


def test_what_has_too_many_parts_stays_whole():
    question = "东山区、西河区、南湖区、北原区、中塘区的区长分别是谁？"
    assert parts_of(question) == (question,)


@given(st.text("青石松屏区县和与、及，的是谁各分别2018年某《》“”？哪多少 ", max_size=40))
def test_parts_are_few_distinct_and_never_empty(question: str):
    parts = parts_of(question)
    assert 1 <= len(parts) <= MOST_PARTS
    assert len(set(parts)) == len(parts)
    if len(parts) == 1:
        assert parts == (question,)
    else:
        assert all(part.strip("？") for part in parts)


@given(
    st.lists(
        st.sampled_from(["青石区", "松屏区", "白露县", "河湾市", "南湖镇"]),
        min_size=2,
        max_size=MOST_PARTS,
        unique=True,
    ),
    st.sampled_from(["和", "与", "跟", "及", "以及"]),
    st.sampled_from(["的编制数分别是多少", "的机构改革分别是什么时候完成的", "各是由谁负责的"]),
)
def test_each_of_the_coordinated_is_asked_for_by_itself(
    names: list[str], coordinator: str, asked: str
):
    question = "、".join(names[:-1]) + coordinator + names[-1] + asked
    plain = asked.replace("分别", "").replace("各", "")
    assert parts_of(question) == tuple(f"{name}{plain}？" for name in names)


@given(st.text("机构改革编制部门人员的是有在", max_size=30))
def test_without_coordination_nothing_is_split(question: str):
    assert parts_of(question) == (question,)
