"""What a match tells of the place where the words stand."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.documents import AttributedSpeech, Document, Kind, Speaker
from rag.quotations.quotation import DiffPiece
from rag.quotations.quoting import quote
from rag.text import Span, sentence_spans
from tests.conftest import make_document
from tests.rag.quotations.conftest import MEETING, NEWS, SPEECH, day, speech


def span_of(text: str, words: str) -> Span:
    start = text.index(words)
    return Span(start, start + len(words))


def document_of(text: str, words: str, **metadata: object) -> Document:
    document = make_document(text, **metadata)
    return replace(document, speeches=(speech(text, (words, "陆知远", "青石市委书记")),))


def test_a_match_says_where_the_words_stand_and_who_says_them() -> None:
    document = replace(
        document_of(
            "青石市委书记陆知远强调，要抓到底。",
            "要抓到底",
            title="青石市开会",
            kind=Kind.NEWS,
            collection="seeds",
            issuer="青石市委",
            publisher="澄湖日报",
            event_date=day("2019-02-20"),
            published_date=day("2019-02-21"),
            is_sample=True,
        ),
        pages=((0, 3), (10, 4)),
    )
    match = quote(document, span_of(document.text, "抓到底"))
    assert (match.document_id, match.title) == (document.document_id, "青石市开会")
    assert (match.kind, match.collection, match.is_sample) == (Kind.NEWS, "seeds", True)
    assert document.text[match.start : match.end] == match.quote == "抓到底"
    assert (match.speaker, match.office) == ("陆知远", "青石市委书记")
    assert (match.date, match.publisher, match.page) == ("2019-02-21", "澄湖日报", 4)
    assert (match.similarity, match.diff, match.is_first) == (1.0, (), False)
    assert match.reference.in_text == "（陆知远，2019年2月）"


def test_what_is_not_known_is_not_said() -> None:
    match = quote(make_document("要抓到底。"), Span(0, 4))
    assert match.speaker is match.office is match.occasion is match.date is None
    assert match.publisher is match.page is None


def test_an_issuer_stands_in_for_a_publisher() -> None:
    assert quote(make_document("要抓到底。", issuer="青石市委"), Span(0, 4)).publisher == "青石市委"


def test_the_preferred_of_several_speakers_is_named() -> None:
    text = "陆知远、褚望舒共同指出：要抓到底。"
    both = [
        AttributedSpeech(
            span=span_of(text, "要抓到底"), speaker=Speaker(name=name), introduction=Span(0, 12)
        )
        for name in ("陆知远", "褚望舒")
    ]
    document = replace(make_document(text), speeches=tuple(both))
    span = span_of(text, "抓到底")
    assert quote(document, span).speaker == "陆知远"
    preferred = quote(document, span, preferred=both[1])
    assert preferred.speaker == "褚望舒"
    assert preferred.reference.in_text == "（褚望舒）"


def test_similarity_and_diff_are_passed_on() -> None:
    diff = (DiffPiece(operation="replace", quoted="甲", source="乙"),)
    match = quote(make_document("要抓到底。"), Span(0, 4), similarity=0.9, diff=diff)
    assert (match.similarity, match.diff) == (0.9, diff)


PARAGRAPHS = "第一段。\n甲一二。乙三四！丙五六？丁七八。\n末一段。"


@pytest.mark.parametrize(
    ("words", "context"),
    [
        ("乙三四！", "甲一二。乙三四！丙五六？"),
        ("一二。乙三", "甲一二。乙三四！丙五六？"),
        ("甲一", "甲一二。乙三四！"),
        ("七八。", "丙五六？丁七八。"),
        ("甲一二。乙三四！丙五六？丁七八。", "甲一二。乙三四！丙五六？丁七八。"),
        ("第一段", "第一段。"),
        ("段。\n甲一", "第一段。\n甲一二。乙三四！"),
    ],
)
def test_the_context_is_a_sentence_more_on_both_sides_within_the_paragraph(
    words: str, context: str
) -> None:
    document = make_document(PARAGRAPHS)
    match = quote(document, span_of(PARAGRAPHS, words))
    assert match.context == context
    assert document.text[match.context_start :].startswith(context)


@given(
    data=st.data(), text=st.sampled_from([SPEECH, NEWS, MEETING, PARAGRAPHS, "。" * 9, "甲" * 3000])
)
def test_the_context_holds_the_quotation(data: st.DataObject, text: str) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, min(len(text), start + 200)))
    match = quote(make_document(text), Span(start, end))
    context = Span(match.context_start, match.context_start + len(match.context))
    assert context.of(text) == match.context
    assert context.contains(Span(start, end))
    assert len(context) <= end - start + 1200
    inside = [
        one for one in sentence_spans(text, within=context) if not one.overlaps(Span(start, end))
    ]
    assert len(inside) <= 2


def test_white_space_is_its_own_context() -> None:
    match = quote(make_document("甲。\n乙。"), Span(2, 3))
    assert (match.quote, match.context, match.context_start) == ("\n", "\n", 2)


def test_an_introduction_that_never_ends_tells_no_occasion() -> None:
    text = f"陆知远在动员大会上强调，{'又' * 200}，要抓到底。"
    assert quote(document_of(text, "要抓到底"), span_of(text, "抓到底")).occasion is None


@pytest.mark.parametrize(
    ("text", "occasion"),
    [
        ("陆知远在全市机构改革动员大会上强调，要抓到底。", "全市机构改革动员大会"),
        ("陆知远出席全市机构改革动员大会并讲话，他指出，要抓到底。", "全市机构改革动员大会"),
        ("陆知远主持召开市委常委会会议，强调要抓到底。", "市委常委会会议"),
        ("陆知远到松屏区调研时指出，要抓到底。", "松屏区调研"),
        ("陆知远表示，要抓到底。", None),
    ],
)
def test_the_occasion_is_told_by_the_words_that_introduce_the_speech(
    text: str, occasion: str | None
) -> None:
    document = document_of(text, "要抓到底", kind=Kind.NEWS)
    assert quote(document, span_of(text, "抓到底")).occasion == occasion


def test_the_occasion_of_a_speech_is_told_by_its_title() -> None:
    text = "同志们：要抓到底。"
    title = "在全市机构改革动员大会上的讲话"
    document = make_document(text, title=title, kind=Kind.SPEECH)
    assert quote(document, Span(4, 8)).occasion == "全市机构改革动员大会"
    news = make_document(text, title=title, kind=Kind.NEWS)
    assert quote(news, Span(4, 8)).occasion is None
    untold = make_document(text, title="动员讲话", kind=Kind.SPEECH)
    assert quote(untold, Span(4, 8)).occasion is None
