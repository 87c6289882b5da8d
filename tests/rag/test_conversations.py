"""Titles, search words, and what becomes of saved citations when documents change."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.conversations import (
    LONGEST_MADE_TITLE,
    LONGEST_TITLE,
    MOST_SEARCH_WORDS,
    CitationState,
    SavedTurn,
    check_citation,
    checked_title,
    history_of,
    search_words,
    title_from,
)
from rag.documents import Answer, AnswerStatus, Citation, Document, Kind, PartialDate, Turn
from rag.text import Span
from tests.conftest import make_document

QUOTE = "清河区共设置党政机构三十六个。"
TEXT = f"第一段。\n{QUOTE}\n第三段。"


def cite(document: Document, quote: str = QUOTE, **changes: object) -> Citation:
    start = document.text.index(quote)
    fields = {
        "marker": 1,
        "document_id": document.document_id,
        "title": document.metadata.title,
        "kind": document.metadata.kind,
        "speaker": None,
        "date": None,
        "publisher": None,
        "page": None,
        "passage_id": "p",
        "start": start,
        "end": start + len(quote),
        "quote": quote,
    }
    return Citation(**{**fields, **changes})  # type: ignore[arg-type]


def test_a_quote_that_stands_where_it_stood_is_valid():
    document = make_document(TEXT)
    checked = check_citation(cite(document), document)
    assert checked.state is CitationState.VALID
    assert checked.span is not None
    assert checked.span.of(document.text) == QUOTE


def test_a_quote_that_stands_elsewhere_once_has_moved_there():
    citation = cite(make_document(TEXT))
    now = make_document(f"新加的一段。\n{TEXT}")
    checked = check_citation(citation, now)
    assert checked.state is CitationState.MOVED
    assert checked.span is not None
    assert checked.span.of(now.text) == QUOTE
    assert checked.span != Span(citation.start, citation.end)


def test_a_quote_that_stands_where_it_stood_is_valid_although_it_stands_elsewhere_too():
    now = make_document(f"{TEXT}\n{QUOTE}")
    assert check_citation(cite(make_document(TEXT)), now).state is CitationState.VALID


def test_a_quote_at_several_other_places_has_no_certain_one():
    now = make_document(f"新。{QUOTE}\n{QUOTE}")
    checked = check_citation(cite(make_document(TEXT)), now)
    assert (checked.state, checked.span) == (CitationState.CHANGED, None)


def test_places_that_overlap_are_several():
    citation = cite(make_document("甲乙丙是是"), "是是")
    assert check_citation(citation, make_document("是是是")).state is CitationState.CHANGED


def test_one_changed_digit_is_a_change():
    now = make_document(TEXT.replace("三十六", "三十五"))
    checked = check_citation(cite(make_document(TEXT)), now)
    assert (checked.state, checked.span) == (CitationState.CHANGED, None)


def test_without_its_document_a_citation_is_gone():
    checked = check_citation(cite(make_document(TEXT)), None)
    assert (checked.state, checked.span) == (CitationState.GONE, None)


@pytest.mark.parametrize("start", [0, 3, 10_000])
def test_an_empty_quote_proves_nothing(start: int):
    document = make_document(TEXT)
    citation = cite(document, start=start, end=start, quote="")
    assert check_citation(citation, document).state is CitationState.CHANGED


@given(before=st.text(max_size=9), quote=st.text(min_size=1, max_size=9), now=st.text())
def test_a_place_that_is_given_holds_the_quote(before: str, quote: str, now: str):
    document = make_document(before + quote)
    citation = cite(document, quote)
    for text in (before + quote, now, now + quote, quote + now + quote):
        checked = check_citation(citation, make_document(text))
        assert (checked.span is not None) == (
            checked.state in {CitationState.VALID, CitationState.MOVED}
        )
        assert checked.span is None or checked.span.of(text) == quote
        if checked.state is CitationState.MOVED:
            assert text.count(quote) == 1


def test_what_still_stands_is_referred_to_by_its_document_and_its_page_of_now():
    former = make_document(TEXT, title="旧题目", kind=Kind.LAW, issuer="清河区政府")
    moved = make_document(
        f"新。\n{TEXT}", title="新题目", kind=Kind.REPORT, published_date=PartialDate(year=2020)
    )
    paged = Document(**{  # type: ignore[arg-type]
        **{name: getattr(moved, name) for name in moved.__slots__},
        "pages": ((0, 1), (4, 7)),
    })
    checked = check_citation(cite(former, page=1), paged)
    assert checked.page == 7
    assert "新题目" in checked.reference.gbt7714_2025
    assert checked.reference.gbt7714_2025.endswith("：7.")


@pytest.mark.parametrize("now", [None, make_document("别的。", title="别的题目")])
def test_what_no_longer_stands_is_referred_to_as_it_was_cited(now: Document | None):
    citation = cite(
        make_document(TEXT, title="在动员会上的讲话", kind=Kind.SPEECH),
        speaker="李明远",
        date="2019-03-22",
        publisher="清河日报",
        page=3,
    )
    checked = check_citation(citation, now)
    reference = checked.reference.gbt7714_2025
    assert reference == "李明远. 在动员会上的讲话[N]. 清河日报，2019-03-22."
    assert checked.page == 3


@pytest.mark.parametrize("date", [None, "", "--12-28", "不明", "2019-13"])
def test_a_date_without_a_year_or_sense_is_left_out_of_a_reference(date: str | None):
    checked = check_citation(cite(make_document(TEXT), date=date), None)
    assert "201" not in checked.reference.gbt7714_2025


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("  改革后设了多少机构？\n", "改革后设了多少机构？"),
        ("第一行\n\n第二行", "第一行 第二行"),
        ("", "未命名对话"),
        ("\u200b\x00", "未命名对话"),
        ("问" * 40, "问" * 40),
        ("问" * 41, "问" * 39 + "…"),
        ("问" * 30 + "，" + "答" * 30, "问" * 30 + "…"),
        ("短，" + "答" * 60, "短，" + "答" * 37 + "…"),
        ("甲\u202e乙\x1b[31m丙", "甲 乙 [31m丙"),
    ],
)
def test_a_title_is_the_question_on_one_line_and_cut(question: str, title: str):
    assert title_from(question) == title


@given(st.text())
def test_every_question_gives_a_title_that_could_have_been_given(question: str):
    title = title_from(question)
    assert 0 < len(title) <= LONGEST_MADE_TITLE
    assert checked_title(title) == title
    assert title.encode()


def test_a_given_title_is_trimmed_and_refused_where_it_is_none():
    assert checked_title(" 三定\n方案 ") == "三定 方案"
    assert len(checked_title("长" * LONGEST_TITLE)) == LONGEST_TITLE
    for bad in ("", " \n", "\u200b", "长" * (LONGEST_TITLE + 1)):
        with pytest.raises(ValueError, match="标题"):
            checked_title(bad)


def test_search_words_are_folded_and_counted_once():
    assert search_words(" 機構  改革 机构 ＡＢＣ \u200b ") == ("机构", "改革", "abc")
    assert search_words(" ") == ()
    with pytest.raises(ValueError, match="检索词太多"):
        search_words(" ".join(map(str, range(MOST_SEARCH_WORDS + 1))))


def test_turns_become_the_history_of_the_next_question():
    turns = [
        SavedTurn(
            question=question,
            answer=Answer(status=AnswerStatus.ANSWERED, text=f"{question}答[1]"),
            asked=datetime.now(UTC),
        )
        for question in ("甲", "乙")
    ]
    assert history_of(turns) == (
        Turn(role="user", content="甲"),
        Turn(role="assistant", content="甲答[1]"),
        Turn(role="user", content="乙"),
        Turn(role="assistant", content="乙答[1]"),
    )
    assert history_of([]) == ()
