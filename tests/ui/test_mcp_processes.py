"""`wence mcp` as a real process, with the official client over stdio and over HTTP."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import anyio
import httpx
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from rag.ownership import LOCK_NAME, Ownership

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
QUESTION = "市中区机构改革后共设置多少个党政机构？"
QUOTATION = "设党政机构37个"
COMMAND = [sys.executable, "-m", "ui.cli", "mcp"]
ENVIRONMENT = {"PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT)}
MODES = ["legacy", "auto"]
INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}
ASK = {
    "jsonrpc": "2.0",
    "id": 2,
    "method": "tools/call",
    "params": {"name": "ask", "arguments": {"question": QUESTION}},
}


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """A data folder with the built-in library."""
    folder = tmp_path_factory.mktemp("mcp") / "data"
    command = [sys.executable, "-m", "ui.cli", "ingest", "--library", "--data", str(folder)]
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT, timeout=240)
    return folder


def talk_over_stdio(folder, conversation, log, *, mode="auto"):
    """A conversation with a process of its own; what it logged is written to `log`."""
    parameters = StdioServerParameters(
        command=COMMAND[0], args=[*COMMAND[1:], "--data", str(folder)], env=ENVIRONMENT, cwd=ROOT
    )

    async def talking():
        with log.open("w", encoding="utf-8") as errors:
            transport = stdio_client(parameters, errlog=errors)
            async with Client(transport, mode=mode, read_timeout_seconds=120) as client:
                return await conversation(client)

    return anyio.run(talking)


async def all_tools(client):
    """A call of each tool."""
    called = {}
    called["ask"] = await client.call_tool("ask", {"question": QUESTION})
    called["search"] = await client.call_tool("search", {"query": "党政机构 个数", "limit": 3})
    called["verify_quotation"] = await client.call_tool("verify_quotation", {"text": QUOTATION})
    draft = "市中区机构改革后“设党政机构47个”。"
    called["check_draft"] = await client.call_tool("check_draft", {"text": draft})
    (first, *_) = called["ask"].structured_content["citations"]
    arguments = {"document_id": first["document_id"], "max_characters": 100_000}
    called["get_document"] = await client.call_tool("get_document", arguments)
    resource = await client.read_resource(f"wence://documents/{first['document_id']}")
    return called, resource.contents[0].text


def check_all_tools(called, text):
    assert [name for name, result in called.items() if result.is_error] == []
    answer = called["ask"].structured_content
    assert "37" in answer["text"]
    document = called["get_document"].structured_content
    assert document["text"] == text
    first = answer["citations"][0]
    assert text[first["start"] : first["end"]] == first["quote"]
    assert len(called["search"].structured_content["items"]) == 3
    assert called["verify_quotation"].structured_content["verdict"] in {"exact", "altered"}
    found = called["check_draft"].structured_content["items"]
    assert "altered" in {finding["verdict"] for finding in found}


def is_free(folder):
    Ownership(folder, program="test").release()
    return True


@pytest.mark.parametrize("mode", MODES)
def test_a_client_uses_every_tool_over_stdio_and_the_folder_is_free_afterwards(
    library, tmp_path, mode
):
    log = tmp_path / "log"
    begun = time.monotonic()
    called, text = talk_over_stdio(library, all_tools, log, mode=mode)
    check_all_tools(called, text)
    assert "Traceback" not in log.read_text(encoding="utf-8")
    assert is_free(library)
    assert time.monotonic() - begun < 60


def test_beside_a_server_its_library_is_used(served_folder, tmp_path, desk):
    async def conversation(client):
        answer = await client.call_tool("ask", {"question": "清河区设置多少个党政机构？"})
        listed = await client.list_resources()
        wrong = await client.call_tool("get_document", {"document_id": "0" * 24})
        return answer, listed.resources, wrong

    answer, resources, wrong = talk_over_stdio(served_folder, conversation, tmp_path / "log")
    assert "𠮷三十六个" in answer.structured_content["text"]
    assert desk.assistant.asked
    assert len(resources) == len(desk.shelf.documents)
    assert wrong.is_error
    assert "没有编号为" in wrong.content[0].text


def test_a_folder_that_another_program_holds_is_told_to_the_model(library, tmp_path):
    async def conversation(client):
        return await client.call_tool("ask", {"question": QUESTION})

    with Ownership(library, program="wence ingest"):
        result = talk_over_stdio(library, conversation, tmp_path / "log")
    assert result.is_error
    assert "wence ingest" in result.content[0].text


def started(folder, *options):
    return subprocess.Popen(
        [*COMMAND, "--data", str(folder), *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        cwd=ROOT,
        env=os.environ | ENVIRONMENT,
    )


def send(process, *messages):
    for message in messages:
        process.stdin.write(json.dumps(message) + "\n")
    process.stdin.flush()


def ended(process):
    """Exit code, the rest of stdout and stderr of a process that should end by itself."""
    begun = time.monotonic()
    try:
        process.wait(timeout=10)
    finally:
        process.kill()
        rest = "" if process.stdout.closed else process.stdout.read()
        log = process.stderr.read()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            stream.close()
    assert time.monotonic() - begun < 5
    assert "Traceback" not in log
    return process.returncode, rest, log


def test_only_the_protocol_goes_to_stdout_even_while_a_library_is_built(tmp_path):
    folder = tmp_path / "data"
    process = started(folder)
    send(process, INITIALIZE)
    begun = time.monotonic()
    first = json.loads(process.stdout.readline())
    assert first["result"]["serverInfo"]["name"] == "wence"
    assert time.monotonic() - begun < 30
    assert not folder.exists()
    send(process, {"jsonrpc": "2.0", "method": "notifications/initialized"}, ASK)
    answer = json.loads(process.stdout.readline())
    assert answer["id"] == 2
    assert "37" in answer["result"]["structuredContent"]["text"]
    assert (folder / LOCK_NAME).exists()
    process.stdin.close()
    code, rest, log = ended(process)
    assert (code, rest) == (0, "")
    assert "先建好内置资料库" in log
    assert is_free(folder)


def test_what_is_no_message_is_survived(library):
    process = started(library)
    process.stdin.write("这不是 JSON\n{}\n[]\n\n")
    send(process, INITIALIZE)
    assert json.loads(process.stdout.readline())["result"]
    process.stdin.close()
    assert ended(process)[:2] == (0, "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_although_stdin_stays_open(library, number):
    process = started(library)
    send(process, INITIALIZE)
    process.stdout.readline()
    send(process, {"jsonrpc": "2.0", "method": "notifications/initialized"}, ASK)
    process.stdout.readline()
    process.send_signal(number)
    code, rest, _ = ended(process)
    assert (code, rest) == (0, "")
    assert is_free(library)


def test_a_client_that_stops_reading_does_not_keep_it_alive(library):
    process = started(library)
    send(process, INITIALIZE)
    process.stdout.readline()
    process.stdout.close()
    send(process, {"jsonrpc": "2.0", "id": 3, "method": "ping"})
    time.sleep(0.5)
    process.stdin.close()
    ended(process)
    assert is_free(library)


@pytest.fixture
def url(library):
    """A server over HTTP on a free port; at the end SIGTERM stops it."""
    process = started(library, "--http", "--port", "0")
    try:
        line = process.stderr.readline()
        (url,) = re.findall(r"http://\S+/mcp", line)
        yield url
        process.terminate()
    finally:
        if process.poll() is None:
            process.terminate()
    code, rest, log = ended(process)
    assert (code, rest) == (0, "")
    assert "已停止" in log
    assert is_free(library)


@pytest.mark.parametrize("mode", MODES)
def test_a_client_uses_every_tool_over_http(url, mode):
    async def talking():
        async with Client(url, mode=mode, read_timeout_seconds=120) as client:
            return await all_tools(client)

    check_all_tools(*anyio.run(talking))


def test_over_http_many_clients_work_at_once_and_progress_arrives(url):
    reports = []

    async def heard(progress, total, message):
        reports.append(message)

    async def one(results):
        async with Client(url, read_timeout_seconds=120) as client:
            result = await client.call_tool("ask", {"question": QUESTION}, progress_callback=heard)
            results.append(result)

    async def talking():
        results = []
        async with anyio.create_task_group() as group:
            for _ in range(6):
                group.start_soon(one, results)
        return results

    results = anyio.run(talking)
    assert [result.is_error for result in results] == [False] * 6
    assert reports


def test_over_http_another_host_name_is_refused(url):
    headers = {"Host": "evil.example", "Accept": "application/json, text/event-stream"}
    response = httpx.post(url, json=INITIALIZE, headers=headers, trust_env=False)
    assert response.status_code == 421


def test_over_http_requests_and_the_answers_it_gives_itself_are_counted(url):
    async def talking():
        async with Client(url, read_timeout_seconds=120) as client:
            await client.call_tool("ask", {"question": QUESTION})

    anyio.run(talking)
    metrics = httpx.get(url.replace("/mcp", "/metrics"), trust_env=False).text
    assert 'wence_answers_total{mode="extractive",status="answered"} 1.0' in metrics
    assert 'route="/mcp"' in metrics
    assert QUESTION not in metrics
