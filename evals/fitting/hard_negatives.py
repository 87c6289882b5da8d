"""What looks like an answer and is none: questions of something else, sentences without it."""

import re
from collections.abc import Sequence

import numpy

from rag.features import Rarity
from rag.places import find_places
from rag.protocols import Segmenter
from rag.text import Span

_YEAR = re.compile(r"(?:19|20)\d\d")
_NAMED = re.compile('[《“"](?P<name>[^》”"]{2,12})[》”"]')
_RARE_NATS = 6.0
_OTHER_YEARS = (-3, -2, -1, 1, 2, 3)


class EntitySwaps:
    """Makes questions ask of another year, place, name or thing than their text tells of.

    Args:
        questions: Where the other things are taken from; those that are swapped among them.
        words: Cuts questions into words.
        rarity: Weight of a word; the rarest one is taken to be the thing asked about.
        choose: Of every choice.
    """

    def __init__(
        self,
        questions: Sequence[str],
        *,
        words: Segmenter,
        rarity: Rarity,
        choose: numpy.random.Generator,
    ) -> None:
        self._questions = questions
        self._words = words
        self._rarity = rarity
        self._choose = choose
        self._places = sorted({p.name for q in questions for _, p in find_places(q)})

    def swap(self, question: str, text: str) -> str | None:
        """The question with one thing exchanged for another that stands neither in it nor in
        `text`, so that `text` does not answer it; None where nothing can be exchanged.
        """
        made = [
            *self._years(question),
            *self._other_places(question, text),
            *self._names(question),
            *self._things(question, text),
        ]
        options = [
            question[: span.start] + other + question[span.end :]
            for span, other in made
            if other not in text and other not in question
        ]
        return options[int(self._choose.integers(len(options)))] if options else None

    def _another(self) -> str:
        return self._questions[int(self._choose.integers(len(self._questions)))]

    def _years(self, question: str) -> list[tuple[Span, str]]:
        return [
            (Span(*match.span()), str(int(match.group()) + int(self._choose.choice(_OTHER_YEARS))))
            for match in _YEAR.finditer(question)
        ]

    def _other_places(self, question: str, text: str) -> list[tuple[Span, str]]:
        ours = find_places(question)
        told = {place.name for _, place in (*ours, *find_places(text))} if ours else set[str]()
        return [
            (span, other)
            for span, _ in ours
            if (other := self._places[int(self._choose.integers(len(self._places)))]) not in told
        ]

    def _names(self, question: str) -> list[tuple[Span, str]]:
        return [
            (Span(*match.span("name")), other.group("name"))
            for match in _NAMED.finditer(question)
            if (other := _NAMED.search(self._another()))
        ]

    def _things(self, question: str, text: str) -> list[tuple[Span, str]]:
        """The rarest word of this question for the rarest of another."""
        ours = [w for w in self._words.words(question) if len(w) > 1 and w in text]
        theirs = [w for w in self._words.words(self._another()) if len(w) > 1 and w not in text]
        ours = [word for word in ours if word in question and not word.isdecimal()]
        if not ours or not theirs:
            return []
        rarest = max(ours, key=self._rarity)
        if self._rarity(rarest) <= _RARE_NATS:
            return []
        start = question.index(rarest)
        return [(Span(start, start + len(rarest)), max(theirs, key=self._rarity))]


def without_answer(text: str, answer: Span) -> str:
    """The twin of a text: the same, but the answer is taken out."""
    return text[: answer.start] + text[answer.end :]
