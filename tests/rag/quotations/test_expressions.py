"""Set phrases: since when, how often, and what they stand for."""

from collections.abc import Sequence

import pytest

from rag.documents import Kind
from rag.quotations.quotation import Expression, Wording
from tests.rag.quotations.conftest import Library, day

LONG = "减材料、减环节、减时限"


def expansions(library: Library, phrase: str = "三减") -> list[str]:
    found = library.expressions.describe(phrase)
    assert found is not None
    return [match.quote for match in found.expansions]


@pytest.mark.parametrize(
    ("text", "expansion"),
    [
        pytest.param("“三减”是指减材料、减环节、减时限。", LONG, id="是指"),
        pytest.param("“三减”指的是减材料、减环节、减时限。", LONG, id="指的是"),
        pytest.param("三减，是指减材料、减环节、减时限。", LONG, id="a comma"),
        pytest.param("推行三减即减材料、减环节、减时限。", LONG, id="即"),
        pytest.param("推行「三减」，即减材料、减环节、减时限。", LONG, id="即 behind a comma"),
        pytest.param("“三减”就是减材料、减环节、减时限。", LONG, id="就是"),
        pytest.param("“三减”包括减材料、减环节、减时限。", LONG, id="包括"),
        pytest.param("“三减”：减材料、减环节、减时限。", LONG, id="a colon"),
        pytest.param("“三减”——减材料、减环节、减时限。", LONG, id="a dash"),
        pytest.param("“三减”是指“减材料、减环节、减时限”。", LONG, id="marks around it"),
        pytest.param("推行“三减”（减材料、减环节、减时限）改革。", LONG, id="brackets"),
        pytest.param("推行三减（即减材料、减环节、减时限）改革。", LONG, id="brackets with 即"),
        pytest.param("推行三减(指：减材料、减环节、减时限)。", LONG, id="half-width brackets"),
        pytest.param("减材料、减环节、减时限（以下简称“三减”）。", LONG, id="以下简称"),
        pytest.param("减材料、减环节、减时限（以下统称三减）。", LONG, id="以下统称"),
        pytest.param("“减材料、减环节、减时限”（三减）", LONG, id="the phrase in brackets"),
        pytest.param("减材料、减环节、减时限（简称为“三减”）。", LONG, id="简称为"),
        pytest.param("“三减”是指减材料、减环节、减时限等三件事。", LONG, id="等"),
        pytest.param("“三减”是指减材料、减环节、减时限的要求。", LONG, id="的要求"),
        pytest.param("“三减”是指减材料、减环节、减时限三项。", LONG, id="a number of items"),
        pytest.param("“三减”是指减材料、减环节。", "减材料、减环节", id="a list of two"),
    ],
)
def test_an_expansion_is_what_a_document_says_it_stands_for(
    library: Library, text: str, expansion: str
) -> None:
    document = library.put(f"第一段。\n{text}\n第三段。")
    found = library.expressions.describe("三减")
    assert found is not None
    (match,) = found.expansions
    assert match.quote == expansion
    assert document.text[match.start : match.end] == expansion
    assert [wording.text for wording in found.wordings] == ["三减", expansion]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("推行“三减”改革。", id="nothing is said"),
        pytest.param("“三减”是指少跑腿。", id="no list"),
        pytest.param("推行“三减”。减材料、减环节、减时限。", id="in another sentence"),
        pytest.param("“三减”\n（减材料、减环节、减时限）", id="in another paragraph"),
        pytest.param(
            "减材料、减环节、减时限\n（以下简称“三减”）", id="before, in another paragraph"
        ),
        pytest.param("不是“三减”而是减材料、减环节、减时限。", id="another"),
        pytest.param("推行“三减”改革（减材料、减环节、减时限）。", id="of something else"),
        pytest.param("“三减”：甲、乙。", id="items of one character"),
        pytest.param("“三减”是指减等、等等。", id="too little but 等"),
    ],
)
def test_what_no_document_expands_is_not_expanded(library: Library, text: str) -> None:
    library.put(text)
    assert expansions(library) == []


def test_an_expansion_ends_at_a_comma(library: Library) -> None:
    library.put("推行“三减”，即减材料、减环节、减时限，是今年的大事。")
    assert expansions(library) == [LONG]


def test_a_verb_before_the_list_is_no_part_of_it(library: Library) -> None:
    library.put("全区深入推进减材料、减环节、减时限（以下简称“三减”）改革。")
    assert expansions(library) == [LONG]


def test_the_most_frequent_expansion_comes_first_and_each_once(library: Library) -> None:
    library.put("“三减”是指减人员、减机构、减职数。", title="甲")
    for title in ("乙", "丙"):
        library.put(f"“三减”即{LONG}。“三减”（{LONG}）。", title=title)
    found = library.expressions.describe("三减")
    assert found is not None
    assert [match.quote for match in found.expansions] == [LONG, "减人员、减机构、减职数"]
    assert [wording.text for wording in found.wordings] == ["三减", LONG, "减人员、减机构、减职数"]


