"""The bodies of the OpenAI-compatible routes.

What clients of OpenAI send besides is ignored; only what would change the meaning of the reply,
and cannot be done, is refused.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StringConstraints, Tag

from rag.documents import Answer, AnswerStatus, Citation
from ui.api.schemas import MAX_QUESTION_CHARACTERS, MAX_TURNS, Body, FiltersBody

MAX_MESSAGES = 2000
MAX_CHARACTERS = 1_000_000
"""Of one message; with a limit, pydantic refuses what UTF-8 can't hold, too."""


class _Lenient(BaseModel):
    """What a client of OpenAI sends: it may hold more than is looked at."""

    model_config = ConfigDict(extra="ignore", frozen=True)


FinishReason = Literal["stop", "length"]
Words = Annotated[str, StringConstraints(max_length=MAX_CHARACTERS)]


class ContentPart(_Lenient):
    """A piece of a message; only text can be read."""

    type: str = Field(description="`text`; an assistant's message may hold `refusal` too.")
    text: Words | None = None
    refusal: Words | None = None


def _shape(content: object) -> str:
    return "parts" if isinstance(content, list) else "text"


Content = Annotated[
    Annotated[Words, Tag("text")] | Annotated[list[ContentPart], Tag("parts")],
    Discriminator(_shape),
]


class ChatMessage(_Lenient):
    """One message of the conversation.

    The words of `user` and `assistant` are the conversation. `system`, `developer`, `tool` and
    `function` are accepted and have no effect: an answer rests on the documents alone.
    """

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Content | None = None

    @property
    def text(self) -> str:
        """Its words; those of several parts on lines of their own."""
        match self.content:
            case None:
                return ""
            case str() as text:
                return text
            case parts:
                return "\n".join(part.text or part.refusal or "" for part in parts)

    @property
    def unreadable(self) -> str | None:
        """The type of the first part that is no text, or None."""
        parts = self.content if isinstance(self.content, list) else []
        return next((part.type for part in parts if part.type not in {"text", "refusal"}), None)


class StreamOptions(_Lenient):
    """How to stream."""

    include_usage: bool | None = Field(
        default=None, description="Send `usage` in a chunk of its own, the last."
    )


class ResponseFormat(_Lenient):
    """In what form to answer: `text` is the only one."""

    type: str


class WenceOptions(Body):
    """What OpenAI's API has no words for; clients pass it with `extra_body`.

    Unlike the rest it is checked strictly: a misspelt filter would be none.
    """

    filters: FiltersBody | None = Field(default=None, description="Which documents to look at.")
    footnotes: bool = Field(
        default=False,
        description="End the text with a line for each citation: "
        + "`[1] 《title》，2019年3月22日：“quote”`. For clients that show nothing but the text.",
    )


class ChatCompletionBody(_Lenient):
    """A conversation whose last message is a question about the documents.

    Other fields of OpenAI's (`temperature`, `max_tokens`, `stop`, `tools` with
    `tool_choice: "auto"`…) are accepted and have no effect.
    """

    model: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(
        description="One of `GET /v1/models`; it says who writes the answer."
    )
    messages: Annotated[list[ChatMessage], Field(min_length=1, max_length=MAX_MESSAGES)] = Field(
        description="The last is the user's question, at most "
        + f"{MAX_QUESTION_CHARACTERS} characters; of the turns before, the last {MAX_TURNS} say "
        + "what a follow-up question refers to."
    )
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: Annotated[int, Field(ge=1)] | None = Field(default=None, description="1 or absent.")
    response_format: ResponseFormat | None = None
    tool_choice: str | dict[str, object] | None = Field(
        default=None, description="`none` or `auto`: no tool is ever called."
    )
    function_call: str | dict[str, object] | None = None
    modalities: list[str] | None = Field(default=None, description="Without `audio`.")
    wence: WenceOptions | None = None

    @property
    def options(self) -> WenceOptions:
        """Our own options."""
        return self.wence or WenceOptions()

    @property
    def includes_usage(self) -> bool:
        """Whether a stream shall tell `usage`."""
        return bool(self.stream_options and self.stream_options.include_usage)

    @property
    def prompt_characters(self) -> int:
        """Code points of all messages."""
        return sum(len(message.text) for message in self.messages)


class Usage(BaseModel):
    """How long question and answer are: counted in characters (Unicode code points).

    No tokens are counted, since answers need no language model.
    """

    prompt_tokens: int = Field(description="Characters of all messages.")
    completion_tokens: int = Field(description="Characters of the reply, footnotes included.")
    total_tokens: int

    @classmethod
    def of(cls, prompt: int, completion: int) -> "Usage":
        """The usage of so many characters."""
        return cls(
            prompt_tokens=prompt, completion_tokens=completion, total_tokens=prompt + completion
        )


class AssistantMessage(BaseModel):
    """The reply."""

    role: Literal["assistant"] = "assistant"
    content: str = Field(description="Sentences, each followed by its markers: `[1][2]`.")
    refusal: None = None


def finish_reason_of(answer: Answer) -> FinishReason:
    """`length` where the chat model that wrote was cut off."""
    return "length" if answer.is_cut_off else "stop"


class Choice(BaseModel):
    """The answer; `citations`, `status` and `notes` are what OpenAI's API does not have."""

    index: Literal[0] = 0
    message: AssistantMessage
    logprobs: None = None
    finish_reason: FinishReason = "stop"
    citations: list[Citation] = Field(description="As in `POST /v1/answers`: verified.")
    status: AnswerStatus
    notes: list[str] = Field(description="What the reader should know besides, in Chinese.")


class ChatCompletion(BaseModel):
    """An answer in OpenAI's shape."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int = Field(description="Seconds since 1970.")
    model: str
    choices: list[Choice] = Field(min_length=1, max_length=1)
    usage: Usage


class Delta(BaseModel):
    """What a chunk adds to the reply: first `role`, then pieces of `content`."""

    role: Literal["assistant"] = "assistant"
    content: str = ""


class ChunkChoice(BaseModel):
    """The next piece; `citations`, `status` and `notes` come with `finish_reason`."""

    index: Literal[0] = 0
    delta: Delta
    finish_reason: FinishReason | None = None
    citations: list[Citation] = Field(default_factory=list[Citation])
    status: AnswerStatus | None = None
    notes: list[str] = Field(default_factory=list[str])


class ChatCompletionChunk(BaseModel):
    """One `data:` of a stream; the fields that a chunk does not use are absent."""

    id: str
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    created: int
    model: str
    choices: list[ChunkChoice] = Field(
        max_length=1, description="Empty in the chunk that tells `usage`."
    )
    usage: Usage | None = Field(
        default=None, description="With `stream_options.include_usage`: in the last chunk."
    )


class ModelItem(BaseModel):
    """A model that can be named in `model`."""

    id: str
    object: Literal["model"] = "model"
    created: int = Field(description="When this server started, in seconds since 1970.")
    owned_by: Literal["wence"] = "wence"


class ModelList(BaseModel):
    """Every model, the default first."""

    object: Literal["list"] = "list"
    data: list[ModelItem]
