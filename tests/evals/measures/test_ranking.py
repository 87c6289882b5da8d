import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.measures.ranking import measure_ranking
from tests.evals.answers import make_case, make_prediction

IDS = [f"p{number}" for number in range(60)]


def measured(retrieved: list[str], relevant: dict[str, int]) -> dict[str, float]:
    return dict(measure_ranking(make_case(relevant=relevant), make_prediction(retrieved=retrieved)))


def test_one_of_two_relevant_passages_in_second_place() -> None:
    measures = measured(["p1", "p2", "p3"], {"p2": 1, "p9": 1})
    assert measures["MRR"] == 0.5
    assert (measures["R@1"], measures["R@5"]) == (0, 0.5)
    assert (measures["S@1"], measures["S@5"], measures["S@10"]) == (0, 1, 1)
    ideal = 1 + 1 / math.log2(3)
    assert measures["nDCG@10"] == pytest.approx((1 / math.log2(3)) / ideal)


def test_nothing_found_is_zero_everywhere() -> None:
    measures = measured([], {"p1": 1})
    assert set(measures.values()) == {0}
    assert len(measures) == 11


@pytest.mark.parametrize("relevant", [{}, {"p1": 0}], ids=["none judged", "none relevant"])
def test_without_a_relevant_passage_ranking_is_not_judged(relevant: dict[str, int]) -> None:
    assert measured(["p1"], relevant) == {}


def test_a_passage_that_comes_again_is_left_out() -> None:
    again = measured(["p1", "p1", "p1", "p1", "p1", "p2"], {"p2": 1})
    assert again == measured(["p1", "p2"], {"p2": 1})
    assert again["R@5"] == 1


@given(
    st.permutations(IDS).flatmap(lambda ids: st.integers(0, len(ids)).map(lambda n: ids[:n])),
    st.dictionaries(st.sampled_from(IDS), st.integers(1, 3), min_size=1),
)
def test_ranking_measures_equal_their_definitions(
    retrieved: list[str], relevant: dict[str, int]
) -> None:
    measures = measured(retrieved, relevant)
    places = [place for place, one in enumerate(retrieved, start=1) if one in relevant]
    assert measures["MRR"] == pytest.approx(1 / places[0] if places else 0)
    for k in (1, 5, 10, 20, 50):
        within = sum(place <= k for place in places)
        assert measures[f"R@{k}"] == pytest.approx(within / len(relevant))
        if k <= 10:
            assert measures[f"S@{k}"] == float(within > 0)
    gained = sum(
        relevant[retrieved[place - 1]] / math.log2(place + 1) for place in places if place <= 10
    )
    best = sorted(relevant.values(), reverse=True)[:10]
    ideal = sum(grade / math.log2(place + 1) for place, grade in enumerate(best, start=1))
    assert measures["nDCG@10"] == pytest.approx(gained / ideal)


@given(st.permutations(IDS), st.sets(st.sampled_from(IDS), min_size=1))
def test_ranking_measures_equal_those_of_ir_measures_over_a_run(
    retrieved: list[str], relevant: set[str]
) -> None:
    import ir_measures

    names = ["nDCG@10", "RR", "R@5", "R@20", "Success@5"]
    qrels = [ir_measures.Qrel("q", one, 1) for one in relevant]
    run = [ir_measures.ScoredDoc("q", one, 1 / (place + 1)) for place, one in enumerate(retrieved)]
    theirs = ir_measures.calc_aggregate(map(ir_measures.parse_measure, names), qrels, run)
    ours = measured(retrieved, dict.fromkeys(relevant, 1))
    for name, own in zip(names, ["nDCG@10", "MRR", "R@5", "R@20", "S@5"], strict=True):
        assert ours[own] == pytest.approx(theirs[ir_measures.parse_measure(name)])
