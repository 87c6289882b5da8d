"""Our own questions on the built-in library, as they are kept in `evals/data/own/`."""

from pathlib import Path
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, StringConstraints, ValidationError, model_validator

from evals.measures.facts import fact_held
from evals.records import Case, Record
from rag.errors import EvaluationError

OWN = Path(__file__).parent / "data" / "own"

Half = Literal["dev", "test"]
Split = Literal["dev", "test", "all"]
HALVES: tuple[Half, ...] = get_args(Half)

QuestionKind = Literal[
    "who",
    "when",
    "how_many",
    "where",
    "which",
    "meaning",
    "why",
    "how",
    "confirmation",
    "compare",
    "several_documents",
    "follow_up",
    "false_premise",
    "unanswerable_near",
    "unanswerable_far",
]
_UNANSWERABLE = frozenset({"unanswerable_near", "unanswerable_far"})
_MAY_LACK_FACTS = _UNANSWERABLE | {"false_premise", "follow_up"}

Words = Annotated[str, StringConstraints(min_length=1, strict=True)]
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z_]+-[0-9a-f]{8}$", strict=True)]


class EvidenceQuote(Record):
    """Whole sentences of a document that alone or with others answer the question.

    Attributes:
        document: Its place in the library, with "#part" where a file holds several:
            files/briefings/sanding.md
        quote: As its canonical text has it.
    """

    document: Words
    quote: Words


class AskedQuestion(Record):
    """A question with what a right answer holds.

    Attributes:
        facts: For each fact its wordings, of which one must stand in the answer; one stands
            in the evidence. None: only a refusal is right.
        evidence: Where the answer stands; each quote makes passages relevant.
    """

    kind: QuestionKind
    question: Words
    facts: tuple[Annotated[tuple[Words, ...], Field(min_length=1)], ...] = ()
    evidence: tuple[EvidenceQuote, ...] = ()

    @model_validator(mode="after")
    def _facts_suit_the_kind_and_stand_in_the_evidence(self) -> Self:
        if self.kind in _UNANSWERABLE and (self.facts or self.evidence):
            raise ValueError("an unanswerable question has neither facts nor evidence")
        if self.kind not in _MAY_LACK_FACTS and not self.facts:
            raise ValueError("a question of this kind needs facts")
        held = "\n".join(evidence.quote for evidence in self.evidence)
        for wordings in self.facts:
            if not fact_held(wordings, held):
                message = f"no wording of {list(wordings)} stands in the evidence"
                raise ValueError(message)
        return self

    @property
    def answerable(self) -> bool:
        """Whether something else than a refusal is right."""
        return bool(self.facts)


class Identified(Record):
    """A line of the file; `id` is derived from the words of its questions."""

    id: Identifier


class Question(AskedQuestion, Identified):
    """A question that stands alone."""

    @model_validator(mode="after")
    def _nothing_was_asked_before(self) -> Self:
        if self.kind == "follow_up":
            raise ValueError("a follow-up needs a conversation")
        return self


class Conversation(Identified):
    """A question and what is asked next, which only makes sense after it."""

    turns: Annotated[tuple[AskedQuestion, ...], Field(min_length=2)]

    @model_validator(mode="after")
    def _only_the_first_turn_stands_alone(self) -> Self:
        if self.turns[0].kind == "follow_up":
            raise ValueError("the first turn is no follow-up")
        if any(turn.kind != "follow_up" for turn in self.turns[1:]):
            raise ValueError("every turn but the first is a follow-up")
        return self


Line = Question | Conversation


def asked(line: Line) -> list[tuple[str, AskedQuestion]]:
    """The questions of a line with their ids, in order; turns are `<id>.1`, `<id>.2`…"""
    if isinstance(line, Question):
        return [(line.id, line)]
    return [(f"{line.id}.{number}", turn) for number, turn in enumerate(line.turns, start=1)]


def parse_line(text: str) -> Line:
    """One line of a file.

    Raises:
        ValidationError: It is no JSON, or no question of this form.
    """
    sort = Conversation if '"turns"' in text else Question
    return sort.model_validate_json(text)


def read_questions(path: Path) -> list[Line]:
    """The lines of a file, in order; blank ones are skipped.

    Raises:
        EvaluationError: The file cannot be read, a line is malformed, or an id occurs twice.
    """
    try:
        texts = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeError) as error:
        message = f"读不了问题文件 {path}：{error}"
        raise EvaluationError(message) from error
    lines = dict[str, Line]()
    for number, text in enumerate(texts, start=1):
        if not text.strip():
            continue
        try:
            line = parse_line(text)
        except ValidationError as error:
            message = f"{path} 第 {number} 行不合格式，请改正：{_first_of(error)}"
            raise EvaluationError(message) from error
        if line.id in lines:
            message = f"{path} 第 {number} 行的编号 {line.id} 前面已有，请改正"
            raise EvaluationError(message)
        lines[line.id] = line
    return list(lines.values())


def _first_of(error: ValidationError) -> str:
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"])
    return f"{field} {first['msg']}".strip()


def read_dialogues(split: Split, *, folder: Path = OWN) -> list[tuple[Case, ...]]:
    """What is asked in one go: a question alone, or a conversation turn by turn.

    History is left empty, for it is what 问策 answers.

    Args:
        split: Which half; "all" gives dev, then test.
        folder: With dev.jsonl and test.jsonl.

    Raises:
        EvaluationError: As `read_questions`.
    """
    halves = HALVES if split == "all" else (split,)
    return [
        tuple(_case(identifier, question, half) for identifier, question in asked(line))
        for half in halves
        for line in read_questions(folder / f"{half}.jsonl")
    ]


def read_cases(split: Split, *, folder: Path = OWN) -> list[Case]:
    """Every question of `read_dialogues`, in order."""
    return [case for dialogue in read_dialogues(split, folder=folder) for case in dialogue]


def _case(identifier: str, question: AskedQuestion, half: Half) -> Case:
    return Case(
        id=identifier,
        task="own",
        question=question.question,
        kind=question.kind,
        split=half,
        answerable=question.answerable,
        facts=question.facts,
        references=tuple(evidence.quote for evidence in question.evidence),
        false_premise=question.kind == "false_premise",
    )
