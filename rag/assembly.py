"""Puts the parts together as the settings say. Programs start here."""

import os
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from rag.answering import Assistant
from rag.catalog import Catalog
from rag.documents import Document, Passage
from rag.embedding import load_embedder
from rag.evidence import EvidenceFinder
from rag.feedback import NamingChain, RecentAnswers
from rag.prompting import Prompt
from rag.protocols import Embedder
from rag.quotations.expressions import ExpressionFinder
from rag.quotations.finding import QuotationFinder
from rag.quotations.lookup import QuotationLookUp
from rag.quotations.quotation import Finding
from rag.quotations.verification import Verifier
from rag.ranking import load_ranker
from rag.rarity import WordRarity
from rag.retrieval import Retriever
from rag.settings import ConfiguredChatModel, Settings
from rag.storage import LEXICON_NAME, Storage, open_storage
from rag.words import STATIC_MODEL, Words, built_in_words

if TYPE_CHECKING:
    from rag.chain import ChatWriter
    from rag.drafts.checking import DraftChecker
    from rag.drafts.library import IndexedLibrary

# A follow-up is waited for by somebody who has seen nothing yet, and the rules do it at once; a
# second look has the evidence to read.
_REWRITING_S = 5.0
_SECOND_CHECK_S = 20.0


class DraftDesk:
    """Checks drafts against an open storage; any thread may call it."""

    def __init__(self, storage: Storage, verifier: Verifier) -> None:
        self._storage = storage
        self._verifier = verifier
        self._checker: DraftChecker | None = None
        self._opening = threading.Lock()

    def check(self, text: str) -> tuple[Finding, ...]:
        """As `rag.drafts.checking.check_draft`."""
        with self._opening:
            checker = self._checker = self._checker or self._opened()
        return checker.check(text)

    def _opened(self) -> "DraftChecker":
        # Deferred: a fifth of a second, and most commands check no draft.
        from rag.drafts.checking import DraftChecker

        return DraftChecker(open_draft_library(self._storage, self._verifier))


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """An open data folder with everything that works on it.

    Attributes:
        assistant: Answers and finds.
        verifier: Verifies quotations.
        quotations: Looks quotations up.
        drafts: Checks drafts.
        catalog: Lists and shows documents.
        storage: For whoever writes.
        segmenter: Cuts text into words, as the indexes do.
        recent: The answers that feedback can be given on.
    """

    assistant: Assistant
    verifier: Verifier
    quotations: QuotationLookUp
    drafts: DraftDesk
    catalog: Catalog
    storage: Storage
    segmenter: Words
    recent: RecentAnswers


def open_embedder(settings: Settings) -> Embedder:
    """The embedding model that the settings name."""
    return load_embedder(settings.embedding_model, threads=settings.threads)


@contextmanager
def open_system(
    settings: Settings, *, program: str, url: str | None = None, rebuilding: bool = False
) -> Generator[System]:
    """Own the data folder and everything built on it for the length of the block.

    Args:
        settings: Which folder, which models.
        program: What the user started, for those who find the folder in use.
        url: Where the program's API listens, if it has one.
        rebuilding: Throw the indexes away and leave everything pending.

    Raises:
        StorageError: The folder cannot be used.
        IndexMismatchError: Another embedding model built the index.
    """
    # Traces would carry questions out of this machine.
    os.environ["LANGSMITH_TRACING"] = "false"
    os.environ["LANGCHAIN_TRACING_V2"] = "false"
    segmenter = built_in_words()
    with open_storage(
        settings.data,
        embedder=open_embedder(settings),
        segmenter=segmenter,
        program=program,
        url=url,
        rebuilding=rebuilding,
    ) as storage:
        finder = open_quotations(storage)
        verifier = Verifier(finder)
        recent = RecentAnswers(with_text=settings.save_conversations)
        yield System(
            assistant=assemble(settings, storage, segmenter, recent=recent),
            verifier=verifier,
            quotations=QuotationLookUp(
                finder,
                ExpressionFinder(finder),
                passages=open_retriever(storage, segmenter),
                embedder=storage.embedder,
            ),
            drafts=DraftDesk(storage, verifier),
            catalog=storage.catalog,
            storage=storage,
            segmenter=segmenter,
            recent=recent,
        )


