"""The bodies of the HTTP API, as pydantic models: what comes in is checked here.

Answers and citations go out as the dataclasses of `rag.documents`, field by field.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from rag.documents import (
    AnswerMode,
    Citation,
    Filters,
    Kind,
    PartialDate,
    RetrievedPassage,
    Turn,
)
from rag.jobs import IntakeOutcome
from rag.text import Span
from ui.served_models import DEFAULT, EXTRACTIVE

MAX_QUESTION_CHARACTERS = 2000
MAX_TURNS = 50
MAX_TURN_CHARACTERS = 20_000
MAX_LIMIT = 1000
MAX_DOCUMENT_IDS = 1000

_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060\ufeff]+"
)


def cleaned(text: object) -> object:
    """A text without control and invisible characters, each run of them one space.

    What is no text stays as it is: the validator that follows says so. Lone surrogates stay
    too, and are refused by it.
    """
    return (
        _CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
        if isinstance(text, str)
        else text
    )


def _is_date(text: str) -> bool:
    """Whether `text` is a date with a year that exists: 2019, 2019-03, 2019-03-22."""
    try:
        parsed = PartialDate.parse(text)
        return parsed.year is not None and bool(
            date(parsed.year, parsed.month or 1, parsed.day or 1)
        )
    except ValueError:
        return False


def _checked_date(text: str) -> str:
    if not _is_date(text):
        raise PydanticCustomError(
            "partial_date", "日期应写作 2019、2019-03 或 2019-03-22，且确有其日"
        )
    return text


# The validator named last runs first.
Question = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_QUESTION_CHARACTERS),
    BeforeValidator(cleaned),
]
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    BeforeValidator(cleaned),
]
DateText = Annotated[str, StringConstraints(max_length=10), AfterValidator(_checked_date)]
Identifier = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Limit = Annotated[int, Field(ge=1, le=MAX_LIMIT)]


class Body(BaseModel):
    """What a client sends: unknown fields are refused, so that a misspelt filter is no filter."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FiltersBody(Body):
    """Which documents to look at; what is left out does not restrict."""

    collection: Name | None = Field(
        default=None, description="The set of documents: library, default…"
    )
    kind: Kind | None = None
    issuer: Name | None = Field(default=None, description="Who issued the document.")
    place: Name | None = Field(default=None, description="The place, or one that holds it.")
    speaker: Name | None = Field(default=None, description="Anybody who speaks in the document.")
    date_from: DateText | None = Field(
        default=None, description="Inclusive: 2019, 2019-03, 2019-03-22."
    )
    date_to: DateText | None = Field(default=None, description="Inclusive; 2019 means to its end.")
    document_ids: Annotated[list[Identifier], Field(max_length=MAX_DOCUMENT_IDS)] | None = None

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        first, last = self.date_from, self.date_to
        # Texts compare like dates as far as both are precise; 2019-03 does not lie after 2019.
        if first and last and first[: len(last)] > last:
            raise PydanticCustomError("date_order", "date_from 不能晚于 date_to")
        return self

    def filters(self) -> Filters:
        """The same for the core."""
        return Filters(
            collection=self.collection,
            kind=self.kind,
            issuer=self.issuer,
            place=self.place,
            speaker=self.speaker,
            date_from=self.date_from,
            date_to=self.date_to,
            document_ids=None if self.document_ids is None else tuple(self.document_ids),
        )


class DocumentQuery(FiltersBody):
    """The query parameters of a list of documents."""

    limit: Limit = 100
    cursor: Annotated[str, StringConstraints(min_length=1, max_length=500)] | None = Field(
        default=None, description="`next` of the list before."
    )


class TurnBody(Body):
    """One message of the conversation so far."""

    role: Literal["user", "assistant"]
    content: Annotated[
        str, StringConstraints(max_length=MAX_TURN_CHARACTERS), BeforeValidator(cleaned)
    ]


