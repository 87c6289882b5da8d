"""The reader of `rag.reading` as a torch module, and the batches it is trained on.

Names of layers are those of the weights that `rag.reading.Reader` looks up.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy
import torch
from numpy.typing import NDArray
from safetensors.numpy import load_file
from torch import Tensor, nn
from torch.nn import functional

from evals.fitting.pair_arrays import EvidencePairs, Indexes
from evals.fitting.word_vectors import Matrix
from rag.features import FEATURES
from rag.rarity import WordRarity
from rag.reading import ATTENTION_SCALE, DILATIONS, token_shape
from rag.words import STATIC_MODEL, load_tokenizer

WIDTH = 80
STATIC_WIDTH = 64
FREQUENT_WIDTH = 32
SHAPE_WIDTH = len(token_shape("字", 0.0))
HIDDEN = 96
DROPPED = 0.2
FREQUENT = 4000
# A question is short; each of its tokens counts for so many of the sentences'.
QUESTION_COUNT = 20
# Tokens of like-named layers are hidden in training, so that the rarer layers learn as well.
HIDDEN_IN_SENTENCES = 0.1
HIDDEN_IN_QUESTIONS = 0.05
# Sentences of about one length are padded together.
_LENGTHS = (17, 29, 46)
_NEVER = -1e4


def static_vectors() -> Matrix:
    """The built-in vectors, one row of length 1 a word; the unknown word is all zeros."""
    rows = load_file(STATIC_MODEL / "model.safetensors")["embeddings"].astype(numpy.float32)
    rows /= numpy.maximum(numpy.linalg.norm(rows, axis=1, keepdims=True), 1e-6)
    rows[0] = 0
    return rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """Questions or sentences of a batch, padded: each of shape (pairs, tokens).

    Attributes:
        words: Rows of the static vectors.
        frequent: Rows of the vectors of frequent tokens; 0 for all others.
        shapes: With SHAPE_WIDTH columns, see `rag.reading.token_shape`.
        matches: 1 where the token stands on the other side; in sentences 2 where one of its
            characters does.
        mask: 1 for tokens, 0 for padding.
    """

    words: Tensor
    frequent: Tensor
    shapes: Tensor
    matches: Tensor
    mask: Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Pairs of a question and a sentence.

    Attributes:
        sentences: Their numbers among all sentences.
        rows: Their features, as measured.
    """

    sentences: Indexes
    question: Side
    sentence: Side
    rows: Tensor


class Block(nn.Module):
    """A residual convolution of width 3 over normalised rows."""

    def __init__(self, dilation: int) -> None:
        super().__init__()
        self.n = nn.LayerNorm(WIDTH)
        self.c = nn.Conv1d(WIDTH, WIDTH, 3, padding=dilation, dilation=dilation)

    def forward(self, rows: Tensor, mask: Tensor) -> Tensor:
        """Shape (pairs, tokens, WIDTH), as `rows`."""
        normed = (self.n(rows) * mask[..., None]).transpose(1, 2)
        return rows + functional.relu(self.c(normed).transpose(1, 2))


