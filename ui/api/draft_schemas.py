"""The bodies of drafts in the HTTP API. Findings go out as the dataclasses of the core."""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from rag.quotations.quotation import Finding
from ui.api.schemas import Body

MAX_TEXT_CHARACTERS = 1_000_000
"""Longer than a draft may be, so that whoever reads it says how long that is."""


class DraftBody(Body):
    """A draft as text, exactly as it stands: findings give places in it."""

    text: Annotated[str, StringConstraints(max_length=MAX_TEXT_CHARACTERS)] = Field(
        description="At most 200,000 characters. Nothing of it is stored."
    )


class DraftFindings(BaseModel):
    """What was checked in a draft, in order of place."""

    items: list[Finding]
    next: str | None = None
    text: str = Field(description="What was checked: `text[start:end]` is what a finding is about.")
    summary: str = Field(description="How many places were checked, in one Chinese sentence.")
