import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.measures.catalogue import CATALOGUE
from evals.scoring import judge
from tests.evals.answers import make_case, make_prediction, refused

QUOTE = "青湾市在机构改革中把原有的九个局合并为五个局。"


def test_an_answer_is_judged_by_all_that_is_known_of_its_question() -> None:
    case = make_case(kind="how_many", facts=(("五个局",),), references=(QUOTE,), relevant={"p1": 1})
    prediction = make_prediction(f"{QUOTE}[1]", QUOTE, case=case, retrieved=["p2", "p1"], ms=7.25)
    judged = judge(case, prediction, confidence=0.8)
    assert judged.confidence == 0.8
    # Whatever needs a false premise, an unanswerable question, RGB or a chat model.
    elsewhere = {"refusal", "not_affirmed", "held_whole", "fake_given"}
    elsewhere |= {"judged_faithfulness", "judged_relevance"}
    assert judged.measures.keys() == CATALOGUE.keys() - elsewhere
    assert judged.measures["ms"] == 7.25
    assert judged.measures["MRR"] == 0.5
    assert judged.measures["short_characters"] == len(QUOTE)


def test_measures_that_do_not_apply_are_absent() -> None:
    case = make_case(answerable=False)
    judged = judge(case, refused(case))
    assert judged.measures == {"refusal": 1, "span_validity": 1, "ms": 5}


def test_a_false_premise_is_judged_neither_by_facts_nor_as_a_refusal() -> None:
    case = make_case(false_premise=True, facts=(("五个局",),))
    judged = judge(case, refused(case))
    assert judged.measures == {"not_affirmed": 1, "span_validity": 1, "ms": 5}


def test_where_only_passages_are_looked_for_only_their_ranking_is_judged() -> None:
    case = make_case(relevant={"p1": 1})
    judged = judge(case, make_prediction("", case=case, retrieved=["p1"]))
    families = {name.partition("@")[0] for name in judged.measures}
    assert families == {"nDCG", "MRR", "R", "S", "ms"}


@given(
    text=st.text(alphabet="青湾市设五六个局[12]。， \n"),
    quotes=st.lists(st.text(alphabet="青湾市设五六个局。，", min_size=1), max_size=2),
    status=st.sampled_from(["answered", "partial", "no_evidence", "declined"]),
    answerable=st.booleans(),
    false_premise=st.booleans(),
    limit=st.sampled_from([0, 3]),
)
def test_shares_lie_between_0_and_1_whatever_is_answered(
    *,
    text: str,
    quotes: list[str],
    status: str,
    answerable: bool,
    false_premise: bool,
    limit: int,
) -> None:
    case = make_case(
        facts=(("五个局", "5个局"), ("青湾",)),
        references=(QUOTE,),
        relevant={"p1": 2, "p2": 1},
        answerable=answerable,
        false_premise=false_premise,
        limit=limit,
    )
    prediction = make_prediction(text, *quotes, case=case, status=status, retrieved=["p3", "p2"])
    measures = judge(case, prediction).measures
    for name, value in measures.items():
        assert name in CATALOGUE
        assert value == round(value, 6) >= 0
        assert CATALOGUE[name].unit != "share" or value <= 1
    assert len(measures.keys() & {"refusal", "false_refusal", "not_affirmed"}) <= 1


@pytest.mark.parametrize("facts", [(("五个局",), ("九个局",), ("七个局",))])
def test_what_was_saved_equals_what_is_computed_again(facts: tuple[tuple[str, ...], ...]) -> None:
    case = make_case(facts=facts)
    judged = judge(case, make_prediction(QUOTE, case=case))
    saved = type(judged).model_validate_json(judged.model_dump_json())
    assert saved.measures == judged.measures
    assert judged.measures["fact_recall"] == 0.666667
