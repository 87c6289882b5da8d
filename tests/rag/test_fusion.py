from hypothesis import given
from hypothesis import strategies as st

from rag.documents import Hit
from rag.fusion import weighted_fusion

RANKING = st.dictionaries(
    st.sampled_from("abcdef"), st.floats(-1, 50, allow_subnormal=False), max_size=6
).map(lambda scores: [Hit(passage_id=key, score=score) for key, score in scores.items()])


def test_a_passage_in_both_rankings_leads():
    words = [Hit(passage_id="a", score=10), Hit(passage_id="b", score=9)]
    vectors = [Hit(passage_id="b", score=0.8), Hit(passage_id="c", score=0.7)]
    assert [hit.passage_id for hit in weighted_fusion([(1, words), (0.5, vectors)])] == [
        "b",
        "a",
        "c",
    ]


def test_nothing_gives_nothing():
    assert weighted_fusion([]) == []
    assert weighted_fusion([(1.0, [])]) == []


@given(st.lists(st.tuples(st.floats(0.1, 2), RANKING), max_size=4))
def test_the_order_of_rankings_does_not_matter(rankings: list[tuple[float, list[Hit]]]):
    assert weighted_fusion(rankings) == weighted_fusion(rankings[::-1])


@given(RANKING)
def test_one_ranking_keeps_its_order(hits: list[Hit]):
    fused = weighted_fusion([(1.0, hits)])
    scores = {hit.passage_id: hit.score for hit in hits}
    kept = [max(scores[hit.passage_id], 0.0) for hit in fused]
    assert kept == sorted(kept, reverse=True)
