"""Does a sentence that a model wrote stand in the evidence it cites?"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.citations import cite
from rag.documents import Citation, Evidence, RetrievedPassage
from rag.features import Rarity
from rag.protocols import Segmenter
from rag.text import fold, sentence_spans

MARKER = re.compile(r"\[(\d{1,3})\]|【(\d{1,3})】|［(\d{1,3})］")
_FIGURE = re.compile(r"\d+(?:\.\d+)?%?")
_QUOTED = re.compile('"([^"]{2,})"')
# Share of a sentence's words, weighed by rarity, that must stand in what it cites. At .6 a
# paraphrase of one clause passes and a sentence about something else does not.
COVERAGE = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A sentence of a model's reply with its citations.

    Attributes:
        text: The sentence with its valid markers behind it.
        citations: One for each valid marker; markers as in the text.
        supported: Whether the cited passages together hold what the sentence says.
    """

    text: str
    citations: tuple[Citation, ...]
    supported: bool


class ClaimChecker:
    """Ties sentences to evidence.

    A sentence is supported when every figure and every quoted string of it stands in the
    passages it cites and its words are covered to COVERAGE, weighed by rarity.
    """

    def __init__(
        self, evidence: Sequence[RetrievedPassage], *, segmenter: Segmenter, rarity: Rarity
    ) -> None:
        self._evidence = evidence
        self._segmenter = segmenter
        self._rarity = rarity

    def check(self, sentence: str) -> Claim:
        """Check one sentence; markers that name no evidence are taken out of it."""
        numbers = [int(next(filter(None, groups))) for groups in MARKER.findall(sentence)]
        valid = [n for n in dict.fromkeys(numbers) if 1 <= n <= len(self._evidence)]
        bare = MARKER.sub("", sentence).rstrip()
        supported = bool(valid) and self._supports(bare, valid)
        citations = tuple(
            replace(self._cite(number, bare), support="verified" if supported else "unsupported")
            for number in valid
        )
        text = bare + "".join(f"[{number}]" for number in valid)
        return Claim(text=text, citations=citations, supported=supported)

    def _supports(self, sentence: str, numbers: Sequence[int]) -> bool:
        cited = "\n".join(
            fold(self._evidence[n - 1].passage.context + self._evidence[n - 1].passage.text)
            for n in numbers
        )
        folded = fold(sentence)
        exact = [*_FIGURE.findall(folded), *_QUOTED.findall(folded)]
        return all(part in cited for part in exact) and self._coverage(folded, cited) >= COVERAGE

    def _coverage(self, sentence: str, cited: str) -> float:
        weights = {word: self._rarity(word) for word in self._segmenter.words(sentence)}
        total = math.fsum(weights.values())
        return math.fsum(w for word, w in weights.items() if word in cited) / max(total, 1e-9)

    def _cite(self, number: int, sentence: str) -> Citation:
        """Cite the sentence of the passage that shares most with what the model wrote."""
        one = self._evidence[number - 1]
        text = one.document.text
        spans = sentence_spans(text, within=one.passage.span)
        best = max(spans, key=lambda span: self._coverage(fold(sentence), fold(span.of(text))))
        found = Evidence(passage=one.passage, document=one.document, span=best, score=one.score)
        return cite(number, found)
