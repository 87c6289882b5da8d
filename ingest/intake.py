"""One file → its documents in the catalog."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from ingest.builtin import ManifestLine
from ingest.fingerprint import file_fingerprint
from ingest.report import Duplicate, FileOutcome, IngestItem
from ingest.stages import CleanText, Failure, PublishedText, SourceFile
from rag.catalog_entries import Change
from rag.documents import (
    AttributedSpeech,
    Document,
    Metadata,
    Passage,
    derive_document_id,
)
from rag.errors import ParsingError, WenceError
from rag.storage import Storage

_log = logging.getLogger(__name__)


class Discover(Protocol):
    """`ingest.discovery.discover`."""

    def __call__(
        self, paths: Sequence[Path], *, workspace: Path, max_bytes: int
    ) -> Iterable[SourceFile | Failure]:
        """Find the files under `paths`; members of archives are unpacked in `workspace`."""
        ...


class ReadFile(Protocol):
    """`ingest.readers.reading.read_file`."""

    def __call__(self, file: SourceFile, *, max_bytes: int) -> list[PublishedText]:
        """Read the texts of a file; ParsingError where it has none."""
        ...


class Describe(Protocol):
    """`ingest.metadata.describe`."""

    def __call__(
        self, clean: CleanText, *, file_name: str
    ) -> tuple[Metadata, tuple[AttributedSpeech, ...]]:
        """Find out what is known about a text, and who says what in it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Stages:
    """The stages before the catalog, so that tests can put simple ones in their place."""

    discover: Discover
    read_file: ReadFile
    clean: Callable[[PublishedText], list[CleanText]]
    describe: Describe
    split: Callable[[str, CleanText, Metadata], list[Passage]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Where files go, and how.

    Attributes:
        stated: What a manifest states about a file, by its source.
        reread: Whether to read files again that have not changed.
    """

    storage: Storage
    collection: str
    max_bytes: int
    stages: Stages
    stated: Mapping[str, ManifestLine] = field(default_factory=dict[str, ManifestLine])
    reread: bool = False


def take_in(intake: Intake, file: SourceFile | Failure) -> FileOutcome:
    """Store the documents of one file; its passages are left pending.

    Raises:
        StorageError: The catalog cannot be written.
    """
    if isinstance(file, Failure):
        return FileOutcome(failure=file)
    try:
        fingerprint = _fingerprint(intake, file)
        return _unchanged(intake, file, fingerprint) or _store(
            intake, file, list(read_documents(intake, file)), fingerprint
        )
    except ParsingError as error:
        return FileOutcome(failure=Failure(source=file.source, reason=str(error)))
    except WenceError:
        raise
    # Whatever a strange file brings out of a parser, the other files must go on.
    except Exception as error:  # noqa: BLE001 - as said above
        _log.debug("file failed: %s", file.source, exc_info=True)
        reason = f"处理时意外出错（{type(error).__name__}：{error}），请把文件和这行话报告给开发者"
        return FileOutcome(failure=Failure(source=file.source, reason=reason))


def read_documents(intake: Intake, file: SourceFile) -> Iterator[tuple[Document, list[Passage]]]:
    """Read → clean → describe → split.

    Raises:
        ParsingError: The file gives no text.
    """
    stages = intake.stages
    published = stages.read_file(file, max_bytes=intake.max_bytes)
    cleaned = [clean for text in published for clean in stages.clean(text)]
    if not cleaned:
        raise ParsingError("没有读出正文：请确认文件里有文字")
    parts = set[str]()
    for clean in cleaned:
        metadata, speeches = stages.describe(clean, file_name=file.file_name)
        if file.source in intake.stated:
            line = intake.stated[file.source]
            metadata = line.stated(metadata, alone=len(cleaned) == 1)
        part = _free_part(clean.part, parts)
        document = _document(intake, file, part, clean, metadata, speeches)
        yield document, stages.split(document.document_id, clean, metadata)


def _free_part(part: str, taken: set[str]) -> str:
    """`part`, with a number where the file has given one of that name before."""
    number = 1
    free = part
    while free in taken:
        number += 1
        free = f"{part}-{number}"
    taken.add(free)
    return free


def _document(
    intake: Intake,
    file: SourceFile,
    part: str,
    clean: CleanText,
    metadata: Metadata,
    speeches: tuple[AttributedSpeech, ...],
) -> Document:
    source = f"{file.source}#{part}" if part else file.source
    return Document(
        document_id=derive_document_id(collection=intake.collection, source=source),
        collection=intake.collection,
        source=source,
        file_name=file.file_name,
        text=clean.text,
        metadata=metadata,
        headings=clean.headings,
        pages=clean.pages,
        speeches=speeches,
    )


def _fingerprint(intake: Intake, file: SourceFile) -> str:
    """What the file's documents depend on, taken before it is read, lest it change meanwhile."""
    line = intake.stated.get(file.source)
    stated = "" if line is None else line.model_dump_json(exclude_unset=True)
    return file_fingerprint(
        file.path, stated=f"{file.file_name}\0{stated}", max_bytes=intake.max_bytes
    )


def _unchanged(intake: Intake, file: SourceFile, fingerprint: str) -> FileOutcome | None:
    """The outcome for a file whose documents are stored as they are, else None."""
    catalog = intake.storage.catalog
    known = catalog.file_digest(collection=intake.collection, file_source=file.source)
    if not fingerprint or known != fingerprint or intake.reread:
        return None
    titles = catalog.documents_of_file(collection=intake.collection, file_source=file.source)
    changes = [(document_id, title, Change.UNCHANGED) for document_id, title in titles.items()]
    return _outcome(intake, file, changes)


def _store(
    intake: Intake,
    file: SourceFile,
    found: Sequence[tuple[Document, list[Passage]]],
    fingerprint: str,
) -> FileOutcome:
    catalog = intake.storage.catalog
    former = catalog.documents_of_file(collection=intake.collection, file_source=file.source)
    changes = list[tuple[str, str, Change]]()
    passages = 0
    for document, parts in found:
        change = catalog.put_document(document, parts, file_source=file.source)
        changes.append((document.document_id, document.metadata.title, change))
        passages += len(parts) if change is not Change.UNCHANGED else 0
        former.pop(document.document_id, None)
    for document_id, title in former.items():
        catalog.remove_document(document_id)
        changes.append((document_id, title, Change.REMOVED))
    catalog.set_file_digest(
        collection=intake.collection, file_source=file.source, digest=fingerprint
    )
    return _outcome(intake, file, changes, passages=passages)


def _outcome(
    intake: Intake,
    file: SourceFile,
    changes: Sequence[tuple[str, str, Change]],
    *,
    passages: int = 0,
) -> FileOutcome:
    items = [
        IngestItem(
            document_id=document_id,
            title=title,
            file_source=file.source,
            file_name=file.file_name,
            change=change,
        )
        for document_id, title, change in changes
    ]
    return FileOutcome(
        items=tuple(items), duplicates=tuple(_duplicates(intake, items)), passages=passages
    )


def _duplicates(intake: Intake, items: Iterable[IngestItem]) -> Iterator[Duplicate]:
    for item in items:
        same_as = intake.storage.catalog.documents_with_text_of(item.document_id)
        if same_as:
            yield Duplicate(
                document_id=item.document_id,
                title=item.title,
                file_source=item.file_source,
                same_as=tuple(same_as),
            )
