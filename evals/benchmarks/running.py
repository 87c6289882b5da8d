"""Asks the questions of a benchmark one after the other."""

from collections.abc import Iterable, Iterator, Mapping

from evals.asking import ask
from evals.libraries import Entry
from evals.progress import Advance
from evals.records import Case, Judged
from evals.scoring import judge
from rag.assembly import System
from rag.text import fold

# DragonBall's own measure: a passage counts where it holds so much of a reference sentence.
REFERENCE_CHARS = 25


def ask_all(system: System, cases: Iterable[Case], *, advance: Advance | None) -> Iterator[Judged]:
    """Ask and judge each case, in order; `advance` is called after each."""
    for case in cases:
        prediction, confidence = ask(system, case)
        yield judge(case, prediction, confidence=confidence)
        if advance is not None:
            advance()


def fold_passages(entries: Iterable[Entry]) -> dict[str, str]:
    """Passage id → folded text, for `passages_holding`."""
    return {p.passage_id: fold(p.text) for entry in entries for p in entry.passages}


def passages_holding(folded: Mapping[str, str], wordings: Iterable[str]) -> dict[str, int]:
    """Qrels: grade 1 for each passage that holds the beginning of one of the wordings.

    Compared are the first `REFERENCE_CHARS` folded characters, since a sentence may go on in
    the next passage. Empty where no passage does.

    Args:
        folded: From `fold_passages`.
        wordings: Sentences or answers; those without a character that counts find nothing.
    """
    beginnings = [beginning for one in wordings if (beginning := fold(one)[:REFERENCE_CHARS])]
    return {
        passage_id: 1
        for passage_id, text in folded.items()
        if any(beginning in text for beginning in beginnings)
    }
