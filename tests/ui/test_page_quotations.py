"""The tab 引文 in a real browser, over fakes. Skipped where there is no Chromium."""

import re

import pytest

from tests.ui.conftest import NEEDS_BROWSER
from ui.page import quotations

pytestmark = NEEDS_BROWSER

SAID = "改革要蹄疾步稳，先立后破"


@pytest.fixture
def page(empty_page, url):
    """The open tab."""
    empty_page.goto(url)
    empty_page.click("button[role=tab]:has-text('引文')")
    empty_page.wait_for_selector("#quotation textarea")
    return empty_page


def look_up(page, text):
    """Type, press Enter, wait until the result is another one."""
    before = page.inner_html("#quotations .html-container")
    page.fill("#quotation textarea", text)
    page.press("#quotation textarea", "Enter")
    page.wait_for_function(
        "before => document.querySelector('#quotations .html-container').innerHTML !== before"
        " && !document.querySelector('#look-up').disabled",
        arg=before,
    )


def choose(page, label):
    page.click(f"#quotation-form label:has-text('{label}')")


def verify(page, text, speaker=""):
    choose(page, "核对原话")
    page.wait_for_selector("#look-up:has-text('核对')")
    page.fill("#quotation-speaker textarea", speaker)
    look_up(page, text)


def test_words_are_looked_up_and_the_first_place_is_open_beside_them(page):
    look_up(page, SAID)
    matches = page.locator("#quotations .match")
    assert matches.count() == 2
    shown = matches.nth(0).inner_text()
    for fact in ("东江市委书记周文川", "全市机构改革动员会", "2018年11月6日", "东江日报", "第1页"):
        assert fact in shown
    assert matches.nth(0).locator("mark").inner_text() == SAID
    page.wait_for_selector("aside.reader .document-text")
    assert page.locator("aside.reader mark.current").inner_text() == SAID
    assert "在全市机构改革动员会上的讲话" in page.locator("aside.reader h3").inner_text()


def test_a_title_opens_its_document_at_the_place_in_code_points(page):
    choose(page, "也查资料卡")
    look_up(page, "𠮷")
    assert "没有可以查找的文字" in page.locator("#quotations [role=alert]").inner_text()
    look_up(page, "机构𠮷")
    assert page.locator("#quotations .match").count() == 2
    page.click(".match:has-text('动员会上的讲话') .title-link")
    page.wait_for_selector("aside.reader h3:has-text('动员会上的讲话')")
    mark = page.locator("aside.reader mark.current.flash")
    assert mark.inner_text() == "机构𠮷"
    box = mark.bounding_box()
    assert 0 < box["y"] < 800
    assert "不宜当作原话引用" in page.locator(".match:has-text('清河区')").inner_text()


def test_a_set_phrase_is_shown_with_its_years_and_its_places_open(page):
    look_up(page, "四个到位")
    phrase = page.locator(".expression")
    for shown in ("“四个到位”", "3 份文件，3 处", "最早", "最近", "文件里的解释"):
        assert shown in phrase.inner_text()
    assert phrase.locator("[role=img]").get_attribute("aria-label").endswith("2018年1份，2020年1份")
    phrase.locator("button:has-text('推进会')").click()
    page.wait_for_selector("aside.reader h3:has-text('推进会')")
    assert page.locator("aside.reader mark.current").inner_text() == "四个到位"


@pytest.mark.parametrize(
    ("quotation", "speaker", "verdict"),
    [
        (f"“{SAID}。”", "市委书记周文川", "一致"),
        (SAID, "李明远", "出处有误"),
        ("改革要蹄急步稳，先立后破。", "", "与原文不符"),
        ("今天的天气很好，适合出门", "", "库中未见"),
    ],
)
def test_a_quotation_is_verified(page, quotation, speaker, verdict):
    verify(page, quotation, speaker)
    assert page.locator("#quotations .verdict").inner_text() == verdict
    assert page.locator("#search-options").is_hidden()
    if verdict == "与原文不符":
        difference = page.locator(".match .difference").nth(0)
        assert difference.locator("p:last-child del").text_content() == "（引文：急）"
        assert difference.locator("p:last-child ins").text_content() == "（原文：疾）"
    if verdict == "库中未见":
        assert page.locator("aside.reader .viewer").is_hidden()


