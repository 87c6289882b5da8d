"""Sentences of the library that state numbers, as those of a draft are compared with them."""

import heapq
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from propcache.api import cached_property

from rag.documents import Document
from rag.drafts.claims import Claim, read_claims
from rag.drafts.pairs import pairs
from rag.drafts.sentences import sentences_of
from rag.quantities import find_quantities
from rag.scopes import Scope
from rag.text import Span, fold

NUMBER: Final = re.compile(r"\d|[一二三四五六七八九十百千]")
# So many sentences are weighed: what is said of the fact is among those most alike.
_MOST_LIKE: Final = 24


# Which number of which document: its id, and the start and end of the number.
Place = tuple[str, int, int]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SourceClaim:
    """A claim of a document of the library, and its place."""

    claim: Claim
    document: Document
    place: Place


@dataclass(frozen=True, kw_only=True, eq=False)
class SourceSentence:
    """A sentence of a document; its numbers are read when they are asked for.

    Attributes:
        around_pairs: Pairs of characters of `around`.
        pairs: And of the sentence.
    """

    document: Document
    span: Span
    scope: Scope
    around: str
    around_pairs: frozenset[str]
    pairs: frozenset[str]
    place_names: frozenset[str]

    @cached_property
    def claims(self) -> Sequence[SourceClaim]:
        """What it claims with numbers, in order of place."""
        text = self.document.text
        return [
            SourceClaim(
                claim=claim,
                document=self.document,
                place=(
                    self.document.document_id,
                    claim.quantity.span.start,
                    claim.quantity.span.end,
                ),
            )
            for claim in read_claims(
                text,
                within=self.span,
                numbers=find_quantities(text, within=self.span),
                outer=(self.scope,),
                known=self.place_names,
                around=self.around,
                around_pairs=self.around_pairs,
            )
        ]


class InCommon(dict[SourceSentence, int]):
    """How many pairs of characters sentences have in common with one of the draft's: counted
    when first asked for.

    Args:
        own: Those of the draft's.
    """

    def __init__(self, own: set[str]) -> None:
        super().__init__()
        self._own = own

    def __missing__(self, source: SourceSentence) -> int:
        count = self[source] = len(self._own & source.pairs)
        return count

    def count(
        self,
        sentences: Sequence[SourceSentence],
        *,
        by_pair: Mapping[str, Sequence[SourceSentence]],
    ) -> None:
        """Count many sentences at once, ten times as fast as one by one.

        Args:
            sentences: All of them or none are counted already.
            by_pair: Which of them have a pair of characters.
        """
        if sentences and sentences[0] not in self:
            self.update(dict.fromkeys(sentences, 0))
            found = (by_pair[pair] for pair in self._own if pair in by_pair)
            self.update(Counter(chain.from_iterable(found)))

    @property
    def size(self) -> int:
        """How many pairs the draft's sentence has."""
        return len(self._own)

    def most_like(self, sources: Iterable[SourceSentence], *, least: float) -> list[SourceSentence]:
        """Those most like the draft's sentence of those that have `least` in common with it."""
        return heapq.nlargest(
            _MOST_LIKE,
            (one for one in sources if self[one] >= least),
            # A long sentence has more in common with any other.
            key=lambda one: self[one] ** 2 / len(one.pairs),
        )


def read_source_sentences(
    document: Document,
    *,
    within: Span,
    headings: str,
    scope: Scope,
    place_names: frozenset[str],
) -> list[SourceSentence]:
    """The sentences of a part of a document that have a numeral in them, in order.

    Args:
        document: A document of the library.
        within: The part.
        headings: What stands above it: titles.
        scope: What the document speaks of.
        place_names: Names of areas besides those of the gazetteer.
    """
    text = document.text
    headings = fold(headings)
    of_headings = frozenset(pairs(headings))
    found = list[SourceSentence]()
    before, of_before = "", set[str]()
    for span in sentences_of(text, within=within):
        folded, own = fold(span.of(text)), None
        if NUMBER.search(text, span.start, span.end):
            own = pairs(folded)
            around_pairs = of_headings.union(pairs(before) if of_before is None else of_before)
            found.append(
                SourceSentence(
                    document=document,
                    span=span,
                    scope=scope,
                    around=f"{headings}。{before}",
                    around_pairs=around_pairs,
                    pairs=around_pairs | own,
                    place_names=place_names,
                )
            )
        before, of_before = folded, own
    return found
