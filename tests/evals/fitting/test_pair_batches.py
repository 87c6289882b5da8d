import numpy
from hypothesis import given
from hypothesis import strategies as st

from evals.fitting.pair_batches import (
    ContrastiveSettings,
    batches,
    index_texts,
    pair_table,
)
from evals.fitting.training_texts import TrainingPair
from evals.fitting.word_vectors import TokenTable

PAIRS = [
    TrainingPair(query="甲", passage="乙", group="一"),
    TrainingPair(query="甲", passage="丙", distractor="乙", group="二"),
    TrainingPair(query="空", passage="丙", group="二"),
]
TEXTS = TokenTable(
    numbers=numpy.array([1, 2, 3], dtype=numpy.int32), starts=numpy.array([0, 1, 2, 3, 3])
)


def test_texts_are_numbered_once_in_order():
    assert index_texts(PAIRS) == {"甲": 0, "乙": 1, "丙": 2, "空": 3}


def test_pairs_without_known_words_are_left_out():
    table = pair_table(PAIRS, index_texts(PAIRS), TEXTS)
    assert table.queries.tolist() == [0, 0]
    assert table.passages.tolist() == [1, 2]
    assert table.distractors.tolist() == [-1, 1]
    assert table.groups.tolist() == [0, 1]


@given(st.lists(st.integers(0, 3), max_size=60), st.integers(2, 9), st.integers(1, 30))
def test_a_batch_holds_one_group_and_no_pair_twice(groups: list[int], size: int, limit: int):
    settings = ContrastiveSettings(batch_size=size, group_limit=limit)
    of_pair = numpy.array(groups, dtype=numpy.int64)
    found = batches(of_pair, settings, epoch=0)
    seen = [index for batch in found for index in batch.tolist()]
    assert len(seen) == len(set(seen))
    for batch in found:
        assert len(set(of_pair[batch])) == 1
        assert len(batch) > 1
    again = batches(of_pair, settings, epoch=0)
    assert [batch.tolist() for batch in found] == [batch.tolist() for batch in again]
