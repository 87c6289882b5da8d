"""The question as a whole, or its parts: which of the findings to answer from."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace

from rag.documents import Evidence
from rag.evidence import Findings, confidence_in, least_confidence
from rag.features import stands_in
from rag.text import fold

# Sentences beside the best one that are less likely than this add nothing.
LEAST_SCORE = 0.035
# What remains of the score of a sentence that speaks of another part, and how many of the best
# sentences of each part are looked at for it.
OF_ANOTHER_PART = 0.02
LOOKED_AT = 24
# Where one part is answered, another needs this share of the confidence it would need alone.
BESIDE_AN_ANSWER = 0.5
# One sentence for the whole must be so much surer than the weakest of the parts.
SURER = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What will be answered.

    Attributes:
        answering: Findings that hold an answer, in the order of the questions: those of the
            whole question alone, or of its parts; empty where nothing answers.
        evidence: For each of `answering` the sentences that are likely enough to answer.
        missing: The parts that nothing answers although another part is answered.
        confidence: That of the weakest part answered; of the whole question where it is
            answered as one, or not at all; None where nothing was looked at.
        unmet: Where nothing answers: why passages that looked alike were set aside.
    """

    answering: tuple[Findings, ...] = ()
    evidence: tuple[tuple[Evidence, ...], ...] = ()
    missing: tuple[Findings, ...] = ()
    confidence: float | None
    unmet: str = ""


def settle(whole: Findings, parts: Sequence[Findings] = ()) -> Settled:
    """Choose between the whole question and its parts.

    The whole is preferred where its best sentence speaks of what every part asks for and is
    clearly surer than the weakest part, or than all that are answered where one is not.
    Without an answer to any part, the whole alone counts. Beside a part that is answered,
    others need less to be, and may take what answers the whole and speaks of them.

    Args:
        whole: Findings for the question as asked.
        parts: Findings for each of its parts, in order; empty where it has none.
    """
    if not parts:
        return _of_whole(whole)
    own = own_words(parts)
    parts = told_apart(parts, own)
    if not any(likely(part) for part in parts):
        return _of_whole(whole)
    found = [_told(part, mine, whole) for part, mine in zip(parts, own, strict=True)]
    answered = [(part, told) for part, told in zip(parts, found, strict=True) if told.evidence]
    strength = min(told.evidence[0].score for _, told in answered)
    best = likely(whole)[:1]
    if best and best[0].score > SURER * strength and speaking_of_all(own, best):
        return _of_whole(whole)
    return Settled(
        answering=tuple(part for part, _ in answered),
        evidence=tuple(told.evidence for _, told in answered),
        missing=tuple(p for p, told in zip(parts, found, strict=True) if not told.evidence),
        confidence=min(told.confidence for _, told in answered),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What is told of a part, perhaps nothing, and how surely."""

    evidence: tuple[Evidence, ...]
    confidence: float


def _told(part: Findings, own: Set[str], whole: Findings) -> _Told:
    """The part's own sentences, else those of the whole question that speak of it."""
    if evidence := likely(part, share=BESIDE_AN_ANSWER):
        return _Told(evidence=tuple(evidence), confidence=part.confidence)
    evidence = speaking_of(own, likely(whole))
    return _Told(evidence=tuple(evidence), confidence=whole.confidence)


def _of_whole(whole: Findings) -> Settled:
    evidence = likely(whole)
    return Settled(
        answering=(whole,) if evidence else (),
        evidence=(tuple(evidence),) if evidence else (),
        confidence=whole.confidence if whole.evidence else None,
        unmet=whole.unmet,
    )


def likely(findings: Findings, *, share: float = 1.0) -> list[Evidence]:
    """The sentences that are likely enough to answer, best first.

    Args:
        findings: For one question.
        share: Of the confidence that it needs if it is asked alone.
    """
    if findings.confidence < share * least_confidence(findings.question) or not findings.evidence:
        return []
    least = min(LEAST_SCORE, findings.evidence[0].score)
    return [evidence for evidence in findings.evidence if evidence.score >= least]


def own_words(parts: Sequence[Findings]) -> list[frozenset[str]]:
    """For each part the content words that not all of them have.

    Years keep their 年, since other dates hold the bare number.
    """
    words = [
        frozenset(f"{w}年" if f"{w}年" in question.text else w for w in question.words)
        for question in (part.question for part in parts)
    ]
    common = frozenset[str].intersection(*words)
    return [each - common for each in words]


def speaking_of(words: Set[str], evidence: Iterable[Evidence]) -> list[Evidence]:
    """The sentences that hold one of the words."""
    return [one for one in evidence if _holds(fold(one.text), words)]


def speaking_of_all(own: Iterable[Set[str]], evidence: Sequence[Evidence]) -> bool:
    """Whether the sentences together hold every word of each part; without any they do not."""
    texts = [fold(one.text) for one in evidence]
    words = set[str]().union(*own)
    return bool(texts) and all(any(stands_in(word, text) for text in texts) for word in words)


def told_apart(parts: Sequence[Findings], own: Sequence[Set[str]]) -> list[Findings]:
    """Each part without credit for sentences that speak of another part only.

    A sentence on 2021 answers nothing about 2022, however alike the two questions are: one
    that has words of another part, but none of this part's own, keeps `OF_ANOTHER_PART` of its
    score. Where a sentence has neither, what stands above its passage is looked at.

    Args:
        parts: Findings for each.
        own: The words of `own_words`.
    """
    everything = set[str]().union(*own)
    return [_credited(part, mine, everything - mine) for part, mine in zip(parts, own, strict=True)]


def _credited(part: Findings, own: Set[str], others: Set[str]) -> Findings:
    best, rest = part.evidence[:LOOKED_AT], part.evidence[LOOKED_AT:]
    credited = (
        replace(one, score=one.score * OF_ANOTHER_PART) if _is_of(one, own, others) else one
        for one in best
    )
    evidence = tuple(sorted((*credited, *rest), key=lambda one: -one.score))
    return replace(part, evidence=evidence, confidence=confidence_in(evidence))


def _is_of(evidence: Evidence, own: Set[str], others: Set[str]) -> bool:
    """Whether a sentence speaks of others only."""
    for text in (fold(evidence.text), fold(evidence.passage.context)):
        if _holds(text, own):
            return False
        if _holds(text, others):
            return True
    return False


def _holds(text: str, words: Set[str]) -> bool:
    return any(stands_in(word, text) for word in words)
