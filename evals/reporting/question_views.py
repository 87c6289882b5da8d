"""A question with its answer, evidence and gold, as a report lays them side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

from evals.measures.catalogue import find_measure, in_order
from evals.measures.facts import fact_held
from evals.measures.sentences import text_without_markers
from evals.model_judge import Verdict
from evals.records import Case, Judged, Prediction, RetrievedRecord
from evals.reporting.highlights import Piece, mark_words
from evals.reporting.outcomes import group_of, outcome_of
from evals.reporting.wording import ROLE_NAMES, STATUS_NAMES, kind_name, shown_single

PASSAGES_SHOWN = 5
PASSAGE_CHARS = 300
QUOTE_CHARS = 120
ANSWER_CHARS = 1000
# Told elsewhere in the block, or by a measure beside them.
_LEFT_OUT = {"characters", "short_characters", "R@1", "R@10", "R@20", "R@50", "S@1", "S@10"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FactView:
    """A fact that the answer must hold, with its wordings."""

    wordings: tuple[str, ...]
    held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationView:
    """A citation; `found` says whether the document holds the quote where it should."""

    marker: int
    document: str
    place: str
    quote: str
    found: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageView:
    """A passage that was found, cut.

    Attributes:
        gold: The qrels name it.
        open: Shown without being asked for: gold ones, and those with something marked.
    """

    rank: int
    document: str
    score: str
    pieces: tuple[Piece, ...]
    gold: bool
    open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionView:
    """What a report shows of one question.

    Attributes:
        place: Its rank in the report, from 1, worst first.
        expected: In words, what would have been right; empty where `facts` say it.
        missed: Gold passages that are not among those shown.
        measures: Name and value, as shown.
    """

    place: int
    id: str
    kind: str
    kind_name: str
    question: str
    history: tuple[tuple[str, str], ...]
    right: bool
    outcome: str
    answer: tuple[Piece, ...]
    length: int
    ms: float
    confidence: float | None
    status: str
    citations: tuple[CitationView, ...]
    passages: tuple[PassageView, ...]
    missed: int
    facts: tuple[FactView, ...]
    expected: str
    references: tuple[str, ...]
    measures: tuple[tuple[str, str], ...]
    verdict: Verdict | None = None


def shorten(text: str, limit: int) -> str:
    """The first `limit` characters, with … where some are left out."""
    return text if len(text) <= limit else text[:limit] + "…"


def view_question(judged: Judged, *, place: int, verdict: Verdict | None = None) -> QuestionView:
    """Everything that is shown of a question, texts cut to what can be read.

    Args:
        judged: The question.
        place: Its rank in the report, from 1.
        verdict: What a chat model said of the answer.
    """
    case, prediction = judged.case, judged.prediction
    outcome = outcome_of(judged)
    gold = [wording for fact in case.facts for wording in fact] or list(case.references)
    shown = prediction.retrieved[:PASSAGES_SHOWN]
    relevant = {passage_id for passage_id, grade in case.relevant.items() if grade > 0}
    return QuestionView(
        place=place,
        id=case.id,
        kind=group_of(case),
        kind_name=kind_name(group_of(case)),
        question=case.question,
        history=tuple((ROLE_NAMES[one.role], one.content) for one in case.history),
        right=outcome.right,
        outcome=outcome.text,
        answer=mark_words(shorten(prediction.text, ANSWER_CHARS), gold),
        length=len(text_without_markers(prediction)),
        ms=prediction.ms,
        confidence=judged.confidence,
        status=STATUS_NAMES.get(prediction.status, prediction.status),
        citations=_citations(prediction),
        passages=tuple(
            _passage(rank, one, gold=one.id in relevant, words=gold)
            for rank, one in enumerate(shown, start=1)
        ),
        missed=len(relevant - {one.id for one in shown}),
        facts=_facts(judged),
        expected=_expected(case),
        references=tuple(shorten(one, PASSAGE_CHARS) for one in case.references),
        measures=tuple(
            (find_measure(name).title, shown_single(name, judged.measures[name]))
            for name in in_order(judged.measures)
            if name not in _LEFT_OUT
        ),
        verdict=verdict,
    )


def _citations(prediction: Prediction) -> tuple[CitationView, ...]:
    return tuple(
        CitationView(
            marker=one.marker,
            document=one.document,
            place=f"{one.start}–{one.end}",
            quote=shorten(one.quote, QUOTE_CHARS),
            found=one.valid,
        )
        for one in prediction.citations
    )


def _passage(
    rank: int, record: RetrievedRecord, *, gold: bool, words: Sequence[str]
) -> PassageView:
    pieces = mark_words(shorten(record.text.strip(), PASSAGE_CHARS), words)
    return PassageView(
        rank=rank,
        document=record.document,
        score=f"{record.score:.3f}",
        pieces=pieces,
        gold=gold,
        open=gold or any(piece.marked for piece in pieces),
    )


def _facts(judged: Judged) -> tuple[FactView, ...]:
    text = text_without_markers(judged.prediction)
    return tuple(
        FactView(
            wordings=wordings,
            held=not judged.prediction.refused and fact_held(wordings, text, judged.case.limit),
        )
        for wordings in judged.case.facts
    )


def _expected(case: Case) -> str:
    if case.false_premise:
        return "前提不成立：应当" + ("更正为下列内容，或不作回答" if case.facts else "不作回答")
    if not case.answerable:
        return "文件里没有答案：应当说没有找到依据"
    return f"前 {case.limit} 字里要有：" if case.limit and case.facts else ""
