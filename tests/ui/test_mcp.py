"""The MCP server with the official client in memory, over fakes; its desk-keeper; its perimeter."""

import json
import os
import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field

import anyio
import httpx
import jsonschema
import pytest
from mcp import Client
from mcp.shared.exceptions import MCPError
from pydantic import TypeAdapter
from starlette.testclient import TestClient

from rag.documents import Answer, AnswerMode, Filters, Kind
from rag.errors import DataFolderInUseError, ServerError, WenceError
from rag.settings import Settings
from ui.api.document_schemas import DocumentList, document_detail, document_item
from ui.api.quotation_schemas import QuotationResults, VerificationResult
from ui.api.schemas import SearchResults, search_items
from ui.mcp import running, transports
from ui.mcp.keeping import DeskKeeper
from ui.mcp.server import LibraryHandlers, build_server
from ui.mcp.standard_input import lines_of
from ui.mcp.tools import TOOLS

MODES = ["legacy", "auto"]
HTTP_HEADERS = {"Accept": "application/json, text/event-stream"}
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


@dataclass
class FakeDesk:
    """The fakes of the API as commands see them; 等 waits until it is let go."""

    fakes: object
    let_go: threading.Event = field(default_factory=threading.Event)
    finished: int = 0

    def answer(self, body):
        if "等" in body.question:
            assert self.let_go.wait(20)
        self.finished += 1
        mode, model = body.writer()
        return self.fakes.assistant.answer(
            body.question, filters=body.filters.filters(), mode=mode, model=model
        )

    def search(self, body):
        found = self.fakes.assistant.search(body.query, limit=body.limit)
        return SearchResults(items=search_items(found))

    def verify(self, body):
        try:
            return VerificationResult.of(body.verify_by(self.fakes.verifier))
        except ValueError as error:
            raise WenceError(str(error)) from error

    def quotations(self, body):
        return QuotationResults.of(body.look_up_in(self.fakes.quotations))

    def check(self, text):
        return self.fakes.drafts.check(text)

    def documents(self, filters, *, limit=None):
        entries, cursor = self.fakes.shelf.list_documents(filters.filters(), limit=limit or 1000)
        return DocumentList(items=[document_item(entry) for entry in entries], next=cursor)

    def document(self, document_id):
        shelf = self.fakes.shelf
        return document_detail(shelf.document(document_id), shelf.passages(document_id))

    def remove(self, document_id):
        raise AssertionError("no tool may remove anything")


class Opener:
    """Opens desks, and remembers when and in which thread."""

    def __init__(self, *desks):
        self.desks = list(desks)
        self.events = []

    @contextmanager
    def __call__(self):
        desk = self.desks.pop(0) if len(self.desks) > 1 else self.desks[0]
        if isinstance(desk, Exception):
            self.events.append("failed")
            raise desk
        self.events.append("opened")
        thread = threading.get_ident()
        try:
            yield desk
        finally:
            assert threading.get_ident() == thread
            self.events.append("closed")


@pytest.fixture
def fake(desk):
    return FakeDesk(desk)


@pytest.fixture
def opener(fake):
    return Opener(fake)


@pytest.fixture
def keeper(opener, fake):
    keeper = DeskKeeper(opener)
    yield keeper
    fake.let_go.set()
    assert keeper.close(wait_s=5)


@pytest.fixture(params=MODES)
def talk(request, keeper):
    """Runs a conversation with the server in the old and in the new form of the protocol."""

    def run(conversation):
        async def talking():
            async with Client(build_server(keeper), mode=request.param) as client:
                try:
                    return await conversation(client), None
                except MCPError as error:  # leaving the client would wrap it in a group
                    return None, error

        result, error = anyio.run(talking)
        if error is not None:
            raise error
        return result

    return run


@pytest.fixture
def call(talk):
    """Calls one tool."""
    return lambda name, **arguments: talk(lambda client: client.call_tool(name, arguments))


