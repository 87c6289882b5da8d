"""Ties the sentences that a chat model wrote to evidence, and marks those without."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from rag.citations import cite
from rag.documents import Citation, RetrievedPassage
from rag.documents import Evidence as CitedSentence
from rag.entailment import Entailment, Evidence
from rag.features import Rarity
from rag.protocols import Segmenter
from rag.text import Span, fold, sentence_spans

MARKER: Final = re.compile(r"\[(\d{1,3})\]|【(\d{1,3})】|［(\d{1,3})］")
UNSUPPORTED_MARK: Final = "〔未见依据〕"
# 主要有以下三点： says nothing by itself.
_LEAD_IN: Final = re.compile(r"[:：]\s*$")
# A passage that has less of a sentence's words says nothing of it.
_LEAST_OF_ITS_OWN: Final = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A sentence of a model's reply with its citations.

    Attributes:
        sentence: As the model wrote it, without markers.
        citations: One for each valid marker; a marker is the number of a passage.
        objection: Why it is not supported, in Chinese; "" where it is.
    """

    sentence: str
    citations: tuple[Citation, ...]
    objection: str = ""

    @property
    def text(self) -> str:
        """The sentence with UNSUPPORTED_MARK where nothing bears it out, and its markers."""
        markers = "".join(f"[{citation.marker}]" for citation in self.citations)
        return f"{self.sentence}{UNSUPPORTED_MARK if self.objection else ''}{markers}"

    def denied(self, objection: str) -> "Claim":
        """The same sentence, not supported after all."""
        citations = tuple(replace(one, support="unsupported") for one in self.citations)
        return replace(self, citations=citations, objection=objection)

    @property
    def supported(self) -> bool:
        """Whether the cited passages together bear out what the sentence says."""
        return not self.objection


class ClaimChecker:
    """Ties sentences to evidence, one after the other; the test is that of `Entailment`.

    Args:
        evidence: As it was laid before the model, in its order.
        segmenter: Cuts sentences into words; `rarity` weighs these.
    """

    def __init__(
        self, evidence: Sequence[RetrievedPassage], *, segmenter: Segmenter, rarity: Rarity
    ) -> None:
        self._evidence = evidence
        self._entailment = Entailment(segmenter=segmenter, rarity=rarity)
        self._together = dict[tuple[int, ...], Evidence]()
        self._sentences = dict[int, list[tuple[Span, str]]]()

    def check(self, sentence: str) -> Claim:
        """Check one sentence; markers that name no evidence are taken out of it."""
        numbers = [int(next(filter(None, groups))) for groups in MARKER.findall(sentence)]
        valid = tuple(n for n in dict.fromkeys(numbers) if 1 <= n <= len(self._evidence))
        bare = MARKER.sub("", sentence).rstrip()
        objection = self._objection(bare, valid)
        kept = valid if objection else self._telling(bare, valid)
        claim = Claim(sentence=bare, citations=tuple(self._cite(n, bare) for n in kept))
        return claim.denied(objection) if objection else claim

    def _objection(self, sentence: str, numbers: tuple[int, ...]) -> str:
        if _LEAD_IN.search(sentence) and not numbers:
            everything = tuple(range(1, len(self._evidence) + 1))
            return self._entailment.contradiction(sentence, self._cited(everything))
        return self._entailment.objection(sentence, self._cited(numbers))

    def _telling(self, sentence: str, numbers: tuple[int, ...]) -> tuple[int, ...]:
        """The markers without those of passages that add nothing: the others bear it out."""
        kept = list(numbers)
        words = fold(sentence)
        for number in reversed(numbers[1:] and numbers):
            others = tuple(one for one in kept if one != number)
            own = self._entailment.coverage(words, self._cited((number,)).folded)
            if own < _LEAST_OF_ITS_OWN and others and not self._objection(sentence, others):
                kept.remove(number)
        return tuple(kept)

    def _cited(self, numbers: tuple[int, ...]) -> Evidence:
        if numbers not in self._together:
            passages = [self._evidence[number - 1] for number in numbers]
            parts = [self._cited((number,)) for number in numbers] if len(numbers) > 1 else ()
            self._together[numbers] = Evidence(passages=passages, parts=parts)
        return self._together[numbers]

    def _cite(self, number: int, sentence: str) -> Citation:
        """Cite the sentence of the passage that shares most with what the model wrote."""
        one, own = self._evidence[number - 1], self._sentences_of(number)
        best, _ = own[self._entailment.nearest(fold(sentence), [text for _, text in own])]
        found = CitedSentence(
            passage=one.passage, document=one.document, span=best, score=one.score
        )
        return cite(number, found)

    def _sentences_of(self, number: int) -> list[tuple[Span, str]]:
        """The sentences of a passage, folded."""
        if number not in self._sentences:
            one = self._evidence[number - 1]
            text = one.document.text
            spans = sentence_spans(text, within=one.passage.span)
            self._sentences[number] = [(span, fold(span.of(text))) for span in spans]
        return self._sentences[number]
