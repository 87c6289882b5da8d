"""How much a word tells: rarer words weigh more."""

import json
from pathlib import Path

# Function words come out at about 3 to 5 nats, names at 12 to 14.
COMMONPLACE_NATS = 4.0
LEAST_WEIGHT = 0.2


class WordRarity:
    """Weights from the word counts that the built-in vocabulary was made of.

    A weight is the word's surprisal (-log probability, in nats) less that of commonplace
    words, never under LEAST_WEIGHT; a word that the vocabulary does not know weighs as much
    as its rarest. Unlike a document frequency it does not depend on what was ingested, so
    answers do not change when an unrelated document comes in.

    Args:
        tokenizer: The tokenizer.json of a `tokenizers` Unigram model.
    """

    def __init__(self, tokenizer: Path) -> None:
        model = json.loads(tokenizer.read_text(encoding="utf-8"))["model"]
        pairs = [(str(word), float(score)) for word, score in model["vocab"]]
        self._weights = {word: max(-s - COMMONPLACE_NATS, LEAST_WEIGHT) for word, s in pairs}
        self._unknown = max(self._weights.values())

    def __call__(self, word: str) -> float:
        """The weight of a folded word, > 0."""
        return self._weights.get(word, self._unknown)
