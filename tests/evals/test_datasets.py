"""Reading published files: endings, packing, and what is said of a file that is no good."""

import json
import lzma
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.datasets import ENDINGS, Published, find_file, read_lines, read_object, require_files
from rag.errors import EvaluationError


class Item(Published):
    id: str
    text: str = ""


def pack(path: Path, text: str) -> Path:
    data = text.encode()
    path.write_bytes(lzma.compress(data) if path.suffix == ".xz" else data)
    return path


@pytest.mark.parametrize("ending", ENDINGS)
@given(texts=st.lists(st.text()))
def test_lines_are_read_back_as_they_were_written(ending: str, texts: list[str], tmp_path_factory):
    path = tmp_path_factory.mktemp("lines") / f"items{ending}"
    lines = [json.dumps({"id": i, "text": t}, ensure_ascii=False) for i, t in enumerate(texts)]
    pack(path, "\n\n".join(lines))
    assert [(item.id, item.text) for item in read_lines(path, Item)] == [
        (str(i), text) for i, text in enumerate(texts)
    ]


def test_an_object_may_begin_with_a_byte_order_mark_and_have_further_fields(tmp_path: Path):
    path = pack(tmp_path / "item.json", '\ufeff{"id": "a",\n "source": "x"}')
    assert read_object(path, Item) == Item(id="a")


def test_a_line_without_a_field_is_named_with_its_number(tmp_path: Path):
    path = pack(tmp_path / "items.jsonl", '{"id": 1}\n\n{"text": "甲"}\n')
    with pytest.raises(EvaluationError, match=r"items\.jsonl 第 3 行.*id"):
        list(read_lines(path, Item))


def test_what_is_no_json_is_named(tmp_path: Path):
    path = pack(tmp_path / "items.jsonl", "{")
    with pytest.raises(EvaluationError, match="第 1 行 不是 JSON"):
        list(read_lines(path, Item))


@pytest.mark.parametrize("data", [b"\xff\xfe\xff", b"\xfd7zXZ\x00\x00"], ids=["text", "cut_short"])
def test_a_file_that_cannot_be_read_is_named(data: bytes, tmp_path: Path):
    path = tmp_path / ("items.jsonl" if data.startswith(b"\xff") else "items.jsonl.xz")
    path.write_bytes(data)
    with pytest.raises(EvaluationError, match=f"读不了测评集文件 .*{path.name}"):
        list(read_lines(path, Item))


def test_a_file_is_found_under_any_ending_and_the_plainest_first(tmp_path: Path):
    assert find_file(tmp_path, "items") is None
    for ending in reversed(ENDINGS):
        path = pack(tmp_path / f"items{ending}", "")
        assert find_file(tmp_path, "items") == path


def test_all_missing_files_are_named_with_their_folder(tmp_path: Path):
    there = pack(tmp_path / "docs.json", "")
    with pytest.raises(EvaluationError, match=r"corpus\.jsonl、queries\.jsonl") as caught:
        require_files(tmp_path, "corpus", "docs", "queries")
    assert str(tmp_path) in str(caught.value)
    assert "docs.jsonl" not in str(caught.value)
    assert require_files(tmp_path, "docs") == [there]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(EvaluationError, match=r"没有文件夹 .*nowhere.*--path"):
        require_files(tmp_path / "nowhere", "docs")
