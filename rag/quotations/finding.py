"""Where the library has a quotation, verbatim or nearly: fingerprints → texts → spans."""

import re
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy

from rag.catalog import Catalog
from rag.catalog_fingerprints import UNDATED
from rag.documents import Document, Filters, Kind
from rag.filtering import date_range
from rag.protocols import WordIndex
from rag.quotations.alignment import Alignment, align
from rag.quotations.comparison import ComparableText
from rag.quotations.fingerprints import GRAM, FingerprintIndex, gram_hashes
from rag.quotations.occurrences import Occurrence, Occurrences
from rag.quotations.searching import Region, best_regions, near_regions, verbatim_places
from rag.quotations.wording import Quotation
from rag.retrieval import passages_of
from rag.text import Span, comparable, fold

_REGIONS_ALIGNED: Final = 12
_REGIONS_OF_SEGMENT: Final = 8
# The best are laid beside the quotation first; where only the source is wanted and is among them,
# then those that share nearly as much.
_ALIGNED_AT_ONCE: Final = 4
_SURELY_SOURCE: Final = 0.85
_SHARE_OF_SOURCE: Final = 0.6
_PLACES_LOOKED_AT: Final = 100_000
_FEWEST_PLACES: Final = 4_000
_LONGEST_OMISSION: Final = 3000
_SHORT_OMISSION: Final = 200
# A short quotation with one character changed shares no 4-gram with its source, but words.
_SHORT: Final = 16
_PASSAGES_ALIGNED: Final = 12
_PASSAGES_OF_TERM: Final = 2000
_TOLD_APART: Final = 120
# Longer words have so many fingerprints that no others share them all; but these know no case.
_SURE: Final = 12
_LATIN: Final = re.compile("[a-zA-Z]")
_CACHED_CHARACTERS: Final = 2_000_000

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearness:
    """A stretch of a document that is like a quotation.

    Attributes:
        text: The document's text.
        start: Of the stretch, in the comparable text; so for `end`.
    """

    document: Document
    text: ComparableText
    start: int
    end: int
    alignment: Alignment

    @property
    def is_verbatim(self) -> bool:
        """Whether it is the very words."""
        return all(operation == "equal" for operation, _, _ in self.alignment.pieces)

    @property
    def likeness(self) -> float:
        """0 to 1; clauses that changed places count nearly as much as those that did not."""
        return max(self.alignment.similarity, 0.95 * self.alignment.covered)

    @property
    def order(self) -> tuple[float, str, str, int]:
        """The most like first, then the earliest."""
        first, _ = date_range(self.document.metadata)
        return -self.likeness, first or "9999", self.document.document_id, self.start


