"""The names that clients choose by who writes an answer, the same in every interface."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rag.documents import AnswerMode

DEFAULT: Final = "wence"
EXTRACTIVE: Final = "wence-extractive"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedModel:
    """A name, and who writes the answer then.

    Attributes:
        chat_model: Name of a configured chat model; None for the default one, if any.
    """

    model_id: str
    mode: AnswerMode = AnswerMode.AUTO
    chat_model: str | None = None


def served_models(chat_models: Sequence[str]) -> tuple[ServedModel, ...]:
    """问策 as it is set up, extraction alone, then each of the chat models; no name twice."""
    ours = (
        ServedModel(model_id=DEFAULT),
        ServedModel(model_id=EXTRACTIVE, mode=AnswerMode.EXTRACTIVE),
    )
    taken = {model.model_id for model in ours}
    others = (ServedModel(model_id=name, chat_model=name) for name in chat_models)
    return (*ours, *(model for model in others if model.model_id not in taken))
