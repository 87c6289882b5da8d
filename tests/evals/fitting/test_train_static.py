import json
import lzma
import subprocess
import sys
from pathlib import Path

import numpy
import pytest

from evals.fitting.score_static import SearchTask, cut_passages, recall_at
from evals.fitting.training_texts import PAIR_FILES, TEXT_FILES

ROOT = Path(__file__).parents[3]
SUBJECTS = ["机构", "医院", "学校", "道路", "农田", "港口", "森林", "图书馆"]
VERBS = ["建设", "管理", "服务", "监督"]

PROGRAM = """
import sys
from pathlib import Path
from evals.fitting.pair_batches import ContrastiveSettings
from evals.fitting.train_static import TrainingSettings, limit_threads, train
from evals.fitting.vocabulary import VocabularySettings
limit_threads(1)
train(
    Path(sys.argv[1]),
    Path(sys.argv[2]),
    TrainingSettings(
        vocabulary=VocabularySettings(size=400, min_character_count=1, min_term_count=3),
        contrastive=ContrastiveSettings(epochs=2, batch_size=8),
        dimensions=8,
        held_out=0.2,
    ),
    report=print,
)
"""


def write_training_folder(folder: Path) -> None:
    """Every file the training reads, with a few records of our own."""
    folder.mkdir()
    sentences = [
        f"全市{subject}的{verb}工作在今年取得了新的进展，群众满意。"
        for subject in SUBJECTS
        for verb in VERBS
    ]
    for name in TEXT_FILES:
        write(folder / f"{name}.jsonl.xz", [{"text": "".join(sentences)}])
    pairs = [
        {"q": f"{subject}怎样{verb}？", "pos": f"{subject}由主管部门{verb}，按规定办理。"}
        for subject in SUBJECTS
        for verb in VERBS
    ]
    for name in PAIR_FILES:
        write(folder / f"{name}.jsonl.xz", pairs)


def write(path: Path, records: list[dict[str, str]]) -> None:
    with lzma.open(path, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


@pytest.mark.slow
def test_the_same_training_gives_the_same_bytes_and_a_model_that_loads(tmp_path: Path):
    from rag.embedding import is_static_folder, load_embedder

    write_training_folder(tmp_path / "data")
    for out in ("first", "second"):
        command = [sys.executable, "-c", PROGRAM, tmp_path / "data", tmp_path / out]
        done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
        assert "held out" in done.stdout
    files = sorted(path.name for path in (tmp_path / "first").iterdir())
    assert "model.safetensors" in files
    for name in files:
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes()
    assert is_static_folder(tmp_path / "first")
    embedder = load_embedder(str(tmp_path / "first"))
    question = embedder.embed_query("医院怎样管理？")
    passages = [f"{subject}由主管部门管理" for subject in SUBJECTS]
    assert int(numpy.argmax(embedder.embed_passages(passages) @ question)) == 1


def test_recall_counts_questions_whose_answer_is_among_the_first():
    task = SearchTask(
        questions=["甲", "乙"],
        texts=["一", "二", "三"],
        relevant=[frozenset({0}), frozenset({1, 2})],
    )
    vectors = numpy.eye(3, dtype=numpy.float32)
    queries = numpy.array([[0.9, 1, 0], [1, 0.5, 0]], dtype=numpy.float32)
    assert recall_at(task, vectors, queries, [1, 2, 3]) == {1: 0.0, 2: 1.0, 3: 1.0}


def test_passages_are_whole_sentences_and_lose_nothing():
    text = "第一句。第二句比较长一些！第三句？\n结尾"
    passages = cut_passages(text, max_characters=10)
    assert "".join(passages) == text
    assert passages[0] == "第一句。"
