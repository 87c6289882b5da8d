"""An answer as it is measured: its words without markers, its sentences with theirs."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evals.records import Prediction
from rag.text import sentence_spans

_MARKER = re.compile(r"\[(\d{1,3})\]")


@dataclass(frozen=True, slots=True)
class MarkedSentence:
    """A sentence of an answer.

    Attributes:
        text: Without markers.
        markers: Their numbers in order, each once: those inside the sentence and those behind
            it, up to the next.
    """

    text: str
    markers: tuple[int, ...]


def text_without_markers(prediction: Prediction) -> str:
    """What is said, without [n] and without white space at the ends.

    What looks like a marker but belongs to the words of a quote stays.
    """
    text = prediction.text
    pieces = list[str]()
    position = 0
    for match in _markers(prediction):
        pieces.append(text[position : match.start()])
        position = match.end()
    return "".join([*pieces, text[position:]]).strip()


def marked_sentences(prediction: Prediction) -> list[MarkedSentence]:
    """The sentences in order, those left out that hold no letter or digit."""
    text = prediction.text
    bare = list[str]()
    places = list[tuple[int, int]]()
    position = length = 0
    for match in _markers(prediction):
        bare.append(text[position : match.start()])
        length += match.start() - position
        position = match.end()
        places.append((length, int(match[1])))
    return _join("".join([*bare, text[position:]]), places)


def _join(bare: str, places: Sequence[tuple[int, int]]) -> list[MarkedSentence]:
    """Sentences of `bare` with the markers, given as (place in `bare`, number)."""
    spans = [span for span in sentence_spans(bare) if any(map(str.isalnum, span.of(bare)))]
    starts = [span.start for span in spans]
    numbers: list[list[int]] = [[] for _ in spans]
    for place, number in places:
        # A marker at the place where a sentence begins stands behind the one before.
        index = bisect_left(starts, place) - 1
        if index >= 0:
            numbers[index].append(number)
    return [
        MarkedSentence(span.of(bare), tuple(dict.fromkeys(own)))
        for span, own in zip(spans, numbers, strict=True)
    ]


def _markers(prediction: Prediction) -> Iterator[re.Match[str]]:
    quoted = [
        range(match.start(), match.end())
        for quote in {citation.quote for citation in prediction.citations}
        if _MARKER.search(quote)
        for match in re.finditer(re.escape(quote), prediction.text)
    ]
    for match in _MARKER.finditer(prediction.text):
        if not any(match.start() in words for words in quoted):
            yield match
