"""Train the trees of the evidence ranker: `python -m evals.fitting.train_evidence --data DIR`.

They learn from the features of the pairs that `evidence_pairs` makes, as the reader does
(`train_reader`), which comes after them; both hold out the same questions.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier

from evals.fitting.evidence_pairs import FOR_TREES, make_pairs
from evals.fitting.pair_arrays import EvidencePairs
from evals.fitting.policy_questions import (
    POLICY_QUESTIONS,
    read_policy_questions,
    written_texts,
)
from rag.errors import EvaluationError
from rag.features import FEATURES
from rag.ranking import EVIDENCE_MODEL

SEED = 20180814

Array = NDArray[numpy.float64]


def flatten(model: HistGradientBoostingClassifier) -> dict[str, NDArray[numpy.generic]]:
    """The trees of a fitted model as the arrays of `rag.ranking.BoostedTrees`."""
    parts = dict[str, list[NDArray[numpy.generic]]]()
    roots = list[int]()
    depth = offset = 0
    trees = model._predictors  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - scikit-learn has no public way to its trees
    for (tree,) in trees:
        nodes = tree.nodes
        own = numpy.arange(len(nodes))
        leaf = nodes["is_leaf"].astype(bool)
        columns = {
            "feature": nodes["feature_idx"].astype(numpy.int32),
            "threshold": nodes["num_threshold"],
            "left": (numpy.where(leaf, own, nodes["left"]) + offset).astype(numpy.int32),
            "right": (numpy.where(leaf, own, nodes["right"]) + offset).astype(numpy.int32),
            "value": nodes["value"],
        }
        for name, column in columns.items():
            parts.setdefault(name, []).append(column)
        roots.append(offset)
        depth = max(depth, int(nodes["depth"].max()))
        offset += len(nodes)
    baseline = model._baseline_prediction  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - likewise
    return {name: numpy.concatenate(columns) for name, columns in parts.items()} | {
        "roots": numpy.array(roots, numpy.int32),
        "depth": numpy.array(depth),
        "baseline": numpy.array(float(baseline.ravel()[0])),
        "features": numpy.array(FEATURES),
    }


def report(scores: Array, pairs: EvidencePairs, sentences: NDArray[numpy.int64]) -> Iterator[str]:
    """How often the best sentence is right, and how well its score refuses, line by line.

    Args:
        scores: One a sentence; only their order counts.
        pairs: All pairs.
        sentences: The sentences that have scores: all those of some questions.
    """
    right = dict[str, list[bool]]()
    answerable, others = list[float](), list[float]()
    groups = pairs.question_of[sentences]
    for group in numpy.unique(groups):
        inside = numpy.flatnonzero(groups == group)
        best = inside[int(scores[inside].argmax())]
        if pairs.right[sentences[inside]].any():
            answerable.append(float(scores[best]))
            source = pairs.sources[int(group)]
            right.setdefault(source, []).append(bool(pairs.right[sentences[best]]))
        else:
            others.append(float(scores[best]))
    if not answerable or not others:
        yield "too few questions to tell"
        return
    for source, hits in {"all": [h for own in right.values() for h in own], **right}.items():
        yield f"best sentence right, {source}: {sum(hits) / len(hits):.3f} of {len(hits)}"
    for share in (0.02, 0.05, 0.1):
        threshold = float(numpy.quantile(answerable, share))
        refused = float((numpy.array(others) < threshold).mean())
        yield f"threshold {threshold:.3f}: false refusals {share}, refusals {refused:.3f}"


def fit(rows: Array, labels: NDArray[numpy.bool_]) -> HistGradientBoostingClassifier:
    """Trees that give each row the probability of its label."""
    model = HistGradientBoostingClassifier(
        max_iter=200,
        learning_rate=0.08,
        max_leaf_nodes=24,
        max_depth=6,  # each level is a pass over all rows and trees when it runs
        min_samples_leaf=60,
        l2_regularization=1.0,
        random_state=SEED,
        early_stopping=False,  # pyright: ignore[reportArgumentType] - a bool is allowed
    )
    return model.fit(rows, labels)


def main() -> None:
    """Train, print scores on the questions held out, write the trees."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--questions", type=Path, default=POLICY_QUESTIONS)
    parser.add_argument("--out", type=Path, default=EVIDENCE_MODEL)
    parser.add_argument("--limit", type=int, default=0, help="questions to use; 0: all")
    arguments = parser.parse_args()
    try:
        written = written_texts(arguments.data, read_policy_questions(arguments.questions))
    except EvaluationError as error:
        parser.error(str(error))
    pairs = make_pairs(arguments.data, FOR_TREES, written=written, limit=arguments.limit)
    kept_back = pairs.kept_back
    rows = pairs.rows.astype(float)
    model = fit(rows[~kept_back], pairs.right[~kept_back])
    scores = model.decision_function(rows[kept_back])
    print(*report(scores, pairs, numpy.flatnonzero(kept_back)), sep="\n")
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    with arguments.out.open("wb") as file:
        numpy.savez_compressed(file, allow_pickle=False, **flatten(model))


if __name__ == "__main__":
    main()
