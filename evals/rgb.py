"""RGB, Chinese part: is the answer held, in few characters, although passages mislead?"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.datasets import read_lines
from rag.documents import (
    Document,
    Evidence,
    Metadata,
    Passage,
    RetrievedPassage,
    derive_document_id,
)
from rag.embedding import load_embedder
from rag.evidence import EvidenceFinder, least_confidence
from rag.extraction import PassageAt, extract
from rag.ranking import load_ranker
from rag.rarity import WordRarity
from rag.text import Span, fold
from rag.words import STATIC_MODEL, Words

PASSAGES = 5
NOISES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one question; `text` is empty where it was refused."""

    question: str
    held: bool
    refused: bool
    text: str


def choose_passages(item: Mapping[str, Any], noise: float) -> list[str]:
    """Of five passages ceil(5 × noise) are negatives, as the benchmark prescribes."""
    negatives = math.ceil(PASSAGES * noise)
    positives = item["positive"][: PASSAGES - negatives]
    # Negatives first: nothing may be learnt from the order.
    return [*item["negative"][: PASSAGES - len(positives)], *positives]


def as_passage(text: str) -> RetrievedPassage:
    """A given passage as a document of its own."""
    document_id = derive_document_id(collection="rgb", source=text)
    return RetrievedPassage(
        document=Document(
            document_id=document_id,
            collection="rgb",
            source=document_id,
            file_name=document_id,
            text=text,
            metadata=Metadata(title=""),
        ),
        passage=Passage(
            passage_id=document_id,
            document_id=document_id,
            index=0,
            span=Span(0, len(text)),
            text=text,
        ),
        score=1.0,
    )


def answer_from(finder: EvidenceFinder, question: str, passages: Sequence[str]) -> str:
    """The extractive answer without markers, or "" where it is refused."""
    found = finder.find(question, [as_passage(text) for text in passages if text.strip()])
    least = least_confidence(found.question)
    if found.confidence < least:
        return ""
    evidence = [e for e in found.evidence if e.score >= least]
    answer = extract(found.question, evidence, passage_at=_only_passage(evidence))
    return "\n".join(citation.quote for citation in answer.citations)


def _only_passage(evidence: Sequence[Evidence]) -> PassageAt:
    passages = {one.document.document_id: one.passage for one in evidence}
    return lambda document, _offset: passages[document.document_id]


def holds(text: str, answers: Sequence[Any], limit: int = 150) -> bool:
    """Whether the first `limit` characters hold one of the alternatives of each part."""
    folded = fold(text[:limit])
    parts = answers if answers and isinstance(answers[0], list) else [answers]
    return all(any(fold(str(one)) in folded for one in part) for part in parts)


def measure(folder: Path) -> dict[str, float]:
    """Share of questions whose answer is held in 150 characters, by noise, and refusals."""
    words, embedder = Words(), load_embedder()
    finder = EvidenceFinder(
        ranker=load_ranker(),
        embedder=embedder,
        segmenter=words,
        rarity=WordRarity(STATIC_MODEL / "tokenizer.json"),
    )
    items = read_lines(folder / "zh_refine.jsonl")
    measured = dict[str, float]()
    for noise in NOISES:
        texts = [answer_from(finder, i["query"], choose_passages(i, noise)) for i in items]
        if noise < 1:
            held = [holds(text, i["answer"]) for text, i in zip(texts, items, strict=True)]
            measured[f"held@{noise}"] = sum(held) / len(items)
        measured[f"refused@{noise}"] = sum(not text for text in texts) / len(items)
        measured[f"characters@{noise}"] = sum(map(len, texts)) / len(items)
    return measured
