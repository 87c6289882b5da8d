"""Questions that the library answers, for those who do not know yet what to ask.

They are read off the documents (`rag.asking`), and each has been asked: the answer cited the
sentence that the question was made of.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final, TypeVar

from rag.asking import Asked, Candidate
from rag.documents import Answer, AnswerStatus
from rag.text import Span

Item = TypeVar("Item")
PER_DOCUMENT: Final = 3
"""So many questions of one document are kept at most."""
TRIED_PER_DOCUMENT: Final = 8
"""So many are tried, then the document is left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A question that a document answers."""

    question: str
    asked: Asked
    document_id: str
    title: str
    collection: str


def is_proven(candidate: Candidate, answer: Answer, *, document_id: str) -> bool:
    """Whether an answer is that of the document: in full, cited before all others, and from the
    sentence that the question was made of.
    """
    if answer.status is not AnswerStatus.ANSWERED or not answer.citations:
        return False
    return answer.citations[0].document_id == document_id and any(
        one.document_id == document_id and Span(one.start, one.end).overlaps(candidate.span)
        for one in answer.citations
    )


def chosen(
    candidates: Sequence[Candidate], proves: Callable[[Candidate], bool]
) -> Iterator[Candidate]:
    """The questions of a document that are kept: at most PER_DOCUMENT, each of another sentence.

    Args:
        candidates: In any order; those that ask for something new are tried first.
        proves: Asks a question; called TRIED_PER_DOCUMENT times at most.
    """
    kept = list[Candidate]()
    for candidate in in_turn(candidates, key=lambda one: one.asked)[:TRIED_PER_DOCUMENT]:
        if all(candidate.span != one.span for one in kept) and proves(candidate):
            kept.append(candidate)
            yield candidate
        if len(kept) == PER_DOCUMENT:
            return


def spread(suggestions: Iterable[Suggestion]) -> list[Suggestion]:
    """The first questions of all documents, then their second ones; neighbours ask differently.

    Args:
        suggestions: Those of one document in order of preference.
    """
    rounds = defaultdict[int, list[Suggestion]](list)
    seen = defaultdict[str, int](int)
    for suggestion in suggestions:
        rounds[seen[suggestion.document_id]].append(suggestion)
        seen[suggestion.document_id] += 1
    return [
        one
        for number in sorted(rounds)
        for one in in_turn(rounds[number], key=lambda one: one.asked)
    ]


def in_turn(items: Sequence[Item], *, key: Callable[[Item], Asked]) -> list[Item]:
    """One of each sort, then a second of each; the sorts in their order of first appearance."""
    sorts = dict[Asked, list[Item]]()
    for item in items:
        sorts.setdefault(key(item), []).append(item)
    ranks = zip_longest(*sorts.values())
    return [item for rank in ranks for item in rank if item is not None]
