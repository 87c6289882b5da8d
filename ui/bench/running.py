"""`wence bench`: how fast it is and how much memory it takes, beside what was promised.

Everything happens in a temporary folder, which is gone afterwards.
"""

import os
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import ParamSpec, TypeVar

import httpx

from ingest.intake import Stages
from ingest.pipeline import default_stages, ingest
from rag.assembly import open_embedder
from rag.protocols import Embedder, Vectors
from rag.settings import Settings
from rag.storage import CATALOG_NAME, VECTORS_NAME, WORDS_NAME, Storage, open_storage
from rag.words import Words
from ui.bench.documents import SyntheticDocument, library_clauses, write_documents
from ui.bench.figures import Figure, Figures, figure, quantile, shown_figures
from ui.bench.processes import (
    folder_mb,
    has_loaded,
    median_wall_s,
    resident_mb,
    running_server,
)
from ui.bench.quotations import measure_quotations
from ui.bench.replies import measure_replies
from ui.terminal.output import print_body, print_note

QUESTIONS = 200
_WARM_UP = 20
_MAX_FILE_BYTES = 10_000_000
_BATCH = 100

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


class _StageTimes:
    """Seconds that each stage took, summed over all calls."""

    def __init__(self) -> None:
        self.seconds = defaultdict[str, float](float)

    def timed(
        self, name: str, stage: Callable[_Arguments, _Result]
    ) -> Callable[_Arguments, _Result]:
        """`stage`, its time counted under `name`."""

        def measured(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> _Result:
            since = time.perf_counter()
            try:
                return stage(*args, **kwargs)
            finally:
                self.seconds[name] += time.perf_counter() - since

        return measured

    def stages(self) -> Stages:
        """The real stages, timed."""
        real = default_stages()
        return Stages(
            discover=real.discover,
            read_file=self.timed("读取", real.read_file),
            clean=self.timed("整理", real.clean),
            describe=self.timed("元数据", real.describe),
            split=self.timed("切分", real.split),
        )


class _TimedEmbedder:
    """An embedder whose work on passages is counted."""

    def __init__(self, embedder: Embedder, times: _StageTimes) -> None:
        self._embedder = embedder
        self._embed = times.timed("向量化", embedder.embed_passages)

    @property
    def name(self) -> str:
        return self._embedder.name

    @property
    def dimensions(self) -> int:
        return self._embedder.dimensions

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return self._embed(texts)

    def embed_query(self, text: str) -> Vectors:
        return self._embedder.embed_query(text)


def run_bench(*, documents: int, passages: int, quotation_passages: int, as_json: bool) -> None:
    """Measure and print.

    Args:
        documents: So many are ingested against the clock.
        passages: At least so many are indexed when questions are asked.
        quotation_passages: So many are in the library in which quotations are verified.
        as_json: Print JSON instead of a table.
    """
    with tempfile.TemporaryDirectory(prefix="wence-bench-") as folder:
        figures = measure(Path(folder), documents=documents, passages=passages)
        print_note(f"建 {quotation_passages:,} 段的资料库，核对引文……")
        quotations = measure_quotations(Path(folder, "quotations"), passages=quotation_passages)
        figures = Figures(items=[*figures.items, *measure_replies(), *quotations])
    print_body(figures, lambda: shown_figures(figures), as_json=as_json)


def measure(folder: Path, *, documents: int, passages: int, questions: int = QUESTIONS) -> Figures:
    """All figures; what is written goes into `folder`."""
    data = folder / "data"
    _warn_when_busy()
    print_note(f"导入 {documents} 份文件……")
    items, made = _measure_ingest(folder, data, documents=documents, passages=passages)
    print_note("启动服务，提问……")
    asked = list(dict.fromkeys(document.question for document in made))[: questions + _WARM_UP]
    items += _measure_server(data, asked)
    print_note("测量命令行……")
    items += _measure_command_line(data, asked[0])
    items += [
        figure(f"disk_{name}_mb", f"磁盘：{label}", folder_mb(data / file), "MB")
        for name, label, file in (
            ("catalog", "目录库", CATALOG_NAME),
            ("vectors", "向量", VECTORS_NAME),
            ("words", "词语", WORDS_NAME),
        )
    ]
    return Figures(items=items)


def _warn_when_busy() -> None:
    """Say so when other programs keep the machine busy: it will look slower than it is."""
    if hasattr(os, "getloadavg") and os.getloadavg()[0] > 0.5 * (os.cpu_count() or 1):
        print_note(f"这台机器正忙（负载 {os.getloadavg()[0]:.1f}），实测会偏慢，宜稍后再测。")


def _measure_ingest(
    folder: Path, data: Path, *, documents: int, passages: int
) -> tuple[list[Figure], list[SyntheticDocument]]:
    clauses = library_clauses()
    made = write_documents(folder / "timed", clauses, range(documents))
    times = _StageTimes()
    embedder = _TimedEmbedder(open_embedder(Settings(data=data)), times)
    with open_storage(data, embedder=embedder, segmenter=Words(), program="wence bench") as storage:
        take_in = partial(_take_in, storage, times=times)
        write_documents(folder / "warm-up", clauses, range(-10, 0))
        take_in(folder / "warm-up")  # what is loaded on first use is not throughput
        times.seconds.clear()
        seconds, count = take_in(folder / "timed")
        measured = dict(times.seconds)
        characters = statistics.mean(len(document.text) for document in made)
        items = [
            figure("ingest_per_s", "导入", count / seconds, "份/秒", at_least=100),
            figure("document_characters", "　平均每份", characters, "字"),
        ]
        rest = seconds - sum(measured.values())
        items += [
            figure(f"ingest_{number}_share", f"　其中{name}", 100 * spent / seconds, "%")
            for number, (name, spent) in enumerate((measured | {"目录库与索引": rest}).items(), 1)
        ]
        while storage.catalog.counts().passages < passages:
            numbers = range(len(made), len(made) + _BATCH)
            made += write_documents(folder / f"more{len(made)}", clauses, numbers)
            take_in(folder / f"more{numbers.start}")
        indexed = storage.catalog.counts().passages
    return [*items, figure("passages", "索引中的段落", indexed, "段")], made


def _take_in(storage: Storage, folder: Path, *, times: _StageTimes) -> tuple[float, int]:
    """Seconds it took to take a folder in, and how many documents it gave."""
    since = time.perf_counter()
    report = ingest(
        storage, [folder], collection="bench", max_bytes=_MAX_FILE_BYTES, stages=times.stages()
    )
    return time.perf_counter() - since, len(report.items)


def _measure_server(data: Path, questions: Sequence[str]) -> list[Figure]:
    with running_server(data) as (process_id, url):
        with httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
            ask = partial(_ask_ms, client)
            for question in questions[:_WARM_UP]:
                ask(question)
            rest = questions[_WARM_UP:] or questions
            alone = sorted(map(ask, rest))
            with ThreadPoolExecutor(4) as pool:
                together = sorted(pool.map(ask, rest))
        memory = resident_mb(process_id)
        torch = has_loaded(process_id, "libtorch")
    return [
        figure("ask_p50_ms", "提问（接口）p50", quantile(alone, 0.5), "毫秒", at_most=30),
        figure("ask_p95_ms", "提问（接口）p95", quantile(alone, 0.95), "毫秒", at_most=80),
        figure("ask_4_p50_ms", "　四人同时 p50", quantile(together, 0.5), "毫秒"),
        figure("ask_4_p95_ms", "　四人同时 p95", quantile(together, 0.95), "毫秒"),
        figure("questions", "　不同的问题", len(set(rest)), "个"),
        figure("memory_mb", "服务占用内存", memory, "MB", at_most=500),
        figure("torch", "　加载了 torch", None if torch is None else float(torch), "", at_most=0),
    ]


def _ask_ms(client: httpx.Client, question: str) -> float:
    since = time.perf_counter()
    client.post("/v1/answers", json={"question": question}).raise_for_status()
    return (time.perf_counter() - since) * 1000


def _measure_command_line(data: Path, question: str) -> list[Figure]:
    help_s = median_wall_s(["--help"], folder=data.parent)
    ask_s = median_wall_s(["ask", question, "--data", str(data)], folder=data.parent)
    return [
        figure("help_s", "wence --help", help_s, "秒", at_most=0.3),
        figure("cold_ask_s", "wence ask（冷启动）", ask_s, "秒", at_most=2.5),
    ]
