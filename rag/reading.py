"""A small trained reader: which sentences answer a question, and where in them, with numpy.

    question, sentences ─ tokens ─ embeddings ─ aligned with the question ─ convolutions
                        ─► log-odds of each sentence, and the place of its answer

The sentences are laid behind each other in one row of tokens, so that every layer is a few
matrix products however long the sentences are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy
from numpy.typing import NDArray

from rag.rarity import WordRarity
from rag.text import Span, fold
from rag.words import STATIC_MODEL, Words, built_in_words, load_tokenizer

READER_MODEL = Path(__file__).parent / "models" / "reader" / "reader.npz"
MAX_QUESTION_TOKENS = 40
MAX_SENTENCE_TOKENS = 100
# No convolution reaches further than this; so many empty places part two sentences.
REACH = 4
DILATIONS = (1, 2, 4, 1)
ATTENTION_SCALE = 8.9
RARITY_SCALE = 12.0
LONG_WORD = 6

Matrix = NDArray[numpy.float32]
Token = tuple[str, Span]


def reading_tokens(text: str, words: Words) -> list[Token]:
    """Words and punctuation marks in order, each with its place in `text`."""
    tokens = list[Token]()
    position = 0
    for word, span in words.word_spans(text):
        tokens.extend(_marks(text, position, span.start))
        tokens.append((word, span))
        position = max(position, span.end)
    tokens.extend(_marks(text, position, len(text)))
    return tokens


def _marks(text: str, start: int, end: int) -> list[Token]:
    return [(text[i], Span(i, i + 1)) for i in range(start, end) if not text[i].isspace()]


def token_shape(token: str, rarity: float) -> list[float]:
    """What a token looks like: digits, letters, mark, year, length, rarity; each 0 to 1."""
    digits = token.replace(".", "").isdigit()
    letters = token.isascii() and token.isalpha()
    mark = not token[0].isalnum()
    year = digits and len(token) == 4 and token[:2] in {"19", "20"}
    return [
        float(digits),
        float(letters),
        float(mark),
        float(year),
        min(len(token), LONG_WORD) / LONG_WORD,
        0.0 if mark else min(rarity, RARITY_SCALE) / RARITY_SCALE,
    ]


def match_of(token: str, question_tokens: frozenset[str], folded_question: str) -> int:
    """1: the token stands in the question; 2: one of its characters does; 0: neither."""
    if token in question_tokens:
        return 1
    return 2 * (len(token) > 1 and any(c in folded_question for c in token))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the reader makes of one sentence.

    Attributes:
        log_odds: That the sentence answers the question.
        answer: Where in the sentence the answer most likely stands.
    """

    log_odds: float
    answer: Span


