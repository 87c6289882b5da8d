"""What became of the files that were handed in."""

from dataclasses import dataclass

from ingest.stages import Failure
from rag.catalog_entries import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestItem:
    """A document that a file gave, or no longer gives.

    Attributes:
        file_source: What identifies the file; several documents may share it.
    """

    document_id: str
    title: str
    file_source: str
    file_name: str
    change: Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """A document whose text another document of the collection has too; both are kept."""

    document_id: str
    title: str
    file_source: str
    same_as: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOutcome:
    """What became of one file: items, or else a failure.

    Attributes:
        passages: How many passages its new and changed documents have.
    """

    items: tuple[IngestItem, ...] = ()
    duplicates: tuple[Duplicate, ...] = ()
    failure: Failure | None = None
    passages: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestReport:
    """What became of all files, in the order in which they were found.

    Attributes:
        seconds: From the first file read to the last passage indexed.
    """

    collection: str
    outcomes: tuple[FileOutcome, ...]
    seconds: float

    @property
    def items(self) -> tuple[IngestItem, ...]:
        """Documents, those that were removed too."""
        return tuple(item for outcome in self.outcomes for item in outcome.items)

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Files that could not be taken in."""
        return tuple(outcome.failure for outcome in self.outcomes if outcome.failure is not None)

    @property
    def duplicates(self) -> tuple[Duplicate, ...]:
        """Documents that are there twice."""
        return tuple(found for outcome in self.outcomes for found in outcome.duplicates)

    @property
    def files(self) -> int:
        """How many files there were."""
        return len(self.outcomes)

    @property
    def passages(self) -> int:
        """How many passages the new and changed documents have."""
        return sum(outcome.passages for outcome in self.outcomes)

    def count(self, change: Change) -> int:
        """How many documents were added, replaced, left unchanged or removed."""
        return sum(item.change is change for item in self.items)
