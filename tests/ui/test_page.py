"""The page in a real browser, over fakes. Skipped where there is no Chromium."""

import re

import pytest

from rag.documents import AnswerMode
from tests.ui.conftest import NEEDS_BROWSER

pytestmark = NEEDS_BROWSER


@pytest.fixture
def page(empty_page, url):
    """The open page."""
    empty_page.goto(url)
    empty_page.wait_for_selector("#question textarea")
    return empty_page


def ask(page, question):
    answers = page.locator("article.settled").count()
    page.fill("#question textarea", question)
    page.keyboard.press("Enter")
    page.wait_for_function(
        "count => document.querySelectorAll('article.settled').length > count", arg=answers
    )
    page.wait_for_selector(".viewer .document-text")


def test_a_question_is_answered_with_evidence_beside_it(page):
    ask(page, "清河区机构改革后设置多少个党政机构？")
    answer = page.locator("#live article.answer")
    assert "三十六个" in answer.inner_text()
    assert "已回答" in answer.inner_text()
    assert "原文摘录" in answer.inner_text()
    cards = page.locator("aside.evidence .card")
    assert cards.count() == 2
    assert "资料卡" in cards.nth(0).inner_text()
    assert "清河日报" in cards.nth(0).inner_text()
    assert "示例" in cards.nth(1).inner_text()
    assert "李明远" in cards.nth(1).inner_text()
    assert page.locator("#start").is_hidden()


def test_a_marker_leads_to_its_place_in_the_document_in_code_points(page):
    ask(page, "多少个？")
    page.click("#live button.marker[data-marker='1']")
    marked = page.locator(".viewer mark.current.flash")
    assert marked.inner_text() == "清河区机构改革后共设置党政机构𠮷三十六个。"
    page.click("#live button.marker[data-marker='2']")
    page.wait_for_selector(".viewer h3:has-text('动员会上的讲话')")
    assert page.locator(".viewer mark.current").inner_text().startswith("机构改革要做到四个到位")
    box = page.locator(".viewer mark.current").bounding_box()
    assert 0 < box["y"] < 800


def test_a_second_question_goes_on_with_the_conversation_and_both_keep_their_evidence(page, desk):
    ask(page, "第一问？")
    ask(page, "第二问？")
    assert desk.assistant.asked[-1][1][0].content == "第一问？"
    assert page.locator("#past article.settled").count() == 1
    page.click("#past button.marker[data-marker='2']")
    page.wait_for_selector("#past article.current")
    page.click("#clear")
    page.wait_for_selector("#start", state="visible")
    assert page.locator("article.settled").count() == 0
    assert page.locator("aside.evidence .card").count() == 0


def test_nothing_that_was_asked_or_read_becomes_markup(page):
    ask(page, "恶意 {{value}} ${1+1} <script>window.pwned=9</script><img src=x onerror=pwned=8>")
    page.click("#live button.marker")
    text = page.locator("#live").inner_text()
    assert "{{value}} ${1+1} <script>window.pwned=9</script>" in text
    assert "[点此](http://evil.example/a)" in text
    assert "<script>window.pwned=1</script>" in page.locator(".viewer .document-text").inner_text()
    assert page.evaluate("window.pwned") is None
    assert page.locator("#desk a, #desk img:not([alt=''])").count() == 0
    page.click("button[role=tab]:has-text('资料库')")
    page.click("button.title-link:has-text('script')")
    page.wait_for_selector("dialog .metadata")
    assert page.evaluate("window.pwned") is None


def test_no_evidence_failures_and_empty_questions_are_said_plainly(page):
    page.fill("#question textarea", "没有")
    page.keyboard.press("Enter")
    page.wait_for_selector("#live .status.no_evidence")
    assert page.locator("aside.evidence .card").count() == 0
    page.fill("#question textarea", "故障")
    page.keyboard.press("Enter")
    page.wait_for_selector("#live article.failed")
    assert "secret" not in page.content()
    page.fill("#question textarea", "  ")
    page.click("#ask")
    page.wait_for_selector("#live article.failed:has-text('不能为空')")


@pytest.fixture
def two_models(desk):
    """Before the page is built."""
    desk.assistant.chat_models = ("deepseek-chat", "qwen<b>")


