"""Files → documents → catalog → indexes. The file to read first.

discover      paths → files, archives unpacked
read_file     file → texts as published
clean         published text → canonical texts
describe      canonical text → metadata, attributed speech
split         document → passages
put_document  document and passages → catalog
index_batch   catalog → vectors, words
"""

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from ingest.builtin import COLLECTION, CORPUS, read_manifest
from ingest.indexing import BackgroundIndexing, complete
from ingest.intake import Intake, Stages, take_in
from ingest.progress import SILENCE, Progress, Stage
from ingest.report import FileOutcome, IngestReport
from ingest.stages import Failure, SourceFile
from rag.storage import Storage

_LIBRARY_MAX_BYTES = 10_000_000


def ingest(
    storage: Storage,
    paths: Sequence[Path],
    *,
    collection: str,
    max_bytes: int,
    progress: Progress = SILENCE,
    stages: Stages | None = None,
    reread: bool = False,
) -> IngestReport:
    """Take in files and folders; one bad file never stops the others.

    A document keeps its id while its file keeps its place: a changed file replaces its
    documents, those that it no longer gives are removed, an unchanged one is not even read.

    Args:
        storage: Where they go.
        paths: Files and folders.
        collection: The collection they go to.
        max_bytes: Larger files are refused.
        progress: Told about every file and every batch.
        stages: None for the real ones.
        reread: Read unchanged files too.

    Raises:
        StorageError: The catalog cannot be written.
        IndexingError: An index cannot be written.
    """
    intake = Intake(
        storage=storage,
        collection=collection,
        max_bytes=max_bytes,
        stages=stages or default_stages(),
        reread=reread,
    )
    with tempfile.TemporaryDirectory(prefix="wence-") as workspace:
        files = intake.stages.discover(paths, workspace=Path(workspace), max_bytes=max_bytes)
        return ingest_files(intake, list(files), progress)


def ingest_builtin(
    storage: Storage,
    progress: Progress = SILENCE,
    *,
    corpus: Path = CORPUS,
    stages: Stages | None = None,
) -> IngestReport:
    """Take in the built-in library; what its manifest no longer lists is removed.

    Raises:
        ManifestError: The manifest is malformed; nothing was taken in.
        StorageError: The catalog cannot be written.
        IndexingError: An index cannot be written.
    """
    listed = read_manifest(corpus)
    intake = Intake(
        storage=storage,
        collection=COLLECTION,
        max_bytes=_LIBRARY_MAX_BYTES,
        stages=stages or default_stages(),
        stated={entry.file.source: entry.line for entry in listed},
    )
    for source in storage.catalog.file_sources(COLLECTION) - intake.stated.keys():
        if source.startswith("library:"):
            _remove_documents_of(intake, source)
    return ingest_files(intake, [entry.file for entry in listed], progress)


def ingest_files(
    intake: Intake, files: Sequence[SourceFile | Failure], progress: Progress = SILENCE
) -> IngestReport:
    """Take in files that were found already: uploads, or what `discover` gave."""
    started = time.monotonic()
    outcomes = list[FileOutcome]()
    progress.start(Stage.READING, len(files))
    with BackgroundIndexing(intake.storage) as indexing:
        for file in files:
            outcome = take_in(intake, file)
            outcomes.append(outcome)
            name = file.source if isinstance(file, Failure) else file.file_name
            progress.advance(1, note=name, documents=len(outcome.items))
            indexing.expect(outcome.passages)
    complete(intake.storage, progress)
    return IngestReport(
        collection=intake.collection,
        outcomes=tuple(outcomes),
        seconds=time.monotonic() - started,
    )


def _remove_documents_of(intake: Intake, file_source: str) -> None:
    catalog = intake.storage.catalog
    for document_id in catalog.documents_of_file(
        collection=intake.collection, file_source=file_source
    ):
        catalog.remove_document(document_id)


def default_stages() -> Stages:
    """The real ones."""
    # Deferred: readers bring libraries along that other commands need not wait for.
    from ingest.cleaning import clean
    from ingest.discovery import discover
    from ingest.metadata import describe
    from ingest.readers.reading import read_file
    from ingest.splitting import split

    return Stages(
        discover=discover, read_file=read_file, clean=clean, describe=describe, split=split
    )
