import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.citations import cite, verify
from rag.documents import Evidence
from rag.errors import CitationError
from rag.text import Span
from tests.conftest import make_document, make_passages

DOCUMENT = make_document("全区共设置党政机构30个。其中党委机构9个。", title="某区改革")
PASSAGE = make_passages(DOCUMENT)[0]


def evidence(span: Span) -> Evidence:
    return Evidence(passage=PASSAGE, document=DOCUMENT, span=span, score=1.0)


@given(st.integers(0, len(DOCUMENT.text) - 1), st.integers(1, 10))
def test_the_quote_of_a_citation_stands_at_its_span(start: int, length: int):
    span = Span(start, min(start + length, len(DOCUMENT.text)))
    citation = cite(1, evidence(span))
    assert DOCUMENT.text[citation.start : citation.end] == citation.quote
    assert verify([citation], {DOCUMENT.document_id: DOCUMENT}) == (citation,)


@pytest.mark.parametrize(
    "change",
    [
        {"quote": "全区共设置党政机构40个。"},
        {"start": 1},
        {"document_id": "unknown"},
        {"end": 0, "start": 0, "quote": ""},
    ],
)
def test_a_citation_that_does_not_stand_there_is_an_error(change: dict[str, object]):
    citation = dataclasses.replace(cite(1, evidence(Span(0, 13))), **change)
    with pytest.raises(CitationError):
        verify([citation], {DOCUMENT.document_id: DOCUMENT})
