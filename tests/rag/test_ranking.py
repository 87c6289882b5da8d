import numpy
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from evals.fitting.train_evidence import flatten
from rag.features import FEATURES
from rag.ranking import READ, EvidenceRanker, load_ranker, load_trees, sigmoid
from rag.reading import load_reader
from rag.text import Span


def test_trees_score_as_scikit_learn_does(tmp_path):
    generator = numpy.random.default_rng(7)
    rows = generator.random((500, len(FEATURES))).astype(numpy.float32)
    labels = rows[:, 0] + rows[:, 3] > 1
    model = HistGradientBoostingClassifier(max_iter=20, random_state=0).fit(rows, labels)
    numpy.savez(tmp_path / "trees.npz", **flatten(model))
    trees = load_trees(tmp_path / "trees.npz")
    expected = model.predict_proba(rows)[:, 1]
    assert numpy.abs(sigmoid(trees.scores(rows)) - expected).max() < 1e-9
    assert trees.scores(rows[:0]).shape == (0,)


def test_a_ranker_for_other_features_is_refused(tmp_path):
    numpy.savez(tmp_path / "trees.npz", features=numpy.array(["other"]))
    with pytest.raises(ValueError, match="other features"):
        load_trees(tmp_path / "trees.npz")


SENTENCES = (
    "青石区机构改革后设置党政机构36个。",
    "改革工作由区委书记闻启山主持。",
    "会议在区政府礼堂召开，时间是11月6日。",
)


def test_every_sentence_gets_a_probability_and_a_place_in_it():
    rows = numpy.zeros((len(SENTENCES), len(FEATURES)), numpy.float32)
    ranked = load_ranker().rank("青石区设置多少个党政机构？", SENTENCES, rows)
    assert len(ranked) == len(SENTENCES)
    for one, sentence in zip(ranked, SENTENCES, strict=True):
        assert 0 < one.probability < 1
        assert one.answer is not None
        assert Span(0, len(sentence)).contains(one.answer)
    assert load_ranker().rank("谁？", (), rows[:0]) == []


def test_sentences_that_were_not_read_are_less_likely_than_those_that_were():
    generator = numpy.random.default_rng(3)
    sentences = [f"第{number}项改革已经完成。" for number in range(READ + 6)]
    rows = generator.random((len(sentences), len(FEATURES))).astype(numpy.float32)
    trees = load_trees()
    ranked = EvidenceRanker(trees, load_reader()).rank("哪项改革完成了？", sentences, rows)
    unread = [one for one in ranked if one.answer is None]
    assert len(unread) == 6
    best = numpy.argsort(-trees.scores(rows), kind="stable")[:READ]
    assert all(ranked[i].answer is not None for i in best)
