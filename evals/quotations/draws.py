"""Draws that are the same on every run and every machine, and move little when texts change."""

import hashlib
from collections.abc import Iterable
from typing import Final, TypeVar

from rag.text import Span

_SEED: Final = "wence"

# What is written the same everywhere: a function's or an object's own words hold its address.
Item = TypeVar("Item", bound=str | int | tuple[int | str, ...] | Span)


def digest(*key: object) -> bytes:
    """16 bytes that follow from the key alone."""
    parts = "\0".join((_SEED, *map(str, key)))
    return hashlib.blake2b(parts.encode(), digest_size=16).digest()


def draw(upper: int, *key: object) -> int:
    """A number from 0 up to, not including, `upper`, the same for the same key.

    Raises:
        ValueError: `upper` is not positive.
    """
    if upper < 1:
        message = f"nothing can be drawn from {upper!r} numbers"
        raise ValueError(message)
    return int.from_bytes(digest(*key)) % upper


def shuffled(items: Iterable[Item], *key: object) -> list[Item]:
    """The items in an order that follows from their words and the key, not from their own."""
    return sorted(items, key=lambda item: digest(*key, item))
