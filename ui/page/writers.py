"""Who writes an answer: the choice on the page, where there is one."""

import gradio

from ui.roles import Backing
from ui.served_models import EXTRACTIVE

_WRITES = "聊天模型撰写，逐句核对"


_MOST_SIDE_BY_SIDE = 3


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
