"""What may be typed after `wence`."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.page.answers import KIND_NAMES as PAGE_KIND_NAMES
from ui.terminal.arguments import Options, parse_arguments
from ui.terminal.chinese_parser import UsageError, display_width, wrapped
from ui.terminal.recurring_options import KIND_NAMES

WRONG = {
    "no_command": ([], "用法：wence 命令"),
    "unknown_command": (["寻找"], "没有 '寻找' 这一项"),
    "no_question": (["ask"], "缺少：问题"),
    "unknown_option": (["ask", "问", "--bogus"], "不认识：--bogus"),
    "abbreviated_option": (["ask", "问", "--coll", "x"], "不认识：--coll"),
    "no_value": (["ask", "问", "--place"], "--place：后面要跟一个值"),
    "unknown_kind": (["ask", "问", "--kind", "诗"], "没有 '诗' 这一类，可选：讲话(speech)"),
    "unknown_mode": (["ask", "问", "--mode", "x"], "没有 'x' 这一项，可选："),
    "limit_no_number": (["search", "问", "--limit", "a"], "应为整数，而不是 'a'"),
    "limit_zero": (["search", "问", "--limit", "0"], "应为正整数，而不是 '0'"),
    "no_words": (["quote"], "缺少：词句"),
    "no_quotation": (["verify"], "缺少：引文"),
    "no_draft": (["check"], "缺少：文稿"),
    "two_drafts": (["check", "a.txt", "b.txt"], "不认识：b.txt"),
    "unknown_look_up": (["quote", "词", "--mode", "auto"], "没有 'auto' 这一项，可选："),
    "unknown_order": (["quote", "词", "--order", "x"], "没有 'x' 这一项，可选："),
    "order_of_verification": (["verify", "引文", "--order", "date"], "不认识：--order"),
    "no_document_id": (["documents", "show"], "缺少：编号"),
    "two_document_ids": (["documents", "show", "a", "b"], "不认识：b"),
    "unknown_action": (["documents", "print"], "没有 'print' 这一项"),
}


@pytest.mark.parametrize(("arguments", "message"), WRONG.values(), ids=WRONG.keys())
def test_wrong_use_is_explained_in_chinese_with_the_usage(arguments: list[str], message: str):
    with pytest.raises(UsageError) as caught:
        parse_arguments(arguments)
    assert message in str(caught.value)
    assert "用法：wence" in str(caught.value)
    assert "usage" not in str(caught.value)
    assert "argument" not in str(caught.value)


def test_the_data_folder_may_stand_before_or_after_the_command():
    before = parse_arguments(["--data", "d", "ask", "问"])
    after = parse_arguments(["ask", "问", "--data", "d"])
    assert before == after == Options(command="ask", question=("问",), data=Path("d"))


def test_a_question_may_be_several_words():
    assert parse_arguments(["ask", "市中区", "有多少"]).question == ("市中区", "有多少")


def test_a_look_up_has_a_way_an_order_and_filters():
    typed = "quote 四个 意识 --mode meaning --order date --briefings --speaker 某人 --limit 3"
    assert parse_arguments(typed.split()) == Options(
        command="quote",
        question=("四个", "意识"),
        look_up="meaning",
        order="date",
        with_briefings=True,
        speaker="某人",
        limit=3,
    )
    assert parse_arguments(["quote", "词"]) == Options(command="quote", question=("词",))


def test_a_quotation_is_verified_for_a_speaker():
    options = parse_arguments(["verify", "引文", "--speaker", "市委书记某人", "--json"])
    assert (options.speaker, options.as_json) == ("市委书记某人", True)


def test_a_check_may_be_written_to_files():
    options = parse_arguments(["check", "稿.docx", "--html", "a.html", "--docx", "b.docx"])
    assert options.paths == ("稿.docx",)
    assert (options.html, options.docx) == (Path("a.html"), Path("b.docx"))


@pytest.mark.parametrize("typed", [["documents"], ["documents", "list"]], ids=["bare", "list"])
def test_documents_lists_with_filters(typed: list[str]):
    options = parse_arguments([*typed, "--kind", "讲话", "--from", "2019", "--to", "2020-03"])
    assert options.action == "list"
    assert (options.kind, options.date_from, options.date_to) == ("speech", "2019", "2020-03")


def test_a_kind_may_be_named_in_both_languages():
    for kind, chinese in KIND_NAMES.items():
        assert parse_arguments(["search", "x", "--kind", chinese]).kind == kind
        assert parse_arguments(["search", "x", "--kind", kind]).kind == kind


def test_kinds_have_the_names_of_the_page():
    assert {kind.value: name for kind, name in PAGE_KIND_NAMES.items()} == KIND_NAMES


@pytest.mark.parametrize(
    "command",
    ["serve", "ingest", "ask", "search", "quote", "verify", "check", "documents", "rebuild",
     "doctor", "bench"],
)  # fmt: skip
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as left:
        parse_arguments([command, "--help"])
    text = capsys.readouterr().out
    assert left.value.code in {0, None}
    assert text.startswith(f"用法：wence {command} ")
    assert "显示本帮助" in text
    assert "optional arguments" not in text
    assert "usage" not in text


@given(st.text(alphabet="改革机构ab 、。（）", max_size=120), st.integers(6, 40))
def test_wrapping_keeps_every_character_and_the_width(text: str, width: int):
    lines = wrapped(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    longest_word = max((display_width(word) for word in text.split()), default=0)
    assert all(display_width(line) <= max(width, longest_word) for line in lines)


def test_a_wrapped_line_never_begins_with_closing_punctuation():
    lines = wrapped("一二三四，五六七八。九十", 8)
    assert lines[0] == "一二三"
    assert not any(line.startswith(("，", "。")) for line in lines)
