"""Do passages bear out a sentence that a chat model wrote?

A stated test, no second model. Every number, date, person, place and quoted string of the
sentence must stand in what it cites, as the same value or name; and its words must stand there,
weighed by how rare they are, to COVERAGE. It knows nothing of what a sentence denies.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from propcache.api import cached_property

from rag.documents import PartialDate, RetrievedPassage
from rag.features import Rarity
from rag.people import find_people, is_common_word, is_name
from rag.protocols import Segmenter
from rag.quantities import Quantity, find_quantities
from rag.scopes import place_spans, stem
from rag.text import comparable, fold
from rag.values import values_agree

# At .6 a paraphrase of one clause passes and a sentence about something else does not.
COVERAGE: Final = 0.6
_QUOTED: Final = re.compile('"([^"]+)"')
_TITLED: Final = re.compile("《([^《》]+)》")
_BARE_NUMBER: Final = re.compile(r"(?<![\d.])\d+(?:\.\d+)?(?![\d.]*\d)")
# （2）, 1. and 二、 at the beginning of a line count the items of a list, and nothing else.
_ITEM: Final = re.compile(
    r"^\s*(?:[-*•·]\s*)?(?:[（(]\d{1,2}[)）]|\d{1,2}[.．、](?!\d)|第?[一二三四五六七八九十]{1,2}[、.．]|[①-⑳])\s*"
)
_BODY: Final = re.compile(
    r"[\u4e00-\u9fff]{2}(?P<kind>委员会|办公室|[部局署厅委院])(?![门分长员署内外下队落托会任派])"
)
# Words that end as bodies do, and bodies of any place.
_NO_BODY: Final = re.compile(
    r"(?:[全内干各一两大本有中西东南北总外支]部|[学医法本]院|[党常编纪监工县市区省镇乡党政]委"
    r"|[各我该邮格布全大结僵]局)$"
)
_LONGEST_BODY: Final = 16
_INNER: Final = re.compile(r"[\u4e00-\u9fff]{2}(?:[县区市镇乡]|街道)")
# Who says or does something, where no office tells that it is a name.
_DOER: Final = re.compile(
    r"(?<![\u4e00-\u9fff])(?P<before>[\u4e00-\u9fff]{2,4})"
    r"(?=(?<!来)说|表示|指出|强调|介绍|认为|要求|坦言|回忆|告诉|建议|主持|宣读|提出|在|[，。]?关于)"
    r"|(?:[一二三四]是|(?<![\u4e00-\u9fff]))(?P<listed>[\u4e00-\u9fff]{2,4})(?=(?<!来)说|表示|指出|强调|介绍)"
    r"|(?:[长任席记者员]是|由|书记|记者|通讯员|市长|县长|区长|主任|局长|部长)(?P<behind>[\u4e00-\u9fff]{2,3})"
    r"(?=[，。；、]|$|担任|主持|关于|指出|介绍|说|表示|强调)"
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Evidence:
    """What a sentence may rest on: passages, each with what its document says of it.

    Attributes:
        said: Words that stand in no document: of a conversation.
        parts: The same passages one by one, where they have been looked at before.
    """

    passages: Sequence[RetrievedPassage] = ()
    said: str = ""
    parts: "Sequence[Evidence]" = ()

    @cached_property
    def text(self) -> str:
        """Passages with the headings and titles above them."""
        return self.said + "\n".join(
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
    def quantities(self) -> list[Quantity]:
        """Numbers of the text."""
        if self.parts:
            return [one for part in self.parts for one in part.quantities]
        return find_quantities(self.text)

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Numbers in digits, with or without a unit."""
        return frozenset(_BARE_NUMBER.findall(self.folded))

    @cached_property
    def dates(self) -> list[PartialDate]:
        """Dates that the text names, and those of the documents."""
        named = [one.value for one in self.quantities if isinstance(one.value, PartialDate)]
        own = [
            date
            for one in self.passages
            for date in (one.document.metadata.event_date, one.document.metadata.published_date)
            if date is not None
        ]
        return named + own

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


@dataclass(frozen=True, kw_only=True, eq=False)
class _Weighed:
    """The words of a sentence, each once with its weight."""

    sentence: str = ""
    weights: Sequence[tuple[str, float]] = ()

    @cached_property
    def total(self) -> float:
        """The weights of all words."""
        return math.fsum(weight for _, weight in self.weights)

    def held_by(self, text: str) -> float:
        """The weights of those words that stand in a text."""
        return math.fsum([weight for word, weight in self.weights if word in text])


