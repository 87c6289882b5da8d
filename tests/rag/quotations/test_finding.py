"""Words found in the library, while documents come, change and go."""

import threading
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.catalog_fingerprints import FingerprintRecords, SegmentDocuments
from rag.documents import Filters, Kind
from rag.quotations.finding import QuotationFinder
from rag.quotations.wording import read_quotation, read_term
from rag.text import comparable
from tests.conftest import make_document
from tests.rag.quotations.conftest import SONGPING, WANGXI, Library, day

WORDS = "谁的孩子谁抱走，谁的账谁来算"


def found(library: Library, words: str, **filters: object) -> list[tuple[str, str]]:
    """Titles and verbatim words of the places where something stands."""
    quotation = read_term(words)
    assert quotation is not None
    occurrences = library.finder.mentions(quotation.core, filters=Filters(**filters))
    return [
        (document.metadata.title, span.of(document.text))
        for document, span in library.finder.confirmed(quotation, occurrences)
    ]


def test_every_place_in_every_document_is_found_wherever_lines_end(library: Library) -> None:
    library.put(f"{WORDS}。再说一遍，谁的孩\n　　子谁抱走，谁的账谁来算！", title="甲")
    library.put(f"另有一份：{WORDS}", title="乙")
    assert found(library, WORDS) == [
        ("甲", WORDS),
        ("甲", "谁的孩\n　　子谁抱走，谁的账谁来算"),
        ("乙", WORDS),
    ]


def test_four_characters_are_told_from_those_that_share_their_fingerprint(library: Library) -> None:
    characters = "改革开放机构编制职能人员转隶"
    texts = [a + b + c + "放" for a in characters for b in characters for c in characters[:4]]
    library.put("，".join(texts), title="甲")
    for words in ("改革开放", "机构编放", "转隶人放"):
        occurrences = library.finder.occurrences(words)
        assert occurrences.total == texts.count(words)
        assert len(found(library, words)) == texts.count(words)


def test_case_counts(library: Library) -> None:
    library.put("上线APP端的服务", title="大写")
    library.put("上线app端的服务", title="小写")
    assert found(library, "上线APP端的服务") == [("大写", "上线APP端的服务")]
    assert found(library, "上线ａｐｐ端的服务") == [("小写", "上线app端的服务")]
    assert found(library, "App端的") == []


def test_only_verbatim_places_are_counted(library: Library) -> None:
    library.put("上线APP端的服务", title="大写")
    library.put("上线app端的服务", title="小写")
    assert library.finder.occurrences("上线APP端的服务").total == 1


def test_less_than_four_characters_are_looked_for_in_passages(library: Library) -> None:
    library.put("三定规定，即三定。\n再说三定。\n另一段。", title="甲", published_date=day("2019"))
    library.put("三定一次。", title="乙", published_date=day("2018-05"))
    library.put("没有这个词，定三次。", title="丙")
    library.put("三定在资料卡。", title="卡", kind=Kind.BRIEFING, published_date=day("1998"))
    titles = [title for title, _ in found(library, "三定")]
    assert titles == ["乙", "甲", "甲", "甲", "卡"]
    assert library.finder.mentions("三定").documents == 3
    assert library.finder.mentions("三定", filters=Filters(kind=Kind.BRIEFING)).total == 1


def test_too_short_words_are_refused(library: Library) -> None:
    with pytest.raises(ValueError, match="too short"):
        library.finder.occurrences("三定了")


def test_an_empty_library_holds_nothing(library: Library) -> None:
    assert found(library, WORDS) == []
    assert found(library, "三定") == []
    assert library.finder.near(WORDS) == []


@pytest.mark.parametrize(
    ("filters", "titles"),
    [
        ({}, ["乙", "甲", "丙"]),
        ({"kind": Kind.NEWS}, ["甲"]),
        ({"place": "松屏区"}, ["甲"]),
        ({"place": "云川省"}, ["乙", "甲"]),
        ({"speaker": "简明远"}, ["乙"]),
        ({"date_from": "2020"}, ["甲"]),
        ({"date_to": "2019-06"}, ["乙"]),
        ({"collection": "other"}, ["丙"]),
        ({"document_ids": ()}, []),
    ],
    ids=str,
)
def test_filters_leave_documents_out(library: Library, filters: dict, titles: list[str]) -> None:
    library.put(
        f"{WORDS}。", title="甲", kind=Kind.NEWS, place=SONGPING, published_date=day("2020")
    )
    library.put(
        f"{WORDS}。",
        title="乙",
        place=WANGXI,
        published_date=day("2019"),
        said=[(WORDS, "简明远", "县委书记")],
    )
    library.put(f"{WORDS}。", title="丙", collection="other")
    assert [title for title, _ in found(library, WORDS, **filters)] == titles
    near = library.finder.near(WORDS.replace("孩子", "儿子"), filters=Filters(**filters))
    assert {one.document.metadata.title for one in near} == set(titles)


