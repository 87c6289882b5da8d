"""What the HTML report of a draft shows, put together for its template."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rag.quotations.quotation import DiffPiece, Finding, Match, Verdict
from rag.text import Span
from ui.drafts.differences import difference
from ui.drafts.places import Paragraphs
from ui.drafts.segments import cut_paragraphs
from ui.drafts.wording import (
    ATTENTION,
    FINDING_KIND_NAMES,
    VERDICT_NAMES,
    in_order,
    source_line,
    summary,
    verdict_name,
)

_SOURCES_SHOWN = 3
_GRAVEST_FIRST = (Verdict.MISATTRIBUTED, Verdict.ALTERED, Verdict.NOT_FOUND, Verdict.EXACT)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """A source of a finding.

    Attributes:
        references: (name of the standard, reference by it).
        context: Before the quotation, the quotation, after it.
    """

    line: str
    references: tuple[tuple[str, str], ...]
    context: tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """A finding as it is shown.

    Attributes:
        number: From 1, in order of place.
        css: The verdict as a class of the style sheet.
        more_sources: How many matches are not among `sources`.
    """

    number: int
    css: str
    place: str
    kind: str
    verdict: str
    words: str
    message: str
    correction: str | None
    difference: tuple[DiffPiece, ...]
    sources: tuple[SourceView, ...]
    more_sources: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedSegment:
    """A stretch of a paragraph that the same findings cover.

    Attributes:
        css: The gravest verdict of those findings; empty for text that was not checked.
        starting: Numbers of the findings whose first part in the draft this is.
        ending: Findings whose last part this is.
    """

    text: str
    css: str
    starting: tuple[int, ...]
    ending: tuple[FindingView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Findings that are listed together; `folded` hides them until they are asked for."""

    name: str
    note: str
    folded: bool
    findings: tuple[FindingView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPage:
    """The whole report.

    Attributes:
        paragraphs: (number, segments), in order.
        legend: (class, name) of the verdicts that occur.
    """

    title: str
    summary: str
    paragraphs: tuple[tuple[int, tuple[MarkedSegment, ...]], ...]
    groups: tuple[Group, ...]
    legend: tuple[tuple[str, str], ...]


def build_report_page(draft: str, findings: Sequence[Finding], *, title: str) -> ReportPage:
    """The report of a draft and its findings, in any order; overlapping ones are all shown."""
    paragraphs = Paragraphs.of(draft)
    ordered = in_order(findings)
    views = [_finding_view(number, one, paragraphs) for number, one in enumerate(ordered, 1)]
    found = list(zip(ordered, views, strict=True))
    present = {finding.verdict for finding in findings}
    return ReportPage(
        title=title,
        summary=summary(findings),
        paragraphs=tuple(_marked(paragraphs, found)),
        groups=tuple(_groups(found)),
        legend=tuple((one.value, name) for one, name in VERDICT_NAMES.items() if one in present),
    )


def _finding_view(number: int, finding: Finding, paragraphs: Paragraphs) -> FindingView:
    words = paragraphs.text[finding.start : finding.end]
    shown = finding.matches[:_SOURCES_SHOWN]
    return FindingView(
        number=number,
        css=finding.verdict.value,
        place=paragraphs.place(finding.start),
        kind=FINDING_KIND_NAMES[finding.kind],
        verdict=verdict_name(finding),
        words=words,
        message=finding.message,
        correction=finding.correction,
        difference=difference(finding, words),
        sources=tuple(_source_view(match) for match in shown),
        more_sources=len(finding.matches) - len(shown),
    )


def _source_view(match: Match) -> SourceView:
    reference = match.reference
    references = [("GB/T 7714—2025", reference.gbt7714_2025)]
    if reference.gbt7714_2015 != reference.gbt7714_2025:
        references.append(("GB/T 7714—2015", reference.gbt7714_2015))
    references.append(("文中夹注", reference.in_text))
    start = match.start - match.context_start
    end = start + len(match.quote)
    context = (match.context[:start], match.context[start:end], match.context[end:])
    return SourceView(
        line=source_line(match),
        references=tuple(item for item in references if item[1]),
        context=context if context[1] == match.quote else ("", match.quote, ""),
    )


def _marked(
    paragraphs: Paragraphs, found: Sequence[tuple[Finding, FindingView]]
) -> Iterator[tuple[int, tuple[MarkedSegment, ...]]]:
    cut = cut_paragraphs(paragraphs, [Span(one.start, one.end) for one, _ in found])
    for paragraph, segments in zip(paragraphs.items, cut, strict=True):
        marked = list[MarkedSegment]()
        for segment in segments:
            verdicts = {found[index][0].verdict for index in segment.covering}
            marked.append(
                MarkedSegment(
                    text=segment.span.of(paragraphs.text),
                    css=next((one.value for one in _GRAVEST_FIRST if one in verdicts), ""),
                    starting=tuple(found[index][1].number for index in segment.starting),
                    ending=tuple(found[index][1] for index in segment.ending),
                )
            )
        yield paragraph.number, tuple(marked)


def _groups(found: Iterable[tuple[Finding, FindingView]]) -> Iterator[Group]:
    by_verdict: Mapping[Verdict, list[FindingView]] = {verdict: [] for verdict in Verdict}
    attention = list[FindingView]()
    for finding, view in found:
        group = attention if finding.verdict in ATTENTION else by_verdict[finding.verdict]
        group.append(view)
    listed = (
        ("需要处理", "与资料库中的原文或说法不同，请逐条核实。", False, attention),
        (
            "库中未见",
            "资料库里没有查到，不等于有误；请另找出处核实。",
            False,
            by_verdict[Verdict.NOT_FOUND],
        ),
        ("一致", "与资料库中的原文一致。", True, by_verdict[Verdict.EXACT]),
    )
    for name, note, folded, views in listed:
        if views:
            yield Group(name=name, note=note, folded=folded, findings=tuple(views))
