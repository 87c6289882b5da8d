"""The HTML reports, taken apart."""

import base64
import hashlib
import re

import lxml.html
import pytest

from evals.comparing import compare
from evals.model_judge import Judgement, Verdict
from evals.records import Message
from evals.reporting.comparison_page import MOST_CHANGES
from evals.reporting.html import write_comparison, write_report
from evals.reporting.question_views import PASSAGE_CHARS, PASSAGES_SHOWN
from evals.reporting.run_page import MOST_QUESTIONS
from rag.errors import EvaluationError
from tests.evals.reporting.conftest import make_judged, make_rgb_run, make_run

HOSTILE = (
    """"><script>window.pwned=1</script><img src=x onerror="pwned=1">'</title></svg>&lt;{{1}}"""
)


def opened(path):
    return lxml.html.fromstring(path.read_text(encoding="utf-8"))


def report(run, tmp_path, **options):
    path = tmp_path / "report.html"
    write_report(run, path, title=options.pop("title", "自带题集"), **options)
    return opened(path)


def comparison(before, after, tmp_path):
    path = tmp_path / "comparison.html"
    write_comparison(compare(before, after, samples=200), path)
    return opened(path)


_STEP = re.compile(
    r"(?P<tag>\w+)?(?:#(?P<id>\w+))?(?P<classes>(?:\.\w[\w-]*)*)(?:\[(?P<has>[^\]]+)\])?"
)


def find(page, selector):
    """Elements by tag#id.class[attribute=value], steps parted by spaces, ways by commas."""
    return [one for way in selector.split(", ") for one in page.xpath(_xpath(way))]


def _xpath(way):
    path = "."
    for step in way.split():
        match = _STEP.fullmatch(step)
        path += f"//{match['tag'] or '*'}"
        path += f"[@id='{match['id']}']" if match["id"] else ""
        for name in filter(None, match["classes"].split(".")):
            path += f"[contains(concat(' ', @class, ' '), ' {name} ')]"
        name, _, value = (match["has"] or "").partition("=")
        path += f"[@{name}='{value}']" if value else f"[@{name}]" if name else ""
    return path


def texts(page, selector):
    return [" ".join(one.text_content().split()) for one in find(page, selector)]


def test_a_report_shows_figures_tables_and_every_question(tmp_path):
    run = make_run(24)
    page = report(run, tmp_path)
    assert find(page, "h1")[0].text == "自带题集"
    assert "答全率" in texts(page, ".figures dt")
    assert len(find(page, ".question")) == len(run)
    captions = texts(page, "caption")
    assert {"各类问题的指标", "回答", "引用", "检索", "篇幅与用时"} <= set(captions)
    kinds = texts(page, "#kinds tbody th")
    assert kinds[:3] == ["全部", "谁", "何时"]


def test_the_worst_questions_come_first_and_are_told_by_class_and_sign(tmp_path):
    page = report(make_run(40, skill=0.5), tmp_path)
    classes = ["wrong" in block.classes for block in find(page, ".question")]
    assert classes == sorted(classes, reverse=True)
    signs = [find(block, ".sign")[0].text for block in find(page, "details.question")]
    assert signs == ["✗" if wrong else "✓" for wrong in classes]


def test_answer_evidence_and_gold_stand_side_by_side(tmp_path):
    judged = make_judged(
        facts=(("三十六个", "36个"), ("四十个",)),
        passages=("白水县召开会议。", "青石区共设三十六个机构。其中党委机构十二个。"),
        history=(Message(role="user", content="青石区何时改革？"),),
    )
    (block,) = find(report([judged], tmp_path), "details.question")
    assert texts(block, ".history p") == ["问青石区何时改革？"]
    assert texts(block, ".sides section h4")[0].startswith("回答（已答，12 字，把握 0.80）")
    assert texts(block, ".citations li") == ["[1]青石.md 0–12：“青石区共设三十六个机构。”"]
    assert texts(block, ".expected .held") == ["✓三十六个答到或：36个"]
    assert texts(block, ".expected .missing") == ["✗四十个缺"]
    assert "相关" in texts(block, ".passages .gold")[0]
    assert "党委机构十二个" in texts(block, ".passages .gold")[0]
    assert "三十六个" in texts(block, "mark")
    assert "要点召回率" in texts(block, ".measures dt")


