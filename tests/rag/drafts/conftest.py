"""A library of invented documents for drafts to be held against."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal

import pytest
from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from ingest.facts.speeches import find_speeches
from rag.documents import Document, Kind, Level, Passage, Place, RetrievedPassage
from rag.drafts.lexicon import Lexicon, read_terms
from rag.drafts.lexicon_store import set_phrases
from rag.quotations.quotation import DiffPiece, Match, Verdict, Verification
from rag.quotations.quoting import quote
from rag.text import Span, fold, normalise
from tests.conftest import InMemoryWordIndex, make_document, make_passages

_NEAR = 78
_OPERATIONS: dict[str, Literal["equal", "replace", "insert", "delete"]] = {
    "equal": "equal",
    "replace": "replace",
    "insert": "delete",
    "delete": "insert",
}


class InMemoryLibrary:
    """Verifies by comparing with every document, searches by shared pairs of characters."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.documents = {one.document_id: one for one in documents}
        self.passages = dict[str, Passage]()
        self._words = InMemoryWordIndex()
        for document in documents:
            for passage in make_passages(document):
                self.passages[passage.passage_id] = passage
                self._words.upsert([
                    (passage.passage_id, document.document_id, passage.indexed_text)
                ])
        phrases, explained = set_phrases()
        self._lexicon = Lexicon.of([read_terms(documents), explained], phrases=phrases)
        self.searches = 0

    def verify(self, text: str, *, speaker: str | None = None, limit: int = 5) -> Verification:
        """The same words, else nearly the same."""
        if len(fold(text)) < 4 or not any(character.isalnum() for character in text):
            raise ValueError("引文太短")
        bare = fold(text).rstrip("。")
        found = [match for one in self.documents.values() for match in _verbatim(one, bare)]
        if found:
            said = [match for match in found if speaker is None or _is_said_by(match, speaker)]
            verdict = Verdict.EXACT if said else Verdict.MISATTRIBUTED
            return Verification(
                verdict=verdict, message="查到", matches=tuple(said or found)[:limit]
            )
        near = [match for one in self.documents.values() for match in _near(one, text)]
        near.sort(key=lambda match: -match.similarity)
        verdict = Verdict.ALTERED if near else Verdict.NOT_FOUND
        return Verification(verdict=verdict, message="相近", matches=tuple(near[:limit]))

    def places(self, text: str, *, limit: int) -> list[tuple[Document, Span]]:
        """Where the same words stand first in each document."""
        found = [
            (self.documents[match.document_id], Span(match.start, match.end))
            for one in self.documents.values()
            for match in _verbatim(one, fold(text).rstrip("。"))
        ]
        return found[:limit]

    def search(self, query: str, *, limit: int) -> list[RetrievedPassage]:
        """Most shared pairs first."""
        self.searches += 1
        hits = self._words.search(query, limit=limit)
        return [
            RetrievedPassage(
                passage=self.passages[hit.passage_id],
                document=self.documents[self.passages[hit.passage_id].document_id],
                score=hit.score,
            )
            for hit in hits
        ]

    def lexicon(self) -> Lexicon:
        """Of all documents."""
        return self._lexicon

    def documents_by_id(self, document_ids: Iterable[str]) -> dict[str, Document]:
        """Those that are there."""
        return {key: self.documents[key] for key in document_ids if key in self.documents}


def _verbatim(document: Document, bare: str) -> list[Match]:
    text = normalise(document.text)
    start = text.text.find(bare)
    if start < 0:
        return []
    return [quote(document, text.original(Span(start, start + len(bare))))]


def _near(document: Document, words: str) -> list[Match]:
    text = normalise(document.text)
    found = fuzz.partial_ratio_alignment(fold(words), text.text)
    if found is None or found.score < _NEAR or found.dest_end <= found.dest_start:
        return []
    span = text.original(Span(found.dest_start, found.dest_end))
    source = span.of(document.text)
    diff = tuple(
        DiffPiece(
            operation=_OPERATIONS[step.tag],
            quoted=words[step.src_start : step.src_end],
            source=source[step.dest_start : step.dest_end],
        )
        for step in Levenshtein.opcodes(words, source)
    )
    return [quote(document, span, similarity=found.score / 100, diff=diff)]


def _is_said_by(match: Match, speaker: str) -> bool:
    return match.speaker is not None and match.speaker in speaker


def place(name: str) -> Place:
    """A county of an invented city."""
    return Place(name=name, level=Level.COUNTY, within=("白鹭市",))


def document(text: str, *, title: str, **metadata: object) -> Document:
    """A document whose speeches are those that its text attributes."""
    made = make_document(text, title=title, **metadata)
    return replace(made, speeches=find_speeches(text))


DOCUMENTS = (
    document(
        "青禾县机构改革动员会召开\n"
        "2019年3月6日，白鹭市青禾县召开机构改革动员会。县委书记李远明主持会议，县长周知秋作说明。\n"
        "按照方案，青禾县改革后设置党政机构34个，其中党委机构9个，政府工作部门25个。全县涉及转隶人员268人。\n"
        "李远明指出，牌子换了不算数，群众少跑路才算数。改革期间要做到“四个不误”：不误春耕、不误项目、"
        "不误服务、不误安全。\n"
        "县委编办主任王立成介绍，县行政审批局把19个部门的146项审批事项集中办理，平均用时由15天缩短到4天。\n",
        title="青禾县机构改革动员会召开",
        kind=Kind.NEWS,
        place=place("青禾县"),
    ),
    document(
        "《白鹭市机构编制管理办法》\n"
        "《白鹭市机构编制管理办法》于2018年5月9日公布，自2018年7月1日起施行，共三十六条。\n"
        "白鹭市人民政府办公室印发了实施细则，文号是白政办发〔2018〕45号。\n"
        "按照《白鹭市机构编制管理办法》，编制管理的三项原则是：总量控制、动态调整、公开透明。\n",
        title="《白鹭市机构编制管理办法》（2018年）",
        kind=Kind.BRIEFING,
    ),
    document(
        "石桥县政务服务情况\n"
        "石桥县设立综合窗口22个，受理事项415项。县长郑望舒说，窗口要少，办法要多。\n"
        "石桥县改革后设置党政机构31个。\n",
        title="石桥县政务服务情况",
        kind=Kind.NEWS,
        place=place("石桥县"),
    ),
)


@pytest.fixture(scope="session")
def library() -> InMemoryLibrary:
    """Three documents: of two counties, and on a regulation of their city."""
    return InMemoryLibrary(DOCUMENTS)
