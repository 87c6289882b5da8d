"""Pairs to train vectors with: those of the folder, and sentences with their surroundings."""

import random
import re
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from evals.fitting.training_texts import (
    PAIR_FILES,
    TEXT_FILES,
    TrainingPair,
    read_pairs,
    read_texts,
)

_SENTENCE = re.compile(r"[^。！？\n]+[。！？]?")
_PASSAGE_CHARACTERS = 280
_SHORTEST_SENTENCE = 12
_LONGEST_QUERY = 80
_KEEP_SENTENCE = 0.25
_PASSAGES_OF_A_TEXT = {
    "news_crud": 4,
    "news_xwlb": 4,
    "reports_city_gov": 60,
    "reports_national_pre2013": 60,
    "articles_discipline": 10,
}


def _passages(text: str) -> list[list[str]]:
    """Sentences grouped into passages of about `_PASSAGE_CHARACTERS`."""
    passages, length = [list[str]()], 0
    for sentence in filter(None, map(str.strip, _SENTENCE.findall(text))):
        if passages[-1] and length + len(sentence) > _PASSAGE_CHARACTERS:
            passages.append([])
            length = 0
        passages[-1].append(sentence)
        length += len(sentence)
    return [passage for passage in passages if len(passage) > 1]


def sentence_pairs(text: str, *, group: str, limit: int, seed: int) -> list[TrainingPair]:
    """Sentences of a text, each with the passage that it was taken from.

    Mostly the sentence is left out of its passage (the inverse cloze task: Lee, Chang &
    Toutanova, ACL 2019); sometimes it stays, so that equal words keep counting. The
    distractor is another passage of the same text.
    """
    chance = random.Random(seed)  # noqa: S311 - a sample, not a secret
    passages = _passages(text)
    chosen = sorted(chance.sample(range(len(passages)), min(limit, len(passages))))
    pairs = list[TrainingPair]()
    for index in chosen:
        sentences = passages[index]
        asked = chance.randrange(len(sentences))
        query = sentences[asked][:_LONGEST_QUERY]
        if len(query) < _SHORTEST_SENTENCE:
            continue
        kept = chance.random() < _KEEP_SENTENCE
        rest = sentences if kept else sentences[:asked] + sentences[asked + 1 :]
        other = passages[index - 1] if index else passages[-1]
        pairs.append(
            TrainingPair(
                query=query,
                passage="".join(rest),
                distractor="".join(other) if other is not sentences else "",
                group=group,
            )
        )
    return pairs


def _text_pairs(data: Path, name: str, *, seed: int) -> Iterator[TrainingPair]:
    for number, text in enumerate(read_texts(data, name)):
        yield from sentence_pairs(
            text,
            group=f"sentences_{name}",
            limit=_PASSAGES_OF_A_TEXT[name],
            seed=seed + number,
        )


def training_pairs(data: Path, *, seed: int) -> list[TrainingPair]:
    """Every pair, group after group, in the order of the files."""
    pairs = [pair for name in PAIR_FILES for pair in read_pairs(data, name)]
    for name in TEXT_FILES:
        pairs.extend(_text_pairs(data, name, seed=seed))
    return pairs


def hold_out(
    pairs: Sequence[TrainingPair], *, share: float
) -> tuple[list[TrainingPair], list[TrainingPair]]:
    """Pairs to train with and pairs to choose settings by.

    Which is which depends only on the first characters of the passage, so that one passage,
    and mostly one article, never stands on both sides.
    """
    training, held = list[TrainingPair](), list[TrainingPair]()
    for pair in pairs:
        place = zlib.crc32(pair.passage[:20].encode()) / 2**32
        (held if place < share else training).append(pair)
    return training, held
