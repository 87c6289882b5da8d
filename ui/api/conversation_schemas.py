"""The bodies of conversations in the HTTP API, and how they are made from the core's nouns."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints

from rag.conversations import (
    LONGEST_TITLE,
    CheckedCitation,
    CitationState,
    SavedConversation,
)
from rag.documents import Answer, AnswerMode, Filters
from ui.api.schemas import Body, Limit, cleaned
from ui.conversations.desk import OpenConversation
from ui.conversations.exported import CheckedTurn
from ui.page.answers import STATE_MESSAGES

Title = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TITLE),
    BeforeValidator(cleaned),
]
Query = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=200),
    BeforeValidator(cleaned),
]
CursorText = Annotated[str, StringConstraints(min_length=1, max_length=500)]


class PageQuery(Body):
    """Which page of a list."""

    limit: Limit = 100
    cursor: CursorText | None = Field(default=None, description="`next` of the page before.")


class ConversationQuery(PageQuery):
    """The query parameters of a list of conversations."""

    query: Query = Field(
        default="",
        description="Words, parted by spaces, that must each stand in title, questions or answers.",
    )


class TitleBody(Body):
    """Another title for a conversation."""

    title: Title


class ConversationItem(BaseModel):
    """A conversation in a list."""

    conversation_id: str
    title: str = Field(description="The first question, cut, unless it was renamed.")
    created: datetime
    updated: datetime = Field(description="When its last turn was saved.")
    turn_count: int

    @classmethod
    def of(cls, conversation: SavedConversation) -> Self:
        """The body for `conversation`."""
        return cls(
            conversation_id=conversation.conversation_id,
            title=conversation.title,
            created=conversation.created,
            updated=conversation.updated,
            turn_count=conversation.turn_count,
        )


class ConversationList(BaseModel):
    """A page of conversations, the last one continued first."""

    items: list[ConversationItem]
    next: str | None


class CitationNow(BaseModel):
    """What has become of a citation of a saved answer.

    `valid`: the quote stands where it stood; `moved`: elsewhere in the document; `changed`: the
    document is there, but no certain place of the quote; `gone`: the document is not there.
    """

    marker: int
    document_id: str
    state: CitationState
    start: int | None = Field(description="Where the quote stands now, if valid or moved.")
    end: int | None
    page: int | None
    message: str = Field(description="The state in words, in Chinese; empty if valid.")
    reference: str = Field(description="By GB/T 7714—2025, without the number.")

    @classmethod
    def of(cls, checked: CheckedCitation) -> Self:
        """The body for `checked`."""
        return cls(
            marker=checked.citation.marker,
            document_id=checked.citation.document_id,
            state=checked.state,
            start=checked.span.start if checked.span else None,
            end=checked.span.end if checked.span else None,
            page=checked.page,
            message=STATE_MESSAGES[checked.state],
            reference=checked.reference.gbt7714_2025,
        )


class TurnItem(BaseModel):
    """A question with the answer that was given."""

    asked: datetime
    question: str
    filters: Filters
    mode: AnswerMode = Field(description="Who was asked to write.")
    answer: Answer = Field(description="As it was given, its citations too.")
    citations_now: list[CitationNow] = Field(description="One for each of `answer.citations`.")

    @classmethod
    def of(cls, checked: CheckedTurn) -> Self:
        """The body for `checked`."""
        turn = checked.turn
        return cls(
            asked=turn.asked,
            question=turn.question,
            filters=turn.filters,
            mode=turn.mode,
            answer=turn.answer,
            citations_now=[CitationNow.of(one) for one in checked.citations],
        )


class TurnList(BaseModel):
    """A page of turns, oldest first."""

    items: list[TurnItem]
    next: str | None


class ConversationDetail(ConversationItem):
    """A conversation with a page of its turns."""

    turns: TurnList

    @classmethod
    def of_open(cls, opened: OpenConversation) -> Self:
        """The body for `opened`."""
        item = ConversationItem.of(opened.conversation)
        turns = TurnList(items=[TurnItem.of(one) for one in opened.turns], next=opened.next)
        return cls(**item.model_dump(), turns=turns)
