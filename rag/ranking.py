"""Which sentences answer the question: trees and a reader, both trained, run with numpy."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy
from numpy.typing import NDArray

from rag.features import FEATURES
from rag.reading import Reader, load_reader
from rag.text import Span

EVIDENCE_MODEL = Path(__file__).parent / "models" / "evidence" / "trees.npz"

# So many sentences are read; what is not read gets the log-odds of an unlikely one.
READ = 14
UNREAD_LOG_ODDS = -6.0

Matrix = NDArray[numpy.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoostedTrees:
    """Gradient-boosted decision trees as flat arrays, one entry a node.

    Attributes:
        feature: Column that a node compares; meaningless in a leaf.
        threshold: A row goes left where its value is <= this.
        left: Node on the left; a leaf points to itself, so that walking on does no harm.
        right: Node on the right, likewise.
        value: What a leaf adds to the score.
        roots: First node of each tree.
        depth: Steps from a root that reach every leaf.
        baseline: Score before the first tree.
    """

    feature: NDArray[numpy.int32]
    threshold: NDArray[numpy.float64]
    left: NDArray[numpy.int32]
    right: NDArray[numpy.int32]
    value: NDArray[numpy.float64]
    roots: NDArray[numpy.int32]
    depth: int
    baseline: float

    def scores(self, rows: Matrix) -> NDArray[numpy.float64]:
        """Log-odds, shape (len(rows),); no rows give an empty array."""
        nodes = numpy.broadcast_to(self.roots, (len(rows), len(self.roots))).copy()
        index = numpy.arange(len(rows))[:, None]
        for _ in range(self.depth):
            goes_left = rows[index, self.feature[nodes]] <= self.threshold[nodes]
            nodes = numpy.where(goes_left, self.left[nodes], self.right[nodes])
        return self.value[nodes].sum(axis=1) + self.baseline


def sigmoid(scores: NDArray[numpy.float64]) -> NDArray[numpy.float64]:
    """Log-odds to probabilities."""
    return 1 / (1 + numpy.exp(-scores))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """What the ranker makes of one sentence.

    Attributes:
        probability: That it answers the question.
        answer: Where in the sentence the answer most likely stands; None where the sentence
            was not read.
    """

    probability: float
    answer: Span | None = None


class EvidenceRanker:
    """Gives each sentence the probability that it answers the question.

    The trees look at every sentence; the best of them are read, and both opinions are joined
    by a logistic model that was fitted on questions which neither of them had seen.
    """

    def __init__(self, trees: BoostedTrees, reader: Reader) -> None:
        self._trees = trees
        self._reader = reader

    def rank(self, question: str, sentences: Sequence[str], rows: Matrix) -> list[Ranked]:
        """One for each sentence, in their order; no sentences give none.

        Args:
            question: As asked.
            sentences: As the documents have them.
            rows: Shape (len(sentences), len(rag.features.FEATURES)).
        """
        if not sentences:
            return []
        scores = self._trees.scores(rows)
        best = [int(i) for i in numpy.argsort(-scores, kind="stable")[:READ]]
        readings = self._reader.read(question, [sentences[i] for i in best], rows[best])
        of_trees, of_reader, baseline = self._reader.combination
        unread = min(UNREAD_LOG_ODDS, *(reading.log_odds for reading in readings))
        log_odds = numpy.full(len(scores), unread)
        log_odds[best] = [reading.log_odds for reading in readings]
        probabilities = sigmoid(of_trees * scores + of_reader * log_odds + baseline)
        answers: dict[int, Span] = {
            i: reading.answer for i, reading in zip(best, readings, strict=True)
        }
        return [
            Ranked(probability=float(probability), answer=answers.get(i))
            for i, probability in enumerate(probabilities)
        ]


def load_trees(path: Path = EVIDENCE_MODEL) -> BoostedTrees:
    """Read trees that `evals.fitting.train_evidence` wrote.

    Raises:
        ValueError: They were trained on other features than this version measures.
    """
    with numpy.load(path, allow_pickle=False) as arrays:
        trained_on = tuple(str(name) for name in arrays["features"])
        if trained_on != FEATURES:
            message = f"{path} was trained on other features; run evals.fitting.train_evidence"
            raise ValueError(message)
        return BoostedTrees(
            feature=arrays["feature"],
            threshold=arrays["threshold"],
            left=arrays["left"],
            right=arrays["right"],
            value=arrays["value"],
            roots=arrays["roots"],
            depth=int(arrays["depth"]),
            baseline=float(arrays["baseline"]),
        )


def load_ranker() -> EvidenceRanker:
    """The trees and the reader that come with 问策."""
    return EvidenceRanker(load_trees(), load_reader())
