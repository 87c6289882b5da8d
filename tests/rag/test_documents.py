import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.documents import (
    AttributedSpeech,
    PartialDate,
    Speaker,
    derive_document_id,
    derive_passage_id,
)
from rag.text import Span
from tests.conftest import make_document

MONTHS = st.one_of(st.none(), st.integers(1, 12))


@given(
    st.one_of(st.none(), st.integers(1000, 2999)), MONTHS, st.one_of(st.none(), st.integers(1, 31))
)
def test_a_date_reads_back_what_it_writes(year: int | None, month: int | None, day: int | None):
    if (year is None and month is None) or (day is not None and month is None):
        with pytest.raises(ValueError, match="needs"):
            PartialDate(year=year, month=month, day=day)
        return
    date = PartialDate(year=year, month=month, day=day)
    assert PartialDate.parse(str(date)) == date


@pytest.mark.parametrize("text", ["", "2019-13", "19-01-01", "2019/01/01", "--", "2019-1-1"])
def test_what_is_no_date_is_refused(text: str):
    with pytest.raises(ValueError, match=r"date|needs"):
        PartialDate.parse(text)


def test_a_date_without_a_year_stays_without():
    assert str(PartialDate(month=12, day=28)) == "--12-28"


def test_ids_depend_on_everything_they_are_made_of():
    ids = {
        derive_document_id(collection="a", source="bc"),
        derive_document_id(collection="ab", source="c"),
        derive_passage_id(document_id="d", span=Span(0, 1), indexed_text="x"),
        derive_passage_id(document_id="d", span=Span(0, 2), indexed_text="x"),
        derive_passage_id(document_id="d", span=Span(0, 1), indexed_text="y"),
    }
    assert len(ids) == 5


def test_the_page_of_an_offset_is_the_last_that_began():
    document = make_document("一二三四五六")
    assert document.page_at(3) is None
    paged = type(document)(
        **{name: getattr(document, name) for name in document.__slots__}
        | {"pages": ((0, 1), (4, 2))}
    )
    assert [paged.page_at(offset) for offset in (0, 3, 4, 5)] == [1, 1, 2, 2]


def test_the_innermost_speech_names_the_speaker():
    document = make_document("会议指出，市长张三说：好。")
    outer = AttributedSpeech(
        span=Span(5, 13), speaker=Speaker(name="会议"), introduction=Span(0, 5)
    )
    inner = AttributedSpeech(
        span=Span(11, 13), speaker=Speaker(name="张三"), introduction=Span(5, 11)
    )
    spoken = type(document)(
        **{name: getattr(document, name) for name in document.__slots__}
        | {"speeches": (outer, inner)}
    )
    assert spoken.speaker_at(Span(11, 13)) == Speaker(name="张三")
    assert spoken.speaker_at(Span(5, 8)) == Speaker(name="会议")
    assert spoken.speaker_at(Span(0, 3)) is None
