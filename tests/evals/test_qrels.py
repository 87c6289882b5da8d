"""Relevance judgements: derived from evidence quotes, kept in TREC form."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.builtin import open_builtin_library
from evals.qrels import QRELS, derive_qrels, format_qrels, read_qrels, write_qrels
from evals.questions import HALVES, OWN, parse_line, read_questions
from rag.catalog import Catalog
from rag.documents import Passage
from rag.errors import EvaluationError
from tests.conftest import make_document, make_passages

TEXT = "清河区设置36个机构。\n其中党委机构12个。\n清河区设置36个机构。\n方案于三月印发。"


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    opened = Catalog(tmp_path / "catalog.sqlite3")
    yield opened
    opened.close()


def put(catalog: Catalog) -> list[Passage]:
    document = make_document(TEXT, collection="library", source="library:files/a.md")
    passages = make_passages(document)
    catalog.put_document(document, passages)
    return passages


def question(*quotes: str, document: str = "files/a.md", facts: str = '[["36个"]]'):
    evidence = ",".join(f'{{"document":"{document}","quote":"{quote}"}}' for quote in quotes)
    return parse_line(
        '{"id":"how_many-00000001","kind":"how_many","question":"多少个？",'
        f'"facts":{facts},"evidence":[{evidence}]}}'
    )


def test_every_passage_that_holds_the_quote_is_relevant(catalog: Catalog):
    passages = put(catalog)
    qrels = derive_qrels(catalog, [question("清河区设置36个机构。")])
    assert qrels == {"how_many-00000001": {passages[0].passage_id: 2, passages[2].passage_id: 2}}


def test_a_passage_without_a_fact_counts_less(catalog: Catalog):
    passages = put(catalog)
    qrels = derive_qrels(catalog, [question("清河区设置36个机构。\\n方案", "其中党委机构12个。")])
    assert qrels == {
        "how_many-00000001": {
            passages[2].passage_id: 2,
            passages[3].passage_id: 1,
            passages[1].passage_id: 1,
        }
    }


def test_questions_without_evidence_have_no_judgements(catalog: Catalog):
    refused = parse_line(
        '{"id":"unanswerable_far-00000001","kind":"unanswerable_far","question":"?"}'
    )
    assert derive_qrels(catalog, [refused]) == {}


def test_a_quote_that_does_not_stand_there_is_named(catalog: Catalog):
    put(catalog)
    with pytest.raises(EvaluationError, match="设置36个单位"):
        derive_qrels(catalog, [question("设置36个单位")])
    with pytest.raises(EvaluationError, match="没有这份文件"):
        derive_qrels(catalog, [question("清河区设置36个机构。", document="files/b.md")])


word = st.text(st.characters(categories=["Ll", "Lu", "Nd"]), min_size=1, max_size=8)


@given(
    st.dictionaries(
        word, st.dictionaries(word, st.integers(1, 3), min_size=1, max_size=4), max_size=4
    )
)
def test_judgements_survive_their_file(tmp_path_factory: pytest.TempPathFactory, qrels: dict):
    path = tmp_path_factory.mktemp("qrels") / QRELS
    write_qrels(path, qrels)
    assert read_qrels(path) == qrels


@pytest.mark.parametrize("line", ["a 0 b", "a 0 b high", "a 0 b 1 2"])
def test_a_malformed_line_is_named(line: str, tmp_path: Path):
    (tmp_path / QRELS).write_text(f"q 0 p 1\n{line}\n", encoding="utf-8")
    with pytest.raises(EvaluationError, match="第 2 行"):
        read_qrels(tmp_path / QRELS)


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(EvaluationError, match=QRELS):
        read_qrels(tmp_path / QRELS)


@pytest.mark.slow
def test_the_judgements_are_up_to_date_with_questions_library_and_splitting():
    lines = [line for half in HALVES for line in read_questions(OWN / f"{half}.jsonl")]
    with open_builtin_library() as system:
        derived = format_qrels(derive_qrels(system.catalog, lines))
    assert (OWN / QRELS).read_text(encoding="utf-8") == derived, "run python -m evals.qrels"
