"""How the catalog writes what users said, and how its lists are paged."""

import base64
import json
import re
from datetime import UTC, datetime
from typing import Final

LONGEST_PAGE: Final = 1000

_CURSOR: Final = re.compile(r"([0-9T:.+-]{32}) ([0-9a-f]{32})")


def check_limit(limit: int) -> None:
    """Refuse what is no length of a page.

    Raises:
        ValueError: `limit` is not 1 to LONGEST_PAGE.
    """
    if not 1 <= limit <= LONGEST_PAGE:
        message = f"每页条数须在 1 到 {LONGEST_PAGE} 之间，不能是 {limit}"
        raise ValueError(message)


def bad_cursor() -> ValueError:
    """What to raise for a cursor that no page gave."""
    return ValueError("翻页标记无效：请用上一页返回的 next，或从头列出")


def page_cursor(time: datetime, identifier: str) -> str:
    """The cursor behind a row: its time, then its id of 32 hexadecimal digits."""
    return base64.urlsafe_b64encode(f"{written_time(time)} {identifier}".encode()).decode()


def parsed_cursor(cursor: str) -> tuple[str, str]:
    """Time and id that `page_cursor` wrote.

    Raises:
        ValueError: It wrote no such thing.
    """
    try:
        text = base64.urlsafe_b64decode(cursor.encode()).decode()
    except ValueError as error:
        raise bad_cursor() from error
    match = _CURSOR.fullmatch(text)
    if match is None:
        raise bad_cursor()
    return match[1], match[2]


def now() -> datetime:
    """The time, with its zone: the clock where no other one is given."""
    return datetime.now(UTC)


def written_time(time: datetime) -> str:
    """In UTC and of one length, so that texts sort as times do."""
    return time.astimezone(UTC).isoformat(timespec="microseconds")


def encodable(text: str) -> str:
    """`text` with lone surrogates, which a chat model's JSON may hold and UTF-8 can't, as "?"."""
    return text.encode("utf-8", "replace").decode()


def written_json(value: object) -> str:
    """Plain values as JSON that UTF-8 can hold."""
    return encodable(json.dumps(value, ensure_ascii=False))
