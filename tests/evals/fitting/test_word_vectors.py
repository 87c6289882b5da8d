from itertools import chain

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from evals.fitting.static_model import principal_axes, quantise
from evals.fitting.word_vectors import (
    TokenTable,
    count_neighbours,
    first_vectors,
    frequency_weights,
    positive_pmi,
    reduce_dimensions,
)


def table(*texts: list[int]) -> TokenTable:
    numbers = numpy.array(list(chain(*texts)), dtype=numpy.int32)
    return TokenTable(numbers=numbers, starts=numpy.cumsum([0, *map(len, texts)]))


@given(
    st.lists(st.lists(st.integers(0, 5), max_size=8), min_size=1, max_size=5),
    st.integers(1, 4),
)
def test_neighbours_are_counted_as_by_hand(texts: list[list[int]], window: int):
    expected = numpy.zeros((6, 6))
    for text in texts:
        for left in range(len(text)):
            for right in range(left + 1, min(len(text), left + window + 1)):
                expected[text[left], text[right]] += 1 / (right - left)
                expected[text[right], text[left]] += 1 / (right - left)
    found = count_neighbours(table(*texts), size=6, window=window).toarray()
    assert found == pytest.approx(expected, abs=1e-5)


def test_positive_pmi_leaves_only_pairs_that_are_oftener_than_by_chance():
    counts = sparse.csr_matrix(numpy.array([[0, 8, 1], [8, 0, 1], [1, 1, 8]], dtype=numpy.float32))
    found = positive_pmi(counts, smoothing=1.0).toarray()
    assert found[0, 1] == pytest.approx(numpy.log(8 * 28 / 81))
    assert found[0, 2] == 0
    assert (found >= 0).all()


def test_reduced_rows_keep_the_products_of_a_matrix_of_low_rank():
    generator = numpy.random.default_rng(1)
    part = generator.standard_normal((40, 3)).astype(numpy.float32)
    matrix = sparse.csr_matrix(part @ part.T)
    rows = reduce_dimensions(matrix, dimensions=3, seed=1)
    assert rows @ rows.T == pytest.approx(matrix.toarray(), abs=1e-3)


def test_weights_fall_with_frequency():
    weights = frequency_weights(numpy.array([0.0, 1e-4, 1e-2]), smooth=1e-4)
    assert weights == pytest.approx([1, 0.5, 0.0099], abs=1e-4)


def test_the_row_of_the_unknown_is_zero():
    rows = first_vectors(
        table([1, 2, 3, 1, 2], [3, 2, 1]),
        [-1.0, -1.0, -1.0],
        dimensions=2,
        window=2,
        smooth=1e-4,
        seed=1,
    )
    assert rows.shape == (4, 2)
    assert not rows[0].any()


@given(st.integers(0, 1000))
def test_whole_numbers_keep_rows_within_half_a_step(seed: int):
    rows = numpy.random.default_rng(seed).standard_normal((5, 8)).astype(numpy.float32)
    rows[0] = 0
    quantised = quantise(rows)
    steps = numpy.abs(rows).max(axis=1, keepdims=True) / 127
    assert (numpy.abs(quantised.rows() - rows) <= steps / 2 + 1e-6).all()


def test_turning_keeps_products_and_puts_the_most_first():
    rows = numpy.random.default_rng(1).standard_normal((50, 4)).astype(numpy.float32)
    turned = principal_axes(rows)
    assert turned @ turned.T == pytest.approx(rows @ rows.T, abs=1e-4)
    spread = (turned**2).sum(axis=0)
    assert (numpy.diff(spread) <= 1e-4).all()
