"""What the library's texts set in marks: titles, terms, what they stand for, document numbers.

A draft's 《…》 and “…” are held against these, and so are names of places. Read once from each
document and kept: see `rag.drafts.lexicon_store`.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from propcache.api import cached_property
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from rag.documents import Document
from rag.drafts.enumerations import announced, find_enumerations
from rag.quantities import find_document_numbers
from rag.text import Span, fold

LONGEST_TERM = 14
_PLACES_KEPT = 4
_TITLE = re.compile(r"《([^《》\n]{2,80})》")
_TERM = re.compile(rf"[“「『\"]([^“”「」『』\"\n，。；：！？]{{2,{LONGEST_TERM}}})[”」』\"]")
_COUNTED = re.compile(r"[两三四五六七八九十]个[\u4e00-\u9fff]{2,4}")
_SAMPLE = re.compile(r"^(?:【示例】|\[示例\]|（示例）)\s*")
_EDITION = re.compile(
    r"^中华人民共和国|[（(](?:试行|草案|暂行|修订|修订草案|\d{4}年?(?:修订|修正)?|修正案?|征求意见稿)[）)]$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in a document something stands."""

    document_id: str
    start: int
    end: int

    @property
    def span(self) -> Span:
        """Where in the document's text."""
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Something that documents set in marks.

    Attributes:
        written: As it stands at the first of the places.
        documents: In how many documents.
        places: Some of them.
    """

    written: str
    documents: int
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expansion:
    """What a term stands for.

    Attributes:
        term: Folded.
        is_quoted: The document sets the term in quotation marks.
        items: As the document writes them.
        place: From the term to the last item; None for what is known without a document.
    """

    term: str
    is_quoted: bool
    items: tuple[str, ...]
    place: Place | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What some documents set in marks; keys are folded.

    Attributes:
        titles: Titles of the documents themselves, and those they name in 《》.
        terms: Short terms in quotation marks, and what counts (四个意识) and is explained.
        numbers: Document numbers as `rag.quantities` writes their value.
        place_names: Where the documents come from.
    """

    titles: dict[str, Known] = field(default_factory=dict[str, Known])
    terms: dict[str, Known] = field(default_factory=dict[str, Known])
    numbers: dict[str, Known] = field(default_factory=dict[str, Known])
    expansions: tuple[Expansion, ...] = ()
    place_names: frozenset[str] = frozenset()


def plain_title(title: str) -> str:
    """Folded, without what marks a sample, the country's name and the edition."""
    bare = _SAMPLE.sub("", title.strip())
    while (shorter := _EDITION.sub("", bare)) != bare and len(shorter) > 3:
        bare = shorter
    return fold(bare)


def read_terms(documents: Iterable[Document]) -> Terms:
    """What `documents` set in marks; time linear in the length of their texts."""
    titles, terms, numbers = (dict[str, Known]() for _ in range(3))
    expansions = list[Expansion]()
    names = set[str]()
    for document in documents:
        _add(titles, document, _with_short([*_own_title(document), *_titles(document.text)]))
        own = list(_expansions(document))
        expansions += own
        _add(terms, document, [*_terms(document.text), *_explained(document.text, own)])
        _add(numbers, document, _numbers(document))
        if place := document.metadata.place:
            names |= {place.name, *place.within}
    return Terms(
        titles=titles,
        terms=terms,
        numbers=numbers,
        expansions=tuple(expansions),
        place_names=frozenset(names),
    )


def _add(
    known: dict[str, Known], document: Document, found: Iterable[tuple[str, str, Span]]
) -> None:
    """Count what one document has, each thing once, at its first place."""
    first = dict[str, tuple[str, Span]]()
    for key, written, span in found:
        first.setdefault(key, (written, span))
    for key, (written, span) in first.items():
        place = Place(document_id=document.document_id, start=span.start, end=span.end)
        known[key] = _joined(known.get(key), Known(written=written, documents=1, places=(place,)))


