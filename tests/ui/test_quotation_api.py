"""The routes under /v1/quotations over fakes."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.documents import Filters, Kind
from rag.quotations.quotation import LookUpMode, Order
from tests.ui.test_api import assert_problem

SEARCH, VERIFY = "/v1/quotations/search", "/v1/quotations/verify"
SAID = "改革要蹄疾步稳，先立后破"


def test_a_match_has_the_fields_of_the_design_and_stands_where_it_says(client):
    body = client.post(SEARCH, json={"text": SAID}).json()
    assert set(body) == {"items", "next", "total", "expression"}
    assert len(body["items"]) == body["total"] == 2
    for match in body["items"]:
        assert {
            "document_id", "title", "start", "end", "quote", "context", "context_start",
            "speaker", "office", "occasion", "date", "publisher", "page", "similarity", "diff",
            "reference", "is_first", "is_sample", "kind", "collection",
        } == match.keys()  # fmt: skip
        text = client.get(f"/v1/documents/{match['document_id']}").json()["text"]
        assert text[match["start"] : match["end"]] == match["quote"]
        around = text[match["context_start"] :][: len(match["context"])]
        assert around == match["context"]
        assert set(match["reference"]) == {"gbt7714_2015", "gbt7714_2025", "in_text"}


def test_positions_are_code_points(client):
    (match,) = client.post(SEARCH, json={"text": "撤并议事协调机构𠮷二十一个"}).json()["items"]
    assert match["end"] - match["start"] == len("撤并议事协调机构𠮷二十一个")
    assert match["page"] == 2


def test_pages_follow_one_another_by_their_cursor_and_only_the_first_describes_the_phrase(client):
    first = client.post(SEARCH, json={"text": "四个到位", "limit": 2}).json()
    cursor = {"text": "四个到位", "limit": 2, "cursor": first["next"]}
    second = client.post(SEARCH, json=cursor).json()
    assert second["next"] is None
    places = [(one["document_id"], one["start"]) for one in first["items"] + second["items"]]
    assert len(places) == len(set(places)) == 3
    assert first["expression"]["wordings"][0]["by_year"] == {"2018": 1, "2020": 1}
    assert second["expression"] is None


def test_mode_order_filters_and_briefings_reach_the_look_up(client, desk):
    body = {
        "text": "四个到位",
        "mode": "near",
        "order": "date",
        "with_briefings": True,
        "filters": {"kind": "speech", "speaker": "甲", "date_from": "2018"},
        "speaker": "东江市委书记周文川",
    }
    assert client.post(SEARCH, json=body).status_code == 200
    assert desk.quotations.asked[-1] == {
        "text": "四个到位",
        "mode": LookUpMode.NEAR,
        "order": Order.DATE,
        "with_briefings": True,
        "filters": Filters(kind=Kind.SPEECH, speaker="东江市委书记周文川", date_from="2018"),
        "limit": 20,
        "skip": 0,
    }


@pytest.mark.parametrize(
    ("text", "speaker", "verdict"),
    [
        (SAID, None, "exact"),
        (f"“{SAID}。”", "周文川", "exact"),
        (SAID, "李明远", "misattributed"),
        ("改革要蹄急步稳，先立后破。", None, "altered"),
        ("今天的天气很好，适合出门", None, "not_found"),
    ],
    ids=["verbatim", "in marks, by its speaker", "by another", "one character", "nowhere"],
)
def test_a_quotation_gets_its_verdict(client, text, speaker, verdict):
    body = client.post(VERIFY, json={"text": text, "speaker": speaker}).json()
    assert set(body) == {
        "verdict", "message", "matches", "references", "total", "documents", "is_set_phrase",
    }  # fmt: skip
    assert body["verdict"] == verdict
    assert bool(body["matches"]) == (verdict != "not_found")
    assert all(bool(match["diff"]) == (verdict == "altered") for match in body["matches"])


def test_each_document_has_one_reference(client):
    body = client.post(VERIFY, json={"text": "四个到位"}).json()
    ids = [reference["document_id"] for reference in body["references"]]
    assert ids == list(dict.fromkeys(match["document_id"] for match in body["matches"]))
    assert body["references"][1]["in_text"] == "（周文川，2018年11月）"


def test_a_diff_adds_up_to_both_texts(client):
    quoted = "改革要蹄急步稳，先立后破。"
    (match, *_) = client.post(VERIFY, json={"text": quoted}).json()["matches"]
    assert "".join(piece["quoted"] for piece in match["diff"]) == quoted
    assert "".join(piece["source"] for piece in match["diff"]) == match["quote"]


@pytest.mark.parametrize("path", [SEARCH, VERIFY])
@pytest.mark.parametrize(
    ("body", "field"),
    [
        pytest.param({}, "text", id="missing"),
        pytest.param({"text": ""}, "text", id="empty"),
        pytest.param({"text": "四" * 20_001}, "text", id="too long"),
        pytest.param({"text": 5}, "text", id="number"),
        pytest.param({"text": ["四个到位"]}, "text", id="list"),
        pytest.param({"text": "四个到位", "limit": 0}, "limit", id="limit"),
        pytest.param({"text": "四个到位", "limit": 1001}, "limit", id="large limit"),
        pytest.param({"text": "四个到位", "speaker": " "}, "speaker", id="white speaker"),
        pytest.param({"text": "四个到位", "extra": 1}, "extra", id="unknown field"),
    ],
)
def test_a_wrong_body_is_refused_with_the_field_that_is_wrong(client, path, body, field):
    problem = assert_problem(client.post(path, json=body), 422)
    assert field in {error["field"] for error in problem["errors"]}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"mode": "fuzzy"}, "mode"),
        ({"order": "title"}, "order"),
        ({"cursor": "x"}, "cursor"),
        ({"cursor": "-1"}, "cursor"),
        ({"cursor": "1" * 9}, "cursor"),
        ({"filters": {"year": "2019"}}, "filters.year"),
        ({"filters": {"date_from": "2019-02-30"}}, "filters.date_from"),
    ],
)
def test_a_wrong_choice_is_refused(client, change, field):
    problem = assert_problem(client.post(SEARCH, json={"text": "四个到位", **change}), 422)
    assert field in {error["field"] for error in problem["errors"]}


@pytest.mark.parametrize(
    ("path", "text", "words"),
    [
        (SEARCH, "　", "没有可以查找的文字"),
        (SEARCH, "的", "至少两个字"),
        (SEARCH, "，。！", "没有可以查找的文字"),
        (SEARCH, "\U0001f600\U0001f600\U0001f600", "没有可以查找的文字"),
        (VERIFY, " \t\n", "引文是空的"),
        (VERIFY, "三个字", "至少要 4 个字"),
        (VERIFY, "，。！？；：", "不能只有标点或符号"),
        (VERIFY, "\U0001f600" * 5, "不能只有标点或符号"),
        (VERIFY, "\x00\x01\x02\x7f\u200b", "引文是空的"),
        (VERIFY, "长" * 2001, "一次最多 2,000 个字"),
    ],
)
def test_what_is_no_quotation_is_explained(client, path, text, words):
    assert words in assert_problem(client.post(path, json={"text": text}), 422)["detail"]


def test_a_megabyte_of_text_is_a_problem(client):
    for path in (SEARCH, VERIFY):
        assert_problem(client.post(path, json={"text": "a" * 1_000_001}), 413)


@pytest.mark.parametrize("path", [SEARCH, VERIFY])
def test_a_body_that_is_not_declared_as_json_is_refused(client, path):
    content = json.dumps({"text": "四个到位"}).encode()
    headers = {"Content-Type": "text/plain"}
    assert_problem(client.post(path, content=content, headers=headers), 415)


def test_failures_show_nothing_of_their_inside(client):
    for path in (SEARCH, VERIFY):
        assert_problem(client.post(path, json={"text": "故障的一句话"}), 500)
    problem = assert_problem(client.post(VERIFY, json={"text": "存储坏了的一句话"}), 503)
    assert "目录" not in problem["detail"]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sampled_from([SEARCH, VERIFY]),
    st.dictionaries(
        st.sampled_from(["text", "speaker", "mode", "order", "limit", "cursor", "filters"]),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just({}),
    ),
)
def test_no_json_body_makes_the_server_fail(client, path, body):
    content = json.dumps(body).encode()
    response = client.post(path, content=content, headers={"Content-Type": "application/json"})
    assert response.status_code in {200, 400, 422}
