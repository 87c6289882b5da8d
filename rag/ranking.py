"""Which sentences answer the question: a learned ranker, run with numpy."""

from dataclasses import dataclass
from pathlib import Path

import numpy
from numpy.typing import NDArray

from rag.features import FEATURES

EVIDENCE_MODEL = Path(__file__).parent / "models" / "evidence" / "trees.npz"

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


class EvidenceRanker:
    """Gives each sentence the probability that it answers the question."""

    def __init__(self, trees: BoostedTrees) -> None:
        self._trees = trees

    def probabilities(self, rows: Matrix) -> NDArray[numpy.float64]:
        """Shape (len(rows),) for rows of `rag.features.FEATURES`; each between 0 and 1."""
        return sigmoid(self._trees.scores(rows))


def load_ranker(path: Path = EVIDENCE_MODEL) -> EvidenceRanker:
    """Read a ranker that `evals.fitting.train_evidence` wrote.

    Raises:
        ValueError: It was trained on other features than this version measures.
    """
    with numpy.load(path, allow_pickle=False) as arrays:
        trained_on = tuple(str(name) for name in arrays["features"])
        if trained_on != FEATURES:
            message = f"{path} was trained on other features; run evals.fitting.train_evidence"
            raise ValueError(message)
        trees = BoostedTrees(
            feature=arrays["feature"],
            threshold=arrays["threshold"],
            left=arrays["left"],
            right=arrays["right"],
            value=arrays["value"],
            roots=arrays["roots"],
            depth=int(arrays["depth"]),
            baseline=float(arrays["baseline"]),
        )
    return EvidenceRanker(trees)
