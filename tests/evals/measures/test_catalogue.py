from evals.measures.catalogue import CATALOGUE, find_measure, in_order
from evals.model_judge import FAITHFULNESS, RELEVANCE


def test_names_and_titles_are_used_once() -> None:
    assert all(name == measure.name for name, measure in CATALOGUE.items())
    assert len({measure.title for measure in CATALOGUE.values()}) == len(CATALOGUE)


def test_what_a_chat_model_judges_is_named() -> None:
    assert {FAITHFULNESS, RELEVANCE} <= CATALOGUE.keys()


def test_a_measure_of_another_version_has_no_better_way() -> None:
    measure = find_measure("charm")
    assert (measure.title, measure.higher_is_better) == ("charm", None)


def test_names_come_in_the_order_of_the_catalogue_and_unknown_ones_behind() -> None:
    assert in_order({"zeal", "ms", "charm", "refusal"}) == ["refusal", "ms", "charm", "zeal"]
