"""The reports in a real browser, opened from disk. Skipped where there is no Chromium."""

import os
import shutil

import pytest

from evals.comparing import compare
from evals.reporting.html import write_comparison, write_report
from tests.evals.reporting.conftest import make_judged, make_run

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
SWITCHES = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
HOSTILE = '"><script>document.title="pwned"</script><img src=x onerror="document.title=1">'

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        BROWSER is None and os.environ.get("WENCE_REQUIRE_BROWSER") != "1",
        reason="Chromium is not installed (apt-get install chromium fonts-noto-cjk)",
    ),
    pytest.mark.filterwarnings("ignore"),
]


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        assert BROWSER, "WENCE_REQUIRE_BROWSER=1, but there is no Chromium"
        browser = playwright.chromium.launch(executable_path=BROWSER, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """A report and a comparison; one question is hostile."""
    folder = tmp_path_factory.mktemp("reports")
    hostile = make_judged(
        identifier=HOSTILE, kind=HOSTILE, question=HOSTILE, answer=HOSTILE, passages=(HOSTILE,)
    )
    before, after = [*make_run(48, luck=1), hostile], [*make_run(48, luck=2), hostile]
    write_report(before, folder / "report.html", title=f"题集{HOSTILE}")
    write_comparison(compare(before, after, samples=200), folder / "comparison.html")
    return folder


@pytest.fixture
def opened(browser, reports):
    """Opens a page; at the end nothing was asked for but the file, and nothing failed."""
    contexts, requested, errors = [], [], []

    def opening(name, **options):
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("request", lambda request: requested.append(request.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text))
        page.goto((reports / name).as_uri())
        return page

    yield opening
    for context in contexts:
        context.close()
    assert [url for url in requested if not url.startswith(reports.as_uri())] == []
    assert errors == []


def shown(page):
    return [block.is_visible() for block in page.query_selector_all(".question")].count(True)


def test_the_list_is_filtered_and_sorted(opened):
    page = opened("report.html")
    everything = shown(page)
    assert page.text_content("#shown") == f"显示 {everything} / {everything} 题"
    page.check("[name=wrong]")
    assert shown(page) == len(page.query_selector_all(".question.wrong")) < everything
    page.uncheck("[name=wrong]")
    page.select_option("[name=kind]", "who")
    assert shown(page) == len(page.query_selector_all("[data-kind=who]")) == 4
    page.select_option("[name=kind]", "")
    page.fill("[name=search]", "第 17 题")
    page.wait_for_timeout(400)
    assert shown(page) == 1
    page.fill("[name=search]", "")
    page.wait_for_timeout(400)
    page.select_option("[name=order]", "slowest")
    times = page.eval_on_selector_all(".question", "all => all.map(one => +one.dataset.ms)")
    assert times == sorted(times, reverse=True)


def test_a_question_opens_by_keyboard(opened):
    page = opened("report.html")
    page.focus(".question > summary")
    page.keyboard.press("Enter")
    assert page.is_visible(".question[open] .sides")


def test_without_script_everything_can_be_read(opened):
    page = opened("report.html", java_script_enabled=False)
    assert not page.is_visible("#controls")
    assert page.is_visible(".question")
    page.click(".question > summary")
    assert page.is_visible(".question[open] .sides")


@pytest.mark.parametrize("name", ["report.html", "comparison.html"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_narrow_screen_needs_no_sideways_scrolling(opened, name, scheme):
    page = opened(name, viewport={"width": 400, "height": 800}, color_scheme=scheme)
    page.eval_on_selector_all("details", "all => all.forEach(one => one.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(opened, scheme):
    page = opened("report.html", color_scheme=scheme)
    # Relative luminance and contrast as WCAG 2.2 defines them; 4.5 is its level AA.
    contrast = page.evaluate("""() => {
      const style = getComputedStyle(document.documentElement);
      const luminance = (name) => {
        const hex = style.getPropertyValue(name).trim().slice(1);
        const [r, g, b] = [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
          .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const against = (text, ground) => {
        const [a, b] = [luminance(text), luminance(ground)];
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      };
      const texts = ["--ink", "--soft", "--accent", "--good", "--bad"];
      return Math.min(...["--ground", "--raised"].flatMap(
        (ground) => texts.map((text) => against(text, ground))));
    }""")
    assert contrast >= 4.5


def test_a_comparison_is_filtered_too(opened):
    page = opened("comparison.html")
    page.check("[name=wrong]")
    assert shown(page) == len(page.query_selector_all("#worse .question")) > 0


def test_nobody_elses_script_runs(opened):
    for name in ("report.html", "comparison.html"):
        page = opened(name)
        page.wait_for_timeout(200)
        assert page.title().endswith("问策测评")
        assert page.locator("img").count() == 0
