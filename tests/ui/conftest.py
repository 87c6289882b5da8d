"""A little library of invented documents, and fakes of what stands behind API and page."""

import os
import shutil
import socket
import threading
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import structlog
import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient

from ingest.progress import SILENCE, Progress
from rag.answering import (
    AnswerDone,
    AnswerEvent,
    AnswerRequest,
    CitationsSettled,
    EvidenceFound,
    TextAdded,
    no_evidence,
)
from rag.asking_rules import Asked
from rag.catalog_entries import DocumentEntry
from rag.documents import (
    Answer,
    AnswerMode,
    AnswerStatus,
    AttributedSpeech,
    Citation,
    Document,
    Filters,
    Heading,
    Kind,
    Level,
    Metadata,
    PartialDate,
    Passage,
    Place,
    RetrievedPassage,
    Speaker,
    Turn,
    derive_document_id,
    derive_passage_id,
)
from rag.errors import (
    ChatModelError,
    ChatModelNotFoundError,
    DocumentNotFoundError,
    ParsingError,
)
from rag.feedback import RecentAnswers
from rag.jobs import IntakeOutcome
from rag.ownership import Ownership
from rag.suggestions import Suggestion
from rag.text import Span, sentence_spans
from tests.ui.conversation_fakes import (
    make_conversation_desk,
    make_database,
    make_feedback_desk,
)
from tests.ui.job_fakes import make_job_desk
from tests.ui.quotation_fakes import ShelfChecker, ShelfQuotations, ShelfVerifier
from ui.api.app import create_app
from ui.conversations.desk import ConversationDesk
from ui.feedback.desk import FeedbackDesk
from ui.jobs.desk import JobDesk
from ui.jobs.incoming import IncomingFile
from ui.roles import Backing

HOST = "http://127.0.0.1:8000"
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
SWITCHES = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip

NEEDS_BROWSER = [
    pytest.mark.slow,
    pytest.mark.skipif(
        BROWSER is None and os.environ.get("WENCE_REQUIRE_BROWSER") != "1",
        reason="Chromium is not installed (apt-get install chromium fonts-noto-cjk)",
    ),
    # Gradio and its libraries warn about each other; that is not ours to mend.
    pytest.mark.filterwarnings("ignore"),
]

BRIEFING = """清河区机构改革方案要点
一、机构设置
清河区机构改革后共设置党政机构𠮷三十六个。其中党委机构十二个，政府工作部门二十四个。
二、时间安排
改革方案于2019年3月印发，当年年底前完成。"""

SPEECH = """在全区机构改革动员会上的讲话
区委书记李明远指出：机构改革要做到四个到位，即认识到位、责任到位、人员到位、纪律到位。
会议还部署了近期工作。"""

ADDRESS = """各位同志：
这次机构改革要做到四个到位，一个也不能少。改革要蹄疾步稳，先立后破。
全市今年撤并议事协调机构𠮷二十一个。"""

REPORT = """东江市召开推进会
东江市委书记周文川在全市机构改革推进会上强调，改革要蹄疾步稳，先立后破。他说，四个到位要落到基层。
会议还通报了各区进度。"""

HOSTILE = """<script>window.pwned=1</script><img src=x onerror="window.pwned=2">
[点此](http://evil.example/a) **粗体** ![图](http://evil.example/b.png) <b>不是粗体</b>。
"""


def _document(text: str, *, name: str, metadata: Metadata) -> Document:
    source = f"upload:{name}"
    lines = text.splitlines(keepends=True)
    headings, offset = list[Heading](), 0
    for line in lines:
        if line[:2] in {"一、", "二、"}:
            headings.append(Heading(span=Span(offset, offset + len(line.rstrip())), level=1))
        offset += len(line)
    return Document(
        document_id=derive_document_id(collection="test", source=source),
        collection="test",
        source=source,
        file_name=name,
        text=text,
        metadata=metadata,
        headings=tuple(headings),
    )


