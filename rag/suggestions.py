"""Questions that the library answers, for those who do not know yet what to ask.

They are read off the documents (`rag.asking`), and each has been asked: the answer cited the
sentence that the question was made of.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final, TypeVar

from rag.asking import Candidate
from rag.asking_rules import Asked
from rag.documents import Answer, AnswerStatus
from rag.text import Span

_NUMERAL: Final = re.compile(r"[\d〇零一二三四五六七八九十百]+")
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


_FACTS: Final = frozenset({Asked.NUMBER, Asked.DATE, Asked.PERSON, Asked.SAYING})
_Question = TypeVar("_Question", Candidate, Suggestion)


def is_proven(candidate: Candidate, answer: Answer, *, document_id: str) -> bool:
    """Whether an answer is that of the document: in full, cited before all others, from the
    sentence that the question was made of and, where that asks for one fact, with this in it.
    """
    if answer.status is not AnswerStatus.ANSWERED or not answer.citations:
        return False
    return answer.citations[0].document_id == document_id and any(
        one.document_id == document_id
        and Span(one.start, one.end).overlaps(candidate.span)
        and (candidate.asked not in _FACTS or candidate.told in one.quote)
        for one in answer.citations
    )


def chosen(
    candidates: Sequence[Candidate], proves: Callable[[Candidate], bool]
) -> Iterator[Candidate]:
    """The questions of a document that are kept: at most PER_DOCUMENT, each of another sentence.

    Args:
        candidates: In any order; short ones and those that ask for something new go first.
        proves: Asks a question; called TRIED_PER_DOCUMENT times at most.
    """
    kept = list[Candidate]()
    for candidate in _in_turn(candidates)[:TRIED_PER_DOCUMENT]:
        if all(candidate.span != one.span for one in kept) and proves(candidate):
            kept.append(candidate)
            yield candidate
        if len(kept) == PER_DOCUMENT:
            return


def spread(suggestions: Iterable[Suggestion]) -> list[Suggestion]:
    """The first questions of all documents, then their second ones; neighbours ask differently.

    What asks like another one but for its numbers (第十三届…, 第十四届…) comes behind them all.

    Args:
        suggestions: Those of one document in order of preference.
    """
    rounds = defaultdict[int, list[Suggestion]](list)
    seen, forms = Counter[str](), set[str]()
    for suggestion in suggestions:
        form = _NUMERAL.sub("", suggestion.question)
        late = PER_DOCUMENT if form in forms else 0
        forms.add(form)
        rounds[late + seen[suggestion.document_id]].append(suggestion)
        seen[suggestion.document_id] += 1
    return [one for number in sorted(rounds) for one in _in_turn(rounds[number])]


def _in_turn(questions: Sequence[_Question]) -> list[_Question]:
    """One of each sort, then a second of each; the sorts in their order, short questions first."""
    sorts = {asked: list[_Question]() for asked in Asked}
    for one in sorted(questions, key=lambda one: len(one.question)):
        sorts[one.asked].append(one)
    ranks = zip_longest(*sorts.values())
    return [question for rank in ranks for question in rank if question is not None]
