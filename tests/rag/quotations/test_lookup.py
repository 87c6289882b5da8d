"""Quotations looked up by their words, by near wording, by meaning."""

from collections.abc import Iterator

import pytest

from rag.documents import Filters, Kind
from rag.quotations.quotation import LookUp, LookUpMode, Order
from tests.rag.quotations.conftest import SONGPING, WANGXI, Library, Said, day

WORDS = "谁的孩子谁抱走，谁的账谁来算"


def titles(found: LookUp) -> list[str]:
    return [match.title for match in found.matches]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """Five documents with the same words: to read."""
    library = Library(tmp_path_factory.mktemp("filled"))
    for title, date, said, details in (
        ("早", "2018-03", ("陆知远", "青石市委书记"), {"kind": Kind.SPEECH}),
        ("中", "2019-05-06", ("简明远", "区长"), {"kind": Kind.NEWS, "place": SONGPING}),
        ("晚", "2021", ("简明远", "县委书记"), {"kind": Kind.NEWS, "place": WANGXI}),
        ("无", None, None, {"collection": "other"}),
        ("卡", "1990", None, {"kind": Kind.BRIEFING}),
    ):
        spoken: list[Said] = [(WORDS, *said)] if said else []
        published = day(date) if date else None
        text = f"有人说：{WORDS}。\n不相干的一段。"
        library.put(text, title=title, said=spoken, published_date=published, **details)
    yield library
    library.catalog.close()


def test_very_words_are_found_everywhere_but_in_briefings(filled: Library) -> None:
    found = filled.look_up("谁的孩子谁抱走")
    assert titles(found) == ["早", "中", "晚", "无"]
    assert found.following is None
    assert {match.quote for match in found.matches} == {"谁的孩子谁抱走"}
    assert {match.similarity for match in found.matches} == {1}
    assert found.matches[0].context == f"有人说：{WORDS}。"
    assert (found.matches[0].speaker, found.matches[0].office) == ("陆知远", "青石市委书记")
    assert found.matches[0].reference.in_text == "（陆知远，2018年3月）"


def test_briefings_are_looked_in_when_asked_for(filled: Library) -> None:
    assert titles(filled.look_up(WORDS, with_briefings=True))[-1] == "卡"
    only = filled.look_up(WORDS, filters=Filters(kind=Kind.BRIEFING))
    assert titles(only) == ["卡"]
    assert filled.look_up(WORDS, mode=LookUpMode.NEAR).following is None
    assert "卡" not in titles(filled.look_up(WORDS, mode=LookUpMode.NEAR))
    assert "卡" not in titles(filled.look_up(WORDS, mode=LookUpMode.MEANING))


@pytest.mark.parametrize("typed", [f"“{WORDS}”", "誰的孩子誰抱走", "孩子", "孩子谁抱", "「抱走」"])
def test_words_are_found_in_any_disguise_and_length(filled: Library, typed: str) -> None:
    assert titles(filled.look_up(typed)) == ["早", "中", "晚", "无"]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"speaker": "简明远"}, ["中", "晚"]),
        ({"speaker": "简明远同志"}, ["中", "晚"]),
        ({"speaker": "陆知远"}, ["早"]),
        ({"speaker": "青石市委书记"}, ["早"]),
        ({"speaker": "望溪县委书记简明远"}, ["晚"]),
        ({"speaker": "松屏区委书记简明远"}, ["中"]),
        ({"speaker": "褚望舒"}, []),
        ({"place": "望溪县"}, ["晚"]),
        ({"place": "云川省"}, ["中", "晚"]),
        ({"kind": Kind.NEWS}, ["中", "晚"]),
        ({"kind": Kind.NEWS, "date_from": "2020"}, ["晚"]),
        ({"date_to": "2019-05"}, ["早", "中"]),
        ({"collection": "other"}, ["无"]),
        ({"document_ids": ()}, []),
    ],
    ids=str,
)
@pytest.mark.parametrize("mode", LookUpMode)
def test_filters_hold_in_every_mode(
    filled: Library,
    mode: LookUpMode,
    filters: dict,
    expected: list[str],
) -> None:
    found = filled.look_up(WORDS, mode=mode, filters=Filters(**filters))
    assert sorted(dict.fromkeys(titles(found))) == sorted(expected)


