import pytest

from rag.questions import AnswerType, analyse
from tests.conftest import BigramSegmenter


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
