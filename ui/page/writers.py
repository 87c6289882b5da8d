"""Who writes an answer: the choice on the page, where there is one."""

import gradio

from rag.documents import AnswerMode
from ui.roles import Backing

_CHOICES = [
    ("聊天模型撰写，逐句核对", AnswerMode.AUTO.value),
    ("只摘录原文", AnswerMode.EXTRACTIVE.value),
]


def writer_choice(backing: Backing) -> gradio.Radio:
    """A field whose value is an AnswerMode; unseen where no chat model is configured."""
    return gradio.Radio(
        _CHOICES,
        value=AnswerMode.AUTO.value,
        label="回答方式",
        visible=backing.chat_model is not None,
        container=False,
        elem_id="writer",
    )
