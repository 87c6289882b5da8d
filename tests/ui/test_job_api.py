"""Uploads as jobs and with keys, over HTTP, as clients see them."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from rag.errors import IndexingError
from tests.ui.job_fakes import make_job_desk

ASYNC = {"Prefer": "respond-async"}


def posted(client, *names: str, content: str = "正文", **headers: str):
    files = [("files", (name, f"{content}{name}".encode())) for name in names]
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post("/v1/documents", files=files, headers=given)


def assert_problem(response, status: int) -> dict:
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == status
    assert not body["detail"].isascii()
    return body


def finished(client, path: str) -> dict:
    while (body := client.get(path).json())["status"] in {"queued", "running"}:
        pass
    return body


@pytest.fixture
def gate(desk, monkeypatch) -> Iterator[threading.Event]:
    """Nothing is taken in before it is set."""
    gate, take_in = threading.Event(), desk.intake.take_in

    def gated(files, **settings):
        assert gate.wait(10)
        return take_in(files, **settings)

    monkeypatch.setattr(desk.intake, "take_in", gated)
    yield gate
    gate.set()


def test_an_upload_is_acknowledged_at_once_and_taken_in_in_the_background(client, gate, desk):
    response = posted(client, "甲.txt", "坏.txt", content="坏", Prefer="wait=5, Respond-Async; x=1")
    assert response.status_code == 202
    assert response.headers["preference-applied"] == "respond-async"
    path = response.headers["location"]
    body = response.json()
    assert path == f"/v1/jobs/{body['job_id']}"
    assert body["status"] in {"queued", "running"}
    assert (body["file_count"], body["finished_count"], body["finished"]) == (2, 0, None)
    assert {file["state"] for file in body["files"]} <= {"waiting", "running"}
    assert desk.intake.taken == []
    gate.set()
    done = finished(client, path)
    assert (done["status"], done["finished_count"], done["failed_count"]) == ("done", 2, 2)
    assert done["progress"] is None
    assert done["problem"] is None
    assert [file["result"]["status"] for file in done["files"]] == ["failed", "failed"]
    assert [taken[:3] for taken in desk.intake.taken] == [
        ("upload:甲.txt", "甲.txt", "default"),
        ("upload:坏.txt", "坏.txt", "default"),
    ]


def test_a_job_gives_the_ids_of_its_documents(client):
    path = posted(client, "甲.txt", **ASYNC).headers["location"]
    (file,) = finished(client, path)["files"]
    assert (file["state"], file["result"]["status"]) == ("finished", "added")
    assert client.get(f"/v1/documents/{file['result']['document_ids'][0]}").status_code == 200


@pytest.mark.parametrize("prefer", ["", "wait=10", "return=minimal", "respond-asynchronously"])
def test_other_preferences_do_not_matter(client, prefer):
    response = posted(client, "甲.txt", Prefer=prefer)
    assert response.status_code == 200
    assert "preference-applied" not in response.headers
    assert client.get("/v1/jobs").json() == {"items": [], "next": None}


def test_a_bad_upload_is_no_job(client):
    assert_problem(posted(client, "同.txt", "同.txt", **ASYNC), 422)
    assert_problem(client.post("/v1/documents", json={}, headers=ASYNC), 415)
    assert client.get("/v1/jobs").json()["items"] == []


def test_jobs_are_listed_from_the_newest_page_by_page(client):
    ids = [posted(client, f"{n}.txt", **ASYNC).json()["job_id"] for n in range(3)]
    first = client.get("/v1/jobs", params={"limit": 2}).json()
    second = client.get("/v1/jobs", params={"limit": 2, "cursor": first["next"]}).json()
    assert [job["job_id"] for job in first["items"] + second["items"]] == ids[::-1]
    assert second["next"] is None
    assert "files" not in first["items"][0]
    finished(client, f"/v1/jobs/{ids[2]}")
    assert len(client.get("/v1/jobs", params={"status": "done"}).json()["items"]) == 3
    assert client.get("/v1/jobs", params={"status": "failed"}).json()["items"] == []


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "cursor=x", "status=lost", "page=2", "cursor="]
)
def test_a_bad_query_is_a_problem(client, query):
    assert_problem(client.get(f"/v1/jobs?{query}"), 422)


@pytest.mark.parametrize("job_id", ["0" * 32, "号", "a%20b"])
def test_an_unknown_job_is_a_problem(client, job_id):
    assert_problem(client.get(f"/v1/jobs/{job_id}"), 404)
    assert_problem(client.post(f"/v1/jobs/{job_id}/cancel"), 404)


def test_a_job_is_cancelled_once_or_twice_but_not_when_it_is_done(client, gate):
    first = posted(client, "甲.txt", **ASYNC).headers["location"]
    second = posted(client, "乙.txt", **ASYNC).headers["location"]
    for _ in range(2):
        cancelled = client.post(f"{second}/cancel")
        assert cancelled.status_code == 200
        assert cancelled.json()["status"] == "cancelled"
        assert [file["state"] for file in cancelled.json()["files"]] == ["skipped"]
    gate.set()
    finished(client, first)
    assert_problem(client.post(f"{first}/cancel"), 409)


def test_another_website_cannot_cancel(client, gate):
    path = posted(client, "甲.txt", **ASYNC).headers["location"]
    headers = {"Origin": "https://evil.example"}
    assert_problem(client.post(f"{path}/cancel", headers=headers), 403)


def test_a_full_queue_is_a_problem_of_its_own(client, gate, desk, monkeypatch):
    monkeypatch.setattr(desk.jobs, "_most_waiting", 2)
    for name in "甲乙":
        assert posted(client, name, **ASYNC).status_code == 202
    refused = posted(client, "丙", **ASYNC)
    assert "最多 2 个" in assert_problem(refused, 429)["detail"]
    assert int(refused.headers["retry-after"]) > 0
    assert_problem(posted(client, "丙", Idempotency_Key="k"), 429)


def test_a_job_that_fails_as_a_whole_has_a_problem(client, desk, monkeypatch):
    def broken(files, **settings):
        raise IndexingError("/secret")

    with monkeypatch.context() as patch:
        patch.setattr(desk.intake, "take_in", broken)
        path = posted(client, "甲.txt", Idempotency_Key="k", **ASYNC).headers["location"]
        failed = finished(client, path)
        assert failed["status"] == "failed"
        assert failed["problem"]["status"] == 503
        assert "secret" not in failed["problem"]["detail"]
        assert [file["state"] for file in failed["files"]] == ["skipped"]
        assert_problem(posted(client, "甲.txt", Idempotency_Key="k"), 503)
    assert posted(client, "甲.txt", Idempotency_Key="k").status_code == 200  # its key was free


def test_the_same_key_and_files_give_the_same_result_and_are_taken_in_once(client, desk):
    first = posted(client, "甲.txt", "乙.txt", Idempotency_Key='"k 1"')
    again = posted(client, "甲.txt", "乙.txt", Idempotency_Key='"k 1"')
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert [item["status"] for item in again.json()["items"]] == ["added", "added"]
    assert len(desk.intake.taken) == 2


def test_the_same_key_and_files_give_the_same_job(client, gate):
    first = posted(client, "甲.txt", Idempotency_Key="k", **ASYNC)
    again = posted(client, "甲.txt", Idempotency_Key="k", **ASYNC)
    assert again.status_code == 202
    assert again.headers["location"] == first.headers["location"]
    gate.set()
    done = finished(client, first.headers["location"])
    late = posted(client, "甲.txt", Idempotency_Key='"k"', **ASYNC)  # the same key, quoted
    assert late.json() == done
    results = posted(client, "甲.txt", Idempotency_Key="k").json()["items"]
    assert results == [file["result"] for file in done["files"]]


def test_a_key_that_is_being_worked_on_is_a_conflict_for_who_waits(client, gate):
    path = posted(client, "甲.txt", Idempotency_Key="k", **ASYNC).headers["location"]
    refused = posted(client, "甲.txt", Idempotency_Key="k")
    assert path.rpartition("/")[2] in assert_problem(refused, 409)["detail"]
    assert int(refused.headers["retry-after"]) > 0


def test_a_key_of_a_cancelled_upload_is_a_conflict(client, gate):
    posted(client, "甲.txt", **ASYNC)
    path = posted(client, "乙.txt", Idempotency_Key="k", **ASYNC).headers["location"]
    client.post(f"{path}/cancel")
    refused = posted(client, "乙.txt", Idempotency_Key="k")
    assert "已被取消" in assert_problem(refused, 409)["detail"]
    assert "retry-after" not in refused.headers  # waiting does not help
    again = posted(client, "乙.txt", Idempotency_Key="k", **ASYNC)
    assert again.json()["status"] == "cancelled"


@pytest.mark.parametrize("headers", [{}, ASYNC])
def test_the_same_key_for_other_files_is_refused(client, desk, headers):
    assert posted(client, "甲.txt", Idempotency_Key="k", **headers).is_success
    for names, content in [
        (["乙.txt"], "正文"),
        (["甲.txt"], "别的"),
        (["甲.txt", "乙.txt"], "正文"),
    ]:
        refused = posted(client, *names, content=content, Idempotency_Key="k", **headers)
        assert "内容不同" in assert_problem(refused, 422)["detail"]
    assert len(client.get("/v1/jobs").json()["items"]) == 1


@pytest.mark.parametrize(
    "key",
    [
        "", '""', '"', '"k', 'k"', "k k", '"k" "l"', "k, l", '"k";a=1', '"\\k"', '"a"b"', "k\tk",
        "k" * 256, f'"{"k" * 256}"', "é",
    ],
)  # fmt: skip
def test_a_malformed_key_is_refused(client, key):
    files = [("files", ("甲.txt", "正文".encode()))]
    headers = {"Idempotency-Key": key.encode("latin-1")}
    assert_problem(client.post("/v1/documents", files=files, headers=headers), 400)


def test_two_keys_are_refused(client):
    files = [("files", ("甲.txt", "正文".encode()))]
    headers = [("Idempotency-Key", "k"), ("Idempotency-Key", "l")]
    assert_problem(client.post("/v1/documents", files=files, headers=headers), 400)


@pytest.mark.parametrize("key", ['"a\\"b\\\\c"', '"!"', "k" * 255, f'"{"~" * 255}"', " k "])
def test_a_well_formed_key_is_taken(client, key):
    assert posted(client, "甲.txt", Idempotency_Key=key).status_code == 200
    assert posted(client, "乙.txt", Idempotency_Key=key).status_code == 422


def test_a_key_is_free_again_after_a_day(client, desk, monkeypatch):
    assert posted(client, "甲.txt", Idempotency_Key="k").status_code == 200
    later = datetime.now(UTC) + timedelta(hours=24, minutes=1)
    monkeypatch.setattr(desk.jobs._records, "_clock", lambda: later)
    assert posted(client, "乙.txt", Idempotency_Key="k").status_code == 200


def test_jobs_left_by_a_former_server_are_done_when_the_application_starts(desk):
    from starlette.testclient import TestClient

    from tests.ui.conftest import HOST
    from ui.api.app import create_app

    desk.jobs = make_job_desk(desk.intake)
    desk.jobs.close()  # a server that is stopping still acknowledges, but begins nothing
    app = create_app(desk.backing())
    stopped = TestClient(app, base_url=HOST)
    path = posted(stopped, "甲.txt", **ASYNC).headers["location"]
    assert stopped.get(path).json()["status"] == "queued"
    with TestClient(app, base_url=HOST) as client:
        assert finished(client, path)["status"] == "done"


def test_the_openapi_document_tells_of_jobs_and_keys(client):
    document = client.get("/openapi.json").json()
    upload = document["paths"]["/v1/documents"]["post"]
    assert set(upload["responses"]) >= {"200", "202", "400", "409", "422", "429"}
    assert upload["responses"]["202"]["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/JobDetail"
    }
    assert "Location" in upload["responses"]["202"]["headers"]
    names = {parameter["name"]: parameter for parameter in upload["parameters"]}
    assert set(names) == {"Idempotency-Key", "Prefer"}
    assert not names["Idempotency-Key"]["required"]
    assert document["components"]["schemas"]["JobDetail"]["examples"]
