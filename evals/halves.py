"""Halves our own questions: what is tuned on tells nothing of what it is measured by.

Questions that are alike stay together; kinds, conversations and documents are spread evenly.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from itertools import combinations
from typing import Final

from evals.questions import HALVES, AskedQuestion, Half, Line, Question, asked
from rag.text import fold

ALIKE: Final = 0.8
_SEED: Final = "wence"
_OTHER: Final[Mapping[Half, Half]] = {"dev": "test", "test": "dev"}
# A kind counts more than a document: kinds are what reports are broken down by.
_KIND_WEIGHT, _DOCUMENT_WEIGHT = 1.0, 0.25


def assign_halves(lines: Sequence[Line], placed: Mapping[str, Half]) -> dict[str, Half]:
    """The half of every line, the same for the same lines whatever their order.

    Greedy: groups of lines that are alike, largest first, each to the half where it evens out
    the numbers of its kinds and of its documents.

    Args:
        lines: Old and new.
        placed: Id → half of those that have one; they keep it, and draw those that are like
            them into it.
    """
    halves = dict(placed)
    groups = _groups(sorted(lines, key=lambda line: line.id))
    free = [group for group in groups if not any(line.id in placed for line in group)]
    counts: dict[Half, Counter[str]] = {half: Counter() for half in HALVES}
    for group in groups:
        drawn = Counter[Half](placed[line.id] for line in group if line.id in placed)
        for line in group if drawn else ():
            half = halves.setdefault(line.id, drawn.most_common(1)[0][0])
            counts[half].update(_features([line]))
    for group in sorted(free, key=_turn):
        features = _features(group)
        half = min(HALVES, key=lambda half: _lead(counts, half, features))
        counts[half].update(features)
        halves |= {line.id: half for line in group}
    return halves


def _turn(group: Sequence[Line]) -> tuple[int, str]:
    """Large groups are placed while there is still room to even them out."""
    digest = hashlib.blake2b(f"{_SEED}\0{group[0].id}".encode()).hexdigest()
    return -sum(len(asked(line)) for line in group), digest


def _features(group: Sequence[Line]) -> Counter[str]:
    features = Counter[str]()
    for line in group:
        sort = "alone" if isinstance(line, Question) else "conversation"
        for _, question in asked(line):
            features[f"kind {sort} {question.kind}"] += 1
            documents = {evidence.document for evidence in question.evidence}
            features.update(f"document {document}" for document in documents)
    return features


def _lead(counts: Mapping[Half, Counter[str]], half: Half, features: Counter[str]) -> float:
    """How much more than the other half this one would have of what `features` names."""
    other = _OTHER[half]
    return sum(
        (_KIND_WEIGHT if name.startswith("kind") else _DOCUMENT_WEIGHT)
        * number
        * (counts[half][name] - counts[other][name])
        for name, number in features.items()
    )


def _groups(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines that are alike, directly or by way of others, in the order of their first."""
    leader = list(range(len(lines)))
    for one, other in combinations(range(len(lines)), 2):
        if are_alike(lines[one], lines[other]):
            kept, gone = sorted((leader[one], leader[other]))
            leader = [kept if place == gone else place for place in leader]
    members = defaultdict[int, list[Line]](list)
    for place, line in zip(leader, lines, strict=True):
        members[place].append(line)
    return list(members.values())


def are_alike(one: Line, other: Line) -> bool:
    """Whether to know one right is to know something of the other.

    So it is where their words are nearly the same, or questions of one kind have the same
    facts in the same document. Of a conversation only the first turn is compared: the others
    say little without it.
    """
    first, second = asked(one)[0][1], asked(other)[0][1]
    return _same_words(first.question, second.question) or _same_answer(first, second)


def _same_words(one: str, other: str) -> bool:
    matcher = SequenceMatcher(None, _letters(one), _letters(other), autojunk=False)
    return (
        matcher.real_quick_ratio() >= ALIKE
        and matcher.quick_ratio() >= ALIKE
        and matcher.ratio() >= ALIKE
    )


def _letters(text: str) -> str:
    return "".join(character for character in fold(text) if character.isalnum())


def _same_answer(one: AskedQuestion, other: AskedQuestion) -> bool:
    shared = {e.document for e in one.evidence} & {e.document for e in other.evidence}
    if not shared or one.kind != other.kind or len(one.facts) != len(other.facts):
        return False
    return all(any(_same_fact(fact, second) for second in other.facts) for fact in one.facts)


def _same_fact(one: Sequence[str], other: Sequence[str]) -> bool:
    pairs = [(fold(first), fold(second)) for first in one for second in other]
    return any(first in second or second in first for first, second in pairs)
