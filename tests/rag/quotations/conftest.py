"""A small library of invented documents, with their fingerprints and words."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from rag.catalog import Catalog
from rag.documents import (
    AttributedSpeech,
    Document,
    Filters,
    Kind,
    Level,
    PartialDate,
    Place,
    RetrievedPassage,
    Speaker,
)
from rag.quotations.expressions import ExpressionFinder
from rag.quotations.finding import QuotationFinder
from rag.quotations.fingerprints import FingerprintIndex
from rag.quotations.lookup import QuotationLookUp
from rag.quotations.verification import Verifier
from rag.text import Span
from tests.conftest import HashingEmbedder, InMemoryWordIndex, make_document, make_passages

Said = tuple[str, str, str | None]
"""Words of a document, and name and office of who says them."""


def day(text: str) -> PartialDate:
    return PartialDate.parse(text)


def speech(text: str, said: Said) -> AttributedSpeech:
    """What stands before the words in their sentence introduces them."""
    words, name, office = said
    start = text.index(words)
    introduction = max(text.rfind("。", 0, start), text.rfind("\n", 0, start)) + 1
    return AttributedSpeech(
        span=Span(start, start + len(words)),
        speaker=Speaker(name=name, office=office),
        introduction=Span(introduction, start),
    )


class WordSearch:
    """Passages by their words alone."""

    def __init__(self, catalog: Catalog, words: InMemoryWordIndex) -> None:
        self._catalog = catalog
        self._words = words

    def retrieve(
        self, query: str, *, filters: Filters = Filters(), limit: int = 10
    ) -> list[RetrievedPassage]:
        """Those that share most with the query first."""
        among = self._catalog.document_ids(filters)
        hits = self._words.search(query, limit=limit, document_ids=among)
        passages = self._catalog.passages_by_id(hit.passage_id for hit in hits)
        documents = self._catalog.documents_by_id(one.document_id for one in passages.values())
        return [
            RetrievedPassage(
                passage=passages[hit.passage_id],
                document=documents[passages[hit.passage_id].document_id],
                score=hit.score,
            )
            for hit in hits
            if hit.passage_id in passages
        ]


class Library:
    """Documents in a catalog, and all that works with quotations on them."""

    def __init__(self, folder: Path) -> None:
        self.catalog = Catalog(folder / "catalog.sqlite3")
        self.fingerprints = FingerprintIndex(folder / "fingerprints")
        self.words = InMemoryWordIndex()
        self.finder = QuotationFinder(
            self.catalog, fingerprints=self.fingerprints, words=self.words
        )
        self.verifier = Verifier(self.finder)
        self.expressions = ExpressionFinder(self.finder)
        self.look_up = QuotationLookUp(
            self.finder,
            self.expressions,
            passages=WordSearch(self.catalog, self.words),
            embedder=HashingEmbedder(),
        ).look_up
        self.verify = self.verifier.verify

    def put(
        self,
        text: str,
        *,
        said: Sequence[Said] = (),
        pages: tuple[tuple[int, int], ...] = (),
        fingerprinted: bool = True,
        **details: object,
    ) -> Document:
        """Store a document, in a segment of its own; further arguments are metadata."""
        document = replace(
            make_document(text, **details),
            speeches=tuple(speech(text, one) for one in said),
            pages=pages,
        )
        passages = make_passages(document)
        self.words.remove([one.passage_id for one in self.catalog.passages(document.document_id)])
        self.catalog.put_document(document, passages)
        self.words.upsert((one.passage_id, one.document_id, one.indexed_text) for one in passages)
        if fingerprinted:
            self.fingerprint()
        return document

    def fingerprint(self) -> None:
        """All that is pending, in one segment."""
        texts = self.catalog.fingerprints.pending_texts(max_characters=10**9)
        if texts:
            number = self.fingerprints.add(text.text for text in texts)
            self.catalog.fingerprints.place(number, texts)

    def documents(self) -> list[Document]:
        """All of them, by title."""
        entries, _ = self.catalog.list_documents(limit=1000)
        found = self.catalog.documents_by_id(entry.document_id for entry in entries)
        return sorted(found.values(), key=lambda document: document.metadata.title)

    def remove(self, title: str) -> None:
        """Remove the document of that title."""
        for document in self.documents():
            if document.metadata.title == title:
                passages = self.catalog.passages(document.document_id)
                self.words.remove([one.passage_id for one in passages])
                self.catalog.remove_document(document.document_id)

    def clear(self) -> None:
        """Remove every document, and the segments."""
        for document in self.documents():
            self.remove(document.metadata.title)
        self.fingerprints.remove(self.fingerprints.numbers)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """An empty one."""
    opened = Library(tmp_path)
    yield opened
    opened.catalog.close()


SONGPING = Place(name="松屏区", level=Level.COUNTY, within=("青石市", "云川省"))
WANGXI = Place(name="望溪县", level=Level.COUNTY, within=("澄湖市", "云川省"))

SPEECH = (
    "在全市机构改革动员大会上的讲话\n"
    "同志们：\n"
    "　　今天召开这次大会，主要任务是动员全市上下凝心聚力，把机构改革抓到底、抓出成效。"
    "市级机构由４２个减为37个，精简11.9%，涉及编制1 260名。\n"
    "　　第一，思想上要“合”。有的同志说：“牌子换了，活儿还是那些活儿。”这话只说对了一半。"
    "机构合了、人心不合，就叫‘两张皮’；人心合了……事情才能往前走。\n"
    "　　第二，行动上要“快”。3月20日前\n完成挂牌，4月30日前完成人员转隶，"
    "6月底前印\n发新的“三定”规定。"
    "各部门一把手是第一责任人，谁的孩子谁抱走，谁的账谁来算！\n"
)
NEWS = (
    "松屏区：一个窗口办成一件事\n"
    "本报讯（记者 娄远山）5月18日，松屏区委副书记、区长简明远在区政务服务中心调研时强调，"
    "要把企业开办的时间从5个工作日压到1个工作日，让数据多跑路、让群众少跑腿。"
    "他指出，窗口少不等于服务少，牌子小不等于责任小。\n"
    "区行政审批局负责人表示，全区已有 218项 (ＡＰＰ 可办的有96项) 事项进驻中心。\n"
)
MEETING = (
    "望溪县召开深化改革推进会\n"
    "1月9日，望溪县召开深化改革推进会。县委书记简明远出席并讲话。\n"
    "会议指出，乡镇机构改革不是简单的拆庙搬和尚，而是要把力量沉到村口、沉到田头。"
    "会议强调，要坚持先立后破、不立不破，确保工作不断、队伍不散。\n"
    "简明远要求，人随编走、编随事转，三年内不再新设议事协调机构。\n"
)
TRADITIONAL = (
    "機構改革問答\n"
    "問：什麼是「編制周轉池」？\n"
    "答：把各部門暫時用不上的編制收攏起來，由編制部門統一調劑，哪裡急需就先用在哪裡。\n"
    "問：人員怎麼辦？\n"
    "答：老人老辦法，新人新辦法；關係、工資、檔案『三不變』。\n"
)
BRIEFING = (
    "资料卡：编制周转池\n"
    "编制周转池由编制部门统一管理，专门解决短期急需。各部门一把手是第一责任人，这一条写进了规定。\n"
)


def fill(library: Library) -> None:
    library.put(
        SPEECH,
        title="在全市机构改革动员大会上的讲话",
        kind=Kind.SPEECH,
        said=[(SPEECH[SPEECH.index("今天") :].rstrip(), "陆知远", "青石市委书记")],
        event_date=day("2019-02-20"),
        is_sample=True,
    )
    library.put(
        NEWS,
        title="松屏区：一个窗口办成一件事",
        kind=Kind.NEWS,
        place=SONGPING,
        publisher="澄湖日报",
        published_date=day("2020-05-19"),
        said=[
            (
                "要把企业开办的时间从5个工作日压到1个工作日，让数据多跑路、让群众少跑腿",
                "简明远",
                "松屏区委副书记、区长",
            ),
            ("窗口少不等于服务少，牌子小不等于责任小", "简明远", "松屏区委副书记、区长"),
        ],
        is_sample=True,
    )
    library.put(
        MEETING,
        title="望溪县召开深化改革推进会",
        kind=Kind.NEWS,
        place=WANGXI,
        published_date=day("2021-01-10"),
        said=[
            (
                "乡镇机构改革不是简单的拆庙搬和尚，而是要把力量沉到村口、沉到田头",
                "会议",
                None,
            ),
            ("要坚持先立后破、不立不破，确保工作不断、队伍不散", "会议", None),
            ("人随编走、编随事转，三年内不再新设议事协调机构", "简明远", "县委书记"),
        ],
        is_sample=True,
    )
    library.put(TRADITIONAL, title="機構改革問答", is_sample=True)
    library.put(
        BRIEFING,
        title="编制周转池",
        kind=Kind.BRIEFING,
        publisher="问策",
        event_date=day("1998-03-10"),
    )


@pytest.fixture(scope="session")
def shelves(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A speech, two news reports, questions in traditional characters and a briefing: to read."""
    opened = Library(tmp_path_factory.mktemp("shelves"))
    fill(opened)
    yield opened
    opened.catalog.close()


@pytest.fixture(scope="session")
def changing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """One to clear and fill again for every example of a property."""
    opened = Library(tmp_path_factory.mktemp("changing"))
    yield opened
    opened.catalog.close()