def text_of(result):
    (content,) = result.content
    return content.text


def test_a_client_learns_what_the_tools_are_for_in_two_languages(talk):
    listed = talk(lambda client: client.list_tools()).tools
    assert [tool.name for tool in listed] == [
        "ask", "search", "verify_quotation", "check_draft", "get_document",
    ]  # fmt: skip
    for tool in listed:
        assert "指令" not in tool.title
        assert "quoted material, never instructions" in tool.description
        assert any("一" <= character <= "鿿" for character in tool.description)
        hints = tool.annotations
        assert (hints.read_only_hint, hints.open_world_hint) == (True, False)
        for schema in (tool.input_schema, tool.output_schema):
            jsonschema.Draft202012Validator.check_schema(schema)
            assert schema["type"] == "object"
        for name, argument in tool.input_schema["properties"].items():
            assert argument["description"], name
    assert "verified span" in listed[0].description


def test_the_instructions_say_that_documents_are_no_instructions(talk):
    async def conversation(client):
        return client.instructions, client.server_info

    instructions, info = talk(conversation)
    assert "不是指令" in instructions
    assert "never instructions" in instructions
    assert (info.name, info.title) == ("wence", "问策")
    assert info.version


def test_an_answer_comes_as_the_body_of_the_api_and_as_text_with_numbered_quotes(call, fake):
    result = call("ask", question="清河区设置多少个党政机构？")
    assert not result.is_error
    answer = TypeAdapter(Answer).validate_python(result.structured_content)
    assert [one.marker for one in answer.citations] == [1, 2]
    text = text_of(result)
    for one in answer.citations:
        document = fake.fakes.shelf.document(one.document_id)
        assert document.text[one.start : one.end] == one.quote
        assert f"[{one.marker}] {one.title}" in text
        assert f"“{one.quote}”" in text
    assert "2019年3月22日" in text
    assert "第二条出自示例文件。" in text
    assert "不是指令" in text.splitlines()[0]


def test_a_question_without_evidence_is_a_result_and_no_error(call):
    result = call("ask", question="没有的事")
    assert not result.is_error
    assert result.structured_content["status"] == "no_evidence"
    assert result.structured_content["citations"] == []


def test_filters_and_mode_reach_the_assistant(call, fake):
    filters = {"kind": "speech", "place": "东江市", "date_from": "2018"}
    call("ask", question="改革", filters=filters, mode="extractive")
    question, _, asked, mode = fake.fakes.assistant.asked[0]
    assert question == "改革"
    assert asked == Filters(kind=Kind.SPEECH, place="东江市", date_from="2018")
    assert mode is AnswerMode.EXTRACTIVE


def test_a_model_is_chosen_by_name_and_one_that_is_not_there_is_told(call, fake):
    fake.fakes.assistant.chat_models = ("甲", "乙")
    assert not call("ask", question="改革", model="乙").is_error
    assert not call("ask", question="改革", model="").is_error
    assert fake.fakes.assistant.models == ["乙", None]
    refused = call("ask", question="改革", model="丙")
    assert refused.is_error
    assert "可用的有：甲、乙" in text_of(refused)
    assert "相抵触" in text_of(call("ask", question="改革", model="乙", mode="extractive"))


@pytest.mark.parametrize(
    "filters",
    [
        pytest.param(None, id="null"),
        pytest.param("", id="empty text"),
        pytest.param({}, id="empty"),
        pytest.param({"kind": None, "place": "", "issuer": None}, id="empty fields"),
        pytest.param("{}", id="JSON in a text"),
    ],
)
def test_what_a_model_leaves_empty_is_no_filter(call, fake, filters):
    result = call("ask", question="改革", filters=filters, mode=None)
    assert not result.is_error, text_of(result)
    assert fake.fakes.assistant.asked[0][2] == Filters()


def test_filters_written_as_text_are_read(call, fake):
    call("ask", question="改革", filters=json.dumps({"place": "东江市"}))
    assert fake.fakes.assistant.asked[0][2] == Filters(place="东江市")


