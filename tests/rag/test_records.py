"""What the catalog writes, it reads back."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from rag.documents import (
    AttributedSpeech,
    Heading,
    Kind,
    Level,
    Metadata,
    PartialDate,
    Place,
    Speaker,
)
from rag.records import (
    content_digest,
    read_heading_path,
    read_headings,
    read_metadata,
    read_pages,
    read_speeches,
    text_digest,
    write_heading_path,
    write_headings,
    write_metadata,
    write_pages,
    write_speeches,
)
from rag.text import Span
from tests.conftest import make_document, make_passages

names = st.text(min_size=1, max_size=8)
spans = st.tuples(st.integers(0, 500), st.integers(0, 500)).map(lambda ends: Span(*sorted(ends)))
speakers = st.builds(Speaker, name=names, office=st.none() | names)
places = st.builds(
    Place,
    name=names,
    level=st.sampled_from(Level),
    within=st.lists(names, max_size=3).map(tuple),
)
dates = st.one_of(
    st.builds(PartialDate, year=st.integers(1000, 2999)),
    st.builds(PartialDate, year=st.none() | st.integers(1000, 2999), month=st.integers(1, 12)),
    st.builds(
        PartialDate,
        year=st.none() | st.integers(1000, 2999),
        month=st.integers(1, 12),
        day=st.integers(1, 31),
    ),
)
metadata = st.builds(
    Metadata,
    title=names,
    kind=st.sampled_from(Kind),
    issuer=st.none() | names,
    publisher=st.none() | names,
    place=st.none() | places,
    event_date=st.none() | dates,
    published_date=st.none() | dates,
    speakers=st.lists(speakers, max_size=3).map(tuple),
    reporters=st.lists(names, max_size=3).map(tuple),
    editors=st.lists(names, max_size=3).map(tuple),
    document_number=st.none() | names,
    url=st.none() | names,
    is_sample=st.booleans(),
    sources=st.lists(names, max_size=3).map(tuple),
    origins=st.dictionaries(names, names, max_size=3),
)
speeches = st.lists(
    st.builds(AttributedSpeech, span=spans, speaker=speakers, introduction=spans), max_size=3
).map(tuple)
headings = st.lists(st.builds(Heading, span=spans, level=st.integers(1, 9)), max_size=3).map(tuple)
pages = st.lists(st.tuples(st.integers(0, 999), st.integers(1, 99)), max_size=3).map(tuple)
paths = st.lists(st.text(max_size=8), max_size=3).map(tuple)


@given(metadata)
def test_metadata_written_and_read_is_the_same(value: Metadata) -> None:
    assert read_metadata(write_metadata(value)) == value


@given(headings, pages, speeches, paths)
def test_structure_written_and_read_is_the_same(
    marks: tuple[Heading, ...],
    numbers: tuple[tuple[int, int], ...],
    said: tuple[AttributedSpeech, ...],
    path: tuple[str, ...],
) -> None:
    assert read_headings(write_headings(marks)) == marks
    assert read_pages(write_pages(numbers)) == numbers
    assert read_speeches(write_speeches(said)) == said
    assert read_heading_path(write_heading_path(path)) == path


@given(metadata, metadata)
def test_the_digest_tells_documents_apart(one: Metadata, other: Metadata) -> None:
    first = replace(make_document("一段话。"), metadata=one)
    second = replace(first, metadata=other)
    assert (content_digest(first, []) == content_digest(second, [])) == (one == other)


def test_the_digest_sees_passages() -> None:
    document = make_document("第一段。\n第二段。")
    passages = make_passages(document)
    assert content_digest(document, passages) != content_digest(document, passages[:1])
    moved = [replace(passages[0], page=2), passages[1]]
    assert content_digest(document, passages) != content_digest(document, moved)


def test_texts_that_compare_equal_have_one_digest() -> None:
    assert text_digest("機構改革，２０２３年。") == text_digest("机构 改革，2023年。\n")
    assert text_digest("机构改革，2023年。") != text_digest("机构改革，2024年。")
