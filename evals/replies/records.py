"""The lines of the test set: scripted replies whose sentences are each right or faulty."""

import re
from pathlib import Path
from typing import Final, Literal, get_args

from pydantic import Field

from evals.questions import Half, Split
from evals.quotations.records import read_records
from evals.records import Record

FOLDER: Final = Path(__file__).parents[1] / "data" / "replies"
REPLIES: Final = "replies.jsonl"
_MARKER: Final = re.compile(r"\[(\d+)\]")

GoodKind = Literal[
    "verbatim",
    "clauses",
    "lead_in",
    "synonym",
    "numeral",
    "reference",
    "two_passages",
    "paraphrase",
    "list",
    "list_opening",
    "quoted",
]
FaultKind = Literal[
    "number",
    "date",
    "person",
    "body",
    "invented_quotation",
    "altered_quotation",
    "wrong_marker",
    "missing_evidence",
    "unsupported",
    "off_topic",
]
AnyKind = GoodKind | FaultKind
GOOD_KINDS: Final[tuple[GoodKind, ...]] = get_args(GoodKind)
FAULT_KINDS: Final[tuple[FaultKind, ...]] = get_args(FaultKind)

TITLES: Final[dict[AnyKind, str]] = {
    "verbatim": "照抄原句",
    "clauses": "并句、省句",
    "lead_in": "加引导语、一是二是",
    "synonym": "换同义词",
    "numeral": "数字换写法、日期缩写",
    "reference": "同年、该县等指代",
    "two_passages": "两段合成一句",
    "paraphrase": "手写转述",
    "list": "分行列举",
    "list_opening": "列举前的引出语",
    "quoted": "含引号或书名号",
    "number": "数字改了",
    "date": "日期改了",
    "person": "人名换了",
    "body": "地名、机构名换了",
    "invented_quotation": "编造的引语",
    "altered_quotation": "引语改了字词",
    "wrong_marker": "编号指错材料",
    "missing_evidence": "编号没有对应材料",
    "unsupported": "材料里没有的话",
    "off_topic": "另一回事挂本题编号",
}


class PassageReference(Record):
    """A passage of the built-in library: its document's file, and where it stands in its text."""

    document: str
    start: int
    end: int


class Sentence(Record):
    """A sentence of a reply as a model writes it, with its markers.

    Attributes:
        kind: How it was made.
        note: Of a fault, what was changed into what.
    """

    text: str
    kind: AnyKind
    note: str = ""

    @property
    def is_faulty(self) -> bool:
        """Whether a check must not let it pass."""
        return self.kind in FAULT_KINDS

    @property
    def markers(self) -> list[int]:
        """The numbers of its markers, in order."""
        return [int(number) for number in _MARKER.findall(self.text)]


class Reply(Record):
    """A scripted reply.

    Attributes:
        evidence: The passages as the model saw them; the first is [1].
        sentences: In order.
    """

    id: str
    half: Half
    question: str
    evidence: tuple[PassageReference, ...] = Field(min_length=4, max_length=8)
    sentences: tuple[Sentence, ...] = Field(min_length=3)


def read_replies(folder: Path = FOLDER, *, split: Split = "all") -> list[Reply]:
    """The replies of one half or of both, in order.

    Raises:
        EvaluationError: The file cannot be read, or a line is malformed.
    """
    replies = read_records(folder / REPLIES, Reply)
    return [reply for reply in replies if split in {"all", reply.half}]
