"""Builds the test set of quotations from the built-in library and from what is kept by hand.

Run: python -m evals.quotations.build

Same library and same files, same test set. Every quotation is checked by `oracle`: what must be
exact stands in the library, what must not be exact stands nowhere in it.
"""

import hashlib
import sys
from collections import Counter, deque
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from evals.builtin import open_builtin_library
from evals.questions import HALVES, Half, Words
from evals.quotations.classes import CLASSES, INVENTED, SET_PHRASE, QuotationClass
from evals.quotations.cutting import Made
from evals.quotations.draws import draw, shuffled
from evals.quotations.library import Library, make_library
from evals.quotations.marking import write_drafts
from evals.quotations.records import (
    FOLDER,
    VERIFY,
    QuotationCase,
    read_records,
    read_text,
)
from evals.records import Record, write_lines
from ingest.builtin import COLLECTION
from rag.assembly import System
from rag.documents import Document, Filters
from rag.errors import EvaluationError, WenceError

PHRASES, INVENTIONS = "phrases.txt", "invented.jsonl"
EACH_HALF = 15
SHARED_AT_MOST = 11


class InventedLine(Record):
    """A sentence that nobody said; `speaker` is who it is given to, if anybody."""

    text: Words
    speaker: Words | None = None


def build_cases(library: Library, *, folder: Path = FOLDER) -> list[QuotationCase]:
    """The quotations, class by class, dev before test; no two with the same words and speaker.

    Each class takes from the documents of a half in turn, so that it is spread over them.

    Args:
        library: What they are made from.
        folder: With phrases.txt and invented.jsonl.

    Raises:
        EvaluationError: A phrase does not stand in the library, or an invented sentence
            shares more than SHARED_AT_MOST characters in a row with it.
    """
    cases = dict[tuple[str, str | None], QuotationCase]()
    for one in CLASSES:
        for half in HALVES:
            fresh = (
                case
                for case in _made(library, one, half)
                if cases.setdefault((case.text, case.speaker), case) is case
            )
            deque(islice(fresh, EACH_HALF), maxlen=0)
    for case in (*_phrases(library, folder), *_inventions(library, folder)):
        cases.setdefault((case.text, case.speaker), case)
    return list(cases.values())


def _made(library: Library, one: QuotationClass, half: Half) -> Iterator[QuotationCase]:
    """Valid quotations of a class, from each document in turn until none has any left."""
    documents = {document.metadata.title: document for document in library.of_half(half)}
    streams = [
        (documents[title], one.make(library, documents[title]))
        for title in shuffled(documents, one.name)
    ]
    used = set[tuple[str, object]]()
    while streams:
        for stream in list(streams):
            document, making = stream
            made = _next_valid(library, one, document, making, used)
            if made is None:
                streams.remove(stream)
            else:
                used.add((document.document_id, made.source))
                yield _case(one, document, made, half)


def _next_valid(
    library: Library,
    one: QuotationClass,
    document: Document,
    making: Iterator[Made],
    used: set[tuple[str, object]],
) -> Made | None:
    for made in making:
        fresh = (document.document_id, made.source) not in used
        if fresh and is_valid(library, one, document, made):
            return made
    return None


def is_valid(library: Library, one: QuotationClass, document: Document, made: Made) -> bool:
    """Whether the library says of a quotation what its class says.

    Exact words, whoever is said to have said them, stand in the document they were made from;
    others nowhere.
    """
    holding = library.oracle.holding(made.text)
    return document.metadata.title in holding if one.verdict != "altered" else not holding


def _case(one: QuotationClass, document: Document, made: Made, half: Half) -> QuotationCase:
    return _named(
        QuotationCase.model_validate({
            "id": "",
            "class": one.name,
            "text": made.text,
            "speaker": made.speaker,
            "verdict": one.verdict,
            "document_title": document.metadata.title,
            "source_quote": made.source.of(document.text) if made.source else None,
            "half": half,
        })
    )


def _named(case: QuotationCase) -> QuotationCase:
    """Its class with 8 hexadecimal digits of what is asked."""
    words = "\0".join((case.class_name, case.text, case.speaker or ""))
    digest = hashlib.blake2b(words.encode(), digest_size=4).hexdigest()
    return case.model_copy(update={"id": f"{case.class_name}-{digest}"})


def _phrases(library: Library, folder: Path) -> Iterator[QuotationCase]:
    phrases = read_text(folder / PHRASES).split()
    for number, phrase in enumerate(shuffled(phrases, SET_PHRASE)):
        holding = library.oracle.holding(phrase)
        if not holding:
            message = f"提法“{phrase}”不在资料库里，请改正 {PHRASES}"
            raise EvaluationError(message)
        yield _named(
            QuotationCase.model_validate({
                "id": "",
                "class": SET_PHRASE,
                "text": phrase,
                "verdict": "exact",
                "document_title": holding[0],
                "source_quote": phrase,
                "half": HALVES[number % 2],
            })
        )


def _inventions(library: Library, folder: Path) -> Iterator[QuotationCase]:
    lines = read_records(folder / INVENTIONS, InventedLine)
    for number, line in enumerate(sorted(lines, key=lambda line: draw(10**9, line.text))):
        if library.oracle.shares(line.text, length=SHARED_AT_MOST + 1):
            message = f"“{line.text}”与资料库有 {SHARED_AT_MOST} 个以上连续的字相同，请改写"
            raise EvaluationError(message)
        yield _named(
            QuotationCase.model_validate({
                "id": "",
                "class": INVENTED,
                "text": line.text,
                "speaker": line.speaker,
                "verdict": "not_found",
                "half": HALVES[number % 2],
            })
        )


def built_in_documents(system: System) -> list[Document]:
    """Every document of the built-in library."""
    documents = system.catalog.document_ids(Filters(collection=COLLECTION)) or frozenset()
    return list(system.catalog.documents_by_id(documents).values())


def build(folder: Path = FOLDER, *, into: Path | None = None) -> tuple[Counter[str], Counter[str]]:
    """Write verify.jsonl, drafts/ and drafts.jsonl anew.

    Args:
        folder: With what is kept by hand.
        into: Where the test set goes; None for `folder`.

    Returns:
        How many quotations each class has, and how many labels each verdict.

    Raises:
        EvaluationError: Something kept by hand is malformed or at odds with the library.
    """
    with open_builtin_library() as system:
        library = make_library(built_in_documents(system), folder=folder)
    cases = build_cases(library, folder=folder)
    write_lines((into or folder) / VERIFY, cases)
    labels = write_drafts(library.oracle, folder=folder, into=into or folder)
    return Counter(case.class_name for case in cases), Counter(label.verdict for label in labels)


def main() -> int:
    """Run the command; returns the exit code."""
    try:
        classes, verdicts = build()
    except WenceError as error:
        sys.stderr.write(f"出错：{error}\n")
        return 1
    for name, number in classes.items():
        sys.stdout.write(f"{name}：{number}\n")
    sys.stdout.write(f"引语共 {classes.total()} 条；草稿标注 {dict(verdicts)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
