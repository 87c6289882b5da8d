"""Which passages count as relevant."""

import pytest

from evals.benchmarks.running import REFERENCE_CHARS, fold_passages, passages_holding
from evals.libraries import Text, read_text

LONG = "该镇在二〇三一年春天把散在各村的十九个窗口并成一个大厅，群众不再来回奔走。"


def test_a_passage_is_relevant_that_holds_the_beginning_of_a_reference():
    folded = {"a": LONG[:REFERENCE_CHARS], "b": LONG[1:], "c": "无关"}
    assert passages_holding(folded, [LONG]) == {"a": 1}


def test_a_short_wording_counts_whole():
    assert passages_holding({"a": "设十九个窗口", "b": "设九个窗口"}, ["十九个"]) == {"a": 1}


@pytest.mark.parametrize("wordings", [[], [""], ["  \n"]])
def test_no_wording_makes_nothing_relevant(wordings: list[str]):
    assert passages_holding({"a": "设十九个窗口"}, wordings) == {}


def test_passages_are_compared_folded():
    entries = read_text(Text(key="a.txt", text="設１９個窗口。"))
    folded = fold_passages(entries)
    assert list(passages_holding(folded, ["设19个 窗口"])) == [entries[0].passages[0].passage_id]
