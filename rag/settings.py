"""Settings, read once where a program starts; functions below take plain values."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

CHAT_MODELS_FAULT: Final = "chat_models"
"""Type of the error that tells, in Chinese and without any value, what is wrong with them."""
RESERVED_MODEL_NAMES: Final = frozenset({"wence", "wence-extractive"})
"""What clients of OpenAI's API choose 问策 by; no chat model may be called so."""
_LONGEST_NAME = 100
_EXAMPLE = '{"qwen": {"model": "qwen-plus", "base_url": "https://…/v1", "api_key": "…"}}'
_MODEL_FAULTS = {
    "extra_forbidden": "没有这一项，可用的有 model、base_url、api_key、timeout_s",
    "model_type": "应为 JSON 对象",
    "string_type": "应为文字",
    "greater_than": "应大于 0",
    "less_than_equal": "最多 600",
    "float_type": "应为数字",
    "float_parsing": "应为数字",
}


class FurtherChatModel(BaseModel):
    """A chat model beside the default one; what is left out is as the default one's."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    model: str = Field(default="", description="As its server knows it; empty: as we call it.")
    base_url: str = Field(default="", description="Empty: that of the default model.")
    api_key: SecretStr | None = Field(
        default=None,
        description="None: that of the default model if the server is the same, else none.",
    )
    timeout_s: float | None = Field(default=None, gt=0, le=600)


def _read_chat_models(given: object) -> object:
    """The models that a JSON object describes; only the places of faults are told, no values:
    there are keys among them.
    """
    if not isinstance(given, str):
        return given
    try:
        read: object = json.loads(given) if given.strip() else {}
    except ValueError as error:
        reason = f"第 {error.colno} 个字符处" if isinstance(error, json.JSONDecodeError) else ""
        message = f"不是 JSON：{reason}写得不对"
        raise _fault(message) from None
    if not isinstance(read, dict):
        raise _fault("应为 JSON 对象，以名称为键")
    try:
        return _further.validate_python(read)
    except ValidationError as error:
        first = error.errors(include_input=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        expected = _MODEL_FAULTS.get(first["type"], "格式有误")
        message = f"{place} {expected}"
        raise _fault(message) from None


def _fault(message: str) -> PydanticCustomError:
    return PydanticCustomError(
        CHAT_MODELS_FAULT,
        "{message}。写法如 {example}",
        {"message": message, "example": _EXAMPLE},
    )


_further = TypeAdapter(dict[str, FurtherChatModel])


class ConfiguredChatModel(BaseModel):
    """A chat model as it is to be opened.

    Attributes:
        name: As users choose it, and as answers show it.
        model: As its server knows it.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    model: str
    base_url: str
    api_key: SecretStr
    timeout_s: float