def test_a_filter_that_cannot_be_read_is_refused(library: Library) -> None:
    library.put(WORDS)
    with pytest.raises(ValueError, match="日期"):
        library.finder.occurrences(WORDS, filters=Filters(date_from="去年"))


def test_a_removed_document_is_found_no_more(library: Library) -> None:
    library.put(WORDS, title="甲")
    library.put(WORDS, title="乙")
    library.remove("甲")
    assert found(library, WORDS) == [("乙", WORDS)]
    assert {one.document.metadata.title for one in library.finder.near(WORDS)} == {"乙"}


@pytest.mark.parametrize("fingerprinted", [False, True])
def test_a_changed_document_is_found_by_its_new_words_alone(
    library: Library, fingerprinted: bool
) -> None:
    library.put(f"旧话：{WORDS}。", title="甲", source="a")
    library.put("新话：人随编走、编随事转。", title="甲", source="a", fingerprinted=fingerprinted)
    assert found(library, WORDS) == []
    assert bool(found(library, "人随编走、编随事转")) == fingerprinted
    library.fingerprint()
    assert found(library, "人随编走、编随事转") == [("甲", "人随编走、编随事转")]


def test_a_document_that_moved_to_another_date_is_found_there(library: Library) -> None:
    library.put(WORDS, title="甲", source="a", published_date=day("2019"))
    library.put(WORDS, title="乙", source="b", published_date=day("2020"))
    library.put(WORDS, title="甲", source="a", published_date=day("2021"))
    assert [title for title, _ in found(library, WORDS)] == ["乙", "甲"]


TEXTS = st.lists(st.text("改革开放机构", min_size=1, max_size=12), min_size=1, max_size=5)


@given(
    texts=TEXTS,
    gone=st.sets(st.integers(0, 4)),
    wanted=st.text("改革开放机构", min_size=4, max_size=6),
)
def test_after_any_change_what_is_found_is_what_a_naive_scan_finds(
    changing: Library, texts: list[str], gone: set[int], wanted: str
) -> None:
    changing.clear()
    for number, text in enumerate(texts):
        changing.put(text, title=str(number), fingerprinted=number == 2)
    changing.fingerprint()
    for number in gone:
        changing.remove(str(number))
    left = [document.text for document in changing.documents()]
    longest = max([*left, wanted], key=len)
    for words in {wanted, longest[-4:] if len(longest) >= 4 else wanted}:
        quotation = read_quotation(words)
        occurrences = changing.finder.occurrences(words)
        spans = list(changing.finder.confirmed(quotation, occurrences))
        expected = sum(text.startswith(words, start) for text in left for start in range(len(text)))
        assert len(spans) == expected
        assert len(words) > 4 or occurrences.total == expected


class MovingRecords(FingerprintRecords):
    """Moves texts the first time somebody asks for the documents of a segment."""

    def __init__(self, records: FingerprintRecords, move: Callable[[], None]) -> None:
        self._records = records
        self._move = move
        self.moved = False

    @property
    def changes(self) -> int:
        """Of the records that move."""
        return self._records.changes

    def documents(self, segment: int) -> SegmentDocuments:
        """As they were before the move, or are after it."""
        found = self._records.documents(segment)
        if not self.moved:
            self.moved = True
            self._move()
        return found


class MovingCatalog:
    """A catalog whose fingerprints move."""

    def __init__(self, library: Library, move: Callable[[], None]) -> None:
        self.fingerprints = MovingRecords(library.catalog.fingerprints, move)
        self.documents_by_id = library.catalog.documents_by_id
        self.document_ids = library.catalog.document_ids
        self.passages_by_id = library.catalog.passages_by_id


def finder_while(library: Library, move: Callable[[], None]) -> QuotationFinder:
    """A finder under whose first search `move` happens."""
    catalog = MovingCatalog(library, move)
    return QuotationFinder(catalog, fingerprints=library.fingerprints, words=library.words)  # type: ignore[arg-type]


def copy_to_a_new_segment(library: Library, segment: int) -> None:
    texts = library.catalog.fingerprints.texts_of([segment])
    number = library.fingerprints.add(text.text for text in texts)
    library.catalog.fingerprints.place(number, texts)


def test_a_text_that_moves_while_it_is_looked_for_is_found(library: Library) -> None:
    library.put(WORDS, title="甲")

    def move() -> None:
        copy_to_a_new_segment(library, 1)
        library.fingerprints.remove([1])

    occurrences = finder_while(library, move).occurrences(WORDS)
    assert [one.start for one in occurrences] == [0]


