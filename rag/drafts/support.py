"""Which documents a draft follows, by what they have confirmed so far."""

from collections import Counter, defaultdict
from typing import Final

from rag.drafts.source_sentences import Place, SourceClaim
from rag.text import Span

_SAME_SENTENCE: Final = 0.15
_NEXT_SENTENCE: Final = 0.08
_MOST_BY_SENTENCE: Final = 0.3
_BY_PARAGRAPH: Final = (0.0, 0.08, 0.15)
_NEXT: Final = 120


class Support:
    """What was confirmed, and how much more it makes likely.

    A sentence of a draft in which two numbers are those of one sentence of a document is that
    sentence in other words: its third number is the third of that sentence.
    """

    def __init__(self) -> None:
        self._spans = defaultdict[tuple[int, str], list[Span]](list)
        self._documents = Counter[tuple[int, str]]()
        self._used = set[tuple[int, Place]]()
        self._used_anywhere = set[Place]()

    def add(self, source: SourceClaim, *, sentence: int, paragraph: int) -> None:
        """A claim of a document confirms a number of this sentence of the draft."""
        document_id = source.document.document_id
        self._spans[sentence, document_id].append(source.claim.sentence)
        self._documents[paragraph, document_id] += 1
        self._used.add((paragraph, source.place))
        self._used_anywhere.add(source.place)

    def of(self, source: SourceClaim, *, sentence: int, paragraph: int) -> float:
        """How much what was confirmed speaks for a further claim of the document."""
        document_id = source.document.document_id
        theirs = source.claim.sentence
        gained = 0.0
        for near in (sentence - 1, sentence, sentence + 1):
            for span in self._spans.get((near, document_id), ()):
                if span == theirs:
                    gained += _SAME_SENTENCE if near == sentence else _NEXT_SENTENCE
                elif max(span.start, theirs.start) - min(span.end, theirs.end) <= _NEXT:
                    gained += _NEXT_SENTENCE if near == sentence else 0.0
        confirmed = min(self._documents[paragraph, document_id], len(_BY_PARAGRAPH) - 1)
        return min(gained, _MOST_BY_SENTENCE) + _BY_PARAGRAPH[confirmed]

    def is_used(self, source: SourceClaim, *, paragraph: int) -> bool:
        """Whether the claim confirms a number of the paragraph already."""
        return (paragraph, source.place) in self._used

    def is_used_anywhere(self, source: SourceClaim) -> bool:
        """Whether the claim confirms a number of the draft already."""
        return source.place in self._used_anywhere
