import pytest

from evals.measures.refusals import measure_refusals
from evals.records import Case, Prediction
from tests.evals.answers import make_case, make_prediction, refused

ANSWER = make_prediction("设五个局，没有六个局。[1]")


@pytest.mark.parametrize(
    ("case", "prediction", "measures"),
    [
        pytest.param(make_case(), refused(), {"false_refusal": 1}, id="answerable, refused"),
        pytest.param(make_case(), ANSWER, {"false_refusal": 0}, id="answerable, answered"),
        pytest.param(
            make_case(answerable=False), refused(status="declined"), {"refusal": 1}, id="declined"
        ),
        pytest.param(make_case(answerable=False), ANSWER, {"refusal": 0}, id="answered anyway"),
        pytest.param(make_case(), make_prediction(""), {}, id="only passages looked for"),
    ],
)
def test_a_question_counts_as_refusal_or_false_refusal(
    case: Case, prediction: Prediction, measures: dict[str, float]
) -> None:
    assert measure_refusals(case, prediction) == measures


@pytest.mark.parametrize(
    ("facts", "prediction", "not_affirmed"),
    [
        pytest.param((("没有六个局",),), ANSWER, 1, id="corrected"),
        pytest.param((("没有六个局",), ("七个局",)), ANSWER, 0, id="corrected in part"),
        pytest.param((("没有六个局",),), refused(), 1, id="refused though it could be corrected"),
        pytest.param((), ANSWER, 0, id="answered where only a refusal is right"),
        pytest.param((), refused(), 1, id="refused"),
    ],
)
def test_a_false_premise_is_refused_or_corrected(
    facts: tuple[tuple[str, ...], ...], prediction: Prediction, not_affirmed: float
) -> None:
    case = make_case(false_premise=True, facts=facts, answerable=bool(facts))
    assert measure_refusals(case, prediction) == {"not_affirmed": not_affirmed}
