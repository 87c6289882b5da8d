"""How things are called and figures are written."""

from typing import get_args

import pytest

from evals.questions import QuestionKind
from evals.records import Task
from evals.reporting.wording import (
    KIND_NAMES,
    STATUS_NAMES,
    TASK_NAMES,
    kind_name,
    kind_rank,
    shown_single,
    shown_value,
)
from rag.documents import AnswerStatus


def test_every_kind_task_and_status_has_a_name():
    assert set(get_args(QuestionKind)) <= set(KIND_NAMES)
    assert set(get_args(Task)) == set(TASK_NAMES)
    assert {status.value for status in AnswerStatus} == set(STATUS_NAMES)


@pytest.mark.parametrize(
    ("kind", "name"),
    [("who", "谁"), ("noise 0.2", "噪声 0.2"), ("stard", "STARD"), ("新类", "新类")],
)
def test_kinds_are_named_and_unknown_ones_stay(kind, name):
    assert kind_name(kind) == name


def test_kinds_are_sorted_as_they_are_listed_with_unknown_ones_last():
    kinds = ["新类", "noise 0.4", "when", "noise 0", "who"]
    assert sorted(kinds, key=kind_rank) == ["who", "when", "noise 0", "noise 0.4", "新类"]


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("held", 0.8333, "83.3%"),
        ("characters", 36.4, "36"),
        ("ms", 12.34, "12.3"),
        ("ms", 12345.6, "12,346"),
        ("held", None, "–"),
        ("unknown", 1.0, "100.0%"),
    ],
)
def test_values_are_written_by_their_unit(name, value, shown):
    assert shown_value(name, value) == shown


def test_all_or_nothing_needs_no_decimals():
    assert shown_single("held", 1.0) == "100%"
    assert shown_single("held", 1 / 3) == "33.3%"
