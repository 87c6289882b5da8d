"""Answers under way end when the page turns to another conversation."""

import threading
from collections.abc import Iterator

import pytest

from rag.answering import AnswerEvent, TextAdded
from ui.page.stopping import AnswersUnderWay, until_stopped


def test_only_the_answer_of_the_session_is_stopped():
    under_way = AnswersUnderWay()
    with under_way.answering("a") as one, under_way.answering("b") as other:
        under_way.stop("a")
        assert one.stopped.is_set()
        assert not one.left.is_set()
        assert not other.stopped.is_set()
        under_way.leave("b")
        assert other.stopped.is_set()
        assert other.left.is_set()


def test_what_has_ended_stops_nothing():
    under_way = AnswersUnderWay()
    with under_way.answering("a") as former:
        pass
    under_way.stop("a")
    assert not former.stopped.is_set()
    with under_way.answering("a") as later:
        assert not later.stopped.is_set()


def test_an_answer_that_was_stopped_and_ends_late_leaves_the_next_one_alone():
    under_way = AnswersUnderWay()
    former = under_way.answering("a")
    former.__enter__()
    with under_way.answering("a") as later:
        former.__exit__(None, None, None)
        under_way.stop("a")
        assert later.stopped.is_set()


def test_events_come_as_they_are_made_and_their_failure_with_them():
    def events() -> Iterator[AnswerEvent]:
        yield TextAdded(text="甲")
        raise ValueError("乙")

    seen = until_stopped(events(), lambda: False)
    assert next(seen) == TextAdded(text="甲")
    with pytest.raises(ValueError, match="乙"):
        next(seen)


def test_who_is_stopped_does_not_wait_for_a_silent_model():
    speaks, is_closed, stopped = threading.Event(), threading.Event(), threading.Event()

    def events() -> Iterator[AnswerEvent]:
        try:
            yield TextAdded(text="甲")
            assert speaks.wait(10)
            yield TextAdded(text="乙")
            raise AssertionError("nobody listens any more")
        finally:
            is_closed.set()

    seen = until_stopped(events(), stopped.is_set)
    assert next(seen) == TextAdded(text="甲")
    stopped.set()
    assert list(seen) == []
    assert not is_closed.is_set()
    speaks.set()  # it is given up with its next sign of life
    assert is_closed.wait(10)
