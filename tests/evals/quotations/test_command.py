"""`wence eval quotations`: what is typed, exit codes, what is shown and written."""

import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from evals.quotations.command import Engine, main, parse_options
from evals.quotations.oracle import Oracle
from evals.quotations.records import FOLDER
from rag.errors import EvaluationError
from rag.quotations.quotation import Finding, FindingKind, Verdict, Verification

LIBRARY = Oracle({"讲话": "改革没有旁观者。"})
CASES = [
    {"id": "a", "class": "exact_plain", "text": "没有旁观者", "verdict": "exact", "half": "dev"},
    {
        "id": "b",
        "class": "altered_order",
        "text": "旁观者没有",
        "verdict": "altered",
        "half": "test",
    },
]
LABEL = {
    "draft": "01",
    "half": "test",
    "start": 0,
    "end": 3,
    "kind": "figure",
    "verdict": "altered",
}


@contextmanager
def open_plain(beside: Path | None) -> Iterator[Engine]:
    """Verifies by the oracle, and finds the first three characters of every draft wrong."""
    assert beside is None

    def verify(text: str, *, speaker: str | None) -> Verification:
        del speaker
        verdict = Verdict.EXACT if LIBRARY.holds(text) else Verdict.ALTERED
        return Verification(verdict=verdict, message="")

    def check(text: str) -> Sequence[Finding]:
        return [
            Finding(start=start, end=start + 3, kind=kind, verdict=Verdict.ALTERED, message="不符")
            for start, kind in ((0, FindingKind.FIGURE), (len(text) - 3, FindingKind.DATE))
        ]

    yield Engine(verify=verify, check=check)


@contextmanager
def open_credulous(beside: Path | None) -> Iterator[Engine]:
    """Calls everything exact."""
    assert beside is None

    def verify(text: str, *, speaker: str | None) -> Verification:
        del text, speaker
        return Verification(verdict=Verdict.EXACT, message="")

    yield Engine(verify=verify, check=lambda text: [])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A kept-back test set in the same formats."""
    (tmp_path / "drafts").mkdir()
    (tmp_path / "drafts" / "01.md").write_text("47个机构，5月完成。", encoding="utf-8")
    for name, lines in (("verify", CASES), ("drafts", [LABEL])):
        text = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
        (tmp_path / f"{name}.jsonl").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_run_is_shown_with_its_mistakes(folder: Path, capsys: pytest.CaptureFixture[str]):
    arguments = ["--path", str(folder), "--worst", "5"]
    assert main(arguments, open_engine=open_plain) == 0
    shown = capsys.readouterr().out
    assert "结论正确" in shown
    assert "任取一段" in shown
    assert "误报日期：完成。（不符）" in shown


def test_altered_words_called_exact_fail(folder: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["--path", str(folder)], open_engine=open_credulous) == 1
    assert "错判为一字不差：b\n" in capsys.readouterr().err


def test_a_split_leaves_the_other_half_out(folder: Path, capsys: pytest.CaptureFixture[str]):
    arguments = ["--path", str(folder), "--split", "dev", "--json"]
    assert main(arguments, open_engine=open_credulous) == 0
    score = json.loads(capsys.readouterr().out)
    assert score["quotations"]["accuracy"]["n"] == 1
    assert score["drafts"]["drafts"] == 0


def test_what_was_judged_is_written(folder: Path, capsys: pytest.CaptureFixture[str]):
    out = folder / "out.jsonl"
    main(["--path", str(folder), "--out", str(out), "--json"], open_engine=open_plain)
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [line["got"] for line in lines[:2]] == ["exact", "altered"]
    assert lines[0]["case"]["class"] == "exact_plain"
    assert lines[2]["labels"][0]["found"] is True
    capsys.readouterr()


def test_a_file_that_cannot_be_written_is_named(folder: Path):
    (folder / "out").mkdir()
    with pytest.raises(EvaluationError, match="写不进"):
        main(["--path", str(folder), "--out", str(folder / "out")], open_engine=open_plain)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--split", "half"], "没有 'half' 这一项"),
        (["--speed"], "不认识 speed"),
        (["--path"], "不认识 path"),
        (["--path", "没有这里"], "没有这里 里没有 verify.jsonl"),
        (["--beside", "没有这里"], "没有 没有这里 这个文件或文件夹"),
        (["--worst", "-1"], "应为 0 或正整数"),
        (["--out", "没有这里/out"], "请先建好"),
        (["多余"], "不认识：多余"),
    ],
)
def test_wrong_use_exits_with_2_and_says_why(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
):
    assert main(arguments, open_engine=open_plain) == 2
    assert told in capsys.readouterr().err


def test_other_documents_are_put_beside_the_library(
    folder: Path, capsys: pytest.CaptureFixture[str]
):
    opened = list[Path | None]()

    def open_noted(beside: Path | None) -> AbstractContextManager[Engine]:
        opened.append(beside)
        return open_plain(None)

    typed = ["--path", str(folder), "--beside", str(folder), "--json"]
    assert main(typed, open_engine=open_noted) == 0
    assert opened == [folder]
    capsys.readouterr()


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_is_shown_without_opening_anything(option: str, capsys: pytest.CaptureFixture[str]):
    assert main([option], open_engine=open_credulous) == 0
    assert capsys.readouterr().out.startswith("用法：wence eval quotations")


def test_nothing_typed_means_our_own_set_in_both_halves():
    options = parse_options([])
    assert options is not None
    assert (options.folder, options.split, options.as_json) == (FOLDER, "all", False)
