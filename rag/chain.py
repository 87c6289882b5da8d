"""The retrieval chain: LangChain Runnables from question to answer, streaming.

    question ─ stand_alone ─ parts ─ PassageRetriever ─ EvidenceFinder ─ write ─► events

A question that asks for several things is looked up as it is and part by part.

Other programs may use `PassageRetriever` wherever LangChain takes a retriever.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TypedDict, cast

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableLambda
from pydantic import ConfigDict

from rag.answering import (
    AnswerDone,
    AnswerEvent,
    AnswerRequest,
    CitationsSettled,
    EvidenceFound,
    TextAdded,
    no_evidence,
    nothing_asked,
)
from rag.citations import verify
from rag.composing import Composer
from rag.documents import (
    Answer,
    AnswerMode,
    AnswerStatus,
    Filters,
    RetrievedPassage,
)
from rag.errors import ChatModelError
from rag.evidence import EvidenceFinder, Findings
from rag.extraction import PassageAt, extract, extract_parts
from rag.followups import stand_alone
from rag.openings import openings_asked_for
from rag.parts import parts_of
from rag.questions import asks_nothing
from rag.retrieval import Retriever, elapsed_ms
from rag.rewriting import Rewriter, StandAlone, by_rules
from rag.settling import Settled, settle
from rag.telemetry import FallBack, Stage, note_fall_back, stage

# Passages found, those looked through sentence by sentence, those laid before a chat model.
RETRIEVED = 24
LOOKED_THROUGH = 14
SHOWN_TO_MODEL = 8
# What the probability of a passage's best sentence adds to its score when passages are shown.
EVIDENCE_WEIGHT = 0.6


class PassageRetriever(BaseRetriever):
    """问策's retrieval as a LangChain retriever.

    Each LangChain document holds a passage's text; its metadata hold `document_id`,
    `passage_id`, `title`, `start`, `end`, `score`, and the passage itself as `retrieved`.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    retriever: Retriever
    limit: int = RETRIEVED

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,
        filters: Filters = Filters(),
    ) -> list[LangChainDocument]:
        return [
            LangChainDocument(
                page_content=found.passage.text,
                metadata={
                    "document_id": found.document.document_id,
                    "passage_id": found.passage.passage_id,
                    "title": found.document.metadata.title,
                    "start": found.passage.span.start,
                    "end": found.passage.span.end,
                    "score": found.score,
                    "retrieved": found,
                },
            )
            for found in self.retriever.retrieve(query, filters=filters, limit=self.limit)
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatWriter:
    """One chat model at work.

    Attributes:
        composer: Has it write answers; its name is that of the model.
        rewriter: Has it make follow-ups stand alone.
    """

    composer: Composer
    rewriter: Rewriter


class ChainState(TypedDict):
    """What the steps of the chain hand on; each adds one key.

    `asked` has the query and then its parts, if it has any; `retrieved` the passages for each,
    `findings` what they hold.
    """

    request: AnswerRequest
    started: float
    query: StandAlone
    asked: Sequence[str]
    retrieved: Sequence[Sequence[RetrievedPassage]]
    findings: Sequence[Findings]
    settled: Settled
    timings_ms: dict[str, float]


class AnswerChain:
    """Builds the chain and holds what its steps need.

    Args:
        retriever: Ours.
        finder: Ranks sentences.
        passage_at: The passage of a document that holds an offset.
        writers: The configured chat models, the default one first.
    """

    def __init__(
        self,
        retriever: Retriever,
        finder: EvidenceFinder,
        *,
        passage_at: PassageAt,
        writers: Sequence[ChatWriter] = (),
    ) -> None:
        self._retriever = PassageRetriever(retriever=retriever)
        self._finder = finder
        self._passage_at = passage_at
        self._writers = {writer.composer.name: writer for writer in writers}
        self.runnable = self._build()

    @property
    def chat_models(self) -> tuple[str, ...]:
        """Names of the chat models to choose from, the default one first."""
        return tuple(self._writers)

    def _build(self) -> Runnable[ChainState, AnswerEvent]:
        return (
            _assigning("query", self._query)
            | _assigning("asked", self._take_apart)
            | _assigning("retrieved", self._retrieve)
            | _assigning("findings", self._find)
            | _assigning("settled", self._settle)
            | RunnableLambda(self._write)
        )

    def stream(self, request: AnswerRequest) -> Iterator[AnswerEvent]:
        """Events in order: EvidenceFound, TextAdded…, CitationsSettled, AnswerDone."""
        if asks_nothing(request.question):
            return _whole(nothing_asked())
        state = {"request": request, "started": time.perf_counter(), "timings_ms": {}}
        return self.runnable.stream(cast("ChainState", state))

    def _writer(self, request: AnswerRequest) -> ChatWriter | None:
        """The chat model that is to write; None where none is, or none shall."""
        if request.mode is AnswerMode.EXTRACTIVE or not self._writers:
            return None
        return self._writers[request.model or next(iter(self._writers))]

    def _query(self, state: ChainState) -> StandAlone:
        request = state["request"]
        ruled = stand_alone(request.question, request.history)
        if ruled == request.question:
            return StandAlone(text=ruled)
        writer = self._writer(request)
        if writer is None:
            return by_rules(ruled)
        since = time.perf_counter()
        rewritten = writer.rewriter.rewrite(request.question, request.history, ruled=ruled)
        state["timings_ms"]["rewrite"] = elapsed_ms(since)
        return rewritten

    @staticmethod
    def _take_apart(state: ChainState) -> tuple[str, ...]:
        query = state["query"].text
        parts = parts_of(query)
        return (query, *parts) if len(parts) > 1 else parts

    def _retrieve(self, state: ChainState) -> list[list[RetrievedPassage]]:
        filters = state["request"].filters
        with stage(Stage.RETRIEVE, state["timings_ms"]):
            return [self._found(asked, filters) for asked in state["asked"]]

    def _found(self, asked: str, filters: Filters) -> list[RetrievedPassage]:
        """The passages for a question; where it asks of a document what stands above its text,
        the openings take the last of those places that are looked through.
        """
        documents = self._retriever.invoke(asked, filters=filters)
        found: list[RetrievedPassage] = [one.metadata["retrieved"] for one in documents]
        openings = openings_asked_for(asked, found, passage_at=self._passage_at)
        known = {one.passage.passage_id for one in openings}
        others = [one for one in found if one.passage.passage_id not in known]
        place = LOOKED_THROUGH - len(openings)
        return [*others[:place], *openings, *others[place:]]

    def _find(self, state: ChainState) -> list[Findings]:
        with stage(Stage.RANK, state["timings_ms"]):
            return [
                self._finder.find(asked, retrieved[:LOOKED_THROUGH])
                for asked, retrieved in zip(state["asked"], state["retrieved"], strict=True)
            ]

    @staticmethod
    def _settle(state: ChainState) -> Settled:
        whole, *parts = state["findings"]
        return settle(whole, parts)

    def _write(self, state: ChainState) -> Iterator[AnswerEvent]:
        retrieved = _interleaved([
            _by_evidence(found, findings)
            for found, findings in zip(state["retrieved"], state["findings"], strict=True)
        ])
        yield EvidenceFound(passages=retrieved)
        answer: Answer | None = None
        notes = list[str]()
        writer, query = self._writer(state["request"]), state["query"]
        if writer is None and state["request"].mode is AnswerMode.CHAT_MODEL:
            notes.append("没有配置聊天模型（WENCE_CHAT_MODEL），改用原文摘录。")
            note_fall_back(FallBack.NOT_CONFIGURED)
        if query.note:
            notes.append(query.note)
        settled = state["settled"]
        if not settled.answering:
            answer = no_evidence(settled.unmet or _nothing_to_look_at(state))
        elif writer:
            try:
                shown = _best_passages(settled.answering, retrieved)
                with stage(Stage.COMPOSE, state["timings_ms"]):
                    answer = yield from writer.composer.compose(query.text, shown)
            except ChatModelError as error:
                notes.append(f"{error}，改用原文摘录。")
                note_fall_back(error.reason)
        if answer is None:
            with stage(Stage.EXTRACT, state["timings_ms"]):
                answer = self._extract(settled)
        if answer.mode is AnswerMode.EXTRACTIVE:
            yield TextAdded(text=answer.text)
        yield CitationsSettled(citations=answer.citations)
        timings = state["timings_ms"] | {"total": elapsed_ms(state["started"])}
        confidence = None if settled.confidence is None else round(settled.confidence, 4)
        notes.extend(answer.notes)
        yield AnswerDone(
            answer=replace(answer, confidence=confidence, timings_ms=timings, notes=tuple(notes))
        )

    def _extract(self, settled: Settled) -> Answer:
        asked = [
            (findings.question, evidence)
            for findings, evidence in zip(settled.answering, settled.evidence, strict=True)
        ]
        if len(asked) == 1:
            result = extract(*asked[0], passage_at=self._passage_at)
        else:
            result = extract_parts(asked, passage_at=self._passage_at)
        documents = {e.document.document_id: e.document for _, found in asked for e in found}
        return Answer(
            status=AnswerStatus.PARTIAL if settled.missing else AnswerStatus.ANSWERED,
            text=result.text,
            citations=verify(result.citations, documents),
            notes=tuple(map(_not_found, settled.missing)),
        )


def _whole(answer: Answer) -> Iterator[AnswerEvent]:
    """The events of an answer that is there already, and rests on nothing."""
    yield EvidenceFound(passages=())
    yield TextAdded(text=answer.text)
    yield CitationsSettled(citations=answer.citations)
    yield AnswerDone(answer=answer)


def _assigning(key: str, step: Callable[[ChainState], object]) -> Runnable[ChainState, ChainState]:
    """A step of the chain that adds what it returns to the state, under `key`.

    As `RunnablePassthrough.assign`, but without the thread that this starts for each key: that
    took 7 ms of every answer.
    """

    def assign(state: ChainState) -> ChainState:
        return cast("ChainState", {**state, key: step(state)})

    return RunnableLambda(assign, name=key)


def _nothing_to_look_at(state: ChainState) -> str:
    restricted = state["request"].filters != Filters()
    if any(state["retrieved"]) or not restricted:
        return ""
    return "没有符合筛选条件的文件，请放宽集合、类型、地区、讲话人或日期的限制。"


def _not_found(findings: Findings) -> str:
    asked = findings.question.asked.rstrip("？?")
    return f"没有找到“{asked}”的依据。{findings.unmet}"


def _by_evidence(
    retrieved: Sequence[RetrievedPassage], findings: Findings
) -> list[RetrievedPassage]:
    """Passages in the order of their score and what their best sentence tells."""
    best = dict[str, float]()
    for one in findings.evidence:
        key = one.passage.passage_id
        best[key] = max(best.get(key, 0.0), one.score)
    return sorted(
        retrieved,
        key=lambda one: -(one.score + EVIDENCE_WEIGHT * best.get(one.passage.passage_id, 0.0)),
    )


def _interleaved(rankings: Sequence[Sequence[RetrievedPassage]]) -> tuple[RetrievedPassage, ...]:
    """The best of each ranking, then the second of each, and so on; each passage once."""
    if len(rankings) == 1:
        return tuple(rankings[0])
    in_turn = (one for rank in zip_longest(*rankings) for one in rank if one is not None)
    return tuple({one.passage.passage_id: one for one in in_turn}.values())


def _best_passages(
    answering: Sequence[Findings], retrieved: Sequence[RetrievedPassage]
) -> list[RetrievedPassage]:
    by_id = {one.passage.passage_id: one for one in retrieved}
    in_turn = zip_longest(*(findings.evidence for findings in answering))
    order = dict.fromkeys(one.passage.passage_id for rank in in_turn for one in rank if one)
    return [by_id[passage_id] for passage_id in order][:SHOWN_TO_MODEL]
