"""The route /v1/drafts/check over a fake checker: text and files in, findings or files out."""

import io
import json
import zipfile

import docx
import pytest

from tests.ui.drafts.conftest import paragraph, word_file
from tests.ui.test_api import assert_problem
from ui.api.draft_routes import WORD

CHECK = "/v1/drafts/check"
DRAFT = (
    "\u3000\u3000周文川强调，“改革要蹄急步稳，先立后破。”𠮷\r\n"
    "我区共设置党政机构三十五个，《清河区机构改革方案要点》可查。\n"
    "《没有的文件》另说“引号没有成对"
)


def upload(client, data, *, name="稿.txt", form="json"):
    return client.post(CHECK, params={"as": form}, files={"file": (name, data)})


def test_findings_come_in_order_of_place_with_the_text_as_it_was_sent(client):
    body = client.post(CHECK, json={"text": DRAFT}).json()
    assert set(body) == {"items", "next", "text", "summary"}
    assert body["text"] == DRAFT
    starts = [finding["start"] for finding in body["items"]]
    assert starts == sorted(starts)
    checked = [DRAFT[finding["start"] : finding["end"]] for finding in body["items"]]
    assert checked == [
        "改革要蹄急步稳，先立后破。", "三十五个", "清河区机构改革方案要点", "没有的文件", "“",
    ]  # fmt: skip
    assert [finding["verdict"] for finding in body["items"]] == [
        "altered", "altered", "exact", "not_found", "altered",
    ]  # fmt: skip
    for finding in body["items"]:
        assert set(finding) == {
            "start", "end", "kind", "verdict", "message", "correction", "matches",
        }  # fmt: skip
    assert body["items"][0]["correction"] == "改革要蹄疾步稳，先立后破。"
    assert body["summary"].startswith("共核对 5 处：需要处理 3 处（引文 1、数字 1、引号 1）")


@pytest.mark.parametrize("name", ["稿.txt", "稿.md", "稿"])
def test_a_text_file_is_checked_like_the_text(client, name):
    assert (
        upload(client, DRAFT.encode(), name=name).json()
        == client.post(CHECK, json={"text": DRAFT}).json()
    )


def test_a_file_in_the_encoding_of_an_old_editor_is_read(client):
    text = "《清河区机构改革方案要点》可查，我区共设置党政机构三十五个，请各单位遵照执行。"
    body = upload(client, text.encode("gb18030")).json()
    assert body["text"] == text


def test_a_word_file_is_checked_by_its_paragraphs(client):
    word = word_file(paragraph("我区共设置党政机构", "三十五个") + paragraph("完"))
    body = upload(client, word, name="稿.docx").json()
    assert body["text"] == "我区共设置党政机构三十五个\n完"
    (finding,) = body["items"]
    assert body["text"][finding["start"] : finding["end"]] == "三十五个"


def test_nothing_to_check_is_said(client):
    body = client.post(CHECK, json={"text": "今天天气很好。"}).json()
    assert body["items"] == []
    assert body["summary"].startswith("没有找到可以核对的内容")


def test_a_report_is_one_page_that_fetches_nothing(client):
    response = client.post(CHECK, params={"as": "html"}, json={"text": DRAFT + "<script>"})
    assert response.headers["content-type"].startswith("text/html")
    assert "核稿报告" in response.text
    assert "改革要蹄" in response.text
    assert "<script" not in response.text


def test_a_pasted_draft_becomes_a_word_file_with_comments(client):
    response = client.post(CHECK, params={"as": "docx"}, json={"text": DRAFT})
    assert response.headers["content-type"] == WORD
    document = docx.Document(io.BytesIO(response.content))
    comments = [comment.text for comment in document.comments]
    assert len(comments) == 3  # what asks for attention
    assert "与原文不符" in comments[0]
    assert [one.text for one in document.paragraphs][1].startswith("我区共设置党政机构")


