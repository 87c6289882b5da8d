"""Retrieved passages → sentences that may answer the question, ranked, or none."""

import math
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from threading import Lock

import numpy
from numpy.typing import NDArray

from rag.demands import Demands, demands_of, resolve, select, spoken_of
from rag.documents import Document, Evidence, RetrievedPassage
from rag.features import FeatureExtractor, PassageView, Rarity, stands_in, view_passages
from rag.labels import asks_for, label_of
from rag.plausibility import IMPLAUSIBLE_SHARE, plausible, speaks_of_subject
from rag.protocols import Embedder, Segmenter
from rag.questions import UNFOLDING, AnswerType, Question, analyse
from rag.ranking import EvidenceRanker
from rag.text import Span, fold

# Views kept between questions: about 15 kB each.
VIEWS_KEPT = 1500
# So many of the best sentences say together how sure an answer is.
TOGETHER = 4
CHECKED = frozenset({AnswerType.PERSON, AnswerType.NUMBER, AnswerType.PLACE})
# So many of the best sentences are looked at for a person, number, date or place.
DOUBTED = 16
# Half of the doubt goes where a sentence bears the very label that is asked for, and so much of
# what else the question says stands in its document.
LABELLED_DOUBT = 0.5
SUBJECT_SHARE = 0.6
# A document's own title stands among its first characters; it answers nothing.
TITLE_REACH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What the ranker makes of the retrieved passages.

    Attributes:
        question: The question taken apart.
        evidence: Best first; empty when nothing was retrieved.
        confidence: Probability that the question is answered, see `confidence_in`.
        unmet: Why passages that looked alike were set aside, for the reader; may be empty.
    """

    question: Question
    evidence: tuple[Evidence, ...]
    confidence: float
    unmet: str = ""


def _best_first(evidence: Evidence) -> tuple[float, str, int]:
    return -evidence.score, evidence.document.document_id, evidence.span.start


def _is_title(document: Document, span: Span) -> bool:
    metadata = document.metadata
    if span.end >= TITLE_REACH or metadata.origins.get("title") == "first_clause":
        return False
    return fold(span.of(document.text)) in fold(metadata.title)


def _may_answer(document: Document, span: Span, *, unfolding: bool) -> bool:
    if _is_title(document, span):
        return False
    return unfolding or all(heading.span != span for heading in document.headings)


def _doubted(question: Question, evidence: Evidence) -> Evidence:
    # An entry that is asked for by its name may be counted by the reader.
    if asks_for(question.text, label_of(evidence.text)):
        return evidence
    passage = fold(evidence.passage.context + evidence.passage.text)
    if plausible(question, evidence.text) and speaks_of_subject(question, passage):
        return evidence
    return replace(evidence, score=evidence.score * IMPLAUSIBLE_SHARE)


def confidence_in(evidence: Sequence[Evidence]) -> float:
    """The probability that one of the best sentences answers; 0 where there is none.

    What several documents say alike, each of them doubtfully, is surer than what one says.

    Args:
        evidence: Best first.

    Source:
        Noisy-or: Pearl, Probabilistic Reasoning in Intelligent Systems, 1988, section 4.3.2.
    """
    return 1 - math.prod(1 - one.score for one in evidence[:TOGETHER])


def least_confidence(question: Question) -> float:
    """Below this confidence a question is not answered.

    Questions for a person, number or place can be checked against the sentence, so that what
    is left over is likelier. With these values one in forty of the answerable questions of our
    own dev half is refused.
    """
    return 0.12 if question.answer_type in CHECKED else 0.05


def _labelled(question: Question, evidence: Evidence) -> Evidence:
    """Surer where the sentence is the entry of a form that is asked for: 责任单位：市编办."""
    label = label_of(evidence.text)
    if not asks_for(question.text, label):
        return evidence
    about = fold(evidence.document.metadata.title + evidence.document.text)
    others = [word for word in question.words if word not in label]
    if sum(stands_in(word, about) for word in others) < SUBJECT_SHARE * len(others):
        return evidence
    return replace(evidence, score=1 - (1 - evidence.score) * LABELLED_DOUBT)


class EvidenceFinder:
    """Looks through retrieved passages sentence by sentence."""

    def __init__(
        self,
        *,
        ranker: EvidenceRanker,
        embedder: Embedder,
        segmenter: Segmenter,
        rarity: Rarity,
    ) -> None:
        self._ranker = ranker
        self._embedder = embedder
        self._segmenter = segmenter
        self._rarity = rarity
        self._kept: OrderedDict[str, PassageView] = OrderedDict()
        self._lock = Lock()

    def find(self, text: str, retrieved: Sequence[RetrievedPassage]) -> Findings:
        """Rank the sentences of `retrieved` (best passage first) for a question."""
        question = analyse(text, self._segmenter)
        demands = resolve(demands_of(text), retrieved)
        meeting, missing = select(demands, retrieved)
        unmet = f"库中相近的文件没有谈到“{'”“'.join(missing)}”。" if missing else ""
        extractor = FeatureExtractor(
            question,
            rarity=self._rarity,
            vector=self._embedder.embed_query(text),
            segmenter=self._segmenter,
        )
        scored = self._score(extractor, meeting, demands)
        evidence = sorted((_labelled(question, one) for one in scored), key=_best_first)
        evidence[:DOUBTED] = [_doubted(question, one) for one in evidence[:DOUBTED]]
        evidence.sort(key=_best_first)
        return Findings(
            question=question,
            evidence=tuple(evidence),
            confidence=confidence_in(evidence),
            unmet=unmet,
        )

    def _score(
        self,
        extractor: FeatureExtractor,
        retrieved: Sequence[RetrievedPassage],
        demands: Demands,
    ) -> list[Evidence]:
        # A heading answers nothing itself, but the list below it may.
        unfolding = extractor.question.answer_type in UNFOLDING
        sentences = list[tuple[RetrievedPassage, Span]]()
        rows = list[NDArray[numpy.float32]]()
        for one, view in zip(retrieved, self._views(retrieved), strict=True):
            measured = extractor.measure(
                view,
                title=fold(one.document.metadata.title),
                spoken_of=fold(spoken_of(demands, one)),
            )
            for sentence, row in zip(view.sentences, measured, strict=True):
                if _may_answer(one.document, sentence.span, unfolding=unfolding):
                    sentences.append((one, sentence.span))
                    rows.append(row)
        if not sentences:
            return []
        texts = [span.of(one.document.text) for one, span in sentences]
        ranked = self._ranker.rank(extractor.question.text, texts, numpy.stack(rows))
        return [
            Evidence(
                passage=one.passage,
                document=one.document,
                span=span,
                score=opinion.probability,
                answer=opinion.answer.shifted(span.start) if opinion.answer else None,
            )
            for (one, span), opinion in zip(sentences, ranked, strict=True)
        ]

    def _views(self, retrieved: Sequence[RetrievedPassage]) -> list[PassageView]:
        """The passages prepared; those prepared before are remembered."""
        passages = {one.passage.passage_id: one.passage for one in retrieved}
        with self._lock:
            known = {key: self._kept[key] for key in passages if key in self._kept}
        missing = [passage for key, passage in passages.items() if key not in known]
        made = view_passages(
            [(passage.text, passage.context, passage.span.start) for passage in missing],
            self._embedder.embed_passages,
        )
        known |= {passage.passage_id: view for passage, view in zip(missing, made, strict=True)}
        with self._lock:
            for key, view in known.items():
                self._kept[key] = view
                self._kept.move_to_end(key)
            while len(self._kept) > VIEWS_KEPT:
                self._kept.popitem(last=False)
        return [known[one.passage.passage_id] for one in retrieved]
