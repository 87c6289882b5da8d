"""The tab 引文: look up where words stand, or verify them as a quotation."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio

from ui.api.quotation_schemas import MAX_QUOTATION_CHARACTERS
from ui.page.answers import failure_html
from ui.page.asking import checked_filters
from ui.page.documents import Fields, filter_fields
from ui.page.looking_up import (
    Found,
    checked_search,
    checked_verification,
    looked_up,
    verified,
)
from ui.roles import Backing

MATCHES_AT_ONCE = 20
LOOK_UP, VERIFY = "look_up", "verify"
_TASKS = [("查出处", LOOK_UP), ("核对原话", VERIFY)]
_MODES = [("原词原句", "exact"), ("相近措辞", "near"), ("意思相近", "meaning")]
_ORDERS = [("最贴近在前", "relevance"), ("最早在前", "date")]
_WELCOME = """<div class="welcome"><h2>这句话是谁在哪里讲的？</h2>
<p>“查出处”列出一句话、一个提法在哪些文件里出现过，连同讲话人、场合、日期和现成的参考文献著录；\
“核对原话”把引文和原文逐字比对，差一个字、一个数字都会标出来。</p></div>"""
_READER = """<aside class="reader" aria-label="原文"><p class="empty">点一条结果的标题，\
这里打开原文，并标出这句话的位置。</p>
<section class="viewer" aria-label="原文" hidden></section></aside>"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """What the tab is asked with."""

    text: gradio.Textbox
    submit: gradio.Button
    task: gradio.Radio
    speaker: gradio.Textbox
    search: gradio.Column
    mode: gradio.Radio
    order: gradio.Radio
    with_briefings: gradio.Checkbox
    fields: Fields

    def inputs(self) -> list[Any]:
        """All that events hand over, in order."""
        return [
            self.text,
            self.task,
            self.mode,
            self.order,
            self.with_briefings,
            *self.fields.all(),
        ]


def quotation_tab(backing: Backing) -> tuple[gradio.Dropdown, ...]:
    """The form, the results and a reader beside them; returns what follows the library."""
    with gradio.Row(elem_id="quoting"):
        with gradio.Column(elem_id="quoting-side"):
            form = _form(backing)
            results = _html(_WELCOME, "quotations")
            more = gradio.Button("显示更多", elem_id="more-quotations", visible=False)
        _html(_READER, "reader")
    _wire(backing, form, results, more)
    return (form.fields.collection,)


def _html(value: str, name: str) -> gradio.HTML:
    return gradio.HTML(value, elem_id=name, apply_default_css=False, padding=False, container=False)


def _form(backing: Backing) -> _Form:
    with gradio.Column(elem_id="quotation-form"):
        task = gradio.Radio(
            _TASKS,
            value=LOOK_UP,
            label="查出处还是核对原话",
            show_label=False,
            container=False,
            elem_id="quotation-task",
        )
        text, submit = _words()
        speaker = gradio.Textbox(
            label="讲话人",
            placeholder="不填则不限；可带职务，如 市委书记周文川",
            max_length=200,
            elem_id="quotation-speaker",
        )
        with gradio.Column(elem_id="search-options") as search:
            with gradio.Row(elem_id="search-ways"):
                mode = gradio.Radio(_MODES, value="exact", label="怎样查", min_width=240)
                order = gradio.Radio(_ORDERS, value="relevance", label="次序", min_width=160)
            with_briefings = gradio.Checkbox(label="也查资料卡（问策自己撰写，不宜当作原话引用）")
            with gradio.Accordion("筛选范围", open=False, elem_id="quotation-filters"):
                fields = filter_fields(backing, speaker=speaker)
    return _Form(
        text=text,
        submit=submit,
        task=task,
        speaker=speaker,
        search=search,
        mode=mode,
        order=order,
        with_briefings=with_briefings,
        fields=fields,
    )


def _words() -> tuple[gradio.Textbox, gradio.Button]:
    """The field for the words, where Enter submits, and the button beside it."""
    with gradio.Row(elem_id="quotation-row"):
        text = gradio.Textbox(
            placeholder="一句话，或一个提法；回车查找",
            label="词句",
            show_label=False,
            container=False,
            lines=1,
            max_lines=8,
            max_length=MAX_QUOTATION_CHARACTERS,
            elem_id="quotation",
            scale=1,
        )
        submit = gradio.Button("查找", variant="primary", elem_id="look-up", scale=0)
    return text, submit


def _wire(backing: Backing, form: _Form, results: gradio.HTML, more: gradio.Button) -> None:
    """Tie the tab's events to what answers them."""
    shown = gradio.State(None)
    outputs = [results, more, shown, form.submit]

    def find(
        text: str, task: str, mode: str, order: str, with_briefings: object, *values: str | None
    ) -> Iterator[list[object]]:
        yield [gradio.skip(), gradio.skip(), gradio.skip(), gradio.update(interactive=False)]
        named = form.fields.named(values)
        try:
            if task == VERIFY:
                found = _verified(backing, text, named["speaker"])
            else:
                body = checked_search(
                    text,
                    mode=mode,
                    order=order,
                    with_briefings=bool(with_briefings),
                    limit=MATCHES_AT_ONCE,
                    filters=checked_filters(**named),
                )
                found = looked_up(backing, body)
        except ValueError as error:
            found = Found(html=failure_html(str(error)))
        yield _shown(found)

    def find_more(before: Found | None) -> list[object]:
        if before is None or before.body is None:
            return [gradio.skip(), gradio.update(visible=False), before, gradio.skip()]
        return _shown(looked_up(backing, before.body, before=before))

    settings: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    form.submit.click(find, form.inputs(), outputs, **settings)
    for field in (form.text, form.speaker):
        field.submit(find, form.inputs(), outputs, **settings)
    more.click(find_more, [shown], outputs, **settings)
    form.task.change(_fitted, [form.task], [form.search, form.submit, form.text], **settings)


def _verified(backing: Backing, text: str, speaker: str | None) -> Found:
    body = checked_verification(text, speaker=speaker or "", limit=MATCHES_AT_ONCE)
    return verified(backing, body)


def _shown(found: Found) -> list[object]:
    is_more = found.body is not None
    return [
        found.html,
        gradio.update(visible=is_more),
        found if is_more else None,
        gradio.update(interactive=True),
    ]


def _fitted(task: str) -> list[object]:
    """The form for the task that was chosen."""
    verifying = task == VERIFY
    placeholder = (
        "要核对的原话，4 至 2000 字；回车核对" if verifying else "一句话，或一个提法；回车查找"
    )
    return [
        gradio.update(visible=not verifying),
        gradio.update(value="核对" if verifying else "查找"),
        gradio.update(placeholder=placeholder),
    ]
