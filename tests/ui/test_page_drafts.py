"""The tab 核稿 in a real browser, over fakes. Skipped where there is no Chromium."""

import io
import re

import docx
import pytest

from tests.ui.conftest import NEEDS_BROWSER
from tests.ui.drafts.conftest import paragraph, word_file

pytestmark = NEEDS_BROWSER

DRAFT = (
    "在总结会上的讲话𠮷\n\n"
    "　　李明远指出：“机构改革要做到四个到位，即认识到位、责任到位、人员到位、纪律到位。”\n"
    "　　周文川强调，“改革要蹄急步稳，先立后破。”我区共设置党政机构三十五个。\n"
    "　　《没有的文件》说：“<script>window.pwned=7</script><b>引文”\n"
    "　　张三说：“改革要蹄疾步稳，先立后破。”最后“没有成对"
)
HOSTILE = "<script>window.pwned=7</script><b>引文"  # nearly what a document of the library says
QUOTED, FIGURE = "改革要蹄急步稳，先立后破。", "三十五个"


@pytest.fixture
def page(empty_page, url):
    """The open tab."""
    empty_page.goto(url)
    empty_page.click("button[role=tab]:has-text('核稿')")
    empty_page.wait_for_selector("#draft-text")
    return empty_page


def check(page, text=DRAFT):
    page.fill("#draft-text", text)
    page.click("[data-action=check-draft]")
    page.wait_for_selector(".draft-result:not([hidden])")


def show(page, group):
    page.click(f".draft-filter button:has-text('{group}')")


def finding(page, words):
    return page.locator(f".finding:has(.finding-words:text-is('{words}'))")


def paper(page):
    """The text of the draft as it is shown; numbers of findings are no text."""
    return "\n".join(page.locator(".draft-paper p").all_text_contents())


def test_a_pasted_draft_is_shown_with_marks_and_findings_in_order(page, desk):
    assert "文稿不会保存" in page.inner_text(".draft-entry")
    check(page)
    assert desk.drafts.asked == [DRAFT]
    assert page.inner_text(".draft-summary").startswith("共核对 7 处：需要处理 5 处")
    assert paper(page).splitlines() == [line for line in DRAFT.splitlines() if line]
    altered = page.locator(".draft-paper mark.altered").all_text_contents()
    assert altered == [QUOTED, FIGURE, HOSTILE, "“"]
    assert page.locator(".draft-paper mark.misattributed").count() == 1
    show(page, "全部")
    numbers = page.locator(".finding .finding-place .number").all_text_contents()
    assert numbers == ["1", "2", "3", "4", "5", "6", "7"]
    places = page.locator(".finding .finding-place").all_inner_texts()
    assert "第3段第8字" in places[1]
    assert finding(page, FIGURE).locator(".verdict").inner_text() == "与资料库不一致"
    assert finding(page, FIGURE).locator("del").text_content() == "（文稿：五）"


def test_the_list_can_be_narrowed(page):
    check(page)
    assert page.inner_text(".draft-filter [aria-pressed=true]").split() == ["需要处理", "5"]
    assert page.locator(".finding").count() == 5
    show(page, "库中未见")
    assert page.locator(".finding .verdict").all_inner_texts() == ["库中未见"]
    show(page, "一致")
    assert page.locator(".finding").count() == 1
    show(page, "全部")
    assert page.locator(".finding").count() == 7


def test_marks_and_findings_lead_to_one_another(page):
    check(page, DRAFT + "\n又一段没有什么可核对的话。" * 80 + "\n我区党政机构三十四个。")
    page.locator(".finding").last.locator(".finding-place").click()
    last = page.locator(".draft-paper mark.current")
    assert last.text_content() == "三十四个"
    page.wait_for_function(
        "(() => { const at = document.querySelector('mark.current').getBoundingClientRect();"
        "return at.top > 100 && at.bottom < innerHeight; })()"
    )
    page.locator(".draft-paper").evaluate("paper => paper.scrollTo(0, 0)")
    page.click(".draft-paper mark:text-is('没有的文件')")  # of another group than is shown
    page.wait_for_selector(".finding.current:has-text('没有的文件')")
    assert page.locator(".draft-filter [aria-pressed=true]").inner_text().startswith("库中未见")
    assert page.evaluate("document.activeElement.className") == "finding-place"


