import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.conversation import Conversation, Rewriting, listed_items


@pytest.mark.parametrize(
    ("answer", "items"),
    [
        ("划分为三个类别：甲类站、乙类站、丙类站。", ("甲类站", "乙类站", "丙类站")),
        ("一是管好粮；二是管好地；三是管好水。", ("管好粮", "管好地", "管好水")),
        ("撤销县粮食局、县物价局和县旅游局。", ("县粮食局", "县物价局", "县旅游局")),
        ("通过自然减员、内部调剂、提前退休等方式消化。", ("自然减员", "内部调剂", "提前退休")),
        ("粮食局、物价局已经撤销。", ()),
        ("2019年成立。", ()),
        ("", ()),
    ],
)
def test_what_an_answer_lists(answer: str, items: tuple[str, ...]):
    assert listed_items(answer) == items


def test_a_refusal_leaves_nothing_to_refer_to():
    before = Conversation().asked(Rewriting(text="县里撤销了哪些局？"))
    after = before.answered("没有找到依据：甲局、乙局、丙局。")
    assert after == before


def test_markers_are_no_part_of_what_was_said():
    conversation = Conversation().answered("撤销甲局、乙局、丙局[1][2]。")
    assert conversation.items == ("甲局", "乙局", "丙局")


@given(st.text(alphabet="甲乙丙局、，。；一二三是和等：1[] \n", max_size=60))
def test_every_item_is_part_of_the_answer(answer: str):
    assert all(item and item in answer for item in listed_items(answer))