def test_a_quote_that_its_document_does_not_hold_is_pointed_out(tmp_path):
    page = report([make_judged(valid=False)], tmp_path)
    assert texts(page, ".broken") == ["原文对不上"]
    assert texts(page, ".outcome") == ["引文不实"]


def test_what_is_expected_of_unanswerable_questions_is_said(tmp_path):
    unanswerable = make_judged(answerable=False, facts=())
    premise = make_judged(identifier="乙", kind="false_premise", facts=())
    page = report([unanswerable, premise], tmp_path)
    assert sum("没有找到依据" in text for text in texts(page, ".sides section p")) == 1
    assert sum("前提不成立" in text for text in texts(page, ".sides section p")) == 1


def test_passages_are_cut_and_few(tmp_path):
    run = [make_judged(passages=["青石区" * 500] * 20, reference="青石区")]
    page = report(run, tmp_path)
    passages = find(page, "ol.passages li")
    assert len(passages) == PASSAGES_SHOWN
    assert len(find(passages[0], "p")[0].text_content()) == PASSAGE_CHARS + 1
    assert f"另有 {20 - PASSAGES_SHOWN} 段" in page.text_content()


def test_plots_name_and_describe_themselves_and_ids_are_unique(tmp_path):
    page = report([*make_run(48), *make_rgb_run(6)], tmp_path, threshold=0.1)
    plots = find(page, "svg")
    assert len(plots) >= 6
    for plot in plots:
        title, description = plot.get("aria-labelledby").split()
        assert page.get_element_by_id(title).text_content()
        assert page.get_element_by_id(description).text_content()
    ids = [one.get("id") for one in find(page, "[id]")]
    assert len(ids) == len(set(ids))
    assert "现用 0.1" in page.get_element_by_id("refusal").text_content()


def test_tables_have_headings_on_both_sides(tmp_path):
    page = report([*make_run(24), *make_rgb_run(4)], tmp_path)
    for table in find(page, "table"):
        assert find(table, "thead th[scope=col]")
        for row in find(table, "tbody tr"):
            assert find(row, "th[scope=row]")
            cells = len(find(row, "th, td"))
            assert cells == len(find(table, "thead th"))


def test_noise_and_refusals_are_drawn_only_where_there_are_any(tmp_path):
    alone = report([make_judged()], tmp_path)
    assert not find(alone, "#noise, #refusal")
    both = report(make_rgb_run(5), tmp_path)
    assert find(both, "#noise svg")
    assert find(both, "#refusal svg")
    assert [one.text for one in find(both, "#noise .strong")] == ["噪声：答全", "噪声：拒答"]


def test_every_place_in_the_page_that_is_linked_to_exists(tmp_path):
    page = report(make_run(12), tmp_path)
    for link in find(page, "a"):
        assert link.get("href").startswith("#")
        assert page.get_element_by_id(link.get("href")[1:]) is not None


def test_an_empty_run_gives_a_page(tmp_path):
    page = report([], tmp_path)
    assert find(page, "h1")
    assert not find(page, ".question")


def test_only_so_many_questions_are_shown_and_the_rest_is_counted(tmp_path):
    judged = make_judged()
    run = [
        judged.model_copy(
            update={"prediction": judged.prediction.model_copy(update={"id": str(number)})}
        )
        for number in range(MOST_QUESTIONS + 7)
    ]
    page = report(run, tmp_path)
    assert len(find(page, ".question")) == MOST_QUESTIONS
    assert "其余 7 题未列" in page.text_content()


@pytest.mark.slow
def test_fifteen_hundred_long_questions_make_a_file_below_15_megabytes(tmp_path):
    def lengthened(judged):
        prediction = judged.prediction
        longer = {
            "text": (prediction.text * 20)[:400],
            "citations": prediction.citations * 3,
            "retrieved": tuple(
                one.model_copy(update={"text": one.text * 20}) for one in prediction.retrieved
            ),
        }
        return judged.model_copy(update={"prediction": prediction.model_copy(update=longer)})

    report([lengthened(judged) for judged in make_run(1500)], tmp_path)
    assert (tmp_path / "report.html").stat().st_size < 15_000_000


