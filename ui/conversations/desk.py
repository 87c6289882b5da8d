"""Saved conversations: listed, opened, renamed, deleted, searched, exported, gone on with."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from typing import Protocol

import structlog

from rag.answering import AnswerDone, AnswerEvent, AnswerRequest
from rag.catalog_conversations import MOST_TURNS, ConversationRecords
from rag.catalog_pages import LONGEST_PAGE
from rag.conversations import SavedConversation, SavedTurn, check_citation, history_of
from rag.documents import Answer, Document, Filters, Turn
from rag.errors import ConversationClosedError, ConversationError, WenceError
from ui.conversations.exported import CheckedTurn, WholeConversation
from ui.conversations.markdown import markdown
from ui.conversations.plain_text import export_file_name

REMEMBERED_TURNS = 25
"""So many turns are the history of the next question."""
_READ_AT_ONCE = 50
_OFF = "保存对话的功能已关闭（设置 WENCE_SAVE_CONVERSATIONS）：仍可提问，但不会保存"

_log = structlog.get_logger()


class DocumentsById(Protocol):
    """Where the documents of citations are read from."""

    def documents_by_id(self, document_ids: Iterable[str]) -> Mapping[str, Document]:
        """Whole documents by id; ids without a document are left out."""
        ...


class ExportForm(StrEnum):
    """What a conversation can be exported as."""

    MARKDOWN = "md"
    WORD = "docx"


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A file: its name is safe on every file system."""

    file_name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenConversation:
    """A conversation with a page of its turns, oldest first, and the cursor of the next page."""

    conversation: SavedConversation
    turns: Sequence[CheckedTurn]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """What the next question of a conversation goes on from.

    Attributes:
        history: Oldest first.
        filters: Of the last question.
    """

    history: tuple[Turn, ...]
    filters: Filters


