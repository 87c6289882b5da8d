"""The page with a chat model behind it: a real client, and a scripted server on loopback."""

import pytest

from tests.rag.test_chain import DOCUMENTS, make_assistant
from tests.rag.test_chat_model import QUESTION, End, ScriptedServer, Stall, model, server
from tests.ui.conftest import NEEDS_BROWSER

__all__ = ["server"]  # the fixture
pytestmark = NEEDS_BROWSER

MIXED = [
    "青石区共设置党政机构30个[1]。其中党委机构9个[1][7]。",
    "此外还撤销了机构77个[1]。\n区长李明说：“改革要快。”[1]",
]


@pytest.fixture
def page(server: ScriptedServer, desk, request):
    """The open page over the real chain with a scripted chat model."""
    desk.assistant = make_assistant(chat_model=model(server))[0]
    desk.shelf.documents.update({one.document_id: one for one in DOCUMENTS})
    url, page = request.getfixturevalue("url"), request.getfixturevalue("empty_page")
    page.goto(url)
    page.wait_for_selector("#question textarea")
    return page


def ask(page):
    answers = page.locator("article.settled").count()
    page.fill("#question textarea", QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_function(
        "count => document.querySelectorAll('article.settled').length > count", arg=answers
    )


def test_sentences_without_support_are_set_off_with_their_reasons(page, server):
    server.script = MIXED
    ask(page)
    live = page.locator("#live article.answer")
    assert "部分回答" in live.inner_text()
    assert "由聊天模型 scripted 撰写" in live.inner_text()
    assert live.locator(".doubted").all_inner_texts() == [
        "此外还撤销了机构77个。",
        "区长李明说：“改革要快。”",
    ]
    assert live.locator("b.doubt").count() == 2
    assert live.locator(".answer-text p").count() == 2  # the model's own paragraphs
    assert "[7]" not in live.inner_text()
    assert "有 2 句没有依据" in live.locator("ul.notes").inner_text()
    page.click("#live button.marker >> nth=0")
    page.wait_for_selector(".viewer mark.current.flash")
    page.reload()
    page.wait_for_selector("#live .doubted")
    assert page.locator("#live b.doubt").count() == 2


def test_an_answer_that_does_not_stand_gives_way_and_stays_to_be_seen(page, server):
    server.script = ["共有机构77个[1]。王五说：“越多越好。”[1]人人都已下岗。"]
    ask(page)
    live = page.locator("#live article.answer")
    assert "原文摘录" in live.locator("header").inner_text()
    assert "多半没有依据" in live.locator("ul.notes").inner_text()
    assert "77" not in live.locator(".answer-text").inner_text()
    live.locator("details.withdrawn summary").click()
    assert "共有机构77个" in live.locator("details.withdrawn").inner_text()


def test_a_model_that_fails_gives_way_and_says_so(page, server):
    server.script = 500
    ask(page)
    assert "30个" in page.locator("#live .answer-text").inner_text()
    assert "改用原文摘录" in page.locator("#live ul.notes").inner_text()
    assert page.locator("#live details.withdrawn").count() == 0


def test_a_reply_that_is_cut_off_is_said_to_be(page, server):
    server.script = [*MIXED[:1], End(reason="length")]
    ask(page)
    live = page.locator("#live article.answer")
    assert "部分回答" in live.inner_text()
    assert "没有写完" in live.locator("ul.notes").inner_text()
    page.reload()
    page.wait_for_selector("#live ul.notes:has-text('没有写完')")


def test_who_writes_can_be_chosen(page, server):
    server.script = MIXED
    assert "由聊天模型根据资料库撰写" in page.locator("#welcome").inner_text()
    page.click("#writer label:has-text('只摘录原文')")
    ask(page)
    assert server.requests == []
    assert "原文摘录" in page.locator("#live article.answer header").inner_text()
    page.click("#writer label:has-text('聊天模型')")
    page.wait_for_selector("#ask:not([disabled])")
    page.wait_for_timeout(200)
    ask(page)
    assert len(server.requests) == 1


def test_who_was_chosen_to_write_is_remembered_where_the_page_is_opened_again(page, server, url):
    server.script = MIXED
    page.click("#writer label:has-text('只摘录原文')")
    page.wait_for_function("localStorage.getItem('wence-writer') === 'wence-extractive'")
    # Loading the same page again would break off what the choice asks of the server.
    again = page.context.new_page()
    again.goto(url)
    again.wait_for_selector("#writer label:has-text('只摘录原文').selected")
    ask(again)
    assert server.requests == []
    again.evaluate("localStorage.setItem('wence-writer', 'no longer configured')")
    again.reload()
    again.wait_for_selector("#writer label:has-text('聊天模型').selected")


def test_a_new_conversation_ends_the_request(page, server):
    server.script = ["青石区共设置党政机构30个[1]。" * 4, *([Stall(seconds=0.05), "又。"] * 300)]
    page.fill("#question textarea", QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_selector("#live .waiting .answer-text")
    page.click("#clear")
    page.wait_for_selector("#start", state="visible")
    assert server.gone.wait(10)


def test_an_answer_that_is_stopped_stays_as_far_as_it_came(page, server):
    assert page.locator("#stop").is_hidden()
    server.script = ["青石区共设置党政机构30个[1]。" * 4, Stall(seconds=6), "又。"]
    page.fill("#question textarea", QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_selector("#live .waiting .answer-text")
    assert page.locator("#ask").is_hidden()
    page.click("#stop")  # the model says nothing: that is not waited for
    page.wait_for_selector("#live .stopped", timeout=3000)
    assert "党政机构30个" in page.locator("#live .stopped").inner_text()
    assert "已停止" in page.locator("#live .stopped").inner_text()
    page.wait_for_selector("#ask:not([disabled])")
    assert page.locator("#stop").is_hidden()
    server.script = MIXED
    ask(page)
    assert "已停止" in page.locator("#past").inner_text()


def test_without_a_chat_model_there_is_nothing_to_choose(empty_page, url):
    empty_page.goto(url)
    empty_page.wait_for_selector("#question textarea")
    assert empty_page.locator("#writer label").count() == 0


def test_marks_fit_a_phone(page, server):
    page.set_viewport_size({"width": 390, "height": 844})
    server.script = MIXED
    ask(page)
    assert page.locator("#live b.doubt").first.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