def assemble(
    settings: Settings, storage: Storage, segmenter: Words, *, recent: RecentAnswers
) -> Assistant:
    """The assistant over an open storage; `recent` remembers its answers."""
    from rag.chain import AnswerChain  # deferred: LangChain takes half a second

    catalog = storage.catalog
    retriever = open_retriever(storage, segmenter)
    chain = AnswerChain(
        retriever,
        open_finder(storage.embedder, segmenter),
        passage_at=lambda document, offset: passage_at(catalog, document, offset),
        writers=open_writers(settings, segmenter),
    )
    return Assistant(NamingChain(chain, recent), retriever)


def open_retriever(storage: Storage, segmenter: Words) -> Retriever:
    """Finds passages in an open storage."""
    return Retriever(
        storage.catalog,
        words=storage.words,
        vectors=storage.vectors,
        embedder=storage.embedder,
        segmenter=segmenter,
        rarity=built_in_rarity(),
    )


def open_quotations(storage: Storage) -> QuotationFinder:
    """Finds words in an open storage."""
    return QuotationFinder(storage.catalog, fingerprints=storage.fingerprints, words=storage.words)


def open_draft_library(storage: Storage, verifier: Verifier) -> "IndexedLibrary":
    """What drafts are held against in an open storage."""
    from rag.drafts.library import IndexedLibrary, open_lexicons  # deferred, as above

    folder = storage.folder / LEXICON_NAME
    return IndexedLibrary(
        verifier=verifier,
        catalog=storage.catalog,
        words=storage.words,
        lexicons=open_lexicons(storage.catalog, storage.fingerprints, folder=folder),
    )


def open_finder(embedder: Embedder, segmenter: Words) -> EvidenceFinder:
    """Looks through passages with the models that come with 问策."""
    return EvidenceFinder(
        ranker=load_ranker(),
        embedder=embedder,
        segmenter=segmenter,
        rarity=built_in_rarity(),
    )


@lru_cache(maxsize=1)
def built_in_rarity() -> WordRarity:
    """How rare a word is in the texts that the vocabulary was made of."""
    return WordRarity(STATIC_MODEL / "tokenizer.json")


def open_writers(settings: Settings, segmenter: Words) -> "list[ChatWriter]":
    """The chat models that the settings name, the default one first; nothing is asked of them."""
    return [_writer(one, settings, segmenter) for one in settings.configured_chat_models]


def _writer(configured: ConfiguredChatModel, settings: Settings, segmenter: Words) -> "ChatWriter":
    # Deferred: a second, and only where a model is configured.
    from rag.chain import ChatWriter
    from rag.chat_model import brief_reply, open_chat_model
    from rag.composing import Composer
    from rag.entailment import Entailment
    from rag.rewriting import Rewriter
    from rag.second_check import SecondCheck

    name, rarity = configured.name, built_in_rarity()
    open_one = partial(
        open_chat_model,
        configured.model,
        base_url=configured.base_url,
        api_key=configured.api_key.get_secret_value(),
    )

    def briefly(within_s: float) -> Callable[[Prompt], str]:
        within_s = min(within_s, configured.timeout_s)
        model = open_one(timeout_s=within_s, retries=0)
        return lambda prompt: brief_reply(model, prompt, within_s=within_s)

    is_checked_again = settings.chat_second_check == "on"
    return ChatWriter(
        composer=Composer(
            open_one(timeout_s=configured.timeout_s, retries=settings.chat_retries),
            name=name,
            segmenter=segmenter,
            rarity=rarity,
            unsupported=settings.chat_unsupported,
            evidence_characters=settings.chat_evidence_characters,
            second_check=(
                SecondCheck(briefly(_SECOND_CHECK_S), name=name) if is_checked_again else None
            ),
        ),
        rewriter=Rewriter(
            briefly(_REWRITING_S),
            name=name,
            entailment=Entailment(segmenter=segmenter, rarity=rarity),
        ),
    )


def passage_at(catalog: Catalog, document: Document, offset: int) -> Passage:
    """The passage of a document that holds an offset, or the last one before it."""
    before = [p for p in catalog.passages(document.document_id) if p.span.start <= offset]
    return before[-1]
