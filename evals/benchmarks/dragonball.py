"""DragonBall of RAGEval, Chinese part: reports, judgments and medical records, all invented.

A question rests on reference sentences of one document or of several; of some questions the
documents say nothing. Passages are those that 问策 cuts the documents into.

Source:
    Zhu et al., RAGEval: Scenario Specific RAG Evaluation Dataset Generation Framework,
    ACL 2025, arXiv:2408.01262.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from evals.benchmarks.running import ask_all, fold_passages, passages_holding
from evals.datasets import Published, read_lines, require_files
from evals.libraries import Entry, Text, open_library, read_text
from evals.progress import Advance
from evals.records import Case, Judged


class _Document(Published):
    doc_id: str
    content: str


class _Question(Published):
    """One line of queries.jsonl; `refs` are sentences of the documents."""

    id: str
    question: str
    kind: str
    refs: tuple[str, ...]
    answerable: bool


def count(folder: Path) -> int:
    """How many questions queries.jsonl holds."""
    (queries,) = require_files(folder, "queries")
    return sum(1 for _ in read_lines(queries, _Question))


def run(folder: Path, *, advance: Advance | None = None) -> Iterator[Judged]:
    """Ask every question of a library made of all documents.

    Args:
        folder: With queries.jsonl and docs.jsonl.
        advance: Called after each question.
    """
    queries, documents = require_files(folder, "queries", "docs")
    questions = list(read_lines(queries, _Question))
    entries = [
        entry
        for document in read_lines(documents, _Document)
        for entry in read_text(Text(key=f"{document.doc_id}.txt", text=document.content))
    ]
    with open_library(entries) as system:
        yield from ask_all(system, _cases(questions, entries), advance=advance)


def _cases(questions: Sequence[_Question], entries: Sequence[Entry]) -> Iterator[Case]:
    folded = fold_passages(entries)
    for question in questions:
        # A few questions that cannot be answered whole have references to a part of the
        # answer; they are judged by the refusal alone.
        references = question.refs if question.answerable else ()
        yield Case(
            id=question.id,
            task="dragonball",
            question=question.question,
            kind=question.kind,
            answerable=question.answerable,
            references=references,
            relevant=passages_holding(folded, references),
        )
