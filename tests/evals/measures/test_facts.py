import pytest

from evals.measures.facts import fact_held, measure_facts
from evals.records import Case
from tests.evals.answers import make_case, make_prediction, refused

FACTS = (("五个局", "5个局"), ("市长提名",))


def test_fact_recall_is_the_share_of_facts_of_which_one_wording_stands() -> None:
    measures = measure_facts(make_case(facts=FACTS), make_prediction("青湾市设 5 个局。[1]"))
    assert measures["fact_recall"] == 0.5
    assert measures["held"] == 0


def test_all_facts_are_held() -> None:
    measures = measure_facts(
        make_case(facts=FACTS), make_prediction("设五个局。[1]局长由市长提名。[2]")
    )
    assert (measures["fact_recall"], measures["held"]) == (1, 1)


def test_markers_neither_break_a_fact_nor_count_as_characters() -> None:
    measures = measure_facts(
        make_case(facts=(("五个局，市长提名",),), limit=8),
        make_prediction("五个局[1]，市长提名[2]"),
    )
    assert (measures["held"], measures["characters"]) == (1, 8)


def test_facts_beyond_the_limit_do_not_count() -> None:
    case = make_case(facts=(("市长提名",),), limit=8)
    assert measure_facts(case, make_prediction("设五个局，市长提名"))["held"] == 0


def test_a_refusal_holds_no_fact_whatever_its_words() -> None:
    measures = measure_facts(make_case(facts=(("依据",),)), refused())
    assert measures == {"fact_recall": 0, "held": 0}


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(make_case(), id="none known"),
        pytest.param(make_case(facts=FACTS, answerable=False), id="unanswerable"),
        pytest.param(make_case(facts=FACTS, false_premise=True), id="false premise"),
    ],
)
def test_facts_are_not_judged_where_no_answer_must_hold_them(case: Case) -> None:
    measures = measure_facts(case, make_prediction("设五个局。"))
    assert measures == {"characters": 5}


@pytest.mark.parametrize(("kind", "short"), [("how_many", True), ("why", False), ("", False)])
def test_only_questions_for_a_word_have_short_answers(kind: str, *, short: bool) -> None:
    measures = measure_facts(make_case(kind=kind), make_prediction("设五个局。[1]"))
    assert measures["characters"] == 5
    assert measures.get("short_characters") == (5 if short else None)


def test_where_only_passages_are_looked_for_facts_are_missed_and_length_is_absent() -> None:
    measures = measure_facts(make_case(facts=FACTS), make_prediction(""))
    assert measures == {"fact_recall": 0, "held": 0}


def test_a_fact_without_wordings_is_not_held() -> None:
    assert not fact_held((), "设五个局。")