class ReaderModel(nn.Module):
    """What `rag.reading.Reader` computes, for training.

    Args:
        static: Vectors of the words, shape (words, dimensions); they are not trained.
        frequent: The tokens that get vectors of their own.
        rows: Features to train on, of which the mean and the deviation are taken.
    """

    static: Tensor
    mean: Tensor
    deviation: Tensor

    def __init__(self, static: Matrix, frequent: Sequence[str], rows: Matrix) -> None:
        super().__init__()
        self.frequent = tuple(frequent)
        self.register_buffer("static", torch.from_numpy(static), persistent=False)
        self.register_buffer("mean", torch.from_numpy(rows.mean(axis=0)))
        self.register_buffer("deviation", torch.from_numpy(rows.std(axis=0) + 1e-3))
        self.proj = nn.Linear(static.shape[1], STATIC_WIDTH)
        self.small = nn.Embedding(len(self.frequent) + 1, FREQUENT_WIDTH, padding_idx=0)
        self.inp = nn.Linear(STATIC_WIDTH + FREQUENT_WIDTH + SHAPE_WIDTH + 1, WIDTH)
        self.qb = nn.ModuleList([Block(1), Block(1)])
        self.att = nn.Linear(WIDTH, WIDTH)
        self.qp = nn.Linear(WIDTH, 1)
        self.mix = nn.Linear(3 * WIDTH + 3, WIDTH)
        self.film = nn.Linear(WIDTH, WIDTH)
        self.sb = nn.ModuleList([Block(dilation) for dilation in DILATIONS])
        self.se = nn.Linear(WIDTH, 2)
        self.pool = nn.Linear(WIDTH, 1)
        self.pair = nn.Linear(WIDTH, WIDTH, bias=False)
        self.h1 = nn.Linear(4 * WIDTH + len(FEATURES), HIDDEN)
        self.h2 = nn.Linear(HIDDEN, 1)
        self.drop = nn.Dropout(DROPPED)

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Log-odds of each pair, and scores of each token as the first and the last of the
        answer: shapes (pairs,) and (pairs, tokens, 2).
        """
        asked, read = batch.question, batch.sentence
        question = self._encode(self.qb, self._input(asked), asked.mask)
        summary = _weighted(question, self.qp(question), asked.mask)
        mixed = self._mix(self._input(read), question, batch) + self.film(summary)[:, None]
        hidden = self.drop(self._encode(self.sb, mixed, read.mask))
        hides = read.mask[..., None] == 0
        pooled = _weighted(hidden, self.pool(hidden), read.mask)
        highest = hidden.masked_fill(hides, _NEVER).max(dim=1)[0]
        measured = ((batch.rows - self.mean) / self.deviation).clip(-4, 4)
        parts = [pooled, highest, summary, pooled * self.pair(summary), measured]
        joined = self.drop(functional.relu(self.h1(torch.cat(parts, dim=-1))))
        return self.h2(joined)[..., 0], self.se(hidden).masked_fill(hides, _NEVER)

    def _input(self, side: Side) -> Tensor:
        flags = (side.matches == 1).float()[..., None]
        vectors = [self.proj(self.static[side.words]), self.small(side.frequent)]
        joined = torch.cat([*vectors, side.shapes, flags], dim=-1)
        return functional.relu(self.inp(self.drop(joined)))

    def _encode(self, blocks: nn.ModuleList, rows: Tensor, mask: Tensor) -> Tensor:
        for block in blocks:
            rows = block(rows, mask)
        return rows

    def _mix(self, rows: Tensor, question: Tensor, batch: Batch) -> Tensor:
        scores = self.att(rows) @ question.transpose(1, 2) / ATTENTION_SCALE
        scores = scores.masked_fill(batch.question.mask[:, None] == 0, _NEVER)
        aligned = scores.softmax(-1) @ question
        matches = batch.sentence.matches
        # The third flag is always 0: the shipped weights have a column for it.
        flags = torch.stack([matches == 1, matches == 2, matches > 2], dim=-1).float()
        joined = torch.cat([rows, aligned, rows * aligned, flags], dim=-1)
        return functional.relu(self.mix(self.drop(joined)))


def _weighted(rows: Tensor, scores: Tensor, mask: Tensor) -> Tensor:
    weights = scores[..., 0].masked_fill(mask == 0, _NEVER).softmax(-1)
    return (weights[..., None] * rows).sum(dim=1)


def frequent_tokens(pairs: EvidencePairs) -> list[str]:
    """The FREQUENT tokens that occur most often, most often first."""
    counts = Counter[int](pairs.sentences.numbers.tolist())
    for number, count in Counter[int](pairs.questions.numbers.tolist()).items():
        counts[number] += QUESTION_COUNT * count
    return [pairs.tokens[number] for number, _ in counts.most_common(FREQUENT)]


class Batches:
    """Makes batches of pairs.

    Args:
        pairs: All pairs.
        frequent: Tokens that have vectors of their own, in the order of the model.
        choose: Which tokens are hidden in training.
    """

    def __init__(
        self, pairs: EvidencePairs, frequent: Sequence[str], choose: numpy.random.Generator
    ) -> None:
        vocabulary = load_tokenizer(STATIC_MODEL / "tokenizer.json").get_vocab()
        rarity = WordRarity(STATIC_MODEL / "tokenizer.json")
        places = {token: i + 1 for i, token in enumerate(frequent)}
        tokens = pairs.tokens
        self._pairs = pairs
        self._choose = choose
        self._words = numpy.array([vocabulary.get(token, 0) for token in tokens])
        self._frequent = numpy.array([places.get(token, 0) for token in tokens])
        shapes = [token_shape(token, rarity(token)) for token in tokens]
        self._shapes = numpy.array(shapes, numpy.float32)

    def of(self, questions: Indexes, *, hiding: bool) -> list[Batch]:
        """Every sentence of these questions in one of a few batches, by length.

        Args:
            questions: Their numbers.
            hiding: Whether some frequent tokens lose their vectors, as in training.
        """
        sentences = self._pairs.sentences_of(questions)
        lengths = numpy.diff(self._pairs.sentences.starts)[sentences]
        kinds = numpy.digitize(lengths, _LENGTHS)
        return [self._batch(sentences[kinds == k], hiding=hiding) for k in numpy.unique(kinds)]

    def _batch(self, sentences: Indexes, *, hiding: bool) -> Batch:
        pairs = self._pairs
        asked, asked_mask = _padded(
            pairs.questions.numbers, pairs.questions.starts, pairs.question_of[sentences]
        )
        read, read_mask = _padded(pairs.sentences.numbers, pairs.sentences.starts, sentences)
        matches, _ = _padded(pairs.matches, pairs.sentences.starts, sentences)
        same = (asked[:, :, None] == read[:, None, :]) & read_mask[:, None, :]
        repeated = same.any(axis=2).astype(numpy.int64)
        hidden_asked = hidden_read = numpy.zeros((), numpy.bool_)
        if hiding:
            hidden_asked = self._choose.random(asked.shape) < HIDDEN_IN_QUESTIONS
            hidden_read = self._choose.random(read.shape) < HIDDEN_IN_SENTENCES
            hidden_read &= matches != 1
        return Batch(
            sentences=sentences,
            question=self._side(asked, repeated, asked_mask, hidden_asked),
            sentence=self._side(read, matches, read_mask, hidden_read),
            rows=torch.from_numpy(pairs.rows[sentences]),
        )

    def _side(
        self,
        tokens: Indexes,
        matches: Indexes,
        mask: NDArray[numpy.bool_],
        hidden: NDArray[numpy.bool_],
    ) -> Side:
        return Side(
            words=torch.from_numpy(self._words[tokens]),
            frequent=torch.from_numpy(numpy.where(hidden, 0, self._frequent[tokens])),
            shapes=torch.from_numpy(self._shapes[tokens]),
            matches=torch.from_numpy(matches),
            mask=torch.from_numpy(mask.astype(numpy.float32)),
        )


def _padded(
    numbers: NDArray[numpy.integer], starts: Indexes, wanted: Indexes
) -> tuple[Indexes, NDArray[numpy.bool_]]:
    """Numbers of the wanted texts, shape (texts, longest), and where they are no padding.

    Args:
        numbers: Of all texts, end to end.
        starts: Where each text begins, and where the last one ends.
        wanted: Texts, none of them empty.
    """
    begins = starts[wanted]
    lengths = starts[wanted + 1] - begins
    places = numpy.arange(lengths.max())
    mask = places < lengths[:, None]
    padded = numbers[numpy.minimum(begins[:, None] + places, len(numbers) - 1)]
    return padded.astype(numpy.int64), mask
