"""How much running text, and how much linked text, each element of a page holds."""

import re
from dataclasses import dataclass, field

from lxml.html import HtmlElement

BLOCK_TAGS = frozenset(
    "address article aside blockquote body center dd details div dl dt fieldset figure figcaption "
    "footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table tbody td tfoot th "
    "thead tr ul caption".split()
)
_PROSE_CHARS = 25
_SENTENCE = re.compile(r"[。！？；：，、]")


def is_block(element: HtmlElement) -> bool:
    """Whether a browser begins a new line for the element."""
    return element.tag in BLOCK_TAGS


@dataclass(slots=True)
class Measure:
    """What an element holds, in characters that are not white space.

    Attributes:
        letters: All text.
        linked: Text of links.
        links: Number of links.
        prose: Paragraphs long enough to be running text, punctuated, and not mostly linked.
    """

    letters: int = 0
    linked: int = 0
    links: int = 0
    prose: int = 0

    def add(self, inner: "Measure") -> None:
        """Count what an element inside holds."""
        self.letters += inner.letters
        self.linked += inner.linked
        self.links += inner.links
        self.prose += inner.prose


@dataclass(slots=True)
class Measures:
    """The measures of all elements of a page; `prose` counts each paragraph of it once."""

    of: dict[HtmlElement, Measure] = field(default_factory=dict[HtmlElement, Measure])
    prose: int = 0


def measure_page(body: HtmlElement) -> Measures:
    """Measure a page in one pass, without recursion: unclosed tags make pages thousands deep."""
    return _Pass(body).measures


class _Pass:
    def __init__(self, body: HtmlElement):
        self.measures = Measures()
        self._open: list[HtmlElement] = []
        self._links = 0
        self._text: list[str] = []
        self._linked = 0
        self._seen = set[str]()
        stack: list[tuple[HtmlElement, bool]] = [(body, False)]
        while stack:
            element, leaving = stack.pop()
            if leaving:
                self._leave(element)
                continue
            self._enter(element)
            stack.append((element, True))
            stack.extend((inner, False) for inner in reversed(element))

    def _enter(self, element: HtmlElement) -> None:
        if is_block(element) or element.tag == "br":
            self._end_paragraph()
        self._open.append(element)
        self.measures.of[element] = Measure(links=int(element.tag == "a"))
        self._links += element.tag == "a"
        self._add(element.text)

    def _leave(self, element: HtmlElement) -> None:
        if is_block(element):
            self._end_paragraph()
        self._open.pop()
        self._links -= element.tag == "a"
        if self._open:
            self.measures.of[self._open[-1]].add(self.measures.of[element])
            self._add(element.tail)

    def _add(self, text: str | None) -> None:
        letters = "".join((text or "").split())
        if not letters:
            return
        self._text.append(letters)
        measure = self.measures.of[self._open[-1]]
        measure.letters += len(letters)
        if self._links:
            self._linked += len(letters)
            measure.linked += len(letters)

    def _end_paragraph(self) -> None:
        text = "".join(self._text)
        is_prose = len(text) >= _PROSE_CHARS and self._linked * 2 < len(text)
        if self._open and is_prose and _SENTENCE.search(text):
            self.measures.of[self._open[-1]].prose += len(text)
            self.measures.prose += len(text) if text not in self._seen else 0
            self._seen.add(text)
        self._text, self._linked = [], 0
