"""The cache never hands out what has changed, and never grows beyond its bound."""

from hypothesis import given
from hypothesis import strategies as st

from rag.document_cache import DocumentCache
from tests.conftest import make_document


def test_what_is_remembered_is_known() -> None:
    cache = DocumentCache()
    document = make_document("一段。")
    cache.remember([document], generation=cache.generation)
    assert cache.known(["x", document.document_id]) == {document.document_id: document}


def test_what_was_read_before_a_change_is_not_kept_after_it() -> None:
    cache = DocumentCache()
    before = cache.generation
    old = make_document("旧的。")
    cache.forget(old.document_id)
    cache.remember([old], generation=before)
    assert cache.known([old.document_id]) == {}


def test_what_has_changed_is_forgotten() -> None:
    cache = DocumentCache()
    document = make_document("一段。")
    cache.remember([document], generation=cache.generation)
    cache.forget(document.document_id)
    assert cache.known([document.document_id]) == {}


def test_the_least_recently_used_goes_first() -> None:
    cache = DocumentCache(max_characters=4)
    documents = [make_document("两字", source=name) for name in ("a", "b", "c")]
    first, second, third = (document.document_id for document in documents)
    cache.remember(documents[:2], generation=cache.generation)
    cache.known([first])
    cache.remember(documents[2:], generation=cache.generation)
    assert set(cache.known([first, second, third])) == {first, third}


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 9)), max_size=30))
def test_texts_never_exceed_the_bound(steps: list[tuple[int, int]]) -> None:
    cache = DocumentCache(max_characters=12)
    for name, length in steps:
        document = make_document("字" * length, source=str(name))
        cache.remember([document], generation=cache.generation)
        ids = [make_document("", source=str(number)).document_id for number in range(6)]
        known = cache.known(ids).values()
        assert sum(len(kept.text) for kept in known) <= 12
        assert document in known or length > 12
