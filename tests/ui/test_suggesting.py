"""Suggestions made in the background, and the route that lists them."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.catalog import Catalog
from rag.documents import Answer, AnswerStatus, Citation, Kind
from rag.errors import StorageError
from tests.conftest import make_document, make_passages
from ui.suggesting import SuggestionDesk

TEXT = "济南市共设置37个党政机构。\n济南市财政局安排经费15万元。"


class LiteralAssistant:
    """Answers with the first sentence of the newest document that shares the question's start."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.asked = list[str]()
        self.knows = True

    def answer(self, question, *, history=(), filters=None, mode=None) -> Answer:
        self.asked.append(question)
        entries, _ = self.catalog.list_documents()
        for entry in entries if self.knows else ():
            text = self.catalog.document(entry.document_id).text
            start = text.find(question[:6])
            if start >= 0:
                return Answer(
                    status=AnswerStatus.ANSWERED,
                    text="答",
                    citations=(_cited(entry, start, text[start:].split("\n")[0]),),
                )
        return Answer(status=AnswerStatus.NO_EVIDENCE, text="没有")


def _cited(entry, start: int, quote: str) -> Citation:
    return Citation(
        marker=1, document_id=entry.document_id, title="题", kind=Kind.OTHER, speaker=None,
        date=None, publisher=None, page=None, passage_id="p", start=start, end=start + 6,
        quote=quote,
    )  # fmt: skip


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    catalog = Catalog(tmp_path / "catalog.sqlite3")
    yield catalog
    catalog.close()


def put(catalog: Catalog, text: str = TEXT, title: str = "方案"):
    document = make_document(text, title=title)
    passages = make_passages(document)
    catalog.put_document(document, passages)
    catalog.indexing.mark_indexed([passage.passage_id for passage in passages])
    return document


def questions(desk: SuggestionDesk) -> list[str]:
    return [one.question for one in desk.suggestions(limit=100)]


def test_what_was_asked_and_answered_is_suggested(catalog):
    put(catalog)
    desk = SuggestionDesk(catalog, LiteralAssistant(catalog))
    assert questions(desk) == []
    desk.bring_up_to_date()
    assert questions(desk) == ["济南市共设置多少个党政机构？", "济南市财政局安排经费多少万元？"]
    assert len(desk.suggestions(limit=1)) == 1
    assert desk.suggestions(limit=9, collection="other") == []


def test_what_is_not_answered_is_not_suggested(catalog):
    put(catalog)
    assistant = LiteralAssistant(catalog)
    assistant.knows = False
    desk = SuggestionDesk(catalog, assistant)
    desk.bring_up_to_date()
    assert assistant.asked
    assert questions(desk) == []


def test_nothing_is_asked_twice_of_a_library_that_stays_as_it_is(catalog):
    put(catalog)
    assistant = LiteralAssistant(catalog)
    desk = SuggestionDesk(catalog, assistant)
    desk.bring_up_to_date()
    asked = len(assistant.asked)
    SuggestionDesk(catalog, assistant).bring_up_to_date()
    assert len(assistant.asked) == asked


def test_another_document_has_every_question_asked_again(catalog):
    put(catalog)
    assistant = LiteralAssistant(catalog)
    desk = SuggestionDesk(catalog, assistant)
    desk.bring_up_to_date()
    put(catalog, "乙市没有数字。", "乙")
    assistant.knows = False
    assert len(questions(desk)) == 2
    desk.bring_up_to_date()
    assert questions(desk) == []


def test_a_document_that_is_removed_is_not_suggested_for_a_moment_longer(catalog):
    document = put(catalog)
    desk = SuggestionDesk(catalog, LiteralAssistant(catalog))
    desk.bring_up_to_date()
    assert questions(desk)
    catalog.remove_document(document.document_id)
    assert questions(desk) == []


def test_nothing_is_asked_while_passages_wait_to_be_indexed(catalog):
    document = put(catalog)
    catalog.indexing.mark_pending([
        one.passage_id for one in catalog.passages(document.document_id)
    ])
    assistant = LiteralAssistant(catalog)
    SuggestionDesk(catalog, assistant).bring_up_to_date()
    assert assistant.asked == []


def wait_for(condition) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_the_work_goes_on_in_the_background_and_ends_with_the_block(catalog):
    put(catalog)
    assistant = LiteralAssistant(catalog)
    desk = SuggestionDesk(catalog, assistant, settling_s=0.05, look_every_s=0.05)
    with desk.working():
        wait_for(lambda: len(questions(desk)) == 2)
        put(catalog, "忻州市共组建9个机构。", "乙")
        wait_for(lambda: "忻州市共组建多少个机构？" in questions(desk))
    asked = len(assistant.asked)
    put(catalog, "长治市共组建8个机构。", "丙")
    time.sleep(0.3)
    assert len(assistant.asked) == asked


def test_a_failure_in_the_background_does_not_end_the_work(catalog):
    put(catalog)
    assistant = LiteralAssistant(catalog)
    answered, failures = assistant.answer, iter([StorageError("坏了 /a/path")])

    def failing(question, **rest):
        for error in failures:
            raise error
        return answered(question, **rest)

    assistant.answer = failing
    desk = SuggestionDesk(catalog, assistant, settling_s=0.05, look_every_s=0.05)
    with desk.working():
        wait_for(lambda: next(failures, None) is None)
        put(catalog, "忻州市共组建9个机构。", "乙")
        wait_for(lambda: len(questions(desk)) == 3)


# The route


def test_the_route_lists_suggestions_with_their_documents(client, desk):
    body = client.get("/v1/suggestions", params={"limit": 2}).json()
    assert body["next"] is None
    assert len(body["items"]) == 2
    first = next(iter(desk.shelf.documents.values()))
    assert body["items"][0] == {
        "question": "《清河区机构改革方案要点》讲了什么？",
        "asks_for": "meaning",
        "document_id": first.document_id,
        "title": "清河区机构改革方案要点",
        "collection": "test",
    }
    assert client.get("/v1/suggestions?collection=other").json()["items"] == []


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "unknown=1", "collection="])
def test_what_is_no_query_of_suggestions_is_a_problem(client, query):
    response = client.get(f"/v1/suggestions?{query}")
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.slow
def test_the_built_in_library_suggests_questions_of_most_of_its_documents():
    from evals.builtin import open_builtin_library

    with open_builtin_library() as system:
        desk = SuggestionDesk(system.catalog, system.assistant, rest=0)
        desk.bring_up_to_date()
        found = desk.suggestions(limit=1000)
        documents = {one.document_id for one in found}
        assert len(found) >= 60
        assert len(documents) >= 40
        assert len({one.asked for one in found}) >= 5
        first_round = [one.document_id for one in found[:30]]
        assert len(set(first_round)) == 30
        for one in found[:30]:
            answer = system.assistant.answer(one.question)
            assert answer.status is AnswerStatus.ANSWERED, one.question
            assert answer.citations[0].document_id == one.document_id, one.question
