import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.measures.citations import measure_citations
from evals.records import Prediction
from tests.evals.answers import make_case, make_citation, make_prediction, refused

ONE, TWO = "青湾市设五个局。", "局长由市长提名。"


def measured(prediction: Prediction) -> dict[str, float]:
    return dict(measure_citations(make_case(), prediction))


def test_an_answer_made_of_quotes_is_perfect() -> None:
    measures = measured(make_prediction(f"{ONE}[1]{TWO}[2]", ONE, TWO))
    assert measures == dict.fromkeys(
        (
            "span_validity",
            "sentences_marked",
            "citation_recall",
            "citation_precision",
            "marker_validity",
        ),
        1,
    )


def test_span_validity_is_the_share_of_quotes_that_stand_in_the_document() -> None:
    prediction = make_prediction(f"{ONE}[1]{TWO}[2]").model_copy(
        update={"citations": (make_citation(1, ONE), make_citation(2, TWO, valid=False))}
    )
    measures = measured(prediction)
    assert measures["span_validity"] == 0.5
    # An invented quote proves nothing.
    assert measures["citation_recall"] == 0.5


def test_only_a_refusal_may_go_without_citations() -> None:
    assert measured(refused()) == {"span_validity": 1}
    assert measured(make_prediction(ONE)) == {
        "span_validity": 0,
        "sentences_marked": 0,
        "citation_recall": 0,
        "citation_precision": 0,
    }


def test_where_only_passages_are_looked_for_citations_are_not_judged() -> None:
    assert measured(make_prediction("")) == {}


def test_a_marker_without_a_citation_is_invalid_and_proves_nothing() -> None:
    measures = measured(make_prediction(f"{ONE}[1][7]", ONE))
    assert measures["marker_validity"] == 0.5
    assert measures["citation_recall"] == 0


def test_a_sentence_without_a_marker_is_noticed() -> None:
    measures = measured(make_prediction(f"{ONE}{TWO}[1]", TWO))
    assert (measures["sentences_marked"], measures["citation_recall"]) == (0.5, 0.5)


def test_a_needless_citation_costs_precision_and_not_recall() -> None:
    measures = measured(make_prediction(f"{ONE}[1][2]", ONE, TWO))
    assert (measures["citation_recall"], measures["citation_precision"]) == (1, 0.5)


def test_citations_that_prove_a_sentence_only_together_are_all_needed() -> None:
    measures = measured(make_prediction("青湾市设五个局，局长由市长提名。[1][2]", ONE, TWO))
    assert (measures["citation_recall"], measures["citation_precision"]) == (1, 1)


def test_citations_that_each_prove_a_sentence_are_all_precise() -> None:
    measures = measured(make_prediction(f"{ONE}[1][2]", ONE, f"据介绍，{ONE}"))
    assert measures["citation_precision"] == 1


def test_no_citation_of_an_unproven_sentence_is_precise() -> None:
    measures = measured(make_prediction("青湾市设六个局。[1]", ONE))
    assert (measures["citation_recall"], measures["citation_precision"]) == (0, 0)


def test_several_citations_may_share_a_marker() -> None:
    prediction = make_prediction("青湾市设五个局，局长由市长提名。[1]").model_copy(
        update={"citations": (make_citation(1, ONE), make_citation(1, TWO))}
    )
    assert measured(prediction)["citation_recall"] == 1


@pytest.mark.parametrize("text", ["……[1]", "[1]"], ids=["marks", "a marker"])
def test_an_answer_that_says_nothing_proves_nothing(text: str) -> None:
    measures = measured(make_prediction(text, ONE))
    assert (measures["sentences_marked"], measures["citation_recall"]) == (0, 0)


@given(
    st.text(alphabet="青湾市设五六个局[12]。，"),
    st.lists(st.text(alphabet="青湾市设五六个局[12]。，", min_size=1), max_size=2),
)
def test_all_shares_lie_between_0_and_1(text: str, quotes: list[str]) -> None:
    measures = measured(make_prediction(text, *quotes))
    assert all(0 <= value <= 1 for value in measures.values())
    assert measures.get("citation_recall", 0) <= measures.get("sentences_marked", 0)