def _joined(left: Known | None, right: Known) -> Known:
    if left is None:
        return right
    return Known(
        written=left.written,
        documents=left.documents + right.documents,
        places=(*left.places, *right.places)[:_PLACES_KEPT],
    )


def _own_title(document: Document) -> Iterator[tuple[str, str, Span]]:
    title = document.metadata.title
    bare = _SAMPLE.sub("", title)
    start = document.text.find(bare)
    end = start + len(bare)
    if start < 0:
        start, end = 0, (document.text.find("\n") + 1 or len(document.text) + 1) - 1
    yield plain_title(title), bare, Span(start, end)


def _titles(text: str) -> Iterator[tuple[str, str, Span]]:
    for match in _TITLE.finditer(text):
        yield plain_title(match[1]), match[1], Span(match.start(1), match.end(1))


def _with_short(titles: Iterable[tuple[str, str, Span]]) -> Iterator[tuple[str, str, Span]]:
    """The titles, and those that begin with who wrote them without that, as they are cited."""
    for key, written, span in titles:
        yield key, written, span
        start = written.find("关于")
        if start > 0 and len(span) == len(written):
            yield plain_title(written[start:]), written[start:], Span(span.start + start, span.end)


def _terms(text: str) -> Iterator[tuple[str, str, Span]]:
    for match in _TERM.finditer(text):
        yield fold(match[1]), match[1], Span(match.start(1), match.end(1))


def _expansions(document: Document) -> Iterator[Expansion]:
    text = document.text
    for found in find_enumerations(text):
        term = found.term.of(text) if found.term else ""
        count = announced(term)
        if count is None and not found.is_quoted:
            continue
        if count is not None and count != len(found.items):
            continue
        start = min(found.span.start, found.term.start) if found.term else found.span.start
        end = max(found.span.end, found.term.end) if found.term else found.span.end
        yield Expansion(
            term=fold(term),
            is_quoted=found.is_quoted,
            items=tuple(_cut_first(found.words(text), clear=found.begins_clearly)),
            place=Place(document_id=document.document_id, start=start, end=end),
        )


def _cut_first(items: list[str], *, clear: bool) -> list[str]:
    """The items, the first without words before it: 做到权力, 人员, 系统 → 权力, 人员, 系统."""
    others = max(map(len, items[1:]))
    if not clear and len(items[0]) > others:
        items = [items[0][-len(items[1]) :], *items[1:]]
    return items


def _explained(text: str, expansions: Sequence[Expansion]) -> Iterator[tuple[str, str, Span]]:
    """Terms that count something (四个自信) and that the document explains."""
    for expansion in expansions:
        if expansion.place is None:
            continue
        for match in _COUNTED.finditer(expansion.place.span.of(text)):
            if fold(match[0]) == expansion.term:
                start = expansion.place.start + match.start()
                yield expansion.term, match[0], Span(start, start + len(match[0]))


def _numbers(document: Document) -> Iterator[tuple[str, str, Span]]:
    for number in find_document_numbers(document.text):
        yield str(number.value), number.span.of(document.text), number.span


