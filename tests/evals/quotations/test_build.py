"""The test set is built from a small library: valid, spread, and the same whatever the order."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from evals.libraries import Text, read_text
from evals.quotations import build as building
from evals.quotations.build import build_cases, is_valid
from evals.quotations.classes import CLASSES, INVENTED, NEAR_TWIN, SET_PHRASE, TITLES
from evals.quotations.cutting import Made
from evals.quotations.library import Library, make_library
from evals.quotations.oracle import plain, same_words
from evals.quotations.records import FOLDER, VERIFY, QuotationCase, read_cases, read_drafts
from rag.documents import Document
from rag.errors import EvaluationError
from rag.text import Span

SPEECH = """青湾市机构改革动员大会讲话
同志们：
今年要完成三件大事，设置党政机构37个，清理限额外机构11个，下放事项63项。
改革好不好，群众说了算，干部说了不算，数字说了也不算。
各部门要按照“三定”要求，把职责理得清清楚楚，把人员安排得妥妥当当，把权力接得稳稳当当。
一件事情由一个部门负责到底，不得推诿扯皮，不得突击花钱。
"""
NEWS = """白露县召开机构改革总结会
2019年3月15日，白露县完成人员转隶，涉及干部218人，封存旧印章58枚。
县长乔木在会上说，窗口可以合并，责任不能合并，热情更不能打折扣。
会后，记者走访了三个乡镇，群众普遍反映办事比过去方便得多。
全县设置党政机构35个，清理限额外机构9个，下放事项58项。
"""
REPORT = """青湾市机构改革情况通报
青湾市设置党政机构37个，清理限额外机构11个，下放事项61项。
改革以来，重复检查减少57%，群众投诉的平均处理时间由7天缩短到2天。
市政务大厅设综合窗口18个，平均等候时间由22分钟缩短到8分钟。
下一步要统一文书、统一标志、统一培训，完成全部部门的评估。
"""
SAYINGS = [
    {"document": "讲话", "speaker": "舒望", "begins": "今年要完成", "ends": "突击花钱。"},
    {"document": "新闻", "speaker": "乔木", "begins": "窗口可以合并", "ends": "打折扣。"},
    {"document": "新闻", "speaker": None, "begins": "会后，记者走访", "ends": "方便得多。"},
    {"document": "没有这份", "speaker": "乔木", "begins": "甲", "ends": "乙"},
]
SPEAKERS = [
    {"name": "舒望", "namings": ["舒望", "青湾市委书记舒望"]},
    {"name": "乔木", "namings": ["乔木", "县长乔木", "乔木同志"]},
]
INVENTIONS = [{"text": "把路修到最后一户门口。"}, {"text": "表格要瘦身。", "speaker": "乔木"}]


def documents() -> list[Document]:
    texts = [("讲话", SPEECH), ("新闻", NEWS), ("通报", REPORT)]
    return [
        entry.document
        for key, text in texts
        for entry in read_text(Text(key=key, text=text, title=text.partition("\n")[0]))
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What is kept by hand, for the small library."""
    for name, lines in (("sayings", SAYINGS), ("speakers", SPEAKERS), ("invented", INVENTIONS)):
        text = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
        (tmp_path / f"{name}.jsonl").write_text(text, encoding="utf-8")
    (tmp_path / "phrases.txt").write_text("限额外机构\n推诿扯皮\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def library(folder: Path) -> Library:
    return make_library(documents(), folder=folder)


def test_the_same_documents_give_the_same_quotations_in_any_order(folder: Path, library: Library):
    other = make_library(reversed(documents()), folder=folder)
    assert build_cases(library, folder=folder) == build_cases(other, folder=folder)


def test_every_quotation_is_what_its_class_says(folder: Path, library: Library):
    cases = build_cases(library, folder=folder)
    for case in cases:
        assert library.oracle.holds(case.text) == (case.verdict in {"exact", "misattributed"}), case
        if case.verdict == "exact" and "……" not in case.text:
            assert same_words(case.text, case.source_quote or "")
    assert len({case.id for case in cases}) == len(cases)
    assert {case.class_name for case in cases} <= set(TITLES)
    assert {SET_PHRASE, INVENTED, NEAR_TWIN, "composed"} <= {case.class_name for case in cases}


def test_each_half_has_documents_of_its_own(folder: Path, library: Library):
    halves = {one.metadata.title: library.halves[one.document_id] for one in library.documents}
    assert set(halves.values()) == {"dev", "test"}
    for case in build_cases(library, folder=folder):
        if case.class_name not in {SET_PHRASE, INVENTED}:
            assert halves[case.document_title or ""] == case.half


def test_a_speaker_is_wrong_only_for_words_he_does_not_say(folder: Path, library: Library):
    spoken = {saying.speaker: plain(saying.text) for saying in library.sayings}
    cases = build_cases(library, folder=folder)
    asked = [case for case in cases if case.speaker and case.class_name != INVENTED]
    assert {case.verdict for case in asked} == {"exact", "misattributed"}
    for case in asked:
        name = next(line["name"] for line in SPEAKERS if case.speaker in line["namings"])
        assert (plain(case.text) in spoken[name]) == (case.verdict == "exact")


def test_what_stands_elsewhere_is_no_alteration(library: Library):
    digit = next(one for one in CLASSES if one.name == "altered_digit")
    report = next(one for one in library.documents if one.text.startswith("青湾市机构改革情况"))
    whole = Span(0, len(report.text))
    for text, valid in (("下放事项63项", False), ("下放事项64项", True)):
        assert is_valid(library, digit, report, Made(text=text, source=whole)) == valid


def test_a_phrase_that_nobody_uses_is_named(folder: Path, library: Library):
    (folder / "phrases.txt").write_text("四个到位\n", encoding="utf-8")
    with pytest.raises(EvaluationError, match="提法“四个到位”"):
        build_cases(library, folder=folder)


def test_an_invention_that_shares_words_is_named(folder: Path, library: Library):
    copied = json.dumps({"text": "据说群众普遍反映办事比过去方便。"})
    (folder / "invented.jsonl").write_text(copied, encoding="utf-8")
    with pytest.raises(EvaluationError, match="请改写"):
        build_cases(library, folder=folder)


def test_words_that_do_not_stand_in_their_document_are_named(folder: Path):
    line = {"document": "新闻", "speaker": "乔木", "begins": "窗口可以合并", "ends": "没有这句。"}
    (folder / "sayings.jsonl").write_text(json.dumps(line), encoding="utf-8")
    with pytest.raises(EvaluationError, match="没有这句"):
        make_library(documents(), folder=folder)


def test_two_documents_of_one_title_are_refused(folder: Path):
    first, second, *_ = documents()
    twin = replace(second, metadata=first.metadata)
    with pytest.raises(EvaluationError, match="标题相同"):
        make_library([first, twin], folder=folder)


def test_the_test_set_has_enough_of_every_class_in_both_halves():
    cases = read_cases()
    counts = Counter((case.class_name, case.half) for case in cases)
    assert len(cases) >= 480
    for name in TITLES:
        assert min(counts[name, "dev"], counts[name, "test"]) >= 13, name
    assert len({case.id for case in cases}) == len(cases)
    assert sum(counts[INVENTED, half] for half in ("dev", "test")) >= 40


def test_quotations_of_one_class_come_from_many_documents():
    spread = dict[str, set[str | None]]()
    for case in read_cases():
        spread.setdefault(case.class_name, set()).add(case.document_title)
    assert all(len(titles) >= 15 for name, titles in spread.items() if name != INVENTED)


def test_the_drafts_have_enough_planted_in_both_halves():
    drafts = read_drafts()
    assert len(drafts) == 120
    assert Counter(draft.half for draft in drafts) == {"dev": 100, "test": 20}
    for draft in drafts:
        assert 400 <= len(draft.text) <= 2000
        assert sum(label.is_error for label in draft.labels) >= 5
        assert sum(label.verdict == "exact" for label in draft.labels) >= 5
    assert sum(label.is_error for draft in drafts for label in draft.labels) >= 500


def test_main_says_what_is_wrong(monkeypatch: pytest.MonkeyPatch, capsys):
    def fail() -> None:
        raise EvaluationError("坏了")

    monkeypatch.setattr(building, "build", fail)
    assert building.main() == 1
    assert capsys.readouterr().err == "出错：坏了\n"


@pytest.mark.slow
def test_the_test_set_is_up_to_date_with_library_and_builder(tmp_path: Path):
    building.build(into=tmp_path)
    for path in sorted(tmp_path.rglob("*.*")):
        kept = FOLDER / path.relative_to(tmp_path)
        hint = "run python -m evals.quotations.build"
        assert path.read_bytes() == kept.read_bytes(), hint
    assert (tmp_path / VERIFY).is_file()


def test_a_line_keeps_its_class_in_the_file():
    case = read_cases()[0]
    assert QuotationCase.model_validate_json(case.model_dump_json()) == case
    assert json.loads(case.model_dump_json())["class"] == case.class_name
