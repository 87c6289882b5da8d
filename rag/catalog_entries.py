"""What the catalog says about documents without handing them out."""

import base64
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Self

from rag.documents import Metadata


class Change(StrEnum):
    """What became of a document."""

    ADDED = "added"
    REPLACED = "replaced"
    UNCHANGED = "unchanged"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentEntry:
    """A document without its text.

    Attributes:
        state: "pending" while one of its passages is not in both indexes.
        characters: Length of its text in code points.
        passages: How many there are.
    """

    document_id: str
    collection: str
    source: str
    file_name: str
    metadata: Metadata
    state: Literal["pending", "indexed"]
    characters: int
    passages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How much there is; `tombstones` are passages still to be removed from the indexes."""

    documents: int
    passages: int
    pending: int
    tombstones: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Where a page of a list ended: everything that sorts after it comes next."""

    date: str
    title: str
    document_id: str

    def __str__(self) -> str:
        fields = json.dumps([self.date, self.title, self.document_id], ensure_ascii=False)
        return base64.urlsafe_b64encode(fields.encode()).decode()

    @classmethod
    def parse(cls, text: str) -> Self:
        """The inverse of `str`.

        Raises:
            ValueError: `text` was not made by `str`.
        """
        try:
            date, title, document_id = json.loads(base64.urlsafe_b64decode(text.encode()))
        except (ValueError, TypeError) as error:
            message = f"翻页标记 {text!r} 无效：请用上一页返回的 next，或从头列出"
            raise ValueError(message) from error
        return cls(date=str(date), title=str(title), document_id=str(document_id))
