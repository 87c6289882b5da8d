"""How long it takes to check what a chat model wrote."""

import random
import time
from typing import Final

from rag.assembly import built_in_rarity
from rag.claims import ClaimChecker
from rag.documents import Document, Kind, Metadata, Passage, RetrievedPassage
from rag.text import Span, sentence_spans
from rag.words import built_in_words
from ui.bench.documents import library_clauses, synthetic_document
from ui.bench.figures import Figure, figure, quantile

_REPLIES: Final = 100
_EVIDENCE: Final = 8
_CHARACTERS: Final = 500
_PASSAGE_CHARACTERS: Final = 400


def measure_replies() -> list[Figure]:
    """How long replies of 500 characters with eight citations take to be checked."""
    clauses = library_clauses()
    chance = random.Random(_REPLIES)  # noqa: S311 - texts for measuring, no secrets
    documents = [
        _retrieved(synthetic_document(clauses, number).text) for number in range(_EVIDENCE * 4)
    ]
    _check_ms(documents[:_EVIDENCE], chance)
    times = sorted(_check_ms(chance.sample(documents, _EVIDENCE), chance) for _ in range(_REPLIES))
    return [
        figure("reply_p50_ms", "核对模型的回答（500 字）p50", quantile(times, 0.5), "毫秒"),
        figure("reply_p95_ms", "　p95", quantile(times, 0.95), "毫秒", at_most=30),
    ]


def _retrieved(text: str) -> RetrievedPassage:
    document = Document(
        document_id=f"doc_{hash(text):x}",
        collection="bench",
        source="bench",
        file_name="bench",
        text=text,
        metadata=Metadata(title=text.partition("\n")[0], kind=Kind.NEWS),
    )
    span = Span(0, min(len(text), _PASSAGE_CHARACTERS))
    passage = Passage(
        passage_id=document.document_id,
        document_id=document.document_id,
        index=0,
        span=span,
        text=span.of(text),
    )
    return RetrievedPassage(passage=passage, document=document, score=1.0)


def _check_ms(evidence: list[RetrievedPassage], chance: random.Random) -> float:
    """One reply, of sentences of the evidence in turn; a new checker, as for each answer."""
    sentences = list[str]()
    while sum(map(len, sentences)) < _CHARACTERS:
        number = len(sentences) % len(evidence)
        passage = evidence[number].passage
        span = chance.choice(sentence_spans(passage.text))
        sentences.append(f"{span.of(passage.text).strip()}[{number + 1}]")
    since = time.perf_counter()
    checker = ClaimChecker(evidence, segmenter=built_in_words(), rarity=built_in_rarity())
    for sentence in sentences:
        checker.check(sentence)
    return (time.perf_counter() - since) * 1000
