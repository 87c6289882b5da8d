"""Do passages bear out a sentence that a chat model wrote?

A stated test, no second model. Every number, date, person, place and quoted string of the
sentence must stand in what it cites, as the same value or name; and its words must stand there,
weighed by how rare they are, to COVERAGE. It knows nothing of what a sentence denies.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from rag.documents import PartialDate, RetrievedPassage
from rag.drafts.quantities import Quantity, find_quantities
from rag.drafts.scopes import place_spans, stem
from rag.drafts.values import values_agree
from rag.features import Rarity
from rag.people import find_people
from rag.protocols import Segmenter
from rag.text import comparable, fold

# At .6 a paraphrase of one clause passes and a sentence about something else does not.
COVERAGE: Final = 0.6
_QUOTED: Final = re.compile('"([^"]+)"')
_TITLED: Final = re.compile("《([^《》]+)》")
_BARE_NUMBER: Final = re.compile(r"(?<![\d.])\d+(?:\.\d+)?(?![\d.]*\d)")
_NO_LETTERS: Final = re.compile(r"[\W_]+")


@dataclass(frozen=True, kw_only=True, eq=False)
class Evidence:
    """What a sentence may rest on: passages, each with what its document says of it."""

    passages: Sequence[RetrievedPassage]

    @cached_property
    def text(self) -> str:
        """Passages with the headings and titles above them."""
        return "\n".join(
            f"{one.document.metadata.title}\n{one.passage.context}\n{one.passage.text}"
            for one in self.passages
        )

    @cached_property
    def folded(self) -> str:
        """`text`, folded."""
        return fold(self.text)

    @cached_property
    def words(self) -> str:
        """`text` as quotations are compared."""
        return comparable(self.text)

    @cached_property
    def letters(self) -> str:
        """`words` without any punctuation."""
        return _NO_LETTERS.sub("", self.words)

    @cached_property
    def quantities(self) -> list[Quantity]:
        """Numbers of the text."""
        return find_quantities(self.text)

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Numbers in digits, with or without a unit."""
        return frozenset(_BARE_NUMBER.findall(self.folded))

    @cached_property
    def years(self) -> frozenset[int]:
        """Years that the text names, and those of the documents."""
        years = {one.value.year for one in self.quantities if isinstance(one.value, PartialDate)}
        for one in self.passages:
            metadata = one.document.metadata
            for date in (metadata.event_date, metadata.published_date):
                years.add(date.year if date else None)
        return frozenset(year for year in years if year is not None)

    @cached_property
    def places(self) -> frozenset[str]:
        """Stems of the places where the documents come from."""
        places = (one.document.metadata.place for one in self.passages)
        names = [name for place in places if place for name in (place.name, *place.within)]
        return frozenset(stem(name) for name in names)

    @cached_property
    def speakers(self) -> str:
        """Who speaks in the documents."""
        return "\n".join(
            speech.speaker.name for one in self.passages for speech in one.document.speeches
        )


class Entailment:
    """Tells why evidence does not bear out a sentence."""

    def __init__(self, *, segmenter: Segmenter, rarity: Rarity) -> None:
        self._segmenter = segmenter
        self._rarity = rarity

    def objection(self, sentence: str, evidence: Evidence) -> str:
        """Why the sentence is not borne out, in Chinese; "" where it is.

        Args:
            sentence: Without markers.
            evidence: All that it cites together.
        """
        if not evidence.passages:
            return "没有标出处"
        found = self.contradiction(sentence, evidence)
        if not found and self.coverage(fold(sentence), evidence.folded) < COVERAGE:
            return "所引材料说的不是这件事"
        return found

    def contradiction(self, sentence: str, evidence: Evidence) -> str:
        """As `objection`, but for the words: which quotation, number or name does not stand in
        the evidence; "" where all do.
        """
        for words in _misquoted(sentence, evidence):
            return f"所引材料里没有“{words}”这样的原话"
        for number in _unstated(sentence, evidence):
            return f"所引材料里没有“{number}”"
        for name in _unnamed(sentence, evidence):
            return f"所引材料没有提到{name}"
        return ""

    def coverage(self, sentence: str, text: str) -> float:
        """Share of the words of `sentence`, weighed by rarity, that stand in `text`; both folded.

        1 for a sentence without words.
        """
        weights = {word: self._rarity(word) for word in self._segmenter.words(sentence)}
        total = math.fsum(weights.values())
        if not total:
            return 1.0
        return math.fsum(weight for word, weight in weights.items() if word in text) / total


def _misquoted(sentence: str, evidence: Evidence) -> Iterator[str]:
    """What stands in quotation marks or is called a title, and not so in the evidence."""
    words = comparable(sentence)
    for quoted in _QUOTED.findall(words):
        if quoted.rstrip("。，；、！？,;!?.") not in evidence.words:
            yield quoted
    for title in _TITLED.findall(words):
        if title not in evidence.words:
            yield title


def _unstated(sentence: str, evidence: Evidence) -> Iterator[str]:
    """Numbers and dates that the evidence does not state."""
    quantities = find_quantities(sentence)
    for one in quantities:
        if not _is_stated(one, evidence):
            yield one.span.of(sentence)
    covered = {offset for one in quantities for offset in range(one.span.start, one.span.end)}
    for match in _BARE_NUMBER.finditer(sentence):
        if match.start() not in covered and match[0] not in evidence.numbers:
            yield match[0]


def _is_stated(one: Quantity, evidence: Evidence) -> bool:
    if isinstance(one.value, PartialDate):
        return _is_dated(one, evidence)
    return any(
        one.comparability == other.comparability
        and values_agree(one, other)
        and (one.unit == other.unit or one.is_count)
        for other in evidence.quantities
    )


def _is_dated(one: Quantity, evidence: Evidence) -> bool:
    """Whether the evidence has the date, its year perhaps elsewhere than its day."""
    date = one.value
    assert isinstance(date, PartialDate)
    if date.year is not None and date.year not in evidence.years:
        return False
    if date.month is None:
        return True
    return any(
        isinstance(other.value, PartialDate)
        and other.value.month == date.month
        and (date.day is None or other.value.day == date.day)
        and (date.year is None or other.value.year in {None, date.year})
        for other in (*evidence.quantities, *_dates_of(evidence))
    )


def _dates_of(evidence: Evidence) -> Iterator[Quantity]:
    """The documents' own dates."""
    for one in evidence.passages:
        metadata = one.document.metadata
        for date in (metadata.event_date, metadata.published_date):
            if date is not None:
                yield from find_quantities(_written(date))


def _written(date: PartialDate) -> str:
    month = f"{date.month}月" if date.month else ""
    return f"{date.year}年{month}" + (f"{date.day}日" if date.day else "")


def _unnamed(sentence: str, evidence: Evidence) -> Iterator[str]:
    """Persons and places that the evidence does not name."""
    for mention in find_people(sentence):
        name = comparable(mention.name)
        if name not in evidence.words and name not in evidence.speakers:
            yield mention.name
    for _, place in place_spans(sentence):
        name = stem(place)
        if name not in evidence.words and name not in evidence.places:
            yield place
