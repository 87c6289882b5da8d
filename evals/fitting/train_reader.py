"""Train the reader, from questions to the arrays that are shipped.

Run: python -m evals.fitting.train_evidence --data DIR, then
     python -m evals.fitting.train_reader --data DIR

evidence_pairs ─► pairs ── reader_model ──► weights ─┐
                    └── trees of train_evidence ─────┴─► joined on held-out questions

There are three stages: first the questions as they are, then the same with what is easily
mistaken: the answering sentence without its answer, and questions made of news; last the
questions that were written for policy texts, among some of the others.
"""

import argparse
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from torch import Tensor, nn
from torch.nn import functional

from evals.fitting.evidence_examples import AskedText
from evals.fitting.evidence_pairs import EASY, HARD, WRITTEN, Sampling, make_pairs
from evals.fitting.pair_arrays import EvidencePairs, Indexes
from evals.fitting.policy_questions import (
    POLICY_QUESTIONS,
    read_policy_questions,
    written_texts,
)
from evals.fitting.reader_model import Batches, ReaderModel, frequent_tokens, static_vectors
from evals.fitting.static_model import quantise
from evals.fitting.train_evidence import report as ranking_report
from rag.errors import EvaluationError
from rag.ranking import EVIDENCE_MODEL, BoostedTrees, load_trees
from rag.reading import READER_MODEL

SEED = 1
QUESTIONS_IN_BATCH = 16
# Shares of the loss: of each sentence by itself, of the right one among the others, of places.
SENTENCE_SHARE = 3.0
CHOICE_SHARE = 0.5
PLACE_SHARE = 0.3

Arrays = Mapping[str, NDArray[numpy.generic]]
Report = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A part of the training.

    Attributes:
        sampling: What questions are paired with.
        epochs: Rounds over all questions.
        learning_rate: Of AdamW at its highest; it rises over the first tenth of the steps, then
            falls to zero.
    """

    sampling: Sampling
    epochs: int
    learning_rate: float


STAGES = (
    Stage(sampling=EASY, epochs=3, learning_rate=3e-3),
    Stage(sampling=HARD, epochs=2, learning_rate=2e-3),
    Stage(sampling=WRITTEN, epochs=2, learning_rate=1.5e-3),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOutReadings:
    """What the reader makes of the sentences of held-out questions.

    Attributes:
        sentences: Their numbers among all sentences, rising.
        log_odds: One a sentence.
        answers: First and last token of the likeliest answer, shape (sentences, 2).
    """

    sentences: Indexes
    log_odds: NDArray[numpy.float64]
    answers: Indexes


def batch_loss(
    model: ReaderModel, pairs: EvidencePairs, batches: Batches, questions: Indexes
) -> Tensor:
    """The loss of some questions, all sentences together."""
    parts = batches.of(questions, hiding=True)
    read = [model(part) for part in parts]
    sentences = numpy.concatenate([part.sentences for part in parts])
    log_odds = torch.cat([one for one, _ in read])
    right = torch.from_numpy(pairs.right[sentences].astype(numpy.float32))
    loss = SENTENCE_SHARE * functional.binary_cross_entropy_with_logits(log_odds, right)
    places = [
        term
        for part, (_, scores) in zip(parts, read, strict=True)
        for term in _place_losses(scores, pairs.answers[part.sentences])
    ]
    if places:
        loss = loss + PLACE_SHARE * torch.cat(places).sum() / (len(torch.cat(places)) / 2)
    groups = pairs.question_of[sentences]
    choices = [
        _choice_loss(log_odds[inside], right[inside])
        for question in questions
        if right[inside := numpy.flatnonzero(groups == question)].any()
    ]
    return loss + CHOICE_SHARE * torch.stack(choices).mean() if choices else loss


def _place_losses(scores: Tensor, answers: Indexes) -> Iterator[Tensor]:
    """Of the first tokens, then of the last ones; only where an answer's place is known."""
    known = numpy.flatnonzero(answers[:, 0] >= 0)
    for side in (0, 1) if len(known) else ():
        wanted = torch.from_numpy(answers[known, side])
        yield functional.cross_entropy(scores[known, :, side], wanted, reduction="none")


def _choice_loss(log_odds: Tensor, right: Tensor) -> Tensor:
    return -(torch.log_softmax(log_odds, 0) * right).sum() / right.sum()


def train_stage(
    model: ReaderModel, pairs: EvidencePairs, stage: Stage, *, seed: int
) -> Iterator[float]:
    """Train `model` in place on the questions that are not held out.

    Yields:
        The mean loss of each round.
    """
    choose = numpy.random.default_rng(seed)
    batches = Batches(pairs, model.frequent, choose)
    training = numpy.flatnonzero(~pairs.held_out)
    count = max(1, len(training) // QUESTIONS_IN_BATCH)
    optimiser = torch.optim.AdamW(model.parameters(), lr=stage.learning_rate, weight_decay=1e-3)
    # Ten steps more than are made: the rate does not quite reach zero, nor is the rise empty.
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, stage.learning_rate, total_steps=stage.epochs * count + 10, pct_start=0.1
    )
    for _ in range(stage.epochs):
        model.train()
        total = 0.0
        for questions in numpy.array_split(choose.permutation(training), count):
            optimiser.zero_grad()
            loss = batch_loss(model, pairs, batches, questions)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            total += loss.item()
        yield total / count


