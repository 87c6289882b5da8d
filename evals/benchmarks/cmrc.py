"""CMRC 2018: questions whose answers are spans of encyclopedia articles.

The right article must be found first. That is easy here, for most questions name what they
are about: a smoke test more than a measure.

Source:
    Cui et al., A Span-Extraction Dataset for Chinese Machine Reading Comprehension,
    EMNLP 2019, doi:10.18653/v1/D19-1600.
"""

from collections.abc import Iterator
from pathlib import Path

from evals.benchmarks.comprehension import (
    Comprehension,
    SquadParagraph,
    SquadQuestion,
    ask_about,
    read_squad,
)
from evals.datasets import missing_files
from evals.progress import Advance
from evals.records import Case, Judged

_ENDINGS = (".json", ".json.xz")


def count(folder: Path) -> int:
    """How many questions the files hold."""
    return sum(len(paragraph.qas) for _, paragraph in _paragraphs(folder))


def run(folder: Path, *, advance: Advance | None = None) -> Iterator[Judged]:
    """Ask every question of a library made of all texts; an annotator's answer is enough.

    Args:
        folder: With one or more files in SQuAD's form and nothing else that ends in .json.
        advance: Called after each question.
    """
    texts = [
        Comprehension(text=paragraph.context, title=title, cases=tuple(map(_case, paragraph.qas)))
        for title, paragraph in _paragraphs(folder)
    ]
    yield from ask_about(texts, advance=advance)


def _paragraphs(folder: Path) -> list[tuple[str, SquadParagraph]]:
    """Of every file, files in the order of their names."""
    paths = sorted(path for path in folder.glob("*") if path.name.endswith(_ENDINGS))
    if not paths:
        raise missing_files(folder, ["cmrc2018_dev.json"], endings=_ENDINGS)
    return [found for path in paths for found in read_squad(path)]


def _case(question: SquadQuestion) -> Case:
    return Case(id=question.id, task="cmrc", question=question.question, facts=question.facts)
