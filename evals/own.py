"""Our own questions on the built-in library."""

import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from evals.datasets import read_lines
from ingest.pipeline import ingest_builtin
from rag.assembly import System, open_system
from rag.documents import Answer, AnswerStatus
from rag.settings import Settings
from rag.text import fold

QUESTIONS = Path(__file__).parent / "data" / "smoke.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One question, what was answered, and how it was judged.

    Attributes:
        recall: Share of the facts that the answer holds; 1 where there are none to hold.
        verified: Whether every citation stands where it says.
        milliseconds: From question to answer.
    """

    item: Mapping[str, Any]
    answer: Answer
    recall: float
    verified: bool
    milliseconds: float

    @property
    def answerable(self) -> bool:
        """Whether the library holds the answer."""
        return bool(self.item["facts"])

    @property
    def refused(self) -> bool:
        """Whether the answer says that nothing was found."""
        return self.answer.status is AnswerStatus.NO_EVIDENCE


def fact_recall(text: str, facts: Sequence[Sequence[str]]) -> float:
    """Share of the facts of which one wording stands in `text`; 1 without facts."""
    folded = fold(text)
    held = [any(fold(wording) in folded for wording in fact) for fact in facts]
    return sum(held) / len(held) if held else 1.0


def ask(system: System, item: Mapping[str, Any]) -> Outcome:
    """Ask one question and judge the answer."""
    since = time.perf_counter()
    answer = system.assistant.answer(item["question"])
    milliseconds = (time.perf_counter() - since) * 1000
    cited = [(c, system.catalog.document(c.document_id)) for c in answer.citations]
    return Outcome(
        item=item,
        answer=answer,
        recall=fact_recall(answer.text, item["facts"]),
        verified=all(d.text[c.start : c.end] == c.quote for c, d in cited),
        milliseconds=milliseconds,
    )


def run(path: Path = QUESTIONS) -> list[Outcome]:
    """Ask every question of a file of a fresh built-in library."""
    with TemporaryDirectory(prefix="wence-evals-") as folder:
        settings = Settings(data=Path(folder), embedding_model="", chat_model="")
        with open_system(settings, program="wence eval") as system:
            ingest_builtin(system.storage)
            return [ask(system, item) for item in read_lines(path)]


def summarise(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """The measures of a run; refusals count as holding no fact."""
    answerable = [o for o in outcomes if o.answerable]
    others = [o for o in outcomes if not o.answerable]
    return {
        "questions": len(outcomes),
        "fact_recall": statistics.fmean(o.recall for o in answerable),
        "false_refusals": statistics.fmean(o.refused for o in answerable),
        "refusals": statistics.fmean(o.refused for o in others),
        "span_validity": statistics.fmean(o.verified for o in outcomes),
        "median_characters": statistics.median(len(o.answer.text) for o in answerable),
        "median_ms": statistics.median(o.milliseconds for o in outcomes),
    }