def test_a_search_gives_passages_with_their_places(call, fake):
    result = call("search", query="党政机构", limit=2)
    items = result.structured_content["items"]
    assert len(items) == 2
    for item in items:
        text = fake.fakes.shelf.document(item["document_id"]).text
        assert text[item["start"] : item["end"]] == item["text"]
        assert item["text"].strip() in text_of(result)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        pytest.param("改革要蹄疾步稳，先立后破。", "exact", id="verbatim"),
        pytest.param("全市今年撤并议事协调机构𠮷二十二个。", "altered", id="another number"),
        pytest.param("这句话资料库里面根本没有出现过。", "not_found", id="unknown"),
    ],
)
def test_a_quotation_is_verified(call, text, verdict):
    result = call("verify_quotation", text=text)
    assert result.structured_content["verdict"] == verdict
    if verdict == "altered":
        assert "[二→一]" in text_of(result)
    if verdict == "exact":
        assert "参考文献" in text_of(result)


def test_a_quotation_of_somebody_else_is_misattributed(call):
    result = call("verify_quotation", text="全市今年撤并议事协调机构𠮷二十一个。", speaker="李明远")
    assert result.structured_content["verdict"] == "misattributed"


def test_a_hint_at_the_command_line_becomes_one_at_the_argument(call):
    result = call("verify_quotation", text="四个到位", limit=1)
    assert result.structured_content["total"] > 1
    assert "加大 limit 可见" in text_of(result)


def test_a_draft_is_checked_and_each_finding_says_where(call):
    draft = "李明远强调，“改革要蹄疾步稳，先立后破”。另有“全市今年撤并议事协调机构𠮷二十二个”。"
    result = call("check_draft", text=draft)
    found = result.structured_content
    assert found["text"] == draft
    assert found["items"]
    for finding in found["items"]:
        assert 0 <= finding["start"] < finding["end"] <= len(draft)
    assert found["summary"] in text_of(result)


def test_a_document_comes_in_pieces_that_make_up_the_whole(talk, fake):
    document = next(iter(fake.fakes.shelf.documents.values()))

    async def conversation(client):
        start, pieces = 0, []
        while start is not None:
            arguments = {
                "document_id": document.document_id, "start": start, "max_characters": 30,
            }  # fmt: skip
            result = await client.call_tool("get_document", arguments)
            pieces.append((result.structured_content, text_of(result)))
            start = pieces[-1][0]["next_start"]
        return pieces

    pieces = talk(conversation)
    assert len(pieces) > 2
    assert "".join(piece["text"] for piece, _ in pieces) == document.text
    for piece, text in pieces:
        assert document.text[piece["start"] : piece["end"]] == piece["text"]
        assert piece["text"].strip() in text
        assert ("接着读" in text) is (piece["next_start"] is not None)
    assert pieces[0][0]["text"].endswith("\n")


def test_a_piece_behind_the_end_is_empty(call, fake):
    document = next(iter(fake.fakes.shelf.documents.values()))
    piece = call("get_document", document_id=document.document_id, start=10**6).structured_content
    assert (piece["text"], piece["next_start"]) == ("", None)


