"""Runs of a Word file, cut where a finding begins or ends and otherwise left alone."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import cast

from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.oxml.text.run import CT_R
from docx.oxml.xmlchemy import BaseOxmlElement

from ingest.draft_files import TEXT_ELEMENTS, TextPiece

_RUN, _TEXT, _PARAGRAPH = qn("w:r"), qn("w:t"), qn("w:p")
_RUN_PROPERTIES = qn("w:rPr")
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


@dataclass(frozen=True, slots=True, kw_only=True)
class _HeldPiece:
    """A stretch of the draft's text and the element it hangs on."""

    start: int
    end: int
    element: BaseOxmlElement

    @property
    def run(self) -> CT_R:
        """The outermost run: comments are not allowed in text boxes, notes or ruby text."""
        runs = [element for element in _ancestors(self.element) if element.tag == _RUN]
        return cast("CT_R", runs[-1])

    @property
    def can_be_cut(self) -> bool:
        """Whether it is plain text of a run that a comment can be anchored to."""
        return (
            self.element.tag == _TEXT
            and self.element.getparent() is self.run
            and len(self.element.text or "") == self.end - self.start
        )


class DraftRuns:
    """The runs that hold a draft's text, by place in the text.

    Args:
        root: The main part of the Word file; its runs are cut in place.
        pieces: As the draft was read from this file.
    """

    def __init__(self, root: BaseOxmlElement, pieces: Sequence[TextPiece]) -> None:
        elements = list(text_elements(root))
        held = [
            _HeldPiece(start=piece.start, end=piece.end, element=elements[piece.element])
            for piece in pieces
        ]
        self._pieces = [piece for piece in held if _is_in_run(piece.element)]
        self._starts = [piece.start for piece in self._pieces]

    def runs_of(self, start: int, end: int) -> tuple[CT_R, CT_R] | None:
        """The first and the last run of `[start, end)`, cut out where that is possible.

        Only as far as the same body or cell goes. A stretch without text of its own is
        anchored to what stands before it. None where the file holds no text at all.
        """
        if not self._pieces:
            return None
        self._cut(start)
        self._cut(end)
        first = max(bisect_right(self._starts, start) - 1, 0)
        if self._pieces[first].end <= start < end and first + 1 < len(self._pieces):
            following = self._pieces[first + 1]
            first += following.start < end
        last = max(bisect_left(self._starts, end) - 1, first)
        group = list(_same_container(self._pieces[first : last + 1]))
        return group[0].run, group[-1].run

    def _cut(self, offset: int) -> None:
        """Let a run begin at `offset`, if it lies in a text that can be cut."""
        index = bisect_right(self._starts, offset) - 1
        if index < 0 or self._pieces[index].end <= offset:
            return
        piece = self._pieces[index]
        if piece.start == offset:
            if piece.element.getparent() is piece.run:
                _begin_run_at(piece.element)
        elif piece.can_be_cut:
            rest = _HeldPiece(
                start=offset,
                end=piece.end,
                element=_cut_text(piece.element, offset - piece.start),
            )
            kept = _HeldPiece(start=piece.start, end=offset, element=piece.element)
            self._pieces[index : index + 1] = [kept, rest]
            self._starts.insert(index + 1, offset)
            _begin_run_at(rest.element)


def text_elements(root: BaseOxmlElement) -> Iterator[BaseOxmlElement]:
    """What text hangs on, in document order, as `TextPiece.element` counts."""
    for element in cast("Iterator[BaseOxmlElement]", root.iter()):
        tag = cast("object", element.tag)
        if isinstance(tag, str) and tag.rpartition("}")[2] in TEXT_ELEMENTS:
            yield element


def _ancestors(element: BaseOxmlElement) -> Iterator[BaseOxmlElement]:
    return cast("Iterator[BaseOxmlElement]", element.iterancestors())


def _is_in_run(element: BaseOxmlElement) -> bool:
    return any(ancestor.tag == _RUN for ancestor in _ancestors(element))


def _same_container(pieces: Sequence[_HeldPiece]) -> Iterator[_HeldPiece]:
    """The first pieces that stand in one body or cell, the main text or one note."""
    container = _container(pieces[0])
    for piece in pieces:
        if _container(piece) is not container:
            return
        yield piece


def _container(piece: _HeldPiece) -> BaseOxmlElement:
    """What holds the paragraph of a piece; for a note or a text box its own run."""
    if piece.element.getparent() is not piece.run or piece.element.tag.endswith("Reference"):
        return piece.run
    paragraph = next(item for item in _ancestors(piece.run) if item.tag == _PARAGRAPH)
    return cast("BaseOxmlElement", paragraph.getparent())


def _cut_text(element: BaseOxmlElement, length: int) -> BaseOxmlElement:
    """Leave the first `length` characters in `element`; the rest follows it, in a new one."""
    text = element.text or ""
    rest = OxmlElement("w:t")
    element.text, rest.text = text[:length], text[length:]
    for part in (element, rest):
        part.set(_SPACE, "preserve")
    element.addnext(rest)
    return rest


def _begin_run_at(element: BaseOxmlElement) -> None:
    """Move `element` and what follows it in its run to a run of the same look behind it."""
    run = cast("BaseOxmlElement", element.getparent())
    properties = run.find(_RUN_PROPERTIES)
    before = [item for item in element.itersiblings(preceding=True) if item is not properties]
    if not before:
        return
    following = OxmlElement("w:r")
    for name, value in run.attrib.items():
        following.set(name, value)
    if properties is not None:
        following.append(deepcopy(properties))
    moved = [element, *element.itersiblings()]
    for item in moved:
        following.append(item)
    run.addnext(following)
