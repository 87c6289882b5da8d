"""Differences as they are read."""

from hypothesis import given
from hypothesis import strategies as st

from rag.quotations.quotation import DiffPiece, FindingKind, Verdict
from tests.ui.drafts.conftest import diff, make_finding, make_match
from ui.drafts.differences import bracketed, compare, difference, whole_numbers

TEXTS = st.text("改革机构3790.个", max_size=12)


@given(quoted=TEXTS, source=TEXTS)
def test_a_comparison_holds_both_texts_and_cuts_no_number(quoted: str, source: str):
    pieces = compare(quoted, source)
    assert "".join(piece.quoted for piece in pieces) == quoted
    assert "".join(piece.source for piece in pieces) == source
    for piece in pieces:
        assert (piece.operation == "equal") == (piece.quoted == piece.source)


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=6))
def test_taking_numbers_as_wholes_loses_no_character(texts: list[tuple[str, str]]):
    pieces = diff(*texts)
    whole = whole_numbers(pieces)
    for side in ("quoted", "source"):
        assert "".join(getattr(one, side) for one in whole) == "".join(
            getattr(one, side) for one in pieces
        )


def test_a_number_is_changed_as_a_whole():
    cases = {
        "设机构[47→37]个": diff(("设机构", "设机构"), ("4", "3"), ("7个", "7个")),
        "共[2018→2019]年": diff(("共201", "共201"), ("8", "9"), ("年", "年")),
        "[20→205]人": diff(("20", "20"), ("", "5"), ("人", "人")),
        "[173→274]项": diff(("1", "2"), ("7", "7"), ("3", "4"), ("项", "项")),
        "[3.5→3.6]倍": diff(("3.", "3."), ("5", "6"), ("倍", "倍")),
    }
    assert {bracketed(whole_numbers(pieces)): pieces for pieces in cases.values()} == cases


def test_words_with_nothing_in_common_are_one_change():
    assert bracketed(compare("县委书记", "市长林远舟")) == "[县委书记→市长林远舟]"


def test_missing_and_superfluous_words_are_told_apart():
    assert bracketed(compare("群众办事要一窗通办", "办事一窗通办")) == "[群众→]办事[要→]一窗通办"
    assert bracketed(compare("办事一窗通办", "办事要一窗通办")) == "办事[→要]一窗通办"


def test_long_stretches_that_are_the_same_lose_their_middle():
    text = "一二三四五六七八九十甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳"
    pieces = (*diff((text, text)), DiffPiece(operation="replace", quoted="急", source="疾"))
    assert bracketed(pieces) == "一二三四五六七八九十……庚辛壬癸子丑寅卯辰巳[急→疾]"
    assert bracketed(pieces, shortened=False) == f"{text}[急→疾]"


def test_the_source_tells_the_difference_else_the_correction_does():
    told = diff(("蹄", "蹄"), ("急", "疾"))
    words = "蹄急"
    with_source = make_finding(
        words, words, correction="别的", matches=(make_match("蹄疾", diff=told),)
    )
    assert difference(with_source, words) == told
    with_correction = make_finding(words, words, kind=FindingKind.EXPRESSION, correction="蹄疾")
    assert difference(with_correction, words) == told
    same = make_finding(words, words, verdict=Verdict.MISATTRIBUTED, correction=words)
    assert difference(same, words) == ()


def test_what_is_confirmed_or_unknown_has_no_difference():
    for verdict in (Verdict.EXACT, Verdict.NOT_FOUND):
        finding = make_finding(
            "蹄急", "蹄急", verdict=verdict, matches=(make_match("蹄疾", diff=diff(("急", "疾"))),)
        )
        assert difference(finding, "蹄急") == ()