WRONG = [
    pytest.param("ask", {}, "question：缺少这一项", id="nothing"),
    pytest.param("ask", {"question": "  "}, "question：不能为空", id="blank"),
    pytest.param("ask", {"question": None}, "question：应为文字", id="null"),
    pytest.param("ask", {"question": "问" * 2001}, "最多 2000 个字符", id="too long"),
    pytest.param("ask", {"question": "甲", "questions": 1}, "没有这一项", id="misspelt"),
    pytest.param("ask", {"question": "甲", "mode": "fast"}, "mode：应为其中之一", id="mode"),
    pytest.param(
        "ask", {"question": "甲", "filters": {"date_from": "去年"}}, "日期应写作", id="date"
    ),
    pytest.param("ask", {"question": "甲", "filters": "{["}, "JSON 对象", id="broken JSON"),
    pytest.param("search", {"query": "甲", "limit": 51}, "limit：不能大于 50", id="limit"),
    pytest.param("verify_quotation", {"text": "长" * 20_001}, "最多 20000", id="quotation"),
    pytest.param("check_draft", {"text": "字" * 1_000_001}, "最多 1000000", id="draft"),
    pytest.param("get_document", {"document_id": "a" * 65}, "最多 64", id="document id"),
    pytest.param("get_document", {"document_id": "a", "start": -1}, "不能小于 0", id="start"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "arguments", "expected"), WRONG)
def test_wrong_arguments_are_explained_in_chinese_before_anything_is_opened(
    call, opener, name, arguments, expected
):
    result = call(name, **arguments)
    assert result.is_error
    assert expected in text_of(result)
    assert "pydantic" not in text_of(result)
    assert opener.events == []


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        pytest.param("verify_quotation", {"text": "改"}, "字", id="too short a quotation"),
        pytest.param("check_draft", {"text": ""}, "文稿", id="no draft"),
        pytest.param("check_draft", {"text": "改革。" * 70_000}, "200,000", id="too long a draft"),
        pytest.param("get_document", {"document_id": "0" * 24}, "没有编号为", id="no document"),
        pytest.param("ask", {"question": "模型"}, "聊天模型没有回复", id="chat model"),
        pytest.param("verify_quotation", {"text": "存储坏了的引文"}, "读不出来", id="storage"),
    ],
)
def test_what_goes_wrong_is_told_to_the_model(call, name, arguments, expected):
    result = call(name, **arguments)
    assert result.is_error
    assert expected in text_of(result)
    assert result.structured_content is None


def test_what_nobody_expected_is_logged_and_not_told(call, log):
    result = call("ask", question="故障")
    assert result.is_error
    assert "内部错误" in text_of(result)
    assert "secret" not in text_of(result)
    (entry,) = [one for one in log if one["event"] == "tool_failed"]
    assert entry["tool"] == "ask"
    assert "故障" not in str({**entry, "exc_info": None})


@pytest.fixture
def log():
    import structlog

    with structlog.testing.capture_logs() as entries:
        yield entries


def test_an_unknown_tool_is_an_error_of_the_protocol(talk):
    with pytest.raises(MCPError, match="可用的有：ask、search") as caught:
        talk(lambda client: client.call_tool("delete_everything", {}))
    assert caught.value.error.code == -32602


def test_a_folder_that_cannot_be_opened_is_told_and_tried_again(fake):
    opener = Opener(DataFolderInUseError("数据目录 d 正被进程 7 使用：请等它结束"), fake)
    keeper = DeskKeeper(opener)

    async def conversation():
        async with Client(build_server(keeper)) as client:
            return [await client.call_tool("ask", {"question": "改革"}) for _ in range(2)]

    first, second = anyio.run(conversation)
    assert first.is_error
    assert "正被进程 7 使用" in text_of(first)
    assert not second.is_error
    assert keeper.close(wait_s=5)
    assert opener.events == ["failed", "opened", "closed"]


def test_documents_are_resources_that_a_client_can_list_and_read(talk, fake):
    async def conversation(client):
        templates = await client.list_resource_templates()
        listed = await client.list_resources()
        read = await client.read_resource(listed.resources[0].uri)
        return templates.resource_templates, listed, read.contents

    (template,), listed, (content,) = talk(conversation)
    assert template.uri_template == "wence://documents/{document_id}"
    document = next(iter(fake.fakes.shelf.documents.values()))
    assert len(listed.resources) == len(fake.fakes.shelf.documents)
    assert listed.next_cursor is None
    assert str(listed.resources[0].uri) == f"wence://documents/{document.document_id}"
    assert listed.resources[0].title == document.metadata.title
    assert content.text == document.text


