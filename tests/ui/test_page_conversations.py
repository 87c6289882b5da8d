"""Saved conversations on the page, in a real browser. Skipped where there is no Chromium."""

import io
import re
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import docx
import pytest

from rag.conversations import SavedTurn
from tests.ui.conftest import NEEDS_BROWSER, ScriptedAssistant
from tests.ui.conversation_fakes import make_conversation_desk

pytestmark = NEEDS_BROWSER

HOSTILE_TITLE = "<img src=x onerror=pwned=7>{{1+1}} ${2}"


@pytest.fixture
def page(empty_page, url):
    """The open page."""
    return opened(empty_page, url)


def opened(page, url):
    page.goto(url)
    page.wait_for_selector("#question textarea")
    return page


def ask(page, question):
    answers = page.locator("article.settled").count()
    page.fill("#question textarea", question)
    page.keyboard.press("Enter")
    page.wait_for_function(
        "count => document.querySelectorAll('article.settled').length > count", arg=answers
    )
    page.wait_for_selector("#ask:not([disabled])")
    page.wait_for_timeout(100)  # the framework takes no new event before it ended the last


def items(page):
    return page.locator("ol.conversations li")


def wait_for_items(page, count):
    page.wait_for_function(
        "count => document.querySelectorAll('ol.conversations li').length === count", arg=count
    )


def titles(page):
    return page.locator(".conversation > span").all_inner_texts()


def begin_anew(page):
    page.click("#clear")
    page.wait_for_selector("#start", state="visible")


def two_conversations(page):
    """The older one, 甲, has two questions and rests on two documents; 乙 is open."""
    ask(page, "甲：多少个？")
    ask(page, "甲：还有呢？")
    begin_anew(page)
    ask(page, "乙：恶意")
    wait_for_items(page, 2)


def saved_turns(desk):
    found, _ = desk.conversations.list_conversations()
    return {
        one.title: [
            checked.turn.question for checked in desk.conversations.open(one.conversation_id).turns
        ]
        for one in found
    }


def open_menu(page, title):
    item = items(page).filter(has_text=title)
    item.locator("summary").click()
    return item.locator(".conversation-menu")


def test_questions_are_saved_and_listed_newest_first(page, desk):
    assert "还没有对话" in page.locator(".history-empty").inner_text()
    two_conversations(page)
    assert titles(page) == ["乙：恶意", "甲：多少个？"]
    assert re.fullmatch(r"今天 \d+:\d\d\s+2 问", items(page).nth(1).locator("small").inner_text())
    assert items(page).nth(0).get_attribute("class") == "current"
    assert page.locator(".current-title").inner_text() == "乙：恶意"
    assert saved_turns(desk) == {
        "乙：恶意": ["乙：恶意"],
        "甲：多少个？": ["甲：多少个？", "甲：还有呢？"],
    }


def test_a_page_that_is_loaded_again_goes_on_with_its_conversation(page, desk):
    ask(page, "甲：多少个？")
    ask(page, "甲：还有呢？")
    page.reload()
    page.wait_for_selector("#past article.settled")
    assert page.locator("#live .question p").inner_text() == "甲：还有呢？"
    assert re.search(r"20\d\d年\d+月\d+日 \d\d:\d\d", page.locator("#live time").inner_text())
    assert page.locator("#start").is_hidden()
    page.click("#past button.marker[data-marker='2']")
    page.wait_for_selector(".viewer h3:has-text('动员会上的讲话')")
    ask(page, "甲：第三问？")
    history = desk.assistant.asked[-1][1]
    assert [turn.content for turn in history if turn.role == "user"] == [
        "甲：多少个？",
        "甲：还有呢？",
    ]
    assert saved_turns(desk) == {"甲：多少个？": ["甲：多少个？", "甲：还有呢？", "甲：第三问？"]}


