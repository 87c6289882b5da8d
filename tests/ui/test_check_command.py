"""`wence check`, `quote` and `verify`: what they print, write and refuse."""

import io
import json
import stat
import sys
from pathlib import Path

import docx
import pytest
from pydantic import TypeAdapter

from tests.ui.drafts.conftest import paragraph, word_file
from ui import cli
from ui.api.draft_schemas import DraftFindings
from ui.api.quotation_schemas import QuotationResults, VerificationResult

DRAFT = (
    "周文川强调，“改革要蹄急步稳，先立后破。”\n"
    "我区共设置党政机构三十五个，《清河区机构改革方案要点》可查。\n"
)


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    path = tmp_path / "讲话稿.txt"
    path.write_text(DRAFT, encoding="utf-8")
    return path


@pytest.fixture
def wence(served_folder: Path, capsys: pytest.CaptureFixture[str]):
    """Run a command in this process against the served folder: exit code, stdout, stderr."""

    def run(*arguments: object) -> tuple[int, str, str]:
        code = cli.run([*map(str, arguments), "--data", str(served_folder)])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        assert "secret" not in captured.out + captured.err
        return code, captured.out, captured.err

    return run


def test_findings_are_printed_with_place_verdict_and_correction(wence, draft: Path):
    code, out, err = wence("check", draft)
    assert (code, err) == (0, "")
    for shown in (
        "1. 第1段第8字  引文：与原文不符",
        "对照：改革要蹄[急→疾]步稳，先立后破。",
        "建议改为：三十六个",
        "出处：《在全市机构改革动员会上的讲话》（讲话，东江市委书记周文川，",
        "著录：周文川. 在全市机构改革动员会上的讲话[N]. 东江日报，2018-11-06.",
        "文件标题：一致",
    ):
        assert shown.replace("三十六", "𠮷三十六") in out
    assert out.splitlines()[-1].startswith("共核对 3 处：需要处理 2 处")
    assert "\x1b" not in out


def test_json_is_the_body_of_the_api(wence, draft: Path):
    code, out, err = wence("check", draft, "--json")
    assert (code, err) == (0, "")
    body = DraftFindings.model_validate_json(out)
    assert body.model_dump(mode="json") == json.loads(out)
    assert body.text == DRAFT
    words = [body.text[finding.start : finding.end] for finding in body.items]
    assert words == ["改革要蹄急步稳，先立后破。", "三十五个", "清河区机构改革方案要点"]


def test_a_report_and_an_annotated_file_are_written_and_named(wence, draft: Path, tmp_path: Path):
    report, annotated = tmp_path / "报告.html", tmp_path / "批注.docx"
    code, out, err = wence("check", draft, "--html", report, "--docx", annotated)
    assert code == 0
    assert out.splitlines()[-1].startswith("共核对 3 处")
    assert err.splitlines() == [f"已写入 {report}", f"已写入 {annotated}"]
    assert "核稿报告：讲话稿.txt" in report.read_text(encoding="utf-8")
    document = docx.Document(str(annotated))
    assert next(one.text for one in document.paragraphs) == DRAFT.splitlines()[0]
    assert len(list(document.comments)) == 2
    assert draft.read_text(encoding="utf-8") == DRAFT


def test_a_word_file_is_checked_and_annotated(wence, tmp_path: Path):
    source, annotated = tmp_path / "稿.docx", tmp_path / "批注.docx"
    source.write_bytes(word_file(paragraph("我区共设置党政机构", "三十五个")))
    code, out, _ = wence("check", source, "--docx", annotated)
    assert code == 0
    assert "第1段第10字  数字：与资料库不一致" in out
    (comment,) = docx.Document(str(annotated)).comments
    assert "建议改为：𠮷三十六个" in comment.text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_draft_may_come_from_standard_input(wence, monkeypatch, encoding: str):
    stdin = io.TextIOWrapper(io.BytesIO(DRAFT.encode(encoding)))
    monkeypatch.setattr(sys, "stdin", stdin)
    code, out, _ = wence("check", "-")
    assert code == 0
    assert "改革要蹄急步稳" in out


