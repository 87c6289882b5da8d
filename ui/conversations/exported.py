"""A saved conversation in the form that its exports are made from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from rag.conversations import CheckedCitation, SavedConversation, SavedTurn
from ui.citing import cited_places


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedTurn:
    """A saved turn; `citations` are those of its answer, in order, as they stand now."""

    turn: SavedTurn
    citations: tuple[CheckedCitation, ...]

    def references(self) -> list[list[CheckedCitation]]:
        """Its list of references: what one entry stands for together, by marker."""
        entries = dict[tuple[int, str], list[CheckedCitation]]()
        for one in cited_places(self.citations, lambda checked: checked.citation):
            key = one.citation.marker, one.reference.gbt7714_2025
            entries.setdefault(key, []).append(one)
        return list(entries.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeConversation:
    """All that an export shows.

    Attributes:
        exported: When.
        zone: In which zone times are shown; None for that of this machine.
    """

    conversation: SavedConversation
    turns: Sequence[CheckedTurn]
    exported: datetime
    zone: tzinfo | None = None
