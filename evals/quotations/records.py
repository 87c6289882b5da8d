"""The lines of the test set: quotations with their verdicts, drafts with their labels."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar, get_args

from pydantic import ConfigDict, Field, ValidationError

from evals.measures.quotations import Verdict
from evals.questions import Half, Split
from evals.records import Record
from rag.errors import EvaluationError

FOLDER = Path(__file__).parents[1] / "data" / "quotations"
VERIFY, LABELS, DRAFTS = "verify.jsonl", "drafts.jsonl", "drafts"

Kind = Literal[
    "quotation",
    "expression",
    "enumeration",
    "person",
    "date",
    "figure",
    "title",
    "document_number",
    "quotation_mark",
]
"""The values of `rag.quotations.quotation.FindingKind`."""
KINDS: tuple[Kind, ...] = get_args(Kind)


class QuotationCase(Record):
    """A quotation and what verification must say of it.

    Attributes:
        class_name: What sort it is ("class" in the file); reports are broken down by it.
        document_title: The document it was made from; the one that must rank first where
            the class is about that. None for invented ones.
        source_quote: The verbatim words of the document it was made from, or None.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, serialize_by_alias=True)

    id: str
    class_name: str = Field(alias="class")
    text: str
    speaker: str | None = None
    verdict: Verdict
    document_title: str | None = None
    source_quote: str | None = None
    half: Half


class DraftLabel(Record):
    """A place in a draft that was planted, right or wrong.

    Attributes:
        draft: Name of its file in drafts/, without .md.
        half: Which half the draft is of.
        start: `draft[start:end]` is the place, in Unicode code points.
        verdict: "altered" or "misattributed": the library contradicts it, or marks are
            unpaired. "exact": the library confirms it. "not_found": it says nothing of it.
        text: What stands there, for the reader.
        correction: What should stand there instead, or None.
        note: The words of the library that tell.
    """

    draft: str
    half: Half = "test"
    start: int = Field(ge=0)
    end: int
    kind: Kind
    verdict: Verdict
    text: str = ""
    correction: str | None = None
    note: str = ""

    @property
    def is_error(self) -> bool:
        """Whether a check must find it."""
        return self.verdict in {"altered", "misattributed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedDraft:
    """A draft with its labels, in order of place."""

    name: str
    half: Half
    text: str
    labels: tuple[DraftLabel, ...]


Line = TypeVar("Line", bound=Record)


def read_records(path: Path, sort: type[Line]) -> list[Line]:
    """The lines of a file, in order; blank ones are skipped.

    Raises:
        EvaluationError: The file cannot be read, or a line is malformed.
    """
    lines = read_text(path).split("\n")
    records = list[Line]()
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                records.append(sort.model_validate_json(line))
            except ValidationError as error:
                message = f"{path} 第 {number} 行不合格式，请改正：{error}"
                raise EvaluationError(message) from error
    return records


def read_text(path: Path) -> str:
    """What a file holds.

    Raises:
        EvaluationError: It cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        message = f"读不了 {path}：{error}"
        raise EvaluationError(message) from error


def read_cases(folder: Path = FOLDER, *, split: Split = "all") -> list[QuotationCase]:
    """The quotations of one half or of both, in order.

    Raises:
        EvaluationError: The file cannot be read, or a line is malformed.
    """
    cases = read_records(folder / VERIFY, QuotationCase)
    return [case for case in cases if split in {"all", case.half}]


def read_drafts(folder: Path = FOLDER, *, split: Split = "all") -> list[MarkedDraft]:
    """The drafts of one half or of both, by name.

    Raises:
        EvaluationError: A file cannot be read, a label is malformed, or lies outside its draft.
    """
    labels = read_records(folder / LABELS, DraftLabel)
    names = sorted({label.draft for label in labels})
    drafts = [
        _draft(folder, name, [label for label in labels if label.draft == name]) for name in names
    ]
    return [draft for draft in drafts if split in {"all", draft.half}]


def _draft(folder: Path, name: str, labels: Sequence[DraftLabel]) -> MarkedDraft:
    text = read_text(folder / DRAFTS / f"{name}.md")
    for label in labels:
        place = text[label.start : label.end]
        if not place or (label.text and label.text != place):
            message = f"草稿 {name} 的标注 [{label.start}, {label.end}) 与正文不符：{label.text!r}"
            raise EvaluationError(message)
    return MarkedDraft(
        name=name,
        half=labels[0].half,
        text=text,
        labels=tuple(sorted(labels, key=lambda label: (label.start, label.end))),
    )
