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
from rag.documents import Document, derive_document_id
from rag.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text to put into a library; `title` is stated only where the source states one."""

    key: str
    text: str
    title: str = ""


@contextmanager
def open_library(texts: Iterable[Text]) -> Generator[System]:
    """Index texts in a temporary folder that is gone when the block ends."""
    with TemporaryDirectory(prefix="wence-evals-") as folder:
        settings = Settings(data=Path(folder))
        with open_system(settings, program="wence eval") as system:
            for text in texts:
                _put(system, text)
            complete(system.storage)
            yield system


def _put(system: System, text: Text) -> None:
    published = PublishedText(
        blocks=tuple(Block(text=line, role=Role.LINE) for line in text.text.splitlines()),
        stated={"title": text.title} if text.title else {},
        stated_by="table",
    )
    for cleaned in clean(published):
        metadata, speeches = describe(cleaned, file_name=text.key)
        source = f"{text.key}#{cleaned.part}" if cleaned.part else text.key
        document_id = derive_document_id(collection="default", source=source)
        document = Document(
            document_id=document_id,
            collection="default",
            source=source,
            file_name=text.key,
            text=cleaned.text,
            metadata=metadata,
            headings=cleaned.headings,
            speeches=speeches,
        )
        system.catalog.put_document(document, split(document_id, cleaned, metadata))
