from rag.documents import Turn
from rag.followups import stand_alone

HISTORY = [
    Turn(role="user", content="市中区设置了多少个党政机构？"),
    Turn(role="assistant", content="37个。"),
]


def test_a_question_that_leans_back_takes_the_last_one_along():
    assert stand_alone("其中党委机构有几个？", HISTORY).startswith("市中区")


def test_a_whole_question_stays_as_it_is():
    question = "忻州市机构改革动员大会由谁主持？"
    assert stand_alone(question, HISTORY) == question
    assert stand_alone("那忻州呢？", []) == "那忻州呢？"


def test_another_place_stands_in_place_of_the_former():
    history = [Turn(role="user", content="济南市市中区设置了多少个党政机构？")]
    assert stand_alone("那忻州市呢？", history) == "忻州市设置了多少个党政机构？"
    assert stand_alone("郑州市二七区呢？", history) == "郑州市二七区设置了多少个党政机构？"


def test_a_thing_that_is_no_place_is_added():
    history = [Turn(role="user", content="济南市市中区设置了多少个党政机构？")]
    assert stand_alone("那党委机构呢？", history).startswith("济南市市中区设置了")
