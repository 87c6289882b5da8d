"""What a client may ask of an upload by headers: not to wait for it, not to do it twice."""

import re
from typing import Annotated

from fastapi import Header, HTTPException, Request

# RFC 9651 writes a string in quotation marks; many clients leave them out.
_QUOTED = re.compile(r'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\]){1,512})"')
_BARE = re.compile(r"[A-Za-z0-9._~:/+=-]+")
_LONGEST_KEY = 255


def idempotency_key(
    request: Request,
    _: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            description="A string that no other upload has, like a random UUID, in quotation "
            "marks or without, at most 255 characters. The same upload sent again with the same "
            "key within 24 hours is not done again: its result is given once more; while it is "
            "being worked on, its job, or 409 where no job was asked for. Another upload with "
            "the same key is refused with 422. An upload that failed as a whole (5xx) may be "
            "tried again with its key.",
            examples=['"8e03978e-40d5-43e8-bc93-6894a57f9324"'],
        ),
    ] = None,
) -> str | None:
    """The key, without quotation marks; None where there is none.

    Raises:
        HTTPException: It is malformed.
    """
    values = request.headers.getlist("idempotency-key")
    if not values:
        return None
    value = values[0].strip(" \t")
    quoted = _QUOTED.fullmatch(value)
    key = re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else value
    if len(values) > 1 or len(key) > _LONGEST_KEY or not (quoted or _BARE.fullmatch(key)):
        raise HTTPException(
            400,
            "请求头 Idempotency-Key 应为一个用引号括起的字符串，如"
            ' "8e03978e-40d5-43e8-bc93-6894a57f9324"：ASCII 字符，1 到 255 个。',
        )
    return key


def prefers_async(
    request: Request,
    _: Annotated[
        str | None,
        Header(
            alias="Prefer",
            description="`respond-async` (RFC 7240): reply with 202 and a job as soon as the files "
            "are safe on the disk; they are taken in in the background.",
            examples=["respond-async"],
        ),
    ] = None,
) -> bool:
    """Whether the client would rather be told of a job than wait; unknown preferences don't
    matter.
    """
    preferences = ",".join(request.headers.getlist("prefer")).split(",")
    tokens = {preference.partition(";")[0].strip().lower() for preference in preferences}
    return "respond-async" in tokens
