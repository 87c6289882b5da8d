"""What differs between the words of a draft and what should stand there, for reading."""

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby

from rag.quotations.quotation import DiffPiece, Finding, Verdict

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[A-Za-z]+|.", re.DOTALL)
_DIGITS_BEFORE = re.compile(r"\d+(?:[.,]\d+)*[.,]?\Z")
_DIGITS_AFTER = re.compile(r"[.,]?\d+(?:[.,]\d+)*")
_LEAST_IN_COMMON = 0.3
_SHOWN_AROUND = 10


def difference(finding: Finding, words: str) -> tuple[DiffPiece, ...]:
    """The draft's words against the source's, or against the correction where no source tells.

    Args:
        finding: What was found.
        words: What the draft says there.

    Returns:
        Pieces that follow one another; empty where nothing is to be changed. Numbers are
        taken as wholes: 47 against 37 is no 4 against 3.
    """
    if finding.verdict in {Verdict.EXACT, Verdict.NOT_FOUND}:
        return ()
    if finding.verdict is Verdict.ALTERED and finding.matches and _differs(finding.matches[0].diff):
        return whole_numbers(finding.matches[0].diff)
    if finding.correction is None or finding.correction == words:
        return ()
    return compare(words, finding.correction)


def compare(words: str, correction: str) -> tuple[DiffPiece, ...]:
    """Both texts by characters, numbers and words of Latin letters.

    Texts that have little in common are one piece: scattered matches would be chance.
    """
    quoted, source = _TOKEN.findall(words), _TOKEN.findall(correction)
    matcher = SequenceMatcher(None, quoted, source, autojunk=False)
    if matcher.ratio() < _LEAST_IN_COMMON:
        return (DiffPiece(operation="replace", quoted=words, source=correction),)
    pieces = list[DiffPiece]()
    for _, quoted_start, quoted_end, source_start, source_end in matcher.get_opcodes():
        said = "".join(quoted[quoted_start:quoted_end])
        meant = "".join(source[source_start:source_end])
        pieces.append(_piece(said, meant))
    return tuple(pieces)


def whole_numbers(pieces: Sequence[DiffPiece]) -> tuple[DiffPiece, ...]:
    """The same comparison, no number cut in two: [4→3]7 becomes [47→37]."""
    texts = [[piece.quoted, piece.source] for piece in pieces]
    equal = [piece.operation == "equal" for piece in pieces]
    for left in range(len(pieces) - 1):
        if equal[left] and not equal[left + 1]:
            _move_end(texts[left], texts[left + 1])
        elif equal[left + 1] and not equal[left]:
            _move_start(texts[left], texts[left + 1])
    return tuple(
        DiffPiece(operation="equal", quoted="".join(quoted), source="".join(source))
        if is_equal
        else _piece("".join(quoted), "".join(source))
        for is_equal, quoted, source in _joined(texts, equal)
    )


def _joined(
    texts: Sequence[Sequence[str]], equal: Sequence[bool]
) -> Iterator[tuple[bool, list[str], list[str]]]:
    """Neighbours of one sort together; those from which everything was taken are left out."""
    kept = [(flag, text) for flag, text in zip(equal, texts, strict=True) if any(text)]
    for flag, group in groupby(kept, key=lambda item: item[0]):
        members = [text for _, text in group]
        yield flag, [text[0] for text in members], [text[1] for text in members]


def bracketed(pieces: Iterable[DiffPiece], *, shortened: bool = True) -> str:
    """On one line: 设党政机构[47→37]个; [→补] is missing in the draft, [删→] is too much.

    Args:
        pieces: The comparison; none gives nothing.
        shortened: Leave out the middle of long stretches that are the same.
    """
    written = list[str]()
    for piece in pieces:
        if piece.operation == "equal":
            written.append(_shortened(piece.quoted) if shortened else piece.quoted)
        else:
            written.append(f"[{piece.quoted}→{piece.source}]")
    return " ".join("".join(written).split())


def _differs(pieces: Iterable[DiffPiece]) -> bool:
    return any(piece.operation != "equal" for piece in pieces)


def _piece(quoted: str, source: str) -> DiffPiece:
    if quoted == source:
        return DiffPiece(operation="equal", quoted=quoted, source=source)
    if quoted and source:
        return DiffPiece(operation="replace", quoted=quoted, source=source)
    return DiffPiece(operation="insert" if quoted else "delete", quoted=quoted, source=source)


def _move_end(equal: list[str], changed: list[str]) -> None:
    """Take the digits that `equal` ends with into a change that begins with digits."""
    if any(text[:1].isdigit() for text in changed):
        for side in (0, 1):
            if found := _DIGITS_BEFORE.search(equal[side]):
                equal[side], changed[side] = equal[side][: found.start()], found[0] + changed[side]


def _move_start(changed: list[str], equal: list[str]) -> None:
    """Take the digits that `equal` begins with into a change that ends with digits."""
    if any(text[-1:].isdigit() for text in changed):
        for side in (0, 1):
            if found := _DIGITS_AFTER.match(equal[side]):
                changed[side], equal[side] = changed[side] + found[0], equal[side][found.end() :]


def _shortened(text: str) -> str:
    if len(text) <= 2 * _SHOWN_AROUND + 4:
        return text
    return f"{text[:_SHOWN_AROUND]}……{text[-_SHOWN_AROUND:]}"
