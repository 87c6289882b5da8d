"""The collector of garbage waits, and goes on."""

import gc
import threading
from collections.abc import Iterator

import pytest

from rag.collecting import collection_paused


@pytest.fixture(autouse=True)
def collecting() -> Iterator[None]:
    assert gc.isenabled()
    yield
    gc.enable()


def test_nothing_is_collected_until_the_end() -> None:
    with collection_paused():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_goes_on_after_a_failure() -> None:
    with pytest.raises(ValueError, match="made up"), collection_paused():
        raise ValueError("made up")
    assert gc.isenabled()


def test_of_two_that_overlap_the_last_to_end_lets_it_go_on() -> None:
    entered, leave = threading.Event(), threading.Event()

    def wait() -> None:
        with collection_paused():
            entered.set()
            leave.wait(10)

    other = threading.Thread(target=wait)
    with collection_paused():
        other.start()
        assert entered.wait(10)
    assert not gc.isenabled()
    leave.set()
    other.join(10)
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()
    with collection_paused():
        assert not gc.isenabled()
    assert not gc.isenabled()