def test_a_suggestion_is_taken_over_and_taken_back(page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    check(page)
    finding(page, QUOTED).locator("[data-action=apply]").click()
    assert "已采用" in finding(page, QUOTED).inner_text()
    finding(page, FIGURE).locator("[data-action=apply]").click()
    revised = DRAFT.replace("蹄急步稳", "蹄疾步稳").replace(FIGURE, "𠮷三十六个")
    assert paper(page).splitlines() == [line for line in revised.splitlines() if line]
    others = page.locator(".draft-paper mark:is(.misattributed, .not_found)").all_text_contents()
    assert others == ["没有的文件", "改革要蹄疾步稳，先立后破。"]
    page.click(".copy-draft")
    page.wait_for_selector("button:has-text('已复制')")
    assert page.evaluate("navigator.clipboard.readText()") == revised
    finding(page, QUOTED).locator("[data-action=undo]").click()
    assert QUOTED in paper(page)
    assert "𠮷三十六个" in paper(page)
    page.click("[data-action=edit-draft]")
    assert page.input_value("#draft-text") == DRAFT.replace(FIGURE, "𠮷三十六个")
    page.press("#draft-text", "Control+Enter")
    page.wait_for_selector(".draft-result:not([hidden])")
    assert "需要处理 4 处" in page.inner_text(".draft-summary")


def test_sources_open_and_references_are_copied(page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    check(page)
    card = finding(page, QUOTED)
    card.locator("summary").click()
    card.locator("dt:text-is('GB/T 7714—2025') + dd button").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == "周文川. 在全市机构改革动员会上的讲话[N]. 东江日报，2018-11-06."
    card.locator("button.title-link").click()
    page.wait_for_selector("dialog mark.current")
    assert page.locator("dialog mark.current").inner_text() == "改革要蹄疾步稳，先立后破。"
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")


def test_a_word_file_is_checked_and_comes_back_with_comments(page, desk):
    word = word_file(paragraph("我区共设置党政机构", "三十五个") + paragraph("完"))
    file = {"name": "讲话稿.docx", "mimeType": "application/octet-stream", "buffer": word}
    page.set_input_files("#draft-file", file)
    assert "将核对文件：讲话稿.docx" in page.inner_text(".chosen")
    assert page.is_disabled("#draft-text")
    page.click("[data-action=check-draft]")
    page.wait_for_selector(".finding")
    assert paper(page) == "我区共设置党政机构三十五个\n完"
    assert page.locator("[data-action=apply]").count() == 0
    assert page.locator(".correction button:has-text('复制')").count() == 1
    with page.expect_download() as waiting:
        page.click("[data-form=docx]")
    assert waiting.value.suggested_filename == "讲话稿-批注.docx"
    document = docx.Document(waiting.value.path())
    assert len(list(document.comments)) == 1
    with page.expect_download() as waiting:
        page.click("[data-form=html]")
    assert waiting.value.suggested_filename == "讲话稿-核稿报告.html"
    assert "核稿报告" in waiting.value.path().read_text(encoding="utf-8")
    assert len(set(desk.drafts.asked)) == 1
    page.click("[data-action=edit-draft]")
    assert not page.is_disabled("#draft-text")
    assert page.is_hidden(".chosen")


def test_a_pasted_draft_is_downloaded_too(page):
    check(page)
    with page.expect_download() as waiting:
        page.click("[data-form=docx]")
    assert waiting.value.suggested_filename == "文稿-批注.docx"
    document = docx.Document(io.BytesIO(waiting.value.path().read_bytes()))
    assert len(list(document.comments)) == 5


def test_a_file_may_be_dropped_and_given_up_and_never_goes_to_the_library(page, desk):
    page.evaluate(
        """() => {
          const carried = new DataTransfer();
          carried.items.add(new File(["我区党政机构三十五个。"], "拖来.txt"));
          document.querySelector("#draft-text").dispatchEvent(
            new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true }));
        }"""
    )
    page.wait_for_selector(".chosen:has-text('拖来.txt')")
    page.click("[data-action=drop-file]")
    assert page.is_hidden(".chosen")
    check(page, "没有什么可核对的话。")
    assert desk.intake.taken == []
    assert desk.drafts.asked == ["没有什么可核对的话。"]
    assert "没有找到可以核对的内容" in page.inner_text(".draft-summary")


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "请先粘贴文稿"), (" \n", "请先粘贴文稿"), ("，。！", "只有标点"), ("故障了", "instance")],
)
def test_what_cannot_be_checked_is_explained(page, text, message):
    page.fill("#draft-text", text)
    page.click("[data-action=check-draft]")
    page.wait_for_function("document.querySelector('.draft-entry .failure').textContent !== ''")
    assert message in page.inner_text(".draft-entry .failure")
    assert page.is_enabled("[data-action=check-draft]")
    assert page.is_hidden(".draft-result")


