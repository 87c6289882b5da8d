"""Questions with the place of their answer, as the question sets have them.

Every source gives texts with the questions asked of them (`AskedText`); `gather` cuts the texts
into passages and says which passage holds which answer.
"""

import json
import lzma
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy

from rag.text import Span, sentence_spans, trimmed_span

SQUAD_FILES = {"spans_cmrc2018_train": "cmrc", "spans_squad2zh": "squad"}
C3_FILE = "evidence_c3_train"
PASSAGE_CHARS = 300
HELD_OUT = 10  # one question of so many

_DIALOGUE = re.compile("[男女][：:]")
# Of the whole text, or of the choices that stood beside the question.
_NOT_OF_ONE_SENTENCE = re.compile("下[面列]|正确|标题|主要|录音|作者|画线|根据|文章")
_LONGEST_EVIDENCE = 80

Title = str
Text = str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question asked of a text.

    Attributes:
        answer: Where the answer stands in the text; None when nothing answers.
        exact: Whether `answer` is the answer itself; if not, it is the sentence that holds it.
    """

    question: str
    answer: Span | None
    exact: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedText:
    """A text and the questions asked of it.

    Attributes:
        title: May be empty.
        source: Which set it is from.
    """

    title: str
    text: str
    asked: Sequence[Asked]
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A question and the passage it was asked of.

    Attributes:
        passage: Number of the passage in the list of all.
        answer: In that passage, cut at its end; None when nothing answers.
        exact: As in `Asked`.
        source: Which set it is from.
    """

    question: str
    passage: int
    answer: Span | None
    exact: bool
    source: str

    @property
    def held_out(self) -> bool:
        """Whether it is kept for scores, from every model and every stage alike."""
        return is_held_out(self.question)


def is_held_out(question: str) -> bool:
    """Whether a question is kept for scores: one in HELD_OUT, by its text alone."""
    return zlib.crc32(question.encode()) % HELD_OUT == 0


def _data(path: Path) -> list[dict[str, Any]]:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        return json.load(file)["data"]


def read_squad(path: Path, *, source: str) -> Iterator[AskedText]:
    """The paragraphs of a file in SQuAD form; answers that are not in them are left out."""
    for article in _data(path):
        for paragraph in article["paragraphs"]:
            text = str(paragraph["context"])
            asked = [one for item in paragraph["qas"] if (one := _squad_question(item, text))]
            title = str(article.get("title", ""))
            yield AskedText(title=title, text=text, asked=asked, source=source)


def _squad_question(item: dict[str, Any], text: str) -> Asked | None:
    question = str(item["question"])
    if item.get("is_impossible"):
        return Asked(question=question, answer=None)
    if not item["answers"]:
        return None
    answer = str(item["answers"][0]["text"])
    start = int(item["answers"][0]["answer_start"])
    if not text.startswith(answer, start):
        start = text.find(answer)  # translated sets are off by a few characters
    span = trimmed_span(text, Span(start, start + len(answer))) if start >= 0 else None
    return Asked(question=question, answer=span) if span and len(span) else None


def read_c3(path: Path) -> Iterator[AskedText]:
    """Articles with questions that one sentence answers; dialogues are left out."""
    for item in _data(path):
        text = str(item["article"])
        if _DIALOGUE.match(text):
            continue
        pairs = zip(item["questions"], item["evidences"], strict=True)
        asked = [
            Asked(question=str(question), answer=span, exact=False)
            for question, evidences in pairs
            if not _NOT_OF_ONE_SENTENCE.search(str(question))
            and (span := _only_evidence(evidences, text))
        ]
        yield AskedText(title="", text=text, asked=asked, source="c3")


def _only_evidence(evidences: Iterable[object], text: str) -> Span | None:
    found = [str(one) for one in evidences if one and text.count(str(one)) == 1]
    if len(found) != 1 or len(found[0]) > _LONGEST_EVIDENCE:
        return None
    start = text.index(found[0])
    return trimmed_span(text, Span(start, start + len(found[0])))


def question_sets(folder: Path) -> Iterator[AskedText]:
    """Every question set of the training folder."""
    for name, source in SQUAD_FILES.items():
        yield from read_squad(folder / f"{name}.json.xz", source=source)
    yield from read_c3(folder / f"{C3_FILE}.json.xz")


def cut(text: str) -> list[Span]:
    """Passages of whole sentences of about PASSAGE_CHARS."""
    spans = list[Span]()
    for sentence in sentence_spans(text):
        if spans and sentence.end - spans[-1].start <= PASSAGE_CHARS:
            spans[-1] = Span(spans[-1].start, sentence.end)
        else:
            spans.append(sentence)
    return spans


def gather(
    texts: Iterable[AskedText], choose: numpy.random.Generator
) -> tuple[list[tuple[Title, Text]], list[Example]]:
    """Every distinct passage as (title, text), and the questions asked of them.

    A passage of several texts is there once: a copy would be taken for another passage, in
    which what answers is wrong.

    Args:
        texts: Texts without any passage give nothing.
        choose: Gives each question that nothing answers one passage of its text.
    """
    passages = dict[tuple[Title, Text], int]()
    examples = list[Example]()
    for text in texts:
        spans = cut(text.text)
        numbers = [
            passages.setdefault((text.title, span.of(text.text)), len(passages)) for span in spans
        ]
        for one in text.asked if spans else ():
            index = (
                int(choose.integers(len(spans)))
                if one.answer is None
                else next(i for i, s in enumerate(spans) if s.start <= one.answer.start < s.end)
            )
            examples.append(
                Example(
                    question=one.question,
                    passage=numbers[index],
                    answer=_inside(one.answer, spans[index]),
                    exact=one.exact,
                    source=text.source,
                )
            )
    return list(passages), examples


def _inside(answer: Span | None, passage: Span) -> Span | None:
    if answer is None:
        return None
    return Span(answer.start - passage.start, min(answer.end, passage.end) - passage.start)
