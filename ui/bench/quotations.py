"""How fast quotations are verified and drafts checked, and how large and fast their index is."""

import random
import statistics
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from ingest.fingerprinting import complete_fingerprints, complete_lexicon
from ingest.progress import SILENCE
from rag.assembly import DraftDesk, open_embedder, open_quotations
from rag.documents import (
    Document,
    Kind,
    Metadata,
    PartialDate,
    Passage,
    derive_document_id,
    derive_passage_id,
)
from rag.quotations.verification import Verifier
from rag.settings import Settings
from rag.storage import FINGERPRINTS_NAME, Storage, open_storage
from rag.text import Span
from rag.words import Words
from ui.bench.documents import library_clauses, synthetic_document
from ui.bench.figures import Figure, figure, quantile
from ui.bench.processes import folder_mb

PASSAGE_CHARACTERS: Final = 300
_VERIFIED: Final = 400
_WARM_UP: Final = 20
_DRAFTS: Final = 5
_DRAFT_CHARACTERS: Final = 10_000
_QUOTED_SHARE: Final = 0.25
_SENTENCES: Final = 5
_SPEAKERS: Final = ("市长郝示范", "县委书记甄示例", "省委", "会议")
_WORDS_AT_ONCE: Final = 2000
_SHARES: Final = (
    ("verbatim", 0.5),
    ("digit", 0.2),
    ("moved", 0.1),
    ("dropped", 0.1),
    ("none", 0.1),
)


def measure_quotations(folder: Path, *, passages: int) -> list[Figure]:
    """Figures of a library with so many passages, which is made in `folder`.

    Vectors are left out: quotations do not ask for them.
    """
    settings = Settings(data=folder)
    chance = random.Random(passages)  # noqa: S311 - texts for measuring, no secrets
    with open_storage(
        folder, embedder=open_embedder(settings), segmenter=Words(), program="wence bench"
    ) as storage:
        texts = _fill(storage, passages=passages)
        megabytes = sum(len(text.encode()) for text in texts) / 2**20
        since = time.perf_counter()
        complete_fingerprints(storage, SILENCE)
        seconds = time.perf_counter() - since
        verifier = Verifier(open_quotations(storage))
        quotations = [_quotation(texts, chance) for _ in range(_WARM_UP + _VERIFIED)]
        for quotation in quotations[:_WARM_UP]:
            verifier.verify(quotation)
        times = sorted(_verify_ms(verifier, quotation) for quotation in quotations[_WARM_UP:])
        since = time.perf_counter()
        complete_lexicon(storage, SILENCE)
        lexicon_seconds = time.perf_counter() - since
        desk = DraftDesk(storage, verifier)
        desk.check(_draft(texts, chance))
        drafts = [_draft(texts, chance) for _ in range(_DRAFTS)]
        draft_seconds = [_check_s(desk, draft) for draft in drafts]
    ratio = folder_mb(folder / FINGERPRINTS_NAME) / megabytes
    at_most = 50 if passages <= 100_000 else 150
    return [
        figure("quotation_passages", "引文：段落", passages, "段"),
        figure("verify_p50_ms", "　核对 p50", statistics.median(times), "毫秒"),
        figure("verify_p95_ms", "　核对 p95", quantile(times, 0.95), "毫秒", at_most=at_most),
        figure("fingerprint_mb_s", "　编引文索引", megabytes / seconds, "MB/秒", at_least=5),
        figure("fingerprint_ratio", "　索引与文字之比", ratio, "", at_most=2),
        figure("lexicon_mb_s", "　读取词表", megabytes / lexicon_seconds, "MB/秒"),
        figure(
            "draft_s",
            "　核对一万字的稿件",
            statistics.median(draft_seconds),
            "秒",
            at_most=2 if passages <= 100_000 else None,
        ),
    ]


def _fill(storage: Storage, *, passages: int) -> list[str]:
    """Store synthetic documents until there are so many passages; returns their texts."""
    clauses = library_clauses()
    texts = list[str]()
    waiting = list[Passage]()
    count = 0
    while count < passages:
        document = _document(clauses, len(texts))
        parts = list(_passages(document))
        storage.catalog.put_document(document, parts)
        texts.append(document.text)
        waiting += parts
        count += len(parts)
        if len(waiting) >= _WORDS_AT_ONCE or count >= passages:
            storage.words.upsert(
                (one.passage_id, one.document_id, one.indexed_text) for one in waiting
            )
            waiting = []
    return texts


def _document(clauses: Sequence[str], number: int) -> Document:
    made = synthetic_document(clauses, number)
    source = f"bench:{made.name}"
    return Document(
        document_id=derive_document_id(collection="bench", source=source),
        collection="bench",
        source=source,
        file_name=made.name,
        text=made.text.rstrip("\n"),
        metadata=Metadata(
            title=made.text.split("\n", 1)[0],
            kind=Kind.NEWS,
            published_date=PartialDate(year=1998 + number % 27),
        ),
    )


def _passages(document: Document) -> Iterator[Passage]:
    text = document.text
    for index, start in enumerate(range(0, len(text), PASSAGE_CHARACTERS)):
        span = Span(start, min(len(text), start + PASSAGE_CHARACTERS))
        words = span.of(text)
        yield Passage(
            passage_id=derive_passage_id(
                document_id=document.document_id, span=span, indexed_text=words
            ),
            document_id=document.document_id,
            index=index,
            span=span,
            text=words,
        )


def _quotation(texts: Sequence[str], chance: random.Random) -> str:
    """A stretch of a text, mostly verbatim, else changed; a tenth stands nowhere."""
    text = chance.choice(texts)
    length = chance.choice((8, 16, 30, 60, 120, 200))
    start = chance.randrange(len(text) - length)
    return _changed(text[start : start + length], chance)


def _changed(words: str, chance: random.Random) -> str:
    """The words, or every other time a change of them."""
    (kind,) = chance.choices([name for name, _ in _SHARES], [share for _, share in _SHARES])
    middle = len(words) // 2
    match kind:
        case "digit":
            return words[:middle] + chance.choice("0123456789甲乙") + words[middle + 1 :]
        case "moved":
            return words[middle:] + words[:middle]
        case "dropped":
            return words[:middle] + words[middle + 3 :]
        case "none":
            return "".join(chance.sample(words, len(words)))
        case _:
            return words


def _draft(texts: Sequence[str], chance: random.Random) -> str:
    """A draft, each paragraph of sentences of one text, some quoted, half of those changed."""
    paragraphs = list[str]()
    while sum(map(len, paragraphs)) < _DRAFT_CHARACTERS:
        sentences = list[str]()
        _, _, *told = chance.choice(texts).split("\n")
        for _ in range(_SENTENCES):
            sentence, _, _ = chance.choice(told).partition("。")
            if chance.random() < _QUOTED_SHARE:
                sentence = f"{chance.choice(_SPEAKERS)}指出：“{_changed(sentence, chance)}”"
            sentences.append(sentence)
        paragraphs.append("。".join(sentences) + "。")
    return "\n".join(paragraphs)[:_DRAFT_CHARACTERS]


def _verify_ms(verifier: Verifier, quotation: str) -> float:
    since = time.perf_counter()
    try:
        verifier.verify(quotation)
    except ValueError:  # nothing but white space and marks
        return 0.0
    return (time.perf_counter() - since) * 1000


def _check_s(desk: DraftDesk, draft: str) -> float:
    since = time.perf_counter()
    desk.check(draft)
    return time.perf_counter() - since
