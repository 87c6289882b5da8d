"""The client of a running server, against the real API on a loopback port."""

import http.server
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st

from rag.documents import AnswerStatus
from rag.errors import DocumentNotFoundError, IndexingError, ServerError
from rag.quotations.quotation import Finding, Verdict
from ui.api.app import create_app
from ui.api.quotation_schemas import QuotationSearchBody, VerificationBody
from ui.api.schemas import FiltersBody, QuestionBody, SearchBody
from ui.terminal import client as client_module
from ui.terminal.client import ServerClient
from ui.terminal.uploading import (
    MAX_BYTES_PER_REQUEST,
    MAX_FILES_PER_REQUEST,
    Upload,
    batches,
)


@contextmanager
def serving(app: object) -> Iterator[str]:
    """An ASGI application on a free loopback port."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def server(desk) -> Iterator[str]:
    with serving(create_app(desk.backing())) as url:
        yield url


@pytest.fixture
def client(server: str) -> Iterator[ServerClient]:
    with ServerClient(server) as client:
        yield client


def upload(path: Path, content: str, *, source: str = "") -> Upload:
    path.write_text(content, encoding="utf-8")
    return Upload(
        path=path,
        source=source or str(path),
        file_name=path.name,
        size=path.stat().st_size,
    )


def test_an_answer_arrives_as_the_core_gave_it(client: ServerClient, desk):
    answer = client.answer(
        QuestionBody(question="多少个党政机构？", filters=FiltersBody(place="清河区"))
    )
    assert answer.status is AnswerStatus.ANSWERED
    citation = answer.citations[0]
    text = client.document(citation.document_id).text
    assert text[citation.start : citation.end] == citation.quote
    assert desk.assistant.asked[-1][2].place == "清河区"


def test_a_search_arrives_with_highlights(client: ServerClient):
    found = client.search(SearchBody(query="机构", limit=2))
    assert len(found.items) == 2
    assert found.items[0].highlights


def test_quotations_and_verdicts_arrive_as_the_core_gave_them(client: ServerClient, desk):
    found = client.quotations(QuotationSearchBody(text="四个到位", limit=2))
    assert (len(found.items), found.next, found.total) == (2, "2", 3)
    assert found.items == list(desk.quotations.look_up("四个到位", limit=2).matches)
    text = "改革要蹄急步稳，先立后破。"
    verified = client.verify(VerificationBody(text=text, speaker="周文川"))
    assert verified.verdict is Verdict.ALTERED
    assert tuple(verified.matches) == desk.verifier.verify(text).matches
    assert desk.verifier.asked[0] == (text, "周文川")


def test_findings_arrive_in_order_of_place(client: ServerClient, desk):
    draft = "周文川说：“改革要蹄急步稳，先立后破。”\r\n《没有的文件》𠮷“未完"
    findings = client.check(draft)
    assert all(isinstance(finding, Finding) for finding in findings)
    assert list(findings) == desk.drafts.check(draft)[::-1]
    assert desk.drafts.asked[0] == draft


def test_what_cannot_be_checked_is_told_in_the_servers_words(client: ServerClient):
    with pytest.raises(ServerError, match="至少要 4 个字"):
        client.verify(VerificationBody(text="三个字"))
    with pytest.raises(ServerError, match="至少两个字"):
        client.quotations(QuotationSearchBody(text="，"))
    with pytest.raises(ServerError, match="只有标点"):
        client.check("，。！")


def test_all_documents_are_listed_page_by_page(client: ServerClient, monkeypatch):
    monkeypatch.setattr(client_module, "MAX_LIMIT", 2)
    everything = client.documents(FiltersBody())
    assert len({item.document_id for item in everything.items}) == 5
    assert everything.next is None


def test_a_limited_list_says_that_there_is_more(client: ServerClient):
    some = client.documents(FiltersBody(), limit=2)
    assert len(some.items) == 2
    assert some.next is not None


def test_a_document_is_removed_and_then_unknown(client: ServerClient, desk):
    document_id = next(iter(desk.shelf.documents))
    client.remove(document_id)
    with pytest.raises(DocumentNotFoundError, match="没有编号"):
        client.remove(document_id)
    with pytest.raises(DocumentNotFoundError, match="没有编号"):
        client.document(document_id)


@pytest.mark.parametrize("document_id", ["../../healthz", "a/b", "号", "?x=1", "\udcff"])
def test_a_strange_document_id_is_just_unknown(client: ServerClient, document_id: str):
    with pytest.raises((DocumentNotFoundError, ServerError)):
        client.remove(document_id)


def test_uploads_keep_source_name_and_collection(client: ServerClient, desk, tmp_path: Path):
    first = upload(tmp_path / "甲.txt", "正文甲")
    second = upload(tmp_path / "乙.txt", "正文乙", source="/包.zip!里/乙.txt")
    ((one, two),) = client.upload([first, second], collection="讲话")
    assert [one[1].status, two[1].status] == ["added", "added"]
    assert [taken[:3] for taken in desk.intake.taken] == [
        (str(tmp_path / "甲.txt"), "甲.txt", "讲话"),
        ("/包.zip!里/乙.txt", "乙.txt", "讲话"),
    ]


def test_a_file_that_fails_does_not_stop_the_others(client: ServerClient, tmp_path: Path):
    gone = upload(tmp_path / "gone.txt", "x")
    gone.path.unlink()
    bad = upload(tmp_path / "bad.txt", "坏文件")
    name = upload(tmp_path / "name.txt", "正文", source="/\udcff.txt")
    good = upload(tmp_path / "good.txt", "正文")
    (batch,) = client.upload([gone, bad, name, good], collection="default")
    assert [(one.file_name, item.status) for one, item in batch] == [
        ("gone.txt", "failed"),
        ("bad.txt", "failed"),
        ("name.txt", "failed"),
        ("good.txt", "added"),
    ]
    assert [bool(item.reason) for _, item in batch] == [True, True, True, False]


def test_a_refused_batch_is_sent_file_by_file(client: ServerClient, tmp_path: Path):
    # The fake server's limit is 1 MB a file, so 5 MB for a whole request.
    large = upload(tmp_path / "large.txt", "大" * 2_000_000)
    small = upload(tmp_path / "small.txt", "正文")
    sent = [
        (one.file_name, item.status)
        for batch in client.upload([large, small], collection="default")
        for one, item in batch
    ]
    assert sent == [("large.txt", "failed"), ("small.txt", "added")]


def test_results_arrive_as_they_become_known_and_in_order(
    client: ServerClient, desk, tmp_path: Path, monkeypatch
):
    gate, take_in = threading.Event(), desk.intake.take_in

    def gated(files, **settings):
        if files[0].file_name == "8.txt":
            assert gate.wait(10)
        return take_in(files, **settings)

    monkeypatch.setattr(desk.intake, "take_in", gated)
    gone = upload(tmp_path / "gone.txt", "x")
    gone.path.unlink()
    files = [upload(tmp_path / f"{number}.txt", f"正文{number}") for number in range(10)]
    pieces = client.upload([*files, gone], collection="default")
    assert [one.file_name for one, _ in next(pieces)] == [f"{number}.txt" for number in range(8)]
    gate.set()
    (rest,) = pieces
    assert [(one.file_name, item.status) for one, item in rest] == [
        ("8.txt", "added"),
        ("9.txt", "added"),
        ("gone.txt", "failed"),
    ]


def test_a_job_that_fails_or_is_cancelled_fails_the_files_that_are_left(
    client: ServerClient, desk, tmp_path: Path, monkeypatch
):
    def broken(files, **settings):
        raise IndexingError("/secret")

    monkeypatch.setattr(desk.intake, "take_in", broken)
    ((taken,),) = client.upload([upload(tmp_path / "甲.txt", "正文")], collection="default")
    assert taken[1].status == "failed"
    assert "写不进去" in (taken[1].reason or "")


def test_a_servers_problem_is_raised_with_its_own_words(client: ServerClient):
    with pytest.raises(ServerError, match="聊天模型没有回复"):
        client.answer(QuestionBody(question="模型怎么了"))


def test_an_internal_error_tells_no_details(client: ServerClient):
    with pytest.raises(ServerError) as caught:
        client.answer(QuestionBody(question="故障"))
    assert "secret" not in str(caught.value)


def test_a_server_that_is_gone_is_named():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        with ServerClient(url) as client, pytest.raises(ServerError, match=url):
            client.search(SearchBody(query="x"))


class _Stranger(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        code = 500 if "answers" in self.path else 200
        self.send_response(code)
        self.end_headers()
        self.wfile.write(b"<html>hello</html>")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass


def test_a_program_that_is_no_server_of_ours_is_recognised():
    with http.server.HTTPServer(("127.0.0.1", 0), _Stranger) as stranger:
        thread = threading.Thread(target=stranger.serve_forever)
        thread.start()
        try:
            with ServerClient(f"http://127.0.0.1:{stranger.server_port}") as client:
                with pytest.raises(ServerError, match="不是问策"):
                    client.search(SearchBody(query="x"))
                with pytest.raises(ServerError, match="500"):
                    client.answer(QuestionBody(question="x"))
        finally:
            stranger.shutdown()
            thread.join()


def test_proxies_of_the_environment_are_not_used(client: ServerClient, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with ServerClient(client.url) as other:
        assert other.search(SearchBody(query="x")).items


uploads = st.lists(
    st.builds(
        Upload,
        path=st.just(Path("x")),
        source=st.sampled_from([f"/{number}" for number in range(200)]),
        file_name=st.just("x"),
        size=st.integers(0, MAX_BYTES_PER_REQUEST * 2),
    ),
    max_size=150,
)


@given(uploads)
def test_batches_keep_order_and_limits(files: list[Upload]):
    pieces = list(batches(files))
    assert [one for piece in pieces for one in piece] == files
    for piece in pieces:
        assert 0 < len(piece) <= MAX_FILES_PER_REQUEST
        assert len(piece) == 1 or sum(one.size for one in piece) <= MAX_BYTES_PER_REQUEST
        assert len({one.source for one in piece}) == len(piece)
