"""Questions of policy texts, written by hand: what patterns cannot ask.

`data/policy_questions.jsonl` holds the questions and the places of their answers in files of
the training folder, not a word of those files. Each was written to be asked by someone who has
not seen the text, or to ask for what stands near the text and is not in it.
"""

import lzma
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, ValidationError, field_validator, model_validator

from evals.fitting.evidence_examples import Asked, AskedText, is_held_out
from evals.fitting.policy_examples import FILES, read_documents
from evals.records import Record
from rag.errors import EvaluationError
from rag.text import Span, sentence_spans, trimmed_span

POLICY_QUESTIONS = Path(__file__).parent / "data" / "policy_questions.jsonl"
SOURCE = "written"

Kind = Literal[
    "who",
    "when",
    "how_many",
    "where",
    "which",
    "what",
    "meaning",
    "why",
    "how",
    "confirmation",
    "unanswerable",
]
Place = tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(ge=0)]]
Line = tuple[str, int]


class PolicyQuestion(Record):
    """A question of a part of a text; offsets are code points of the text, half-open.

    Attributes:
        file: One of `policy_examples.FILES`, without its endings.
        line: Of that file, counted from 0.
        window: What the writer saw.
        answer: Inside `window`; None where the window does not tell.
    """

    file: str
    line: Annotated[int, Field(ge=0)]
    window: Place
    kind: Kind
    question: Annotated[str, StringConstraints(min_length=2, max_length=120, strict=True)]
    answer: Place | None

    @field_validator("file")
    @classmethod
    def _the_file_is_known(cls, file: str) -> str:
        if _packed(file) not in FILES:
            message = f"{file!r} is no file of the training folder"
            raise ValueError(message)
        return file

    @model_validator(mode="after")
    def _the_answer_stands_in_the_window(self) -> Self:
        start, end = self.answer or self.window
        if not self.window[0] <= start < end <= self.window[1]:
            raise ValueError("the answer is not inside the window, or one of them is empty")
        if (self.answer is None) != (self.kind == "unanswerable"):
            raise ValueError("a question lacks an answer if and only if it is unanswerable")
        return self


def _packed(file: str) -> str:
    return f"{file}.jsonl.xz"


def read_policy_questions(path: Path = POLICY_QUESTIONS) -> list[PolicyQuestion]:
    """The questions of a file, in its order.

    Raises:
        EvaluationError: The file cannot be read, or a line is malformed.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        message = f"读不了训练问题 {path}：{error}"
        raise EvaluationError(message) from error
    questions = list[PolicyQuestion]()
    for number, line in enumerate(lines, start=1):
        try:
            questions.append(PolicyQuestion.model_validate_json(line))
        except ValidationError as error:
            message = f"{path} 第 {number} 行格式有误，请改正后重试：{error}"
            raise EvaluationError(message) from error
    return questions


def written_texts(folder: Path, questions: Sequence[PolicyQuestion]) -> list[AskedText]:
    """The windows of the questions, each with all questions asked of it.

    Only the window is given, because nobody has looked whether the rest of a text answers the
    questions that the window does not.

    Args:
        folder: The training folder on whose texts the questions were written.
        questions: In any order.

    Raises:
        EvaluationError: The folder's texts are others: a line is missing or ends before its
            window, or an answer is not a part of one sentence.
    """
    documents = _documents(folder, {(one.file, one.line) for one in questions})
    asked = dict[tuple[Line, Place], list[Asked]]()
    for one in questions:
        line = (one.file, one.line)
        answer = _answer(one, documents[line][1], folder)
        asked.setdefault((line, one.window), []).append(Asked(question=one.question, answer=answer))
    return [
        AskedText(title=title, text=text[slice(*window)], asked=found, source=SOURCE)
        for (line, window), found in asked.items()
        for title, text in (documents[line],)
    ]


def _documents(folder: Path, wanted: set[Line]) -> dict[Line, tuple[str, str]]:
    """(title, text) of the wanted lines."""
    found = {
        (file, line): document
        for file in sorted({file for file, _ in wanted})
        for line, document in enumerate(_read(folder / _packed(file)))
        if (file, line) in wanted
    }
    for place in sorted(wanted - found.keys()):
        raise _other_folder(folder, place)
    return found


def _read(path: Path) -> Iterator[tuple[str, str]]:
    try:
        yield from read_documents(path)
    except (OSError, EOFError, lzma.LZMAError, ValueError, KeyError) as error:
        message = f"读不了训练文件 {path}，请检查 --data 指定的目录：{error}"
        raise EvaluationError(message) from error


def _answer(one: PolicyQuestion, text: str, folder: Path) -> Span | None:
    """Where the answer stands in the window.

    In other texts the offsets still point somewhere; but hundreds of answers will not all fall
    inside a sentence, without white space at their ends.
    """
    window = Span(*one.window)
    answer = Span(*one.answer) if one.answer else None
    fits = window.end <= len(text)
    if fits and answer is not None:
        sentences = sentence_spans(text, within=window)
        fits = trimmed_span(text, answer) == answer
        fits = fits and any(sentence.contains(answer) for sentence in sentences)
    if not fits:
        raise _other_folder(folder, (one.file, one.line))
    return answer.shifted(-window.start) if answer else None


def _other_folder(folder: Path, place: Line) -> EvaluationError:
    file, line = place
    return EvaluationError(
        f"训练目录 {folder} 的 {_packed(file)} 第 {line + 1} 行不是编写问题时的文本，"
        "请用 --data 指定编写这些问题时的训练目录"
    )


def repeated(texts: Iterable[AskedText], *, times: int) -> list[AskedText]:
    """The texts with each question so many times; those held out once, to be counted once.

    Args:
        texts: In any order.
        times: 0 gives no texts.
    """
    return [
        replace(
            text,
            asked=[
                one for one in text.asked for _ in range(1 if is_held_out(one.question) else times)
            ],
        )
        for text in (texts if times else ())
    ]
