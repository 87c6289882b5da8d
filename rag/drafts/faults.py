"""Marks of a draft without a partner, as findings, with what should stand there where known."""

from collections.abc import Iterator
from typing import Final

from rag.drafts.lexicon import LONGEST_TERM, Lexicon, plain_title
from rag.drafts.marks import MarkFault, MarkProblem
from rag.drafts.reading import Draft
from rag.quotations.quotation import Finding, FindingKind, Verdict
from rag.text import Span, fold

_MESSAGES: Final = {
    MarkFault.UNCLOSED: "这里的 {mark} 没有与它成对的后半个符号。",
    MarkFault.UNOPENED: "这里的 {mark} 没有与它成对的前半个符号。",
    MarkFault.CROSSED: "前后两对符号交叉：“{mark}”次序颠倒。",
    MarkFault.MISWRITTEN: "“{mark}”方向或样式不对。",
}
_NAMES: Final = {"《": "书名号", "》": "书名号", "〈": "书名号", "〉": "书名号"}
_LONGEST_TITLE: Final = 60
_SHORTEST_TERM: Final = 2


def check_marks(draft: Draft, lexicon: Lexicon) -> Iterator[Finding]:
    """A finding for each mark that does not fit."""
    for problem in draft.marks.problems:
        span, correction = problem.span, problem.correction
        completed = _completed(draft.text, problem, lexicon)
        if completed is not None:
            span, correction = completed
        mark = problem.span.of(draft.text)
        name = _NAMES.get(mark[:1], "引号")
        yield Finding(
            start=span.start,
            end=span.end,
            kind=FindingKind.QUOTATION_MARK,
            verdict=Verdict.ALTERED,
            message=f"{name}有误：{_MESSAGES[problem.fault].format(mark=_shown(mark))}",
            correction=correction,
        )


def _shown(mark: str) -> str:
    return mark if len(mark) <= 2 else f"{mark[0]}…{mark[-1]}"


def _completed(text: str, problem: MarkProblem, lexicon: Lexicon) -> tuple[Span, str] | None:
    """The known term or title that a lone mark belongs to, with both of its marks."""
    mark = problem.span.of(text)
    if mark not in _PARTNERS:
        return None
    partner = _PARTNERS[mark]
    opens = problem.fault is MarkFault.UNCLOSED
    longest = _LONGEST_TITLE if mark in "《》" else LONGEST_TERM
    known = lexicon.terms.titles if mark in "《》" else lexicon.terms.terms
    key = plain_title if mark in "《》" else fold
    for length in range(longest, _SHORTEST_TERM - 1, -1):
        span = (
            Span(problem.span.end, min(len(text), problem.span.end + length))
            if opens
            else Span(max(0, problem.span.start - length), problem.span.start)
        )
        words = span.of(text)
        if len(words) == length and "\n" not in words and key(words) in known:
            whole = Span(min(span.start, problem.span.start), max(span.end, problem.span.end))
            return whole, f"{mark}{words}{partner}" if opens else f"{partner}{words}{mark}"
    return None


_PARTNERS: Final = {
    "“": "”",
    "”": "“",
    "「": "」",
    "」": "「",
    "『": "』",
    "』": "『",
    "《": "》",
    "》": "《",
}
