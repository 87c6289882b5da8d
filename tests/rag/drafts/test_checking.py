"""A draft held against the built-in library, from end to end."""

from collections.abc import Generator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.builtin import open_builtin_library
from rag.drafts.checking import DraftChecker
from rag.quotations.quotation import Finding, FindingKind, Verdict

pytestmark = pytest.mark.slow

PIECES = [
    "“四个意思”",
    "“四个意识”",
    "褚望舒指出，",
    "《中国共产党机构编制工作条例》",
    "国发〔2015〕29号",
    "设党政机构47个。",
    "2019年3月5日",
    "定职能、定机构、定编制",
    "“",
    "》",
    "\n",
    "改革",
    "😀",
    "\x00",
]


@pytest.fixture(scope="module")
def checker() -> Generator[DraftChecker]:
    with open_builtin_library() as system:
        yield system.drafts


def wrong(findings: tuple[Finding, ...], draft: str) -> list[tuple[FindingKind, str, str | None]]:
    """Kind, words and correction of what the library contradicts."""
    return [
        (one.kind, draft[one.start : one.end], one.correction)
        for one in findings
        if one.verdict in {Verdict.ALTERED, Verdict.MISATTRIBUTED}
    ]


@pytest.mark.parametrize(
    ("draft", "kind", "words", "correction"),
    [
        ("我们要增强“四个意思”。", FindingKind.EXPRESSION, "四个意思", "四个意识"),
        (
            "陆知远说：“一天也不能等，一步都不能错。”",
            FindingKind.QUOTATION,
            "一天也不能等，一步都不能错。",
            "一天也不能等，一步也不能错。",
        ),
    ],
    ids=["set phrase", "quotation"],
)
def test_what_the_library_contradicts_is_told_with_a_correction(
    checker: DraftChecker, draft: str, kind: FindingKind, words: str, correction: str
) -> None:
    assert wrong(checker.check(draft), draft) == [(kind, words, correction)]


def test_words_of_somebody_else_are_misattributed(checker: DraftChecker) -> None:
    draft = "褚望舒强调，“一天也不能等，一步也不能错”。"
    (finding,) = [one for one in checker.check(draft) if one.kind is FindingKind.QUOTATION]
    assert finding.verdict is Verdict.MISATTRIBUTED
    assert finding.matches[0].speaker == "陆知远"


def test_what_the_library_confirms_is_exact(checker: DraftChecker) -> None:
    draft = "县委书记陆知远说：“一天也不能等，一步也不能错。”要增强“四个意识”。"
    findings = checker.check(draft)
    assert wrong(findings, draft) == []
    assert sum(one.verdict is Verdict.EXACT for one in findings) >= 2


@pytest.mark.parametrize("draft", ["", " \n", "，。！"])
def test_a_draft_without_words_is_refused_in_chinese(checker: DraftChecker, draft: str) -> None:
    with pytest.raises(ValueError, match="稿件"):
        checker.check(draft)


@settings(max_examples=40)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_findings_are_places_in_order_and_corrections_correct(
    checker: DraftChecker, draft: str
) -> None:
    try:
        findings = checker.check(draft)
    except ValueError:
        return
    starts = [one.start for one in findings]
    assert starts == sorted(starts)
    for one in findings:
        assert 0 <= one.start < one.end <= len(draft)
        assert one.correction != draft[one.start : one.end]