def test_with_several_chat_models_the_one_that_writes_is_chosen(two_models, page, desk):
    page.wait_for_selector("#writer label")
    ask(page, "第一问？")
    assert desk.assistant.models[-1] == "deepseek-chat"
    for name, reached in (("qwen<b>", "qwen<b>"), ("只摘录原文", None)):
        page.click(f"#writer label:has-text('{name}')")
        ask(page, "再问？")
        assert desk.assistant.models[-1] == reached
    assert desk.assistant.asked[-1][-1] is AnswerMode.EXTRACTIVE
    assert page.locator("#writer b").count() == 0


def test_filters_reach_the_assistant(page, desk):
    page.click("#ask-filters button.label-wrap")
    page.fill("#ask-filters label:has-text('地区') textarea", "清河区")
    ask(page, "多少个？")
    assert desk.assistant.asked[-1][2].place == "清河区"


def test_files_are_uploaded_shown_and_deleted(page, desk):
    page.click("button[role=tab]:has-text('资料库')")
    page.wait_for_selector("table.library tbody tr")
    files = [
        {"name": "新文件.txt", "mimeType": "text/plain", "buffer": "你好，世界。".encode()},
        {"name": "坏.txt", "mimeType": "text/plain", "buffer": "坏".encode()},
    ]
    page.set_input_files("#upload-files", files)
    page.wait_for_selector(".outcomes li.failed")
    shown = page.locator(".outcomes").inner_text()
    assert "已入库" in shown
    assert "无法解码" in shown
    page.wait_for_selector("tr:has-text('新文件.txt')")
    page.click("button.title-link:has-text('动员会上的讲话')")
    page.wait_for_selector("dialog .metadata")
    assert "李明远（区委书记）" in page.locator("dialog").inner_text()
    assert "来自正文" in page.locator("dialog").inner_text()
    page.keyboard.press("Escape")
    before = len(desk.shelf.documents)
    page.click("tr:has-text('新文件.txt') [data-action=delete]")
    page.click("dialog button:has-text('取消')")
    assert len(desk.shelf.documents) == before
    page.click("tr:has-text('新文件.txt') [data-action=delete]")
    page.click("dialog button.solid")
    page.wait_for_selector("tr:has-text('新文件.txt')", state="detached")
    assert len(desk.shelf.documents) == before - 1


def test_the_page_speaks_chinese_without_emoji_or_the_name_of_its_framework(page):
    shown = page.inner_text("body")
    page.click("button[role=tab]:has-text('资料库')")
    page.wait_for_selector("table.library")
    shown += page.inner_text("body")
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    english = set(re.findall(r"[A-Za-z]{3,}", shown))
    formats = {"txt", "html", "doc", "docx", "pdf", "csv", "xlsx", "zip"}
    assert english <= formats | {"default", "test", "script", "window", "pwned"}
    assert not re.search(r"[\U0001f000-\U0001faff\u2600-\u27bf]", shown)


def test_a_phone_shows_everything_without_scrolling_sideways(page):
    page.set_viewport_size({"width": 390, "height": 844})
    ask(page, "多少个？")
    page.click("#live button.marker[data-marker='2']")
    page.wait_for_selector(".viewer mark.current.flash")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.wait_for_function(
        "(() => { const at = document.querySelector('.viewer mark.current')"
        ".getBoundingClientRect(); return at.top > 0 && at.bottom < innerHeight; })()"
    )


def test_the_framework_serves_nothing_that_the_page_does_not_use(page, url):
    for path in ("info", "upload", "file=/etc/passwd", "openapi.json", "proxy=http://x"):
        response = page.request.get(f"{url}/gradio_api/{path}")
        assert response.status == 404, path
        assert response.headers["content-type"] == "application/problem+json"
    assert page.request.get(f"{url}/none").headers["content-type"] == "application/problem+json"


def test_the_reference_page_shows_every_route_and_tries_one(empty_page, url):
    page = empty_page
    page.goto(f"{url}/docs")
    page.wait_for_selector("#search_passages")
    for path in ("/v1/answers", "/v1/search", "/v1/documents", "/healthz", "/readyz"):
        assert page.locator(f"section .path:text-is('{path}')").count() >= 1
    page.click("#is_alive summary")
    page.click("#is_alive button")
    page.wait_for_selector("#is_alive pre:has-text('200')")