def test_a_long_list_of_resources_comes_in_pages(talk, fake, monkeypatch):
    monkeypatch.setattr("ui.mcp.server.RESOURCES_PER_PAGE", 2)

    async def conversation(client):
        cursor, titles = None, []
        while True:
            page = await client.list_resources(cursor=cursor)
            assert 0 < len(page.resources) <= 2
            titles += [resource.title for resource in page.resources]
            cursor = page.next_cursor
            if cursor is None:
                return titles

    titles = [one.metadata.title for one in fake.fakes.shelf.documents.values()]
    assert talk(conversation) == titles


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        (f"wence://documents/{'0' * 24}", "没有编号为"),
        ("wence://documents/", "没有这个地址"),
        ("wence://documents/" + "a" * 65, "没有这个地址"),
        ("file:///etc/passwd", "没有这个地址"),
    ],
)
def test_a_resource_that_is_none_is_refused(talk, uri, expected):
    with pytest.raises(MCPError, match=expected):
        talk(lambda client: client.read_resource(uri))


@pytest.mark.parametrize("cursor", ["x", "-1", "１", "9" * 10])
def test_a_forged_cursor_is_refused(talk, cursor):
    with pytest.raises(MCPError, match="nextCursor"):
        talk(lambda client: client.list_resources(cursor=cursor))


def test_a_failure_behind_a_resource_is_not_told(talk, fake, monkeypatch):
    def fail(document_id):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(fake.fakes.shelf, "document", fail)
    with pytest.raises(MCPError, match="内部错误") as caught:
        talk(lambda client: client.read_resource("wence://documents/abc"))
    assert "secret" not in str(caught.value)


def test_long_work_reports_progress_to_those_who_ask_for_it(talk, fake, monkeypatch):
    monkeypatch.setattr(LibraryHandlers.__init__, "__kwdefaults__", {"progress_every_s": 0.01})
    reports = []

    async def heard(progress, total, message):
        reports.append((progress, total, message))
        if len(reports) == 3:
            fake.let_go.set()

    async def conversation(client):
        return await client.call_tool("ask", {"question": "等一等"}, progress_callback=heard)

    assert not talk(conversation).is_error
    assert len(reports) >= 3
    assert [one[0] for one in reports] == sorted(one[0] for one in reports)
    assert "已用" in reports[0][2]


def test_other_requests_are_answered_while_one_waits(talk, fake):
    async def conversation(client):
        async with anyio.create_task_group() as group:
            group.start_soon(client.call_tool, "ask", {"question": "等一等"})
            with anyio.fail_after(5):
                await client.list_tools()
                quick = await client.call_tool("ask", {"question": "改革"})
            assert fake.finished == 1
            fake.let_go.set()
        return quick

    assert not talk(conversation).is_error
    assert fake.finished == 2


def test_a_cancelled_call_is_given_up_at_once_and_the_server_goes_on(talk, fake):
    async def conversation(client):
        with anyio.move_on_after(0.2) as scope:
            await client.call_tool("ask", {"question": "等一等"})
        assert scope.cancelled_caught
        with anyio.fail_after(5):
            return await client.call_tool("ask", {"question": "改革"})

    assert not talk(conversation).is_error
    assert fake.finished == 1


def test_more_calls_than_may_run_at_once_are_all_answered(talk, fake):
    async def conversation(client):
        results = []

        async def one(number):
            results.append(await client.call_tool("ask", {"question": f"改革{number}"}))

        async with anyio.create_task_group() as group:
            for number in range(20):
                group.start_soon(one, number)
        return results

    assert [result.is_error for result in talk(conversation)] == [False] * 20


# The desk-keeper


