import numpy
import pytest

from evals.fitting.pair_batches import ContrastiveSettings, PairTable
from evals.fitting.word_vectors import TokenTable


def pairs_of_two_words(count: int) -> PairTable:
    """Pair i asks with word 2i + 1 for the text of word 2i + 2."""
    numbers = numpy.arange(2 * count, dtype=numpy.int32) + 1
    return PairTable(
        texts=TokenTable(numbers=numbers, starts=numpy.arange(2 * count + 1)),
        queries=numpy.arange(0, 2 * count, 2),
        passages=numpy.arange(1, 2 * count, 2),
        distractors=numpy.full(count, -1),
        groups=numpy.zeros(count, dtype=numpy.int64),
    )


@pytest.mark.slow
def test_training_brings_partners_together():
    from evals.fitting.contrastive import train_rows

    table = pairs_of_two_words(16)
    rows = numpy.random.default_rng(1).standard_normal((33, 8)).astype(numpy.float32)
    settings = ContrastiveSettings(epochs=60, batch_size=8, learning_rate=0.05)
    *_, (trained, loss) = train_rows(rows, table, settings)
    trained /= numpy.linalg.norm(trained, axis=1, keepdims=True)
    nearest = (trained[1::2] @ trained[2::2].T).argmax(axis=1)
    assert nearest.tolist() == list(range(16))
    assert loss < 0.5


@pytest.mark.slow
def test_pairs_that_share_a_text_are_not_held_against_each_other():
    import torch
    from torch import nn

    from evals.fitting.contrastive import batch_loss

    bag = nn.EmbeddingBag.from_pretrained(torch.eye(5))
    same_passage = PairTable(
        texts=TokenTable(numbers=numpy.array([1, 2, 3], dtype=numpy.int32), starts=numpy.arange(4)),
        queries=numpy.array([0, 1]),
        passages=numpy.array([2, 2]),
        distractors=numpy.array([-1, -1]),
        groups=numpy.array([0, 0]),
    )
    assert batch_loss(bag, same_passage, numpy.array([0, 1]), scale=20.0).item() == 0