@dataclass(frozen=True)
class Lexicon:
    """What the whole library sets in marks.

    Attributes:
        terms: All of it.
        phrases: Set phrases of the language of policy, folded, by how they are written; known
            without any document. They are also among `terms`.
    """

    terms: Terms
    phrases: Mapping[str, str] = field(default_factory=dict[str, str])

    @classmethod
    def of(cls, parts: Iterable[Terms], *, phrases: Mapping[str, str] | None = None) -> "Lexicon":
        """Of several sets of documents."""
        titles, terms, numbers = (dict[str, Known]() for _ in range(3))
        expansions = list[Expansion]()
        names = set[str]()
        for part in parts:
            for whole, added in (
                (titles, part.titles),
                (terms, part.terms),
                (numbers, part.numbers),
            ):
                for key, known in added.items():
                    whole[key] = _joined(whole.get(key), known)
            expansions += part.expansions
            names |= part.place_names
        for key, written in (phrases or {}).items():
            terms.setdefault(key, Known(written=written, documents=0, places=()))
        return cls(
            Terms(
                titles=titles,
                terms=terms,
                numbers=numbers,
                expansions=tuple(expansions),
                place_names=frozenset(names),
            ),
            phrases or {},
        )

    @cached_property
    def _titles(self) -> list[str]:
        return list(self.terms.titles)

    @cached_property
    def _neighbours(self) -> dict[str, list[str]]:
        """Terms by each form of theirs that lacks one character, and by their characters."""
        neighbours = dict[str, list[str]]()
        for term in self.terms.terms:
            if 3 <= len(term) <= LONGEST_TERM:
                for key in {*_shortened(term), "".join(sorted(term))}:
                    neighbours.setdefault(key, []).append(term)
        return neighbours

    @cached_property
    def expansions_by_item(self) -> dict[str, list[Expansion]]:
        """Expansions by each thing they hold, folded."""
        by_item = dict[str, list[Expansion]]()
        for expansion in self.terms.expansions:
            for item in expansion.items:
                by_item.setdefault(fold(item), []).append(expansion)
        return by_item

    @cached_property
    def issuers(self) -> frozenset[str]:
        """Who issues the documents of which numbers are known: 国办发, 青政办发."""
        return frozenset(number.split("〔", 1)[0] for number in self.terms.numbers)

    @cached_property
    def expansions_by_term(self) -> dict[str, list[Expansion]]:
        """Expansions by their term, folded."""
        by_term = dict[str, list[Expansion]]()
        for expansion in self.terms.expansions:
            by_term.setdefault(expansion.term, []).append(expansion)
        return by_term

    def expansions_like(
        self, items: Iterable[str], *, term: str | None, least_shared: float
    ) -> list[Expansion]:
        """Expansions of the term, and those that have nearly such a share of the items."""
        found = dict[int, Expansion]()
        counts = Counter[int]()
        for item in items:
            for expansion in self.expansions_by_item.get(fold(item), ()):
                found[id(expansion)] = expansion
                counts[id(expansion)] += 1
        like = {
            key: expansion
            for key, expansion in found.items()
            if counts[key] >= max(1, least_shared * (len(expansion.items) - 1))
        }
        if term is not None:
            like |= {id(one): one for one in self.expansions_by_term.get(term, ())}
        return list(like.values())

    def near_terms(self, term: str) -> list[str]:
        """Known terms, folded, that one character or the order of characters tells from
        `term`, which is folded; those in most documents first.
        """
        found = set[str]()
        for key in {*_shortened(term), "".join(sorted(term))}:
            for other in self._neighbours.get(key, ()):
                is_near = OSA.distance(term, other) == 1 or sorted(term) == sorted(other)
                if other != term and is_near:
                    found.add(other)
        return sorted(found, key=lambda one: (-self.terms.terms[one].documents, one))

    def near_titles(self, title: str, *, least: float, limit: int = 5) -> list[str]:
        """Known titles, plain, like the plain `title`, the likest first; those with its characters
        in another order before the others.
        """
        found = process.extract(
            title, self._titles, scorer=fuzz.ratio, score_cutoff=100 * least, limit=limit
        )
        reordered = self._titles_by_characters.get("".join(sorted(title)), ())
        names = dict.fromkeys([*reordered, *(name for name, _, _ in found)])
        return [name for name in names if name != title]

    @cached_property
    def _titles_by_characters(self) -> dict[str, list[str]]:
        by_characters = dict[str, list[str]]()
        for title in self.terms.titles:
            by_characters.setdefault("".join(sorted(title)), []).append(title)
        return by_characters


def _shortened(term: str) -> set[str]:
    return {term, *(term[:index] + term[index + 1 :] for index in range(len(term)))}