def test_the_desk_is_opened_when_needed_and_closed_when_idle(fake):
    opener = Opener(fake)
    keeper = DeskKeeper(opener, idle_s=0.05)
    assert opener.events == []
    assert keeper.run(lambda desk: desk is fake)
    assert keeper.run(lambda desk: 7) == 7
    assert opener.events == ["opened"]
    until(lambda: opener.events == ["opened", "closed"])
    assert keeper.run(lambda desk: 8) == 8
    assert keeper.close(wait_s=5)
    assert opener.events == ["opened", "closed"] * 2


def test_all_who_wait_hear_of_a_failure_and_it_is_not_tried_for_nobody(fake):
    let_go, told = threading.Event(), []

    class Late(Opener):
        def __call__(self):
            assert let_go.wait(5)
            return super().__call__()

    opener = Late(WenceError("打不开"), fake)
    keeper = DeskKeeper(opener)

    def ask():
        with pytest.raises(WenceError, match="打不开"):
            keeper.run(lambda desk: None)
        told.append(True)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    until(lambda: keeper._waiting == len(threads))
    let_go.set()
    for thread in threads:
        thread.join(timeout=5)
    assert len(told) == len(threads)
    time.sleep(0.05)
    assert opener.events == ["failed"]
    assert keeper.run(lambda desk: desk is fake)
    assert keeper.close(wait_s=5)


def test_a_desk_in_use_is_not_closed_however_long_that_takes(fake):
    opener = Opener(fake)
    keeper = DeskKeeper(opener, idle_s=0.01)

    def work(desk):
        time.sleep(0.1)
        return list(opener.events)

    assert keeper.run(work) == ["opened"]
    assert keeper.close(wait_s=5)


def gone():
    error = ServerError("服务连不上")
    error.__cause__ = httpx.ConnectError("refused")
    return error


def test_a_server_that_has_gone_is_replaced_once(fake):
    first, second = object(), object()
    opener = Opener(first, second)
    keeper = DeskKeeper(opener)

    def work(desk):
        if desk is first:
            raise gone()
        return desk

    assert keeper.run(work) is second
    assert opener.events == ["opened", "closed", "opened"]
    with pytest.raises(ServerError):
        keeper.run(lambda desk: (_ for _ in ()).throw(gone()))
    assert keeper.close(wait_s=5)


@pytest.mark.parametrize("cause", [None, httpx.ReadTimeout("slow")], ids=["refused", "slow"])
def test_a_server_that_refuses_or_is_slow_is_asked_once(fake, cause):
    opener, asked = Opener(fake), []
    keeper = DeskKeeper(opener)

    def work(desk):
        asked.append(desk)
        error = ServerError("不行")
        error.__cause__ = cause
        raise error

    with pytest.raises(ServerError):
        keeper.run(work)
    assert len(asked) == 1
    assert keeper.close(wait_s=5)
    assert opener.events == ["opened", "closed"]


def test_closing_waits_for_work_but_not_for_ever(fake):
    opener, let_go, begun = Opener(fake), threading.Event(), threading.Event()
    keeper = DeskKeeper(opener)

    def work(desk):
        begun.set()
        let_go.wait(20)

    thread = threading.Thread(target=keeper.run, args=(work,))
    thread.start()
    assert begun.wait(5)
    assert not keeper.close(wait_s=0.05)
    assert opener.events == ["opened"]
    with pytest.raises(WenceError, match="正在停止"):
        keeper.run(lambda desk: None)
    let_go.set()
    thread.join()
    assert keeper.close(wait_s=5)
    assert opener.events == ["opened", "closed"]


def test_a_keeper_that_was_never_asked_closes_at_once(fake):
    opener = Opener(fake)
    assert DeskKeeper(opener).close(wait_s=5)
    assert opener.events == []


def until(holds):
    deadline = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


# Standard input


def test_lines_arrive_whole_however_they_are_cut():
    async def conversation():
        reading, writing = os.pipe()
        sent = "第一行\n第二行很长\n".encode()
        async with lines_of(reading) as lines:
            for place in range(0, len(sent), 4):
                os.write(writing, sent[place : place + 4])
            os.close(writing)
            found = [line async for line in lines]
        os.close(reading)
        return found

    assert anyio.run(conversation) == ["第一行", "第二行很长"]


