from rag.documents import Turn
from rag.followups import stand_alone

HISTORY = [
    Turn(role="user", content="市中区设置了多少个党政机构？"),
    Turn(role="assistant", content="37个。"),
]


def test_a_question_that_leans_back_takes_the_last_one_along():
    assert stand_alone("那忻州呢？", HISTORY) == "市中区设置了多少个党政机构，那忻州呢？"
    assert stand_alone("其中党委机构有几个？", HISTORY).startswith("市中区")


def test_a_whole_question_stays_as_it_is():
    question = "忻州市机构改革动员大会由谁主持？"
    assert stand_alone(question, HISTORY) == question
    assert stand_alone("那忻州呢？", []) == "那忻州呢？"
