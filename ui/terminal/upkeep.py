"""`wence rebuild` and `wence doctor`."""

from pydantic import BaseModel

from ingest.indexing import complete
from ingest.inspection import examine, repair
from rag.assembly import open_embedder
from rag.errors import DataFolderInUseError, StorageError
from rag.settings import Settings
from rag.storage import Storage, holds_catalog, open_storage
from rag.words import Words
from ui.terminal.output import print_body, print_json, print_note, print_result
from ui.terminal.progress_display import shown_progress

MAX_NAMED = 20


class DifferenceItem(BaseModel):
    """Something in which catalog, vectors and words do not agree."""

    fault: str
    where: str
    passage_id: str | None
    message: str


class Inspection(BaseModel):
    """What the data folder holds, and what is wrong with it."""

    documents: int
    passages: int
    items: list[DifferenceItem]
    next: str | None = None
    repaired: int = 0


def _open(settings: Settings, *, program: str, rebuilding: bool = False) -> Storage:
    folder = settings.data
    if not holds_catalog(folder):
        message = f"数据目录 {folder} 里还没有内容：请先用 wence ingest 路径 导入文件"
        raise StorageError(message)
    try:
        return open_storage(
            folder,
            embedder=open_embedder(settings),
            segmenter=Words(),
            program=program,
            rebuilding=rebuilding,
        )
    except DataFolderInUseError as error:
        if error.url is None:
            raise
        message = (
            f"数据目录 {folder} 正被 {error.url} 的服务（进程 {error.process_id}）使用，"
            f"而 {program} 要独占它：请先停掉服务，再运行"
        )
        raise DataFolderInUseError(message, process_id=error.process_id, url=error.url) from error


def run_rebuild(settings: Settings, *, as_json: bool) -> None:
    """Throw the indexes away and build them from the catalog."""
    with _open(settings, program="wence rebuild", rebuilding=True) as storage:
        with shown_progress() as progress:
            complete(storage, progress)
        inspection = _inspected(storage)
    shown = f"已重建索引：{inspection.documents} 份文件，{inspection.passages} 段。"
    print_body(inspection, lambda: shown, as_json=as_json)


def run_doctor(settings: Settings, *, repairing: bool, as_json: bool) -> bool:
    """Name every difference, mend what can be mended if asked to; whether all is well now."""
    with _open(settings, program="wence doctor") as storage:
        inspection = _inspected(storage)
        if repairing and inspection.items:
            found = examine(storage)
            with shown_progress() as progress:
                left = repair(storage, found, progress)
            inspection = _inspected(storage)
            inspection.repaired = len(found) - len(left)
    if as_json:
        print_json(inspection)
    _report(inspection, repairing=repairing, as_json=as_json)
    return not inspection.items


def _inspected(storage: Storage) -> Inspection:
    counts = storage.catalog.counts()
    items = [
        DifferenceItem(
            fault=found.fault.value,
            where=found.where,
            passage_id=found.passage_id,
            message=found.message,
        )
        for found in examine(storage)
    ]
    return Inspection(documents=counts.documents, passages=counts.passages, items=items)


def _report(inspection: Inspection, *, repairing: bool, as_json: bool) -> None:
    for item in inspection.items[:MAX_NAMED]:
        print_note(f"不一致：{item.message}")
    if len(inspection.items) > MAX_NAMED:
        more = len(inspection.items) - MAX_NAMED
        print_note(f"……还有 {more} 处，用 wence doctor --json 可看全部")
    if as_json:
        return
    total = f"{inspection.documents} 份文件，{inspection.passages} 段"
    mended = f"修复了 {inspection.repaired} 处，" if inspection.repaired else ""
    if not inspection.items:
        print_result(f"检查完毕：{total}，{mended}目录库、向量、词语三者一致。")
        return
    advice = "请运行 wence rebuild" if repairing else "可用 wence doctor --repair 修复"
    print_result(f"检查完毕：{total}，{mended}有 {len(inspection.items)} 处不一致，{advice}。")
