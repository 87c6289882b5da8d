"""Sayings in two halves of one form (编随事走、人随编走), without quotation marks, against the
sayings of passages like the sentence.

One half, or all but a character or two, is the library's, and what differs stands in the same
place of the same form: that is no other saying.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rag.documents import Document, RetrievedPassage
from rag.drafts.evidence import EvidenceFinder
from rag.drafts.reading import Draft, DraftSentence
from rag.quotations.quotation import Finding, FindingKind, Verdict
from rag.quotations.quoting import quote
from rag.scopes import places_agree
from rag.text import Span, in_title_marks

_HALF: Final = r"[\u4e00-\u9fff]{3,16}"
_COUPLET: Final = re.compile(rf"(?P<first>{_HALF})(?P<mark>[、，])(?=(?P<second>{_HALF}))")
_SHORT: Final = 3
_FEWEST_SAME: Final = 2
_MOST_DIFFERING: Final = 2
_QUOTED: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class _Couplet:
    """Two halves of one length, with where they stand."""

    first: str
    second: str
    span: Span


class CoupletChecker:
    """Holds the sayings of one draft against the library."""

    def __init__(self, draft: Draft, evidence: EvidenceFinder) -> None:
        self._draft = draft
        self._evidence = evidence
        self._known = dict[str, Sequence[_Couplet]]()

    def check(self, listed: Sequence[Span]) -> Iterator[Finding]:
        """A finding for each saying of which the library has another wording, in order.

        Args:
            listed: Lists of which all is known.
        """
        left_out = [
            *listed,
            *(
                one.outer
                for one in self._draft.marks.marked
                if one.is_title or len(one.inner) >= _QUOTED
            ),
        ]
        end = 0
        for sentence in self._draft.sentences:
            for ours in _couplets(self._draft.text, sentence.span):
                if ours.span.start < end or any(ours.span.overlaps(one) for one in left_out):
                    continue
                finding = self._check_couplet(ours, sentence)
                if finding is not None:
                    end = ours.span.end
                    yield finding

    def _check_couplet(self, ours: _Couplet, sentence: DraftSentence) -> Finding | None:
        best: tuple[int, _Couplet, Document] | None = None
        words = ours.span.of(self._draft.text)
        for found in (
            *self._evidence.passages_like(sentence, self._draft.text),
            *self._evidence.passages(words),
        ):
            if words in found.passage.text:
                return None
            theirs = self._evidence.scope_of(found.document)
            if theirs.places and not places_agree(sentence.scopes, theirs):
                continue
            for known in self._couplets_of(found):
                differing = _differing(ours, known)
                if differing and (best is None or differing < best[0]):
                    best = differing, known, found.document
        return self._finding(ours, best[1], best[2]) if best else None

    def _couplets_of(self, found: RetrievedPassage) -> Sequence[_Couplet]:
        key = found.passage.passage_id
        if key not in self._known:
            self._known[key] = list(_couplets(found.document.text, found.passage.span))
        return self._known[key]

    def _finding(self, ours: _Couplet, known: _Couplet, document: Document) -> Finding:
        right = known.span.of(document.text)
        return Finding(
            start=ours.span.start,
            end=ours.span.end,
            kind=FindingKind.EXPRESSION,
            verdict=Verdict.ALTERED,
            message=f"{in_title_marks(document.metadata.title)}写的是“{right}”，"
            + f"此处写作“{ours.span.of(self._draft.text)}”。",
            correction=right,
            matches=(quote(document, known.span),),
        )


def _couplets(text: str, within: Span) -> Iterator[_Couplet]:
    """Neighbouring clauses of which the second is as long as the end of the first, and like it
    in form; words may stand before the first.
    """
    for match in _COUPLET.finditer(text, within.start, within.end):
        length = len(match["second"])
        end = match.end() + length
        if len(match["first"]) < length or text[end : end + 1].isalnum() or end > within.end:
            continue
        first = match["first"][-length:]
        same = sum(one == other for one, other in zip(first, match["second"], strict=True))
        if same >= (_FEWEST_SAME if length == _SHORT else 1):
            yield _Couplet(
                first=first,
                second=match["second"],
                span=Span(match.end("first") - length, end),
            )


def _differing(ours: _Couplet, theirs: _Couplet) -> int:
    """How many characters differ where the two are one saying; 0 where they are not, or do not
    differ.
    """
    if len(ours.first) != len(theirs.first):
        return 0
    counts = [
        sum(one != other for one, other in zip(mine, yours, strict=True))
        for mine, yours in ((ours.first, theirs.first), (ours.second, theirs.second))
    ]
    is_near = 0 in counts or max(counts) == 1
    is_half_same = 2 * max(counts) <= len(ours.first)
    return sum(counts) if is_near and is_half_same and max(counts) <= _MOST_DIFFERING else 0