class QuotationFinder:
    """Finds words in the library.

    Any thread may call any method. Every method may raise StorageError and IndexingError.

    Args:
        catalog: For texts, and for what the fingerprints belong to.
        fingerprints: Where 4-grams stand.
        words: For what is too short and too different for 4-grams.
    """

    def __init__(
        self, catalog: Catalog, *, fingerprints: FingerprintIndex, words: WordIndex
    ) -> None:
        self._catalog = catalog
        self._index = fingerprints
        self._words = words
        self._texts = _TextCache()

    def occurrences(self, core: str, *, filters: Filters | None = None) -> Occurrences:
        """Where the fingerprints of `core`, a comparable text, stand.

        Other words may be among them where `core` is short or holds Latin letters, and stands
        so often that the texts are not compared: more than _TOLD_APART times.

        Raises:
            ValueError: It is shorter than four characters, or a date of `filters` is none.
        """
        if len(core) < GRAM:
            message = f"{core!r} is too short to be looked up"
            raise ValueError(message)
        hashes = gram_hashes(fold(core))
        allowed = self._catalog.document_ids(filters) if filters else None
        while True:
            numbers, changes = self._index.numbers, self._catalog.fingerprints.changes
            found = Occurrences.of(
                [
                    (self._catalog.fingerprints.documents(segment.number), ordinals, starts)
                    for segment in self._index.segments
                    for ordinals, starts in (verbatim_places(segment, hashes),)
                    if len(starts)
                ],
                allowed=allowed,
            )
            # Else texts have moved from one segment to another meanwhile.
            if numbers == self._index.numbers and changes == self._catalog.fingerprints.changes:
                break
        if found.total <= _TOLD_APART and (len(core) < _SURE or _LATIN.search(core)):
            return Occurrences.listed(self._verbatim(core, found))
        return found

    def _verbatim(self, core: str, occurrences: Iterable[Occurrence]) -> Iterator[Occurrence]:
        """Those where the text is `core`, and not another one with the same fingerprint."""
        for batch in _batches(occurrences):
            documents = self._catalog.documents_by_id(one.document_id for one in batch)
            for one in batch:
                document = documents.get(one.document_id)
                if document and self.text_of(document).text.startswith(core, one.start):
                    yield one

    def mentions(self, term: str, *, filters: Filters | None = None) -> Occurrences:
        """Where `term`, a comparable text of any length but empty, stands.

        A term of less than four characters is looked for in the passages that the word index
        finds for it, at most _PASSAGES_OF_TERM of them.
        """
        if len(term) >= GRAM:
            return self.occurrences(term, filters=filters)
        return Occurrences.listed(set(self._mentions_in_passages(term, filters)))

    def _mentions_in_passages(self, term: str, filters: Filters | None) -> Iterator[Occurrence]:
        among = self._catalog.document_ids(filters) if filters else None
        hits = self._words.search_unscaled(term, limit=_PASSAGES_OF_TERM, document_ids=among)
        passages = self._catalog.passages_by_id(hit.passage_id for hit in hits)
        holding = [one for one in passages.values() if term in comparable(one.text)]
        documents = self._catalog.documents_by_id(one.document_id for one in holding)
        for document in documents.values():
            first, _ = date_range(document.metadata)
            text = self.text_of(document).text
            start = text.find(term)
            while start >= 0:
                yield Occurrence(
                    document_id=document.document_id,
                    day=int(first.replace("-", "")) if first else UNDATED,
                    start=start,
                    is_briefing=document.metadata.kind is Kind.BRIEFING,
                )
                start = text.find(term, start + 1)

    def confirmed(
        self, quotation: Quotation, occurrences: Iterable[Occurrence]
    ) -> Iterator[tuple[Document, Span]]:
        """Those that hold the quotation to the letter, in their order, with the span of it."""
        for batch in _batches(occurrences):
            documents = self._catalog.documents_by_id(one.document_id for one in batch)
            for one in batch:
                document = documents.get(one.document_id)
                span = document and self.verbatim_span(quotation, document, one.start)
                if document and span:
                    yield document, span

    def verbatim_span(self, quotation: Quotation, document: Document, start: int) -> Span | None:
        """Where the quotation stands when its core does at `start`, with what surrounds it."""
        text = self.text_of(document)
        if not text.text.startswith(quotation.core, start):
            return None
        end = start + len(quotation.core)
        before, after = quotation.before, quotation.after
        opening = _shared(before[::-1], text.text[max(0, start - len(before)) : start][::-1])
        closing = _shared(after, text.text[end : end + len(after)])
        if '"' not in before[len(before) - opening :] or '"' not in after[:closing]:
            # Marks of which the document has one alone are no part of the quotation there.
            opening = min(opening, (before[::-1] + '"').index('"'))
            closing = min(closing, (after + '"').index('"'))
        return text.span_of(start - opening, end + closing)

    def with_omissions(
        self, quotation: Quotation, *, filters: Filters | None = None
    ) -> Iterator[tuple[Document, Span]]:
        """Where all parts of a quotation with ellipses stand one after another.

        What is left out between two of them is at most _LONGEST_OMISSION characters long, beside
        a part of two characters _SHORT_OMISSION.
        """
        longest = max(quotation.parts, key=len)
        if len(quotation.parts) < 2 or len(longest) < GRAM:
            return
        seen = set[tuple[str, int]]()
        for batch in _batches(self.occurrences(longest, filters=filters)):
            documents = self._catalog.documents_by_id(one.document_id for one in batch)
            for one in batch:
                document = documents.get(one.document_id)
                if document is None:
                    continue
                text = self.text_of(document)
                place = _parts_around(
                    text.text, quotation.parts, quotation.parts.index(longest), one.start
                )
                if place and (document.document_id, place[0]) not in seen:
                    seen.add((document.document_id, place[0]))
                    yield document, text.span_of(*place)

    def near(
        self, core: str, *, filters: Filters | None = None, only_source: bool = False
    ) -> list[Nearness]:
        """Stretches that are like `core`, a comparable text, in no order, none twice.

        Args:
            core: What is looked for.
            filters: Which documents; None for all.
            only_source: Where the source of `core` is found beyond doubt, what is far less like
                it may be missing: twice as fast.
        """
        found = list[Nearness]()
        regions = self._regions(core)
        for batch in _batches(regions, size=_ALIGNED_AT_ONCE):
            if only_source and _is_found(found):
                batch = [one for one in batch if one.shared >= _SHARE_OF_SOURCE * regions[0].shared]
            for region, document in self._documents_of(batch, filters):
                text = self.text_of(document)
                found += _aligned(core, document, text, region.start, region.end)
        if len(core) <= _SHORT and not (only_source and _is_found(found)):
            found += self._near_by_words(core, filters)
        unique = dict[tuple[str, int, int], Nearness]()
        for one in found:
            unique.setdefault((one.document.document_id, one.start, one.end), one)
        return list(unique.values())

    def _regions(self, core: str) -> list[Region]:
        """Where 4-grams of `core` stand close together, most of them first."""
        hashes = gram_hashes(fold(core))
        segments = self._index.segments
        if not len(hashes) or not segments:
            return []
        budget = max(_FEWEST_PLACES, _PLACES_LOOKED_AT // len(segments))
        return best_regions(
            [
                region
                for segment in segments
                for region in near_regions(
                    segment,
                    hashes,
                    length=len(core),
                    limit=_REGIONS_OF_SEGMENT,
                    budget=budget,
                )
            ],
            limit=_REGIONS_ALIGNED,
        )

    def _documents_of(
        self, regions: Sequence[Region], filters: Filters | None
    ) -> Iterator[tuple[Region, Document]]:
        allowed = self._catalog.document_ids(filters) if filters else None
        ids = dict[tuple[int, int], str]()
        for region in regions:
            known = self._catalog.fingerprints.documents(region.segment).document_ids
            document_id = known[region.ordinal] if region.ordinal < len(known) else ""
            if document_id and (allowed is None or document_id in allowed):
                ids[region.segment, region.ordinal] = document_id
        documents = self._catalog.documents_by_id(ids.values())
        for region in regions:
            document = documents.get(ids.get((region.segment, region.ordinal), ""))
            if document is not None:
                yield region, document

    def _near_by_words(self, core: str, filters: Filters | None) -> Iterator[Nearness]:
        among = self._catalog.document_ids(filters) if filters else None
        hits = self._words.search_unscaled(core, limit=_PASSAGES_ALIGNED, document_ids=among)
        for found in passages_of(self._catalog, hits):
            text, span = self.text_of(found.document), found.passage.span
            bounds = numpy.searchsorted(text.offsets, [span.start, span.end])
            yield from _aligned(core, found.document, text, int(bounds[0]), int(bounds[1]))

    def document(self, document_id: str) -> Document | None:
        """The document, or None where there is none any more."""
        return self._catalog.documents_by_id([document_id]).get(document_id)

    def text_of(self, document: Document) -> ComparableText:
        """The document's text, as quotations are compared."""
        return self._texts.of(document)


class _TextCache:
    """Comparable texts of the documents asked for last."""

    def __init__(self) -> None:
        self._texts = OrderedDict[str, ComparableText]()
        self._characters = 0
        self._lock = threading.Lock()

    def of(self, document: Document) -> ComparableText:
        with self._lock:
            known = self._texts.get(document.document_id)
            if known is not None and known.original == document.text:
                self._texts.move_to_end(document.document_id)
                return known
        text = ComparableText.of(document.text)
        with self._lock:
            former = self._texts.pop(document.document_id, None)
            self._characters += len(text.original) - (len(former.original) if former else 0)
            self._texts[document.document_id] = text
            while self._characters > _CACHED_CHARACTERS and len(self._texts) > 1:
                _, oldest = self._texts.popitem(last=False)
                self._characters -= len(oldest.original)
        return text


def _is_found(found: Iterable[Nearness]) -> bool:
    """Whether a quotation's source is among what was found, beyond doubt."""
    return any(one.likeness >= _SURELY_SOURCE for one in found)


def _batches(items: Iterable[_Item], size: int = 16) -> Iterator[list[_Item]]:
    batch = list[_Item]()
    for one in items:
        batch.append(one)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def _shared(one: str, other: str) -> int:
    """With how many characters both begin."""
    return next(
        (index for index, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )


def _parts_around(
    text: str, parts: Sequence[str], index: int, start: int
) -> tuple[int, int] | None:
    """From the first to the last part, where `parts[index]` stands at `start`; or None."""
    if not text.startswith(parts[index], start):
        return None
    first, last = start, start + len(parts[index])
    for part in reversed(parts[:index]):
        first = text.rfind(part, max(0, first - _omission(part) - len(part)), first)
        if first < 0:
            return None
    for part in parts[index + 1 :]:
        place = text.find(part, last, last + _omission(part) + len(part))
        if place < 0:
            return None
        last = place + len(part)
    return first, last


def _omission(part: str) -> int:
    """How much may be left out beside a part: a few characters stand everywhere."""
    return _LONGEST_OMISSION if len(part) > 2 else _SHORT_OMISSION


def _aligned(
    core: str, document: Document, text: ComparableText, start: int, end: int
) -> Iterator[Nearness]:
    start, end = max(0, start), min(len(text.text), end)
    alignment = align(core, text.text[start:end])
    if alignment is not None and alignment.end > alignment.start:
        yield Nearness(
            document=document,
            text=text,
            start=start + alignment.start,
            end=start + alignment.end,
            alignment=alignment,
        )
