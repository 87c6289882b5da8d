"""Pairs of questions and sentences as arrays, in the tokens that the reader reads."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy
from numpy.typing import NDArray

from evals.fitting.word_vectors import TokenTable
from rag.features import FEATURES
from rag.reading import (
    MAX_QUESTION_TOKENS,
    MAX_SENTENCE_TOKENS,
    Token,
    match_of,
    reading_tokens,
)
from rag.text import Span, fold
from rag.words import Words

Indexes = NDArray[numpy.int64]
NO_PLACE = (-1, -1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A sentence that is put to a question.

    Attributes:
        text: The sentence.
        row: Its features, shape (len(FEATURES),).
        right: Whether it answers the question.
        answer: Where in `text` the answer stands, as far as that is known; it may go on
            beyond the end.
    """

    text: str
    row: NDArray[numpy.float32]
    right: bool
    answer: Span | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidencePairs:
    """Questions, and sentences that each belong to one question.

    Attributes:
        tokens: Every distinct token; tables hold their indexes.
        questions: Tokens of the questions.
        sentences: Tokens of the sentences, those of a question together, in its order.
        matches: For each token of `sentences` what `rag.reading.match_of` says.
        question_of: For each sentence the number of its question, rising.
        rows: For each sentence its features, shape (sentences, features).
        right: For each sentence whether it answers.
        answers: First and last token of the answer, shape (sentences, 2), or NO_PLACE.
        held_out: For each question whether it is kept for scores.
        sources: For each question which set it is from.
    """

    tokens: Sequence[str]
    questions: TokenTable
    sentences: TokenTable
    matches: NDArray[numpy.int8]
    question_of: Indexes
    rows: NDArray[numpy.float32]
    right: NDArray[numpy.bool_]
    answers: Indexes
    held_out: NDArray[numpy.bool_]
    sources: Sequence[str]

    def sentences_of(self, questions: Indexes) -> Indexes:
        """The sentences of these questions, in their order."""
        firsts = numpy.searchsorted(self.question_of, questions)
        ends = numpy.searchsorted(self.question_of, questions, side="right")
        spans = [numpy.arange(a, b) for a, b in zip(firsts, ends, strict=True)]
        return numpy.concatenate(spans) if spans else numpy.zeros(0, numpy.int64)

    @property
    def kept_back(self) -> NDArray[numpy.bool_]:
        """For each sentence whether its question is held out."""
        return self.held_out[self.question_of]


class PairWriter:
    """Collects pairs.

    Args:
        words: Cuts texts into words.
    """

    def __init__(self, words: Words) -> None:
        self._words = words
        self._numbers = dict[str, int]()
        self._questions = list[NDArray[numpy.int32]]()
        self._sentences = list[NDArray[numpy.int32]]()
        self._matches = list[NDArray[numpy.int8]]()
        self._question_of = list[int]()
        self._rows = list[NDArray[numpy.float32]]()
        self._right = list[bool]()
        self._answers = list[tuple[int, int]]()
        self._held_out = list[bool]()
        self._sources = list[str]()

    def _numbered(self, tokens: Sequence[Token]) -> NDArray[numpy.int32]:
        numbers = self._numbers
        found = [numbers.setdefault(token, len(numbers)) for token, _ in tokens]
        return numpy.array(found, numpy.int32)

    def add(
        self, question: str, candidates: Sequence[Candidate], *, source: str, held_out: bool
    ) -> None:
        """One question with its sentences; without either nothing is added, and sentences
        without a token are left out.
        """
        asked = reading_tokens(question, self._words)[:MAX_QUESTION_TOKENS]
        read = [
            (candidate, reading_tokens(candidate.text, self._words)[:MAX_SENTENCE_TOKENS])
            for candidate in candidates
        ]
        read = [(candidate, tokens) for candidate, tokens in read if tokens]
        if not asked or not read:
            return
        standing, folded = frozenset(token for token, _ in asked), fold(question)
        for candidate, tokens in read:
            self._sentences.append(self._numbered(tokens))
            matches = [match_of(token, standing, folded) for token, _ in tokens]
            self._matches.append(numpy.array(matches, numpy.int8))
            self._question_of.append(len(self._questions))
            self._rows.append(candidate.row)
            self._right.append(candidate.right)
            self._answers.append(answer_tokens(tokens, candidate.answer))
        self._questions.append(self._numbered(asked))
        self._held_out.append(held_out)
        self._sources.append(source)

    def pairs(self) -> EvidencePairs:
        """Everything that was added."""
        return EvidencePairs(
            tokens=list(self._numbers),
            questions=_table(self._questions),
            sentences=_table(self._sentences),
            matches=numpy.concatenate([*self._matches, numpy.zeros(0, numpy.int8)]),
            question_of=numpy.array(self._question_of, numpy.int64),
            rows=numpy.array(self._rows, numpy.float32).reshape(-1, len(FEATURES)),
            right=numpy.array(self._right, numpy.bool_),
            answers=numpy.array(self._answers, numpy.int64).reshape(-1, 2),
            held_out=numpy.array(self._held_out, numpy.bool_),
            sources=self._sources,
        )


def _table(texts: Sequence[NDArray[numpy.int32]]) -> TokenTable:
    return TokenTable(
        numbers=numpy.concatenate([*texts, numpy.zeros(0, numpy.int32)]),
        starts=numpy.cumsum([0, *map(len, texts)]),
    )


def answer_tokens(tokens: Sequence[Token], answer: Span | None) -> tuple[int, int]:
    """First and last token that an answer touches; NO_PLACE where it is not known or lies
    beyond the tokens.

    Args:
        tokens: In order, as `rag.reading.reading_tokens` gives them.
        answer: In the text of the tokens.
    """
    if answer is None or not tokens or answer.start >= tokens[-1][1].end:
        return NO_PLACE
    begun = [i for i, (_, span) in enumerate(tokens) if span.start <= answer.start]
    reached = [i for i, (_, span) in enumerate(tokens) if span.start < answer.end]
    first = begun[-1] if begun else 0
    return first, max(reached[-1] if reached else 0, first)
