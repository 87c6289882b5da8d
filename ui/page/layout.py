"""The page at the root: a chat with its evidence beside it, quotations, drafts, the library."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when Gradio is imported
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

import gradio
from fastapi import FastAPI, HTTPException
from fastapi.responses import FileResponse
from gradio.themes import Base, Font
from starlette.middleware import Middleware
from starlette.routing import Mount

from ui.api.problems import install_problem_handlers, request_id_of
from ui.api.schemas import MAX_QUESTION_CHARACTERS
from ui.page.answers import failure_html
from ui.page.asking import Conversation, asked, checked_filters, checked_question
from ui.page.conversations import (
    conversation_head,
    conversation_list,
    conversation_mark,
    shown,
    wire_opening,
)
from ui.page.documents import Fields, collection_choices, filter_fields, library_tab
from ui.page.drafts import draft_tab
from ui.page.examples import example_buttons
from ui.page.gate import PageGate
from ui.page.quotations import quotation_tab
from ui.page.stopping import AnswersUnderWay, session_of
from ui.page.writers import wire_keeping, writer_choice
from ui.roles import Backing
from ui.telemetry.requests import logged_as

ASSETS = Path(__file__).parents[1] / "assets"
FONTS = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Noto Sans SC",
    "PingFang SC",
    "Microsoft YaHei",
    "WenQuanYi Micro Hei",
    "sans-serif",
)

_HEADER = """<header class="masthead"><div><h1>问策</h1>
<p>政策文件问答，每一句都能在原文里找到出处</p></div><a href="/docs">接口文档</a></header>"""
_WELCOME = """<div class="welcome"><h2>想了解哪项改革？</h2>
<p>用一句话提问。回答由资料库中的原文组成，点一下句末的编号，就能看到它在文件里的位置；没有依据的，\
会直接告诉您没有。</p></div>"""
_WELCOME_TO_WRITTEN = _WELCOME.replace(
    "回答由资料库中的原文组成，点一下句末的编号，就能看到它在文件里的位置；没有依据的，会直接告诉您没有。",
    "回答由聊天模型根据资料库撰写，每一句都和原文核对，没有依据的会标出；点一下句末的编号，就能看到出处。",
)
_PANEL = """<aside class="evidence" aria-label="依据"><div class="panel-head"><h2>依据</h2>
<span class="panel-count"></span></div>
<p class="empty">提问之后，这里列出回答所引的原文，并在文件中标出位置。</p>
<ol class="cards"></ol><section class="viewer" aria-label="原文" hidden></section></aside>"""
_HEAD = """<script>
// Gradio takes its own texts from the browser's language; this page speaks Chinese alone.
Object.defineProperty(navigator, "language", { get: () => "zh-CN" });
Object.defineProperty(navigator, "languages", { get: () => ["zh-CN", "zh"] });
</script>
<meta name="referrer" content="no-referrer">
<script defer src="/page/documents.js"></script>
<script defer src="/page/library.js"></script>
<script defer src="/page/quotations.js"></script>
<script defer src="/page/differences.js"></script>
<script defer src="/page/findings.js"></script>
<script defer src="/page/drafts.js"></script>
<script defer src="/page/rating.js"></script>
<script defer src="/page/page.js"></script>
<script defer src="/page/conversations.js"></script>"""
# Gradio adds this when its own styles are there, so that it comes after them.
_STYLE = "".join(
    f'<link rel="stylesheet" href="/page/{name}.css">'
    for name in ("page", "conversations", "quotations", "drafts")
)
_ASSET_NAMES = frozenset({
    "page.css", "conversations.css", "quotations.css", "drafts.css",
    "documents.js", "library.js", "quotations.js", "differences.js", "findings.js", "drafts.js",
    "rating.js", "page.js", "conversations.js",
})  # fmt: skip
_FAVICON = ASSETS / "favicon.svg"


def _html(value: str, name: str, **settings: Any) -> gradio.HTML:
    return gradio.HTML(
        value, elem_id=name, apply_default_css=False, padding=False, container=False, **settings
    )


def _ask_tab(backing: Backing, page: gradio.Blocks) -> tuple[gradio.Dropdown, ...]:
    """The chat; returns the fields whose choices follow the library."""
    with gradio.Row(elem_id="desk"):
        _html(conversation_list(backing), "history", visible=backing.conversations.is_saving)
        with gradio.Column(elem_id="talk"):
            with gradio.Row(elem_id="talk-head"):
                _html(conversation_head(backing), "talk-title")
                clear = gradio.Button("新对话", elem_id="clear", size="sm", scale=0)
            with gradio.Column(elem_id="turns"):
                with gradio.Column(elem_id="start") as start:
                    _html(
                        _WELCOME_TO_WRITTEN if backing.assistant.chat_models else _WELCOME,
                        "welcome",
                    )
                    examples = example_buttons(backing)
                past = _html("", "past")
                live = _html("", "live")
            with gradio.Column(elem_id="asking"):
                with gradio.Row(elem_id="question-row"):
                    question = gradio.Textbox(
                        placeholder="请输入问题，回车提问",
                        label="问题",
                        show_label=False,
                        container=False,
                        lines=1,
                        max_lines=6,
                        max_length=MAX_QUESTION_CHARACTERS,
                        autofocus=True,
                        elem_id="question",
                        scale=1,
                    )
                    ask = gradio.Button("提问", variant="primary", elem_id="ask", scale=0)
                    stop = gradio.Button("停止", elem_id="stop", scale=0)
                writer = writer_choice(backing)
                wire_keeping(page, writer, backing.assistant.chat_models)
                with gradio.Accordion("筛选范围", open=False, elem_id="ask-filters"):
                    fields = filter_fields(backing)
        _html(_PANEL, "panel")
    _wire(
        backing,
        page,
        start=start,
        past=past,
        live=live,
        question=question,
        ask=ask,
        stop=stop,
        clear=clear,
        examples=examples,
        writer=writer,
        fields=fields,
    )
    return (fields.collection,)


def _wire(
    backing: Backing,
    page: gradio.Blocks,
    *,
    start: gradio.Column,
    past: gradio.HTML,
    live: gradio.HTML,
    question: gradio.Textbox,
    ask: gradio.Button,
    stop: gradio.Button,
    clear: gradio.Button,
    examples: list[gradio.Button],
    writer: gradio.Radio | gradio.Dropdown,
    fields: Fields,
) -> None:
    """Tie the chat's events to what answers them."""
    conversation, under_way = gradio.State(Conversation()), AnswersUnderWay()
    outputs = [start, past, live, question, ask, conversation]

    def answer(
        request: gradio.Request,
        text: str,
        so_far: Conversation,
        chosen: str | None,
        *values: str | None,
    ) -> Iterator[list[object]]:
        hidden, idle = gradio.update(visible=False), gradio.update(interactive=True)
        earlier = "".join(so_far.shown)
        try:
            filters = checked_filters(**fields.named(values))
            body = checked_question(text, filters, model=chosen)
        except ValueError as error:
            failure = conversation_mark(so_far) + failure_html(str(error))
            yield [gradio.skip(), earlier, failure, text, idle, so_far]
            return
        busy = gradio.update(interactive=False)
        last = ("", so_far)
        with under_way.answering(session_of(request)) as way:
            steps = asked(backing, body, so_far, is_stopped=way.stopped.is_set)
            with closing(logged_as(_id_of(request), steps)) as logged:
                for last in logged:
                    # The whole comes below.
                    if not way.stopped.is_set() and last[1].count == so_far.count:
                        shown_now = conversation_mark(last[1]) + last[0]
                        yield [hidden, earlier, shown_now, "", busy, so_far]
            if way.left.is_set():
                yield [gradio.skip()] * len(outputs)
                return
        yield [hidden, earlier, conversation_mark(last[1]) + last[0], gradio.skip(), idle, last[1]]

    def begin_anew(request: gradio.Request) -> list[object]:
        under_way.leave(session_of(request))
        return shown(Conversation())

    settings: dict[str, Any] = {
        "api_visibility": "private",
        "show_progress": "hidden",
        "concurrency_limit": 8,
        "concurrency_id": "asking",
    }
    asking: dict[str, Any] = {
        "fn": answer,
        "inputs": [question, conversation, writer, *fields.all()],
        "outputs": outputs,
    }
    # The button says when a question may be asked; an answer that was stopped may still be ending.
    asking["trigger_mode"] = "multiple"
    question.submit(**asking, **settings)
    ask.click(**asking, **settings)
    for example in examples:
        example.click(**{**asking, "inputs": [example, *asking["inputs"][1:]]}, **settings)
    clear.click(begin_anew, None, outputs, **settings)
    _wire_stopping(stop, under_way, settings)
    wire_opening(backing, page, outputs, under_way)


