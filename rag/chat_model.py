"""The chat model, reached through LangChain; its failures in our words."""

from collections.abc import Iterator

from langchain_core.language_models import BaseChatModel
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate

from rag.errors import ChatModelError
from rag.prompting import SYSTEM

PROMPT = ChatPromptTemplate.from_messages([
    ("system", SYSTEM),
    ("human", "<依据>\n{evidence}\n</依据>\n\n问题：{question}"),
])


def open_chat_model(name: str, *, base_url: str, api_key: str, timeout_s: float) -> BaseChatModel:
    """A model behind an OpenAI-compatible API; nothing is asked of it yet.

    Args:
        name: As its server knows it.
        base_url: Of the API, or empty for OpenAI's own.
        api_key: Servers without keys take any; empty sends a placeholder.
        timeout_s: Longest wait for a reply.
    """
    from langchain.chat_models import init_chat_model  # deferred: only where one is configured

    return init_chat_model(
        name,
        model_provider="openai",
        base_url=base_url or None,
        api_key=api_key or "none",
        timeout=timeout_s,
        max_retries=1,
        temperature=0,
    )


def stream_reply(model: BaseChatModel, *, question: str, evidence: str) -> Iterator[str]:
    """Pieces of the model's reply as they come.

    Raises:
        ChatModelError: It could not be reached, refused, broke off, or said nothing.
    """
    chain = PROMPT | model | StrOutputParser()
    empty = True
    try:
        for piece in chain.stream({"question": question, "evidence": evidence}):
            empty = empty and not piece.strip()
            yield piece
    except Exception as error:
        message = f"聊天模型没有给出回答（{type(error).__name__}）"
        raise ChatModelError(message) from error
    if empty:
        raise ChatModelError("聊天模型的回答是空的")
