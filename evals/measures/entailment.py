"""The entailment test of our citation measures: does a sentence follow from quotes?

It needs no model and gives the same verdict everywhere, but it compares words and numbers, not
meaning: a paraphrase in other words fails, and one that turns the sense round with the same
words passes.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from evals.measures.wordings import stands_in
from rag.dates import find_dates
from rag.documents import PartialDate
from rag.people import find_people
from rag.places import find_places
from rag.text import Span, fold
from rag.words import built_in_words

CONTENT_SHARE: Final = 0.7
"""So large a share of a sentence's content words must stand in what it cites."""

_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_DIGIT = "零〇一二两三四五六七八九十百千万亿"
_NUMBER = re.compile(
    rf"\d+(?:\.\d+)?(?:%|[百千万亿]+)?|百分之[{_DIGIT}]+"
    rf"|[{_DIGIT}]{{2,}}|[{_DIGIT}](?=[个名家人项次年月天条所座支类届位倍])"
)
_QUOTED = re.compile(r'"([^"]{2,})"|《([^《》]{2,})》')
_NEGATION = re.compile("不|没|未|无|非|勿|禁止")
_EDGES = re.compile(r"^\W+|\W+$")


def entails(quotes: Sequence[str], sentence: str) -> bool:
    """Whether `sentence` follows from the quotes taken together.

    It does where it stands there word for word; else where all its dates, numbers, quoted
    strings, titles of works, persons and places do, CONTENT_SHARE of its words of two
    characters or more, and it denies nothing unless they deny something. Compared as
    `rag.text.fold` does. A date stands where one that agrees in all its parts does: 2019年
    follows from 2019年3月. A sentence without any such word follows word for word only, and
    one without a letter or digit never.
    """
    said = _EDGES.sub("", fold(sentence))
    if not said or not quotes:
        return False
    # Joined, for a sentence may be put together from neighbouring quotes.
    if stands_in(said, "\n".join(quotes)):
        return True
    held = "\n".join(map(fold, quotes))
    return (
        _dates_follow(quotes, sentence)
        and _numbers(sentence) <= set(_NUMBER.findall(_THOUSANDS.sub("", held)))
        and all(fold(words) in held for words in _exact_words(sentence))
        and bool(_NEGATION.search(said)) <= bool(_NEGATION.search(held))
        and _content_share(sentence, held) >= CONTENT_SHARE
    )


def _dates_follow(quotes: Sequence[str], sentence: str) -> bool:
    known = [date for quote in quotes for _, date in find_dates(quote)]
    return all(any(_agrees(date, other) for other in known) for _, date in find_dates(sentence))


def _agrees(date: PartialDate, known: PartialDate) -> bool:
    pairs = ((date.year, known.year), (date.month, known.month), (date.day, known.day))
    return all(part is None or part == other for part, other in pairs)


def _numbers(sentence: str) -> set[str]:
    """The numbers that belong to no date."""
    return set(_NUMBER.findall(_THOUSANDS.sub("", fold(_without(sentence, find_dates(sentence))))))


def _without(text: str, found: Sequence[tuple[Span, object]]) -> str:
    taken = Counter(index for span, _ in found for index in range(span.start, span.end))
    return "".join("," if index in taken else character for index, character in enumerate(text))


def _exact_words(sentence: str) -> Iterator[str]:
    for quoted, title in _QUOTED.findall(fold(sentence)):
        yield quoted or title
    for mention in find_people(sentence):
        yield mention.name
    for span, _ in find_places(sentence):
        yield span.of(sentence)


def _content_share(sentence: str, held: str) -> float:
    words = {word for word in built_in_words().words(sentence) if len(word) > 1}
    return sum(word in held for word in words) / len(words) if words else 0.0
