"""Settings, read once where a program starts; functions below take plain values."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Every setting of 问策; each is an environment variable with the prefix WENCE_."""

    model_config = SettingsConfigDict(
        env_prefix="WENCE_", env_file=".env", extra="ignore", frozen=True
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

    @property
    def max_file_bytes(self) -> int:
        """`max_file_mb` in bytes."""
        return self.max_file_mb * 2**20
