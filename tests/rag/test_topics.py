import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.topics import topic_of


@pytest.mark.parametrize(
    ("question", "subject", "thing"),
    [
        ("国家粮食局什么时候成立？", "国家粮食局", ""),
        ("请问国家粮食局的主要职责有哪些？", "国家粮食局", "主要职责"),
        ("青峰县改革后设置了多少个党政机构？", "青峰县改革", "党政机构"),
        ("青峰县改革之后，党政机构一共多少个", "青峰县改革", "党政机构"),
        ("青峰县撤并了几个镇", "青峰县", "镇"),
        ("青峰县哪天完成人员划转的", "青峰县人员划转", ""),
        ("谁主持了青峰县动员大会？", "青峰县动员大会", ""),
        ("在青峰县动员大会上，谁宣读了通知", "青峰县动员大会", ""),
        ("什么是合署办公？", "合署办公", ""),
        ("为什么要设立国家粮食局？", "国家粮食局", ""),
        ("改革里说的“划转”指什么？", "“划转”", ""),
        ("《档案管理条例》规定了什么？", "《档案管理条例》", ""),
    ],
)
def test_the_topic_of_a_question(question: str, subject: str, thing: str):
    topic = topic_of(question)
    assert topic.subject == subject
    assert topic.thing == thing


def test_a_place_alone_is_completed_with_what_is_asked_for():
    topic = topic_of("青峰县要做到哪四个到位？")
    assert topic.local
    assert topic.whole == "青峰县四个到位"


@given(st.text(max_size=60))
def test_a_topic_holds_only_characters_of_the_question(question: str):
    topic = topic_of(question)
    assert set(topic.subject + topic.thing) <= set(question)
