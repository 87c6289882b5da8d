"""Drafts with marks: labels stand where they say, and the library bears them out."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.quotations.marking import (
    TUNED_ON,
    check_drafts,
    objections,
    read_marked,
    unmark,
    write_drafts,
)
from evals.quotations.oracle import Oracle
from evals.quotations.records import MarkedDraft, read_drafts
from rag.errors import EvaluationError

LIBRARY = Oracle({
    "青湾": "青湾市设置党政机构37个。市长乔木说，改革没有旁观者。《青湾办法》施行。要四个到位。"
})
MARKED = (
    "青湾市设{{E figure|47个|37个|青湾市设置党政机构37个。}}机构。"
    "{{C person|市长乔木|市长乔木说}}讲：{{C quotation|“改革没有旁观者”}}。"
    "{{M quotation|舒望说，“改革没有旁观者”|市长乔木说，改革没有旁观者}}。"
    "{{E title|《青湾法》|《青湾办法》}}、{{E expression|“四个道位”|“四个到位”}}，"
    "{{E quotation_mark|“门口|“门口”}}，{{U quotation|“风也顺了”}}。"
)


def labelled(marked: str) -> MarkedDraft:
    return unmark("01", marked, half="dev")


def objected(marked: str) -> list[str]:
    (label,) = labelled(marked).labels
    return objections(label, LIBRARY)


def test_marks_are_gone_and_labels_stand_in_their_places():
    draft = labelled(MARKED)
    assert "{" not in draft.text
    assert draft.text.startswith("青湾市设47个机构。市长乔木讲")
    assert [label.verdict for label in draft.labels] == [
        "altered", "exact", "exact", "misattributed", "altered", "altered", "altered", "not_found",
    ]  # fmt: skip
    for label in draft.labels:
        assert draft.text[label.start : label.end] == label.text
    assert draft.labels[0].correction == "37个"
    assert draft.labels[0].note == "青湾市设置党政机构37个。"


plain_text = st.text(st.characters(exclude_characters="{|}"), min_size=1, max_size=8)


@given(st.lists(st.tuples(plain_text, plain_text, st.booleans()), max_size=6))
def test_positions_are_right_whatever_stands_around(parts: list[tuple[str, str, bool]]):
    marked = "".join(
        before + (f"{{{{E figure|{text}|正}}}}" if is_error else f"{{{{U date|{text}}}}}")
        for before, text, is_error in parts
    )
    draft = labelled(marked)
    assert draft.text == "".join(before + text for before, text, _ in parts)
    assert [draft.text[one.start : one.end] for one in draft.labels] == [
        text for _, text, _ in parts
    ]


def test_good_labels_raise_no_objection():
    check_drafts([labelled(MARKED)], LIBRARY)


@pytest.mark.parametrize(
    ("marked", "objection"),
    [
        ("{{E figure|47个|37个}}", "这一类要写出依据"),
        ("{{E figure|47个|36个|青湾市设置党政机构37个。}}", "依据里没有正确的写法"),
        ("{{E figure|47个|37个|白露县设置机构37个。}}", "依据不在资料库里"),
        ("{{C quotation|“改革没有局外人”}}", "依据里没有正确的写法"),
        ("{{E quotation|“改革没有旁观者”|“改革没有旁观者”}}", "资料库里正有这样的写法"),
        ("{{U expression|“四个到位”}}", "资料库里正有这样的写法"),
        ("{{M quotation|舒望说，“改革没有局外人”}}", "引语不在资料库里"),
    ],
)
def test_a_label_at_odds_with_the_library_is_objected_to(marked: str, objection: str):
    assert objected(marked) == [objection]


def test_all_wrong_labels_are_named_at_once():
    draft = labelled("{{E figure|47个|37个}}{{U expression|“四个到位”}}")
    with pytest.raises(EvaluationError, match=r"47个[\s\S]*四个到位"):
        check_drafts([draft], LIBRARY)


@pytest.mark.parametrize(
    "marked",
    [
        "{{E figure|47个}}",
        "{{E colour|红|绿}}",
        "{{X figure|47个|37个}}",
        "{{E figure|47个",
        "{{C title|}}",
        "多余的}}",
    ],
)
def test_a_malformed_mark_is_named(marked: str):
    with pytest.raises(EvaluationError, match="草稿 01"):
        labelled(marked)


def test_drafts_are_written_and_read_back(tmp_path: Path):
    (tmp_path / "marked").mkdir()
    for name in ("81", "82"):
        (tmp_path / "marked" / f"{name}.md").write_text(MARKED, encoding="utf-8")
    labels = write_drafts(LIBRARY, folder=tmp_path, into=tmp_path)
    drafts = read_drafts(tmp_path)
    assert drafts == read_marked(tmp_path)
    assert [draft.half for draft in drafts] == ["dev", "test"]
    assert [label for draft in drafts for label in draft.labels] == labels
    assert read_drafts(tmp_path, split="test") == drafts[1:]


def test_every_other_draft_only_measures_but_for_those_tuned_on(tmp_path: Path):
    (tmp_path / "marked").mkdir()
    for number in (min(TUNED_ON), 2, max(TUNED_ON), 81, 82):
        (tmp_path / "marked" / f"{number:02}.md").write_text("青湾市", encoding="utf-8")
    halves = [draft.half for draft in read_marked(tmp_path)]
    assert halves == ["dev", "dev", "dev", "dev", "test"]


def test_a_label_that_is_not_where_it_says_is_named(tmp_path: Path):
    (tmp_path / "drafts").mkdir()
    (tmp_path / "drafts" / "01.md").write_text("青湾市", encoding="utf-8")
    label = {"draft": "01", "start": 0, "end": 2, "kind": "title", "verdict": "exact"}
    for fields, message in (({"text": "白露"}, "白露"), ({"start": 7, "end": 9}, r"\[7, 9\)")):
        (tmp_path / "drafts.jsonl").write_text(json.dumps(label | fields), encoding="utf-8")
        with pytest.raises(EvaluationError, match=message):
            read_drafts(tmp_path)


def test_the_least_that_a_label_needs_is_enough(tmp_path: Path):
    (tmp_path / "drafts").mkdir()
    (tmp_path / "drafts" / "a.md").write_text("青湾市", encoding="utf-8")
    label = {"draft": "a", "start": 0, "end": 2, "kind": "title", "verdict": "altered"}
    (tmp_path / "drafts.jsonl").write_text(json.dumps(label) + "\n\n", encoding="utf-8")
    (draft,) = read_drafts(tmp_path)
    assert draft.labels[0].is_error
    assert draft.half == "test"


def test_a_file_that_is_missing_or_malformed_is_named(tmp_path: Path):
    with pytest.raises(EvaluationError, match=r"读不了 .*drafts\.jsonl"):
        read_drafts(tmp_path)
    (tmp_path / "drafts.jsonl").write_text("{}", encoding="utf-8")
    with pytest.raises(EvaluationError, match="第 1 行不合格式"):
        read_drafts(tmp_path)
