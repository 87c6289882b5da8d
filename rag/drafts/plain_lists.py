"""Lists that stand for no term, and the same list of a document."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, product
from typing import Final

from rag.documents import Document, RetrievedPassage
from rag.drafts.enumerations import Enumeration, ListWords, readings
from rag.drafts.evidence import EvidenceFinder
from rag.drafts.lexicon import Place
from rag.drafts.list_comparison import ComparedLists, Difference, compare_lists
from rag.drafts.lists_by_form import find_plain_lists
from rag.drafts.pairs import pairs
from rag.drafts.reading import Draft, DraftSentence
from rag.scopes import places_agree, read_scope
from rag.text import Span, fold

_FEWEST_ITEMS: Final = 3
_SHORT_DOCUMENT: Final = 3000
_LEAST_COMMON: Final = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class ListComparison:
    """A list of a draft beside one of a document, and where both stand.

    Attributes:
        place: Where the document's items stand.
        items: Where the draft's stand.
    """

    compared: ComparedLists
    place: Place
    document: Document
    items: tuple[Span, ...]

    @property
    def span(self) -> Span:
        """The draft's list."""
        return Span(self.items[0].start, self.items[-1].end)


class PlainListFinder:
    """Finds the list of a document that a list of the draft is, or nearly is."""

    def __init__(self, draft: Draft, evidence: EvidenceFinder) -> None:
        self._draft = draft
        self._evidence = evidence
        self._lists = dict[str, list[_SourceList]]()

    def find(self, one: Enumeration, sentence: DraftSentence) -> Iterator[ListComparison]:
        """Lists of documents that are the same, or differ in an item or two."""
        text = self._draft.text
        own = _own_pairs(text, one)
        read = list(readings(text, one))
        for document, span in self._places(one, sentence):
            for listed in self._lists_of(document, span):
                is_like = len(own & listed.pairs) >= _LEAST_COMMON * len(own)
                if not is_like or listed.words.is_exact is not one.is_exact:
                    continue
                if found := _best(read, listed):
                    yield ListComparison(
                        compared=found[0], place=listed.place, document=document, items=found[1]
                    )

    def _places(self, one: Enumeration, sentence: DraftSentence) -> Iterator[tuple[Document, Span]]:
        """Where the list may stand: in texts that speak of the same area as the sentence. Areas
        that are items of the list do not count, and what stands before may name it.
        """
        used = {one.document_id: one for one in self._evidence.used_documents}
        whole = ((each, Span(0, len(each.text))) for each in used.values())
        found = self._evidence.passages_like(sentence, self._draft.text)
        others = {
            (each.document.document_id, _whole_if_short(each)): each.document
            for each in found
            if each.document.document_id not in used
        }
        passages = ((document, span) for (_, span), document in others.items())
        text = self._draft.text
        before = text[sentence.span.start : one.span.start]
        own = read_scope(f"{before}，{text[one.span.end : sentence.span.end]}")
        around = text[text.rfind("\n", 0, sentence.span.start) + 1 : sentence.span.start]
        for document, span in chain(whole, passages):
            theirs = self._evidence.scope_of(document)
            if places_agree(sentence.scopes, theirs):
                yield document, span
            elif own.places or own.is_national:
                # A county's document names its towns.
                if places_agree((own,), theirs) or any(
                    place in document.text for place in own.places
                ):
                    yield document, span
            elif not theirs.places or any(
                place in sentence.around + around for place in theirs.places
            ):
                yield document, span

    def _lists_of(self, document: Document, span: Span) -> list["_SourceList"]:
        key = f"{document.document_id} {span.start} {span.end}"
        if key not in self._lists:
            self._lists[key] = list(_read_lists(document, span))
        return self._lists[key]


def _whole_if_short(found: RetrievedPassage) -> Span:
    """Where lists are looked for: the passage, and all around it in a short document."""
    length = len(found.document.text)
    return Span(0, length) if length <= _SHORT_DOCUMENT else found.passage.span


def _own_pairs(text: str, one: Enumeration) -> set[str]:
    """Pairs of characters of the list, without most of what may stand before its first item."""
    first, *others = one.items
    if not one.begins_clearly:
        first = Span(max(first.start, first.end - max(map(len, others))), first.end)
    return pairs(fold(text[first.start : one.span.end]))


@dataclass(frozen=True, slots=True, kw_only=True)
class _SourceList:
    words: ListWords
    parted: ListWords | None
    pairs: frozenset[str]
    place: Place


def _read_lists(document: Document, span: Span) -> Iterator[_SourceList]:
    words = span.of(document.text)
    for listed in find_plain_lists(words):
        whole, *parted = (reading for reading, _ in readings(words, listed))
        if len((parted or [whole])[0].items) < _FEWEST_ITEMS:
            continue
        yield _SourceList(
            words=whole,
            parted=parted[0] if parted else None,
            pairs=frozenset(pairs(fold(listed.span.of(words)))),
            place=Place(
                document_id=document.document_id,
                start=span.start + listed.span.start,
                end=span.start + listed.span.end,
            ),
        )


def _best(
    read: Sequence[tuple[ListWords, tuple[Span, ...]]], listed: _SourceList
) -> tuple[ComparedLists, tuple[Span, ...]] | None:
    """The closest of the readings of both, with where the draft's items stand."""
    best: tuple[ComparedLists, tuple[Span, ...]] | None = None
    theirs = [listed.words] if listed.parted is None else [listed.words, listed.parted]
    for (ours, spans), other in product(read, theirs):
        found = compare_lists(ours, other)
        if found is None or (best and not _is_closer(found, best[0])):
            continue
        items = list(spans)
        items[0] = Span(items[0].start + found.starts_at, items[0].end)
        items[-1] = Span(items[-1].start, items[-1].end - found.ends_at)
        if found.difference is Difference.NONE:
            return found, tuple(items)
        best = found, tuple(items)
    return best


def _is_closer(found: ComparedLists, best: ComparedLists) -> bool:
    """Whether a reading leaves nothing that differs, or more that is the same."""
    return found.difference is Difference.NONE or found.likeness > best.likeness
