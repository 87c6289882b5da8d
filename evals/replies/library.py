"""The passages that replies are made from, and what is kept by hand for it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from evals.questions import Half
from evals.quotations.cutting import statements
from evals.quotations.records import read_text
from evals.replies.records import PassageReference
from rag.documents import Document, Passage
from rag.errors import EvaluationError

PARAPHRASES, LEAD_INS, UNSUPPORTED, NAMES = (
    "paraphrases.txt",
    "leadins.txt",
    "unsupported.txt",
    "names.txt",
)
PEOPLE: Final = 0
"""The place of people among the groups of names."""
_PREFIX: Final = "library:"
_ENUMERATOR: Final = re.compile(
    r"^(?:第[一二三四五六七八九十]+(?:条\s*|，)|（[一二三四五六七八九十]+）|[一二三四五六七八九十]、)"
)
_UNFIT: Final = re.compile(
    r"[|\n我]|^——|^本报讯|^同志们|^记者|今天|昨日|刚才|^主持人|：我|^（|^到\d|^再|^去年考|麻书记|请大家"
)
_LONGEST: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A passage as a model sees it."""

    passage: Passage
    document: Document

    @property
    def key(self) -> str:
        """What it is told apart by, the same on every machine."""
        return f"{self.document.source}@{self.passage.span.start}"

    @property
    def reference(self) -> PassageReference:
        """How the test set names it."""
        return PassageReference(
            document=self.document.source.removeprefix(_PREFIX),
            start=self.passage.span.start,
            end=self.passage.span.end,
        )

    @property
    def seen(self) -> str:
        """Its words with its title, its headings and what is known of its document's dates."""
        about = self.document.metadata
        dates = [str(date) for date in (about.event_date, about.published_date) if date]
        headings = [about.title, *self.passage.heading_path, self.passage.context]
        return "\n".join([*headings, *dates, self.passage.text])


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A sentence of a passage, without the number it may begin with."""

    text: str
    shown: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class HandWritten:
    """A sentence with its markers and the passages that they name, in order."""

    text: str
    rests_on: tuple[Shown, ...]


@dataclass(frozen=True, kw_only=True)
class Material:
    """All that replies are made from.

    Attributes:
        halves: Document id → the half of its replies.
        passages: Document id → its passages.
        names: Groups of names; the first holds people.
        unsupported: Sentences that no passage bears out, by the short name of a document, or ""
            where they go with any.
    """

    documents: tuple[Document, ...]
    halves: Mapping[str, Half]
    passages: Mapping[str, tuple[Shown, ...]]
    names: tuple[tuple[str, ...], ...]
    lead_ins: tuple[str, ...]
    paraphrases: tuple[HandWritten, ...]
    unsupported: Mapping[str, tuple[str, ...]]
    invented: tuple[str, ...]

    @cached_property
    def all_names(self) -> tuple[str, ...]:
        """Names of all groups, the longest first."""
        return tuple(sorted({name for group in self.names for name in group}, key=len))[::-1]

    def of_half(self, half: Half) -> list[Document]:
        """The documents of a half."""
        return [one for one in self.documents if self.halves[one.document_id] == half]

    def statements_of(self, document: Document) -> list[Statement]:
        """Sentences of a document that a model might copy, in order."""
        return [
            Statement(text=text, shown=shown)
            for shown in self.passages[document.document_id]
            for span in statements(document, within=shown.passage.span)
            if (text := _ENUMERATOR.sub("", span.of(document.text))) and _is_fit(text)
        ]

    def paraphrases_of(self, document: Document) -> list[HandWritten]:
        """Those that rest on a document."""
        return [one for one in self.paraphrases if one.rests_on[0].document == document]


def _is_fit(text: str) -> bool:
    paired = all(text.count(first) == text.count(last) for first, last in ("“”", "《》", "（）"))
    return paired and 12 <= len(text) <= _LONGEST and text[-1] == "。" and not _UNFIT.search(text)


def short_name(document: Document) -> str:
    """How the lists call a document: gwy-2018, chenghu-banmian#1."""
    name = document.source.rsplit("/", 1)[-1]
    stem, _, part = name.partition("#")
    return f"{stem.rsplit('.', 1)[0]}#{part}" if part else stem.rsplit(".", 1)[0]


def read_lines(path: Path) -> list[str]:
    """The lines of a list, without blank ones and those that begin with #.

    Raises:
        EvaluationError: It cannot be read.
    """
    lines = (line.strip() for line in read_text(path).splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def read_names(folder: Path) -> tuple[tuple[str, ...], ...]:
    """Groups of names, one a line."""
    return tuple(tuple(line.split()) for line in read_lines(folder / NAMES))


def read_unsupported(folder: Path) -> dict[str, tuple[str, ...]]:
    """Sentences by the short name of their document; "" for any."""
    found = dict[str, tuple[str, ...]]()
    for line in read_lines(folder / UNSUPPORTED):
        text, _, name = (part.strip() for part in line.partition("|"))
        found[name] = (*found.get(name, ()), text)
    return found


def read_paraphrases(
    folder: Path, documents: Sequence[Document], passages: Mapping[str, tuple[Shown, ...]]
) -> tuple[HandWritten, ...]:
    """Hand-written sentences with the passages they rest on.

    Raises:
        EvaluationError: A line names words that stand in no passage, or in several.
    """
    by_name = {short_name(one): passages[one.document_id] for one in documents}
    return tuple(_hand_written(line, by_name) for line in read_lines(folder / PARAPHRASES))


def _hand_written(line: str, by_name: Mapping[str, tuple[Shown, ...]]) -> HandWritten:
    text, *anchors = (part.strip() for part in line.split(" | "))
    rests_on = list[Shown]()
    for anchor in anchors:
        name, _, words = anchor.partition("：")
        holding = [one for one in by_name.get(name, ()) if words in one.passage.text]
        if len(holding) != 1:
            message = f"{PARAPHRASES}：{name} 里有 {len(holding)} 段含“{words}”，应正好一段：{text}"
            raise EvaluationError(message)
        rests_on += holding
    return HandWritten(text=text, rests_on=tuple(rests_on))
