"""Who says what in a transcript: an interview, a hearing, a discussion set down turn by turn.

Each turn begins with a label, 柳浦镇党委书记 姬长风：…, 主持人：…, and goes on to the next one.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.documents import AttributedSpeech, Speaker
from rag.people import ends_as_office
from rag.text import Span

_LABEL = re.compile(
    r"(?P<label>(?:(?P<office>[\u4e00-\u9fff、“”（）·]{2,40}?)[ \u3000]+)?"
    r"(?P<name>[问答]|[\u4e00-\u9fff·]{2,12}))[：:][ \u3000]*(?=\S)"
)
_ROLE = re.compile(r"主持人|(?:本[报刊网]|本台)?记者|网友|嘉宾|提问者|专家|代表|委员|问|答")
_INTRODUCED = re.compile(
    r"^(?P<role>主持人|嘉宾|记者|受访者|受访人|主讲人)[：:][ \u3000]*"
    r"(?:(?P<office>[\u4e00-\u9fff、（）]{2,40}?)[ \u3000]+)?"
    r"(?P<name>[\u4e00-\u9fff·]{2,6})[ \u3000]*$",
    re.MULTILINE,
)
_ENDS_TRANSCRIPT = re.compile(r"[（(](?:根据|整理|完|记者)|(?:整理|责任编辑|编辑)[：:]")
_FEWEST_TURNS = 3
_SHORTEST_TURN = 4
_QUESTIONS = frozenset(("问", "答"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    label: Span
    speaker: Speaker | None
    start: int


def find_turns(text: str, *, skipped: Sequence[Span] = ()) -> tuple[AttributedSpeech, ...]:
    """The turns of a transcript, in order of place; none where `text` is no transcript.

    A text is one when at least three lines begin with a label of a person: an office and a
    name set apart (县委编办主任 夏侯端), a name that a label gives in full elsewhere, or a role
    (主持人, 记者). Whose turn 问 and 答 are, nobody says: they end the turn before. A turn goes on
    over lines without a label.

    Args:
        text: A document's.
        skipped: Headings: they are nobody's words, and end a turn.
    """
    introduced = {
        found["role"]: Speaker(name=found["name"], office=found["office"])
        for found in _INTRODUCED.finditer(text)
    }
    headings = {span.start for span in skipped}
    lines = _lines(text)
    known = _names_in_full(text, lines)
    turns = list[_Turn]()
    for line in lines:
        turn = _turn(text, line, known=known, introduced=introduced)
        if line.start in headings or _ENDS_TRANSCRIPT.match(line.of(text)):
            turns.append(_Turn(label=line, speaker=None, start=line.end))
        elif turn is not None:
            turns.append(turn)
    if sum(turn.speaker is not None for turn in turns) < _FEWEST_TURNS:
        return ()
    ends = [turn.label.start for turn in turns[1:]] + [len(text)]
    return tuple(
        AttributedSpeech(span=span, speaker=turn.speaker, introduction=turn.label)
        for turn, end in zip(turns, ends, strict=True)
        if turn.speaker is not None
        for span in (Span(turn.start, turn.start + len(text[turn.start : end].rstrip())),)
        if len(span) >= _SHORTEST_TURN
    )


def _lines(text: str) -> list[Span]:
    spans = list[Span]()
    start = 0
    for line in text.split("\n"):
        spans.append(Span(start, start + len(line)))
        start += len(line) + 1
    return spans


def _names_in_full(text: str, lines: Sequence[Span]) -> Mapping[str, Speaker]:
    """Speakers whom a label gives with their office, by name."""
    known = dict[str, Speaker]()
    for line in lines:
        found = _LABEL.match(text, line.start, line.end)
        if found and found["office"] and ends_as_office(found["office"]):
            known.setdefault(found["name"], Speaker(name=found["name"], office=found["office"]))
    return known


def _turn(
    text: str,
    line: Span,
    *,
    known: Mapping[str, Speaker],
    introduced: Mapping[str, Speaker],
) -> _Turn | None:
    found = _LABEL.match(text, line.start, line.end)
    if found is None:
        return None
    name, office = found["name"], found["office"]
    label = Span(line.start, found.end("label") + 1)
    if name in introduced and line.of(text)[len(name) + 1 :].strip().endswith(
        introduced[name].name
    ):
        return None  # the line that introduces him
    if _ROLE.fullmatch(name) and not office:
        speaker = None if name in _QUESTIONS else introduced.get(name, Speaker(name=name))
    elif name in known:
        speaker = known[name]
    else:
        return None
    return _Turn(label=label, speaker=speaker, start=found.end())