class QuestionBody(Body):
    """A question."""

    question: Question
    history: Annotated[list[TurnBody], Field(max_length=MAX_TURNS)] = Field(
        default_factory=list[TurnBody], description="The turns before, oldest first."
    )
    filters: FiltersBody = Field(
        default=FiltersBody(),
        description="Left out in a conversation: those of its last question; `{}` for none.",
    )
    mode: AnswerMode = AnswerMode.AUTO
    model: Name | None = Field(
        default=None,
        description="Which chat model writes: a name of `GET /v1/models`; left out, the default "
        + "one. An unknown name is refused, and the problem lists those there are.",
    )
    conversation_id: Identifier | None = Field(
        default=None,
        description="Of POST /v1/conversations: its turns are the history unless `history` is "
        + "given, and the answer is saved in it.",
    )

    @model_validator(mode="after")
    def _one_writer(self) -> Self:
        mode, model = self.writer()
        if (model and mode is AnswerMode.EXTRACTIVE) or (
            self.model == EXTRACTIVE and self.mode is AnswerMode.CHAT_MODEL
        ):
            raise PydanticCustomError(
                "model_and_mode", "mode 与 model 相抵触：只摘录原文，就不用聊天模型"
            )
        return self

    def writer(self) -> tuple[AnswerMode, str | None]:
        """Who shall write, for the core: the mode, and the name of a chat model or None."""
        if self.model == EXTRACTIVE:
            return AnswerMode.EXTRACTIVE, None
        return self.mode, None if self.model == DEFAULT else self.model

    def turns(self) -> list[Turn]:
        """The history for the core."""
        return [Turn(role=turn.role, content=turn.content) for turn in self.history]


class SearchBody(Body):
    """A search for passages."""

    query: Question
    filters: FiltersBody = FiltersBody()
    limit: Limit = 10


class SpanBody(BaseModel):
    """Half-open [start, end) in the document's text, in Unicode code points."""

    start: int
    end: int

    @classmethod
    def of(cls, span: Span) -> Self:
        """The body for `span`."""
        return cls(start=span.start, end=span.end)


class SearchItem(BaseModel):
    """A passage that was found; `text` is `[start, end)` of its document's text."""

    document_id: str
    passage_id: str
    title: str
    text: str
    start: int
    end: int
    score: float
    highlights: list[SpanBody] = Field(description="Where words of the query stand.")
    kind: Kind
    collection: str
    heading_path: list[str]
    page: int | None

    @classmethod
    def of(cls, found: RetrievedPassage) -> Self:
        """The body for `found`."""
        passage, document = found.passage, found.document
        return cls(
            document_id=document.document_id,
            passage_id=passage.passage_id,
            title=document.metadata.title,
            text=passage.text,
            start=passage.span.start,
            end=passage.span.end,
            score=found.score,
            highlights=[SpanBody.of(span) for span in found.highlights],
            kind=document.metadata.kind,
            collection=document.collection,
            heading_path=list(passage.heading_path),
            page=passage.page,
        )


class SearchResults(BaseModel):
    """Passages, best first."""

    items: list[SearchItem]
    next: str | None = None


class EvidenceBody(BaseModel):
    """Event `evidence`: the passages that the answer is made from, best first."""

    items: list[SearchItem]


class TextBody(BaseModel):
    """Event `text`: the next piece of the answer's text."""

    text: str


class CitationsBody(BaseModel):
    """Event `citations`: every citation of the answer, verified."""

    items: list[Citation]


class UploadItem(BaseModel):
    """What became of one uploaded file."""

    file_name: str
    status: Literal["added", "replaced", "unchanged", "failed"]
    document_ids: list[str]
    reason: str | None = Field(description="Why it failed, in Chinese.")


class UploadResults(BaseModel):
    """One item for each file, in the order in which they were sent."""

    items: list[UploadItem]
    next: str | None = None


def upload_item(outcome: IntakeOutcome) -> UploadItem:
    """The body for `outcome`."""
    return UploadItem(
        file_name=outcome.file_name,
        status=outcome.status,
        document_ids=list(outcome.document_ids),
        reason=outcome.reason,
    )


class Health(BaseModel):
    """The state of the server."""

    status: Literal["ok", "ready"]


class ProblemError(BaseModel):
    """One thing that is wrong with a request."""

    field: str = Field(description="Where: filters.date_from, question…")
    message: str


class ProblemBody(BaseModel):
    """RFC 9457."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    instance: str = Field(description="Identifies this occurrence; also in X-Request-Id.")
    errors: list[ProblemError] | None = None


def search_items(found: Sequence[RetrievedPassage]) -> list[SearchItem]:
    """The bodies for `found`, in order."""
    return [SearchItem.of(passage) for passage in found]
