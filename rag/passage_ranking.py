"""How much of a question a passage holds: puts the first passages found in order.

BM25 counts the name of a company as often as a passage repeats it, so the passages that speak
of it most stand before the one that says what is asked. Here a word counts once, and what the
title and the beginning of the document say already counts for all of its passages alike.
"""

import math
import re
from collections.abc import Mapping

from rag.documents import Passage
from rag.features import Rarity
from rag.protocols import Segmenter
from rag.questions import analyse
from rag.words import word_text

_SENTENCE = re.compile(r"[^。！？；!?;\n]+")


def question_weights(question: str, *, segmenter: Segmenter, rarity: Rarity) -> dict[str, float]:
    """The content words of a question and what each weighs, rarer ones more: > 0, together 1.

    Empty where the question has no words.
    """
    words = dict.fromkeys(analyse(question, segmenter).words)
    weights = {word: max(rarity(word), 1e-6) for word in words}
    total = math.fsum(weights.values())
    return {word: weight / total for word, weight in weights.items()}


def held_share(weights: Mapping[str, float], passage: Passage) -> float:
    """How much of a question stands in a passage, in [0, 1].

    The mean of three shares of the words' weight: of all words, those that stand anywhere in
    the lead, the context or the text; of the words that lead and context leave open, those
    that stand in the text, and those that stand in its best sentence. Where they leave none
    open, the last two are 1.

    Args:
        weights: As `question_weights` gives them; not empty.
        passage: Any passage.
    """
    about = word_text(f"{passage.lead}\n{passage.context}")
    left_open = {word: weight for word, weight in weights.items() if word not in about}
    unsaid = math.fsum(left_open.values())
    if not left_open:
        return 1.0
    held = set[str]()
    best = 0.0
    for sentence in map(word_text, _SENTENCE.findall(passage.text)):
        standing = [word for word in left_open if word in sentence]
        best = max(best, math.fsum(left_open[word] for word in standing))
        held.update(standing)
    found = math.fsum(left_open[word] for word in held)
    return min((1 - unsaid + found + (found + best) / unsaid) / 3, 1.0)
