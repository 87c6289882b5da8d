"""Every benchmark can be opened by its name, and says which files it lacks."""

from pathlib import Path

import pytest

from evals.benchmarks import registry
from evals.benchmarks.registry import NAMES, open_benchmark
from evals.options import BENCHMARKS
from rag.errors import EvaluationError

BENCH = Path(__file__).parents[4] / "shared" / "bench"
MODULES = {path.stem for path in Path(registry.__file__).parent.glob("*.py")}


def test_the_command_offers_every_benchmark():
    assert set(BENCHMARKS) == set(NAMES)
    assert set(NAMES) < MODULES


def test_an_unknown_name_is_refused_with_those_there_are():
    with pytest.raises(EvaluationError, match=r"'squad'.*rgb"):
        open_benchmark("squad")


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("rgb", ["zh_refine", "zh_int", "zh_fact"]),
        ("dragonball", ["queries", "docs"]),
        ("stard", ["queries", "corpus"]),
        ("cmrc", ["cmrc2018_dev.json"]),
        ("expmrc", ["expmrc-cmrc2018-dev.json", "expmrc-c3-dev.json"]),
    ],
)
def test_missing_files_are_named_before_anything_is_asked(
    name: str, files: list[str], tmp_path: Path
):
    with pytest.raises(EvaluationError) as caught:
        next(iter(open_benchmark(name).run(tmp_path)))
    assert str(tmp_path) in str(caught.value)
    assert all(file in str(caught.value) for file in files)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_can_be_counted_where_there_is_no_folder(name: str, tmp_path: Path):
    with pytest.raises(EvaluationError, match="没有文件夹"):
        open_benchmark(name).count(tmp_path / "nowhere")


@pytest.mark.skipif(not BENCH.is_dir(), reason="needs the shared benchmarks")
@pytest.mark.parametrize(
    ("name", "questions"),
    [("rgb", 150 * 6 + 25 * 2 + 25 * 2), ("dragonball", 1423), ("stard", 772), ("cmrc", 1608)],
)
def test_the_questions_of_the_published_files_are_counted(name: str, questions: int):
    assert open_benchmark(name).count(BENCH / name) == questions
