"""First vectors for the words: which words stand near which, reduced to few dimensions."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy
from numpy.typing import NDArray
from scipy import sparse

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Numbers = NDArray[numpy.int32]
Matrix = NDArray[numpy.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenTable:
    """Many texts as token numbers, end to end.

    Attributes:
        numbers: Token numbers of all texts.
        starts: Text i is `numbers[starts[i] : starts[i + 1]]`; one more than there are texts.
    """

    numbers: Numbers
    starts: NDArray[numpy.int64]

    def __len__(self) -> int:
        return len(self.starts) - 1


def tokenize(tokenizer: "Tokenizer", prepared: Sequence[str], *, max_tokens: int) -> TokenTable:
    """The first `max_tokens` known tokens of each text, which `word_text` has prepared."""
    pieces = list[Numbers]()
    lengths = [0]
    for first in range(0, len(prepared), 4096):
        batch = prepared[first : first + 4096]
        for encoding in tokenizer.encode_batch_fast(list(batch), add_special_tokens=False):
            numbers = numpy.asarray(encoding.ids, dtype=numpy.int32)
            known = numbers[numbers > 0][:max_tokens]
            pieces.append(known)
            lengths.append(len(known))
    return TokenTable(numbers=numpy.concatenate(pieces), starts=numpy.cumsum(lengths))


def count_neighbours(table: TokenTable, *, size: int, window: int) -> sparse.csr_matrix:
    """How often two words stand at most `window` words apart in a text, nearer ones more.

    A pair at distance d counts 1/d. Shape (size, size), symmetric.
    """
    text_of = numpy.repeat(numpy.arange(len(table), dtype=numpy.int32), numpy.diff(table.starts))
    counts = sparse.csr_matrix((size, size), dtype=numpy.float32)
    for distance in range(1, window + 1):
        same = text_of[:-distance] == text_of[distance:]
        first = table.numbers[:-distance][same]
        second = table.numbers[distance:][same]
        ones = numpy.full(len(first), 1 / distance, dtype=numpy.float32)
        counts += sparse.coo_matrix((ones, (first, second)), shape=(size, size)).tocsr()
    return (counts + counts.T).tocsr()


def positive_pmi(counts: sparse.csr_matrix, *, smoothing: float = 0.75) -> sparse.csr_matrix:
    """Pointwise mutual information of words and neighbours, negative values set to zero.

    Source:
        Levy, Goldberg & Dagan, TACL 2015: contexts smoothed with the exponent 0.75.
    """
    entries = counts.tocoo()
    words = numpy.asarray(counts.sum(axis=1)).ravel().astype(numpy.float64)
    contexts = words**smoothing
    contexts /= contexts.sum()
    expected = words[entries.row] * contexts[entries.col]
    values = numpy.log(numpy.maximum(entries.data / expected, 1e-12))
    kept = values > 0
    return sparse.csr_matrix(
        (values[kept].astype(numpy.float32), (entries.row[kept], entries.col[kept])),
        shape=counts.shape,
    )


def reduce_dimensions(
    matrix: sparse.csr_matrix, *, dimensions: int, seed: int, rounds: int = 3
) -> Matrix:
    """Left singular vectors times the square roots of the singular values.

    Source:
        Halko, Martinsson & Tropp, SIAM Review 2011: randomised subspace iteration.
    """
    generator = numpy.random.default_rng(seed)
    start = generator.standard_normal((matrix.get_shape()[1], dimensions + 16), dtype=numpy.float32)
    basis, _ = numpy.linalg.qr(matrix @ start)
    for _ in range(rounds):
        basis, _ = numpy.linalg.qr(matrix.T @ basis)
        basis, _ = numpy.linalg.qr(matrix @ basis)
    left, values, _ = numpy.linalg.svd((matrix.T @ basis).T, full_matrices=False)
    rows = (basis @ left)[:, :dimensions] * numpy.sqrt(values[:dimensions])
    return numpy.ascontiguousarray(rows, dtype=numpy.float32)


def frequency_weights(probabilities: NDArray[numpy.float64], *, smooth: float) -> Matrix:
    """Weight of each word in a mean: smooth / (smooth + p), near 1 for rare words.

    Source:
        Arora, Liang & Ma, ICLR 2017 (smooth inverse frequency).
    """
    return (smooth / (smooth + probabilities)).astype(numpy.float32)


def first_vectors(
    table: TokenTable,
    log_probabilities: Sequence[float],
    *,
    dimensions: int,
    window: int,
    smooth: float,
    seed: int,
) -> Matrix:
    """Rows to begin training with: unit length times the word's weight; row 0 is zero.

    Args:
        table: The texts, tokenized.
        log_probabilities: Of the words 1, 2, …, as in the tokenizer.
        dimensions: Length of a row.
        window: How many words apart still counts as near.
        smooth: See `frequency_weights`.
        seed: Of the random projection.
    """
    size = len(log_probabilities) + 1
    near = positive_pmi(count_neighbours(table, size=size, window=window))
    rows = reduce_dimensions(near, dimensions=dimensions, seed=seed)
    rows /= numpy.maximum(numpy.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    probabilities = numpy.array([0.0, *map(math.exp, log_probabilities)])
    rows *= frequency_weights(probabilities, smooth=smooth)[:, None]
    rows[0] = 0
    return rows
