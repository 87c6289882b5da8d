"""Pairs as numbers, and the batches in which they are told apart."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy
from numpy.typing import NDArray

from evals.fitting.training_texts import TrainingPair
from evals.fitting.word_vectors import TokenTable

Indexes = NDArray[numpy.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContrastiveSettings:
    """How to train.

    Attributes:
        epochs: Rounds over all pairs.
        batch_size: Pairs that are told apart at a time, all of one group.
        learning_rate: Of Adam at its highest; it rises over the first twentieth of the steps,
            then falls evenly to zero.
        scale: Cosines are multiplied with it before the softmax.
        group_limit: Most pairs of one group in a round; a larger group is sampled anew.
        seed: Of order and samples.
    """

    epochs: int = 3
    batch_size: int = 512
    learning_rate: float = 0.002
    scale: float = 20.0
    group_limit: int = 80_000
    seed: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PairTable:
    """Pairs as numbers.

    Attributes:
        texts: All distinct texts of the pairs, tokenized.
        queries: Index of each pair's query in `texts`.
        passages: The same for the passages.
        distractors: The same, -1 where a pair has none.
        groups: Number of each pair's group.
    """

    texts: TokenTable
    queries: Indexes
    passages: Indexes
    distractors: Indexes
    groups: Indexes


def index_texts(pairs: Sequence[TrainingPair]) -> dict[str, int]:
    """Every distinct text of `pairs`, numbered in the order of their first use."""
    numbers = dict[str, int]()
    for pair in pairs:
        for text in (pair.query, pair.passage, pair.distractor):
            if text:
                numbers.setdefault(text, len(numbers))
    return numbers


def pair_table(
    pairs: Sequence[TrainingPair], numbers: dict[str, int], texts: TokenTable
) -> PairTable:
    """`pairs` as numbers; pairs with an empty side are left out.

    Args:
        pairs: The pairs.
        numbers: As `index_texts` gives them.
        texts: The texts of `numbers`, tokenized, in their order.
    """
    groups = {name: index for index, name in enumerate(dict.fromkeys(p.group for p in pairs))}
    rows = numpy.array(
        [
            (
                numbers[pair.query],
                numbers[pair.passage],
                numbers.get(pair.distractor, -1),
                groups[pair.group],
            )
            for pair in pairs
        ],
        dtype=numpy.int64,
    ).reshape(-1, 4)
    lengths = numpy.diff(texts.starts)
    rows = rows[(lengths[rows[:, 0]] > 0) & (lengths[rows[:, 1]] > 0)]
    queries, passages, distractors, numbered = rows.T
    return PairTable(
        texts=texts,
        queries=queries,
        passages=passages,
        distractors=distractors,
        groups=numbered,
    )


def batches(
    groups: Indexes, settings: ContrastiveSettings, *, epoch: int
) -> list[NDArray[numpy.int64]]:
    """Indexes of pairs, batch by batch in random order, each batch from one group."""
    generator = numpy.random.default_rng([settings.seed, epoch])
    found = list[NDArray[numpy.int64]]()
    for group in numpy.unique(groups):
        members = generator.permutation(numpy.flatnonzero(groups == group))
        members = members[: settings.group_limit]
        count = max(1, round(len(members) / settings.batch_size))
        found.extend(numpy.array_split(members, count))
    order = generator.permutation(len(found))
    return [found[index] for index in order if len(found[index]) > 1]