class Settings(BaseSettings):
    """Every setting of 问策; each is an environment variable with the prefix WENCE_."""

    model_config = SettingsConfigDict(
        env_prefix="WENCE_",
        env_file=".env",
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    data: Path = Field(default=Path("data"), description="Folder of catalog and indexes.")
    host: str = Field(
        default="127.0.0.1", description="Address to listen on; loopback addresses only, so far."
    )
    port: int = Field(default=8000, ge=0, le=65535, description="Port of page and API.")
    embedding_model: str = Field(
        default="",
        description="Name or path of a sentence-transformers model; empty: the built-in one.",
    )
    chat_model: str = Field(
        default="", description="Name of the chat model; empty: answers are extracted."
    )
    chat_base_url: str = Field(default="", description="Base URL of its OpenAI-compatible API.")
    chat_api_key: SecretStr = Field(default=SecretStr(""), description="Its key.")
    chat_timeout_s: float = Field(
        default=60, gt=0, le=600, description="Longest wait for the chat model, in seconds."
    )
    chat_retries: int = Field(
        default=2, ge=0, le=10, description="How often it is asked again when it is busy."
    )
    chat_evidence_characters: int = Field(
        default=6000, ge=500, le=200_000, description="So much evidence is laid before it at most."
    )
    chat_unsupported: Literal["marked", "removed"] = Field(
        default="marked", description="What becomes of its sentences that no document bears out."
    )
    chat_models: Annotated[
        Mapping[str, FurtherChatModel], NoDecode, BeforeValidator(_read_chat_models)
    ] = Field(
        default_factory=dict[str, FurtherChatModel],
        description="Further chat models to choose from, by name, as a JSON object.",
    )
    chat_second_check: Literal["off", "on"] = Field(
        default="off",
        description="Whether the chat model is asked once more which sentences are not borne out.",
    )
    threads: int = Field(
        default=1, ge=1, le=64, description="Threads of a sentence-transformers model."
    )
    save_conversations: bool = Field(
        default=True, description="Whether conversations are kept in the data folder."
    )
    log_format: Literal["json", "text"] = Field(
        default="json", description="Log lines on standard error: JSON, or text to read."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Less than this is not logged; debug may hold what was asked."
    )
    otel_endpoint: str = Field(
        default="",
        description="Base URL of an OpenTelemetry collector (OTLP over HTTP); empty: what its own "
        "environment variables (OTEL_…) say, and without them no traces.",
    )
    max_file_mb: int = Field(
        default=50, ge=1, le=4096, description="Files larger than this are refused."
    )
    max_queued_jobs: int = Field(
        default=100, ge=1, le=10_000, description="So many uploads may wait in the background."
    )

    @model_validator(mode="after")
    def _tell_chat_models_apart(self) -> Self:
        names = list(self.chat_models)
        if names and not self.chat_model:
            raise _fault("这里只写另外的模型：请先用 WENCE_CHAT_MODEL 设默认的一个")
        for name in names:
            if name == self.chat_model:
                message = f"{name} 与默认模型 WENCE_CHAT_MODEL 同名"
                raise _fault(message)
            if not _is_usable(name):
                message = f"“{name[:_LONGEST_NAME]}”不能用作名称"
                raise _fault(message)
        return self

    @property
    def configured_chat_models(self) -> tuple[ConfiguredChatModel, ...]:
        """Every chat model, the default one first; empty where none is configured."""
        if not self.chat_model:
            return ()
        default = ConfiguredChatModel(
            name=self.chat_model,
            model=self.chat_model,
            base_url=self.chat_base_url,
            api_key=self.chat_api_key,
            timeout_s=self.chat_timeout_s,
        )
        further = (_completed(name, one, default) for name, one in self.chat_models.items())
        return (default, *further)

    @property
    def max_file_bytes(self) -> int:
        """`max_file_mb` in bytes."""
        return self.max_file_mb * 2**20


def _is_usable(name: str) -> bool:
    is_plain = name.isprintable() and name == name.strip()
    return is_plain and 0 < len(name) <= _LONGEST_NAME and name not in RESERVED_MODEL_NAMES


def _completed(
    name: str, one: FurtherChatModel, default: ConfiguredChatModel
) -> ConfiguredChatModel:
    """A further model with what it leaves out; no key goes to a server it was not given for."""
    is_elsewhere = one.base_url not in {"", default.base_url}
    inherited = SecretStr("") if is_elsewhere else default.api_key
    return ConfiguredChatModel(
        name=name,
        model=one.model or name,
        base_url=one.base_url or default.base_url,
        api_key=inherited if one.api_key is None else one.api_key,
        timeout_s=one.timeout_s or default.timeout_s,
    )


def setting_fault(fault: ErrorDetails) -> str:
    """What is wrong with a setting, in Chinese; the values of chat models, keys, are not told."""
    if fault["type"] == CHAT_MODELS_FAULT:
        return f"设置 WENCE_CHAT_MODELS 有误：{fault['msg']}"
    name = "_".join(map(str, fault["loc"])).upper()
    return f"设置 WENCE_{name} 的值 {fault['input']!r} 有误"
