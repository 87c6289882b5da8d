"""Scores of invented verdicts and findings whose right result is known."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.quotations.marking import unmark
from evals.quotations.records import MarkedDraft, QuotationCase
from evals.quotations.scoring import (
    JudgedQuotation,
    judge_draft,
    judge_drafts,
    judge_quotation,
    judge_quotations,
)
from evals.quotations.summing import Share, sum_drafts, sum_quotations
from rag.documents import Kind
from rag.quotations.quotation import (
    Finding,
    FindingKind,
    Match,
    Reference,
    Verdict,
    Verification,
)

DRAFT = unmark(
    "01",
    "青湾设{{E figure|47个|37个}}机构，{{C person|市长乔木}}说"
    "{{E quotation|“没有看客”|“没有旁观者”}}，"
    "{{M quotation|“一次办好”}}，{{U date|5月}}完成。",
    half="dev",
)


def make_case(verdict: str = "exact", *, name: str = "exact_plain", **fields: object):
    return QuotationCase.model_validate({
        "id": f"{name}-1",
        "class": name,
        "text": "改革没有旁观者",
        "verdict": verdict,
        "document_title": "讲话",
        "source_quote": "改革没有\n旁观者。",
        "half": "dev",
        **fields,
    })


def make_match(quote: str = "改革没有\n旁观者。", title: str = "讲话") -> Match:
    return Match(
        document_id="a", title=title, kind=Kind.SPEECH, collection="library", is_sample=True,
        start=0, end=len(quote), quote=quote, context=quote, context_start=0, speaker=None,
        office=None, occasion=None, date=None, publisher=None, page=None, similarity=1.0,
        reference=Reference(gbt7714_2015="", gbt7714_2025="", in_text=""),
    )  # fmt: skip


def judged(case: QuotationCase, verdict: Verdict, *matches: Match) -> JudgedQuotation:
    return judge_quotation(case, Verification(verdict=verdict, message="", matches=matches))


def find(
    words: str,
    kind: FindingKind,
    verdict: Verdict = Verdict.ALTERED,
    correction: str | None = None,
    draft: MarkedDraft = DRAFT,
) -> Finding:
    start = draft.text.index(words)
    return Finding(
        start=start, end=start + len(words), kind=kind, verdict=verdict, message="",
        correction=correction,
    )  # fmt: skip


def test_verdicts_are_counted_by_class_and_in_a_matrix():
    run = [
        judged(make_case(), Verdict.EXACT, make_match()),
        judged(make_case(), Verdict.ALTERED),
        judged(make_case("altered", name="altered_digit"), Verdict.ALTERED),
        judged(make_case("not_found", name="invented"), Verdict.NOT_FOUND),
    ]
    score = sum_quotations(run)
    assert (score.accuracy.right, score.accuracy.n) == (3, 4)
    assert {name: share.value for name, share in score.classes.items()} == {
        "exact_plain": 0.5,
        "altered_digit": 1.0,
        "invented": 1.0,
    }
    assert score.matrix["exact"] == {
        "exact": 1, "altered": 1, "misattributed": 0, "not_found": 0,
    }  # fmt: skip
    assert score.dangerous == ()


@pytest.mark.parametrize(("verdict", "dangerous"), [
    ("altered", True), ("not_found", True), ("misattributed", False), ("exact", False),
])  # fmt: skip
def test_altered_and_invented_words_called_exact_are_named(verdict: str, dangerous: bool):
    score = sum_quotations([judged(make_case(verdict), Verdict.EXACT, make_match())])
    assert bool(score.dangerous) == dangerous


def test_the_first_match_is_compared_in_any_disguise():
    assert judged(make_case(), Verdict.EXACT, make_match("改革没有旁观者")).right_span is True
    assert judged(make_case(), Verdict.EXACT, make_match("改革没有旁观")).right_span is False
    assert judged(make_case(), Verdict.EXACT).right_span is False
    assert judged(make_case(), Verdict.ALTERED, make_match()).right_span is None
    assert judged(make_case(source_quote=None), Verdict.EXACT, make_match()).right_span is None


def test_rank_counts_only_where_there_are_near_twins():
    twin = make_case(name="near_boilerplate")
    assert judged(twin, Verdict.EXACT, make_match()).right_rank is True
    assert judged(twin, Verdict.EXACT, make_match(title="通报")).right_rank is False
    assert judged(make_case(), Verdict.EXACT, make_match()).right_rank is None
    run = [judged(twin, Verdict.EXACT, make_match()), judged(make_case(), Verdict.EXACT)]
    assert sum_quotations(run).ranks.n == 1


def test_findings_are_true_where_an_error_was_planted():
    findings = [
        find("47个", FindingKind.FIGURE, correction="37个"),
        find("没有看客", FindingKind.EXPRESSION, correction="没有旁观者"),
        find("市长乔木", FindingKind.PERSON),
        find("青湾", FindingKind.PERSON, Verdict.NOT_FOUND),
    ]
    draft = judge_draft(DRAFT, findings)
    score = sum_drafts([draft])
    assert (score.recall.right, score.recall.n) == (2, 3)
    assert (score.precision.right, score.precision.n) == (2, 3)
    assert [one.text for one in draft.false_alarms] == ["市长乔木"]
    assert (score.kinds.right, score.kinds.n) == (1, 2)
    assert (score.corrections.right, score.corrections.n) == (2, 2)
    assert (score.untouched.right, score.untouched.n) == (1, 2)
    assert {kind: share.value for kind, share in score.recall_by_kind.items()} == {
        "quotation": 0.5,
        "figure": 1.0,
    }
    assert {kind: share.value for kind, share in score.precision_by_kind.items()} == {
        "expression": 1.0,
        "person": 0.0,
        "figure": 1.0,
    }


def test_one_finding_over_everything_finds_one_error():
    whole = find(DRAFT.text, FindingKind.QUOTATION)
    draft = judge_draft(DRAFT, [whole])
    assert sum(one.found for one in draft.labels if one.label.is_error) == 1
    assert not any(one.found for one in draft.labels if not one.label.is_error)


def test_several_findings_of_one_error_are_all_true():
    twice = [find("47个", FindingKind.FIGURE), find("47", FindingKind.FIGURE)]
    score = sum_drafts([judge_draft(DRAFT, twice)])
    assert (score.precision.right, score.precision.n) == (2, 2)
    assert score.recall.right == 1


def test_what_confirms_or_does_not_know_is_no_alarm():
    findings = [
        find("市长乔木", FindingKind.PERSON, Verdict.EXACT),
        find("47个", FindingKind.FIGURE, Verdict.NOT_FOUND),
    ]
    draft = judge_draft(DRAFT, findings)
    assert draft.alarms == ()
    score = sum_drafts([draft])
    assert score.recall.right == 0
    assert (score.confirmed.right, score.confirmed.n) == (1, 1)


def test_a_correction_counts_by_what_the_draft_then_says():
    longer = find("设47个机构", FindingKind.FIGURE, correction="设３７个机构")
    wrong = find("47个", FindingKind.FIGURE, correction="38个")
    assert judge_draft(DRAFT, [longer]).labels[0].corrected is True
    assert judge_draft(DRAFT, [wrong]).labels[0].corrected is False
    assert judge_draft(DRAFT, [find("一次办好", FindingKind.QUOTATION)]).labels[3].corrected is None


def test_the_engine_is_asked_for_every_case_and_told_of():
    asked = list[tuple[str, str | None]]()
    steps = list[int]()

    def verify(text: str, *, speaker: str | None) -> Verification:
        asked.append((text, speaker))
        return Verification(verdict=Verdict.EXACT, message="")

    cases = [make_case(), make_case(speaker="乔木")]
    run = list(judge_quotations(cases, verify, advance=lambda: steps.append(1)))
    assert asked == [("改革没有旁观者", None), ("改革没有旁观者", "乔木")]
    assert [one.right for one in run] == [True, True]
    list(judge_drafts([DRAFT], lambda text: [], advance=lambda: steps.append(1)))
    assert len(steps) == 3


def test_nothing_judged_gives_empty_shares():
    score = sum_quotations([])
    assert score.accuracy == Share(n=0, right=0, value=0.0, low=0.0, high=1.0)
    assert sum_drafts([]).recall.n == 0


@given(st.lists(st.booleans(), min_size=1))
def test_an_interval_holds_its_share_and_is_narrower_the_more_there_are(outcomes: list[bool]):
    share = Share.of(outcomes)
    more = Share.of(outcomes * 4)
    assert 0 <= share.low <= share.value <= share.high <= 1
    assert more.high - more.low < share.high - share.low


def test_an_interval_is_wilsons():
    share = Share.of([True] * 98 + [False] * 2)
    assert math.isclose(share.low, 0.93, abs_tol=0.001)
    assert math.isclose(share.high, 0.9945, abs_tol=0.001)