def test_he_must_have_said_it_not_only_spoken_in_the_document(library: Library) -> None:
    text = f"陆知远说：今天天气很好。褚望舒说：{WORDS}。"
    library.put(text, said=[("今天天气很好", "陆知远", None), (WORDS, "褚望舒", None)])
    assert library.look_up(WORDS, filters=Filters(speaker="陆知远")).matches == ()
    assert len(library.look_up(WORDS, filters=Filters(speaker="褚望舒")).matches) == 1


def put_joint(library: Library) -> None:
    both: list[Said] = [(WORDS, "陆知远", "市委书记"), (WORDS, "褚望舒", "市长")]
    library.put(f"两人共同指出：{WORDS}。", said=both)


def test_of_two_who_said_it_together_the_one_asked_for_is_named(library: Library) -> None:
    put_joint(library)
    (match,) = library.look_up(WORDS, filters=Filters(speaker="褚望舒")).matches
    assert (match.speaker, match.office) == ("褚望舒", "市长")


def test_of_two_who_said_it_together_the_one_asked_for_is_referred_to(library: Library) -> None:
    put_joint(library)
    (match,) = library.look_up(WORDS, filters=Filters(speaker="褚望舒")).matches
    assert match.reference.in_text == "（褚望舒）"


def test_by_date_the_undated_come_last(filled: Library) -> None:
    found = filled.look_up(WORDS, order=Order.DATE, with_briefings=True)
    assert titles(found) == ["卡", "早", "中", "晚", "无"]
    near = filled.look_up("谁的孩子谁来抱走，谁的账谁来算", mode=LookUpMode.NEAR, order=Order.DATE)
    assert titles(near) == ["早", "中", "晚", "无"]


def test_a_date_without_a_year_is_none(library: Library) -> None:
    library.put(f"{WORDS}。", title="无年", published_date=day("--05-06"))
    library.put(f"{WORDS}。", title="有年", published_date=day("2020"))
    assert titles(library.look_up(WORDS, order=Order.DATE)) == ["有年", "无年"]


@pytest.mark.parametrize("mode", LookUpMode)
@pytest.mark.parametrize("order", Order)
def test_pages_follow_one_another_without_repeats(
    filled: Library, mode: LookUpMode, order: Order
) -> None:
    whole = filled.look_up(WORDS, mode=mode, order=order, limit=100)
    assert whole.following is None
    pages, skip = list[LookUp](), 0
    while True:
        page = filled.look_up(WORDS, mode=mode, order=order, limit=2, skip=skip)
        pages.append(page)
        assert len(page.matches) <= 2
        if page.following is None:
            break
        assert page.following == skip + 2
        skip = page.following
    assert sum((page.matches for page in pages), ()) == whole.matches
    assert len(whole.matches) >= 4
    assert all(page.expression is None for page in pages[1:])


def test_a_last_page_that_is_full_has_none_following(filled: Library) -> None:
    assert filled.look_up(WORDS, limit=4).following is None
    assert filled.look_up(WORDS, limit=3).following == 3
    assert filled.look_up(WORDS, limit=3, skip=9).matches == ()


def test_the_total_counts_very_words_alone(filled: Library) -> None:
    assert filled.look_up(WORDS, filters=Filters(kind=Kind.NEWS), limit=1).total == 2
    assert filled.look_up(WORDS, with_briefings=True).total == 5
    assert filled.look_up(WORDS, mode=LookUpMode.MEANING).total is None
    assert filled.look_up("孩子 来算").total is None


def test_the_total_leaves_briefings_out_as_the_matches_do(filled: Library) -> None:
    found = filled.look_up(WORDS)
    assert found.total == len(found.matches)


def test_near_words_come_behind_the_very_words_the_nearest_first(library: Library) -> None:
    library.put("谁的孩子谁抱走，谁的账谁去还。", title="近", published_date=day("2001"))
    library.put("他家的孩子都抱走了，谁的账本另行核算。", title="远", published_date=day("2000"))
    library.put(f"{WORDS}。", title="原", published_date=day("2019"))
    library.put("完全不相干的另外一段话，讲天气。", title="无关")
    found = library.look_up(WORDS, mode=LookUpMode.NEAR)
    assert titles(found) == ["原", "近", "远"]
    similar = [match.similarity for match in found.matches]
    assert similar[0] == 1
    assert similar == sorted(similar, reverse=True)
    assert similar[1] < 1
    assert found.total == 1
    for match in found.matches:
        document = library.catalog.document(match.document_id)
        assert document.text[match.start : match.end] == match.quote
    assert titles(library.look_up(WORDS)) == ["原"]