class Reader:
    """Reads sentences for a question.

    Args:
        weights: Arrays as `evals.fitting.train_reader` writes them.
    """

    def __init__(self, weights: Mapping[str, NDArray[numpy.generic]]) -> None:
        self._table = weights["table"]
        self._scales = weights["scales"].astype(numpy.float32)
        self._frequent = {str(word): i + 1 for i, word in enumerate(weights["frequent"])}
        self._weights = {
            name: array.astype(numpy.float32)
            for name, array in weights.items()
            if name not in {"table", "scales", "frequent", "combination"}
        }
        trees, reader, baseline = weights["combination"].astype(float).tolist()
        self.combination: tuple[float, float, float] = (trees, reader, baseline)
        """Weights of the trees' log-odds, of the reader's, and a constant: see `rag.ranking`."""
        self._words = built_in_words()
        self._vocabulary = load_tokenizer(STATIC_MODEL / "tokenizer.json").get_vocab()
        self._rarity = WordRarity(STATIC_MODEL / "tokenizer.json")
        self._tokens = lru_cache(maxsize=4096)(self._tokens_of)

    def read(self, question: str, sentences: Sequence[str], rows: Matrix) -> list[Reading]:
        """One reading a sentence, in their order.

        Args:
            question: As asked.
            sentences: As the document has them.
            rows: Shape (len(sentences), features): what `rag.features` measured of each.
        """
        asked, _ = self._tokens(question, MAX_QUESTION_TOKENS)
        texts = [self._tokens(sentence, MAX_SENTENCE_TOKENS) for sentence in sentences]
        kept = [i for i, (tokens, _) in enumerate(texts) if tokens]
        readings = [Reading(log_odds=-12.0, answer=Span(0, len(s))) for s in sentences]
        if not asked or not kept:
            return readings
        log_odds, starts, ends = self._forward(
            question, asked, [texts[i] for i in kept], rows[kept]
        )
        for place, i in enumerate(kept):
            tokens = texts[i][0]
            first, last = int(starts[place]), int(ends[place])
            answer = Span(tokens[first][1].start, tokens[max(first, last)][1].end)
            readings[i] = Reading(log_odds=float(log_odds[place]), answer=answer)
        return readings

    def _tokens_of(self, text: str, limit: int) -> tuple[list[Token], Matrix]:
        """Tokens and their embeddings without what depends on the other side."""
        tokens = reading_tokens(text, self._words)[:limit]
        if not tokens:
            return [], numpy.zeros((0, 0), numpy.float32)
        numbers = [self._vocabulary.get(word, 0) for word, _ in tokens]
        static = self._table[numbers].astype(numpy.float32) * self._scales[numbers, None]
        small = self._weights["small"][[self._frequent.get(word, 0) for word, _ in tokens]]
        shapes = [token_shape(word, self._rarity(word)) for word, _ in tokens]
        embedded = [static + self._weights["proj.bias"], small, numpy.array(shapes)]
        return tokens, numpy.concatenate(embedded, axis=1).astype(numpy.float32)

    def _linear(self, name: str, rows: Matrix) -> Matrix:
        return rows @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]

    def _input(self, embedded: Matrix, flags: Matrix) -> Matrix:
        rows: Matrix = numpy.concatenate([embedded, flags[:, None]], axis=1)
        return numpy.maximum(self._linear("inp", rows), 0)

    def _block(self, name: str, rows: Matrix, filled: Matrix, dilation: int) -> Matrix:
        """A residual convolution of width 3; `filled` is 0 between sentences."""
        centred = rows - rows.mean(axis=1, keepdims=True)
        deviation: Matrix = numpy.sqrt((centred * centred).mean(axis=1, keepdims=True) + 1e-5)
        normed: Matrix = centred / deviation * self._weights[f"{name}.n.weight"]
        normed = (normed + self._weights[f"{name}.n.bias"]) * filled
        kernel = self._weights[f"{name}.c.weight"]
        added = normed @ kernel[:, :, 1].T + self._weights[f"{name}.c.bias"]
        added[dilation:] += normed[:-dilation] @ kernel[:, :, 0].T
        added[:-dilation] += normed[dilation:] @ kernel[:, :, 2].T
        return rows + numpy.maximum(added, 0)

    def _encode(
        self, names: str, parts: Sequence[Matrix], dilations: Sequence[int]
    ) -> list[Matrix]:
        """Convolutions over each part by itself."""
        starts = list[int]()
        position = REACH
        for part in parts:
            starts.append(position)
            position += len(part) + REACH
        rows = numpy.zeros((position, parts[0].shape[1]), numpy.float32)
        filled = numpy.zeros((position, 1), numpy.float32)
        for start, part in zip(starts, parts, strict=True):
            rows[start : start + len(part)] = part
            filled[start : start + len(part)] = 1
        for layer, dilation in enumerate(dilations):
            rows = self._block(f"{names}.{layer}", rows, filled, dilation)
        return [rows[s : s + len(p)] for s, p in zip(starts, parts, strict=True)]

    def _forward(
        self,
        question: str,
        asked: Sequence[Token],
        texts: Sequence[tuple[list[Token], Matrix]],
        rows: Matrix,
    ) -> tuple[Matrix, NDArray[numpy.intp], NDArray[numpy.intp]]:
        """Log-odds, first and last token of the answer, one each a text."""
        question_words = frozenset(word for word, _ in asked)
        folded = fold(question)
        _, embedded = self._tokens(question, MAX_QUESTION_TOKENS)
        matches = [
            numpy.array([match_of(word, question_words, folded) for word, _ in tokens])
            for tokens, _ in texts
        ]
        standing = [{word for word, _ in tokens} for tokens, _ in texts]
        flags = [
            numpy.array([word in words for word, _ in asked], numpy.float32) for words in standing
        ]
        questions = self._encode("qb", [self._input(embedded, f) for f in flags], (1, 1))
        sentences = [
            self._input(matrix, (match == 1).astype(numpy.float32))
            for (_, matrix), match in zip(texts, matches, strict=True)
        ]
        summaries = [self._weighted(q, "qp") for q in questions]
        mixed = [
            self._mix(x, q, match) + self._linear("film", summary[None])
            for x, q, match, summary in zip(sentences, questions, matches, summaries, strict=True)
        ]
        read = self._encode("sb", mixed, DILATIONS)
        places = [self._linear("se", h) for h in read]
        pooled = numpy.stack([self._weighted(h, "pool") for h in read])
        highest = numpy.stack([h.max(axis=0) for h in read])
        asked_for = numpy.stack(summaries)
        related = pooled * (asked_for @ self._weights["pair.weight"].T)
        measured = (rows - self._weights["mean"]) / self._weights["deviation"]
        parts = [pooled, highest, asked_for, related, measured.clip(-4, 4)]
        joined = numpy.concatenate(parts, axis=1).astype(numpy.float32, copy=False)
        hidden = numpy.maximum(self._linear("h1", joined), 0)
        return (
            self._linear("h2", hidden)[:, 0],
            numpy.array([place[:, 0].argmax() for place in places]),
            numpy.array([place[:, 1].argmax() for place in places]),
        )

    def _weighted(self, rows: Matrix, name: str) -> Matrix:
        """The mean of rows, weighted by what a linear layer thinks of each."""
        return _softmax(self._linear(name, rows)[:, 0]) @ rows

    def _mix(self, x: Matrix, question: Matrix, match: NDArray[numpy.int_]) -> Matrix:
        """Each token with what the question says of it."""
        scale = numpy.float32(ATTENTION_SCALE)
        aligned = _softmax(self._linear("att", x) @ question.T / scale) @ question
        flags = numpy.stack([match == 1, match == 2, numpy.zeros(len(match))], axis=1)
        rows = numpy.concatenate([x, aligned, x * aligned, flags], axis=1)
        return numpy.maximum(self._linear("mix", rows.astype(numpy.float32, copy=False)), 0)


def _softmax(scores: Matrix) -> Matrix:
    raised = numpy.exp(scores - scores.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


def load_reader(path: Path = READER_MODEL) -> Reader:
    """Read what `evals.fitting.train_reader` wrote."""
    with numpy.load(path, allow_pickle=False) as arrays:
        return Reader(dict(arrays))
