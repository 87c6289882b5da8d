"""A throw-away library: what is put in is found, and nothing stays behind."""

from pathlib import Path

import pytest

from evals.libraries import Text, open_library, read_text

TITLED = Text(key="甲.txt", text="溪口镇设便民服务站六处。\n\n每站两人。", title="溪口镇便民服务")


def test_a_stated_title_is_taken_and_passages_are_spans():
    (entry,) = read_text(TITLED)
    assert entry.document.metadata.title == "溪口镇便民服务"
    assert entry.document.file_name == "甲.txt"
    assert entry.passages
    for passage in entry.passages:
        assert passage.span.of(entry.document.text) == passage.text


def test_the_same_text_gives_the_same_entry_and_another_key_another_document():
    other = Text(key="乙.txt", text=TITLED.text, title=TITLED.title)
    assert read_text(TITLED) == read_text(TITLED)
    assert read_text(TITLED)[0].document.document_id != read_text(other)[0].document.document_id


def test_empty_text_gives_no_passage():
    assert not [
        passage for entry in read_text(Text(key="空.txt", text="\n")) for passage in entry.passages
    ]


@pytest.mark.slow
def test_a_library_answers_from_its_entries_and_is_gone_afterwards():
    entries = read_text(TITLED)
    with open_library(entries) as system:
        folder = Path(system.storage.folder)
        (found,) = system.assistant.search("便民服务站有几处", limit=1)
        assert found.passage == entries[0].passages[0]
        assert folder.is_dir()
    assert not folder.exists()
