"""The nouns of an evaluation: what is asked, what was answered, how it was judged."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rag.errors import EvaluationError

Task = Literal[
    "own", "noise", "integration", "counterfactual", "dragonball", "stard", "cmrc", "expmrc"
]


class Record(BaseModel):
    """A line of a file: unknown fields are refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Message(Record):
    """One message of the conversation before a question."""

    role: Literal["user", "assistant"]
    content: str


class Case(Record):
    """A question and what is known of its right answer.

    Attributes:
        id: As in the benchmark's own file; unique together with `task` and `noise`.
        kind: What sort of question it is; reports are broken down by it.
        split: "dev" may be tuned on, "test" not; "" where a benchmark knows no halves.
        noise: Share of irrelevant passages, where passages are given.
        answerable: Whether the answer can be found; false premises count as answerable only
            where a correction is known, and are judged by `affirmed` alone.
        facts: What the answer must hold: for each fact its alternatives.
        references: Sentences of the documents that the answer rests on.
        relevant: Passage id → grade (qrels); empty where no judgement is known.
        limit: The facts must stand in the first so many characters; 0: anywhere.
        false_premise: The question takes something for granted that is not so; `facts` then
            hold the correction, or are empty where the question must be refused.
    """

    id: str
    task: Task
    question: str
    kind: str = ""
    split: Literal["dev", "test", ""] = ""
    noise: float | None = None
    history: tuple[Message, ...] = ()
    answerable: bool = True
    facts: tuple[tuple[str, ...], ...] = ()
    references: tuple[str, ...] = ()
    relevant: Mapping[str, int] = Field(default_factory=dict)
    limit: int = 0
    false_premise: bool = False


class CitationRecord(Record):
    """A citation as it was shown; `valid` says whether the document holds the quote there."""

    marker: int
    document: str
    start: int
    end: int
    quote: str
    valid: bool


class RetrievedRecord(Record):
    """A passage that was found: `id` is what qrels name, `document` the file it came from."""

    id: str
    document: str
    text: str
    score: float


class Prediction(Record):
    """What was answered: one line of `--predictions`, so that anyone can score it again.

    Attributes:
        status: "answered", "partial", "no_evidence" or "declined".
        text: With markers, as shown.
        retrieved: Best first.
        ms: From question to answer; without what only the evaluation looks up.
    """

    id: str
    task: Task
    noise: float | None
    question: str
    status: str
    text: str
    citations: tuple[CitationRecord, ...]
    retrieved: tuple[RetrievedRecord, ...]
    ms: float

    @property
    def refused(self) -> bool:
        """Whether the answer says that nothing was found."""
        return self.status in {"no_evidence", "declined"}

    @property
    def key(self) -> tuple[str, str, float | None]:
        """What tells questions of one run apart."""
        return self.task, self.id, self.noise


class Judged(Record):
    """A question, its answer and its measures: one line of a saved run.

    Attributes:
        measures: Name → value for this question alone. A measure that does not apply to the
            question (a refusal rate to an answerable one) is absent, so that the mean over
            the questions that have it is the measure of the run.
        confidence: The probability that the answerer gave its best sentence; None where it
            gave none.
    """

    case: Case
    prediction: Prediction
    measures: Mapping[str, float]
    confidence: float | None = None


def write_lines(path: Path, records: Iterable[Record]) -> None:
    """One JSON object a line; the file appears whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.partial")
    with partial.open("w", encoding="utf-8") as file:
        for record in records:
            file.write(record.model_dump_json(exclude_defaults=False) + "\n")
    partial.replace(path)


def read_run(path: Path) -> Iterator[Judged]:
    """The lines of a saved run, in order.

    Raises:
        EvaluationError: The file cannot be read, or a line is no judged question.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeError) as error:
        message = f"读不了测评结果 {path}：{error}"
        raise EvaluationError(message) from error
    for number, line in enumerate(lines, start=1):
        try:
            yield Judged.model_validate(json.loads(line))
        except (ValueError, ValidationError) as error:
            message = f"{path} 第 {number} 行不是 wence eval run --out 写的结果：{error}"
            raise EvaluationError(message) from error
