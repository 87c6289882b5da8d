"""Adds questions to our own set: checks them, names them, puts each into a half.

Run: python -m evals.own_set FILE… [--half dev|test]

A file has one question or conversation a line, as in `evals/data/own/`, without id:
{"kind", "question", "facts", "evidence"} or {"turns": [such questions]}.
"""

import argparse
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from evals.builtin import open_builtin_library
from evals.halves import assign_halves
from evals.qrels import QRELS, derive_qrels, write_qrels
from evals.questions import HALVES, OWN, Half, Line, Question, asked, parse_line, read_questions
from evals.records import write_lines
from rag.errors import EvaluationError, WenceError

_UNNAMED = "new-00000000"


def name_line(line: Line) -> str:
    """The kind of a question, or "talk", with 8 hexadecimal digits of its words."""
    kind = line.kind if isinstance(line, Question) else "talk"
    words = "\0".join(question.question for _, question in asked(line))
    return f"{kind}-{hashlib.blake2b(words.encode(), digest_size=4).hexdigest()}"


def read_drafts(path: Path) -> Iterator[Line]:
    """The lines of a file of new questions, named.

    Raises:
        EvaluationError: The file cannot be read, or a line is malformed.
    """
    try:
        texts = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeError) as error:
        message = f"读不了 {path}：{error}"
        raise EvaluationError(message) from error
    for number, text in enumerate(texts, start=1):
        if text.strip():
            try:
                line = parse_line(json.dumps({**json.loads(text), "id": _UNNAMED}))
            except (ValueError, TypeError) as error:
                message = f"{path} 第 {number} 行不合格式，请改正：{error}"
                raise EvaluationError(message) from error
            yield line.model_copy(update={"id": name_line(line)})


def add(paths: Sequence[Path], *, half: Half | None = None, folder: Path = OWN) -> Counter[Half]:
    """Add the questions of files to both halves and derive the qrels anew; all or nothing.

    What is there already, word for word, is left as it is; so a second run changes nothing.

    Args:
        paths: Files of new questions.
        half: Where they go; None lets kinds and documents decide.
        folder: With dev.jsonl and test.jsonl, either of which may be missing.

    Returns:
        How many lines each half has gained.

    Raises:
        EvaluationError: A line is malformed, or the library does not hold its evidence.
    """
    lines = dict[str, Line]()
    placed = dict[str, Half]()
    for old in HALVES:
        path = folder / f"{old}.jsonl"
        for line in read_questions(path) if path.exists() else ():
            lines[line.id], placed[line.id] = line, old
    before = Counter(placed.values())
    for draft in (draft for path in paths for draft in read_drafts(path)):
        if lines.setdefault(draft.id, draft) is draft and half is not None:
            placed[draft.id] = half
    halves = assign_halves(list(lines.values()), placed)
    ordered = {one: [line for line in lines.values() if halves[line.id] == one] for one in HALVES}
    with open_builtin_library() as system:
        everything = [line for one in HALVES for line in ordered[one]]
        qrels = derive_qrels(system.catalog, everything)
    for one in HALVES:
        write_lines(folder / f"{one}.jsonl", ordered[one])
    write_qrels(folder / QRELS, qrels)
    return Counter(halves.values()) - before


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
    parser.add_argument("--half", choices=HALVES, help="put all of them there")
    options = parser.parse_args(arguments)
    try:
        gained = add(options.files, half=options.half)
    except WenceError as error:
        sys.stderr.write(f"出错：{error}\n")
        return 1
    for half in HALVES:
        lines = read_questions(OWN / f"{half}.jsonl")
        kinds = Counter(question.kind for line in lines for _, question in asked(line))
        sys.stdout.write(f"{half}：新增 {gained[half]} 行，共 {len(lines)} 行，{dict(kinds)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