def _library() -> list[Document]:
    briefing = _document(
        BRIEFING,
        name="清河区.md",
        metadata=Metadata(
            title="清河区机构改革方案要点",
            kind=Kind.BRIEFING,
            publisher="清河日报",
            place=Place(name="清河区", level=Level.COUNTY, within=("东江市",)),
            published_date=PartialDate(year=2019, month=3, day=22),
            sources=("清河区机构改革方案，2019年",),
            origins={"title": "manifest", "place": "text", "published_date": "manifest"},
        ),
    )
    start = SPEECH.index("机构改革要做到")
    speech = _document(
        SPEECH,
        name="讲话.txt",
        metadata=Metadata(
            title="在全区机构改革动员会上的讲话",
            kind=Kind.SPEECH,
            event_date=PartialDate(month=12, day=28),
            speakers=(Speaker(name="李明远", office="区委书记"),),
            is_sample=True,
            origins={"title": "headline", "speakers": "text"},
        ),
    )
    speech = replace(
        speech,
        speeches=(
            AttributedSpeech(
                span=Span(start, SPEECH.index("。", start) + 1),
                speaker=Speaker(name="李明远", office="区委书记"),
                introduction=Span(SPEECH.index("区委书记"), start),
            ),
        ),
    )
    hostile = _document(
        HOSTILE,
        name="<b>恶意</b>.html",
        metadata=Metadata(
            title="<script>window.pwned=3</script>标题", publisher="<i>报</i>", kind=Kind.NEWS
        ),
    )
    return [briefing, speech, hostile, *_dated()]


def _dated() -> list[Document]:
    """A speech of two pages in a newspaper, and what a site wrote two years later."""
    mayor = Speaker(name="周文川", office="东江市委书记")
    address = _document(
        ADDRESS,
        name="动员会讲话.pdf",
        metadata=Metadata(
            title="在全市机构改革动员会上的讲话",
            kind=Kind.SPEECH,
            publisher="东江日报",
            event_date=PartialDate(year=2018, month=11, day=5),
            published_date=PartialDate(year=2018, month=11, day=6),
            speakers=(mayor,),
        ),
    )
    begun = ADDRESS.index("这次")
    speech = AttributedSpeech(
        span=Span(begun, len(ADDRESS)), speaker=mayor, introduction=Span(0, begun)
    )
    page = ((0, 1), (ADDRESS.index("全市"), 2))
    report = _document(
        REPORT,
        name="推进会.html",
        metadata=Metadata(
            title="东江市召开推进会",
            kind=Kind.NEWS,
            publisher="东江在线",
            published_date=PartialDate(year=2020, month=5, day=8),
            speakers=(mayor,),
            url="https://dongjiang.example/news/8",
        ),
    )
    said = REPORT.index("改革要")
    quoted = AttributedSpeech(
        span=Span(said, REPORT.index("会议还")),
        speaker=mayor,
        introduction=Span(REPORT.index("东江市委"), said),
    )
    return [
        replace(address, speeches=(speech,), pages=page),
        replace(report, speeches=(quoted,)),
    ]


def passages_of(document: Document) -> list[Passage]:
    """Every sentence a passage."""
    return [
        Passage(
            passage_id=derive_passage_id(
                document_id=document.document_id, span=span, indexed_text=span.of(document.text)
            ),
            document_id=document.document_id,
            index=index,
            span=span,
            text=span.of(document.text),
        )
        for index, span in enumerate(sentence_spans(document.text))
    ]


@dataclass
class InMemoryShelf:
    """Documents by id; a list ignores its filters except the collection."""

    documents: dict[str, Document]
    asked: list[Filters] = field(default_factory=list[Filters])

    def document(self, document_id: str) -> Document:
        if document_id not in self.documents:
            raise DocumentNotFoundError(f"没有编号为 {document_id} 的文件")
        return self.documents[document_id]

    def passages(self, document_id: str) -> list[Passage]:
        return passages_of(self.document(document_id))

    def list_documents(
        self, filters: Filters, *, limit: int, cursor: str | None = None
    ) -> tuple[list[DocumentEntry], str | None]:
        self.asked.append(filters)
        start = int(cursor or 0)
        among = [
            document
            for document in self.documents.values()
            if filters.collection in {None, document.collection}
        ]
        more = str(start + limit) if start + limit < len(among) else None
        return [self._entry(document) for document in among[start : start + limit]], more

    def collections(self) -> Mapping[str, int]:
        return {"test": len(self.documents)}

    def _entry(self, document: Document) -> DocumentEntry:
        return DocumentEntry(
            document_id=document.document_id,
            collection=document.collection,
            source=document.source,
            file_name=document.file_name,
            metadata=document.metadata,
            state="indexed",
            characters=len(document.text),
            passages=len(passages_of(document)),
        )


def citation(document: Document, quote: str, *, marker: int) -> Citation:
    """A citation of the first place where `quote` stands."""
    start = document.text.index(quote)
    span = Span(start, start + len(quote))
    speaker = document.speaker_at(span)
    date = document.metadata.published_date or document.metadata.event_date
    passage = next(p for p in passages_of(document) if p.span.overlaps(span))
    return Citation(
        marker=marker,
        document_id=document.document_id,
        title=document.metadata.title,
        kind=document.metadata.kind,
        speaker=speaker.name if speaker else None,
        date=str(date) if date else None,
        publisher=document.metadata.publisher,
        page=None,
        passage_id=passage.passage_id,
        start=start,
        end=start + len(quote),
        quote=quote,
    )


