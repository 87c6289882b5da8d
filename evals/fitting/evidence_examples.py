"""Questions with the place of their answer, and passages that look alike."""

import json
import lzma
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy
from sklearn.feature_extraction.text import TfidfVectorizer

from rag.text import Span, sentence_spans
from rag.words import Words

FILES = ("spans_cmrc2018_train.json.xz", "spans_squad2zh.json.xz")
PASSAGE_CHARS = 300
FOUND = 24
_BATCH = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A question, the passage it was asked of, and where the answer stands in it.

    Attributes:
        passage: Number of the passage in the list of all.
        answer: Where the answer begins in that passage, one code point long, or None when
            nothing answers.
    """

    question: str
    passage: int
    answer: Span | None


Paragraph = tuple[str, str, list[tuple[str, int | None]]]


def read_squad(path: Path) -> Iterator[Paragraph]:
    """(title, context, [(question, start of the answer or None)]) for each paragraph."""
    with lzma.open(path, "rt", encoding="utf-8") as file:
        data = json.load(file)["data"]
    for article in data:
        for paragraph in article["paragraphs"]:
            questions = [
                (str(item["question"]), _answer_start(item))
                for item in paragraph["qas"]
                if item.get("is_impossible") or item["answers"]
            ]
            yield str(article.get("title", "")), str(paragraph["context"]), questions


def _answer_start(item: dict[str, list[dict[str, int]]]) -> int | None:
    return None if item.get("is_impossible") else item["answers"][0]["answer_start"]


def cut(context: str) -> list[Span]:
    """Passages of whole sentences of about PASSAGE_CHARS."""
    spans = list[Span]()
    for sentence in sentence_spans(context):
        if spans and sentence.end - spans[-1].start <= PASSAGE_CHARS:
            spans[-1] = Span(spans[-1].start, sentence.end)
        else:
            spans.append(sentence)
    return spans


def load_examples(folder: Path) -> tuple[list[tuple[str, str]], list[Example]]:
    """Every passage as (title, text), and the questions asked of them."""
    passages = list[tuple[str, str]]()
    examples = list[Example]()
    for name in FILES:
        for title, context, questions in read_squad(folder / name):
            spans = cut(context)
            examples.extend(_examples(spans, questions, first=len(passages)))
            passages.extend((title, span.of(context)) for span in spans)
    return passages, examples


def _examples(
    spans: Sequence[Span], questions: Sequence[tuple[str, int | None]], *, first: int
) -> Iterator[Example]:
    for question, start in questions:
        for index, span in enumerate(spans):
            if start is None or span.start <= start < span.end:
                offset = None if start is None else start - span.start
                answer = None if offset is None else Span(offset, offset + 1)
                yield Example(question=question, passage=first + index, answer=answer)
                break


def retrieve(
    passages: Sequence[tuple[str, str]], questions: Sequence[str], words: Words
) -> Iterator[list[int]]:
    """For each question the passages that share most words with it, best first.

    Words in more than 2 % of the passages are left out: they tell little and cost the most.
    """
    vectorizer = TfidfVectorizer(
        analyzer=words.words,  # pyright: ignore[reportArgumentType] - a callable is allowed
        sublinear_tf=True,
        max_df=0.02,
    )
    matrix = vectorizer.fit_transform(f"{title}\n{text}" for title, text in passages)
    for begin in range(0, len(questions), _BATCH):
        scores = (vectorizer.transform(questions[begin : begin + _BATCH]) @ matrix.T).tocsr()
        for row in range(scores.shape[0]):
            found = scores[row]
            order = numpy.argsort(-found.data, kind="stable")[:FOUND]
            yield [int(found.indices[i]) for i in order]
