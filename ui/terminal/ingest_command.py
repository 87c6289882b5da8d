"""`wence ingest`: files and folders go to the data folder, or to the server that owns it."""

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from ingest.discovery import discover
from ingest.pipeline import ingest, ingest_builtin
from ingest.progress import Progress, Stage
from ingest.report import FileOutcome, IngestReport
from ingest.stages import Failure, SourceFile
from rag.assembly import open_embedder
from rag.catalog_entries import Change
from rag.errors import DataFolderInUseError
from rag.settings import Settings
from rag.storage import Storage, open_storage
from rag.text import in_title_marks
from rag.words import Words
from ui.api.schemas import UploadItem, UploadResults
from ui.terminal.client import ServerClient
from ui.terminal.output import print_json, print_note, print_result, printable
from ui.terminal.progress_display import shown_progress
from ui.terminal.uploading import Upload

_PROGRAM = "wence ingest"
_STATUS_NAMES = {
    "added": "新增",
    "replaced": "更新",
    "unchanged": "未变",
    "failed": "失败",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of one file.

    Attributes:
        source: Its path, as the user would look for it.
        notes: What else the user should know of it.
    """

    source: str
    item: UploadItem
    notes: tuple[str, ...] = ()


def run_ingest(
    settings: Settings,
    paths: Sequence[str],
    *,
    collection: str,
    with_library: bool,
    as_json: bool,
) -> bool:
    """Take in what `paths` stand for; whether every file succeeded.

    Raises:
        WenceError: Nothing could be taken in.
    """
    places = [Path(path) for path in paths]
    with ExitStack() as stack:
        try:
            storage = stack.enter_context(_open(settings))
        except DataFolderInUseError as error:
            if error.url is None:
                raise
            if with_library:
                print_note("内置资料库要独占数据目录才能导入：请先停掉服务，再加 --library 运行")
                return False
            client = stack.enter_context(ServerClient(error.url))
            taken = _sent(client, places, collection=collection, settings=settings)
        else:
            taken = _taken_in(
                storage,
                places,
                collection=collection,
                with_library=with_library,
                max_bytes=settings.max_file_bytes,
            )
    _report(taken, as_json=as_json)
    return all(one.item.status != "failed" for one in taken)


def _open(settings: Settings) -> Storage:
    return open_storage(
        settings.data, embedder=open_embedder(settings), segmenter=Words(), program=_PROGRAM
    )


def _taken_in(
    storage: Storage,
    paths: Sequence[Path],
    *,
    collection: str,
    with_library: bool,
    max_bytes: int,
) -> list[Taken]:
    """Read and index here."""
    reports = list[IngestReport]()
    with shown_progress() as progress:
        if with_library:
            reports.append(ingest_builtin(storage, progress))
        if paths:
            reports.append(
                ingest(
                    storage, paths, collection=collection, max_bytes=max_bytes, progress=progress
                )
            )
    return [_taken(outcome) for report in reports for outcome in report.outcomes]


def _taken(outcome: FileOutcome) -> Taken:
    if outcome.failure is not None:
        return _failed(outcome.failure)
    changes = {item.change for item in outcome.items}
    first = outcome.items[0]
    kept = [item.document_id for item in outcome.items if item.change is not Change.REMOVED]
    notes = [
        f"{first.file_source}：{in_title_marks(twin.title)}与集合里的另一份文件（{'、'.join(twin.same_as)}）"
        "内容相同，两份都保留"
        for twin in outcome.duplicates
    ]
    status = "replaced"
    if changes == {Change.UNCHANGED}:
        status = "unchanged"
    elif changes == {Change.ADDED}:
        status = "added"
    item = UploadItem(
        file_name=printable(first.file_name), status=status, document_ids=kept, reason=None
    )
    return Taken(source=first.file_source, item=item, notes=tuple(notes))


def _failed(failure: Failure) -> Taken:
    name = failure.source.replace("!", "/").rsplit("/", 1)[-1]
    item = UploadItem(
        file_name=printable(name), status="failed", document_ids=[], reason=failure.reason
    )
    return Taken(source=failure.source, item=item)


def _sent(
    client: ServerClient, paths: Sequence[Path], *, collection: str, settings: Settings
) -> list[Taken]:
    """Find the files here and send them to the server, under the names they have here."""
    print_note(f"{client.url} 的服务正在使用数据目录，经由它导入。")
    with tempfile.TemporaryDirectory(prefix="wence-") as workspace:
        found = list(discover(paths, workspace=Path(workspace), max_bytes=settings.max_file_bytes))
        with shown_progress() as progress:
            progress.start(Stage.READING, len(found))
            return list(_uploaded(client, found, collection=collection, progress=progress))


def _uploaded(
    client: ServerClient,
    found: Sequence[SourceFile | Failure],
    *,
    collection: str,
    progress: Progress,
) -> Iterator[Taken]:
    for failure in found:
        if isinstance(failure, Failure):
            progress.advance(1, note=failure.source)
            yield _failed(failure)
    uploads = [_upload(file) for file in found if isinstance(file, SourceFile)]
    for batch in client.upload(uploads, collection=collection):
        for upload, item in batch:
            progress.advance(1, note=upload.file_name, documents=len(item.document_ids))
            yield Taken(source=upload.source, item=item)


def _upload(file: SourceFile) -> Upload:
    try:
        size = file.path.stat().st_size
    except OSError:  # it is gone since: sending it will say so
        size = 0
    return Upload(path=file.path, source=file.source, file_name=file.file_name, size=size)


def _report(taken: Iterable[Taken], *, as_json: bool) -> None:
    taken = list(taken)
    for one in taken:
        for note in one.notes:
            print_note(f"注意：{note}")
        if one.item.status == "failed":
            print_note(f"失败：{one.source}：{one.item.reason}")
    if as_json:
        print_json(UploadResults(items=[one.item for one in taken]))
        return
    if not taken:
        print_note("没有找到可导入的文件：所给的文件夹是空的，或只有隐藏文件。")
        return
    counts = Counter(one.item.status for one in taken)
    documents = len({found for one in taken for found in one.item.document_ids})
    parts = [f"{name} {counts[status]}" for status, name in _STATUS_NAMES.items() if counts[status]]
    print_result(f"导入完毕：读取 {len(taken)} 个（{'，'.join(parts)}），共得 {documents} 份文件。")
