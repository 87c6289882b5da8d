"""Our own questions, put to the built-in library."""

from collections.abc import Callable, Iterator
from pathlib import Path

from evals.asking import ask
from evals.builtin import open_builtin_library
from evals.qrels import QRELS, Qrels, read_qrels
from evals.questions import OWN, Split, read_cases, read_dialogues
from evals.records import Case, Judged, Message
from evals.scoring import judge
from rag.assembly import System
from rag.catalog import Catalog
from rag.errors import EvaluationError


def count(split: Split, *, folder: Path = OWN) -> int:
    """How many questions `run` will ask."""
    return len(read_cases(split, folder=folder))


def run(
    *, split: Split, advance: Callable[[], None] | None = None, folder: Path = OWN
) -> Iterator[Judged]:
    """Ask every question; what follows up in a conversation, after what was really answered.

    Args:
        split: Which half, or "all".
        advance: Called after each question.
        folder: With dev.jsonl, test.jsonl and qrels.txt.

    Raises:
        EvaluationError: A file of questions is malformed, or the qrels are out of date.
    """
    dialogues = read_dialogues(split, folder=folder)
    qrels = read_qrels(folder / QRELS)
    with open_builtin_library() as system:
        _refuse_stale(qrels, system.catalog)
        for dialogue in dialogues:
            for judged in _converse(system, dialogue, qrels):
                yield judged
                if advance is not None:
                    advance()


def _refuse_stale(qrels: Qrels, catalog: Catalog) -> None:
    judged = {passage for grades in qrels.values() for passage in grades}
    if judged - catalog.passage_ids():
        raise EvaluationError("相关性判断与内置资料库的段落不符，请先运行 python -m evals.qrels")


def _converse(system: System, dialogue: tuple[Case, ...], qrels: Qrels) -> Iterator[Judged]:
    history: tuple[Message, ...] = ()
    for case in dialogue:
        case = case.model_copy(update={"history": history, "relevant": qrels.get(case.id, {})})
        prediction, confidence = ask(system, case)
        history += (
            Message(role="user", content=case.question),
            Message(role="assistant", content=prediction.text),
        )
        yield judge(case, prediction, confidence=confidence)
