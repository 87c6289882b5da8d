import subprocess
import sys
from pathlib import Path

import numpy
import pytest
import torch

from evals.fitting.evidence_pairs import EASY
from evals.fitting.pair_arrays import Candidate, EvidencePairs, PairWriter
from evals.fitting.reader_model import ReaderModel, frequent_tokens, static_vectors
from evals.fitting.train_reader import (
    HeldOutReadings,
    Stage,
    combine,
    place_report,
    read_held_out,
    reader_arrays,
    train,
    train_stage,
)
from rag.features import FEATURES
from rag.ranking import load_trees
from rag.reading import Reader, load_reader
from rag.text import Span
from rag.words import built_in_words

ROOT = Path(__file__).parents[3]
NAMES = ["闻启山", "陆明远", "苏婉清", "顾长河", "沈知秋", "方立言", "秦怀民", "温如玉"]


def few_pairs() -> EvidencePairs:
    """Who presided, with a sentence that says it and one that does not; half are held out."""
    writer = PairWriter(built_in_words())
    generator = numpy.random.default_rng(2)
    for number, name in enumerate(NAMES):
        texts = [f"会议由{name}主持。", f"第{number}次会议十分重要。"]
        rows = generator.random((2, len(FEATURES))).astype(numpy.float32)
        place = Span(3, 3 + len(name))
        candidates = [
            Candidate(text=texts[0], row=rows[0], right=number != 0, answer=place),
            Candidate(text=texts[1], row=rows[1], right=False, answer=None),
        ]
        writer.add("会议由谁主持？", candidates, source="甲", held_out=number % 2 == 0)
    return writer.pairs()


def trained(pairs: EvidencePairs, *, epochs: int) -> tuple[ReaderModel, list[float]]:
    torch.manual_seed(1)
    model = ReaderModel(static_vectors(), frequent_tokens(pairs), pairs.rows)
    stage = Stage(sampling=EASY, epochs=epochs, learning_rate=5e-3)
    return model, list(train_stage(model, pairs, stage, seed=1))


@pytest.fixture(scope="module")
def learnt() -> tuple[EvidencePairs, ReaderModel, list[float]]:
    """Pairs, a model trained on them, and its losses."""
    pairs = few_pairs()
    return pairs, *trained(pairs, epochs=20)


@pytest.mark.slow
def test_training_lowers_the_loss(learnt: tuple[EvidencePairs, ReaderModel, list[float]]):
    _, _, losses = learnt
    assert losses[-1] < losses[0] / 2


@pytest.mark.slow
def test_the_same_training_gives_the_same_weights():
    pairs = few_pairs()
    (first, _), (again, _) = (trained(pairs, epochs=1) for _ in range(2))
    for name, weights in first.state_dict().items():
        assert torch.equal(weights, again.state_dict()[name]), name


@pytest.mark.slow
def test_what_was_learnt_holds_for_questions_held_out_and_for_the_reader_made_of_it(
    learnt: tuple[EvidencePairs, ReaderModel, list[float]],
):
    pairs, model, _ = learnt
    readings = read_held_out(model, pairs)
    assert readings.sentences.tolist() == numpy.flatnonzero(pairs.kept_back).tolist()
    odds = readings.log_odds.reshape(-1, 2)
    assert (odds[:, 0] > odds[:, 1]).all()
    reader = Reader(reader_arrays(model, numpy.array([0.0, 1.0, 0.0])))
    rows = pairs.rows[[0, 1]]
    first, second = reader.read(
        "会议由谁主持？", [f"会议由{NAMES[0]}主持。", "第0次会议十分重要。"], rows
    )
    # The table of the reader is int8, the model's vectors are not.
    assert first.log_odds == pytest.approx(odds[0, 0], abs=0.2)
    assert second.log_odds == pytest.approx(odds[0, 1], abs=0.2)


def test_a_place_is_met_where_it_overlaps():
    pairs = few_pairs()
    sentences = numpy.flatnonzero(pairs.kept_back)
    places = pairs.answers[sentences].copy()
    exact = HeldOutReadings(
        sentences=sentences, log_odds=numpy.zeros(len(sentences)), answers=places
    )
    assert place_report(pairs, exact) == "answer's place met: 4 of 4"
    places[0] += 10
    assert place_report(pairs, exact) == "answer's place met: 3 of 4"


def test_the_combination_trusts_what_tells_right_from_wrong():
    pairs = few_pairs()
    sentences = numpy.flatnonzero(pairs.kept_back)
    readings = HeldOutReadings(
        sentences=sentences,
        log_odds=numpy.where(pairs.right[sentences], 2.0, -2.0),
        answers=pairs.answers[sentences],
    )
    weights, lines = combine(load_trees(), pairs, readings)
    assert weights.shape == (3,)
    assert weights[1] > abs(weights[0])
    assert "reader: best sentence right, all: 1.000 of 3" in list(lines)


def test_without_a_stage_there_is_no_reader():
    with pytest.raises(ValueError, match="at least one stage"):
        train(Path("none"), load_trees(), [], limit=0, report=print)


@pytest.mark.slow
@pytest.mark.parametrize("command", ["train_evidence", "train_reader"])
def test_another_folder_is_refused_before_anything_is_trained(
    command: str, question_folder: Path, tmp_path: Path
):
    done = subprocess.run(
        [
            sys.executable,
            *("-m", f"evals.fitting.{command}", "--data", question_folder),
            *("--out", tmp_path / "out.npz"),
        ],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "不是编写问题时的文本" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_trees_and_reader_are_trained_from_a_folder_and_load(
    tmp_path: Path, question_folder: Path, question_file: Path
):
    trees, reader = tmp_path / "trees.npz", tmp_path / "reader.npz"
    data = ["--data", question_folder, "--questions", question_file, "--limit", "400"]
    commands = [
        ["evals.fitting.train_evidence", *data, "--out", trees],
        [
            "evals.fitting.train_reader",
            *data,
            *("--trees", trees, "--out", reader, "--epochs", "1", "0", "1"),
        ],
    ]
    for command in commands:
        done = subprocess.run(
            [sys.executable, "-m", *command], cwd=ROOT, check=True, capture_output=True, text=True
        )
        assert "best sentence right, all" in done.stdout
        assert "best sentence right, written" in done.stdout
    rows = numpy.zeros((1, len(FEATURES)), numpy.float32)
    assert numpy.isfinite(load_trees(trees).scores(rows)).all()
    (reading,) = load_reader(reader).read("会议由谁主持？", ["会议由闻启山主持。"], rows)
    assert numpy.isfinite(reading.log_odds)