def test_a_draft_without_anything_to_check_is_no_failure(wence, tmp_path: Path):
    path = tmp_path / "a.md"
    path.write_text("今天天气很好。", encoding="utf-8")
    code, out, _ = wence("check", path)
    assert (code, out.startswith("没有找到可以核对的内容")) == (0, True)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("空.txt", b"", "空的"),
        ("字.txt", "字".encode(), "只有一个字"),
        ("标点.md", "，。！？".encode(), "只有标点"),
        ("假.docx", "纯文字".encode(), "不是有效的 Word 文档"),
        ("坏.docx", b"PK\x03\x04 no package", "已损坏"),
        ("长.txt", ("长" * 200_001).encode(), "200,000"),
    ],
)
def test_what_is_no_draft_exits_with_1_and_says_what_to_do(
    wence, tmp_path: Path, desk, name: str, data: bytes, words: str
):
    (tmp_path / name).write_bytes(data)
    code, out, err = wence("check", tmp_path / name)
    assert (code, out) == (1, "")
    assert words in err
    assert desk.drafts.asked == []


def test_a_missing_file_and_a_folder_are_named(wence, tmp_path: Path):
    code, _, err = wence("check", tmp_path / "没有.txt")
    assert code == 1
    assert "文件不存在" in err
    code, _, err = wence("check", tmp_path)
    assert code == 1
    assert "不是文件" in err


@pytest.mark.parametrize("option", ["--html", "--docx"])
def test_the_draft_itself_is_never_written_over(wence, draft: Path, option: str):
    code, out, err = wence("check", draft, option, draft)
    assert (code, out) == (1, "")
    assert "另起一个文件名" in err
    assert draft.read_text(encoding="utf-8") == DRAFT


def test_where_nothing_can_be_written_it_is_said(wence, draft: Path, tmp_path: Path):
    code, _, err = wence("check", draft, "--html", tmp_path / "没有" / "报告.html")
    assert code == 1
    assert "写不进去" in err


def test_a_checker_that_fails_is_told_without_its_inside(wence, tmp_path: Path):
    path = tmp_path / "a.txt"
    path.write_text("故障的文稿。", encoding="utf-8")
    code, out, err = wence("check", path, "--html", tmp_path / "报告.html")
    assert (code, out) == (1, "")
    assert err.startswith("出错：")
    assert not (tmp_path / "报告.html").exists()


def test_nothing_of_a_draft_stays_in_the_data_folder(wence, draft: Path, served_folder: Path):
    before = {path: path.stat().st_size for path in served_folder.rglob("*") if path.is_file()}
    wence("check", draft)
    after = {path: path.stat().st_size for path in served_folder.rglob("*") if path.is_file()}
    assert after == before
    assert all(stat.S_ISREG(path.stat().st_mode) for path in after)


# wence quote and verify


def test_places_are_listed_with_source_position_and_reference(wence, desk):
    code, out, err = wence(
        "quote", "四个到位", "--mode", "near", "--order", "date", "--briefings",
        "--speaker", "周文川", "--limit", "5",
    )  # fmt: skip
    assert (code, err) == (0, "")
    asked = desk.quotations.asked[-1]
    assert (asked["mode"], asked["order"], asked["with_briefings"]) == ("near", "date", True)
    assert (asked["limit"], asked["filters"].speaker) == (5, "周文川")
    document_id, document = list(desk.shelf.documents.items())[3]
    start = document.text.index("四个到位")
    assert f"文件 {document_id}，位置 {start}–{start + 4}" in out
    assert "“四个到位”：3 份文件，3 处" in out
    assert "2018年 " in out
    assert "参考文献" in out
    assert "（文中）（周文川，2018年11月）" in out


