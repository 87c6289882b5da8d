"""How the catalog writes documents down: JSON for what it does not search, digests for sameness."""

import hashlib
from collections.abc import Sequence
from typing import Final

from pydantic import TypeAdapter

from rag.documents import AttributedSpeech, Document, Heading, Metadata, Passage
from rag.text import fold

_METADATA: Final = TypeAdapter(Metadata)
_HEADINGS: Final = TypeAdapter(tuple[Heading, ...])
_PAGES: Final = TypeAdapter(tuple[tuple[int, int], ...])
_SPEECHES: Final = TypeAdapter(tuple[AttributedSpeech, ...])
_PATH: Final = TypeAdapter(tuple[str, ...])


def write_metadata(metadata: Metadata) -> str:
    """JSON without the fields that are unknown."""
    return _METADATA.dump_json(metadata, exclude_none=True).decode()


def read_metadata(json: str) -> Metadata:
    """The inverse of `write_metadata`."""
    return _METADATA.validate_json(json)


def write_headings(headings: tuple[Heading, ...]) -> str:
    """JSON, in order."""
    return _HEADINGS.dump_json(headings).decode()


def read_headings(json: str) -> tuple[Heading, ...]:
    """The inverse of `write_headings`."""
    return _HEADINGS.validate_json(json)


def write_pages(pages: tuple[tuple[int, int], ...]) -> str:
    """JSON, in order."""
    return _PAGES.dump_json(pages).decode()


def read_pages(json: str) -> tuple[tuple[int, int], ...]:
    """The inverse of `write_pages`."""
    return _PAGES.validate_json(json)


def write_speeches(speeches: tuple[AttributedSpeech, ...]) -> str:
    """JSON, in order."""
    return _SPEECHES.dump_json(speeches, exclude_none=True).decode()


def read_speeches(json: str) -> tuple[AttributedSpeech, ...]:
    """The inverse of `write_speeches`."""
    return _SPEECHES.validate_json(json)


def write_heading_path(path: tuple[str, ...]) -> str:
    """JSON, highest heading first."""
    return _PATH.dump_json(path).decode()


def read_heading_path(json: str) -> tuple[str, ...]:
    """The inverse of `write_heading_path`."""
    return _PATH.validate_json(json) if json != "[]" else ()


def _digest(parts: Sequence[str]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        encoded = part.encode()
        digest.update(b"%d:" % len(encoded))
        digest.update(encoded)
    return digest.hexdigest()


def content_digest(document: Document, passages: Sequence[Passage]) -> str:
    """What tells an unchanged document from a changed one.

    It covers all that the catalog would store, the passages too, so that a new version of
    cleaning, metadata or splitting shows by itself, without a number that someone must raise.
    """
    parts = [
        document.collection,
        document.source,
        document.file_name,
        document.text,
        write_metadata(document.metadata),
        write_headings(document.headings),
        write_pages(document.pages),
        write_speeches(document.speeches),
    ]
    for passage in passages:
        parts += (passage.passage_id, str(passage.index), str(passage.page))
        parts += (write_heading_path(passage.heading_path), passage.context)
        parts += (passage.lead, passage.text)
    return _digest(parts)


def text_digest(text: str) -> str:
    """Equal for texts that compare equal: 32 hexadecimal digits."""
    return _digest([fold(text)])
