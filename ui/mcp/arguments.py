"""What a model may send to each tool. It reads the descriptions, in Chinese and in English.

Models leave things empty in their own ways: null, an empty text, an object written as text. What
can only mean one thing is taken as meant; everything else is refused with an explanation.
"""

import json
from collections.abc import Mapping
from typing import Annotated, cast

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from rag.documents import AnswerMode, Kind
from ui.api.draft_schemas import MAX_TEXT_CHARACTERS
from ui.api.quotation_schemas import QuotationText
from ui.api.schemas import (
    MAX_DOCUMENT_IDS,
    MAX_QUESTION_CHARACTERS,
    Body,
    DateText,
    FiltersBody,
    Identifier,
    Name,
    Question,
)

MAX_RESULTS = 50
MAX_PIECE_CHARACTERS = 100_000


class Arguments(Body):
    """Arguments of a tool; what was left empty counts as not given."""

    @model_validator(mode="before")
    @classmethod
    def _without_what_is_empty(cls, given: object) -> object:
        return _without_empty(given, required={
            name for name, field in cls.model_fields.items() if field.is_required()
        })  # fmt: skip


def _without_empty(given: object, *, required: set[str]) -> object:
    if not isinstance(given, Mapping):
        return given
    fields = cast("Mapping[object, object]", given)
    return {
        name: value for name, value in fields.items() if name in required or value not in (None, "")
    }


def _object_from_text(given: object) -> object:
    """The object that a text holds as JSON; anything else as it is."""
    if not isinstance(given, str):
        return given
    try:
        return json.loads(given)
    except (ValueError, RecursionError):
        return given


class FilterArguments(FiltersBody):
    """只看符合条件的文件；不填则不限。Which documents to look at; leave out what is not needed."""

    collection: Name | None = Field(
        default=None,
        description="集合名，如 library（内置资料库）、default。The set of documents.",
    )
    kind: Kind | None = Field(
        default=None,
        description="文件种类：speech 讲话，news 新闻，report 报告，law 法规文件，"
        "briefing 资料卡（问策自己撰写），other 其他。The kind of document.",
    )
    issuer: Name | None = Field(
        default=None, description="发文机关，如 国务院。Who issued the document."
    )
    place: Name | None = Field(
        default=None,
        description="地方，含其下级，如 济南市。The place of the document, or one that holds it.",
    )
    speaker: Name | None = Field(
        default=None, description="文件中讲话的人的姓名。Name of anybody who speaks in it."
    )
    date_from: DateText | None = Field(
        default=None,
        description="不早于此日（含）：2019、2019-03 或 2019-03-22。Not before, inclusive.",
    )
    date_to: DateText | None = Field(
        default=None, description="不晚于此日（含），写法同上。Not after, inclusive."
    )
    document_ids: Annotated[list[Identifier], Field(max_length=MAX_DOCUMENT_IDS)] | None = Field(
        default=None, description="只看这些编号的文件。Only the documents with these ids."
    )

    @model_validator(mode="before")
    @classmethod
    def _without_what_is_empty(cls, given: object) -> object:
        return _without_empty(given, required=set())


_Filters = Annotated[FilterArguments, BeforeValidator(_object_from_text)]
_FILTERS = "可选：只在哪些文件里找。Optional: which documents to look at."
_LIMIT = Field(ge=1, le=MAX_RESULTS, description="最多几条。At most so many results.")


class AskArguments(Arguments):
    """Arguments of `ask`."""

    question: Question = Field(
        description="要问的问题，应能独立看懂，不要用“它”“上面那个”指代前文；"
        f"最多 {MAX_QUESTION_CHARACTERS} 字，用中文问效果最好。The question; it must stand on "
        "its own, without pronouns for what was said before. Chinese works best."
    )
    filters: _Filters = Field(default=FilterArguments(), description=_FILTERS)
    mode: AnswerMode = Field(
        default=AnswerMode.AUTO,
        description="auto：配置了聊天模型就用（默认）；extractive：只摘录原文；chat_model：用聊天"
        "模型。auto uses the configured chat model if there is one; extractive only quotes.",
    )
    model: Name | None = Field(
        default=None,
        description="配置了几个聊天模型时用哪一个，一般不填。Name of the chat model that writes, "
        "where several are configured; leave it out for the default one.",
    )


class SearchArguments(Arguments):
    """Arguments of `search`."""

    query: Question = Field(
        description="要查的词句或问题，中文。Words or a question to search for, in Chinese."
    )
    filters: _Filters = Field(default=FilterArguments(), description=_FILTERS)
    limit: Annotated[int, _LIMIT] = 10


class VerifyArguments(Arguments):
    """Arguments of `verify_quotation`."""

    text: QuotationText = Field(
        description="要核对的引文，一字不改地给出，4 至 2,000 字。The quotation, exactly as it "
        "is to appear, 4 to 2,000 characters."
    )
    speaker: Name | None = Field(
        default=None,
        description="据说是谁讲的，可带职务，如 市委书记吴天君；不填则不核对讲话人。"
        "Who is said to have said it, with or without office.",
    )
    limit: Annotated[int, _LIMIT] = 5


class CheckArguments(Arguments):
    """Arguments of `check_draft`."""

    text: Annotated[str, StringConstraints(max_length=MAX_TEXT_CHARACTERS)] = Field(
        description="整篇文稿，保持原样，最多 200,000 字；不会被保存。The whole draft as it "
        "stands, at most 200,000 characters; nothing of it is stored."
    )


class DocumentArguments(Arguments):
    """Arguments of `get_document`."""

    document_id: Identifier = Field(
        description="文件编号，取自其他工具结果中的 document_id。The `document_id` in a result "
        "of another tool."
    )
    start: int = Field(
        default=0,
        ge=0,
        description="从全文第几个字符开始（从 0 起，按 Unicode 码点数），如引用的 start 之前一些。"
        "Where to begin, in Unicode code points from 0.",
    )
    max_characters: int = Field(
        default=20_000,
        ge=1,
        le=MAX_PIECE_CHARACTERS,
        description="最多取多少字；没取完时结果里的 next_start 是下一段的 start。At most so many "
        "characters; where more follow, `next_start` is the `start` of the next call.",
    )
