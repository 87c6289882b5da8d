"""Train the built-in embedding model, from texts to the folder that is shipped.

Run: python -m evals.fitting.train_static --data DIR --out rag/models/static

texts ── vocabulary ──► tokenizer ── word_vectors ──► first rows
pairs ── training_pairs ── contrastive ──► trained rows ── static_model ──► folder

The same command gives the same bytes: every random choice is seeded, and one thread computes
unless --threads says otherwise (another number of threads adds floats in another order).
"""

import argparse
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy
from threadpoolctl import threadpool_limits

from evals.fitting.contrastive import train_rows
from evals.fitting.pair_batches import ContrastiveSettings, PairTable, index_texts, pair_table
from evals.fitting.static_model import principal_axes, quantise, write_model
from evals.fitting.training_pairs import hold_out, training_pairs
from evals.fitting.training_texts import all_texts
from evals.fitting.vocabulary import VocabularySettings, train_tokenizer
from evals.fitting.word_vectors import Matrix, first_vectors, tokenize
from rag.words import word_text

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingSettings:
    """Everything that decides what comes out.

    Attributes:
        vocabulary: Of the tokenizer.
        contrastive: Of the training on pairs.
        dimensions: Length of a vector.
        window: How many words apart two words count as neighbours.
        smooth: Frequency at which a word's first weight is one half.
        held_out: Share of the pairs that is kept for choosing these settings.
        max_tokens: Longer texts of pairs are cut.
        seed: Of samples and random projections.
    """

    vocabulary: VocabularySettings = field(default_factory=VocabularySettings)
    contrastive: ContrastiveSettings = field(default_factory=ContrastiveSettings)
    dimensions: int = 256
    window: int = 5
    smooth: float = 1e-4
    held_out: float = 0.02
    max_tokens: int = 200
    seed: int = 1


def held_out_ranks(rows: Matrix, held: PairTable) -> dict[str, float]:
    """How the partners of held-out queries rank among all their passages and distractors.

    Returns:
        "R@1", "R@10" and "MRR", in [0, 1]; all 0 without pairs.
    """
    if not len(held.queries):
        return {"R@1": 0.0, "R@10": 0.0, "MRR": 0.0}
    candidates = numpy.unique(numpy.concatenate([held.passages, held.distractors]))
    candidates = candidates[candidates >= 0]

    def vectors(wanted: numpy.ndarray) -> Matrix:
        starts, numbers = held.texts.starts, held.texts.numbers
        sums = [rows[numbers[starts[i] : starts[i + 1]]].sum(axis=0) for i in wanted]
        stacked = numpy.stack(sums)
        return stacked / numpy.maximum(numpy.linalg.norm(stacked, axis=1, keepdims=True), 1e-9)

    scores = vectors(held.queries) @ vectors(candidates).T
    partner = scores[numpy.arange(len(held.queries)), numpy.searchsorted(candidates, held.passages)]
    ranks = (scores > partner[:, None]).sum(axis=1)
    return {
        "R@1": float((ranks < 1).mean()),
        "R@10": float((ranks < 10).mean()),
        "MRR": float((1 / (1 + ranks)).mean()),
    }


def _tables(
    data: Path, tokenizer: "Tokenizer", settings: TrainingSettings
) -> tuple[PairTable, PairTable]:
    pairs = training_pairs(data, seed=settings.seed)
    numbers = index_texts(pairs)
    prepared = [word_text(text) for text in numbers]
    texts = tokenize(tokenizer, prepared, max_tokens=settings.max_tokens)
    training, held = hold_out(pairs, share=settings.held_out)
    return pair_table(training, numbers, texts), pair_table(held, numbers, texts)


def train(data: Path, out: Path, settings: TrainingSettings, *, report: Report) -> None:
    """Train a model on the folder `data` and write it to the folder `out`.

    Args:
        data: Holds the files named in `evals.fitting.training_texts`.
        out: Is made where it does not exist; a card in it is left alone.
        settings: What to train.
        report: Gets a line after each step.
    """
    texts = list(all_texts(data))
    tokenizer, words = train_tokenizer(texts, settings.vocabulary)
    report(f"{len(texts)} texts, {len(words)} words")
    table = tokenize(tokenizer, [word_text(text) for text in texts], max_tokens=1_000_000)
    del texts
    rows = first_vectors(
        table,
        [score for _, score in words],
        dimensions=settings.dimensions,
        window=settings.window,
        smooth=settings.smooth,
        seed=settings.seed,
    )
    report(f"first vectors from {len(table.numbers)} words of running text")
    del table
    training, held = _tables(data, tokenizer, settings)
    report(f"{len(training.queries)} pairs, {len(held.queries)} held out")
    for trained, loss in train_rows(rows, training, settings.contrastive):
        rows = trained
        report(f"loss {loss:.3f}  held out {_shown(held_out_ranks(rows, held))}")
    quantised = quantise(principal_axes(rows))
    report(f"as int8: held out {_shown(held_out_ranks(quantised.rows(), held))}")
    write_model(out, tokenizer, quantised)


def _shown(measures: dict[str, float]) -> str:
    return "  ".join(f"{name} {value:.4f}" for name, value in measures.items())


def main() -> None:
    """Train with the settings of the shipped model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of texts and pairs")
    parser.add_argument("--out", type=Path, required=True, help="folder of the model")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    started = time.monotonic()
    limit_threads(arguments.threads)
    with threadpool_limits(arguments.threads):
        train(
            arguments.data,
            arguments.out,
            TrainingSettings(),
            report=lambda line: print(f"{time.monotonic() - started:6.0f} s  {line}", flush=True),
        )


def limit_threads(count: int) -> None:
    """Threads of torch and of the tokenizer; numpy's are limited where it computes."""
    import torch

    torch.set_num_threads(count)
    os.environ["RAYON_NUM_THREADS"] = str(count)


if __name__ == "__main__":
    main()
