"""The command line: exit codes, what goes where, and never a traceback."""

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from rag.documents import Answer
from rag.ownership import Ownership
from ui import cli
from ui.api.document_schemas import DocumentDetail, DocumentList
from ui.api.schemas import SearchResults, UploadResults
from ui.terminal.arguments import Options

HEAVY = ("chromadb", "langchain_core", "torch", "gradio", "fastapi", "pydantic", "rich", "numpy")


def wence(
    *arguments: str | bytes,
    stdin: bytes = b"",
    environment: dict[str, str] | None = None,
    folder: Path | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run the real command line."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WENCE_")}
    return subprocess.run(
        [sys.executable, "-m", "ui.cli", *arguments],
        input=stdin,
        capture_output=True,
        env=kept | (environment or {}),
        cwd=folder,
        timeout=120,
        check=False,
    )


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run a command in this process: exit code, stdout, stderr."""
    code = cli.run(arguments)
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    return code, captured.out, captured.err


def test_help_needs_no_heavy_module():
    script = f"import sys, ui.cli; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, text=True
    )
    assert done.stdout.strip() == "[]"


def test_help_is_chinese_and_names_every_command():
    done = wence("--help")
    text = done.stdout.decode()
    assert (done.returncode, done.stderr) == (0, b"")
    for command in ("serve", "ingest", "ask", "search", "documents", "rebuild", "doctor", "bench"):
        assert f"    {command} " in text
    assert "退出码" in text


def test_help_prints_utf8_in_any_locale():
    for locale in ({"LC_ALL": "C", "PYTHONUTF8": "0"}, {"PYTHONIOENCODING": "ascii"}):
        done = wence("--help", environment=locale)
        assert "问策" in done.stdout.decode("utf-8")


def test_version_is_printed():
    assert wence("--version").stdout.startswith(b"wence ")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["寻找"],
        ["ask"],
        ["ask", "  "],
        ["ask", "问" * 2001],
        ["ask", "问", "--from", "去年"],
        ["ask", "问", "--from", "2020", "--to", "2019"],
        ["search", "问", "--limit", "1001"],
        ["search", "问", "--collection", ""],
        ["documents", "--to", "2019-13"],
        ["quote", " "],
        ["quote", "，。"],
        ["verify", "三个字"],
        ["verify", "！？……"],
        ["ingest"],
        ["ingest", "x", "--collection", " "],
    ],
    ids=lambda arguments: " ".join(arguments)[:30] or "nothing",
)
def test_wrong_use_exits_with_2_and_changes_nothing(
    arguments: list[str], tmp_path: Path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert any("\u4e00" <= character <= "\u9fff" for character in err)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "value"), [("WENCE_PORT", "abc"), ("WENCE_MAX_FILE_MB", "0"), ("WENCE_THREADS", "")]
)
def test_a_wrong_setting_is_named(name: str, value: str, monkeypatch, capsys):
    monkeypatch.setenv(name, value)
    code, _, err = run(capsys, "documents")
    assert code == 2
    assert name in err


def test_documents_of_a_new_folder_are_none_and_the_way_to_ingest_is_told(tmp_path: Path, capsys):
    folder = tmp_path / "data"
    code, out, err = run(capsys, "documents", "--data", str(folder))
    assert (code, out) == (0, "")
    assert "wence ingest" in err
    assert not folder.exists()
    code, out, _ = run(capsys, "documents", "--json", "--data", str(folder))
    assert (code, json.loads(out)) == (0, {"items": [], "next": None})


@pytest.mark.parametrize(
    "arguments",
    [["documents", "show", "abc"], ["documents", "remove", "abc"], ["rebuild"], ["doctor"]],
    ids=" ".join,
)
def test_what_needs_data_says_so_where_there_is_none(arguments: list[str], tmp_path: Path, capsys):
    folder = tmp_path / "data"
    code, out, err = run(capsys, *arguments, "--data", str(folder))
    assert (code, out) == (1, "")
    assert str(folder) in err
    assert not folder.exists()


def test_ask_goes_through_the_server_that_owns_the_folder(served_folder: Path, desk, capsys):
    code, out, err = run(
        capsys, "ask", "多少个党政机构？", "--place", "清河区", "--data", str(served_folder)
    )
    assert (code, err) == (0, "")
    assert out.startswith("清河区机构改革后共设置党政机构")
    assert "[1] 清河区机构改革方案要点（资料卡，2019年3月22日，清河日报）" in out
    assert "李明远 说" in out
    document_id = next(iter(desk.shelf.documents))
    assert f"文件 {document_id}，位置 " in out
    assert "注：第二条出自示例文件。" in out
    assert "\x1b" not in out
    assert desk.assistant.asked[-1][2].place == "清河区"


def test_json_is_the_body_of_the_api(served_folder: Path, desk, capsys):
    document_id = next(iter(desk.shelf.documents))
    for arguments, body in (
        (["ask", "多少个？"], Answer),
        (["search", "机构", "--limit", "2"], SearchResults),
        (["documents", "--limit", "2"], DocumentList),
        (["documents", "show", document_id], DocumentDetail),
    ):
        code, out, err = run(capsys, *arguments, "--json", "--data", str(served_folder))
        assert (code, err) == (0, "")
        parsed = TypeAdapter(body).validate_json(out)
        assert TypeAdapter(body).dump_python(parsed, mode="json") == json.loads(out)


def test_the_model_that_writes_is_chosen_by_name(served_folder: Path, desk, capsys):
    desk.assistant.chat_models = ("甲", "乙")
    asking = ("ask", "多少个？", "--data", str(served_folder))
    assert run(capsys, *asking, "--model", "乙")[0] == 0
    assert desk.assistant.models[-1] == "乙"
    code, _, err = run(capsys, *asking, "--model", "丙")
    assert code == 2
    assert "可用的有：甲、乙" in err
    code, _, err = run(capsys, *asking, "--model", "乙", "--mode", "extractive")
    assert code == 2
    assert "相抵触" in err


def test_malformed_chat_models_are_told_without_their_keys(tmp_path: Path, capsys, monkeypatch):
    for models in ('{"q": {"api_key": "sk-secret", "url": "x"}}', '{"q": {"api_key": "sk-secret"'):
        monkeypatch.setenv("WENCE_CHAT_MODEL", "d")
        monkeypatch.setenv("WENCE_CHAT_MODELS", models)
        code, out, err = run(capsys, "ask", "多少个？", "--data", str(tmp_path))
        assert (code, out) == (2, "")
        assert "WENCE_CHAT_MODELS 有误" in err
        assert "secret" not in err


def test_a_question_may_come_from_standard_input(served_folder: Path, desk):
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        done = wence(
            "ask", "-", "--data", str(served_folder), stdin="多少个党政机构？\n".encode(encoding)
        )
        assert done.returncode == 0, done.stderr.decode()
        assert desk.assistant.asked[-1][0] == "多少个党政机构？"


def test_no_evidence_is_an_answer(served_folder: Path, capsys):
    code, out, _ = run(capsys, "ask", "没有的事", "--data", str(served_folder))
    assert code == 0
    assert "未找到依据" in out
    assert "引用" not in out.splitlines()


def test_a_servers_failure_is_told_and_exits_with_1(served_folder: Path, capsys):
    code, out, err = run(capsys, "ask", "模型怎么了", "--data", str(served_folder))
    assert (code, out) == (1, "")
    assert "聊天模型没有回复" in err


def test_nothing_that_steers_a_terminal_is_printed(served_folder: Path, desk, capsys):
    evil = "\x1b]0;坏\x07\u202e"
    document_id, document = next(iter(desk.shelf.documents.items()))
    from dataclasses import replace

    metadata = replace(document.metadata, title=f"标题{evil}")
    desk.shelf.documents[document_id] = replace(document, metadata=metadata, file_name=evil)
    for arguments in (["documents"], ["documents", "show", document_id], ["search", "机构"]):
        _, out, _ = run(capsys, *arguments, "--data", str(served_folder))
        assert "标题" in out
        assert not {"\x1b", "\x07", "\u202e"} & set(out)


def test_removing_names_each_failure_and_removes_the_rest(served_folder: Path, desk, capsys):
    known = next(iter(desk.shelf.documents))
    code, out, err = run(
        capsys, "documents", "remove", "没有的", known, "--json", "--data", str(served_folder)
    )
    assert code == 1
    assert "没有的" in err
    items = json.loads(out)["items"]
    assert [item["status"] for item in items] == ["failed", "removed"]
    assert known not in desk.shelf.documents


def test_ingest_goes_through_the_server_with_the_same_sources(
    served_folder: Path, desk, tmp_path: Path, capsys
):
    inbox = tmp_path / "收件"
    inbox.mkdir()
    (inbox / "甲.txt").write_text("甲的正文", encoding="utf-8")
    (inbox / "乙.txt").write_text("坏文件", encoding="utf-8")
    (inbox / "空.txt").touch()
    code, out, err = run(
        capsys,
        "ingest", str(inbox), "--collection", "讲话", "--json", "--data", str(served_folder),
    )  # fmt: skip
    assert code == 1
    statuses = {
        item.file_name: item.status for item in UploadResults.model_validate_json(out).items
    }
    assert statuses == {"甲.txt": "added", "乙.txt": "failed", "空.txt": "failed"}
    assert f"失败：{inbox / '乙.txt'}：文件是空的或无法解码" in err
    assert str(inbox / "空.txt") in err
    assert (str(inbox / "甲.txt"), "甲.txt", "讲话", "甲的正文".encode()) in desk.intake.taken


def test_the_library_is_not_ingested_behind_a_servers_back(served_folder: Path, capsys):
    code, _, err = run(capsys, "ingest", "--library", "--data", str(served_folder))
    assert code == 1
    assert "--library" in err


@pytest.mark.parametrize("command", [["rebuild"], ["doctor"]], ids=" ".join)
def test_upkeep_names_who_owns_the_folder(command: list[str], served_folder: Path, capsys):
    code, out, err = run(capsys, *command, "--data", str(served_folder))
    assert (code, out) == (1, "")
    assert str(os.getpid()) in err
    assert "独占" in err


def test_an_owner_that_is_no_server_is_named(tmp_path: Path, capsys):
    with Ownership(tmp_path, program="wence ingest"):
        for arguments in (["ask", "问"], ["search", "问"], ["ingest", str(tmp_path)]):
            code, out, err = run(capsys, *arguments, "--data", str(tmp_path))
            assert (code, out) == (1, "")
            assert str(os.getpid()) in err
            assert "wence ingest" in err


def test_a_reader_that_closes_the_pipe_sees_no_traceback(served_folder: Path, desk):
    for number in range(500):
        document = next(iter(desk.shelf.documents.values()))
        from dataclasses import replace

        desk.shelf.documents[str(number)] = replace(document, document_id=str(number))
    command = (
        f"{sys.executable} -m ui.cli documents --data {served_folder} | head -n 1;"
        'echo "${PIPESTATUS[0]}"'
    )
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=True, text=True)
    assert done.stdout.splitlines()[-1] == "0"
    assert done.stderr == ""


def test_an_ingest_goes_on_though_nobody_reads_how_far_it_is(
    served_folder: Path, desk, tmp_path: Path
):
    (tmp_path / "甲.txt").write_text("正文", encoding="utf-8")
    data = shlex.quote(str(served_folder))
    command = f"{sys.executable} -m ui.cli ingest 甲.txt --data {data} 2>&1 | true"
    subprocess.run(["bash", "-c", command], cwd=tmp_path, check=True)
    assert [taken[1] for taken in desk.intake.taken] == ["甲.txt"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is always full")
def test_a_result_that_cannot_be_written_is_a_failure(served_folder: Path):
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-m", "ui.cli", "documents", "--data", str(served_folder)],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.decode().startswith("出错：结果写不出去")


def test_closed_streams_do_no_harm(served_folder: Path):
    command = f"{sys.executable} -m ui.cli documents --data {served_folder} >&- 2>&-"
    assert subprocess.run(["bash", "-c", command], check=False).returncode == 0


def test_an_argument_that_is_no_text_is_refused_or_unknown(tmp_path: Path):
    data = str(tmp_path / "data")
    done = wence("ask", b"\xff\xfe", "--data", data)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
    done = wence("documents", "show", b"\xff", "--data", data)
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr


def wait_until_reading(process_id: int) -> None:
    """Until a program waits for what is piped to it, however long it takes to begin."""
    waits_in = Path(f"/proc/{process_id}/wchan")
    for _ in range(600):
        if "pipe_read" in waits_in.read_text(encoding="ascii"):
            return
        time.sleep(0.1)
    pytest.fail("the program never read its input")


def test_ctrl_c_ends_without_a_traceback(tmp_path: Path):
    process = subprocess.Popen(
        [sys.executable, "-m", "ui.cli", "ask", "-", "--data", str(tmp_path / "data")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # Whoever runs the tests in the background has it ignored, and what they start, too.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    wait_until_reading(process.pid)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, b"")
    assert err.decode() == "已中断。\n"


def test_a_bug_becomes_one_line_and_a_log(tmp_path: Path, monkeypatch, capsys):
    def fail(options: Options) -> int:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(cli, "_run_command", fail)
    code, _, err = run(capsys, "documents", "--data", str(tmp_path))
    assert code == 1
    log = tmp_path / "logs" / "errors.log"
    assert str(log) in err
    assert len(err.splitlines()) == 1
    assert "ZeroDivisionError: a bug" in log.read_text(encoding="utf-8")


def test_a_bug_does_not_make_a_data_folder(tmp_path: Path, monkeypatch, capsys):
    def fail(options: Options) -> int:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(cli, "_run_command", fail)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    folder = tmp_path / "data"
    code, _, err = run(capsys, "documents", "--data", str(folder))
    assert code == 1
    assert str(tmp_path) in err
    assert not folder.exists()


def statuses(out: str) -> Sequence[str]:
    return [item.status for item in UploadResults.model_validate_json(out).items]


@pytest.mark.slow
def test_from_files_to_an_answer_and_back_to_nothing(tmp_path: Path, capsys):
    data = str(tmp_path / "data")
    inbox = tmp_path / "收件"
    inbox.mkdir()
    text = "清河区机构改革后共设置党政机构三十六个。改革于2019年3月启动。\n"
    (inbox / "清河区.txt").write_text(text, encoding="utf-8")
    (inbox / "空.txt").touch()

    code, out, err = run(capsys, "ingest", str(inbox), "--json", "--data", data)
    assert code == 1
    assert sorted(statuses(out)) == ["added", "failed"]
    assert f"失败：{inbox / '空.txt'}" in err
    code, out, _ = run(capsys, "ingest", str(inbox / "清河区.txt"), "--json", "--data", data)
    assert (code, statuses(out)) == (0, ["unchanged"])

    _, out, _ = run(capsys, "documents", "--json", "--data", data)
    (item,) = DocumentList.model_validate_json(out).items
    assert (item.file_name, item.collection) == ("清河区.txt", "default")

    code, out, err = run(capsys, "ask", "清河区设置多少个党政机构？", "--json", "--data", data)
    assert (code, err) == (0, "")
    answer = TypeAdapter(Answer).validate_json(out)
    assert "三十六个" in answer.text
    _, out, _ = run(capsys, "documents", "show", item.document_id, "--json", "--data", data)
    document = DocumentDetail.model_validate_json(out)
    for citation in answer.citations:
        assert document.text[citation.start : citation.end] == citation.quote

    assert run(capsys, "doctor", "--data", data)[0] == 0
    assert run(capsys, "rebuild", "--data", data)[0] == 0
    code, out, _ = run(capsys, "search", "党政机构", "--json", "--data", data)
    assert SearchResults.model_validate_json(out).items

    assert run(capsys, "documents", "remove", item.document_id, "--data", data)[0] == 0
    code, out, _ = run(capsys, "search", "党政机构", "--data", data)
    assert (code, out) == (0, "没有找到相关段落。\n")
    assert run(capsys, "doctor", "--data", data)[0] == 0


@pytest.mark.slow
def test_the_first_question_of_all_builds_the_library(tmp_path: Path):
    done = wence("ask", "市中区机构改革后共设置多少个党政机构？", folder=tmp_path)
    assert done.returncode == 0, done.stderr.decode()
    assert "37" in done.stdout.decode()
    assert "内置资料库" in done.stderr.decode()
    assert (tmp_path / "data" / "catalog.sqlite3").exists()


@pytest.mark.slow
def test_a_file_name_that_is_no_text_does_not_stop_an_ingest(tmp_path: Path):
    inbox = tmp_path / "in"
    inbox.mkdir()
    (inbox / "good.txt").write_text("一句话。", encoding="utf-8")
    with open(os.fsencode(inbox) + b"/\xff.txt", "wb") as file:  # noqa: PTH123 - a name in bytes
        file.write("又一句话。".encode())
    done = wence("ingest", str(inbox), "--json", "--data", str(tmp_path / "data"))
    assert b"Traceback" not in done.stderr
    assert "added" in statuses(done.stdout.decode())
