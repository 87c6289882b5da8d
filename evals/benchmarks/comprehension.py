"""Reading comprehension as a benchmark of a library: all texts together, asked without naming
the text.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from evals.benchmarks.running import ask_all, fold_passages, passages_holding
from evals.datasets import Published, read_object
from evals.libraries import Entry, Text, open_library, read_text
from evals.progress import Advance
from evals.records import Case, Judged


class SquadAnswer(Published):
    """What one annotator took for the answer."""

    text: str


class SquadQuestion(Published):
    """A question on a paragraph; `evidences` only ExpMRC has: one of each annotator."""

    id: str
    question: str
    answers: tuple[SquadAnswer, ...]
    evidences: tuple[str, ...] = ()

    @property
    def facts(self) -> tuple[tuple[str, ...], ...]:
        """One fact, worded as each of the annotators did; none where nobody answered."""
        wordings = tuple(dict.fromkeys(answer.text for answer in self.answers))
        return (wordings,) if wordings else ()


class SquadParagraph(Published):
    """A text and what is asked about it."""

    context: str
    qas: tuple[SquadQuestion, ...]


class SquadArticle(Published):
    """Paragraphs under one title."""

    title: str = ""
    paragraphs: tuple[SquadParagraph, ...]


class _SquadFile(Published):
    data: tuple[SquadArticle, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comprehension:
    """A text and the cases about it, whose `relevant` is still empty.

    Attributes:
        text: Its key is made when it is put into a library.
        cases: Their answers stand in this text.
    """

    text: str
    title: str
    cases: tuple[Case, ...]


def read_squad(path: Path) -> Iterator[tuple[str, SquadParagraph]]:
    """The paragraphs of a file in SQuAD's form, each with its title, in order.

    Raises:
        EvaluationError: The file cannot be read, or has another form.
    """
    for article in read_object(path, _SquadFile).data:
        for paragraph in article.paragraphs:
            yield article.title, paragraph


def ask_about(texts: Iterable[Comprehension], *, advance: Advance | None) -> Iterator[Judged]:
    """Ask every case of a library made of all texts.

    Relevant are the passages of the case's own text that hold a reference sentence or, where
    it has none, a wording of a fact.
    """
    entries = list[Entry]()
    cases = list[Case]()
    for number, one in enumerate(texts, start=1):
        own = read_text(Text(key=f"{number}.txt", text=one.text, title=one.title))
        folded = fold_passages(own)
        entries += own
        for case in one.cases:
            wordings = case.references or [wording for fact in case.facts for wording in fact]
            relevant = passages_holding(folded, wordings)
            cases.append(case.model_copy(update={"relevant": relevant}))
    with open_library(entries) as system:
        yield from ask_all(system, cases, advance=advance)
