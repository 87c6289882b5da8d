"""Judges verdicts on quotations and findings in drafts, one by one."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, Protocol

from evals.measures.quotations import VERDICTS, Verdict
from evals.quotations.classes import NEAR_TWIN
from evals.quotations.oracle import plain, same_words
from evals.quotations.records import DraftLabel, Kind, MarkedDraft, QuotationCase
from evals.records import Record
from rag.quotations.quotation import Finding, Verification

_CONTRADICTING: Final = frozenset({"altered", "misattributed"})


class Verify(Protocol):
    """Says what is known of a quotation; briefings count as documents like any other."""

    def __call__(self, text: str, *, speaker: str | None) -> Verification:
        """Compare `text` with the library; `speaker` is who is said to have said it."""
        ...


class Check(Protocol):
    """Says what is known of all that a draft states."""

    def __call__(self, text: str) -> Sequence[Finding]:
        """Compare a draft with the library; places are in code points of `text`."""
        ...


class JudgedQuotation(Record):
    """A quotation with the verdict it got.

    Attributes:
        got: The verdict.
        first_title: Title of the first match, or None without any.
        first_quote: Its words, or None.
        right_span: Whether the first match is the very words it was made from; None unless
            both verdicts are "exact" and the words are known.
        right_rank: Whether the first match is of the document it was made from; None where
            another may as well be first.
    """

    case: QuotationCase
    got: Verdict
    first_title: str | None = None
    first_quote: str | None = None
    right_span: bool | None = None
    right_rank: bool | None = None

    @property
    def right(self) -> bool:
        """Whether it got the right verdict."""
        return self.got == self.case.verdict

    @property
    def dangerous(self) -> bool:
        """Whether altered or invented words were called exact: what must never be."""
        return self.got == "exact" and self.case.verdict in {"altered", "not_found"}


class FoundPlace(Record):
    """A finding as it was given: what `rag.quotations.quotation.Finding` says of it."""

    start: int
    end: int
    kind: Kind
    verdict: Verdict
    text: str
    message: str = ""
    correction: str | None = None

    @property
    def contradicts(self) -> bool:
        """Whether it tells the writer that something is wrong."""
        return self.verdict in _CONTRADICTING


class JudgedLabel(Record):
    """What a check made of a planted place.

    Attributes:
        found: Of an error, whether a finding that contradicts is credited to it. Of
            anything else, whether one falls on it: a false alarm.
        confirmed: Whether a finding that overlaps it has the verdict "exact".
        same_kind: Whether such a finding has its kind; None where none was found.
        corrected: Whether a proposed correction makes the draft say what it should; None
            where no error was found or it has no correction.
    """

    label: DraftLabel
    found: bool
    confirmed: bool = False
    same_kind: bool | None = None
    corrected: bool | None = None


class JudgedDraft(Record):
    """A draft with what a check made of it.

    Attributes:
        labels: In order of place.
        alarms: The findings that contradict, in their order.
        false_alarms: Those of them that overlap no planted error.
    """

    name: str
    labels: tuple[JudgedLabel, ...]
    alarms: tuple[FoundPlace, ...]
    false_alarms: tuple[FoundPlace, ...]


def judge_quotation(case: QuotationCase, verification: Verification) -> JudgedQuotation:
    """The verdict on a quotation against the right one."""
    first = verification.matches[0] if verification.matches else None
    got = _verdict(verification.verdict)
    both_exact = got == case.verdict == "exact"
    known = both_exact and case.source_quote is not None
    ranked = both_exact and case.class_name == NEAR_TWIN
    return JudgedQuotation(
        case=case,
        got=got,
        first_title=first.title if first else None,
        first_quote=first.quote if first else None,
        right_span=bool(first and same_words(first.quote, case.source_quote or ""))
        if known
        else None,
        right_rank=bool(first and first.title == case.document_title) if ranked else None,
    )


def _verdict(given: str) -> Verdict:
    return next(verdict for verdict in VERDICTS if verdict == given)


def judge_draft(draft: MarkedDraft, findings: Sequence[Finding]) -> JudgedDraft:
    """The findings in a draft against what was planted.

    A finding that contradicts counts as true where it overlaps a planted error, and is credited
    to the error it shares most with, so that one finding over a whole paragraph finds one
    error. Several findings of one error are all true. Any other that contradicts is a false
    alarm. What confirms or does not know never is.
    """
    places = [_place(draft, finding) for finding in findings]
    alarms = [place for place in places if place.contradicts]
    credited = {id(place): _credited(place, draft.labels) for place in alarms}
    return JudgedDraft(
        name=draft.name,
        labels=tuple(
            _judge_error(draft, label, [one for one in alarms if credited[id(one)] is label])
            if label.is_error
            else JudgedLabel(
                label=label,
                found=any(_shared(one, label) and credited[id(one)] is None for one in alarms),
                confirmed=any(one.verdict == "exact" and _shared(one, label) for one in places),
            )
            for label in draft.labels
        ),
        alarms=tuple(alarms),
        false_alarms=tuple(one for one in alarms if credited[id(one)] is None),
    )


def _place(draft: MarkedDraft, finding: Finding) -> FoundPlace:
    return FoundPlace.model_validate({
        "start": finding.start,
        "end": finding.end,
        "kind": str(finding.kind),
        "verdict": str(finding.verdict),
        "text": draft.text[finding.start : finding.end],
        "message": finding.message,
        "correction": finding.correction,
    })


def _shared(place: FoundPlace, label: DraftLabel) -> int:
    """How many characters both have; an empty finding has none."""
    return max(0, min(place.end, label.end) - max(place.start, label.start))


def _credited(place: FoundPlace, labels: Sequence[DraftLabel]) -> DraftLabel | None:
    errors = [label for label in labels if label.is_error and _shared(place, label)]
    return max(errors, key=lambda label: _shared(place, label), default=None)


def _judge_error(
    draft: MarkedDraft, label: DraftLabel, alarms: Sequence[FoundPlace]
) -> JudgedLabel:
    wanted = _corrected(draft.text, label, label.correction)
    corrections = [_corrected(draft.text, one, one.correction) for one in alarms]
    return JudgedLabel(
        label=label,
        found=bool(alarms),
        same_kind=any(one.kind == label.kind for one in alarms) if alarms else None,
        corrected=wanted in corrections if alarms and wanted is not None else None,
    )


def _corrected(text: str, place: DraftLabel | FoundPlace, correction: str | None) -> str | None:
    """What the draft says once a correction stands in its place, in any style of writing."""
    if correction is None:
        return None
    return plain(text[: place.start] + correction + text[place.end :])


def judge_quotations(
    cases: Sequence[QuotationCase],
    verify: Verify,
    *,
    advance: Callable[[], None] | None = None,
) -> Iterator[JudgedQuotation]:
    """Each quotation with its verdict, in order; `advance` is called after each."""
    for case in cases:
        yield judge_quotation(case, verify(case.text, speaker=case.speaker))
        if advance is not None:
            advance()


def judge_drafts(
    drafts: Sequence[MarkedDraft],
    check: Check,
    *,
    advance: Callable[[], None] | None = None,
) -> Iterator[JudgedDraft]:
    """Each draft with what was found in it, in order; `advance` is called after each."""
    for draft in drafts:
        yield judge_draft(draft, check(draft.text))
        if advance is not None:
            advance()
