"""The bodies of documents in the HTTP API, and how they are made from the core's nouns."""

from collections.abc import Sequence
from typing import Self

from pydantic import BaseModel, Field

from rag.catalog_entries import DocumentEntry
from rag.documents import AttributedSpeech, Document, Heading, Kind, Level, Metadata, Passage
from ui.api.schemas import SpanBody


class PassageBody(SpanBody):
    """A passage of a document; its text is `[start, end)` of the document's."""

    passage_id: str
    index: int
    heading_path: list[str]
    page: int | None

    @classmethod
    def of_passage(cls, passage: Passage) -> Self:
        """The body for `passage`."""
        return cls(
            passage_id=passage.passage_id,
            index=passage.index,
            start=passage.span.start,
            end=passage.span.end,
            heading_path=list(passage.heading_path),
            page=passage.page,
        )


class HeadingBody(SpanBody):
    """A heading inside a document."""

    text: str
    level: int

    @classmethod
    def of_heading(cls, heading: Heading, text: str) -> Self:
        """The body for a heading of the document with this text."""
        return cls(
            start=heading.span.start,
            end=heading.span.end,
            text=heading.span.of(text),
            level=heading.level,
        )


class SpeechBody(SpanBody):
    """A stretch of a document that the document says somebody said."""

    speaker: str
    office: str | None
    introduction: SpanBody = Field(description="Where the words stand that say so.")

    @classmethod
    def of_speech(cls, speech: AttributedSpeech) -> Self:
        """The body for `speech`."""
        return cls(
            start=speech.span.start,
            end=speech.span.end,
            speaker=speech.speaker.name,
            office=speech.speaker.office,
            introduction=SpanBody.of(speech.introduction),
        )


class DocumentItem(BaseModel):
    """A document in a list. Dates may be partial: 2019-03, 2019, --12-28."""

    document_id: str
    title: str
    kind: Kind
    issuer: str | None
    publisher: str | None
    place: str | None
    place_level: Level | None
    event_date: str | None
    published_date: str | None
    speakers: list[str]
    collection: str
    file_name: str
    document_number: str | None
    url: str | None
    is_sample: bool = Field(description="An invented example of the built-in library.")
    characters: int
    passage_count: int


class DocumentDetail(DocumentItem):
    """A document with its text and how each field of its metadata was found."""

    source: str
    text: str
    place_within: list[str]
    offices: dict[str, str] = Field(description="Name of a speaker → office.")
    reporters: list[str]
    editors: list[str]
    sources: list[str] = Field(description="What a briefing rests on.")
    origins: dict[str, str] = Field(description="Name of a field → how it was found.")
    pages: list[tuple[int, int]] = Field(description="(offset, number of the page beginning).")
    headings: list[HeadingBody]
    speeches: list[SpeechBody]
    passages: list[PassageBody]


class DocumentList(BaseModel):
    """A page of a list of documents."""

    items: list[DocumentItem]
    next: str | None


def _optional(value: object) -> str | None:
    return None if value is None else str(value)


def _item_fields(metadata: Metadata) -> dict[str, object]:
    place = metadata.place
    return {
        "title": metadata.title,
        "kind": metadata.kind,
        "issuer": metadata.issuer,
        "publisher": metadata.publisher,
        "place": place.name if place else None,
        "place_level": place.level if place else None,
        "event_date": _optional(metadata.event_date),
        "published_date": _optional(metadata.published_date),
        "speakers": [speaker.name for speaker in metadata.speakers],
        "document_number": metadata.document_number,
        "url": metadata.url,
        "is_sample": metadata.is_sample,
    }


def document_item(entry: DocumentEntry) -> DocumentItem:
    """The body for an entry of a list."""
    return DocumentItem.model_validate({
        **_item_fields(entry.metadata),
        "document_id": entry.document_id,
        "collection": entry.collection,
        "file_name": entry.file_name,
        "characters": entry.characters,
        "passage_count": entry.passages,
    })


def document_detail(document: Document, passages: Sequence[Passage]) -> DocumentDetail:
    """The body for a whole document."""
    metadata = document.metadata
    return DocumentDetail.model_validate({
        **_item_fields(metadata),
        "document_id": document.document_id,
        "collection": document.collection,
        "file_name": document.file_name,
        "characters": len(document.text),
        "passage_count": len(passages),
        "source": document.source,
        "text": document.text,
        "place_within": list(metadata.place.within) if metadata.place else [],
        "offices": {person.name: person.office for person in metadata.speakers if person.office},
        "reporters": list(metadata.reporters),
        "editors": list(metadata.editors),
        "sources": list(metadata.sources),
        "origins": dict(metadata.origins),
        "pages": list(document.pages),
        "headings": [HeadingBody.of_heading(one, document.text) for one in document.headings],
        "speeches": [SpeechBody.of_speech(one) for one in document.speeches],
        "passages": [PassageBody.of_passage(one) for one in passages],
    })