def _wire_stopping(
    stop: gradio.Button, under_way: AnswersUnderWay, settings: dict[str, Any]
) -> None:
    def stop_here(request: gradio.Request) -> None:
        under_way.stop(session_of(request))

    stop.click(stop_here, None, None, **settings)


def build_page(backing: Backing) -> gradio.Blocks:
    """The page's components and events."""
    with gradio.Blocks(
        title="问策", analytics_enabled=False, fill_width=True, delete_cache=(3600, 3600)
    ) as page:
        _html(_HEADER, "masthead")
        with gradio.Tabs(elem_id="tabs"):
            with gradio.Tab("问答", elem_id="ask-tab"):
                following = _ask_tab(backing, page)
            with gradio.Tab("引文", elem_id="quotation-tab"):
                following += quotation_tab(backing)
            with gradio.Tab("核稿", elem_id="draft-tab"):
                draft_tab(backing)
            with gradio.Tab("资料库", elem_id="library-tab") as tab:
                following += library_tab(backing, tab)
        page.load(
            lambda: [gradio.update(choices=collection_choices(backing)) for _ in following],
            None,
            list(following),
            api_visibility="private",
            show_progress="hidden",
        )
    page.queue(max_size=64, api_open=False, default_concurrency_limit=4)
    return page


def _id_of(request: gradio.Request) -> str:
    return request_id_of(request.request) if request.request else uuid4().hex