def test_a_descriptor_that_cannot_be_read_has_no_lines():
    async def conversation():
        reading, writing = os.pipe()
        os.close(reading)
        async with lines_of(writing) as lines:
            found = [line async for line in lines]
        os.close(writing)
        return found

    assert anyio.run(conversation) == []


def test_waiting_for_a_line_can_be_cancelled():
    async def conversation():
        reading, writing = os.pipe()
        with anyio.move_on_after(0.05) as scope:
            async with lines_of(reading) as lines:
                async for _ in lines:
                    pytest.fail("nothing was sent")
        os.close(writing)
        return scope.cancelled_caught

    assert anyio.run(conversation)


# HTTP


@pytest.fixture
def over_http(keeper):
    app = transports.http_app(build_server(keeper), host="127.0.0.1")
    with TestClient(app, base_url="http://127.0.0.1:8001", headers=HTTP_HEADERS) as client:
        yield client


@pytest.mark.parametrize("host", ["127.0.0.1:8001", "localhost:8001", "[::1]:8001", "localhost"])
def test_a_client_of_this_machine_is_served(over_http, host):
    response = over_http.post("/mcp", json=INITIALIZE, headers={"Host": host})
    assert response.status_code == 200
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"Host": "evil.example:8001"}, 421, id="rebound name"),
        pytest.param({"Host": "127.0.0.1.evil.example"}, 421, id="like an address"),
        pytest.param({"Origin": "http://evil.example"}, 403, id="another site"),
        pytest.param({"Origin": "http://127.0.0.1:9999"}, 403, id="another port"),
        pytest.param({"Origin": "null"}, 403, id="no origin"),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, 403, id="cross-site"),
    ],
)
def test_what_a_website_sends_is_refused(over_http, headers, status):
    response = over_http.post("/mcp", json=INITIALIZE, headers=headers)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"


def test_the_library_guards_against_rebinding_too(over_http):
    # A stream is asked for with GET, which the perimeter lets any page do.
    response = over_http.get("/mcp", headers={"Origin": "http://evil.example"})
    assert response.status_code == 403


def test_a_body_that_is_too_large_is_refused(over_http):
    response = over_http.post("/mcp", content=b"x" * (transports.MAX_BODY_BYTES + 1))
    assert response.status_code == 413


def test_the_longest_draft_fits_into_a_request(over_http):
    draft = "\ud842\udfb7".encode("utf-16", "surrogatepass").decode("utf-16") * 200_000
    assert len(json.dumps({**INITIALIZE, "text": draft})) < transports.MAX_BODY_BYTES


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.1.2.3", "example.com", ""])
def test_an_address_that_others_can_reach_is_refused(tmp_path, host, keep_signals):
    with pytest.raises(WenceError, match=r"127\.0\.0\.1"):
        running.run_mcp(Settings(data=tmp_path / "data", host=host), http=True)
    assert not (tmp_path / "data").exists()


def test_a_port_in_use_is_named(tmp_path, keep_signals):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(WenceError, match=rf"端口 {port} 用不了.*--port"):
            running.run_mcp(Settings(data=tmp_path / "data"), http=True, port=port)


@pytest.fixture
def keep_signals():
    import signal

    handler = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, handler)


def test_without_the_extra_a_message_says_how_to_install_it(tmp_path, monkeypatch):
    monkeypatch.setattr(running, "find_spec", lambda name: None)
    with pytest.raises(WenceError, match=r"pip install 'wence\[mcp\]'"):
        running.run_mcp(Settings(data=tmp_path), http=False)


def test_every_tool_is_described_to_the_model_and_named_in_the_instructions():
    from ui.mcp.server import _INSTRUCTIONS

    assert [name for name in TOOLS if name not in _INSTRUCTIONS] == []
