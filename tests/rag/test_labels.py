import pytest

from rag.labels import asks_for, label_of


@pytest.mark.parametrize(
    ("sentence", "label"),
    [
        ("责任单位：市发展改革委", "责任单位"),
        ("- 办理时限: 5个工作日", "办理时限"),
        ("（三）联系电话：12345", "联系电话"),
        ("1. 主管部门：市委编办", "主管部门"),
        ("会议由市长主持，他指出：要稳", ""),
        ("没有标签的一句话。", ""),
        ("", ""),
    ],
)
def test_a_label_stands_first_before_a_colon(sentence: str, label: str):
    assert label_of(sentence) == label


@pytest.mark.parametrize(
    ("question", "label", "asked"),
    [
        ("青石县改革方案的责任单位是哪个部门？", "责任单位", True),
        ("青石县改革方案的责任单位是谁？", "责任单位", True),
        ("窗口的办理时限是多少？", "办理时限", True),
        ("介绍一下青石县的机构设置情况", "机构设置", True),
        ("责任单位是谁？", "责任单位", False),
        ("责任单位为什么要报送方案？", "责任单位", False),
        ("青石县责任单位报送了什么？", "责任单位", False),
        ("青石县改革由谁负责？", "", False),
    ],
)
def test_a_question_asks_for_a_label_by_ending_with_it(question: str, label: str, asked: bool):
    assert asks_for(question, label) is asked


def test_a_measure_may_stand_behind_the_asking_word():
    assert asks_for("患者安某的脉搏是多少次每分钟？", "脉搏")
