"""The training folder: which of its files are texts, which are pairs."""

import json
import lzma
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TEXT_FILES = (
    "news_crud",
    "news_xwlb",
    "reports_city_gov",
    "reports_national_pre2013",
    "articles_discipline",
)
PAIR_FILES = (
    "pairs_qa_cmrc2018_train",
    "pairs_qa_squad2zh_dev",
    "pairs_qa_c3_train",
    "pairs_qa_ncp_policy",
    "pairs_title_xwlb",
    "pairs_title_jijian",
    "pairs_title_csl",
    "pairs_heading_city_gov",
    "pairs_heading_gwr",
    "pairs_sim_pairs_labelled",
    "pairs_nli_triples",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPair:
    """Two texts that should be near each other.

    Attributes:
        query: The shorter one: a question, a title, a heading, a sentence.
        passage: What answers or continues it.
        distractor: A text that should be further from `query` than `passage`, or empty.
        group: Which file it came from.
    """

    query: str
    passage: str
    group: str
    distractor: str = ""


def read_records(path: Path) -> Iterator[dict[str, object]]:
    """The records of a JSON-lines file that is packed with xz, in order."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def read_texts(data: Path, name: str) -> Iterator[str]:
    """The texts of one of `TEXT_FILES`, as stored."""
    for record in read_records(data / f"{name}.jsonl.xz"):
        yield str(record["text"])


def _pair(record: dict[str, object], name: str) -> TrainingPair | None:
    if record.get("label", 1) != 1:
        return None
    negatives = record.get("neg")
    distractor = str(negatives[0]) if isinstance(negatives, list) and negatives else ""
    query, passage = str(record["q"]), str(record["pos"])
    if not query.strip() or not passage.strip():
        return None
    return TrainingPair(query=query, passage=passage, distractor=distractor, group=name)


def read_pairs(data: Path, name: str) -> list[TrainingPair]:
    """The pairs of one of `PAIR_FILES`; those labelled as different are left out."""
    records = read_records(data / f"{name}.jsonl.xz")
    return [pair for record in records if (pair := _pair(record, name))]


def all_texts(data: Path) -> Iterator[str]:
    """Everything that words are counted in: the texts, then both sides of the pairs.

    Titles of the two files whose articles are among the texts come without their articles,
    so that nothing is counted twice.
    """
    for name in TEXT_FILES:
        yield from read_texts(data, name)
    for name in PAIR_FILES:
        repeats = name in {"pairs_title_xwlb", "pairs_title_jijian"}
        for record in read_records(data / f"{name}.jsonl.xz"):
            yield str(record["q"])
            if not repeats:
                yield str(record["pos"])