def test_what_a_model_judged_is_marked_with_its_name(tmp_path):
    judged = make_judged()
    verdict = Verdict(faithfulness=4, faithfulness_reason="小有出入", relevance=5)
    run = (
        judged.model_copy(update={"measures": {**judged.measures, **verdict.measures()}}),
        make_judged(identifier="乙"),
    )
    judgement = Judgement(
        model="某模型", run=run, verdicts={judged.prediction.key: verdict}, unjudged=1
    )
    page = report(run, tmp_path, judgement=judgement)
    assert "某模型" in texts(page, "#measures .note")[0]
    assert "有 1 题" in texts(page, "#measures .note")[0]
    (said,) = texts(page, ".judged")
    assert "某模型" in said
    assert "忠实 4/5（小有出入）" in said
    assert "聊天模型的评判" in texts(page, "caption")
    assert "忠实（模型评判）" not in texts(page, ".figures dt")


def test_without_a_judge_nothing_is_said_of_one(tmp_path):
    assert "评判" not in report(make_run(12), tmp_path).text_content()


def _hostile_run():
    judged = make_judged(
        identifier=HOSTILE,
        kind=HOSTILE,
        question=HOSTILE,
        answer=HOSTILE,
        facts=((HOSTILE, f"又{HOSTILE}"), (f"缺{HOSTILE}",)),
        passages=(HOSTILE, f"前{HOSTILE}后"),
        document=HOSTILE,
        history=(Message(role="user", content=HOSTILE),),
        reference=HOSTILE,
    )
    verdict = Verdict(
        faithfulness=1,
        faithfulness_reason=HOSTILE,
        relevance=1,
        relevance_reason=HOSTILE,
    )
    measures = {**judged.measures, HOSTILE: 0.5, **verdict.measures()}
    retrieved = tuple(
        one.model_copy(update={"document": HOSTILE}) for one in judged.prediction.retrieved
    )
    prediction = judged.prediction.model_copy(update={"retrieved": retrieved, "status": HOSTILE})
    judged = judged.model_copy(update={"measures": measures, "prediction": prediction})
    return [judged], Judgement(model=HOSTILE, run=(judged,), verdicts={prediction.key: verdict})


def _assert_harmless(page, known):
    assert len(find(page, "script")) == 1
    assert not find(page, "img, iframe, object, embed, link, base")
    for element in page.iter(lxml.html.etree.Element):
        assert element.tag in known
        assert not [name for name in element.attrib if name.startswith("on")]
        assert "style" not in element.attrib


KNOWN = frozenset(
    "html head meta title style body header p h1 h2 h3 h4 span nav a main dl div dt dd section "
    "figure figcaption svg desc line text rect path circle polyline table caption thead tbody tr "
    "th td form label input select option output details summary ol ul li b mark footer "
    "script".split()
)


def test_what_others_wrote_is_text_wherever_it_stands_in_a_report(tmp_path):
    run, judgement = _hostile_run()
    page = report(run, tmp_path, title=HOSTILE, judgement=judgement)
    _assert_harmless(page, KNOWN)
    assert find(page, "h1")[0].text == HOSTILE
    assert find(page, ".question")[0].get("data-kind") == HOSTILE
    assert find(page, "select[name=kind] option")[1].get("value") == HOSTILE
    assert find(page, "#kinds svg text.strong")[0].text == f"{HOSTILE[:13]}…"
    assert HOSTILE[:13] in find(page, "#kinds svg desc")[0].text
    assert find(page, ".asked")[0].text == HOSTILE
    for selector in (".words", ".citations", ".expected", ".passages", ".history", ".judged"):
        assert HOSTILE in find(page, selector)[0].text_content()
    assert HOSTILE in [one.text for one in find(page, ".measures dt")]


def test_what_others_wrote_is_text_wherever_it_stands_in_a_comparison(tmp_path):
    run, _ = _hostile_run()
    worse = run[0].model_copy(
        update={"measures": {**run[0].measures, HOSTILE: 0.1, "span_validity": 0.0}}
    )
    page = comparison(run, [worse], tmp_path)
    _assert_harmless(page, KNOWN)
    assert len(find(page, ".question")) == 1
    assert find(page, ".asked")[0].text == HOSTILE
    assert HOSTILE in find(page, ".words")[0].text_content()
    assert HOSTILE in [one.text for one in find(page, ".forest th")]
    assert f"{HOSTILE}的差" in [one.text for one in find(page, ".forest svg title")]