@torch.no_grad()
def read_held_out(model: ReaderModel, pairs: EvidencePairs) -> HeldOutReadings:
    """Read the sentences of all held-out questions."""
    model.eval()
    batches = Batches(pairs, model.frequent, numpy.random.default_rng(SEED))
    log_odds = numpy.zeros(len(pairs.question_of))
    answers = numpy.zeros((len(pairs.question_of), 2), numpy.int64)
    questions = numpy.flatnonzero(pairs.held_out)
    for begin in range(0, len(questions), QUESTIONS_IN_BATCH):
        for batch in batches.of(questions[begin : begin + QUESTIONS_IN_BATCH], hiding=False):
            odds, scores = model(batch)
            log_odds[batch.sentences] = odds.numpy()
            answers[batch.sentences] = scores.argmax(dim=1).numpy()
    sentences = numpy.flatnonzero(pairs.kept_back)
    return HeldOutReadings(
        sentences=sentences, log_odds=log_odds[sentences], answers=answers[sentences]
    )


def place_report(pairs: EvidencePairs, readings: HeldOutReadings) -> str:
    """In how many of the sentences with a known answer its likeliest place overlaps it."""
    wanted = pairs.answers[readings.sentences]
    known = wanted[:, 0] >= 0
    first, last = readings.answers[known].T
    met = (first <= wanted[known, 1]) & (last >= wanted[known, 0])
    return f"answer's place met: {met.sum()} of {len(met)}"


def combine(
    trees: BoostedTrees, pairs: EvidencePairs, readings: HeldOutReadings
) -> tuple[NDArray[numpy.float64], Iterator[str]]:
    """Join the log-odds of trees and reader by a logistic model.

    Returns:
        The weights of the trees, of the reader, and a constant; and how well each ranks.

    Raises:
        ValueError: No held-out sentence is right, or all are.
    """
    of_trees = trees.scores(pairs.rows[readings.sentences])
    both = numpy.stack([of_trees, readings.log_odds], axis=1)
    joined = LogisticRegression(C=100).fit(both, pairs.right[readings.sentences])
    ranked = {
        "trees": of_trees,
        "reader": readings.log_odds,
        "both": joined.decision_function(both),
    }
    lines = (
        f"{name}: {line}"
        for name, scores in ranked.items()
        for line in ranking_report(scores, pairs, readings.sentences)
    )
    return numpy.concatenate([joined.coef_[0], joined.intercept_]), lines


def reader_arrays(model: ReaderModel, combination: NDArray[numpy.float64]) -> Arrays:
    """The arrays that `rag.reading.Reader` reads.

    The static vectors are multiplied out with the layer behind them and kept as int8.
    """
    weights = {name: tensor.detach().numpy() for name, tensor in model.state_dict().items()}
    table = quantise(model.static.numpy() @ weights.pop("proj.weight").T)
    small = weights.pop("small.weight").astype(numpy.float16)
    return weights | {
        "table": table.numbers,
        "scales": table.scales,
        "frequent": numpy.array(model.frequent),
        "small": small,
        "combination": combination,
    }


def train(
    data: Path,
    trees: BoostedTrees,
    stages: Sequence[Stage],
    *,
    written: Sequence[AskedText] = (),
    limit: int,
    report: Report,
) -> Arrays:
    """Train a reader on the folder `data`.

    Args:
        data: As `evals.fitting.evidence_pairs.make_pairs` needs it.
        trees: Trained by `train_evidence`, which holds out the same questions.
        stages: At least one that has rounds, others are passed over. The first one decides
            which tokens are frequent and how features are scaled; each goes on from the
            weights of the one before.
        written: As `evals.fitting.policy_questions.written_texts` gives them.
        limit: Questions to use; 0 for all.
        report: Gets a line after each step.

    Raises:
        ValueError: There is no stage, or too few questions for a combination.
    """
    torch.manual_seed(SEED)
    model = pairs = readings = None
    for stage in (stage for stage in stages if stage.epochs):
        pairs = make_pairs(data, stage.sampling, written=written, limit=limit)
        report(f"{len(pairs.sources)} questions, {len(pairs.question_of)} sentences")
        if model is None:
            model = ReaderModel(static_vectors(), frequent_tokens(pairs), pairs.rows)
        for loss in train_stage(model, pairs, stage, seed=SEED):
            readings = read_held_out(model, pairs)
            report(f"loss {loss:.3f}  {place_report(pairs, readings)}")
    if model is None or pairs is None or readings is None:
        raise ValueError("a reader needs at least one stage of at least one round")
    combination, lines = combine(trees, pairs, readings)
    for line in lines:
        report(line)
    return reader_arrays(model, combination)


def main() -> None:
    """Train with the settings of the shipped reader."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of questions and texts")
    parser.add_argument("--questions", type=Path, default=POLICY_QUESTIONS)
    parser.add_argument("--trees", type=Path, default=EVIDENCE_MODEL, help="from train_evidence")
    parser.add_argument("--out", type=Path, default=READER_MODEL)
    parser.add_argument(
        "--epochs", type=int, nargs=len(STAGES), help="rounds of each stage; 0: none"
    )
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--limit", type=int, default=0, help="questions to use; 0: all")
    arguments = parser.parse_args()
    started = time.monotonic()
    try:
        written = written_texts(arguments.data, read_policy_questions(arguments.questions))
    except EvaluationError as error:
        parser.error(str(error))
    torch.set_num_threads(arguments.threads)
    # The smallest numbers cost many times the time of others, and change nothing.
    torch.set_flush_denormal(True)
    epochs = arguments.epochs or [stage.epochs for stage in STAGES]
    arrays = train(
        arguments.data,
        load_trees(arguments.trees),
        [replace(stage, epochs=n) for stage, n in zip(STAGES, epochs, strict=True)],
        written=written,
        limit=arguments.limit,
        report=lambda line: print(f"{time.monotonic() - started:6.0f} s  {line}", flush=True),
    )
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    with arguments.out.open("wb") as file:
        numpy.savez_compressed(file, allow_pickle=False, **arrays)


if __name__ == "__main__":
    main()
