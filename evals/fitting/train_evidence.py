"""Train the evidence ranker: `python -m evals.fitting.train_evidence --data DIR`.

Questions with the place of their answer (CMRC 2018 train, SQuAD-zh, and such as are made of
policy texts) are asked of the passage they belong to and of others that share words with it; a
sentence is positive when it holds the answer. A quarter of the questions lose their own
passage, and those that SQuAD-zh marks unanswerable have negatives only, so that a score means
the same for all.
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier

from evals.fitting.evidence_examples import Example, load_examples, retrieve
from evals.fitting.policy_examples import load_policy_examples
from rag.embedding import load_embedder
from rag.features import FEATURES, FeatureExtractor, PassageView, view_passages
from rag.protocols import Embedder
from rag.questions import analyse
from rag.ranking import EVIDENCE_MODEL
from rag.rarity import WordRarity
from rag.text import fold
from rag.words import STATIC_MODEL, Words

SEED = 20180814
DISTRACTORS = 5
BARE_SHARE = 0.25
TITLED_SHARE = 0.5
HELD_OUT = 10  # every tenth question

Array = NDArray[numpy.float64]


class Measurer:
    """Feature rows of examples; prepared passages are kept."""

    def __init__(
        self, passages: Sequence[tuple[str, str]], words: Words, embedder: Embedder
    ) -> None:
        self._passages = passages
        self._words = words
        self._embedder = embedder
        self._rarity = WordRarity(STATIC_MODEL / "tokenizer.json")
        self._views = dict[tuple[int, bool], PassageView]()

    def _title(self, index: int, *, titled: bool) -> str:
        return self._passages[index][0] if titled else ""

    def _view(self, index: int, *, titled: bool) -> PassageView:
        key = (index, titled)
        if key not in self._views:
            passage = (self._passages[index][1], self._title(index, titled=titled), 0)
            (self._views[key],) = view_passages([passage], self._embedder.embed_passages)
        return self._views[key]

    def rows(
        self, example: Example, chosen: Sequence[int], *, titled: bool
    ) -> tuple[Array, NDArray[numpy.bool_]]:
        """Rows and labels of the sentences of the chosen passages.

        Args:
            example: The question.
            chosen: Passages to measure, in any order; not empty.
            titled: Whether the passages have their titles: not every library has any.
        """
        extractor = FeatureExtractor(
            analyse(example.question, self._words),
            rarity=self._rarity,
            vector=self._embedder.embed_query(example.question),
            segmenter=self._words,
        )
        rows = list[Array]()
        labels = list[bool]()
        for index in chosen:
            view = self._view(index, titled=titled)
            title = fold(self._title(index, titled=titled))
            rows.append(extractor.measure(view, title=title).astype(float))
            answer = example.answer if index == example.passage else None
            labels.extend(
                answer is not None and sentence.span.contains(answer) for sentence in view.sentences
            )
        return numpy.concatenate(rows), numpy.array(labels)


def measure_all(
    folder: Path, limit: int
) -> tuple[Array, NDArray[numpy.bool_], NDArray[numpy.int64]]:
    """Rows, labels, and the number of the question that each row belongs to."""
    generator = numpy.random.default_rng(SEED)
    passages, everything = load_examples(folder)
    further, policy = load_policy_examples(folder, seed=SEED, first=len(passages))
    passages, everything = passages + further, everything + policy
    order = generator.permutation(len(everything))[: limit or None]
    examples = [everything[i] for i in order]
    words = Words()
    measurer = Measurer(passages, words, load_embedder(""))
    found = retrieve(passages, [example.question for example in examples], words)
    parts = list[tuple[Array, NDArray[numpy.bool_]]]()
    for example, hits in zip(examples, found, strict=True):
        near = [index for index in hits if index != example.passage][: DISTRACTORS * 2]
        picked = [int(index) for index in generator.permutation(near)[:DISTRACTORS]]
        bare = bool(picked) and generator.random() < BARE_SHARE
        chosen = picked if bare else [example.passage, *picked]
        titled = bool(generator.random() < TITLED_SHARE)
        parts.append(measurer.rows(example, chosen, titled=titled))
    groups = numpy.repeat(numpy.arange(len(parts)), [len(labels) for _, labels in parts])
    rows = numpy.concatenate([rows for rows, _ in parts])
    return rows, numpy.concatenate([labels for _, labels in parts]), groups


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


def report(
    probabilities: Array, labels: NDArray[numpy.bool_], groups: NDArray[numpy.int64]
) -> Iterator[str]:
    """How often the best sentence is right, and how well its score refuses, line by line."""
    right = 0
    answerable, others = list[float](), list[float]()
    for group in numpy.unique(groups):
        inside = groups == group
        best = int(probabilities[inside].argmax())
        if labels[inside].any():
            right += bool(labels[inside][best])
            answerable.append(float(probabilities[inside][best]))
        else:
            others.append(float(probabilities[inside][best]))
    yield f"best sentence right: {right / len(answerable):.3f} of {len(answerable)}"
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
    parser.add_argument("--out", type=Path, default=EVIDENCE_MODEL)
    parser.add_argument("--limit", type=int, default=0, help="questions to use; 0: all")
    arguments = parser.parse_args()
    rows, labels, groups = measure_all(arguments.data, arguments.limit)
    held_out = groups % HELD_OUT == 0
    model = fit(rows[~held_out], labels[~held_out])
    probabilities = model.predict_proba(rows[held_out])[:, 1]
    print(*report(probabilities, labels[held_out], groups[held_out]), sep="\n")
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    with arguments.out.open("wb") as file:
        numpy.savez_compressed(file, allow_pickle=False, **flatten(model))


if __name__ == "__main__":
    main()
