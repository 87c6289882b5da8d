"""What a quotation and its source have in common."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.quotations.alignment import Alignment, align

SOURCE = "会上说，要把机构改革抓到底、抓出成效；设党政机构37个，减少11.9%。请各部门按时完成。"


def common(one: str, other: str) -> int:
    """The length of the longest common subsequence."""
    row = [0] * (len(other) + 1)
    for a in one:
        previous = row
        row = [0]
        for index, b in enumerate(other):
            row.append(previous[index] + 1 if a == b else max(previous[index + 1], row[index]))
    return row[-1]


def pieces(quoted: str, text: str) -> list[tuple[str, str, str]]:
    found = align(quoted, text)
    assert found is not None
    source = text[found.start : found.end]
    ends = [("", 0, 0), *found.pieces]
    return [
        (operation, quoted[ours:our_end], source[theirs:their_end])
        for (_, ours, theirs), (operation, our_end, their_end) in pairwise(ends)
    ]


def check(found: Alignment, quoted: str, text: str) -> None:
    assert 0 <= found.start < found.end <= len(text)
    assert len(found.cells) == len(quoted)
    assert found.covered == pytest.approx(sum(found.cells) / len(quoted))
    parts = pieces(quoted, text)
    assert "".join(ours for _, ours, _ in parts) == quoted
    assert "".join(theirs for _, _, theirs in parts) == text[found.start : found.end]
    for operation, ours, theirs in parts:
        assert (operation == "equal") == (ours == theirs)
        assert bool(ours) == (operation != "delete")
        assert bool(theirs) == (operation != "insert")
    assert parts[0][0] != "delete"
    assert parts[-1][0] != "delete"


WORDS = st.text("改革开放，。12", min_size=4, max_size=24)


@given(quoted=WORDS, text=st.text("改革开放，。12", max_size=60))
def test_an_alignment_takes_both_texts_apart(quoted: str, text: str) -> None:
    found = align(quoted, text)
    if found is None:
        size = max(2, min(4, len(quoted) // 3))
        runs = {quoted[start : start + size] for start in range(len(quoted) - size + 1)}
        assert not any(run in text for run in runs)
        return
    check(found, quoted, text)


@given(
    length=st.integers(4, len(SOURCE)),
    before=st.text("甲乙丙", max_size=20),
    after=st.text("甲乙丙", max_size=20),
)
def test_what_stands_there_is_found_to_the_letter(length: int, before: str, after: str) -> None:
    quoted = SOURCE[:length]
    found = align(quoted, before + quoted + after)
    assert found is not None
    assert (found.start, found.end) == (len(before), len(before) + len(quoted))
    assert found.similarity == found.covered == 1
    assert found.pieces == (("equal", len(quoted), len(quoted)),)


@given(place=st.integers(0, 13), character=st.sampled_from("甲乙丙"))
def test_similarity_is_the_share_of_the_longest_common_subsequence(
    place: int, character: str
) -> None:
    quoted = "要把机构改革抓到底、抓出成效"
    changed = quoted[:place] + character + quoted[place + 1 :]
    found = align(changed, SOURCE)
    assert found is not None
    source = SOURCE[found.start : found.end]
    assert found.similarity == pytest.approx(
        2 * common(changed, source) / (len(changed) + len(source))
    )
    assert found.similarity > 0.9


def test_nothing_in_common_is_no_alignment() -> None:
    assert align("甲乙丙丁", SOURCE) is None
    assert align("改革开放", "") is None


def test_numbers_and_words_of_letters_are_compared_as_wholes() -> None:
    assert pieces("设党政机构47个，减少11.3%", SOURCE) == [
        ("equal", "设党政机构", "设党政机构"),
        ("replace", "47", "37"),
        ("equal", "个，减少", "个，减少"),
        ("replace", "11.3", "11.9"),
        ("equal", "%", "%"),
    ]
    assert ("replace", "AIP", "API") in pieces("开放AIP接口给企业", "全部开放API接口给企业用")


def test_words_left_out_and_words_put_in_are_told_apart() -> None:
    assert pieces("会上说，要把改革抓到底", SOURCE) == [
        ("equal", "会上说，要把", "会上说，要把"),
        ("delete", "", "机构"),
        ("equal", "改革抓到底", "改革抓到底"),
    ]
    assert pieces("要把机构改革坚决抓到底", SOURCE) == [
        ("equal", "要把机构改革", "要把机构改革"),
        ("insert", "坚决", ""),
        ("equal", "抓到底", "抓到底"),
    ]


def test_words_left_out_near_an_end_are_told_from_words_replaced() -> None:
    assert pieces("要把改革抓到底、抓出成效", SOURCE) == [
        ("equal", "要把", "要把"),
        ("delete", "", "机构"),
        ("equal", "改革抓到底、抓出成效", "改革抓到底、抓出成效"),
    ]


def test_words_left_out_before_the_end_end_the_stretch_with_the_quotation() -> None:
    assert pieces("要把机构改革抓到底成效", SOURCE) == [
        ("equal", "要把机构改革抓到底", "要把机构改革抓到底"),
        ("delete", "", "、抓出"),
        ("equal", "成效", "成效"),
    ]


def test_words_that_stand_twice_do_not_shorten_the_stretch() -> None:
    source = "会上说，个工作日压到1个工作日，让数据多跑路"
    assert pieces("个工作日压到1个工作日，让它数据多跑路", source) == [
        ("equal", "个工作日压到1个工作日，让", "个工作日压到1个工作日，让"),
        ("insert", "它", ""),
        ("equal", "数据多跑路", "数据多跑路"),
    ]


def test_one_change_is_one_piece() -> None:
    assert pieces("设党政机构3它7个，减少11.9%", SOURCE) == [
        ("equal", "设党政机构", "设党政机构"),
        ("replace", "3它7", "37"),
        ("equal", "个，减少11.9%", "个，减少11.9%"),
    ]


def test_what_only_the_source_has_at_its_ends_is_no_part_of_it() -> None:
    for quoted in ("把机构改革抓到底了", "就把机构改革抓到底", "也把机构改革抓到底吧"):
        parts = pieces(quoted, SOURCE)
        assert parts[0][0] != "delete"
        assert parts[-1][0] != "delete"
        assert ("equal", "把机构改革抓到底", "把机构改革抓到底") in parts


def test_clauses_that_changed_places_are_compared_as_clauses() -> None:
    source = "让数据多跑路，让群众少跑腿，让企业好办事"
    found = align("让企业好办事，让数据多跑路，让群众少跑腿", f"他说：{source}。")
    assert found is not None
    assert found.covered > 0.9
    assert found.similarity < 0.9
    for operation, ours, theirs in pieces("让企业好办事，让数据多跑路，让群众少跑腿", source):
        if operation == "equal":
            assert ours.strip("，") in {
                "",
                "让数据多跑路",
                "让群众少跑腿",
                "让数据多跑路，让群众少跑腿",
            }
            assert ours == theirs


def test_of_two_like_stretches_the_closer_one_is_taken() -> None:
    text = "要把机构改革抓到底。" + "此外还有别的话要说，" * 3 + "要把机构改革一抓到底，抓出成效。"
    found = align("要把机构改革一抓到底，抓出成果", text)
    assert found is not None
    assert text[found.start : found.end].startswith("要把机构改革一抓到底，抓出成")
