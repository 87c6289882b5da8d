"""Which passages answer our own questions: relevance judgements in the form of TREC.

They follow from the evidence quotes; after a change to questions, library or splitting run
python -m evals.qrels
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from evals.measures.facts import fact_held
from evals.questions import HALVES, OWN, AskedQuestion, EvidenceQuote, Line, asked, read_questions
from ingest.builtin import COLLECTION
from rag.catalog import Catalog
from rag.documents import Document, derive_document_id
from rag.errors import DocumentNotFoundError, EvaluationError
from rag.text import Span

QRELS = "qrels.txt"

Qrels = Mapping[str, Mapping[str, int]]


def derive_qrels(catalog: Catalog, lines: Iterable[Line]) -> dict[str, dict[str, int]]:
    """Question id → passage id → grade; questions without evidence are left out.

    A passage that holds some of an evidence quote is relevant: grade 2 where what it holds of
    the quote has a wording of a fact, else 1.

    Raises:
        EvaluationError: The library does not hold a quote as it stands.
    """
    return {
        identifier: _grades(catalog, identifier, question)
        for line in lines
        for identifier, question in asked(line)
        if question.evidence
    }


def _grades(catalog: Catalog, identifier: str, question: AskedQuestion) -> dict[str, int]:
    grades = dict[str, int]()
    for evidence in question.evidence:
        document = _document(catalog, identifier, evidence)
        for place in _places(document.text, evidence.quote):
            for passage in catalog.passages(document.document_id):
                if passage.span.overlaps(place):
                    held = _common(passage.span, place).of(document.text)
                    grade = 2 if any(fact_held(fact, held) for fact in question.facts) else 1
                    grades[passage.passage_id] = max(grade, grades.get(passage.passage_id, 0))
    return grades


def _common(one: Span, other: Span) -> Span:
    return Span(max(one.start, other.start), min(one.end, other.end))


def _document(catalog: Catalog, identifier: str, evidence: EvidenceQuote) -> Document:
    """The document of a quote, which holds it."""
    source = f"library:{evidence.document}"
    try:
        document = catalog.document(derive_document_id(collection=COLLECTION, source=source))
    except DocumentNotFoundError as error:
        message = f"问题 {identifier} 的依据出自 {evidence.document}，内置资料库没有这份文件"
        raise EvaluationError(message) from error
    if evidence.quote not in document.text:
        message = f"问题 {identifier} 的依据在 {evidence.document} 中找不到：{evidence.quote}"
        raise EvaluationError(message)
    return document


def _places(text: str, quote: str) -> Iterator[Span]:
    start = text.find(quote)
    while start >= 0:
        yield Span(start, start + len(quote))
        start = text.find(quote, start + 1)


def format_qrels(qrels: Qrels) -> str:
    """TREC lines `question 0 passage grade`: questions in order, best passages first."""
    return "".join(
        f"{question} 0 {passage} {grade}\n"
        for question, grades in qrels.items()
        for passage, grade in sorted(grades.items(), key=lambda pair: (-pair[1], pair[0]))
    )


def write_qrels(path: Path, qrels: Qrels) -> None:
    """Write `format_qrels`; the file appears whole or not at all."""
    partial = path.with_name(f"{path.name}.partial")
    partial.write_text(format_qrels(qrels), encoding="utf-8")
    partial.replace(path)


def read_qrels(path: Path) -> dict[str, dict[str, int]]:
    """The inverse of `format_qrels`.

    Raises:
        EvaluationError: The file cannot be read, or a line is malformed.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeError) as error:
        message = f"读不了相关性判断 {path}：{error}"
        raise EvaluationError(message) from error
    qrels = dict[str, dict[str, int]]()
    for number, line in enumerate(lines, start=1):
        match line.split():
            case [question, _, passage, grade] if grade.isdecimal():
                qrels.setdefault(question, {})[passage] = int(grade)
            case _:
                message = f"{path} 第 {number} 行不是“问题 0 段落 等级”：{line!r}"
                raise EvaluationError(message)
    return qrels


def main(folder: Path = OWN) -> None:
    """Write the judgements of both halves anew."""
    from evals.builtin import open_builtin_library  # deferred: readers of qrels need no library

    lines = [line for half in HALVES for line in read_questions(folder / f"{half}.jsonl")]
    with open_builtin_library() as system:
        qrels = derive_qrels(system.catalog, lines)
    write_qrels(folder / QRELS, qrels)
    sys.stdout.write(f"{folder / QRELS}：{len(qrels)} 题\n")


if __name__ == "__main__":
    main()