def test_no_more_than_a_few_expansions_are_shown(library: Library) -> None:
    for number in range(9):
        library.put(f"“三减”是指减第{number}样、减环节、减时限。", title=str(number))
    assert len(expansions(library)) == 5


def test_an_expansion_without_words_is_no_wording(library: Library) -> None:
    library.put("“三减”是指——、——、——。")
    found = library.expressions.describe("三减")
    assert found is not None
    assert [wording.text for wording in found.wordings] == ["三减"]


def fill(library: Library) -> None:
    for title, date, text, kind in (
        ("早", "2016-04", f"推进{LONG}。", Kind.NEWS),
        ("首", "2017-03-02", "推行“三减”改革，“三减”是大事。", Kind.NEWS),
        ("次", "2017-11", "“三减”改革见效。", Kind.REPORT),
        ("释", "2018-05-06", f"“三减”即{LONG}。", Kind.LAW),
        ("末", "2020", "“三减”改革收官。", Kind.NEWS),
        ("无", None, "“三减”改革。", Kind.OTHER),
        ("他", "2021", "三件事要减，不说那个词。", Kind.OTHER),
    ):
        library.put(text, title=title, kind=kind, published_date=day(date) if date else None)


def shown(wording: Wording) -> tuple[str, int, int, dict[int, int], str | None, str | None]:
    return (
        wording.text,
        wording.total,
        wording.documents,
        dict(wording.by_year),
        wording.first and wording.first.title,
        wording.latest and wording.latest.title,
    )


@pytest.mark.parametrize("phrase", ["三减", " 三減 ", "三\n减"])
def test_a_phrase_is_counted_by_year_with_its_first_and_latest_use(
    library: Library, phrase: str
) -> None:
    fill(library)
    found = library.expressions.describe(phrase)
    assert found is not None
    assert [shown(wording) for wording in found.wordings] == [
        ("三减", 6, 5, {2017: 2, 2018: 1, 2020: 1}, "首", "末"),
        (LONG, 2, 2, {2016: 1, 2018: 1}, "早", "释"),
    ]
    assert list(found.wordings[0].by_year) == [2017, 2018, 2020]
    first = found.wordings[0].first
    assert first is not None
    assert (first.quote, first.start, first.date) == ("三减", 3, "2017-03-02")


def test_a_longer_phrase_is_described_from_the_fingerprints(library: Library) -> None:
    fill(library)
    found = library.expressions.describe("“三减”改革")
    assert found is not None
    assert [shown(wording) for wording in found.wordings] == [
        ("“三减”改革", 4, 4, {2017: 2, 2020: 1}, "首", "末")
    ]


@pytest.mark.parametrize("phrase", ["四减", "“四减”改革", "", "减", "，。", "😀"])
def test_what_stands_nowhere_or_is_no_phrase_is_none(library: Library, phrase: str) -> None:
    fill(library)
    assert library.expressions.describe(phrase) is None


def test_what_is_too_long_is_no_phrase(library: Library) -> None:
    library.put("这个说法一共有十五个字多了一个。")
    assert library.expressions.describe("这个说法一共有十五个字多了一个") is None
    assert library.expressions.describe("这个说法一共有十五个字多了一") is not None


def test_places_that_only_look_alike_are_not_counted(library: Library) -> None:
    library.put("上线APP服务。", title="甲", published_date=day("2019"))
    library.put("上线app服务。", title="乙", published_date=day("2018"))
    found = library.expressions.describe("APP服务")
    assert found is not None
    assert [shown(wording) for wording in found.wordings] == [
        ("APP服务", 1, 1, {2019: 1}, "甲", "甲")
    ]


def test_dates_without_a_year_count_as_none(library: Library) -> None:
    library.put("推行三减。", published_date=day("--05-06"))
    found = library.expressions.describe("三减")
    assert found is not None
    assert [shown(wording) for wording in found.wordings] == [("三减", 1, 1, {}, None, None)]


def test_a_briefing_is_never_the_first_use_of_a_phrase(library: Library) -> None:
    library.put("资料卡：三减。", title="卡", kind=Kind.BRIEFING, event_date=day("1982"))
    library.put("推行三减。", title="文", published_date=day("2018"))
    found = library.expressions.describe("三减")
    assert found is not None
    first = found.wordings[0].first
    assert first is not None
    assert first.title == "文"


def test_a_phrase_that_stands_very_often_is_counted_from_its_fingerprints(library: Library) -> None:
    text = "放管服改革，" * 30
    for number in range(16):
        library.put(text, title=str(number), fingerprinted=number == 15, published_date=day("2018"))
    found = library.expressions.describe("放管服改革")
    assert found is not None
    assert shown(found.wordings[0])[:4] == ("放管服改革", 480, 16, {2018: 16})


def test_a_removed_document_is_counted_no_more(library: Library) -> None:
    fill(library)
    before = described(library)
    library.remove("首")
    after = described(library)
    assert after[0].total == before[0].total - 2
    assert after[0].first is not None
    assert after[0].first.title == "次"


def described(library: Library) -> Sequence[Wording]:
    found: Expression | None = library.expressions.describe("三减")
    assert found is not None
    return found.wordings
