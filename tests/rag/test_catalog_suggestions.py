"""Suggestions in the catalog: listed while their document is as it was."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from rag.asking_rules import Asked
from rag.catalog import Catalog
from rag.catalog_suggestions import DOCUMENTS_OF_COLLECTION
from tests.conftest import make_document, make_passages

QUESTIONS = [(Asked.NUMBER, "甲多少？"), (Asked.LIST, "甲哪些？")]


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    catalog = Catalog(tmp_path / "catalog.sqlite3")
    yield catalog
    catalog.close()


def put(catalog: Catalog, text: str, title: str, collection: str = "default"):
    document = replace(make_document(text, title=title), collection=collection)
    catalog.put_document(document, make_passages(document))
    return document


def questions(catalog: Catalog, collection: str | None = None) -> list[str]:
    return [one.question for one in catalog.suggestions.listed(collection)]


def test_what_is_kept_is_listed_with_its_document_in_its_order(catalog: Catalog) -> None:
    document = put(catalog, "甲。", "甲方案")
    catalog.suggestions.keep(document.document_id, QUESTIONS, library="x")
    listed = catalog.suggestions.listed()
    assert [(one.asked, one.question) for one in listed] == QUESTIONS
    assert {(one.document_id, one.title, one.collection) for one in listed} == {
        (document.document_id, "甲方案", "default")
    }
    assert questions(catalog, "default") == questions(catalog)
    assert questions(catalog, "other") == []
    catalog.suggestions.keep(document.document_id, QUESTIONS[:1], library="x")
    assert questions(catalog) == ["甲多少？"]


def test_a_document_that_changes_or_goes_takes_its_questions_along(catalog: Catalog) -> None:
    document = put(catalog, "甲。", "甲方案")
    catalog.suggestions.keep(document.document_id, QUESTIONS, library="x")
    put(catalog, "甲改了。", "甲方案")
    assert questions(catalog) == []
    put(catalog, "甲。", "甲方案")
    assert questions(catalog) == ["甲多少？", "甲哪些？"]
    catalog.remove_document(document.document_id)
    assert questions(catalog) == []
    catalog.suggestions.keep(document.document_id, QUESTIONS, library="x")
    assert questions(catalog) == []


def test_documents_are_unproven_until_they_are_kept_with_the_library_as_it_is(
    catalog: Catalog,
) -> None:
    first, second = put(catalog, "甲。", "甲"), put(catalog, "乙。", "乙")
    library = catalog.suggestions.library()
    assert set(catalog.suggestions.unproven(library)) == {first.document_id, second.document_id}
    for document in (first, second):
        catalog.suggestions.keep(document.document_id, [], library=library)
    assert catalog.suggestions.unproven(library) == []
    third = put(catalog, "丙。", "丙")
    changed = catalog.suggestions.library()
    assert changed != library
    assert catalog.suggestions.unproven(changed)[0] == third.document_id
    assert len(catalog.suggestions.unproven(changed)) == 3


def test_of_a_large_collection_only_the_first_documents_are_asked_about(catalog: Catalog) -> None:
    for number in range(DOCUMENTS_OF_COLLECTION + 3):
        put(catalog, f"第{number}份。", f"{number:04}")
    put(catalog, "别的。", "别的", "other")
    assert len(catalog.suggestions.unproven("x")) == DOCUMENTS_OF_COLLECTION + 1


def test_an_empty_library_has_a_digest_and_no_suggestions(catalog: Catalog) -> None:
    assert catalog.suggestions.library() == catalog.suggestions.library()
    assert (catalog.suggestions.unproven("x"), questions(catalog)) == ([], [])
