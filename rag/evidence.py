"""Retrieved passages → sentences that may answer the question, ranked, or none."""

import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from threading import Lock

import numpy

from rag.documents import Document, Evidence, Level, RetrievedPassage
from rag.features import FeatureExtractor, PassageView, Rarity, view_passages
from rag.places import find_places
from rag.plausibility import IMPLAUSIBLE_SHARE, plausible, speaks_of_subject
from rag.protocols import Embedder, Segmenter
from rag.questions import SHORT_ANSWERS, UNFOLDING, AnswerType, Question, analyse
from rag.ranking import EvidenceRanker
from rag.text import Span, fold

# Views kept between questions: about 15 kB each.
VIEWS_KEPT = 1500
# So many of the best sentences are looked at for a person, number, date or place.
DOUBTED = 16
# A document's own title stands among its first characters; it answers nothing.
TITLE_REACH = 200
_YEAR = re.compile(r"(?:19|20)\d{2}(?=年)")
_ORDINAL = re.compile(r"第[一二三四五六七八九十百\d]+(?:次|届|期|条|章|批|轮|号|集)")
_QUOTED = re.compile("[“《「]([^“”《》「」]{2,30})[”》」]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Demands:
    """What a document must speak of, or it cannot answer.

    Attributes:
        places: 忻州市.
        years: 2018, for 2018年.
        ordinals: 第二十二次, 第三条.
        quoted: What stands in quotation marks, folded.
    """

    places: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    ordinals: tuple[str, ...] = ()
    quoted: tuple[str, ...] = ()


_SORTS = ("places", "years", "ordinals", "quoted")


def demands_of(question: str) -> Demands:
    """Read the demands off a question."""
    return Demands(
        places=tuple(dict.fromkeys(place.name for _, place in find_places(question))),
        years=tuple(dict.fromkeys(_YEAR.findall(question))),
        ordinals=tuple(dict.fromkeys(_ORDINAL.findall(question))),
        quoted=tuple(dict.fromkeys(fold(name) for name in _QUOTED.findall(question))),
    )


def _stem(place: str) -> str:
    return place[:-1] if len(place) > 2 and place[-1] in "省市县区" else place


def met(demands: Demands, retrieved: RetrievedPassage) -> Demands:
    """Those of the demands that a passage with its document meets.

    A place counts when the title or the document's own place names it; where the document
    belongs to another place, the passage itself must name it, else any part of the text may:
    a province's report speaks of many cities in passing. A year counts when the text or a date
    has it, or when the document states no year anywhere.
    """
    document, metadata = retrieved.document, retrieved.document.metadata
    place = metadata.place
    own = "\n".join((metadata.title, *((place.name, *place.within) if place else ())))
    local = place is not None and place.level is not Level.NATION
    spoken = own + (retrieved.passage.text if local else document.text)
    dates = [date for date in (metadata.event_date, metadata.published_date) if date]
    known = {str(date.year) for date in dates if date.year}
    whole = own + document.text
    undated = bool(demands.years) and not known and not _YEAR.search(whole)
    folded = fold(whole) if demands.quoted else ""
    return Demands(
        places=tuple(name for name in demands.places if _stem(name) in spoken),
        years=tuple(y for y in demands.years if undated or y in whole or y in known),
        ordinals=tuple(ordinal for ordinal in demands.ordinals if ordinal in whole),
        quoted=tuple(name for name in demands.quoted if name in folded),
    )


def select(
    demands: Demands, retrieved: Sequence[RetrievedPassage]
) -> tuple[list[RetrievedPassage], tuple[str, ...]]:
    """The passages that can answer, and what none of them speaks of.

    A question may compare places or years: a passage then needs to speak of one of each sort
    only, but all of them together must speak of everything. Where something is missing
    altogether, nothing can answer, and no passage is left.
    """
    if demands == Demands():
        return list(retrieved), ()
    able = {one.passage.passage_id: met(demands, one) for one in retrieved}
    for sort in _SORTS:
        wanted: tuple[str, ...] = getattr(demands, sort)
        found = set[str]().union(*(getattr(meeting, sort) for meeting in able.values()))
        if missing := tuple(name for name in wanted if name not in found):
            return [], missing
        if wanted:
            able = {key: meeting for key, meeting in able.items() if getattr(meeting, sort)}
    return [one for one in retrieved if one.passage.passage_id in able], ()


def least_confidence(question: Question) -> float:
    """The probability of the best sentence below which a question is not answered.

    Questions for a person, number or place can be checked against the sentence, and training
    has many of them; for the others the ranker gives lower probabilities throughout, and a
    date that is there is rarely another's. The values were chosen on our own questions and the
    held-out ones of the training.
    """
    if question.answer_type is AnswerType.DATE:
        return 0.045
    return 0.1 if question.answer_type in SHORT_ANSWERS else 0.04


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What the ranker makes of the retrieved passages.

    Attributes:
        question: The question taken apart.
        evidence: Best first; empty when nothing was retrieved.
        confidence: Probability that the best sentence answers the question.
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


def _doubted(question: Question, evidence: Evidence) -> Evidence:
    passage = fold(evidence.passage.context + evidence.passage.text)
    if plausible(question, evidence.text) and speaks_of_subject(question, passage):
        return evidence
    return replace(evidence, score=evidence.score * IMPLAUSIBLE_SHARE)


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
        demands = demands_of(text)
        meeting, missing = select(demands, retrieved)
        unmet = f"库中相近的文件没有谈到“{'”“'.join(missing)}”。" if missing else ""
        extractor = FeatureExtractor(
            question,
            rarity=self._rarity,
            vector=self._embedder.embed_query(text),
            segmenter=self._segmenter,
        )
        evidence = self._score(extractor, meeting)
        evidence.sort(key=_best_first)
        evidence[:DOUBTED] = [_doubted(question, one) for one in evidence[:DOUBTED]]
        evidence.sort(key=_best_first)
        return Findings(
            question=question,
            evidence=tuple(evidence),
            confidence=evidence[0].score if evidence else 0.0,
            unmet=unmet,
        )

    def _score(
        self, extractor: FeatureExtractor, retrieved: Sequence[RetrievedPassage]
    ) -> list[Evidence]:
        views = self._views(retrieved)
        sentences = [
            (one, sentence.span)
            for one, view in zip(retrieved, views, strict=True)
            for sentence in view.sentences
        ]
        if not sentences:
            return []
        rows = [
            extractor.measure(view, title=fold(one.document.metadata.title))
            for one, view in zip(retrieved, views, strict=True)
        ]
        probabilities = self._ranker.probabilities(numpy.concatenate(rows))
        # A heading answers nothing itself, but the list below it may.
        unfolding = extractor.question.answer_type in UNFOLDING
        return [
            Evidence(
                passage=one.passage, document=one.document, span=span, score=float(probability)
            )
            for (one, span), probability in zip(sentences, probabilities, strict=True)
            if not _is_title(one.document, span)
            and (unfolding or all(heading.span != span for heading in one.document.headings))
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
