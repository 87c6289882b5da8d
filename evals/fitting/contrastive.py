"""Contrastive training: a text's vector should be nearest to that of its partner."""

from collections.abc import Iterator

import numpy
import torch
from torch import nn
from torch.nn import functional

from evals.fitting.pair_batches import ContrastiveSettings, Indexes, PairTable, batches
from evals.fitting.word_vectors import Matrix, TokenTable


def _bag(texts: TokenTable, wanted: Indexes) -> tuple[torch.Tensor, torch.Tensor]:
    """Token numbers of the wanted texts, end to end, and where each begins."""
    lengths = texts.starts[wanted + 1] - texts.starts[wanted]
    ends = numpy.cumsum(lengths)
    begins = ends - lengths
    places = numpy.arange(ends[-1]) + numpy.repeat(texts.starts[wanted] - begins, lengths)
    numbers = texts.numbers[places].astype(numpy.int64)
    return torch.from_numpy(numbers), torch.from_numpy(begins)


def _embed(bag: nn.EmbeddingBag, texts: TokenTable, wanted: Indexes) -> torch.Tensor:
    return functional.normalize(bag(*_bag(texts, wanted)), dim=1)


def batch_loss(
    bag: nn.EmbeddingBag, table: PairTable, batch: Indexes, *, scale: float
) -> torch.Tensor:
    """Multiple negatives ranking loss, in both directions.

    A query's partner must outdo the other passages of the batch and all its distractors; a
    passage's partner the other queries. Where two pairs share a text, neither is held against
    the other.

    Source:
        Henderson et al. 2017, arXiv:1705.00652.
    """
    asked, answered = table.queries[batch], table.passages[batch]
    others = numpy.unique(table.distractors[batch])
    others = numpy.setdiff1d(others[others >= 0], answered)
    queries = _embed(bag, table.texts, asked)
    passages = _embed(bag, table.texts, numpy.concatenate([answered, others]))
    scores = scale * queries @ passages.T
    same = (asked[:, None] == asked[None, :]) | (answered[:, None] == answered[None, :])
    numpy.fill_diagonal(same, val=False)
    hidden = torch.from_numpy(same)
    inner = scores[:, : len(batch)].masked_fill(hidden, -torch.inf)
    partners = torch.arange(len(batch))
    forward = functional.cross_entropy(torch.cat([inner, scores[:, len(batch) :]], dim=1), partners)
    return forward + functional.cross_entropy(inner.T, partners)


def _rate(step: int, steps: int) -> float:
    warm = max(1, steps // 20)
    return min((step + 1) / warm, (steps - step) / max(1, steps - warm))


def train_rows(
    rows: Matrix, table: PairTable, settings: ContrastiveSettings
) -> Iterator[tuple[Matrix, float]]:
    """Train `rows` on the pairs.

    Yields:
        After each round the rows as they are then (a copy), and the round's mean loss.
    """
    torch.manual_seed(settings.seed)
    bag = nn.EmbeddingBag.from_pretrained(torch.from_numpy(rows.copy()), freeze=False, mode="mean")
    optimiser = torch.optim.Adam(bag.parameters(), lr=settings.learning_rate, fused=True)
    rounds = [batches(table.groups, settings, epoch=epoch) for epoch in range(settings.epochs)]
    steps = sum(map(len, rounds))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step, steps))
    for order in rounds:
        total = 0.0
        for batch in order:
            optimiser.zero_grad()
            loss = batch_loss(bag, table, batch, scale=settings.scale)
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item()
        yield bag.weight.detach().numpy().copy(), total / max(1, len(order))