@pytest.mark.parametrize("sort", ["report", "comparison"])
def test_the_page_asks_no_address_for_anything_and_runs_no_script_but_ours(sort, tmp_path):
    page = (
        report([*make_run(24), *make_rgb_run(3)], tmp_path)
        if sort == "report"
        else comparison(make_run(24), make_run(24, luck=2), tmp_path)
    )
    source = (tmp_path / f"{sort}.html").read_text(encoding="utf-8")
    assert not re.search(r"https?:|url\(|@import|src=|//[a-z]", source)
    (policy,) = find(page, "meta[http-equiv=Content-Security-Policy]")
    assert policy.get("content").startswith("default-src 'none'; ")
    for tag in ("script", "style"):
        (element,) = find(page, tag)
        digest = base64.b64encode(hashlib.sha256(element.text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy.get("content")


def test_the_list_can_be_read_without_script(tmp_path):
    page = report(make_run(12), tmp_path)
    assert page.get_element_by_id("controls").get("hidden") is not None
    assert all(block.get("hidden") is None for block in find(page, ".question"))


def test_a_comparison_draws_every_measure_and_lists_what_changed(tmp_path):
    before, after = make_run(60, skill=0.9, luck=1), make_run(60, skill=0.5, luck=2)
    compared = compare(before, after, samples=200)
    page = comparison(before, after, tmp_path)
    assert len(find(page, ".forest svg")) == len(compared.differences)
    assert len(find(page, "#worse .question")) == len(compared.worse)
    assert len(find(page, "#better .question")) == len(compared.better)
    ids = [one.get("id") for one in find(page, "[id]")]
    assert ids.index("worse") < ids.index("better")
    assert len(ids) == len(set(ids))
    assert "▼ 更差" in texts(page, "tr.worse .verdict")


def test_both_answers_stand_side_by_side_with_the_difference_marked(tmp_path):
    before = make_judged()
    after = make_judged(answer="青石区共设四十个机构。")
    (block,) = find(comparison([before], [after], tmp_path), "#worse .question")
    assert texts(block, ".sides mark") == ["三十六", "四十"]
    assert texts(block, ".outcome") == ["答全率 100% → 0%"]
    assert texts(block, ".held-table tbody tr") == ["三十六个 / 36个✓ 答到✗ 缺"]


def test_a_comparison_with_slim_records_and_one_without_common_questions_give_pages(tmp_path):
    from evals.comparing import slim

    before, after = make_run(24, luck=1), make_run(24, luck=3)
    assert find(comparison(slim(before), after, tmp_path), ".question")
    nothing = comparison([], [make_judged()], tmp_path)
    assert "没有相同的题" in texts(nothing, ".lead")[0]


def test_only_so_many_changes_are_shown(tmp_path):
    def numbered(judged, number):
        prediction = judged.prediction.model_copy(update={"id": str(number)})
        return judged.model_copy(update={"prediction": prediction})

    good, bad = make_judged(), make_judged(answer="青石区召开了会议。")
    count = MOST_CHANGES + 3
    page = comparison(
        [numbered(good, n) for n in range(count)],
        [numbered(bad, n) for n in range(count)],
        tmp_path,
    )
    assert len(find(page, "#worse .question")) == MOST_CHANGES
    assert f"只列前 {MOST_CHANGES} 题" in page.text_content()
    assert f"变差的题 {count}" in texts(page, "h2")


def test_a_place_that_cannot_be_written_to_is_said_in_chinese(tmp_path):
    with pytest.raises(EvaluationError, match="报告写不进"):
        write_report([make_judged()], tmp_path / "absent" / "报告.html", title="甲")


def test_a_report_replaces_the_one_before_and_leaves_nothing_else(tmp_path):
    report(make_run(12), tmp_path)
    report([make_judged()], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    assert len(find(opened(tmp_path / "report.html"), ".question")) == 1