def test_the_quotation_and_its_references_are_copied(page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    look_up(page, "四个到位要落到基层")
    page.click(".match button:has-text('复制原文')")
    page.wait_for_selector("button:has-text('已复制')")
    assert page.evaluate("navigator.clipboard.readText()") == "四个到位要落到基层"
    page.wait_for_selector(
        "button:has-text('复制原文')"
    )  # twice at once leaves the label as it was
    page.press(".match summary", "Enter")
    assert "补引用日期" in page.locator(".references").inner_text()
    for name, copied in (
        ("GB/T 7714—2025", "东江市召开推进会[EB/OL]."),
        ("GB/T 7714—2015", "东江市召开推进会[EB/OL]."),
        ("文中夹注", "（周文川，2020年5月）"),
    ):
        page.locator(f"dt:text-is('{name}') + dd button").click()
        assert copied in page.evaluate("navigator.clipboard.readText()")


def test_a_copy_button_that_is_clicked_twice_gets_its_label_back(page):
    look_up(page, SAID)
    button = page.locator(".match .quiet").nth(0)
    button.click()
    button.click()
    page.wait_for_timeout(2000)
    assert button.inner_text() == "复制原文"


def test_the_next_page_is_added_below_and_leaves_the_reader_alone(page, desk, monkeypatch):
    monkeypatch.setattr(quotations, "MATCHES_AT_ONCE", 2)
    look_up(page, "四个到位")
    page.wait_for_selector("aside.reader .document-text")
    assert "还有更多" in page.locator(".found").inner_text()
    page.click(".match:nth-child(2) .title-link")
    page.wait_for_selector("aside.reader h3:has-text('全市')")
    page.fill("#quotation textarea", "别的词句")  # the page that follows is of what is shown
    page.click("#more-quotations")
    page.wait_for_selector(".match:nth-child(3)")
    assert desk.quotations.asked[-1]["text"] == "四个到位"
    assert page.locator("#more-quotations").is_hidden()
    assert "全市" in page.locator("aside.reader h3").inner_text()


def test_ways_order_filters_and_speaker_reach_the_look_up(page, desk):
    for label in ("相近措辞", "最早在前", "也查资料卡"):
        choose(page, label)
    page.fill("#quotation-speaker textarea", "周文川")
    page.click("#quotation-filters button.label-wrap")
    page.fill("#quotation-filters label:has-text('起始日期') textarea", "2018")
    look_up(page, "四个到位")
    asked = desk.quotations.asked[-1]
    assert (asked["mode"], asked["order"], asked["with_briefings"]) == ("near", "date", True)
    assert (asked["filters"].speaker, asked["filters"].date_from) == ("周文川", "2018")
    page.fill("#quotation-filters label:has-text('起始日期') textarea", "去年")
    look_up(page, "四个到位")
    assert "起始日期" in page.locator("#quotations [role=alert]").inner_text()


def test_what_cannot_be_looked_up_is_explained(page):
    look_up(page, "  ")
    assert "请先输入" in page.locator("#quotations [role=alert]").inner_text()
    look_up(page, "故障")
    assert "详情已记入日志" in page.locator("#quotations [role=alert]").inner_text()
    assert "secret" not in page.content()
    verify(page, "三个字")
    assert "至少要 4 个字" in page.locator("#quotations [role=alert]").inner_text()


def test_nothing_that_was_typed_or_read_becomes_markup(page):
    look_up(page, "<b>不是粗体</b>")
    assert "<script>window.pwned=3</script>标题" in page.locator(".match h3").inner_text()
    assert "<i>报</i>" in page.locator(".match .facts").inner_text()
    page.wait_for_selector("aside.reader .document-text")
    page.click("summary:has-text('著录格式')")
    verify(page, "<img src=x onerror=pwned=8> {{value}} ${1+1}")
    assert page.evaluate("window.pwned") is None
    assert page.locator("#quoting a, #quoting img:not([alt=''])").count() == 0


def test_everything_can_be_done_by_keyboard(page):
    page.focus("#quotation textarea")
    page.keyboard.type(SAID)
    page.keyboard.press("Enter")
    page.wait_for_selector("#quotations .match")
    page.focus(".match:nth-child(2) .title-link")
    page.keyboard.press("Enter")
    page.wait_for_selector("aside.reader h3:has-text('推进会')")
    page.focus("#quotation-task input >> nth=0")
    page.keyboard.press("Tab")  # to Gradio each choice is a field of its own
    page.keyboard.press("Space")
    page.wait_for_selector("#look-up:has-text('核对')")


def test_a_phone_shows_everything_and_opens_documents_above(page):
    page.set_viewport_size({"width": 390, "height": 844})
    look_up(page, "四个到位")
    page.click(".references summary >> nth=1")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.click(".match:nth-child(2) .title-link")
    page.wait_for_selector("dialog .document-text mark.current")
    assert page.evaluate("document.activeElement.textContent") == "关闭"
    assert page.locator("dialog mark.current").inner_text() == "四个到位"
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    assert page.evaluate("document.activeElement.className") == "title-link"
    verify(page, "改革要蹄急步稳，先立后破。")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_document_that_was_deleted_since_is_said_to_be_gone(page, desk):
    look_up(page, SAID)
    page.wait_for_selector("aside.reader .document-text")
    desk.shelf.documents = {}
    page.click(".match:nth-child(2) .title-link")
    page.wait_for_selector("aside.reader .empty:has-text('已不在资料库中')")


def test_the_tab_speaks_chinese(page):
    look_up(page, SAID)
    page.click(".references summary >> nth=0")
    shown = page.inner_text("body")
    assert set(re.findall(r"[A-Za-z]{3,}", shown)) <= set()
    assert not re.search(r"[\U0001f000-\U0001faff\u2600-\u27bf]", shown)
