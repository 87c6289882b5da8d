import json
import lzma
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.fitting.training_pairs import hold_out, sentence_pairs
from evals.fitting.training_texts import TrainingPair, read_pairs, read_texts

SHARED = Path(__file__).parents[3].parent / "shared"


def write_records(path: Path, records: Sequence[Mapping[str, object]]) -> None:
    with lzma.open(path, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def test_pairs_labelled_as_different_are_left_out(tmp_path: Path):
    records = [
        {"q": "甲", "pos": "乙", "label": 1},
        {"q": "甲", "pos": "丙", "label": 0},
        {"q": "丁", "pos": "戊", "neg": ["己", "庚"]},
        {"q": " ", "pos": "辛"},
    ]
    write_records(tmp_path / "pairs.jsonl.xz", records)
    assert read_pairs(tmp_path, "pairs") == [
        TrainingPair(query="甲", passage="乙", group="pairs"),
        TrainingPair(query="丁", passage="戊", distractor="己", group="pairs"),
    ]


def test_texts_are_read_as_stored(tmp_path: Path):
    write_records(tmp_path / "news.jsonl.xz", [{"text": "甲\n乙"}, {"text": "丙"}])
    assert list(read_texts(tmp_path, "news")) == ["甲\n乙", "丙"]


@given(st.text("机构改革。！\n", max_size=600), st.integers(0, 5), st.integers(0, 100))
def test_sentences_come_from_their_text_and_never_without_a_passage(
    text: str, limit: int, seed: int
):
    pairs = sentence_pairs(text, group="news", limit=limit, seed=seed)
    assert len(pairs) <= limit
    assert pairs == sentence_pairs(text, group="news", limit=limit, seed=seed)
    for pair in pairs:
        assert pair.query in text
        assert pair.passage.strip()
        assert pair.passage != pair.distractor


@given(st.lists(st.text(max_size=3), max_size=20), st.floats(0, 1))
def test_one_passage_is_never_held_out_and_trained_with(passages: list[str], share: float):
    pairs = [
        TrainingPair(query=str(index), passage=passage, group="")
        for index, passage in enumerate(passages)
    ]
    training, held = hold_out(pairs, share=share)
    assert sorted(map(hash, training + held)) == sorted(map(hash, pairs))
    assert {pair.passage for pair in training}.isdisjoint({pair.passage for pair in held})


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.is_dir(), reason="the training folder is not here")
def test_every_file_named_is_in_the_training_folder():
    from evals.fitting.training_texts import PAIR_FILES, TEXT_FILES

    for name in (*TEXT_FILES, *PAIR_FILES):
        assert (SHARED / "train" / f"{name}.jsonl.xz").is_file()
