"""What may be typed after `wence eval`."""

from pathlib import Path

import pytest

from evals.options import Options, UsageError, parse_options

WRONG = {
    "nothing": ([], "缺少：run | compare"),
    "unknown_command": (["start"], "没有 'start' 这一项"),
    "unknown_option": (["run", "--bogus"], "不认识：--bogus"),
    "abbreviated_option": (["run", "--bench", "rgb"], "不认识：--bench rgb"),
    "no_value": (["run", "--out"], "--out：后面要跟一个值"),
    "unknown_half": (["run", "--split", "x"], "--split：没有 'x' 这一项"),
    "unknown_benchmark": (["run", "--benchmark", "x", "--path", "."], "没有 'x' 这一项"),
    "benchmark_without_path": (["run", "--benchmark", "rgb"], "现没有给出"),
    "path_of_nothing": (["run", "--benchmark", "rgb", "--path", "无"], "没有 无 这个文件夹"),
    "path_without_benchmark": (["run", "--path", "."], "--path 要与 --benchmark 同用"),
    "half_of_a_benchmark": (
        ["run", "--benchmark", "rgb", "--path", ".", "--split", "dev"],
        "--split 只用于自带的题",
    ),
    "worst_no_number": (["run", "--worst", "几"], "应为整数，而不是 '几'"),
    "worst_negative": (["run", "--worst", "-1"], "应为 0 或正整数"),
    "slim_without_out": (["run", "--slim"], "--slim 要与 --out 同用"),
    "one_run": (["compare", "甲.jsonl"], "缺少：结果文件"),
    "folder_not_there": (["run", "--out", "无/甲.jsonl"], "没有 无 这个文件夹，请先建好"),
    "folder_for_a_file": (["run", "--report", "."], "它是文件夹"),
    "one_file_for_two": (
        ["run", "--out", "甲.jsonl", "--predictions", "./甲.jsonl"],
        "两个输出文件不能是同一个",
    ),
    "no_such_baseline": (["run", "--baseline", "甲.jsonl"], "没有 甲.jsonl 这份测评结果"),
    "no_such_run": (["compare", "甲.jsonl", "乙.jsonl"], "没有 甲.jsonl 这份测评结果"),
    "report_of_a_comparison": (
        ["compare", "甲", "乙", "--report", "无/甲.html"],
        "没有 无 这个文件夹",
    ),
}


@pytest.mark.parametrize(("arguments", "message"), WRONG.values(), ids=WRONG.keys())
def test_wrong_use_is_explained_in_chinese(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError) as caught:
        parse_options(arguments)
    assert message in str(caught.value)
    assert "usage" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_what_was_typed_is_understood(tmp_path: Path):
    out = tmp_path / "甲.jsonl"
    assert parse_options(["run", "--split", "dev", "--out", str(out), "--worst", "3"]) == Options(
        command="run", split="dev", out=out, worst=3
    )
    assert parse_options(["run", "--benchmark", "rgb", "--path", str(tmp_path)]) == Options(
        command="run", benchmark="rgb", path=tmp_path
    )
    out.touch()
    assert parse_options(["compare", str(out), str(out), "--json"]) == Options(
        command="compare", runs=(out, out), as_json=True
    )


@pytest.mark.parametrize("command", [[], ["run"], ["compare"]], ids=["all", "run", "compare"])
def test_help_is_chinese(command: list[str], capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as leaving:
        parse_options([*command, "--help"])
    assert leaving.value.code == 0
    shown = capsys.readouterr().out
    assert shown.startswith("用法：wence eval")
    assert not {"usage", "options:", "show this help"} & set(shown.split())
