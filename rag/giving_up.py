"""Whether nobody waits any more for what is being made; asked between the pieces of replies."""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Final

from rag.errors import AnswerGivenUpError


def _never() -> bool:
    return False


_IS_GIVEN_UP: Final = ContextVar[Callable[[], bool]]("is_given_up", default=_never)


def give_up_when(is_given_up: Callable[[], bool]) -> None:
    """Have chat models stopped, in this context and those copied from it, once this is true."""
    _IS_GIVEN_UP.set(is_given_up)


def refuse_if_given_up() -> None:
    """Go on where somebody waits, or where nothing is known of that.

    Raises:
        AnswerGivenUpError: Nobody waits.
    """
    if _IS_GIVEN_UP.get()():
        raise AnswerGivenUpError("没有人在等这个回答了，不再请聊天模型写。")