def test_more_than_the_limit_is_said(wence):
    _, out, _ = wence("quote", "四个到位", "--limit", "2")
    assert "还有更多（加大 --limit 可见）" in out


def test_words_that_stand_nowhere_or_in_briefings_only_are_no_failure(wence):
    assert wence("quote", "没有的话")[:2] == (0, "没有查到。\n")
    code, out, _ = wence("quote", "党委机构十二个")
    assert code == 0
    assert "加 --briefings 可查" in out


@pytest.mark.parametrize(
    ("quotation", "speaker", "verdict"),
    [
        ("改革要蹄疾步稳，先立后破。", None, "【一致】"),
        ("改革要蹄疾步稳，先立后破。", "李明远", "【出处有误】"),
        ("改革要蹄急步稳，先立后破。", None, "【与原文不符】"),
        ("今天的天气很好，适合出门", None, "【库中未见】"),
    ],
)
def test_a_quotation_gets_its_verdict_and_its_difference(wence, quotation, speaker, verdict):
    code, out, _ = wence("verify", quotation, *(["--speaker", speaker] if speaker else []))
    assert code == 0
    assert out.startswith(verdict)
    assert ("引文[→原文]：改革要蹄[急→疾]步稳" in out) == (verdict == "【与原文不符】")


def test_json_of_look_up_and_verification_is_the_body_of_the_api(wence):
    for arguments, body in (
        (["quote", "四个到位"], QuotationResults),
        (["verify", "改革要蹄急步稳，先立后破。"], VerificationResult),
    ):
        code, out, err = wence(*arguments, "--json")
        assert (code, err) == (0, "")
        parsed = TypeAdapter(body).validate_json(out)
        assert TypeAdapter(body).dump_python(parsed, mode="json") == json.loads(out)


def test_what_is_no_quotation_is_told_in_the_cores_words(wence):
    code, out, err = wence("verify", "三个字")
    assert (code, out) == (2, "")
    assert "至少要 4 个字" in err
    code, _, err = wence("quote", "。。")
    assert code == 2
    assert "没有可以查找的文字" in err


@pytest.mark.parametrize(
    "arguments",
    [
        ["quote"],
        ["quote", ""],
        ["quote", "词" * 20_001],
        ["quote", "词句", "--mode", "fuzzy"],
        ["quote", "词句", "--order", "title"],
        ["quote", "词句", "--limit", "1001"],
        ["verify"],
        ["verify", ""],
        ["verify", "四个到位", "--speaker", " "],
        ["check"],
    ],
    ids=lambda arguments: " ".join(arguments)[:24],
)
def test_wrong_use_exits_with_2_and_makes_no_data_folder(
    arguments: list[str], tmp_path: Path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    code = cli.run(arguments)
    assert list(tmp_path.iterdir()) == []
    captured = capsys.readouterr()
    assert (code, captured.out) == (2, "")
    assert any("\u4e00" <= character <= "\u9fff" for character in captured.err)


def test_nothing_that_steers_a_terminal_is_printed(wence, desk, tmp_path: Path):
    from dataclasses import replace

    evil = "\x1b]0;坏\x07\u202e"
    for document_id, document in desk.shelf.documents.items():
        metadata = replace(document.metadata, title=document.metadata.title + evil)
        desk.shelf.documents[document_id] = replace(document, metadata=metadata)
    path = tmp_path / "a.txt"
    filler = "这里是没有什么可以核对的文字。" * 20
    path.write_text(f"{filler}周文川说：“改革要蹄急步稳，{evil}先立后破。”", encoding="utf-8")
    for arguments in (
        ["check", path],
        ["quote", "四个到位"],
        ["verify", "改革要蹄急步稳，先立后破"],
    ):
        _, out, err = wence(*arguments)
        assert not {"\x1b", "\x07", "\u202e"} & set(out + err)
        assert "动员会" in out
