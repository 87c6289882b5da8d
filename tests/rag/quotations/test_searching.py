"""From fingerprints to places, against a naive scan."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from rag.quotations.fingerprints import gram_hashes, make_segment
from rag.quotations.searching import Region, best_regions, near_regions, verbatim_places
from rag.text import fold

ALPHABET = "改革aA１1，"
TEXTS = st.lists(st.text(ALPHABET, max_size=30), min_size=1, max_size=4)
FILLER = fold("".join(chr(0x4E00 + number * 7919 % 20000) for number in range(2000)))
QUOTATION = (
    "谁的孩子谁抱走，谁的账谁来算；牌子小不等于责任小，窗口少不等于服务少，人散了事就没人办。"
)


@given(texts=TEXTS, wanted=st.text(ALPHABET, min_size=4, max_size=12) | st.none(), data=st.data())
def test_places_are_those_of_a_naive_scan(
    texts: list[str], wanted: str | None, data: st.DataObject
) -> None:
    folded = [fold(text) for text in texts]
    longest = max(folded, key=len)
    if wanted is None and len(longest) >= 4:
        start = data.draw(st.integers(0, len(longest) - 4))
        wanted = longest[start : data.draw(st.integers(start + 4, len(longest)))]
    wanted = fold(wanted or "改革改革")
    ordinals, starts = verbatim_places(make_segment(1, texts), gram_hashes(wanted))
    found = list(zip(ordinals.tolist(), starts.tolist(), strict=True))
    assert found == sorted(set(found))
    # The table of a small text has few buckets: what shares them is told apart by the text.
    assert [(ordinal, start) for ordinal, start in found if start >= 0
            and folded[ordinal].startswith(wanted, start)] == [
        (ordinal, start)
        for ordinal, text in enumerate(folded)
        for start in range(len(text))
        if text.startswith(wanted, start)
    ]  # fmt: skip


@given(data=st.data())
def test_long_words_need_no_look_at_the_text(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(FILLER) - 40))
    texts = [FILLER, QUOTATION, FILLER[start : start + 40]]
    ordinals, starts = verbatim_places(make_segment(1, texts), gram_hashes(texts[2]))
    assert list(zip(ordinals.tolist(), starts.tolist(), strict=True)) == [(0, start), (2, 0)]


def test_words_do_not_run_from_one_text_into_the_next() -> None:
    ordinals, _ = verbatim_places(
        make_segment(1, [QUOTATION[:20], QUOTATION[20:]]), gram_hashes(QUOTATION)
    )
    assert ordinals.tolist() == []


def test_an_empty_segment_holds_nothing() -> None:
    for texts in ([], [""], ["", "改革"]):
        segment = make_segment(1, texts)
        ordinals, starts = verbatim_places(segment, gram_hashes("改革开放"))
        assert ordinals.tolist() == starts.tolist() == []
        assert regions_of(texts, "改革开放") == []


def regions_of(
    texts: list[str], quotation: str, *, limit: int = 8, budget: int = 100_000
) -> list[Region]:
    return near_regions(
        make_segment(3, texts),
        gram_hashes(fold(quotation)),
        length=len(quotation),
        limit=limit,
        budget=budget,
    )


@given(
    place=st.integers(0, len(FILLER)),
    changed=st.integers(0, len(QUOTATION) - 1),
    ordinal=st.integers(0, 2),
)
def test_a_changed_quotation_lies_in_the_best_region(
    place: int, changed: int, ordinal: int
) -> None:
    texts = [FILLER[:700], FILLER[700:1400], FILLER[1400:]]
    text = texts[ordinal]
    place %= len(text) + 1
    texts[ordinal] = text[:place] + QUOTATION + text[place:]
    best = regions_of(texts, QUOTATION[:changed] + "改" + QUOTATION[changed + 1 :])[0]
    assert (best.segment, best.ordinal) == (3, ordinal)
    assert best.start <= place
    assert place + len(QUOTATION) <= best.end
    assert best.shared >= len(QUOTATION) - 12


def test_the_best_regions_come_first_and_no_more_than_asked_for() -> None:
    texts = [FILLER[:300] + QUOTATION[: 10 + 6 * number] for number in range(5)]
    found = regions_of(texts, QUOTATION)
    assert [region.ordinal for region in found][:4] == [4, 3, 2, 1]
    shared = [region.shared for region in found]
    assert shared == sorted(shared, reverse=True)
    assert regions_of(texts, QUOTATION, limit=2) == found[:2]


def test_what_is_rare_is_looked_up_before_boilerplate() -> None:
    boilerplate = "各地各部门要高度重视，切实加强组织领导，"
    rare = "谁的孩子谁抱走，谁的账谁来算"
    texts = [boilerplate * 30, FILLER[:200], boilerplate + rare]
    found = regions_of(texts, boilerplate + rare, limit=1, budget=20)
    assert [region.ordinal for region in found] == [2]


def test_a_very_long_quotation_is_looked_up_in_part() -> None:
    found = regions_of([FILLER, FILLER[::-1]], FILLER[100:1900], limit=1)
    assert [(region.ordinal, region.shared > 200) for region in found] == [(0, True)]


def test_regions_overlap_at_their_ends_at_most() -> None:
    width = len(QUOTATION)
    text = FILLER[:width] + QUOTATION[:15] + FILLER[: 2 * width - 15] + QUOTATION
    found = sorted(regions_of([text], QUOTATION), key=lambda region: region.start)
    assert len(found) == 2
    assert found[0].end - width <= found[1].start + width


def test_the_best_of_several_segments_are_taken_in_an_order_that_never_changes() -> None:
    one = Region(segment=1, ordinal=0, start=0, end=9, shared=5)
    more = replace(one, shared=6, ordinal=4)
    later = replace(one, start=3)
    other = replace(one, segment=2)
    assert best_regions([other, later, one, more], limit=3) == [more, one, later]
    assert best_regions([], limit=3) == []
