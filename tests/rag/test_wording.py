import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.wording import plain_wording


@pytest.mark.parametrize(
    ("question", "plain"),
    [
        ("请问一下，新局的局长叫啥？", "新局的局长是谁？"),
        ("会议是几号到几号开的？", "会议是什么时候开的？"),
        ("新楼哪天揭的牌？", "新楼哪天揭牌？"),
        ("帮我汇总一下三个县的编制", "三个县的编制"),
        ("撤掉了哪些处室？", "撤销了哪些处室？"),
        ("两份方案差在哪儿？", "两份方案有什么不同？"),
        ("设分局图的是什么？", "设分局的目的是什么？"),
        ("头一回发证是谁办的？", "第一次发证是谁办的？"),
    ],
)
def test_colloquial_wording_becomes_plain(question: str, plain: str):
    assert plain_wording(question) == plain


@pytest.mark.parametrize(
    "question",
    [
        "王忠林说了什么？",
        "教区成立于什么时期？",
        "对违法行为如何处置？",
        "咨询预约路径是什么？",
        "列举法又称什么？",
        "由谁介绍情况？",
    ],
)
def test_what_is_plain_stays(question: str):
    assert plain_wording(question) == question


@given(st.text(alphabet="请问一下啥叫谁是哪几号到的呢，？局", min_size=3, max_size=30))
def test_plain_wording_leaves_something_to_ask(question: str):
    assert plain_wording(question) or not question.strip(" ，,：:")