def test_several_words_must_stand_in_one_sentence(library: Library) -> None:
    library.put("编制跟着人员走，事情跟着编制转。账要算清。", title="甲")
    library.put("人员随着编制，编制随着事情。", title="乙")
    library.put("编制不动。人员和事情再议。", title="丙")
    for mode in (LookUpMode.EXACT, LookUpMode.NEAR):
        found = library.look_up("事情 编制 人员", mode=mode)
        assert sorted((match.title, match.quote) for match in found.matches) == [
            ("乙", "人员随着编制，编制随着事情。"),
            ("甲", "编制跟着人员走，事情跟着编制转。"),
        ]
    assert titles(library.look_up("人员\n算清")) == []
    assert [match.quote for match in library.look_up("再議 事情").matches] == ["人员和事情再议。"]


def test_words_with_spaces_that_stand_as_they_are_are_found_as_they_are(library: Library) -> None:
    library.put("编制跟着人员走。人员跟着编制。", title="甲")
    found = library.look_up("编制 跟着 人员")
    assert [match.quote for match in found.matches] == ["编制跟着人员"]
    assert found.total == 1


def test_by_meaning_a_sentence_of_each_passage_is_given(library: Library) -> None:
    library.put("天气很好。把编制收拢起来统一调剂使用。", title="甲", published_date=day("2020"))
    library.put("统一调剂使用编制资源很有必要。", title="乙", published_date=day("2019"))
    found = library.look_up("编制统一调剂使用", mode=LookUpMode.MEANING)
    assert set(titles(found)) == {"甲", "乙"}
    assert "天气很好。" not in [match.quote for match in found.matches][:2]
    similar = [match.similarity for match in found.matches]
    assert similar == sorted(similar, reverse=True)
    assert max(similar) < 1
    assert found.expression is None
    dated = library.look_up("编制统一调剂使用", mode=LookUpMode.MEANING, order=Order.DATE)
    assert titles(dated)[0] == "乙"


def test_sentences_of_a_few_characters_have_no_meaning(library: Library) -> None:
    library.put("编制调剂。", title="短")
    assert library.look_up("编制调剂", mode=LookUpMode.MEANING).matches == ()
    assert titles(library.look_up("编制调剂")) == ["短"]


def test_by_meaning_one_sentence_of_each_passage_is_given(library: Library) -> None:
    library.put("编制资源要统一调剂使用。今天的天气也非常好。", title="甲")
    found = library.look_up("编制资源统一调剂", mode=LookUpMode.MEANING)
    assert [match.quote for match in found.matches] == ["编制资源要统一调剂使用。"]


def test_a_set_phrase_is_described_on_the_first_page(library: Library) -> None:
    for number in range(3):
        library.put("推行“三减”（减材料、减环节、减时限）。", title=str(number))
    first = library.look_up("“三减”", limit=2)
    assert first.expression is not None
    assert [match.quote for match in first.expression.expansions] == ["减材料、减环节、减时限"]
    assert library.look_up("“三减”", limit=2, skip=2).expression is None
    assert library.look_up("没有的词").expression is None
    assert library.look_up("推行“三减”（减材料、减环节、减时限）").expression is None


@pytest.mark.parametrize(
    "text", ["", "  ", "改", "，。！", "😀😀", "\x00\x01\x02", "“”"],
    ids=["empty", "white", "one", "punctuation", "emoji", "control", "marks"],
)  # fmt: skip
@pytest.mark.parametrize("mode", LookUpMode)
def test_what_cannot_be_looked_up_is_a_problem_in_chinese(
    library: Library, mode: LookUpMode, text: str
) -> None:
    with pytest.raises(ValueError, match="至少两个字"):
        library.look_up(text, mode=mode)


def test_what_is_too_long_to_be_looked_up_is_called_too_long(library: Library) -> None:
    with pytest.raises(ValueError, match="2,000"):
        library.look_up("改" * 2001)


def test_a_date_that_cannot_be_read_is_a_problem_in_chinese(filled: Library) -> None:
    with pytest.raises(ValueError, match="日期"):
        filled.look_up(WORDS, filters=Filters(date_from="去年"))


@pytest.mark.parametrize("mode", LookUpMode)
def test_an_empty_library_has_nothing(library: Library, mode: LookUpMode) -> None:
    assert library.look_up(WORDS, mode=mode).matches == ()
    assert library.look_up("谁的 孩子", mode=mode).matches == ()
