"""STARD: articles are found by the ids that the corpus gives them."""

import json
import lzma
from pathlib import Path

import pytest

from evals.benchmarks.stard import DEPTH, count, run

ARTICLES = [
    {"id": n, "name": f"虚构渔业管理条例第{n}条", "text": f"第{n}类渔船出海前应当报备航线。"}
    for n in range(60)
]
GOLD = {"id": 900, "name": "虚构集市管理办法第二条", "text": "摊主收摊后须清扫摊位，违者罚款。"}
QUERY = {
    "query_id": 5,
    "question": "收摊以后不清扫摊位会被罚款吗？",
    "answer": "会。",
    "gold": [900],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lines = [json.dumps(one, ensure_ascii=False) for one in [*ARTICLES, GOLD]]
    (tmp_path / "corpus.jsonl.xz").write_bytes(lzma.compress("\n".join(lines).encode()))
    text = json.dumps(QUERY, ensure_ascii=False)
    (tmp_path / "queries.jsonl").write_text(text, encoding="utf-8")
    return tmp_path


def test_questions_are_counted_without_reading_the_corpus(folder: Path):
    (folder / "corpus.jsonl.xz").write_bytes(b"")
    assert count(folder) == 1


@pytest.mark.slow
def test_the_article_is_found_by_its_own_id_and_deep_enough(folder: Path):
    calls = list[None]()
    (judged,) = run(folder, advance=lambda: calls.append(None))
    assert len(calls) == 1
    assert judged.case.id == "5"
    assert judged.case.relevant == {"900": 1}
    first = judged.prediction.retrieved[0]
    assert (first.id, first.document, first.text) == ("900", GOLD["name"], GOLD["text"])
    assert 24 < len(judged.prediction.retrieved) <= DEPTH
    assert judged.measures["S@1"] == judged.measures["R@50"] == 1
    assert "held" not in judged.measures
