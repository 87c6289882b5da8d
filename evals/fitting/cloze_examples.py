"""Questions made of news by taking something out: a name, a count, a date, a place.

The patterns of `policy_examples` know only the sentence that answers; here the place of the
answer is known to the character. What is left of the clauses around it becomes the question,
with some words dropped, because people do not repeat a document word for word.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy

from evals.fitting.evidence_examples import Asked, AskedText
from evals.fitting.policy_examples import read_documents
from rag.dates import find_dates
from rag.people import find_people
from rag.places import find_places
from rag.protocols import Segmenter
from rag.text import Span, sentence_spans

FILES = ("news_crud.jsonl.xz", "news_xwlb.jsonl.xz", "reports_city_gov.jsonl.xz")
KINDS = ("person", "number", "date", "place")
# The first sentences say what happened; a document gives one question at most.
FIRST_SENTENCES = 14
TEXT_CHARS = 1200
SENTENCE_CHARS = range(18, 111)
QUESTION_WORDS = range(3, 15)
# Clauses that come so near to the answer belong to the question.
NEAR_CHARS = 30
MOST_DROPPED = 0.5

_COUNTED = re.compile(
    r"\d+(?:\.\d+)?(?:余|多)?[万亿]?"
    r"(?P<unit>个百分点|%|万人|亿元|万元|个|名|家|人|项|次|条|座|公里|公顷|亩|户|吨|元|岁|天|米|件|届|场)"
)
_CLAUSE = re.compile("[^，；：。！？“”（）、]+")
_ASK_DATE = ("什么时候", "何时", "哪一天", "时间")
_ASK_PLACE = ("哪里", "什么地方", "哪个城市", "在哪")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloze:
    """A question made of a sentence.

    Attributes:
        kind: One of KINDS.
        answer: In the sentence.
    """

    kind: str
    question: str
    answer: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gap:
    kind: str
    answer: Span
    asking: str


class ClozeMaker:
    """Makes questions of sentences.

    Args:
        words: Cuts clauses into words.
        choose: Decides what is taken out, which words are dropped, and how it is asked.
    """

    def __init__(self, words: Segmenter, choose: numpy.random.Generator) -> None:
        self._words = words
        self._choose = choose

    def _pick(self, options: Sequence[str]) -> str:
        return options[int(self._choose.integers(len(options)))]

    def _gaps(self, sentence: str) -> list[_Gap]:
        """One of each kind at most: the first date, any of the others."""
        found = list[_Gap]()
        if counts := list(_COUNTED.finditer(sentence)):
            match = counts[int(self._choose.integers(len(counts)))]
            unit = match.group("unit")
            asking = "多少" if unit in {"%", "个百分点"} else f"多少{unit}"
            found.append(_Gap(kind="number", answer=Span(*match.span()), asking=asking))
        if dates := find_dates(sentence):
            found.append(_Gap(kind="date", answer=dates[0][0], asking=self._pick(_ASK_DATE)))
        if people := find_people(sentence):
            person = people[int(self._choose.integers(len(people)))]
            found.append(_Gap(kind="person", answer=person.span, asking="谁"))
        if places := find_places(sentence):
            place, _ = places[int(self._choose.integers(len(places)))]
            found.append(_Gap(kind="place", answer=place, asking=self._pick(_ASK_PLACE)))
        return found

    def make(self, sentence: str) -> Cloze | None:
        """A question that the sentence answers, or None where it states nothing of KINDS, or
        too few words or too many would be left, or they would give the answer away.
        """
        gaps = self._gaps(sentence)
        if not gaps:
            return None
        gap = gaps[int(self._choose.integers(len(gaps)))]
        around = self._around(sentence, gap.answer)
        left = self._kept(sentence[around.start : gap.answer.start])
        right = self._kept(sentence[gap.answer.end : around.end])
        if len(left) + len(right) not in QUESTION_WORDS:
            return None
        question = self._asked(gap, "".join(left), "".join(right))
        if gap.answer.of(sentence) in question:
            return None
        return Cloze(kind=gap.kind, question=question, answer=gap.answer)

    def _around(self, sentence: str, answer: Span) -> Span:
        """The clauses that come near the answer, and the answer."""
        wide = Span(max(answer.start - NEAR_CHARS, 0), answer.end + NEAR_CHARS)
        clauses = [Span(*match.span()) for match in _CLAUSE.finditer(sentence)]
        near = [clause for clause in clauses if clause.overlaps(wide)] or [answer]
        return Span(min(near[0].start, answer.start), max(near[-1].end, answer.end))

    def _kept(self, text: str) -> list[str]:
        """The words of `text`, less some."""
        dropped = self._choose.random() * MOST_DROPPED
        return [word for word in self._words.words(text) if self._choose.random() > dropped]

    def _asked(self, gap: _Gap, left: str, right: str) -> str:
        """With the asking word in the gap, at the end, or in a fifth of them without any."""
        form = self._choose.random()
        if form < 0.5:
            question = left + gap.asking + right
        elif form < 0.8:
            verb = "是" if gap.kind in {"person", "number"} else ""
            question = left + right + verb + gap.asking
        else:
            question = left + right
        return question + self._pick(("？", ""))


def cloze_texts(
    folder: Path, words: Segmenter, choose: numpy.random.Generator, *, each: int
) -> Iterator[AskedText]:
    """News with a question each.

    Args:
        folder: With FILES.
        words: Cuts sentences into words.
        choose: Of documents, sentences and questions.
        each: Most questions of one kind.
    """
    maker = ClozeMaker(words, choose)
    by_kind = {kind: list[AskedText]() for kind in KINDS}
    for name in FILES:
        for title, text in read_documents(folder / name):
            sentences = sentence_spans(text)[:FIRST_SENTENCES]
            if len(sentences) < 2 or choose.random() < 0.5:
                continue
            sentence = sentences[int(choose.integers(len(sentences)))]
            cloze = maker.make(sentence.of(text)) if len(sentence) in SENTENCE_CHARS else None
            if cloze is not None and sentence.end <= TEXT_CHARS:
                asked = Asked(question=cloze.question, answer=cloze.answer.shifted(sentence.start))
                by_kind[cloze.kind].append(
                    AskedText(title=title, text=text[:TEXT_CHARS], asked=[asked], source="cloze")
                )
    for made in by_kind.values():
        for i in choose.permutation(len(made))[:each]:
            yield made[i]