def _add_assets(app: FastAPI) -> None:
    @app.get("/page/{name}", include_in_schema=False)
    def page_asset(name: str) -> FileResponse:
        if name not in _ASSET_NAMES:
            raise HTTPException(404)
        media_type = "text/css" if name.endswith(".css") else "text/javascript"
        return FileResponse(
            ASSETS / name, media_type=media_type, headers={"Cache-Control": "no-cache"}
        )


def mount_page(app: FastAPI, backing: Backing) -> FastAPI:
    """Mount the page at the root of `app`, after every route of the API."""
    _add_assets(app)
    theme = Base(
        primary_hue="blue",
        neutral_hue="slate",
        radius_size="sm",
        font=[Font(name) for name in FONTS],
        font_mono=[Font(name) for name in ("Noto Sans Mono CJK SC", "monospace")],
    )
    # Innermost: add_middleware would put it around the perimeter.
    app.user_middleware.append(Middleware(PageGate, head=_HEAD))
    gradio.mount_gradio_app(
        app,
        build_page(backing),
        path="/",
        theme=theme,
        head=_STYLE,
        footer_links=[],
        allowed_paths=None,
        show_error=False,
        favicon_path=str(_FAVICON),
        enable_monitoring=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        run_history=False,
    )
    mount = app.routes[-1]
    assert isinstance(mount, Mount)
    assert isinstance(mount.app, FastAPI)
    install_problem_handlers(mount.app)
    return app
