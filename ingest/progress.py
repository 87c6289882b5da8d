"""How ingestion says how far it is; who draws it is not its business."""

from enum import StrEnum
from typing import Protocol


class Stage(StrEnum):
    """What is being counted."""

    READING = "reading"
    INDEXING = "indexing"
    REMOVING = "removing"
    FINGERPRINTING = "fingerprinting"
    LEXICON = "lexicon"


class Progress(Protocol):
    """Called from the thread that ingests."""

    def start(self, stage: Stage, total: int) -> None:
        """A stage begins: so many files to read, passages to index or remove, or documents to
        fingerprint or to read terms from.
        """
        ...

    def advance(self, amount: int, *, note: str = "", documents: int = 0) -> None:
        """`amount` more of the stage's total are done.

        Args:
            amount: Files, passages or documents, as the stage counts.
            note: The name of the file that is done.
            documents: How many documents it gave.
        """
        ...


class Silence:
    """Progress for those who do not look."""

    def start(self, stage: Stage, total: int) -> None:
        """Nothing."""

    def advance(self, amount: int, *, note: str = "", documents: int = 0) -> None:
        """Nothing."""


SILENCE = Silence()
