"""Compares catalog, vectors, words, fingerprints, and names what differs (`wence doctor`)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ingest.indexing import complete
from ingest.progress import SILENCE, Progress
from rag.errors import IndexingError
from rag.storage import Storage


class Fault(StrEnum):
    """What is wrong: a closed list."""

    CATALOG_DAMAGED = "catalog_damaged"
    INDEX_DAMAGED = "index_damaged"
    MISSING = "missing"
    EXTRA = "extra"
    PENDING = "pending"
    BURIED = "buried"
    MODEL = "model"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Something in which the stores do not agree.

    Attributes:
        where: "catalog", "vectors", "words" or "fingerprints".
        passage_id: Which passage, where it is about one.
        message: For the user, in Chinese.
    """

    fault: Fault
    where: str
    message: str
    passage_id: str | None = None


def examine(storage: Storage) -> list[Difference]:
    """Every difference, the catalog's own first, then by passage id; empty when all is well.

    Raises:
        StorageError: The catalog is too damaged to be read.
    """
    with storage.indexing:
        catalog = storage.catalog
        pending = catalog.indexing.pending_ids()
        buried = set(catalog.indexing.tombstones(catalog.counts().tombstones))
        expected = catalog.passage_ids() - pending
        allowed = pending | buried
        return [
            *_catalog_damage(storage),
            *_model(storage),
            *_waiting(Fault.PENDING, pending, "还没有编入索引"),
            *_waiting(Fault.BURIED, buried, "已删除，还没有从索引移除"),
            *_index(storage.vectors.ids, "vectors", "向量索引", expected, allowed),
            *_index(storage.words.ids, "words", "词语索引", expected, allowed),
            *_fingerprints(storage),
        ]


def repair(
    storage: Storage, differences: Sequence[Difference], progress: Progress = SILENCE
) -> list[Difference]:
    """Mend what can be mended from the catalog; returns what is left.

    Passages that an index lacks are indexed again, those it has too many are removed. A
    damaged index needs `wence rebuild`, a damaged catalog a backup.
    """
    catalog = storage.catalog
    catalog.indexing.mark_pending(_passages(differences, Fault.MISSING))
    catalog.indexing.add_tombstones(_passages(differences, Fault.EXTRA))
    complete(storage, progress)
    return examine(storage)


def _passages(differences: Sequence[Difference], fault: Fault) -> set[str]:
    return {
        difference.passage_id
        for difference in differences
        if difference.fault is fault and difference.passage_id is not None
    }


def _catalog_damage(storage: Storage) -> list[Difference]:
    return [
        Difference(
            fault=Fault.CATALOG_DAMAGED,
            where="catalog",
            message=f"目录库损坏：{problem}；请从备份恢复，或移走数据目录重新导入",
        )
        for problem in storage.catalog.problems()
    ]


def _model(storage: Storage) -> list[Difference]:
    known, current = storage.catalog.indexing.model, storage.embedder.name
    if known == current:
        return []
    message = f"索引由模型 {known} 建成，当前模型是 {current}：请运行 wence rebuild"
    return [Difference(fault=Fault.MODEL, where="vectors", message=message)]


def _waiting(fault: Fault, passage_ids: set[str], what: str) -> list[Difference]:
    return [
        Difference(
            fault=fault, where="catalog", passage_id=passage_id, message=f"段落 {passage_id} {what}"
        )
        for passage_id in sorted(passage_ids)
    ]


def _fingerprints(storage: Storage) -> list[Difference]:
    records = storage.catalog.fingerprints
    sizes = {one.number: len(one.starts) - 1 for one in storage.fingerprints.segments}
    found = list[Difference]()
    if pending := records.pending():
        message = f"{pending} 份文件还没有编入引文索引"
        found.append(Difference(fault=Fault.PENDING, where="fingerprints", message=message))
    for number, texts in records.texts_in_segments().items():
        if texts > sizes.get(number, 0):
            message = f"引文索引的第 {number} 个文件缺失或损坏，涉及 {texts} 份文件"
            found.append(Difference(fault=Fault.MISSING, where="fingerprints", message=message))
    return found


def _index(
    read_ids: Callable[[], set[str]],
    where: str,
    name: str,
    expected: set[str],
    allowed: set[str],
) -> list[Difference]:
    try:
        found = read_ids()
    except IndexingError as error:
        return [Difference(fault=Fault.INDEX_DAMAGED, where=where, message=str(error))]
    missing = [(Fault.MISSING, key, f"{name}缺少段落 {key}") for key in sorted(expected - found)]
    surplus = found - expected - allowed
    extra = [(Fault.EXTRA, key, f"{name}多出段落 {key}") for key in sorted(surplus)]
    return [
        Difference(fault=fault, where=where, passage_id=key, message=message)
        for fault, key, message in missing + extra
    ]
