"""A saved conversation in the form that its exports are made from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from rag.conversations import CheckedCitation, SavedConversation, SavedTurn


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedTurn:
    """A saved turn; `citations` are those of its answer, in order, as they stand now."""

    turn: SavedTurn
    citations: tuple[CheckedCitation, ...]


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
