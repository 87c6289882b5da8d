"""Which of several findings at one place are told: those that say different things."""

from bisect import bisect_left, insort
from collections.abc import Sequence
from typing import Final

from rag.drafts.reading import Draft
from rag.quotations.quotation import Finding, FindingKind, Verdict
from rag.text import Span

_IN_MARKS: Final = frozenset((FindingKind.QUOTATION, FindingKind.EXPRESSION))
# Of two findings of one place and one gravity the one of the earlier kind is told.
_ORDER: Final = (
    FindingKind.QUOTATION_MARK,
    FindingKind.EXPRESSION,
    FindingKind.TITLE,
    FindingKind.DOCUMENT_NUMBER,
    FindingKind.PERSON,
    FindingKind.ENUMERATION,
    FindingKind.QUOTATION,
    FindingKind.DATE,
    FindingKind.FIGURE,
)


def resolve(findings: Sequence[Finding], draft: Draft) -> tuple[Finding, ...]:
    """The findings to be told, in order of place.

    A quotation in marks that the library knows answers for all that stands in it. In a
    statement without marks what is wrong with a figure tells more than that it is altered. A
    quotation that the library does not know says nothing of what stands in it.
    """
    marked = {(one.inner.start, one.inner.end) for one in draft.marks.marked}
    told, unknown = _Kept(), _Kept()
    for finding in sorted(findings, key=lambda one: _rank(one, marked)):
        if finding.kind is FindingKind.QUOTATION_MARK:
            told.findings.append(finding)
        elif finding.kind is FindingKind.QUOTATION and finding.verdict is Verdict.NOT_FOUND:
            if not told.has(finding) and not unknown.covers(finding):
                unknown.add(finding)
        elif not told.covers(finding):
            if finding.verdict is Verdict.NOT_FOUND and unknown.covers(finding):
                continue
            told.add(finding)
    both = [*told.findings, *unknown.findings]
    return tuple(sorted(both, key=lambda one: (one.start, one.end, one.kind)))


def _rank(finding: Finding, marked: set[tuple[int, int]]) -> tuple[int, int, int, int]:
    """Known quotations and terms come first, the longer before what stands in it; then what is
    wrong, then what is right, then what nobody knows.
    """
    is_quotation = finding.kind is FindingKind.QUOTATION
    is_marked = (finding.start, finding.end) in marked
    is_known = finding.verdict is not Verdict.NOT_FOUND
    length = finding.end - finding.start
    order = _ORDER.index(finding.kind)
    if is_marked and is_known and finding.kind in _IN_MARKS:
        return 0, -length, order, finding.start
    if not is_known:
        return 4 + (not is_quotation), -length, order, finding.start
    if finding.verdict is Verdict.EXACT:
        return 3, -is_quotation, order, finding.start
    return 2 if is_quotation else 1, 0, order, finding.start


class _Kept:
    """Findings none of which overlaps another."""

    def __init__(self) -> None:
        self.findings = list[Finding]()
        self._spans = list[Span]()

    def add(self, finding: Finding) -> None:
        self.findings.append(finding)
        insort(self._spans, Span(finding.start, finding.end))

    def has(self, finding: Finding) -> bool:
        """Whether one has the very place of `finding`, or holds it."""
        span = Span(finding.start, finding.end)
        return any(other.contains(span) for other in self._near(span))

    def covers(self, finding: Finding) -> bool:
        """Whether one overlaps `finding`."""
        span = Span(finding.start, finding.end)
        return any(other.overlaps(span) for other in self._near(span))

    def _near(self, span: Span) -> list[Span]:
        index = bisect_left(self._spans, span)
        return self._spans[max(0, index - 1) : index + 1]
