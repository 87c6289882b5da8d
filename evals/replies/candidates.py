"""Sentences that may go into a reply, before the evidence is numbered."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from evals.replies.library import Material, Shown
from evals.replies.records import AnyKind
from rag.documents import Document

NO_EVIDENCE: Final = "[?]"
"""A marker that will get a number no evidence has."""
_LOCAL: Final = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A sentence; its markers [1], [2] name `cites`, in that order.

    Attributes:
        beside: Passages that must be among the evidence besides.
    """

    text: str
    kind: AnyKind
    cites: tuple[Shown, ...]
    beside: tuple[Shown, ...] = ()
    note: str = ""

    @property
    def seen(self) -> str:
        """All that the cited passages say."""
        return "\n".join(one.seen for one in self.cites)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Sentences that go into a reply together.

    Attributes:
        base: What they were made from; no two of a reply share any of it.
        elsewhere: Document id of whatever must not be among the evidence, or None.
    """

    parts: tuple[Part, ...]
    base: frozenset[str]
    elsewhere: str | None = None

    @property
    def kind(self) -> AnyKind:
        """The kind of its last sentence: those before only lead to it."""
        return self.parts[-1].kind


Maker = Callable[[Material, Document], Iterator[Candidate]]
"""All candidates of a sort that a document gives, the first to be preferred."""


def cited(text: str, markers: str = "[1]") -> str:
    """`text` with markers before its full stop."""
    return f"{text.removesuffix('。')}{markers}。"


def numbered(part: Part, numbers: dict[str, int], *, beyond: int) -> str:
    """The words of a part with the numbers that its passages have.

    Args:
        part: With local markers.
        numbers: Key of a passage → its number.
        beyond: For a marker without evidence.
    """
    keys = [shown.key for shown in part.cites]
    text = _LOCAL.sub(lambda match: f"[{numbers[keys[int(match[1]) - 1]]}]", part.text)
    return text.replace(NO_EVIDENCE, f"[{beyond}]")
