"""The HTTP API over fakes: routes, bodies, problems."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from rag.documents import AnswerMode, Filters, Kind
from ui.api.app import MAX_JSON_BYTES, create_app
from ui.api.streaming import prefers_events

OPENAPI = Path(__file__).parent / "openapi.json"
EVENTS = {"Accept": "text/event-stream"}


def first_id(client):
    return client.get("/v1/documents").json()["items"][0]["document_id"]


def parsed_events(text):
    events = []
    for block in text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n"))
        events.append((fields["event"], json.loads(fields["data"])))
    return events


def assert_problem(response, status):
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == status
    assert {"type", "title", "status", "detail", "instance"} <= body.keys()
    assert not body["detail"].isascii()
    assert body["instance"] == f"urn:uuid:{response.headers['x-request-id']}"
    assert "Traceback" not in response.text
    assert "secret" not in response.text
    return body


# Answers


def test_an_answer_has_the_fields_of_the_design_and_quotes_that_stand_in_the_document(client):
    answer = client.post("/v1/answers", json={"question": "设置多少个党政机构？"}).json()
    assert set(answer) == {
        "status", "text", "citations", "mode", "model", "confidence", "timings_ms", "notes",
        "answer_id", "is_cut_off",
    }  # fmt: skip
    assert answer["status"] == "answered"
    for citation in answer["citations"]:
        assert set(citation) == {
            "marker", "document_id", "title", "kind", "speaker", "date", "publisher", "page",
            "passage_id", "start", "end", "quote", "support",
        }  # fmt: skip
        text = client.get(f"/v1/documents/{citation['document_id']}").json()["text"]
        assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_history_filters_and_mode_reach_the_assistant(client, desk):
    body = {
        "question": "  那𠮷呢？ ",
        "history": [{"role": "user", "content": "甲"}, {"role": "assistant", "content": "乙"}],
        "filters": {"kind": "speech", "date_from": "2019", "document_ids": ["a", "b"]},
        "mode": "extractive",
    }
    assert client.post("/v1/answers", json=body).status_code == 200
    question, history, filters, mode = desk.assistant.asked[-1]
    assert question == "那𠮷呢？"
    assert [(turn.role, turn.content) for turn in history] == [("user", "甲"), ("assistant", "乙")]
    assert filters == Filters(kind=Kind.SPEECH, date_from="2019", document_ids=("a", "b"))
    assert mode is AnswerMode.EXTRACTIVE


@pytest.mark.parametrize(
    ("model", "reached"),
    [
        ("乙", (AnswerMode.AUTO, "乙")),
        ("wence", (AnswerMode.AUTO, None)),
        ("wence-extractive", (AnswerMode.EXTRACTIVE, None)),
        (None, (AnswerMode.AUTO, None)),
    ],
)
def test_a_request_names_the_model_that_writes(client, desk, model, reached):
    desk.assistant.chat_models = ("甲", "乙")
    body = {"question": "设置多少？", "model": model}
    for headers in ({}, EVENTS):
        assert client.post("/v1/answers", json=body, headers=headers).status_code == 200
        assert (desk.assistant.asked[-1][-1], desk.assistant.models[-1]) == reached


def test_a_model_that_is_not_there_is_refused_with_the_names_of_the_others(client, desk):
    desk.assistant.chat_models = ("甲", "乙")
    for headers in ({}, EVENTS):
        body = {"question": "设置多少？", "model": "丙"}
        response = client.post("/v1/answers", json=body, headers=headers)
        assert "可用的有：甲、乙" in assert_problem(response, 422)["detail"]
    assert desk.assistant.asked == []


@pytest.mark.parametrize(
    ("mode", "model"), [("extractive", "甲"), ("chat_model", "wence-extractive")]
)
def test_mode_and_model_that_contradict_each_other_are_refused(client, desk, mode, model):
    desk.assistant.chat_models = ("甲",)
    body = {"question": "设置多少？", "mode": mode, "model": model}
    detail = assert_problem(client.post("/v1/answers", json=body), 422)["detail"]
    assert "mode 与 model 相抵触" in detail


def test_an_answer_streams_as_typed_events_that_add_up_to_the_answer(client):
    response = client.post("/v1/answers", json={"question": "多少个？"}, headers=EVENTS)
    assert response.headers["content-type"].startswith("text/event-stream")
    events = parsed_events(response.text)
    assert [name for name, _ in events] == ["evidence", "text", "text", "citations", "done"]
    done = events[-1][1]
    assert "".join(body["text"] for name, body in events if name == "text") == done["text"]
    assert events[3][1]["items"] == done["citations"]
    assert done == client.post("/v1/answers", json={"question": "多少个？"}).json() | {
        "timings_ms": done["timings_ms"],
        "answer_id": done["answer_id"],
    }


def test_a_failure_before_the_first_event_is_a_problem_with_its_status(client):
    response = client.post("/v1/answers", json={"question": "模型"}, headers=EVENTS)
    assert_problem(response, 502)


def test_a_failure_half_way_is_a_last_event_without_internal_detail(client):
    response = client.post("/v1/answers", json={"question": "半途"}, headers=EVENTS)
    assert response.status_code == 200
    name, problem = parsed_events(response.text)[-1]
    assert name == "problem"
    assert problem["status"] == 500
    assert "secret" not in response.text


def test_an_unexpected_error_shows_nothing_of_itself(client):
    body = assert_problem(client.post("/v1/answers", json={"question": "故障"}), 500)
    assert "passwd" not in json.dumps(body)


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("text/event-stream", True),
        ("application/json, text/event-stream", False),
        ("text/event-stream, application/json", True),
        ("application/json;q=0.5, text/event-stream;q=0.9", True),
        ("text/event-stream;q=0", False),
        ("text/event-stream;q=x", False),
        ("*/*", False),
        ("", False),
    ],
)
def test_the_accept_header_chooses_between_body_and_events(accept, expected):
    assert prefers_events(accept) is expected


# What a request may hold


@pytest.mark.parametrize(
    ("body", "field"),
    [
        pytest.param({}, "question", id="missing"),
        pytest.param({"question": ""}, "question", id="empty"),
        pytest.param({"question": " \t　\n"}, "question", id="white"),
        pytest.param({"question": "\u200b\ufeff\x00"}, "question", id="invisible"),
        pytest.param({"question": "问" * 2001}, "question", id="too long"),
        pytest.param({"question": 5}, "question", id="number"),
        pytest.param({"question": None}, "question", id="null"),
        pytest.param({"question": "问", "extra": 1}, "extra", id="unknown field"),
        pytest.param({"question": "问", "mode": "fast"}, "mode", id="mode"),
        pytest.param(
            {"question": "问", "history": [{"role": "user", "content": "问"}] * 51},
            "history",
            id="long history",
        ),
        pytest.param(
            {"question": "问", "history": [{"role": "system", "content": "问"}]},
            "history.0.role",
            id="role",
        ),
        pytest.param({"question": "问", "filters": {"year": "2019"}}, "filters.year", id="filter"),
        pytest.param({"question": "问", "filters": {"kind": "x"}}, "filters.kind", id="kind"),
        *(
            pytest.param({"question": "问", "filters": {"date_to": day}}, "filters.date_to", id=day)
            for day in ("2019-02-30", "2019-13", "--12-28", "19", "2019/3", "昨天", "2019-3-1")
        ),
        pytest.param(
            {"question": "问", "filters": {"date_from": "2020-01", "date_to": "2019"}},
            "filters",
            id="dates in the wrong order",
        ),
        pytest.param(
            {"question": "问", "filters": {"document_ids": ["x"] * 1001}},
            "filters.document_ids",
            id="many ids",
        ),
        pytest.param({"question": "问", "filters": {"place": ""}}, "filters.place", id="no place"),
    ],
)
def test_a_wrong_question_is_refused_with_the_field_that_is_wrong(client, body, field):
    problem = assert_problem(client.post("/v1/answers", json=body), 422)
    assert field in {error["field"] for error in problem["errors"]}


def test_dates_of_unequal_precision_are_in_order(client):
    filters = {"date_from": "2019-05", "date_to": "2019"}
    response = client.post("/v1/answers", json={"question": "问", "filters": filters})
    assert response.status_code == 200


@pytest.mark.parametrize("limit", [0, -1, 1001, 1.5, "many", None, True])
def test_a_search_limit_outside_of_its_bounds_is_refused(client, limit):
    response = client.post("/v1/search", json={"query": "改革", "limit": limit})
    if limit is True:  # JSON's true is no number
        assert response.status_code in {200, 422}
    else:
        assert_problem(response, 422)


@pytest.mark.parametrize(
    ("content", "status"),
    [
        pytest.param(b"", 422, id="nothing"),
        pytest.param(b"{", 422, id="cut"),
        pytest.param(b"[1, 2]", 422, id="list"),
        pytest.param(b'"text"', 422, id="text"),
        pytest.param(b"null", 422, id="null"),
        pytest.param(b"NaN", 422, id="not a number"),
        pytest.param(b"\xff\xfe\xfa", 422, id="no utf-8"),
        pytest.param(b'{"question": "\\ud800"}', 422, id="lone surrogate"),
        pytest.param(b'{"question": "a", "\\ud800": 1}', 422, id="lone surrogate as name"),
        pytest.param(b"[" * 100_000, 400, id="deep"),
        pytest.param(b"9" * 9000, 400, id="huge number"),
        pytest.param(b'{"question": "' + b"a" * MAX_JSON_BYTES + b'"}', 413, id="large"),
    ],
)
def test_a_body_that_is_no_question_is_a_problem_and_never_500(client, content, status):
    headers = {"Content-Type": "application/json"}
    response = client.post("/v1/answers", content=content, headers=headers)
    assert response.status_code in {status, 400, 422}
    assert_problem(response, response.status_code)


def test_a_large_body_without_a_length_is_stopped(client):
    pieces = (b"a" * 100_000 for _ in range(20))
    response = client.post(
        "/v1/search", content=pieces, headers={"Content-Type": "application/json"}
    )
    assert_problem(response, 413)


def test_control_characters_are_taken_out_of_a_question(client, desk):
    client.post("/v1/answers", json={"question": "机构\x00改\x1b革\u202e？\r\n好"})
    assert desk.assistant.asked[-1][0] == "机构 改 革 ？\n好"


@pytest.mark.parametrize("path", ["/v1/answers", "/v1/search"])
def test_a_body_that_is_not_declared_as_json_is_refused(client, path):
    assert_problem(client.post(path, content=b"{}", headers={"Content-Type": "text/plain"}), 415)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.dictionaries(
        st.sampled_from(["question", "history", "filters", "mode", "x"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.text(max_size=5), inner, max_size=3)
            ),
            max_leaves=6,
        ),
    )
)
def test_no_json_body_makes_the_server_fail(client, body):
    content = json.dumps(body).encode()
    response = client.post(
        "/v1/answers", content=content, headers={"Content-Type": "application/json"}
    )
    assert response.status_code in {200, 400, 422}


# Search and documents


def test_search_items_name_passage_document_and_highlights(client):
    body = client.post("/v1/search", json={"query": "机构", "limit": 2}).json()
    assert body["next"] is None
    assert len(body["items"]) == 2
    for item in body["items"]:
        assert {
            "document_id", "passage_id", "title", "text", "start", "end", "score", "highlights",
        } <= item.keys()  # fmt: skip
        text = client.get(f"/v1/documents/{item['document_id']}").json()["text"]
        assert text[item["start"] : item["end"]] == item["text"]
        assert all(item["start"] <= one["start"] < one["end"] for one in item["highlights"])


def test_a_document_item_has_the_fields_of_the_design(client):
    item = client.get("/v1/documents").json()["items"][0]
    assert {
        "document_id", "title", "kind", "issuer", "publisher", "place", "event_date",
        "published_date", "speakers", "collection", "file_name",
    } <= item.keys()  # fmt: skip
    assert item["place"] == "清河区"
    assert item["published_date"] == "2019-03-22"
    assert item["speakers"] == []


def test_a_list_is_paged_by_its_cursor_without_gap_or_repetition(client):
    seen, cursor = [], None
    while True:
        query = {"limit": 1} | ({"cursor": cursor} if cursor else {})
        body = client.get("/v1/documents", params=query).json()
        seen += [item["document_id"] for item in body["items"]]
        cursor = body["next"]
        if cursor is None:
            break
    whole = client.get("/v1/documents").json()["items"]
    assert seen == [item["document_id"] for item in whole]


def test_query_parameters_become_filters(client, desk):
    query = (
        "?collection=test&kind=speech&speaker=李&date_from=2019-01&document_ids=a&document_ids=b"
    )
    assert client.get("/v1/documents" + query).status_code == 200
    assert desk.shelf.asked[-1] == Filters(
        collection="test", kind=Kind.SPEECH, speaker="李", date_from="2019-01",
        document_ids=("a", "b"),
    )  # fmt: skip


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=1001", "limit=x", "cursor=zz", "date_from=2019-02-30", "kind=x", "foo=1",
     "place=", "place=%00"],
)  # fmt: skip
def test_wrong_query_parameters_are_refused(client, query):
    assert_problem(client.get(f"/v1/documents?{query}"), 422)


def test_a_document_shows_text_places_and_origins(client):
    items = client.get("/v1/documents").json()["items"]
    speech = next(item for item in items if item["kind"] == "speech")
    detail = client.get(f"/v1/documents/{speech['document_id']}").json()
    assert detail["origins"]["speakers"] == "text"
    assert detail["offices"] == {"李明远": "区委书记"}
    assert detail["is_sample"] is True
    (said,) = detail["speeches"]
    assert detail["text"][said["start"] : said["end"]].startswith("机构改革要做到")
    assert len(detail["passages"]) == detail["passage_count"]
    briefing = client.get(f"/v1/documents/{items[0]['document_id']}").json()
    assert [heading["text"] for heading in briefing["headings"]] == ["一、机构设置", "二、时间安排"]


@pytest.mark.parametrize("document_id", ["none", "%00", "a%2Fb", "x" * 65, "…", "%ff"])
def test_a_document_that_is_not_there_is_a_problem(client, document_id):
    response = client.get(f"/v1/documents/{document_id}")
    assert_problem(response, response.status_code)
    assert response.status_code in {404, 422}


def test_deleting_removes_once(client):
    document_id = first_id(client)
    response = client.delete(f"/v1/documents/{document_id}")
    assert (response.status_code, response.content) == (204, b"")
    assert_problem(client.delete(f"/v1/documents/{document_id}"), 404)
    assert_problem(client.get(f"/v1/documents/{document_id}"), 404)


def test_each_uploaded_file_has_its_outcome(client, desk):
    files = [
        ("files", ("../目录\\好<b>.txt", "你好。".encode())),
        ("files", ("坏.txt", "坏".encode())),
    ]
    response = client.post("/v1/documents", files=files, data={"collection": "mine"})
    assert response.status_code == 200
    good, bad = response.json()["items"]
    assert (good["file_name"], good["status"], good["reason"]) == ("好<b>.txt", "added", None)
    assert (bad["status"], bad["document_ids"]) == ("failed", [])
    assert "空" in bad["reason"]
    assert [taken[:3] for taken in desk.intake.taken] == [
        ("upload:好<b>.txt", "好<b>.txt", "mine"),
        ("upload:坏.txt", "坏.txt", "mine"),
    ]


def test_a_source_may_be_named_for_each_file(client, desk):
    files = [("files", ("a.txt", b"1")), ("files", ("a.txt", b"2"))]
    data = {"source": ["/x/a.txt", "/y/a.txt"]}
    assert client.post("/v1/documents", files=files, data=data).status_code == 200
    assert [(taken[0], taken[3]) for taken in desk.intake.taken] == [
        ("/x/a.txt", b"1"), ("/y/a.txt", b"2"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "data",
    [{"x": "1"}, {"source": ["a", "b"]}, {"collection": " "}, {"collection": "x" * 201}],
    ids=["unknown field", "too many sources", "white collection", "long collection"],
)
def test_a_wrong_upload_is_refused(client, data):
    files = [("files", ("a.txt", b"1"))]
    assert_problem(client.post("/v1/documents", files=files, data=data), 422)


def test_two_files_of_one_name_are_refused_rather_than_one_replacing_the_other(client):
    files = [("files", ("a.txt", b"1")), ("files", ("a.txt", b"2"))]
    assert_problem(client.post("/v1/documents", files=files), 422)


def test_an_upload_without_files_or_as_json_is_refused(client):
    assert_problem(client.post("/v1/documents", json={"files": []}), 415)
    response = client.post(
        "/v1/documents",
        content=b"--x--\r\n",
        headers={"Content-Type": "multipart/form-data; boundary=x"},
    )
    assert_problem(response, response.status_code)
    assert response.status_code in {400, 422}
    broken = client.post(
        "/v1/documents", content=b"abc", headers={"Content-Type": "multipart/form-data"}
    )
    assert_problem(broken, 400)


def test_an_upload_that_is_too_large_is_refused(client):
    files = [("files", ("a.txt", b"a" * 6_000_000))]
    assert_problem(client.post("/v1/documents", files=files), 413)


# The rest


def test_health_and_readiness(client, desk):
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready"}
    desk.unready.append("还有 3 段没有编入索引")
    assert "3 段" in assert_problem(client.get("/readyz"), 503)["detail"]
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v1/answers", "POST"),
        ("PUT", "/v1/documents", "GET, POST"),
        ("POST", "/v1/documents/abc", "DELETE, GET"),
        ("POST", "/healthz", "GET"),
    ],
)
def test_a_wrong_method_names_the_right_ones(client, method, path, allowed):
    response = client.request(method, path)
    assert_problem(response, 405)
    assert response.headers["allow"] == allowed


@pytest.mark.parametrize("path", ["/v1", "/v1/", "/v1/none", "/v1/answers/", "/docs/none"])
def test_an_unknown_path_is_a_problem(client, path):
    assert_problem(client.get(path), 404)


def test_the_openapi_document_is_the_one_that_was_committed(client):
    document = client.get("/openapi.json").json()
    assert document == json.loads(OPENAPI.read_text(encoding="utf-8")), (
        "the API changed; if that is meant, run: python tests/ui/write_openapi.py"
    )


def test_every_route_has_a_tag_an_id_a_summary_and_its_problems(desk):
    document = create_app(desk.backing()).openapi()
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert operation["tags"], path
            assert operation["summary"], path
            assert "_" in operation["operationId"], path
            for status, response in operation["responses"].items():
                if status == "default" or int(status) >= 400:
                    assert list(response["content"]) == ["application/problem+json"], path


def test_every_reference_in_the_openapi_document_leads_somewhere(client):
    text = client.get("/openapi.json").text
    schemas = json.loads(text)["components"]["schemas"]
    referred = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert referred <= schemas.keys()


def test_the_reference_page_and_its_assets_come_from_here(client):
    page = client.get("/docs")
    assert page.status_code == 200
    for name in ("reference.js", "reference.css"):
        assert f"/docs/{name}" in page.text
        asset = client.get(f"/docs/{name}")
        assert asset.status_code == 200
        assert "http" not in asset.text.replace("http://www.w3.org", "")


def test_the_app_needs_no_page(desk):
    with TestClient(create_app(desk.backing()), base_url="http://localhost:8000") as client:
        assert client.get("/healthz").status_code == 200
