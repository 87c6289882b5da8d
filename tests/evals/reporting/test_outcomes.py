"""How a question came out."""

import pytest

from evals.reporting.outcomes import goodness, outcome_of, right_share, worst_first
from tests.evals.reporting.conftest import make_judged, make_run

REFUSED = "no_evidence"
TWO = (("三十六个", "36个"), ("十二个",))


@pytest.mark.parametrize(
    ("changes", "right", "text"),
    [
        ({}, True, "答全"),
        ({"answer": "青石区召开了会议。"}, False, "没答到"),
        ({"facts": TWO}, False, "缺 1/2 项"),
        ({"status": REFUSED}, False, "误拒"),
        ({"answerable": False, "facts": (), "status": REFUSED}, True, "拒答正确"),
        ({"answerable": False, "facts": ()}, False, "该拒未拒"),
        ({"kind": "false_premise", "facts": (("实为四十个",),)}, False, "附和错误前提"),
        ({"kind": "false_premise", "facts": (("三十六个",),)}, True, "未附和"),
        ({"kind": "false_premise", "facts": (), "status": REFUSED}, True, "未附和"),
        ({"valid": False}, False, "引文不实"),
        ({"facts": ()}, True, "引到依据"),
        ({"facts": (), "answer": "青石区召开了会议。"}, False, "没引到依据"),
    ],
)  # fmt: skip
def test_outcomes(changes, right, text):
    outcome = outcome_of(make_judged(**changes))
    assert (outcome.right, outcome.text) == (right, text)


def test_where_only_passages_are_judged_the_first_ten_count():
    found = make_judged(facts=())
    case = found.case.model_copy(update={"references": ()})
    found = found.model_copy(update={"case": case, "measures": {"S@10": 1.0}})
    missed = found.model_copy(update={"measures": {"S@10": 0.0}})
    unknown = found.model_copy(update={"measures": {}})
    assert outcome_of(found).text == "已检出"
    assert outcome_of(missed).text == "前十段未检出"
    assert outcome_of(unknown).text == "未判"


def test_the_worst_come_first_and_of_equals_the_surest():
    run = [
        make_judged(identifier="对"),
        make_judged(identifier="犹豫", answer="青石区召开了会议。", confidence=0.2),
        make_judged(identifier="自信", answer="青石区召开了会议。", confidence=0.9),
        make_judged(identifier="一半", facts=TWO),
    ]
    assert [judged.case.id for judged in worst_first(run)] == ["自信", "犹豫", "一半", "对"]


def test_order_does_not_depend_on_length_or_time():
    slow = make_judged(ms=90_000)
    assert goodness(slow) == goodness(make_judged()) == 1


def test_wrong_ones_stand_before_right_ones_in_any_run():
    rights = [outcome_of(judged).right for judged in worst_first(make_run(40, skill=0.5))]
    assert rights == sorted(rights)
    assert right_share(make_run(40, skill=1)) == 1
    assert right_share([]) is None
