"""STARD and LeCoQA: what lay people ask, and the articles of statutes that answer them.

Each article is a document of one passage, with the law's name and its own number as title, as
the corpus has it. The questions are asked, too, for a lawyer's answer stands in none of the
articles word for word: status, citations and time are measured, facts are not.

Source:
    Su et al., STARD: A Chinese Statute Retrieval Dataset with Real Queries Issued by
    Non-professionals, EMNLP 2024 Findings, arXiv:2406.15313.
"""

from collections.abc import Iterator
from pathlib import Path

from evals.asking import ask, retrieved_records
from evals.datasets import Published, read_lines, require_files
from evals.libraries import COLLECTION, Entry, open_library
from evals.progress import Advance
from evals.records import Case, Judged
from evals.scoring import judge
from rag.documents import Document, Kind, Metadata, Passage, derive_document_id
from rag.text import Span

# Deep enough for R@50.
DEPTH = 50


class _Article(Published):
    id: str
    name: str
    text: str


class _Question(Published):
    """One line of queries.jsonl; `gold` are ids of articles."""

    query_id: str
    question: str
    gold: tuple[str, ...]


def count(folder: Path) -> int:
    """How many questions queries.jsonl holds."""
    (queries,) = require_files(folder, "queries")
    return sum(1 for _ in read_lines(queries, _Question))


def run(folder: Path, *, advance: Advance | None = None) -> Iterator[Judged]:
    """Look every question up among all articles, `DEPTH` deep, and ask it.

    Args:
        folder: With queries.jsonl and corpus.jsonl.xz.
        advance: Called after each question.
    """
    queries, corpus = require_files(folder, "queries", "corpus")
    questions = list(read_lines(queries, _Question))
    with open_library(map(_entry, read_lines(corpus, _Article))) as system:
        for question in questions:
            case = Case(
                id=question.query_id,
                task="stard",
                question=question.question,
                relevant=dict.fromkeys(question.gold, 1),
            )
            prediction, confidence = ask(system, case)
            found = system.assistant.search(case.question, limit=DEPTH)
            deeper = prediction.model_copy(update={"retrieved": retrieved_records(found)})
            yield judge(case, deeper, confidence=confidence)
            if advance is not None:
                advance()


def _entry(article: _Article) -> Entry:
    document_id = derive_document_id(collection=COLLECTION, source=article.id)
    return Entry(
        document=Document(
            document_id=document_id,
            collection=COLLECTION,
            source=article.id,
            file_name=article.name,
            text=article.text,
            metadata=Metadata(
                title=article.name, kind=Kind.LAW, origins={"title": "table", "kind": "table"}
            ),
        ),
        passages=(
            Passage(
                # What the qrels name.
                passage_id=article.id,
                document_id=document_id,
                index=0,
                span=Span(0, len(article.text)),
                text=article.text,
                context=article.name,
            ),
        ),
    )