def test_a_conversation_is_opened_with_its_own_evidence_and_gone_on_with(page, desk):
    two_conversations(page)
    page.wait_for_selector(".viewer h3:has-text('标题')")
    items(page).nth(1).locator("button.conversation").click()
    page.wait_for_selector("#live .question:has-text('甲：还有呢？')")
    page.wait_for_selector(".viewer h3:has-text('清河区机构改革方案要点')")
    assert page.locator("aside.evidence .card").count() == 2
    page.click("#live button.marker[data-marker='1']")
    page.wait_for_selector(".viewer mark.current.flash")
    assert page.locator(".viewer mark.current").inner_text().startswith("清河区机构改革后共设置")
    ask(page, "甲：第三问？")
    assert len(desk.assistant.asked[-1][1]) == 4
    assert len(saved_turns(desk)["甲：多少个？"]) == 3
    page.wait_for_function(
        "document.querySelector('.conversation > span').textContent === '甲：多少个？'"
    )  # the last one continued stands first


def test_the_way_back_leads_to_the_conversation_before(page):
    two_conversations(page)
    items(page).nth(1).locator("button.conversation").click()
    page.wait_for_selector("#live .question:has-text('甲')")
    page.go_back()
    page.wait_for_selector("#live .question:has-text('乙')")
    page.go_forward()
    page.wait_for_selector("#live .question:has-text('甲')")


def test_a_search_finds_words_of_titles_questions_and_answers(page):
    two_conversations(page)
    page.fill(".history-search", "还有呢")
    wait_for_items(page, 1)
    assert titles(page) == ["甲：多少个？"]
    page.fill(".history-search", "三十六个")
    wait_for_items(page, 1)
    page.fill(".history-search", "没有这样的词")
    wait_for_items(page, 0)
    assert page.locator(".history-empty").inner_text() == "没有找到这样的对话。"
    page.fill(".history-search", "")
    wait_for_items(page, 2)


def test_a_conversation_is_renamed_with_the_keyboard_alone(page):
    ask(page, "甲：多少个？")
    wait_for_items(page, 1)
    page.focus(".conversation-menu summary")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog .title-field")
    page.keyboard.type("机构数")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog.small", state="detached")
    page.wait_for_selector(".conversation > span:text-is('机构数')")
    assert page.locator(".current-title").inner_text() == "机构数"


def test_a_title_of_nothing_is_refused_in_words(page):
    ask(page, "甲：多少个？")
    wait_for_items(page, 1)
    open_menu(page, "甲").locator("button:has-text('改名')").click()
    page.fill("dialog .title-field", "　")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog .failure:not(:empty)")
    page.keyboard.press("Escape")
    assert titles(page) == ["甲：多少个？"]


def test_a_conversation_is_deleted_after_a_question_and_a_new_one_begins(page, desk):
    two_conversations(page)
    open_menu(page, "甲").locator("button:has-text('删除')").click()
    assert "2 问将被删除" in page.locator("dialog.small").inner_text()
    page.click("dialog.small button:has-text('取消')")
    assert len(saved_turns(desk)) == 2
    open_menu(page, "甲").locator("button:has-text('删除')").click()
    page.click("dialog.small button.solid")
    wait_for_items(page, 1)
    assert page.locator("#live .question:has-text('乙')").count() == 1  # another one was open
    open_menu(page, "乙").locator("button:has-text('删除')").click()
    page.click("dialog.small button.solid")
    page.wait_for_selector("#start", state="visible")
    wait_for_items(page, 0)
    assert saved_turns(desk) == {}
    assert "#" not in page.url
    ask(page, "丙：多少个？")
    assert desk.assistant.asked[-1][1] == ()


def test_all_conversations_are_deleted_after_a_question(page, desk):
    two_conversations(page)
    page.click("[data-action=delete-all]")
    page.click("dialog.small button.solid")
    wait_for_items(page, 0)
    assert saved_turns(desk) == {}
    assert page.locator("[data-action=delete-all]").is_hidden()


def test_a_conversation_is_exported_under_its_title(page):
    ask(page, "甲：多少个？")
    wait_for_items(page, 1)
    with page.expect_download() as markdown:
        open_menu(page, "甲").locator("button:has-text('Markdown')").click()
    assert markdown.value.suggested_filename == "甲：多少个？.md"
    text = Path(markdown.value.path()).read_text(encoding="utf-8")
    assert "## 第 1 问" in text
    assert "三十六个" in text
    with page.expect_download() as word:
        open_menu(page, "甲").locator("button:has-text('Word')").click()
    assert word.value.suggested_filename == "甲：多少个？.docx"
    document = docx.Document(io.BytesIO(Path(word.value.path()).read_bytes()))
    assert document.paragraphs[0].text == "甲：多少个？"


