"""The documents that were asked for lately: evidence needs their texts at every question."""

import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable

from rag.documents import Document


class DocumentCache:
    """Whole documents by id, the least recently used thrown out first.

    A document that was read before a change and is remembered after it would be stale for
    ever, hence the generation: `remember` drops what was read in a former one.

    Args:
        max_characters: All texts together; a longer text is not kept at all.
    """

    def __init__(self, *, max_characters: int = 16_000_000) -> None:
        self._max_characters = max_characters
        self._characters = 0
        self._documents = OrderedDict[str, Document]()
        self._lock = threading.Lock()
        self._generation = 0

    @property
    def generation(self) -> int:
        """A number that every change of a document raises."""
        return self._generation

    def known(self, document_ids: Collection[str]) -> dict[str, Document]:
        """Those that are here."""
        with self._lock:
            found = {
                document_id: self._documents[document_id]
                for document_id in document_ids
                if document_id in self._documents
            }
            for document_id in found:
                self._documents.move_to_end(document_id)
            return found

    def remember(self, documents: Iterable[Document], *, generation: int) -> None:
        """Keep `documents`, read when `generation` was current."""
        with self._lock:
            if generation != self._generation:
                return
            for document in documents:
                self._drop(document.document_id)
                self._documents[document.document_id] = document
                self._characters += len(document.text)
            while self._characters > self._max_characters:
                _, oldest = self._documents.popitem(last=False)
                self._characters -= len(oldest.text)

    def forget(self, document_id: str) -> None:
        """The document has changed."""
        with self._lock:
            self._generation += 1
            self._drop(document_id)

    def _drop(self, document_id: str) -> None:
        document = self._documents.pop(document_id, None)
        if document is not None:
            self._characters -= len(document.text)
