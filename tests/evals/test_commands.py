"""`wence eval`: files, exit codes, what goes where, and never a traceback."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from evals import own
from evals.commands import main
from evals.records import Judged, Prediction, read_run, write_lines
from rag.errors import EvaluationError
from tests.evals.answers import make_judged

QUESTIONS = 8


def wence(*arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """The real command line, as it is set up without any setting."""
    done = subprocess.run(
        command(*arguments), capture_output=True, text=True, cwd=folder, env=environment(folder)
    )
    assert "Traceback" not in done.stderr
    return done


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "ui.cli", "eval", *map(str, arguments)]


def environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WENCE_")}
    return kept | {"PYTHONPATH": str(Path(__file__).parents[2]), "TMPDIR": str(folder)}


def write_benchmark(folder: Path) -> Path:
    """Eight invented questions in the form of RGB."""
    items = [
        {
            "id": number,
            "query": f"青石县第{number}号大厅设窗口多少个？",
            "answer": [f"{number + 40}个"],
            "positive": [
                f"青石县第{number}号大厅{month}月开放，设窗口{number + 40}个。"
                for month in range(1, 6)
            ],
            "negative": [f"白露镇第{n}小学的运动会在操场举行。" for n in range(1, 6)],
        }
        for number in range(1, QUESTIONS + 1)
    ]
    lines = [json.dumps(item, ensure_ascii=False) for item in items]
    (folder / "zh_refine.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def saved(path: Path, held: Sequence[float], **fields: object) -> Path:
    """A saved run of as many questions, all of them answerable."""
    write_lines(
        path,
        [make_judged(f"q{n}", {"held": value}, **fields) for n, value in enumerate(held)],
    )
    return path


def shown(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    code = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_wrong_use_exits_with_2_and_says_why(capsys: pytest.CaptureFixture[str]):
    code, out, err = shown(capsys, "run", "--split", "half")
    assert (code, out) == (2, "")
    assert err.startswith("--split：没有 'half' 这一项")


def test_help_of_the_real_program_is_shown(tmp_path: Path):
    done = wence("run", "--help", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("用法：wence eval run")


def test_two_runs_are_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    before = saved(tmp_path / "甲.jsonl", [0.0] * 10)
    after = saved(tmp_path / "乙.jsonl", [1.0] * 9 + [0.0])
    report = tmp_path / "比较.html"
    code, out, err = shown(capsys, "compare", before, after, "--report", report, "--worst", "2")
    assert (code, err) == (0, "")
    assert "更好" in out
    assert out.count("变好　") == 2
    assert "甲 与 乙" in report.read_text(encoding="utf-8")


def test_a_comparison_as_json_names_every_question_that_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    before = saved(tmp_path / "甲.jsonl", [0.0, 1.0, 1.0])
    after = saved(tmp_path / "乙.jsonl", [1.0, 0.0, 1.0, 1.0])
    code, out, _ = shown(capsys, "compare", before, after, "--json")
    body = json.loads(out)
    assert code == 0
    assert [change["question"]["id"] for change in body["better"]] == ["q0"]
    assert [change["question"]["id"] for change in body["worse"]] == ["q1"]
    assert [question["id"] for question in body["only_after"]] == ["q3"]
    (difference,) = body["differences"]
    assert (difference["measure"], difference["n"], difference["difference"]) == ("held", 3, 0)


def test_one_half_is_compared_without_a_look_at_the_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    dev = [make_judged(f"d{n}", {"held": 0.0}, split="dev") for n in range(3)]
    test = [make_judged("t0", {"held": 1.0}, split="test")]
    before, after = tmp_path / "甲.jsonl", tmp_path / "乙.jsonl"
    write_lines(before, [*dev, *test])
    better = [make_judged(f"d{n}", {"held": 1.0}, split="dev") for n in range(3)]
    write_lines(after, [*better, make_judged("t0", {"held": 0.0}, split="test")])
    code, out, _ = shown(capsys, "compare", before, after, "--split", "dev", "--json")
    body = json.loads(out)
    assert code == 0
    assert {change["question"]["id"] for change in body["better"]} == {"d0", "d1", "d2"}
    assert body["worse"] == []


def test_a_half_that_a_run_does_not_have_is_named(tmp_path: Path):
    run = tmp_path / "甲.jsonl"
    write_lines(run, [make_judged("d0", {"held": 1.0}, split="dev")])
    with pytest.raises(EvaluationError, match="没有 test 这一半"):
        main(["compare", str(run), str(run), "--split", "test"])


def test_what_is_no_saved_run_is_named(tmp_path: Path):
    good = saved(tmp_path / "甲.jsonl", [1.0])
    bad = tmp_path / "乙.jsonl"
    bad.write_text('{"a": 1}\n', encoding="utf-8")
    with pytest.raises(EvaluationError, match=r"乙\.jsonl 第 1 行"):
        main(["compare", str(good), str(bad)])


def test_judging_without_a_model_is_refused_before_anything_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WENCE_CHAT_MODEL", "")
    with pytest.raises(EvaluationError, match="WENCE_CHAT_MODEL"):
        main(["run", "--judge"])


@pytest.mark.slow
def test_a_benchmark_is_run_written_and_compared_with_a_baseline(tmp_path: Path):
    bench = write_benchmark(tmp_path)
    benchmark = ("--benchmark", "rgb", "--path", bench)
    out, predictions, report = (tmp_path / name for name in ("甲.jsonl", "预测.jsonl", "甲.html"))
    done = wence(
        *("run", *benchmark, "--out", out, "--predictions", predictions, "--report", report),
        folder=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert "答全率" in done.stdout
    assert done.stderr == f"测评：{6 * QUESTIONS}/{6 * QUESTIONS} 题\n"
    lines = predictions.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 6 * QUESTIONS
    assert all(set(json.loads(line)) == set(Prediction.model_fields) for line in lines)
    judged = list(read_run(out))
    assert [one.prediction.model_dump_json() for one in judged] == lines
    assert "<html" in report.read_text(encoding="utf-8")

    # The same again is no worse; a baseline that was better is, and the measure is named.
    slim = tmp_path / "乙.jsonl"
    arguments = ("run", *benchmark, "--baseline", out, "--out", slim, "--slim", "--json")
    again = wence(*arguments, folder=tmp_path)
    body = json.loads(again.stdout)
    assert (again.returncode, body["below_baseline"]) == (0, [])
    assert body["summary"]["n"] == len(lines)
    assert slim.stat().st_size < out.stat().st_size
    write_lines(slim, map(shortened, judged))
    worse = wence("run", *benchmark, "--baseline", slim, folder=tmp_path)
    assert worse.returncode == 1
    assert "显著低于基线：回答字数（characters）" in worse.stderr
    assert "与基线比较" in worse.stdout


def shortened(judged: Judged) -> Judged:
    measures = {name: value for name, value in judged.measures.items() if name != "characters"}
    return judged.model_copy(update={"measures": measures | {"characters": 1.0}})


@pytest.mark.slow
def test_a_baseline_of_other_questions_is_refused(tmp_path: Path):
    bench = write_benchmark(tmp_path)
    other = saved(tmp_path / "甲.jsonl", [1.0])
    arguments = ("run", "--benchmark", "rgb", "--path", bench, "--baseline", other)
    done = wence(*arguments, "--out", tmp_path / "乙.jsonl", folder=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "没有相同的题" in done.stderr
    assert not (tmp_path / "乙.jsonl").exists()


@pytest.mark.slow
def test_what_cannot_be_written_is_said_and_nothing_is_left(tmp_path: Path):
    bench = write_benchmark(tmp_path)
    (tmp_path / "甲.jsonl.partial").mkdir()  # in the way of the file being written
    arguments = ("run", "--benchmark", "rgb", "--path", bench, "--out", tmp_path / "甲.jsonl")
    done = wence(*arguments, folder=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "出错：写不进" in done.stderr
    assert not (tmp_path / "甲.jsonl").exists()


@pytest.mark.slow
def test_the_development_half_is_asked_of_the_built_in_library(tmp_path: Path):
    done = wence("run", "--split", "dev", "--worst", "1", "--json", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    body = json.loads(done.stdout)
    assert body["summary"]["n"] == own.count("dev")
    assert body["summary"]["averages"]["span_validity"]["mean"] == 1
    assert len(body["worst"]) == 1
    assert body["worst"][0]["case"]["split"] == "dev"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_interrupted_it_writes_nothing_and_leaves_130(tmp_path: Path):
    out = tmp_path / "甲.jsonl"
    with subprocess.Popen(
        command("run", "--out", out),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=environment(tmp_path),
    ) as process:
        assert process.stderr is not None
        # Not before questions are asked: an interrupt inside an import may be lost in Python's
        # own callbacks, which ignore every exception.
        assert any(line.startswith("测评：") for line in process.stderr)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
    assert (process.returncode, output) == (130, "")
    assert errors.splitlines()[-1] == "已中断，没有写入任何结果。"
    assert "Traceback" not in errors
    assert list(tmp_path.iterdir()) == []