def test_two_tabs_do_not_mix(page, url, desk):
    other = opened(page.context.new_page(), url)
    ask(page, "甲：多少个？")
    ask(other, "乙：多少个？")
    ask(page, "甲：还有呢？")
    assert desk.assistant.asked[-1][1][0].content == "甲：多少个？"
    ask(other, "乙：还有呢？")
    for one, name in ((page, "甲"), (other, "乙")):
        one.reload()
        one.wait_for_selector("#past article.settled")
        assert set(one.locator(".question p").all_inner_texts()) == {
            f"{name}：多少个？",
            f"{name}：还有呢？",
        }
    assert sorted(map(len, saved_turns(desk).values())) == [2, 2]
    other.close()


def test_citations_say_what_became_of_their_documents(page, desk):
    ask(page, "甲：多少个？")
    page.wait_for_selector(".viewer mark")
    briefing, speech, *_ = desk.shelf.documents.values()
    desk.shelf.documents[briefing.document_id] = replace(
        briefing, text="新增一行。\n" + briefing.text
    )
    del desk.shelf.documents[speech.document_id]
    page.reload()
    page.wait_for_selector("aside.evidence .card .state")
    first, second = page.locator("aside.evidence .card").all()
    assert "原句现在文中另一处" in first.inner_text()
    assert "已不在资料库中" in second.inner_text()
    page.click("#live button.marker[data-marker='1']")
    page.wait_for_selector(".viewer mark.current")
    assert "清河区机构改革后共设置党政机构𠮷三十六个。" in page.locator(".viewer mark").inner_text()
    page.click("#live button.marker[data-marker='2']")
    page.wait_for_selector(".viewer:has-text('这份文件已不在资料库中')")
    desk.shelf.documents[briefing.document_id] = replace(briefing, text="全部重写。\n")
    page.reload()
    page.wait_for_selector("aside.evidence .card .state:has-text('找不到原句')")
    page.wait_for_selector(".viewer .document-text:has-text('全部重写')")
    assert page.locator(".viewer mark").count() == 0


def test_a_document_that_changes_under_an_open_page_marks_nothing_wrong(page, desk):
    ask(page, "甲：多少个？")
    page.wait_for_selector(".viewer mark")
    speech = list(desk.shelf.documents.values())[1]
    desk.shelf.documents[speech.document_id] = replace(speech, text="新增。\n" + speech.text)
    page.click("#live button.marker[data-marker='2']")
    page.wait_for_selector(".viewer .document-text:has-text('新增')")
    assert page.locator(".viewer mark").count() == 0
    assert "已不在原处" in page.locator("aside.evidence .card.current").inner_text()


def test_a_conversation_that_is_gone_is_said_to_be(page, desk, url):
    ask(page, "甲：多少个？")
    wait_for_items(page, 1)
    desk.conversations.delete_all()
    page.reload()
    page.wait_for_selector("#past:has-text('这个对话已被删除')")
    assert page.locator("#start").is_visible()
    ask(page, "乙：多少个？")
    assert saved_turns(desk) == {"乙：多少个？": ["乙：多少个？"]}
    assert page.locator("#past:has-text('已被删除')").count() == 0


def test_no_title_becomes_markup(page, desk):
    ask(page, HOSTILE_TITLE)
    wait_for_items(page, 1)
    assert titles(page) == [HOSTILE_TITLE]
    assert page.locator(".current-title").inner_text() == HOSTILE_TITLE
    open_menu(page, "img").locator("button:has-text('删除')").click()
    assert HOSTILE_TITLE in page.locator("dialog.small").inner_text()
    page.keyboard.press("Escape")
    page.reload()
    page.wait_for_selector("#live article.settled")
    assert page.evaluate("window.pwned") is None
    assert page.locator("#history img, #talk img").count() == 0


