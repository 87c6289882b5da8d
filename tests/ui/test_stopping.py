"""Answers under way end when the page turns to another conversation."""

from ui.page.stopping import AnswersUnderWay


def test_only_the_answer_of_the_session_is_stopped():
    under_way = AnswersUnderWay()
    with under_way.answering("a") as one, under_way.answering("b") as other:
        under_way.stop("a")
        assert one.is_set()
        assert not other.is_set()


def test_what_has_ended_stops_nothing():
    under_way = AnswersUnderWay()
    with under_way.answering("a") as former:
        pass
    under_way.stop("a")
    assert not former.is_set()
    with under_way.answering("a") as later:
        assert not later.is_set()


def test_an_answer_that_was_stopped_and_ends_late_leaves_the_next_one_alone():
    under_way = AnswersUnderWay()
    former = under_way.answering("a")
    former.__enter__()
    with under_way.answering("a") as later:
        former.__exit__(None, None, None)
        under_way.stop("a")
        assert later.is_set()