class ConversationDesk:
    """Saved conversations over the catalog; any thread may call it.

    Args:
        records: Where they are kept.
        documents: What their citations are held against.
        is_saving: Whether new turns are kept; those that are there stay readable either way.
        zone: The time zone of exports; None for that of this machine.
    """

    def __init__(
        self,
        records: ConversationRecords,
        documents: DocumentsById,
        *,
        is_saving: bool = True,
        zone: tzinfo | None = None,
    ) -> None:
        self._records = records
        self._documents = documents
        self._zone = zone
        self.is_saving = is_saving

    def start(self) -> SavedConversation:
        """A new conversation; it is listed once something was asked in it.

        Raises:
            ConversationClosedError: Conversations are not saved.
        """
        self._check_saving()
        return self._records.start()

    def resume(self, conversation_id: str) -> Resumed:
        """What the next question of a conversation goes on from.

        Raises:
            ConversationNotFoundError: There is none with the id.
            ConversationClosedError: It takes no further turn.
        """
        self._check_saving()
        if self._records.get(conversation_id).turn_count >= MOST_TURNS:
            message = f"这个对话已有 {MOST_TURNS} 轮，不能再加：请开始新的对话"
            raise ConversationClosedError(message)
        turns = self._records.last_turns(conversation_id, most=REMEMBERED_TURNS)
        return Resumed(history=history_of(turns), filters=turns[-1].filters if turns else Filters())

    def saved(
        self, answer: Answer, asked: AnswerRequest, *, conversation_id: str | None, note: str = ""
    ) -> Answer:
        """The same answer, kept as a turn; where that fails, a note in it says so.

        Args:
            answer: To `asked`, whose history is not kept.
            conversation_id: None keeps nothing.
            note: What is to be added to the answer first; "" for nothing.
        """
        if note:
            answer = replace(answer, notes=(note, *answer.notes))
        if conversation_id is None:
            return answer
        turn = SavedTurn(
            question=asked.question,
            answer=answer,
            filters=asked.filters,
            mode=asked.mode,
            asked=datetime.now(UTC),
        )
        try:
            self._records.save_turn(turn, conversation_id=conversation_id)
        except (WenceError, ValueError) as error:
            # Only the class: a message may hold what was asked, or a path.
            _log.error("conversation_turn_not_saved", reason=type(error).__name__)
            reason = f"：{error}" if isinstance(error, ConversationError) else ""
            note = f"这一轮问答没有存入对话{reason}。"
            return replace(answer, notes=(*answer.notes, note))
        return answer

    def saving(
        self,
        events: Iterable[AnswerEvent],
        asked: AnswerRequest,
        *,
        conversation_id: str | None,
        note: str = "",
    ) -> Iterator[AnswerEvent]:
        """The same events; the answer is kept before the last of them is handed on.

        An answer that nobody waited for to the end is not kept.
        """
        for event in events:
            if isinstance(event, AnswerDone):
                kept = self.saved(event.answer, asked, conversation_id=conversation_id, note=note)
                yield replace(event, answer=kept)
            else:
                yield event

    def list_conversations(
        self, query: str = "", *, limit: int = 100, cursor: str | None = None
    ) -> tuple[Sequence[SavedConversation], str | None]:
        """As `ConversationRecords.list_conversations`: with a query, those that hold its words."""
        return self._records.list_conversations(query, limit=limit, cursor=cursor)

    def open(
        self, conversation_id: str, *, limit: int = LONGEST_PAGE, cursor: str | None = None
    ) -> OpenConversation:
        """A conversation, its citations held against the documents as they are now.

        Raises:
            ConversationNotFoundError: There is none.
            ValueError: `limit` or `cursor` is no such thing.
        """
        conversation = self._records.get(conversation_id)
        turns, following = self._records.turns(conversation_id, limit=limit, cursor=cursor)
        return OpenConversation(
            conversation=conversation, turns=self._checked(turns), next=following
        )

    def open_end(self, conversation_id: str, *, most: int) -> OpenConversation:
        """As `open`, with the last turns, at most so many; the page of them has no next."""
        conversation = self._records.get(conversation_id)
        turns = self._records.last_turns(conversation_id, most=most)
        return OpenConversation(conversation=conversation, turns=self._checked(turns), next=None)

    def rename(self, conversation_id: str, title: str) -> SavedConversation:
        """As `ConversationRecords.rename`."""
        return self._records.rename(conversation_id, title)

    def delete(self, conversation_id: str) -> None:
        """As `ConversationRecords.delete`."""
        self._records.delete(conversation_id)

    def delete_all(self) -> None:
        """Delete every conversation."""
        self._records.delete_all()

    def export(self, conversation_id: str, *, form: ExportForm) -> Export:
        """The whole conversation as a file.

        Raises:
            ConversationNotFoundError: There is none.
        """
        conversation = self._records.get(conversation_id)
        turns, _ = self._records.turns(conversation_id, limit=MOST_TURNS)
        whole = WholeConversation(
            # A turn that was added meanwhile is neither shown nor counted amiss.
            conversation=replace(conversation, turn_count=len(turns)),
            turns=self._checked(turns),
            exported=datetime.now(UTC),
            zone=self._zone,
        )
        return _export(whole, form)

    def _check_saving(self) -> None:
        if not self.is_saving:
            raise ConversationClosedError(_OFF)

    def _checked(self, turns: Sequence[SavedTurn]) -> list[CheckedTurn]:
        """In batches, so that not all documents of a long conversation are read at once."""
        checked = list[CheckedTurn]()
        for first in range(0, len(turns), _READ_AT_ONCE):
            batch = turns[first : first + _READ_AT_ONCE]
            documents = self._documents.documents_by_id({
                citation.document_id for turn in batch for citation in turn.answer.citations
            })
            checked += [_checked_turn(turn, documents) for turn in batch]
        return checked


def _checked_turn(turn: SavedTurn, documents: Mapping[str, Document]) -> CheckedTurn:
    return CheckedTurn(
        turn=turn,
        citations=tuple(
            check_citation(citation, documents.get(citation.document_id))
            for citation in turn.answer.citations
        ),
    )


def _export(whole: WholeConversation, form: ExportForm) -> Export:
    if form is ExportForm.MARKDOWN:
        content, media_type = markdown(whole).encode(), "text/markdown; charset=utf-8"
    else:
        from ui.conversations.word import word_file  # deferred: python-docx is seldom needed

        content = word_file(whole)
        media_type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    name = export_file_name(whole.conversation, suffix=f".{form.value}")
    return Export(file_name=name, media_type=media_type, content=content)