def test_a_long_conversation_shows_its_end_and_a_long_list_its_beginning(page, desk, url):
    ask(page, "甲：多少个？")
    conversation_id = page.url.rpartition("=")[2]
    answer = desk.assistant.answer("多少个？")
    for number in range(2, 54):
        turn = SavedTurn(question=f"第{number}问", answer=answer, asked=datetime.now(UTC))
        desk.conversations._records.save_turn(turn, conversation_id=conversation_id)
        desk.conversations._records.save_turn(turn)
    page.reload()
    page.wait_for_selector("#past .aside-note:has-text('更早的 3 问没有列出')")
    assert page.locator("article.settled").count() == 50
    wait_for_items(page, 50)
    page.click(".more-conversations")
    wait_for_items(page, 53)
    assert page.locator(".more-conversations").is_hidden()


class WaitingAssistant(ScriptedAssistant):
    """Where a question is 慢, the answer stops half-way until it is let go."""

    def __init__(self, shelf, recent):
        super().__init__(shelf, recent)
        self.go_on = threading.Event()
        self.closed = threading.Event()

    def stream(self, question, **about):
        try:
            for number, event in enumerate(super().stream(question, **about)):
                if "慢" in question and number == 2:
                    self.go_on.wait(20)
                yield event
        finally:
            self.closed.set()


@pytest.fixture
def waiting(desk):
    """An assistant that waits."""
    desk.assistant = WaitingAssistant(desk.shelf, desk.assistant.recent)
    yield desk.assistant
    desk.assistant.go_on.set()


def test_what_is_still_answering_does_not_come_back_into_a_new_conversation(waiting, page, desk):
    page.fill("#question textarea", "慢")
    page.keyboard.press("Enter")
    page.wait_for_selector("#live .waiting .answer-text")
    page.click("#clear")
    page.wait_for_selector("#start", state="visible")
    waiting.go_on.set()
    assert waiting.closed.wait(10)
    ask(page, "乙：多少个？")
    assert page.locator(".question p").all_inner_texts() == ["乙：多少个？"]
    assert saved_turns(desk) == {"乙：多少个？": ["乙：多少个？"]}


@pytest.fixture
def not_saving(desk):
    """Conversations are not saved."""
    desk.conversations = make_conversation_desk(desk.shelf, is_saving=False)


def test_where_conversations_are_not_saved_there_is_no_list_and_the_page_says_so(
    not_saving, page, desk
):
    assert "对话不保存" in page.locator("#talk-head").inner_text()
    assert page.locator(".conversations, [data-action=history]").count() == 0
    ask(page, "甲：多少个？")
    ask(page, "甲：还有呢？")
    assert len(desk.assistant.asked[-1][1]) == 2
    assert page.locator("ul.notes:has-text('没有存入')").count() == 0
    assert "#" not in page.url
    page.reload()
    page.wait_for_selector("#start", state="visible")
    assert page.locator("article.settled").count() == 0


def test_the_list_is_put_away_and_stays_away(page):
    assert page.locator(".history-search").is_visible()
    page.click("[data-action=close-history]")
    assert page.locator(".history-search").is_hidden()
    page.reload()
    page.wait_for_selector("[data-action=history]", state="visible")
    assert page.locator(".history-search").is_hidden()
    page.click("[data-action=history]")
    assert page.locator(".history-search").is_visible()


def test_on_a_phone_the_list_is_a_drawer(page):
    page.set_viewport_size({"width": 390, "height": 844})
    ask(page, "甲：多少个？")
    begin_anew(page)
    ask(page, "乙：多少个？")
    assert page.locator(".history-search").is_hidden()
    page.focus("[data-action=history]")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog.drawer .history-search", state="visible")
    assert page.evaluate("document.querySelector('dialog.drawer').contains(document.activeElement)")
    assert page.locator("[data-action=history]").get_attribute("aria-expanded") == "true"
    page.keyboard.press("Escape")
    page.wait_for_selector(".history-search", state="hidden")
    assert page.evaluate("document.activeElement.dataset.action") == "history"
    page.click("[data-action=history]")
    item = items(page).filter(has_text="甲")
    item.locator("summary").click()
    page.keyboard.press("Escape")  # closes the menu alone
    assert page.locator(".history-search").is_visible()
    item.locator("button.conversation").click()
    page.wait_for_selector("#live .question:has-text('甲')")
    assert page.locator("dialog.drawer[open]").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
