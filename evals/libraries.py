"""A throw-away library made of texts at hand, built by the same functions as a real one."""

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from ingest.cleaning import clean
from ingest.indexing import complete
from ingest.metadata import describe
from ingest.splitting import split
from ingest.stages import Block, PublishedText, Role
from rag.assembly import System, open_system
from rag.documents import Document, Passage, derive_document_id
from rag.settings import Settings

COLLECTION = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text to put into a library; `title` is stated only where the source states one."""

    key: str
    text: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A document with all of its passages, ready for a library."""

    document: Document
    passages: tuple[Passage, ...]


def read_text(text: Text) -> list[Entry]:
    """What reading a file with this text gives: mostly one document."""
    published = PublishedText(
        blocks=tuple(Block(text=line, role=Role.LINE) for line in text.text.splitlines()),
        stated={"title": text.title} if text.title else {},
        stated_by="table",
    )
    entries = list[Entry]()
    for cleaned in clean(published):
        metadata, speeches = describe(cleaned, file_name=text.key)
        source = f"{text.key}#{cleaned.part}" if cleaned.part else text.key
        document_id = derive_document_id(collection=COLLECTION, source=source)
        document = Document(
            document_id=document_id,
            collection=COLLECTION,
            source=source,
            file_name=text.key,
            text=cleaned.text,
            metadata=metadata,
            headings=cleaned.headings,
            speeches=speeches,
        )
        passages = tuple(split(document_id, cleaned, metadata))
        entries.append(Entry(document=document, passages=passages))
    return entries


@contextmanager
def open_library(entries: Iterable[Entry]) -> Generator[System]:
    """The assistant as it is set up, on these documents, in a temporary folder that is gone
    when the block ends.
    """
    with TemporaryDirectory(prefix="wence-evals-") as folder:
        settings = Settings(data=Path(folder))
        with open_system(settings, program="wence eval") as system:
            for entry in entries:
                system.catalog.put_document(entry.document, entry.passages)
            complete(system.storage)
            yield system