@pytest.mark.parametrize(
    "search",
    [
        lambda finder: list(finder.confirmed(read_quotation(WORDS), finder.occurrences(WORDS))),
        lambda finder: list(finder.occurrences("谁抱走，")),
        lambda finder: list(finder.with_omissions(read_quotation("谁的孩子……谁来算"))),
        lambda finder: finder.near(comparable("谁的孩子谁领走")),
    ],
    ids=["verbatim", "four characters", "omissions", "near"],
)
def test_a_document_that_goes_while_it_is_looked_for_is_not_found(
    library: Library, search: Callable[[QuotationFinder], list[object]]
) -> None:
    document = library.put(WORDS)
    searched = finder_while(library, lambda: library.catalog.remove_document(document.document_id))
    assert search(searched) == []
    assert search(library.finder) == []


def test_a_text_that_moves_into_a_segment_that_is_searched_next_is_found_once(
    library: Library,
) -> None:
    library.put(WORDS, title="甲")
    texts = library.catalog.fingerprints.texts_of([1])
    number = library.fingerprints.add(text.text for text in texts)

    def move() -> None:
        library.catalog.fingerprints.place(number, texts)

    occurrences = finder_while(library, move).occurrences(WORDS)
    assert occurrences.total == 1


def test_searches_find_every_text_while_all_of_them_move(library: Library) -> None:
    for number in range(6):
        library.put(f"第{number}份：{WORDS}。", title=str(number))
    missing = list[int]()
    done = threading.Event()

    def search() -> None:
        while not done.is_set():
            count = len({title for title, _ in found(library, WORDS)})
            if count != 6:
                missing.append(count)

    searchers = [threading.Thread(target=search) for _ in range(3)]
    for searcher in searchers:
        searcher.start()
    for _ in range(12):
        numbers = sorted(library.fingerprints.numbers)[:3]
        texts = library.catalog.fingerprints.texts_of(numbers)
        number = library.fingerprints.add(text.text for text in texts)
        library.catalog.fingerprints.place(number, texts)
        library.fingerprints.remove(numbers)
    done.set()
    for searcher in searchers:
        searcher.join()
    assert missing == []


def spans_with_omissions(library: Library, words: str, **filters: object) -> list[str]:
    quotation = read_quotation(words)
    return [
        span.of(document.text)
        for document, span in library.finder.with_omissions(quotation, filters=Filters(**filters))
    ]


def test_parts_stand_one_after_another(library: Library) -> None:
    library.put("要抓改革到底，还要抓落实到位，更要见成效。", title="甲")
    assert spans_with_omissions(library, "抓改革到底……见成效") == [
        "抓改革到底，还要抓落实到位，更要见成效"
    ]
    assert spans_with_omissions(library, "要抓……抓落实到位……成效") == [
        "要抓改革到底，还要抓落实到位，更要见成效"
    ]
    assert spans_with_omissions(library, "见成效……抓改革到底") == []
    assert spans_with_omissions(library, "抓改革到底……见成果") == []
    assert spans_with_omissions(library, "抓改革到底，还要") == []
    assert spans_with_omissions(library, "改革……落实") == []
    assert spans_with_omissions(library, "抓改革到底……见成效", collection="other") == []


def test_parts_that_only_look_alike_are_not_the_parts(library: Library) -> None:
    library.put("上线app端口，见成效。", title="甲")
    assert spans_with_omissions(library, "上线APP端口……见成效") == []


def test_too_much_left_out_is_not_one_quotation(library: Library) -> None:
    library.put(f"要抓改革到底，{'又' * 2900}，更要见成效。", title="近")
    library.put(f"要抓改革到底，{'又' * 3100}，更要见成效。", title="远")
    assert [len(words) > 2900 for words in spans_with_omissions(library, "抓改革到底……见成效")] == [
        True
    ]
    assert spans_with_omissions(library, "要抓……改革到底……更要见成效")[0].startswith(
        "要抓改革到底，又"
    )


def test_a_place_that_both_parts_could_begin_with_is_given_once(library: Library) -> None:
    library.put("抓改革到底。抓改革到底。见成效。", title="甲")
    assert spans_with_omissions(library, "抓改革到底……见成效") == [
        "抓改革到底。抓改革到底。见成效",
        "抓改革到底。见成效",
    ]


def test_a_document_that_is_gone_is_none(library: Library) -> None:
    document = library.put(WORDS)
    assert library.finder.document(document.document_id) == document
    library.catalog.remove_document(document.document_id)
    assert library.finder.document(document.document_id) is None


