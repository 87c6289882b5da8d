"""The routes that make 问策 a model for any client of OpenAI's API."""

import time
from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Body, Depends, Request
from fastapi.openapi.models import Example
from fastapi.responses import Response

from rag.documents import Answer, Filters
from ui.api.content_types import json_only
from ui.api.departure import noticing_departure
from ui.api.openai_errors import OpenAIRoute, RefusedRequestError, openai_problem_responses
from ui.api.openai_reading import footnotes, question_and_history, refuse_what_cannot_be_done
from ui.api.openai_schemas import (
    AssistantMessage,
    ChatCompletion,
    ChatCompletionBody,
    Choice,
    ModelItem,
    ModelList,
    Usage,
    finish_reason_of,
)
from ui.api.openai_streaming import ChunkStyle, chat_chunks
from ui.api.problems import problem_responses, request_id_of
from ui.api.streaming import AnswerStream, begun
from ui.roles import Backing
from ui.served_models import ServedModel, served_models

_DESCRIPTION = """Ask a question with any client of OpenAI's API: base URL `/v1`, any API key.

- The last message is the question; `user` and `assistant` messages before it say what a follow-up
  refers to. **System, developer and tool messages are accepted and have no effect**: an answer
  rests on the documents alone.
- `model` says who writes: `wence` as the server is set up, `wence-extractive` spans of the
  documents alone, or the name of a configured chat model; `GET /v1/models` lists them.
- Beside the usual fields a choice has `citations`, `status` and `notes`, as `POST /v1/answers`
  gives them. Where the documents hold no answer, the text says so and `status` is `no_evidence`.
- `wence` (with `extra_body` in OpenAI's client) restricts the documents (`filters`) and asks for
  `footnotes` below the text.
- With `stream` the reply comes as `chat.completion.chunk` events; the chunk with `finish_reason`
  has the citations; then `[DONE]`. What was sent is never changed. A failure on the way is an
  event with `error`.
- `finish_reason` is `length` where the chat model that wrote was cut off, else `stop`.
- `usage` counts characters (Unicode code points), not tokens.
- `n` above 1, tools that must be called, `response_format` other than text, images and sound are
  refused; other fields are ignored.
- A failure is a problem as everywhere, with OpenAI's `error` as a further member; what is wrong
  with a request is answered with 400, as OpenAI does."""

_EXAMPLES: dict[str, Example] = {
    "question": {
        "summary": "A question",
        "value": {
            "model": "wence",
            "messages": [{"role": "user", "content": "市中区设置多少个党政机构？"}],
        },
    },
    "follow_up": {
        "summary": "A follow-up, streamed, of speeches only, with footnotes",
        "value": {
            "model": "wence-extractive",
            "messages": [
                {"role": "user", "content": "市中区设置多少个党政机构？"},
                {"role": "assistant", "content": "市中区共设置党政机构37个。[1]"},
                {"role": "user", "content": "什么时候完成？"},
            ],
            "stream": True,
            "stream_options": {"include_usage": True},
            "wence": {"filters": {"kind": "speech"}, "footnotes": True},
        },
    },
}
_COMPLETION_EXAMPLE = {
    "id": "chatcmpl-2f1c",
    "object": "chat.completion",
    "created": 1767225600,
    "model": "wence",
    "choices": [
        {
            "index": 0,
            "message": {
                "role": "assistant",
                "content": "改革后共设置党政机构37个。[1]",
                "refusal": None,
            },
            "logprobs": None,
            "finish_reason": "stop",
            "citations": [
                {
                    "marker": 1,
                    "document_id": "d1",
                    "title": "机构改革方案要点",
                    "kind": "briefing",
                    "speaker": None,
                    "date": "2019-03-22",
                    "publisher": None,
                    "page": None,
                    "passage_id": "p1",
                    "start": 120,
                    "end": 134,
                    "quote": "改革后共设置党政机构37个。",
                    "support": "verified",
                }
            ],
            "status": "answered",
            "notes": [],
        }
    ],
    "usage": {"prompt_tokens": 13, "completion_tokens": 17, "total_tokens": 30},
}
_STREAM_EXAMPLE = """data: {"id":"chatcmpl-2f1c","object":"chat.completion.chunk",\
"created":1767225600,"model":"wence","choices":[{"index":0,"delta":{"content":"改革后"},"finish_reason":null}]}

data: [DONE]

"""
_CHUNK = {
    "contentMediaType": "application/json",
    "contentSchema": {"$ref": "#/components/schemas/ChatCompletionChunk"},
}
_REPLIES: dict[int | str, dict[str, object]] = {
    200: {
        "description": "The answer; with `stream` the chunks it consists of, then `[DONE]`.",
        "content": {
            "application/json": {"example": _COMPLETION_EXAMPLE},
            "text/event-stream": {
                "itemSchema": {
                    "oneOf": [
                        {"properties": {"data": {"const": "[DONE]"}}},
                        {"properties": {"data": _CHUNK}},
                    ],
                    "required": ["data"],
                },
                "example": _STREAM_EXAMPLE,
            },
        },
    }
}


