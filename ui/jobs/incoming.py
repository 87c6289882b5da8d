"""What is handed to whoever takes files in."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ingest.progress import SILENCE, Progress
from rag.jobs import IntakeOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingFile:
    """An uploaded file.

    Attributes:
        path: Where its bytes are, until it was taken in.
        source: What identifies it within its collection, "upload:…" by default.
        file_name: The name a user would recognise.
    """

    path: Path
    source: str
    file_name: str


class Intake(Protocol):
    """Takes documents in and removes them."""

    def take_in(
        self, files: Sequence[IncomingFile], *, collection: str, progress: Progress = SILENCE
    ) -> list[IntakeOutcome]:
        """One outcome for each file, in order; a file that fails does not stop the others.

        What `progress` raises ends it; what was read by then is stored, but may be pending
        until the next call.
        """
        ...

    def remove(self, document_id: str) -> None:
        """Remove a document everywhere; DocumentNotFoundError where there is none."""
        ...
