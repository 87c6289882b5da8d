"""What every request passes: host, origin, request id, security headers."""

import pytest

from ui.api.perimeter import is_loopback


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True), ("LOCALHOST", True), ("127.0.0.1", True), ("127.8.9.1", True),
        ("::1", True), ("[::1]", True), ("0.0.0.0", False), ("::", False), ("10.0.0.1", False),
        ("evil.example", False), ("localhost.evil.example", False), ("", False), ("127.1", False),
    ],
)  # fmt: skip
def test_loopback_is_this_machine_and_no_other(host, expected):
    assert is_loopback(host) is expected


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:9", "localhost:8000", "[::1]:8000"])
def test_names_of_this_machine_are_served(client, host):
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example", "10.0.0.1", "", "[", "127.0.0.1@evil.example"],
)
def test_other_names_are_refused(client, host):
    response = client.get("/v1/documents", headers={"Host": host})
    assert response.status_code == 421
    assert response.json()["status"] == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "http://localhost:8000"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_what_another_website_sends_is_refused(client, desk, headers):
    response = client.post("/v1/answers", json={"question": "问"}, headers=headers)
    assert response.status_code == 403
    assert client.delete("/v1/documents/x", headers=headers).status_code == 403
    assert desk.assistant.asked == []


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "http://127.0.0.1:8000"}, {"Sec-Fetch-Site": "same-origin"}],
)
def test_our_own_page_and_programs_are_served(client, headers):
    response = client.post("/v1/answers", json={"question": "问"}, headers=headers)
    assert response.status_code == 200


def test_no_other_website_may_read_what_we_answer(client):
    response = client.get("/v1/documents", headers={"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in response.headers


def test_responses_carry_an_id_and_keep_the_browser_at_home(client):
    first, second = client.get("/healthz"), client.get("/v1/none")
    assert first.headers["x-request-id"] != second.headers["x-request-id"]
    for response in (first, second):
        assert "default-src 'self'" in response.headers["content-security-policy"]
        assert response.headers["x-content-type-options"] == "nosniff"