def test_texts_are_kept_until_they_change_or_there_are_too_many(library: Library) -> None:
    one = make_document("甲" * 1_200_000, source="a")
    other = make_document("乙" * 1_200_000, source="b")
    kept = library.finder.text_of(one)
    assert library.finder.text_of(one) is kept
    changed = make_document("丙", source="a")
    assert library.finder.text_of(changed).text == "丙"
    assert library.finder.text_of(one) is not kept
    kept = library.finder.text_of(one)
    library.finder.text_of(other)
    assert library.finder.text_of(one) is not kept


@pytest.mark.parametrize(
    ("typed", "text", "span"),
    [
        pytest.param("把改革抓到底", "要把改革抓到底。", "把改革抓到底", id="the words"),
        pytest.param("把改革抓到底。", "要把改革抓到底。", "把改革抓到底。", id="with the stop"),
        pytest.param("把改革抓到底。", "要把改革抓到底，", "把改革抓到底", id="a stop too many"),
        pytest.param("“把改革抓到底”", "要“把改革抓到底”了", "“把改革抓到底”", id="in marks"),
        pytest.param("“把改革抓到底”", "要把改革抓到底了", "把改革抓到底", id="marks too many"),
        pytest.param("「把改革抓到底。」", "要“把改革抓到底。”", "“把改革抓到底。”", id="others"),
        pytest.param("“把改革抓到底。”", "要把改革抓到底。", "把改革抓到底。", id="only the stop"),
        pytest.param("“把改革抓到底”。", "要“把改革抓到底”。", "“把改革抓到底”。", id="behind"),
        pytest.param("“把改革抓到底”。", "要“把改革抓到底”，", "“把改革抓到底”", id="marks alone"),
        pytest.param("“把改革抓到底。”", "要“把改革抓到底”。", "把改革抓到底", id="turned round"),
        pytest.param("“把改革抓到底”", "要“把改革抓到底，", "把改革抓到底", id="one mark"),
        pytest.param("把改革抓到底", "要 把改\n革抓　到底 。", "把改\n革抓　到底", id="spaces"),
    ],
)  # fmt: skip
def test_the_span_takes_along_what_surrounds_the_words_in_both(
    library: Library, typed: str, text: str, span: str
) -> None:
    document = library.put(text)
    (place,) = library.finder.confirmed(
        read_quotation(typed), library.finder.occurrences(read_quotation(typed).core)
    )
    assert place[0] == document
    assert place[1].of(text) == span
    assert library.finder.verbatim_span(read_quotation(typed), document, 0) is None


@given(place=st.integers(0, len(WORDS) - 1))
def test_near_words_are_found_with_their_place(shelves: Library, place: int) -> None:
    words = "谁的孩子谁抱走，谁的账谁来算！"
    changed = words[:place] + "它" + words[place + 1 :]
    best = min(shelves.finder.near(comparable(changed)), key=lambda one: one.order)
    assert best.document.metadata.title == "在全市机构改革动员大会上的讲话"
    stretch = best.text.span_of(best.start, best.end).of(best.document.text)
    assert stretch in words
    assert len(stretch) >= len(words) - 2
    assert 0.8 < best.likeness < 1


def test_what_is_far_less_like_the_words_than_their_source_may_be_left_out(
    library: Library,
) -> None:
    words = "机构改革要抓紧推进，编制要严格管理，人员要妥善安置，职责要尽快到位"
    for number in range(6):
        library.put(f"{words}，第{'一二三四五六'[number]}年。", title=f"近{number}")
    for number in range(6):
        library.put(f"{words[: 9 + number]}，其余另说，这里不谈。", title=f"远{number}")
    changed = words.replace("严格", "从严")
    every = library.finder.near(changed)
    few = library.finder.near(changed, only_source=True)
    assert {one.document.metadata.title[0] for one in every} == {"近", "远"}
    assert {one.document.metadata.title for one in few} == {f"近{n}" for n in range(6)}
    assert min(one.order for one in few) == min(one.order for one in every)
    elsewhere = words[:9] + "，无人提起的另一件事情，谁也不知道"
    assert library.finder.near(elsewhere, only_source=True) == library.finder.near(elsewhere)


def test_the_order_is_by_date_then_what_has_none_then_briefings(library: Library) -> None:
    for title, date, kind in (
        ("卡", "1990", Kind.BRIEFING),
        ("无", None, Kind.OTHER),
        ("新", "2021-05", Kind.NEWS),
        ("中", "2020-12-31", Kind.NEWS),
        ("旧", "2020", Kind.NEWS),
    ):
        library.put(f"{WORDS}。", title=title, kind=kind, published_date=date and day(date))
    assert [title for title, _ in found(library, WORDS)] == ["旧", "中", "新", "无", "卡"]