def test_a_word_file_comes_back_with_comments_and_all_else(client):
    word = word_file(
        paragraph("我区共设置党政机构三十五个"), parts={"word/media/a.png": b"\x89PNG"}
    )
    response = upload(client, word, name="稿.docx", form="docx")
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        assert "word/comments.xml" in archive.namelist()
        assert "三十五个" in archive.read("word/document.xml").decode()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("", "文稿是空的", id="empty"),
        pytest.param(" \n\u3000", "文稿是空的", id="white"),
        pytest.param("字", "只有一个字", id="one character"),
        pytest.param("，。！？", "只有标点", id="punctuation"),
        pytest.param("\U0001f600\U0001f389", "只有标点、符号或表情", id="emoji"),
        pytest.param("\x00\x01\x02字字", "控制字符", id="control characters"),
        pytest.param("长" * 200_001, "200,000", id="long"),
    ],
)
def test_what_is_no_draft_is_explained_pasted_or_sent(client, text, words):
    assert words in assert_problem(client.post(CHECK, json={"text": text}), 422)["detail"]
    if text.isprintable() and text:
        assert words in assert_problem(upload(client, text.encode()), 422)["detail"]


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        pytest.param(b"PK\x03\x04 no package", "a.docx", "已损坏", id="broken zip"),
        pytest.param("纯文字。".encode(), "a.docx", "不是有效的 Word 文档", id="text as docx"),
        pytest.param(b"%PDF-1.7\n", "a.pdf", "PDF", id="pdf"),
        pytest.param(b"", "a.txt", "空的", id="empty file"),
        pytest.param(b"\x89PNG\r\n\x1a\n\x00\x00", "a.png", "不能核对这种文件", id="picture"),
    ],
)
def test_a_file_that_is_no_draft_is_explained(client, data, name, words):
    assert words in assert_problem(upload(client, data, name=name), 422)["detail"]


@pytest.mark.parametrize(
    ("body", "field"),
    [({}, "text"), ({"text": 5}, "text"), ({"text": None}, "text"), ({"text": "a", "x": 1}, "x")],
)
def test_a_wrong_body_is_refused_with_the_field_that_is_wrong(client, body, field):
    problem = assert_problem(client.post(CHECK, json=body), 422)
    assert field in {error["field"] for error in problem["errors"]}


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b'"x"', b'{"text": "\\ud800 x"}', b"[" * 100_000]
)
def test_a_body_that_is_no_draft_is_a_problem_and_never_500(client, content):
    headers = {"Content-Type": "application/json"}
    response = client.post(CHECK, content=content, headers=headers)
    assert response.status_code in {400, 422}
    assert_problem(response, response.status_code)


def test_another_kind_of_body_is_refused(client):
    headers = {"Content-Type": "text/plain"}
    assert_problem(client.post(CHECK, content=b"text", headers=headers), 415)


def test_a_form_must_hold_one_file_and_nothing_else(client):
    assert_problem(client.post(CHECK, files={"other": ("a.txt", b"text")}), 422)
    two = [("file", ("a.txt", "文字".encode())), ("file", ("b.txt", "文字".encode()))]
    for response in (
        client.post(CHECK, files=two),
        client.post(CHECK, files={"file": ("a.txt", b"text")}, data={"text": "x"}),
        client.post(CHECK, content=b"abc", headers={"Content-Type": "multipart/form-data"}),
    ):
        assert response.status_code in {400, 422}
        assert_problem(response, response.status_code)


def test_a_file_that_is_too_large_is_refused(client):
    problem = assert_problem(upload(client, b"a" * 1_000_001), 422)
    assert "MB" in problem["detail"]
    assert_problem(upload(client, b"a" * 2_100_000), 413)


def test_an_unknown_form_of_the_answer_is_refused(client):
    assert_problem(client.post(CHECK, params={"as": "pdf"}, json={"text": DRAFT}), 422)


def test_a_failure_shows_nothing_of_its_inside_nor_of_the_draft(client):
    problem = assert_problem(client.post(CHECK, json={"text": "故障的文稿"}), 500)
    assert "文稿" not in json.dumps(problem, ensure_ascii=False)
