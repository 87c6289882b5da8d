"""Who writes an answer: the choice on the page, where there is one, kept by the browser."""

import json
from collections.abc import Sequence
from typing import Any, Final

import gradio

from ui.roles import Backing
from ui.served_models import EXTRACTIVE

_WRITES: Final = "聊天模型撰写，逐句核对"
_MOST_SIDE_BY_SIDE: Final = 3
# A browser may refuse to keep anything; a model that is no longer configured is not chosen.
_KEEP: Final = """(writer) => {
  try { localStorage.setItem("wence-writer", writer); } catch { /* not kept, then */ }
}"""
_RESTORE: Final = """(writer) => {
  try {
    const kept = localStorage.getItem("wence-writer");
    return NAMES.includes(kept) ? kept : writer;
  } catch { return writer; }
}"""


def writer_choice(backing: Backing) -> gradio.Radio | gradio.Dropdown:
    """A field whose value names who writes; unseen where no chat model is configured."""
    names = backing.assistant.chat_models
    written = [(f"{name} 撰写，逐句核对" if len(names) > 1 else _WRITES, name) for name in names]
    field = gradio.Radio if len(names) <= _MOST_SIDE_BY_SIDE else gradio.Dropdown
    return field(
        [*written, ("只摘录原文", EXTRACTIVE)],
        value=names[0] if names else EXTRACTIVE,
        label="回答方式",
        visible=bool(names),
        container=False,
        elem_id="writer",
    )


def wire_keeping(
    page: gradio.Blocks, field: gradio.Radio | gradio.Dropdown, names: Sequence[str]
) -> None:
    """Have the browser keep what is chosen of `names`, and choose it again on a later visit."""
    if not names:
        return
    settings: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    field.input(None, field, None, js=_KEEP, **settings)
    restore = _RESTORE.replace("NAMES", json.dumps([*names, EXTRACTIVE]))
    page.load(None, field, field, js=restore, **settings)
