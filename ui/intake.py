"""Uploads and deletions: where the server reaches ingestion."""

import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from ingest.indexing import complete, remove_documents
from ingest.intake import Intake, Stages
from ingest.pipeline import default_stages, ingest_builtin, ingest_files
from ingest.progress import SILENCE, Progress
from ingest.report import FileOutcome
from ingest.stages import Failure, SourceFile
from rag.catalog_entries import Change
from rag.jobs import IntakeOutcome
from rag.storage import Storage
from ui.jobs.incoming import IncomingFile

_LIBRARY = "built_in_library"


class StorageIntake:
    """Takes uploads into an open storage, one request at a time.

    Args:
        storage: Where they go.
        max_bytes: Larger files are refused.
        stages: None for the real ones.
        observer: Is told what became of each file.
    """

    def __init__(
        self,
        storage: Storage,
        *,
        max_bytes: int,
        stages: Stages | None = None,
        observer: Callable[[Sequence[IntakeOutcome]], None] | None = None,
    ) -> None:
        self._storage = storage
        self._observer = observer
        self._max_bytes = max_bytes
        self._stages = stages
        self._one_at_a_time = threading.Lock()

    def take_in(
        self, files: Sequence[IncomingFile], *, collection: str, progress: Progress = SILENCE
    ) -> list[IntakeOutcome]:
        """One outcome for each file, in order; an archive gives one for all its members.

        Raises:
            StorageError: The catalog cannot be written.
            IndexingError: An index cannot be written.
        """
        intake = Intake(
            storage=self._storage,
            collection=collection,
            max_bytes=self._max_bytes,
            stages=self._stages or default_stages(),
        )
        with self._one_at_a_time, tempfile.TemporaryDirectory(prefix="wence-") as workspace:
            members = [
                _members(intake, file, workspace=Path(workspace, str(number)))
                for number, file in enumerate(files)
            ]
            report = ingest_files(
                intake, [member for found in members for member in found], progress
            )
        outcomes = iter(report.outcomes)
        taken = [
            _outcome(file, [next(outcomes) for _ in found])
            for file, found in zip(files, members, strict=True)
        ]
        if self._observer is not None:
            self._observer(taken)
        return taken

    def remove(self, document_id: str) -> None:
        """Remove a document everywhere; DocumentNotFoundError where there is none."""
        with self._one_at_a_time:
            remove_documents(self._storage, [document_id])


def bring_up_to_date(storage: Storage, *, with_library: bool, progress: Progress = SILENCE) -> None:
    """Finish what a killed process left undone; take the built-in library in if asked to.

    That it was asked for is noted first, so that a process killed half-way is made good.
    """
    catalog = storage.catalog
    if with_library:
        catalog.set_setting(_LIBRARY, "wanted")
    if catalog.setting(_LIBRARY) == "wanted":
        ingest_builtin(storage, progress)
        catalog.set_setting(_LIBRARY, "complete")
    complete(storage, progress)


def _members(intake: Intake, file: IncomingFile, *, workspace: Path) -> list[SourceFile | Failure]:
    """The file itself, or the members of an archive, named as the sender named the file."""
    workspace.mkdir()
    path = file.path.resolve()
    found = intake.stages.discover([path], workspace=workspace, max_bytes=intake.max_bytes)
    members = list[SourceFile | Failure]()
    for member in found:
        source = member.source.replace(str(path), file.source, 1)
        if isinstance(member, SourceFile) and source == file.source:
            members.append(replace(member, source=source, file_name=file.file_name))
        else:
            members.append(replace(member, source=source))
    empty = Failure(source=file.source, reason="里面没有可以入库的文件")
    return members or [empty]


def _outcome(file: IncomingFile, outcomes: Sequence[FileOutcome]) -> IntakeOutcome:
    """What became of all members of a file together."""
    items = [item for outcome in outcomes for item in outcome.items]
    failures = [outcome.failure for outcome in outcomes if outcome.failure is not None]
    changes = {item.change for item in items}
    if Change.ADDED in changes:
        status = "added"
    elif changes & {Change.REPLACED, Change.REMOVED}:
        status = "replaced"
    else:
        status = "unchanged" if items else "failed"
    return IntakeOutcome(
        file_name=file.file_name,
        status=status,
        document_ids=tuple(item.document_id for item in items if item.change is not Change.REMOVED),
        reason=_reason(file, failures),
    )


def _reason(file: IncomingFile, failures: Sequence[Failure]) -> str | None:
    """Why members failed, without the place where the server kept them meanwhile."""
    reasons = [
        failure.reason.replace(str(file.path.resolve()), file.file_name) for failure in failures
    ]
    if failures and failures[0].source != file.source:
        names = [failure.source.rpartition("!")[2] for failure in failures]
        reasons = [f"{name}：{reason}" for name, reason in zip(names, reasons, strict=True)]
    return "；".join(reasons[:20]) or None
