"""RGB, Chinese part: is the answer held, in few characters, although passages mislead?

Five passages are given with each question, so nothing is retrieved. Three tasks:

- noise (zh_refine): a share of the passages is irrelevant; at 1.0 all are, and refusing is
  right.
- integration (zh_int): the answer has parts that stand in different passages.
- counterfactual (zh_fact): the passages that look right state something false.

A counterfactual question counts as one that cannot be answered: the true answer is known
from elsewhere only, and RGB wants a model to notice the error. What rests on its passages
alone cannot; refusing is the nearest to it. Measured besides: whether the true answer is held
all the same, and whether the false one is given (`fake_given`). The questions are not asked
with the true passages: the ids of the file would occur twice, and noise 0 is the same task.

Source:
    Chen et al., Benchmarking Large Language Models in Retrieval-Augmented Generation,
    AAAI 2024, arXiv:2309.01431; passages are chosen as by its evalue.py, but not shuffled.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from evals.benchmarks.given_passages import PassageReader
from evals.datasets import Published, find_file, missing_files, read_lines
from evals.measures.facts import fact_held
from evals.measures.sentences import text_without_markers
from evals.progress import Advance
from evals.records import Case, Judged, Prediction, Task
from evals.scoring import judge

PASSAGES = 5
NOISES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
FEWER_NOISES = (0.0, 0.4)
LIMIT = 150
LIMIT_OF_PARTS = 200

# An element is a part of the answer, a list in place of a string its alternatives.
PublishedAnswer = str | tuple[str | tuple[str, ...], ...]
Facts = tuple[tuple[str, ...], ...]


class _Question(Published):
    id: str
    query: str
    answer: PublishedAnswer
    negative: tuple[str, ...]


class _NoiseQuestion(_Question):
    positive: tuple[str, ...]


class _IntegrationQuestion(_Question):
    """`positive` has the passages of each part; its other answer fields repeat `answer`."""

    positive: tuple[tuple[str, ...], ...]


class _CounterfactualQuestion(_Question):
    positive_wrong: tuple[str, ...]
    fakeanswer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A case with the passages given for it.

    Attributes:
        besides: Further measures: name → facts, of which it says whether all are held.
    """

    case: Case
    passages: tuple[str, ...]
    besides: Mapping[str, Facts]


def parts_of(answer: PublishedAnswer) -> Facts:
    """As RGB judges: every element must be held; one of the alternatives is enough."""
    elements = (answer,) if isinstance(answer, str) else answer
    return tuple((one,) if isinstance(one, str) else one for one in elements)


def alternatives_of(answer: PublishedAnswer) -> Facts:
    """For one answer: a list of strings has alternatives of the whole."""
    parts = parts_of(answer)
    if any(len(part) > 1 for part in parts):
        return parts
    return (tuple(wording for part in parts for wording in part),) if parts else ()


def choose_passages(
    positive: Sequence[str], negative: Sequence[str], *, noise: float
) -> tuple[str, ...]:
    """Of five passages ceil(5 × noise) are negatives; where one sort is short, the other
    fills up, but no positive at noise 1. Negatives come first: nothing may be learnt from
    the order.
    """
    negatives = min(math.ceil(PASSAGES * noise), len(negative))
    positives = () if noise == 1 else tuple(positive[: PASSAGES - negatives])
    return (*negative[: PASSAGES - len(positives)], *positives)


def choose_of_parts(
    parts: Sequence[Sequence[str]], negative: Sequence[str], *, noise: float
) -> tuple[str, ...]:
    """As `choose_passages`, with the positives taken from the parts in turn. Each part has
    one at least, even where that leaves fewer negatives.
    """
    in_turn = [one for row in zip_longest(*parts) for one in row if one is not None]
    wanted = max(PASSAGES - math.ceil(PASSAGES * noise), sum(map(bool, parts)))
    positives = in_turn[:wanted]
    return (*negative[: max(PASSAGES - len(positives), 0)], *positives)


def _case(question: _Question, task: Task, noise: float, facts: Facts) -> Case:
    return Case(
        id=question.id,
        task=task,
        question=question.query,
        kind=f"{task} {noise:g}",
        noise=noise,
        answerable=noise < 1 and task != "counterfactual",
        facts=facts if noise < 1 else (),
        limit=LIMIT_OF_PARTS if task == "integration" else LIMIT,
    )


def _noise_cases(path: Path) -> Iterator[Given]:
    for question in read_lines(path, _NoiseQuestion):
        whole = {"held_whole": parts_of(question.answer)}
        for noise in NOISES:
            yield Given(
                case=_case(question, "noise", noise, alternatives_of(question.answer)),
                passages=choose_passages(question.positive, question.negative, noise=noise),
                besides=whole if noise < 1 else {},
            )


def _integration_cases(path: Path) -> Iterator[Given]:
    for question in read_lines(path, _IntegrationQuestion):
        for noise in FEWER_NOISES:
            yield Given(
                case=_case(question, "integration", noise, parts_of(question.answer)),
                passages=choose_of_parts(question.positive, question.negative, noise=noise),
                besides={},
            )


def _counterfactual_cases(path: Path) -> Iterator[Given]:
    for question in read_lines(path, _CounterfactualQuestion):
        facts = alternatives_of(question.answer)
        for noise in FEWER_NOISES:
            yield Given(
                case=_case(question, "counterfactual", noise, facts),
                passages=choose_passages(question.positive_wrong, question.negative, noise=noise),
                besides={"held": facts, "fake_given": ((question.fakeanswer,),)},
            )


_FILES: Mapping[str, Callable[[Path], Iterator[Given]]] = {
    "zh_refine": _noise_cases,
    "zh_int": _integration_cases,
    "zh_fact": _counterfactual_cases,
}


def read_cases(folder: Path) -> list[Given]:
    """The cases of those of the three files that are there.

    Raises:
        EvaluationError: None is there, or one is malformed.
    """
    found = [(path, read) for stem, read in _FILES.items() if (path := find_file(folder, stem))]
    if not found:
        raise missing_files(folder, [f"{stem}.jsonl" for stem in _FILES])
    return [given for path, read in found for given in read(path)]


def count(folder: Path) -> int:
    """How many questions at how many shares of noise are asked."""
    return len(read_cases(folder))


def run(folder: Path, *, advance: Advance | None = None) -> Iterator[Judged]:
    """Ask every question at every share of noise.

    Args:
        folder: With one or more of zh_refine.jsonl, zh_int.jsonl and zh_fact.jsonl.
        advance: Called after each question.
    """
    cases = read_cases(folder)
    reader = PassageReader()
    for given in cases:
        prediction, confidence = reader.ask(given.case, given.passages)
        judged = judge(given.case, prediction, confidence=confidence)
        besides = {
            name: _held(given.case, prediction, facts) for name, facts in given.besides.items()
        }
        yield judged.model_copy(update={"measures": {**judged.measures, **besides}})
        if advance is not None:
            advance()


def _held(case: Case, prediction: Prediction, facts: Facts) -> float:
    """Whether all of `facts` are held; a refusal holds none."""
    text = text_without_markers(prediction)
    held = all(fact_held(fact, text, case.limit) for fact in facts)
    return float(held and not prediction.refused)
