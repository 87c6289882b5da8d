"""A document in pieces that fit into what a model can read at a time."""

from pydantic import Field

from ui.api.document_schemas import DocumentDetail, DocumentItem


class DocumentPiece(DocumentItem):
    """What is known about a document, and a piece of its text."""

    start: int = Field(description="Where the piece begins in the whole text, in code points.")
    end: int = Field(description="Where it ends; `text` is [start, end) of the whole text.")
    text: str
    next_start: int | None = Field(description="`start` of the next piece; null after the last.")


def piece_of(document: DocumentDetail, *, start: int, max_characters: int) -> DocumentPiece:
    """The piece that begins at `start`; empty where that lies behind the end of the text.

    A piece that is not the last ends with a line where one ends in its second half.
    """
    text = document.text
    start = min(start, len(text))
    end = min(start + max_characters, len(text))
    if end < len(text):
        line_end = text.rfind("\n", start + max_characters // 2, end) + 1
        end = line_end or end
    known = DocumentItem.model_validate(document.model_dump(include=set(DocumentItem.model_fields)))
    return DocumentPiece(
        **known.model_dump(),
        start=start,
        end=end,
        text=text[start:end],
        next_start=end if end < len(text) else None,
    )