@dataclass
class ScriptedAssistant:
    """Answers by words of the question: 故障, 模型, 半途, 恶意, 没有, else two citations."""

    shelf: InMemoryShelf
    recent: RecentAnswers
    chat_models: tuple[str, ...] = ()
    asked: list[tuple[str, tuple[Turn, ...], Filters, AnswerMode]] = field(default_factory=list)
    models: list[str | None] = field(default_factory=list)

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters = Filters(),
        mode: AnswerMode = AnswerMode.AUTO,
        model: str | None = None,
    ) -> Iterator[AnswerEvent]:
        if model is not None and model not in self.chat_models:
            raise ChatModelNotFoundError(f"没有名为 {model} 的聊天模型，可用的有：甲、乙")
        self.models.append(model)
        return self._stream(question, history=history, filters=filters, mode=mode)

    def _stream(
        self, question: str, *, history: Sequence[Turn], filters: Filters, mode: AnswerMode
    ) -> Iterator[AnswerEvent]:
        self.asked.append((question, tuple(history), filters, mode))
        if "故障" in question:
            raise RuntimeError("secret detail /etc/passwd")
        if "模型" in question:
            raise ChatModelError("聊天模型没有回复：请检查 WENCE_CHAT_BASE_URL")
        answer = self._answer(question)
        yield EvidenceFound(passages=tuple(self.search(question)))
        for piece in (answer.text[:7], answer.text[7:]):
            yield TextAdded(text=piece)
            if "半途" in question:
                raise RuntimeError("secret detail")
        yield CitationsSettled(citations=answer.citations)
        request = AnswerRequest(question=question, filters=filters, mode=mode)
        yield AnswerDone(answer=self.recent.named(answer, request))

    def answer(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters = Filters(),
        mode: AnswerMode = AnswerMode.AUTO,
        model: str | None = None,
    ) -> Answer:
        events = self.stream(question, history=history, filters=filters, mode=mode, model=model)
        return next(event.answer for event in events if isinstance(event, AnswerDone))

    def search(
        self, query: str, *, filters: Filters = Filters(), limit: int = 10
    ) -> list[RetrievedPassage]:
        document = next(iter(self.shelf.documents.values()))
        return [
            RetrievedPassage(
                passage=passage,
                document=document,
                score=1 / (1 + passage.index),
                highlights=(Span(passage.span.start, passage.span.start + 2),),
            )
            for passage in passages_of(document)[:limit]
        ]

    def _answer(self, question: str) -> Answer:
        briefing, speech, hostile, *_ = self.shelf.documents.values()
        if "没有" in question:
            return no_evidence()
        if "恶意" in question:
            quote = HOSTILE.strip()
            return Answer(
                status=AnswerStatus.PARTIAL,
                text=f"{quote}[1]",
                citations=(citation(hostile, quote, marker=1),),
                notes=("<i>说明</i>",),
            )
        first = citation(briefing, "清河区机构改革后共设置党政机构𠮷三十六个。", marker=1)
        second = citation(speech, speech.speeches[0].span.of(speech.text), marker=2)
        return Answer(
            status=AnswerStatus.ANSWERED,
            text=f"{first.quote}[1]\n{second.quote}[2]",
            citations=(first, second),
            timings_ms={"total": 12.3},
            notes=("第二条出自示例文件。",),
        )


@dataclass
class ShelfSuggestions:
    """One question for each document of a fake shelf."""

    shelf: InMemoryShelf

    def suggestions(self, *, limit: int, collection: str | None = None) -> list[Suggestion]:
        return [
            Suggestion(
                question=f"《{document.metadata.title}》讲了什么？",
                asked=Asked.MEANING,
                document_id=document.document_id,
                title=document.metadata.title,
                collection=document.collection,
            )
            for document in self.shelf.documents.values()
            if collection in {None, document.collection}
        ][:limit]


