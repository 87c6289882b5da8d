import numpy
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from evals.fitting.train_evidence import flatten
from rag.features import FEATURES
from rag.ranking import load_ranker


def test_trees_score_as_scikit_learn_does(tmp_path):
    generator = numpy.random.default_rng(7)
    rows = generator.random((500, len(FEATURES))).astype(numpy.float32)
    labels = rows[:, 0] + rows[:, 3] > 1
    model = HistGradientBoostingClassifier(max_iter=20, random_state=0).fit(rows, labels)
    numpy.savez(tmp_path / "trees.npz", **flatten(model))
    ranker = load_ranker(tmp_path / "trees.npz")
    expected = model.predict_proba(rows)[:, 1]
    assert numpy.abs(ranker.probabilities(rows) - expected).max() < 1e-9
    assert ranker.probabilities(rows[:0]).shape == (0,)


def test_a_ranker_for_other_features_is_refused(tmp_path):
    numpy.savez(tmp_path / "trees.npz", features=numpy.array(["other"]))
    with pytest.raises(ValueError, match="other features"):
        load_ranker(tmp_path / "trees.npz")