def test_a_file_that_is_too_large_or_no_draft_is_explained(page, desk):
    big = {"name": "大.txt", "mimeType": "text/plain", "buffer": b"a" * 1_000_001}
    page.set_input_files("#draft-file", big)
    page.click("[data-action=check-draft]")
    page.wait_for_selector(".draft-entry .failure:has-text('超过上限')")
    pdf = {"name": "稿.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n"}
    page.set_input_files("#draft-file", pdf)
    page.click("[data-action=check-draft]")
    page.wait_for_selector(".draft-entry .failure:has-text('PDF')")
    assert desk.drafts.asked == []


def test_a_check_can_be_cancelled(page, desk, monkeypatch):
    import threading

    waiting = threading.Event()
    checked = desk.drafts.check
    monkeypatch.setattr(desk.drafts, "check", lambda text: waiting.wait(20) and checked(text))
    page.fill("#draft-text", DRAFT)
    page.click("[data-action=check-draft]")
    page.wait_for_selector(".draft-progress:has-text('正在逐处核对')")
    assert page.is_disabled("[data-action=check-draft]")
    page.click("[data-action=cancel-check]")
    page.wait_for_selector("[data-action=check-draft]:enabled")
    assert page.inner_text(".draft-entry .failure") == ""
    assert page.input_value("#draft-text") == DRAFT
    waiting.set()


def test_nothing_of_a_draft_or_a_document_becomes_markup_or_stays(page):
    check(page)
    show(page, "全部")
    assert HOSTILE in paper(page)
    assert "《<script>window.pwned=3</script>标题》" in finding(page, HOSTILE).inner_text()
    finding(page, HOSTILE).locator("button.title-link").click()
    page.wait_for_selector("dialog mark.current")
    page.keyboard.press("Escape")
    assert page.evaluate("window.pwned") is None
    assert page.locator(".draft-result :is(b b, script, a, img)").count() == 0
    kept = page.evaluate(
        "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"
    )
    assert "蹄急" not in kept
    page.reload()
    page.click("button[role=tab]:has-text('核稿')")
    page.wait_for_selector("#draft-text")
    assert page.input_value("#draft-text") == ""
    assert "蹄急" not in page.content()


def test_the_result_stays_while_another_tab_is_looked_at(page):
    check(page)
    page.click("button[role=tab]:has-text('引文')")
    page.wait_for_selector("#quotation textarea")
    page.click("button[role=tab]:has-text('核稿')")
    assert page.locator(".finding").count() == 5
    finding(page, QUOTED).locator("[data-action=apply]").click()
    assert QUOTED not in paper(page)


def test_everything_can_be_done_by_keyboard(page):
    check(page)
    assert page.evaluate("document.activeElement.className") == "draft-summary"
    page.focus(".draft-paper mark.altered")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.className") == "finding-place"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert "已采用" in finding(page, QUOTED).inner_text()
    assert page.evaluate("document.activeElement.textContent") == "撤销"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.textContent") == "采用建议"


def test_a_phone_shows_everything_without_scrolling_sideways(page):
    page.set_viewport_size({"width": 390, "height": 844})
    check(page)
    show(page, "全部")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.click(".draft-paper mark:text-is('三十五个')")
    page.wait_for_function(
        "(() => { const at = document.querySelector('.finding.current').getBoundingClientRect();"
        "return at.top < innerHeight && at.bottom > 0; })()"
    )
    page.click(".finding.current .finding-place")
    page.wait_for_function(
        "(() => { const at = document.querySelector('mark.current').getBoundingClientRect();"
        "return at.top > 0 && at.bottom < innerHeight; })()"
    )


def test_the_tab_speaks_chinese(page):
    shown = page.inner_text("body")
    check(page, "周文川强调，“改革要蹄急步稳，先立后破。”")
    page.click(".finding summary")
    shown += page.inner_text("body")
    assert set(re.findall(r"[A-Za-z]{3,}", shown)) <= {"txt", "docx", "Word"}
    assert not re.search(r"[\U0001f000-\U0001faff\u2600-\u27bf]", shown)