class Entailment:
    """Tells why evidence does not bear out a sentence."""

    def __init__(self, *, segmenter: Segmenter, rarity: Rarity) -> None:
        self._segmenter = segmenter
        self._rarity = rarity
        self._latest = _Weighed()

    def objection(self, sentence: str, evidence: Evidence) -> str:
        """Why the sentence is not borne out, in Chinese; "" where it is.

        Args:
            sentence: Without markers.
            evidence: All that it cites together.
        """
        if not evidence.passages:
            return "没有标出处"
        sentence = _ITEM.sub("", sentence)
        found = self.contradiction(sentence, evidence)
        if not found and self.coverage(fold(sentence), evidence.folded) < COVERAGE:
            return "所引材料说的不是这件事"
        return found

    def contradiction(self, sentence: str, evidence: Evidence) -> str:
        """As `objection`, but for the words: which quotation, number or name does not stand in
        the evidence; "" where all do.
        """
        for words in _misquoted(sentence, evidence):
            return f"所引材料里没有“{_as_written(words, sentence)}”这样的原话"
        for number in _unstated(sentence, evidence):
            return f"所引材料里没有“{number}”"
        for name in _unnamed(sentence, evidence):
            return f"所引材料没有提到{name}"
        return ""

    def coverage(self, sentence: str, text: str) -> float:
        """Share of the words of `sentence`, weighed by rarity, that stand in `text`; both folded.

        1 for a sentence without words.
        """
        weighed = self._weighed(sentence)
        return weighed.held_by(text) / weighed.total if weighed.total else 1.0

    def nearest(self, sentence: str, texts: Sequence[str]) -> int:
        """Which of the texts has the highest coverage, the first of equals; all are folded.

        Raises:
            ValueError: There are no texts.
        """
        held = self._weighed(sentence).held_by
        return max(range(len(texts)), key=lambda place: held(texts[place]))

    def _weighed(self, sentence: str) -> "_Weighed":
        """The words of a sentence; one is held against many texts, one after the other."""
        if self._latest.sentence != sentence:
            weights = {word: self._rarity(word) for word in self._segmenter.words(sentence)}
            self._latest = _Weighed(sentence=sentence, weights=tuple(weights.items()))
        return self._latest


def _as_written(words: str, sentence: str) -> str:
    """Folded words that stand in quotation marks, as the sentence has them."""
    written = re.findall('[“‘「『"《]([^”’」』"》]+)[”’」』"》]', sentence)
    return next((one for one in written if comparable(one) == words), words)


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
    if date.year is not None and all(other.year != date.year for other in evidence.dates):
        return False
    if date.month is None:
        return True
    return any(
        other.month == date.month
        and (date.day is None or other.day == date.day)
        and (date.year is None or other.year in {None, date.year})
        for other in evidence.dates
    )


def _unnamed(sentence: str, evidence: Evidence) -> Iterator[str]:
    """Persons, places and bodies that the evidence does not name."""
    for name in (*_people(sentence), *_doers(sentence)):
        if name not in evidence.words and name not in evidence.speakers:
            yield name
    for place in _places(sentence):
        name = stem(place)
        if name not in evidence.words and name not in evidence.places:
            yield place
    for match in _BODY.finditer(sentence):
        if not _NO_BODY.search(match[0]) and not _is_body_of(match, evidence):
            yield match[0]


def _people(sentence: str) -> Iterator[str]:
    for mention in find_people(sentence):
        yield comparable(mention.name)


def _doers(sentence: str) -> Iterator[str]:
    """Names without an office, by what they do."""
    for match in _DOER.finditer(sentence):
        words = match["before"] or match["listed"] or match["behind"]
        if is_name(words) and not is_common_word(words):
            yield comparable(words)


def _places(sentence: str) -> Iterator[str]:
    """Areas, and those that are named right behind them (郑州市二七区)."""
    for span, place in place_spans(sentence):
        yield place
        if inner := _INNER.match(sentence, span.end):
            yield inner[0]


def _is_body_of(match: re.Match[str], evidence: Evidence) -> bool:
    """Whether the evidence names a body that ends so, or one that it is short for: 医保局 of
    医疗保障局.
    """
    kind = comparable(match["kind"])
    words = comparable(match[0])
    if words in evidence.words:
        return True
    for other in re.finditer(re.escape(kind), evidence.words):
        window = iter(evidence.words[max(0, other.end() - _LONGEST_BODY) : other.end()])
        if all(letter in window for letter in words):
            return True
    return False
