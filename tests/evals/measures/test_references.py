import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.measures.references import measure_references, overlap
from evals.records import Case, Prediction
from rag.text import fold
from tests.evals.answers import make_case, make_citation, make_prediction, refused

ONE = "青湾市在机构改革中把原有的九个局合并为五个局，精简编制三百二十名。"
TWO = "局长由市长提名，经市人民代表大会常务委员会会议表决通过后任命。"
OTHER = "云岭县的农贸市场每逢初三开市，来自周边七个乡镇的农户都会到场。"
CASE = make_case(references=(ONE, TWO))


def measured(prediction: Prediction, case: Case = CASE) -> dict[str, float]:
    return dict(measure_references(case, prediction))


def test_references_are_recalled_and_quotes_are_precise() -> None:
    measures = measured(make_prediction("答。", ONE, OTHER, OTHER))
    assert measures["reference_recall"] == 0.5
    assert measures["reference_precision"] == pytest.approx(1 / 3)
    assert measures["any_reference_cited"] == 1


def test_a_refusal_recalls_none_and_has_no_precision() -> None:
    assert measured(refused()) == {"reference_recall": 0, "any_reference_cited": 0}


def test_an_answer_that_cites_nothing_has_no_part_in_a_reference() -> None:
    assert set(measured(make_prediction("答。")).values()) == {0}


def test_a_quote_that_is_not_in_the_document_recalls_nothing() -> None:
    prediction = make_prediction("答。").model_copy(
        update={"citations": (make_citation(1, ONE, valid=False),)}
    )
    assert set(measured(prediction).values()) == {0}


@pytest.mark.parametrize(
    ("case", "prediction"),
    [
        pytest.param(make_case(), make_prediction("答。", ONE), id="none known"),
        pytest.param(
            make_case(references=("\n",)), make_prediction("答。", ONE), id="an empty one"
        ),
        pytest.param(
            make_case(references=(ONE,), answerable=False),
            make_prediction("答。", ONE),
            id="unanswerable",
        ),
        pytest.param(
            make_case(references=(ONE,), false_premise=True),
            refused(),
            id="a false premise, refused",
        ),
        pytest.param(CASE, make_prediction(""), id="only passages looked for"),
    ],
)
def test_references_are_not_judged(case: Case, prediction: Prediction) -> None:
    assert measured(prediction, case) == {}


@pytest.mark.parametrize(
    ("reference", "quote", "expected"),
    [
        pytest.param(ONE, ONE, True, id="the same"),
        pytest.param(ONE, f"据介绍，{ONE}", True, id="within the quote"),
        pytest.param(ONE + TWO, TWO, True, id="of several sentences the second"),
        pytest.param(ONE, ONE[:26] + OTHER, True, id="the same beginning"),
        pytest.param(ONE, f"据悉，{ONE[4:24]}，{OTHER}", True, id="more than half"),
        pytest.param(ONE, f"据悉，{ONE[4:14]}，{OTHER}", False, id="less than half"),
        pytest.param(ONE, OTHER, False, id="something else"),
        pytest.param(ONE, "五个局", False, id="words that stand anywhere"),
        pytest.param("五个局", ONE, True, id="a reference of few words"),
        pytest.param(ONE, "", False, id="no quote"),
    ],
)
def test_overlap_of_a_reference_and_a_quote(reference: str, quote: str, *, expected: bool) -> None:
    assert overlap(fold(reference), fold(quote)) is expected


@given(st.text(alphabet="青湾市设五个局", min_size=1), st.text(alphabet="青湾市设五个局"))
def test_a_reference_overlaps_every_quote_that_holds_it(reference: str, before: str) -> None:
    assert overlap(reference, before + reference)