@dataclass
class ListingIntake:
    """Remembers what was handed in; a file that begins with 坏 fails."""

    shelf: InMemoryShelf
    taken: list[tuple[str, str, str, bytes]] = field(default_factory=list)

    def take_in(
        self, files: Sequence[IncomingFile], *, collection: str, progress: Progress = SILENCE
    ) -> list[IntakeOutcome]:
        return [self._take(file, collection) for file in files]

    def _take(self, file: IncomingFile, collection: str) -> IntakeOutcome:
        content = file.path.read_bytes()
        self.taken.append((file.source, file.file_name, collection, content))
        if content.startswith("坏".encode()):
            reason = str(ParsingError("文件是空的或无法解码"))
            return IntakeOutcome(file_name=file.file_name, status="failed", reason=reason)
        document = _document(
            content.decode(), name=file.file_name, metadata=Metadata(title=file.file_name)
        )
        self.shelf.documents[document.document_id] = document
        ids = (document.document_id,)
        return IntakeOutcome(file_name=file.file_name, status="added", document_ids=ids)

    def remove(self, document_id: str) -> None:
        self.shelf.document(document_id)
        del self.shelf.documents[document_id]


@dataclass
class Desk:
    """The fakes together, so that a test can look at what reached them."""

    shelf: InMemoryShelf
    assistant: ScriptedAssistant
    verifier: ShelfVerifier
    quotations: ShelfQuotations
    drafts: ShelfChecker
    intake: ListingIntake
    conversations: ConversationDesk
    feedback: FeedbackDesk
    jobs: JobDesk
    unready: list[str]

    def backing(self) -> Backing:
        return Backing(
            assistant=self.assistant,
            verifier=self.verifier,
            quotations=self.quotations,
            drafts=self.drafts,
            shelf=self.shelf,
            intake=self.intake,
            conversations=self.conversations,
            feedback=self.feedback,
            suggesting=ShelfSuggestions(self.shelf),
            jobs=self.jobs,
            unready_reasons=lambda: self.unready,
            max_file_bytes=1_000_000,
        )


def make_desk() -> Desk:
    shelf = InMemoryShelf({document.document_id: document for document in _library()})
    verifier = ShelfVerifier(shelf)
    database, recent = make_database(), RecentAnswers(with_text=True)
    intake = ListingIntake(shelf)
    return Desk(
        shelf=shelf,
        assistant=ScriptedAssistant(shelf, recent),
        verifier=verifier,
        quotations=ShelfQuotations(shelf),
        drafts=ShelfChecker(verifier),
        intake=intake,
        conversations=make_conversation_desk(shelf, database=database),
        feedback=make_feedback_desk(database, recent),
        jobs=make_job_desk(intake),
        unready=[],
    )


@pytest.fixture(scope="session")
def heading_citation() -> Citation:
    """A citation of a heading of the little library."""
    return citation(_library()[0], "一、机构设置", marker=1)


@pytest.fixture
def desk() -> Desk:
    """Fresh fakes over the little library."""
    return make_desk()


@pytest.fixture
def client(desk: Desk) -> Iterator[TestClient]:
    """A client of the API without the page."""
    with TestClient(create_app(desk.backing()), base_url=HOST) as client:
        yield client


@pytest.fixture
def url(desk):
    """A server of page and API over fakes, on a free port."""
    from ui.page.layout import mount_page

    backing = desk.backing()
    with serving(mount_page(create_app(backing), backing)) as url:
        yield url


@contextmanager
def serving(app: FastAPI) -> Generator[str]:
    """A server of `app` on a free port, for the length of the block; gives its URL."""
    config = uvicorn.Config(app, port=0, log_level="critical", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=20)


@pytest.fixture
def served_folder(desk, tmp_path: Path) -> Iterator[Path]:
    """A data folder that a server with the little library owns."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "catalog.sqlite3").touch()  # something was stored here
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        config = uvicorn.Config(create_app(desk.backing()), log_config=None, ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        with Ownership(folder, program="wence serve", url=url):
            yield folder
        server.should_exit = True
        thread.join()


# Not for the session: its event loop would be that of every test that follows.
@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        assert BROWSER, "WENCE_REQUIRE_BROWSER=1, but there is no Chromium"
        browser = playwright.chromium.launch(executable_path=BROWSER, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def empty_page(browser, url):
    """An empty page; at the end nothing was asked of another machine, and no script failed."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-US")
    page = context.new_page()
    page.set_default_timeout(20_000)
    requested, errors = [], []
    page.on("request", lambda request: requested.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console",
        lambda message: errors.append(message.text) if message.type == "error" else None,
    )
    yield page
    context.close()
    foreign = [one for one in requested if not one.startswith((url, "data:", "blob:"))]
    assert foreign == []
    # A refused request of a test is an error in the console, and meant.
    assert [one for one in errors if "Failed to load resource" not in one] == []


@pytest.fixture(autouse=True)
def _quiet_log() -> Iterator[None]:
    """The log of expected failures does not drown the report of a test."""
    with structlog.testing.capture_logs():
        yield
