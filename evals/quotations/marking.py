"""Drafts with planted mistakes: written with marks, checked against the library, and unmarked.

{{E kind|wrong|right|words of the library that tell}}   a mistake; the words may be left out
                                                        where the library holds `right` itself
{{M kind|what stands there|words of the library}}       words given to somebody who did not say them
{{C kind|right|words of the library}}                   right; the words likewise
{{U kind|what stands there}}                            the library says nothing of it
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from evals.measures.quotations import Verdict
from evals.questions import HALVES, Half
from evals.quotations.oracle import Oracle, plain
from evals.quotations.records import (
    DRAFTS,
    FOLDER,
    KINDS,
    LABELS,
    DraftLabel,
    MarkedDraft,
    read_text,
)
from evals.records import write_lines
from rag.errors import EvaluationError

MARKED: Final = "marked"
# These were tuned on, all of them; of the others every other one only measures, and nobody
# reads it. Numbers, not places in a list.
TUNED_ON: Final = frozenset(range(1, 81))
_MARK: Final = re.compile(r"\{\{([EMCU]) (\w+)\|(.*?)\}\}", re.DOTALL)
_VERDICTS: Final[dict[str, Verdict]] = {
    "E": "altered",
    "M": "misattributed",
    "C": "exact",
    "U": "not_found",
}
_QUOTED: Final = re.compile(r"[“「](.+)[”」]|^《(.+)》$", re.DOTALL)
# What tells is the wording itself; of the other kinds a sentence about it.
_TELLING_BY_ITSELF: Final = frozenset({"quotation", "expression", "title", "document_number"})


def unmark(name: str, marked: str, *, half: Half) -> MarkedDraft:
    """The draft without its marks, with a label for each.

    Args:
        name: Of the draft.
        marked: Its text with marks.
        half: Which half it is of.

    Raises:
        EvaluationError: A mark is malformed.
    """
    pieces, labels = list[str](), list[DraftLabel]()
    position = length = 0
    for match in _MARK.finditer(marked):
        pieces.append(marked[position : match.start()])
        length += len(pieces[-1])
        label = _label(name, half, match, length)
        labels.append(label)
        pieces.append(label.text)
        length, position = label.end, match.end()
    text = "".join([*pieces, marked[position:]])
    if "{{" in text or "}}" in text:
        message = f"草稿 {name} 有不合格式的标记：{text[text.find('{{') :][:40]!r}"
        raise EvaluationError(message)
    return MarkedDraft(name=name, half=half, text=text, labels=tuple(labels))


def _label(name: str, half: Half, match: re.Match[str], start: int) -> DraftLabel:
    sort, kind, fields = match[1], match[2], match[3].split("|")
    if kind not in KINDS or not fields[0] or (sort == "E" and len(fields) < 2):
        message = f"草稿 {name} 的标记不合格式：{match[0]}"
        raise EvaluationError(message)
    text, rest = fields[0], fields[1:]
    correction = rest.pop(0) if sort == "E" else None
    return DraftLabel(
        draft=name,
        half=half,
        start=start,
        end=start + len(text),
        kind=kind,
        verdict=_VERDICTS[sort],
        text=text,
        correction=correction,
        note=rest[0] if rest else "",
    )


def objections(label: DraftLabel, oracle: Oracle) -> list[str]:
    """What in the library speaks against a label, in Chinese; empty where nothing does."""
    by_itself = label.kind in _TELLING_BY_ITSELF
    found = list[str]()
    if label.note and not oracle.holds(label.note):
        found.append("依据不在资料库里")
    if label.verdict in {"exact", "altered"} and label.kind != "quotation_mark":
        right = label.text if label.correction is None else label.correction
        if not by_itself and not label.note:
            found.append("这一类要写出依据")
        if not _tells(right, label.note, oracle):
            found.append("依据里没有正确的写法")
    if label.verdict == "misattributed" and not oracle.holds(_words(label.text)):
        found.append("引语不在资料库里")
    if label.verdict in {"altered", "not_found"} and by_itself and oracle.holds(_words(label.text)):
        found.append("资料库里正有这样的写法")
    return found


def _words(text: str) -> str:
    """What stands between the outer quotation marks or title marks, or all of it."""
    quoted = _QUOTED.search(text)
    return (quoted[1] or quoted[2]) if quoted else text


def _tells(right: str, note: str, oracle: Oracle) -> bool:
    if note:
        return plain(_words(right)) in plain(note)
    return oracle.holds(_words(right))


def read_marked(folder: Path = FOLDER) -> list[MarkedDraft]:
    """The drafts of a folder's marked/, by name.

    Those of TUNED_ON and the odd ones are of the first half, the other even ones of the second.

    Raises:
        EvaluationError: A file cannot be read, or a mark is malformed.
    """
    paths = sorted((folder / MARKED).glob("*.md"))
    return [
        unmark(path.stem, read_text(path), half=_half(int(path.stem)))
        for path in paths
        if path.stem.isdigit()
    ]


def _half(number: int) -> Half:
    return HALVES[0] if number in TUNED_ON or number % 2 else HALVES[1]


def check_drafts(drafts: Iterable[MarkedDraft], oracle: Oracle) -> None:
    """Refuse labels that the library does not bear out.

    Raises:
        EvaluationError: One or more labels are wrong; each is named.
    """
    wrong = [
        f"{label.draft}：{label.text!r} {'、'.join(found)}"
        for draft in drafts
        for label in draft.labels
        if (found := objections(label, oracle))
    ]
    if wrong:
        message = "草稿的标注与资料库不符，请改正：\n" + "\n".join(wrong)
        raise EvaluationError(message)


def write_drafts(oracle: Oracle, *, folder: Path = FOLDER, into: Path = FOLDER) -> list[DraftLabel]:
    """Write drafts/ and drafts.jsonl from a folder's marked/; gives the labels.

    Raises:
        EvaluationError: As `read_marked` and `check_drafts`.
    """
    drafts = read_marked(folder)
    check_drafts(drafts, oracle)
    (into / DRAFTS).mkdir(parents=True, exist_ok=True)
    for draft in drafts:
        (into / DRAFTS / f"{draft.name}.md").write_text(draft.text, encoding="utf-8")
    labels = [label for draft in drafts for label in draft.labels]
    write_lines(into / LABELS, labels)
    return labels
