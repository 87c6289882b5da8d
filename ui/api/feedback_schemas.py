"""The bodies of feedback and suggestions in the HTTP API."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints

from rag.asking_rules import Asked
from rag.documents import Answer, AnswerMode, AnswerStatus, Filters
from rag.feedback import Feedback, GivenFeedback, Rating, Reason
from rag.suggestions import Suggestion
from ui.api.conversation_schemas import PageQuery
from ui.api.schemas import Body, Name, cleaned

MAX_MARKERS = 100
MAX_SUGGESTIONS = 100

Comment = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=2000),
    BeforeValidator(cleaned),
]
Marker = Annotated[int, Field(ge=1, le=999)]


class FeedbackBody(Body):
    """What a user says of an answer."""

    rating: Rating
    reason: Reason | None = Field(
        default=None,
        description="`incorrect`: not true; `unsupported`: its citations do not bear it out; "
        "`incomplete`: something is missing; `irrelevant`: it answers something else; "
        "`not_found`: the documents hold the answer; `outdated`: it was true once; `other`.",
    )
    comment: Comment = Field(default="", description="In the user's own words.")
    markers: Annotated[list[Marker], Field(max_length=MAX_MARKERS)] = Field(
        default_factory=list[int],
        description="The n of [n] in the answer: which citations it is about; none for all of it.",
    )

    def feedback(self) -> Feedback:
        """The same for the core."""
        return Feedback(
            rating=self.rating,
            reason=self.reason,
            comment=self.comment,
            markers=tuple(sorted(set(self.markers))),
        )


class FeedbackQuery(PageQuery):
    """Which feedback to list."""

    rating: Rating | None = Field(default=None, description="Only this; all where it is left out.")


class FeedbackItem(BaseModel):
    """Feedback with the answer it is about."""

    answer_id: str
    given: datetime = Field(description="When it was given, or last changed.")
    rating: Rating
    reason: Reason | None
    comment: str
    markers: list[int]
    status: AnswerStatus = Field(description="Of the answer.")
    mode: AnswerMode = Field(description="Who wrote the answer.")
    model: str | None
    conversation_id: str | None = Field(description="That keeps the answer, if any does.")
    question: str | None = Field(
        description="Null where conversations are not saved (WENCE_SAVE_CONVERSATIONS): then "
        "neither question nor answer nor comment is kept."
    )
    filters: Filters | None
    answer: Answer | None

    @classmethod
    def of(cls, given: GivenFeedback) -> Self:
        """The body for `given`."""
        feedback, about = given.feedback, given.about
        return cls(
            answer_id=about.answer_id,
            given=given.given,
            rating=feedback.rating,
            reason=feedback.reason,
            comment=feedback.comment,
            markers=list(feedback.markers),
            status=about.status,
            mode=about.mode,
            model=about.model,
            conversation_id=given.conversation_id,
            question=about.text.question if about.text else None,
            filters=about.text.filters if about.text else None,
            answer=about.text.answer if about.text else None,
        )


class FeedbackList(BaseModel):
    """A page of feedback, the latest first."""

    items: list[FeedbackItem]
    next: str | None


class SuggestionQuery(Body):
    """Which suggestions to list."""

    limit: Annotated[int, Field(ge=1, le=MAX_SUGGESTIONS)] = 10
    collection: Name | None = Field(default=None, description="Only of its documents.")


class SuggestionItem(BaseModel):
    """A question that the library answers, with the document that answers it."""

    question: str
    asks_for: Asked
    document_id: str
    title: str = Field(description="Of the document.")
    collection: str

    @classmethod
    def of(cls, suggestion: Suggestion) -> Self:
        """The body for `suggestion`."""
        return cls(
            question=suggestion.question,
            asks_for=suggestion.asked,
            document_id=suggestion.document_id,
            title=suggestion.title,
            collection=suggestion.collection,
        )


class SuggestionList(BaseModel):
    """Questions of different documents, as far as there are any; `next` is always null."""

    items: list[SuggestionItem]
    next: str | None = None