def openai_routes(backing: Backing) -> APIRouter:
    """Chat completions, and the models to choose from."""
    models = served_models(backing.assistant.chat_models)
    router = APIRouter(
        prefix="/v1",
        tags=["openai"],
        route_class=OpenAIRoute,
        responses=problem_responses() | openai_problem_responses(),
    )
    _add_completions(router, backing, models)
    _add_models(router, models)
    return router


def _add_completions(router: APIRouter, backing: Backing, models: Sequence[ServedModel]) -> None:
    @router.post(
        "/chat/completions",
        operation_id="create_chat_completion",
        summary="Answer a question, as OpenAI's API does",
        description=_DESCRIPTION,
        response_model=ChatCompletion,
        responses={
            **_REPLIES,
            **problem_responses(403, 413),  # the perimeter's: plain problems
            **openai_problem_responses(400, 404, 415, 502, 503),
        },
        dependencies=[Depends(json_only), Depends(noticing_departure)],
    )
    def create_chat_completion(
        body: Annotated[ChatCompletionBody, Body(openapi_examples=_EXAMPLES)], request: Request
    ) -> ChatCompletion | Response:
        chosen = _model(models, body.model)
        refuse_what_cannot_be_done(body)
        question, history = question_and_history(body.messages)
        filters = body.options.filters.filters() if body.options.filters else Filters()
        if not body.stream:
            answer = backing.assistant.answer(
                question,
                history=history,
                filters=filters,
                mode=chosen.mode,
                model=chosen.chat_model,
            )
            return _completion(answer, body)
        source = backing.assistant.stream(
            question, history=history, filters=filters, mode=chosen.mode, model=chosen.chat_model
        )
        chunks = chat_chunks(begun(source), style=_style(body), request_id=request_id_of(request))
        return AnswerStream(chunks, source=source)


def _add_models(router: APIRouter, models: Sequence[ServedModel]) -> None:
    started = int(time.time())

    def item(model: ServedModel) -> ModelItem:
        return ModelItem(id=model.model_id, created=started)

    @router.get("/models", operation_id="list_models", summary="Models to choose from")
    def list_models() -> ModelList:
        return ModelList(data=[item(model) for model in models])

    @router.get(
        "/models/{model:path}",  # names of models may hold a slash
        operation_id="get_model",
        summary="One model",
        responses=openai_problem_responses(404),
    )
    def get_model(model: str) -> ModelItem:
        return item(_model(models, model))


def _model(models: Sequence[ServedModel], model_id: str) -> ServedModel:
    for model in models:
        if model.model_id == model_id:
            return model
    names = "、".join(model.model_id for model in models)
    raise RefusedRequestError(
        "model",
        f"没有这个模型：{model_id[:100]}。可用的有：{names}。",
        code="model_not_found",
        status=HTTPStatus.NOT_FOUND,
    )


def _completion(answer: Answer, body: ChatCompletionBody) -> ChatCompletion:
    text = answer.text + (footnotes(answer.citations) if body.options.footnotes else "")
    choice = Choice(
        message=AssistantMessage(content=text),
        finish_reason=finish_reason_of(answer),
        citations=list(answer.citations),
        status=answer.status,
        notes=list(answer.notes),
    )
    return ChatCompletion(
        id=_completion_id(),
        created=int(time.time()),
        model=body.model,
        choices=[choice],
        usage=Usage.of(body.prompt_characters, len(text)),
    )


def _style(body: ChatCompletionBody) -> ChunkStyle:
    return ChunkStyle(
        completion_id=_completion_id(),
        created=int(time.time()),
        model=body.model,
        with_footnotes=body.options.footnotes,
        with_usage=body.includes_usage,
        prompt_characters=body.prompt_characters,
    )


def _completion_id() -> str:
    return f"chatcmpl-{uuid4().hex}"
