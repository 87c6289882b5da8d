"""Set phrases (提法): since when they are used, how often, and what they stand for.

“三定” stands for 定职能、定机构、定编制 where a document says so: in brackets behind it, behind
是指 or 即, or in front of （以下简称“三定”）. Nothing is expanded that no document expands.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from rag.catalog_fingerprints import UNDATED
from rag.documents import Document
from rag.quotations.finding import QuotationFinder
from rag.quotations.occurrences import Occurrence
from rag.quotations.quotation import Expression, Match, Wording
from rag.quotations.quoting import quote
from rag.quotations.wording import Quotation, read_term
from rag.text import Span, comparable

LONGEST: Final = 14
_LOOKED_AT: Final = 400
_SHOWN_EXPANSIONS: Final = 5
_COMMON: Final = 2
_CLOSING: Final = '[”"」』’]?'
_LIST: Final = r"[^，。；：！？（）()“”\s]{2,40}(?:、[^，。；：！？（）()“”\s]{2,40})+"
_IN_BRACKETS: Final = re.compile(
    rf"{_CLOSING}[（(](?:即|指|包括|是指)?[：:]?(?P<expansion>{_LIST})[）)]"
)
_SAID_OUT: Final = re.compile(
    rf"{_CLOSING}[，,]?(?:，?是指|指的是|，?即|，?就是|，?指|，?包括|：|——)[：:]?[“\"]?(?P<expansion>{_LIST})"
)
_CALLED: Final = re.compile(
    rf"(?P<expansion>{_LIST})”?[（(](?:以下)?(?:统称|简称|合称)?(?:为)?[：:]?[“\"「]?$"
)
_TRAILING: Final = re.compile(
    r"(?:等[^、]{0,6}|的(?:要求|原则|理念|统称|简称)|这?[一二两三四五六七八九十0-9]+(?:件事|项|个方面|方面|个字))$"
)


class ExpressionFinder:
    """Describes set phrases by the library's own documents.

    Any thread may call it. It may raise StorageError and IndexingError.
    """

    def __init__(self, finder: QuotationFinder) -> None:
        self._finder = finder

    def describe(self, phrase: str) -> Expression | None:
        """What the library says of `phrase`; None where it is too long, or stands nowhere.

        Args:
            phrase: As it was typed, with or without quotation marks.
        """
        term = _term(phrase)
        if term is None or len(term.core) > LONGEST:
            return None
        wording, places = self._wording(term)
        if wording is None:
            return None
        expansions = list(_expansions(places))
        counts = Counter(comparable(match.quote) for match in expansions)
        expansions.sort(key=lambda match: -counts[comparable(match.quote)])
        once = {comparable(match.quote): match for match in reversed(expansions)}
        terms = [_term(text) for text in counts if text != term.core]
        others = [self._wording(other)[0] for other in terms if other]
        known = sorted((one for one in others if one), key=lambda one: -one.documents)
        return Expression(
            wordings=(wording, *known[:_SHOWN_EXPANSIONS]),
            expansions=tuple(
                sorted(once.values(), key=lambda match: -counts[comparable(match.quote)])
            )[:_SHOWN_EXPANSIONS],
        )

    def _wording(self, term: Quotation) -> tuple[Wording | None, list[tuple[Document, Span]]]:
        """The wording and the places that were looked at."""
        occurrences = self._finder.mentions(term.core)
        places = list(islice(self._finder.confirmed(term, occurrences), _LOOKED_AT))
        if not places:
            return None, []
        # Briefings are dated by what they tell of: they count where there is nothing else.
        quotable = occurrences.without_briefings()
        every = list(quotable if quotable.total else occurrences)
        if occurrences.total <= _LOOKED_AT:  # none is left that was not looked at
            true = {document.document_id for document, _ in places}
            every = [one for one in every if one.document_id in true]
        dated = sorted(
            (one for one in every if one.day != UNDATED and not one.is_briefing),
            key=lambda one: one.day,
        )
        years = Counter({one.document_id: one.day // 10_000 for one in dated}.values())
        wording = Wording(
            text=places[0][1].of(places[0][0].text),
            total=len(every),
            documents=len({one.document_id for one in every}),
            by_year=dict(sorted(years.items())),
            first=self._match(term, dated),
            latest=self._match(term, reversed(dated)),
        )
        return wording, places

    def _match(self, term: Quotation, occurrences: Iterable[Occurrence]) -> Match | None:
        found = next(self._finder.confirmed(term, occurrences), None)
        return quote(*found) if found else None


def _term(text: str) -> Quotation | None:
    try:
        return read_term(text)
    except ValueError:  # too little or too much for a phrase
        return None


def _expansions(places: Iterable[tuple[Document, Span]]) -> Iterator[Match]:
    """Where the text around a phrase says what it stands for."""
    for document, span in places:
        text = document.text
        line_end = text.find("\n", span.end)
        line_end = len(text) if line_end < 0 else line_end
        for pattern in (_IN_BRACKETS, _SAID_OUT):
            if found := pattern.match(text, span.end, min(line_end, span.end + 160)):
                yield from _expansion(document, Span(*found.span("expansion")))
        line_start = text.rfind("\n", 0, span.start) + 1
        if found := _CALLED.search(text, max(line_start, span.start - 120), span.start):
            yield from _expansion(document, Span(*found.span("expansion")))


def _expansion(document: Document, span: Span) -> Iterator[Match]:
    words = span.of(document.text)
    if found := _TRAILING.search(words):
        span = Span(span.start, span.start + found.start())
    span = Span(span.start + _lead(span.of(document.text)), span.end)
    if len(span) >= 4:
        yield quote(document, span)


def _lead(items: str) -> int:
    """How much in front of the first item is none of it: 推进 of 推进减材料、减环节、减时限."""
    first, *others = items.split("、")
    beginnings = {other[0] for other in others if other}
    return max(0, first.rfind(beginnings.pop())) if len(beginnings) == 1 else 0
