"""ExpMRC, Chinese parts: questions with the words of the text that prove the answer.

The part from CMRC 2018 asks for spans. The part from C3 is multiple choice: the right choice
is often worded otherwise than the text, so only the evidence is judged there, and the choices
are not shown.

Source:
    Cui et al., ExpMRC: Explainability Evaluation for Machine Reading Comprehension,
    Heliyon 8 (2022), arXiv:2105.04126.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from evals.benchmarks.comprehension import Comprehension, SquadQuestion, ask_about, read_squad
from evals.datasets import Published, find_file, missing_files, read_object
from evals.progress import Advance
from evals.records import Case, Judged

SPANS = "expmrc-cmrc2018-dev"
CHOICES = "expmrc-c3-dev"


class _Exercise(Published):
    """A text with its questions; the n-th evidences are those of the n-th question."""

    id: str
    article: str
    questions: tuple[str, ...]
    evidences: tuple[tuple[str, ...], ...] = ()


class _ChoiceFile(Published):
    data: tuple[_Exercise, ...]


def count(folder: Path) -> int:
    """How many questions the files hold."""
    return sum(len(text.cases) for text in _read_texts(folder))


def run(folder: Path, *, advance: Advance | None = None) -> Iterator[Judged]:
    """Ask every question of a library made of all texts.

    Args:
        folder: With one or both of expmrc-cmrc2018-dev.json and expmrc-c3-dev.json.
        advance: Called after each question.
    """
    yield from ask_about(_read_texts(folder), advance=advance)


def agreed(evidences: Sequence[str]) -> str:
    """What most annotators marked as the evidence; of equals the shortest, then the first.

    They mark one and the same evidence, with different limits; the published measure, too,
    wants one of the marks only. Empty without any.
    """
    times = Counter(evidences)
    return min(times, key=lambda one: (-times[one], len(one)), default="")


def _read_texts(folder: Path) -> list[Comprehension]:
    spans, choices = find_file(folder, SPANS), find_file(folder, CHOICES)
    if spans is None and choices is None:
        raise missing_files(folder, [f"{SPANS}.json", f"{CHOICES}.json"])
    return [
        *(_span_texts(spans) if spans else ()),
        *(_choice_texts(choices) if choices else ()),
    ]


def _span_texts(path: Path) -> Iterator[Comprehension]:
    for title, paragraph in read_squad(path):
        cases = tuple(map(_span_case, paragraph.qas))
        yield Comprehension(text=paragraph.context, title=title, cases=cases)


def _span_case(question: SquadQuestion) -> Case:
    return _case(question.id, question.question, "span", question.evidences, facts=question.facts)


def _choice_texts(path: Path) -> Iterator[Comprehension]:
    for exercise in read_object(path, _ChoiceFile).data:
        evidences = (*exercise.evidences, *[()] * len(exercise.questions))
        cases = tuple(
            # As the published measure names the questions.
            _case(f"{exercise.id}-{number}", question, "choice", evidences[number])
            for number, question in enumerate(exercise.questions)
        )
        yield Comprehension(text=exercise.article, title="", cases=cases)


def _case(
    identifier: str,
    question: str,
    kind: str,
    evidences: Sequence[str],
    *,
    facts: tuple[tuple[str, ...], ...] = (),
) -> Case:
    evidence = agreed(evidences)
    return Case(
        id=identifier,
        task="expmrc",
        question=question,
        kind=kind,
        facts=facts,
        references=(evidence,) if evidence else (),
    )
