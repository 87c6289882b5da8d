"""What is said of a number of a draft: confirmed, contradicted, impossible or not known."""

import re
from fractions import Fraction
from typing import Final

from rag.documents import PartialDate
from rag.drafts.claims import Claim
from rag.drafts.reading import Draft
from rag.drafts.source_sentences import SourceClaim
from rag.numerals import write_like
from rag.quantities import Quantity, Sort
from rag.quotations.quotation import Finding, FindingKind, Match, Verdict
from rag.quotations.quoting import quote
from rag.text import Span, in_title_marks

_SET_APART: Final = re.compile(r"\d([ \t\u00a0\u3000]+)[年月日]")
_YEAR: Final = re.compile(r"^[\d零一二三四五六七八九〇○]{4}\s*年\s*")


def impossible(draft: Draft, span: Span) -> Finding:
    """A date that the calendar does not have."""
    return Finding(
        start=span.start,
        end=span.end,
        kind=FindingKind.DATE,
        verdict=Verdict.ALTERED,
        message=f"历法上没有“{span.of(draft.text)}”这一日期，请核实。",
    )


def confirmed(claim: Claim, same: SourceClaim) -> Finding:
    """A number that a document states as well."""
    return Finding(
        start=claim.quantity.span.start,
        end=claim.quantity.span.end,
        kind=_kind(claim),
        verdict=Verdict.EXACT,
        message=f"与{in_title_marks(same.document.metadata.title)}一致。",
        matches=(_match(same),),
    )


def contradicted(draft: Draft, claim: Claim, best: SourceClaim) -> Finding:
    """A number in whose place a document has another one."""
    span = claim.quantity.span
    theirs = best.claim.quantity
    text = best.document.text
    said = theirs.span.of(text)
    correction = _correction(draft.text, claim.quantity, theirs, said)
    return Finding(
        start=span.start,
        end=span.end,
        kind=_kind(claim),
        verdict=Verdict.ALTERED,
        message=f"与{in_title_marks(best.document.metadata.title)}不符：该文写的是“{said}”，此处写作“{span.of(draft.text)}”。",
        correction=correction if correction != span.of(draft.text) else None,
        matches=(_match(best),),
    )


def _correction(text: str, ours: Quantity, theirs: Quantity, said: str) -> str:
    """The document's number as the draft would write it, else as the document does."""
    written = ours.span.of(text)
    if isinstance(ours.value, PartialDate) and isinstance(theirs.value, PartialDate):
        return _set_as(written, _with_year_of(written, said, ours.value, theirs.value))
    # 两成 and 四分之三 are no numerals before a unit.
    if isinstance(theirs.value, Fraction) and not (ours.unit == "%" and ours.number == ours.span):
        number = write_like(theirs.value, ours.number.of(text))
        if number is not None:
            return (
                text[ours.span.start : ours.number.start]
                + number
                + text[ours.number.end : ours.span.end]
            )
    return said


def _set_as(written: str, date: str) -> str:
    """`date` with white space around its digits where the draft has it: 2018 年 3 月."""
    gap = _SET_APART.search(written)
    if gap is None or _SET_APART.search(date):
        return date
    return re.sub(r"(?<=\d)(?=[^\d])|(?<=[^\d])(?=\d)", gap[1], date)


def _with_year_of(written: str, said: str, ours: PartialDate, theirs: PartialDate) -> str:
    """`said` with a year where the draft has written one, and only there."""
    if ours.year is None and theirs.month is not None:
        return _YEAR.sub("", said)
    year = _YEAR.match(written)
    if year and theirs.year is None:
        return year[0] + said
    return said


def unknown(claim: Claim) -> Finding | None:
    """A number that no document knows; None where the writer need not be told: years alone and
    ordinals.
    """
    quantity = claim.quantity
    if not _tells(quantity):
        return None
    return Finding(
        start=quantity.span.start,
        end=quantity.span.end,
        kind=_kind(claim),
        verdict=Verdict.NOT_FOUND,
        message="资料库里没有说同一件事的数字，无法核对。",
    )


def _tells(quantity: Quantity) -> bool:
    if isinstance(quantity.value, PartialDate):
        return quantity.value.month is not None
    return quantity.sort is Sort.FIGURE or quantity.unit == "号"


def _kind(claim: Claim) -> FindingKind:
    if claim.quantity.sort is Sort.DATE:
        return FindingKind.DATE
    if claim.quantity.unit == "号":
        return FindingKind.DOCUMENT_NUMBER
    return FindingKind.FIGURE


def _match(source: SourceClaim) -> Match:
    return quote(source.document, source.claim.sentence)
