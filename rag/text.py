"""Positions in a text, normalisation for comparing, and sentences."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

SENTENCE_END = "。！？!?"
CLOSERS = "”’」』）)】》〉\"'"

_SENTENCE = re.compile(rf"[^{SENTENCE_END}…\n]*(?:[{SENTENCE_END}…]+[{CLOSERS}]*|\n|$)")
_QUOTATION_MARKS = dict.fromkeys(map(ord, "„‟〝〞＂“”「」『』‘’‚‛＇｢｣'"), '"')


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open `[start, end)` in a document's text, in Unicode code points.

    Raises:
        ValueError: `start` is negative or `end` lies before it.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if self.start < 0 or self.end < self.start:
            message = f"a span needs 0 <= start <= end, got {self.start}, {self.end}"
            raise ValueError(message)

    def __len__(self) -> int:
        return self.end - self.start

    def __bool__(self) -> bool:
        return True

    def of(self, text: str) -> str:
        """The part of `text` the span covers."""
        return text[self.start : self.end]

    def shifted(self, offset: int) -> "Span":
        """The same length, `offset` code points further on."""
        return Span(self.start + offset, self.end + offset)

    def contains(self, other: "Span") -> bool:
        """Whether `other` lies wholly inside."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: "Span") -> bool:
        """Whether the two share at least one code point."""
        return self.start < other.end and other.start < self.end

    def common(self, other: "Span") -> "Span | None":
        """What both cover, or None where they share nothing."""
        if not self.overlaps(other):
            return None
        return Span(max(self.start, other.start), min(self.end, other.end))


def trimmed_span(text: str, span: Span) -> Span:
    """`span` without the white space at its two ends; empty at its start when all is white."""
    return _trimmed(span.of(text), span.start)


def _trimmed(part: str, start: int) -> Span:
    """As `trimmed_span`, of `part`, which begins at `start` of a text."""
    words = part.strip()
    start += part.find(words)
    return Span(start, start + len(words))


def sentence_spans(text: str, *, within: Span | None = None) -> list[Span]:
    """Spans of the sentences, in order, without surrounding white space.

    A sentence ends after 。！？!? or an ellipsis with the closing quotation marks and
    brackets that follow, and at every line break. Semicolons do not end one. A full stop
    inside quotation marks that the sentence goes on after still ends it. No span is empty,
    spans do not overlap, and together they hold every character that is not white space.

    Args:
        text: Any text; empty gives no spans.
        within: Only this part of `text`; spans still count from the start of `text`.
    """
    bounds = within or Span(0, len(text))
    spans = list[Span]()
    for match in _SENTENCE.finditer(text, bounds.start, bounds.end):
        if (sentence := match[0]) and not sentence.isspace():
            spans.append(_trimmed(sentence, match.start()))
    return spans


def find_words(text: str, words: Iterable[str], *, within: Span | None = None) -> list[Span]:
    """Where any of several words stands, in order; of those that overlap the first, of those
    that begin at one place the longest.

    Args:
        text: Any text.
        words: None of them empty; a pattern of them would have to be compiled for each text.
        within: Only this part of `text`; spans still count from the start of `text`.
    """
    bounds = within or Span(0, len(text))
    found = list[tuple[int, int]]()
    for word in words:
        start = text.find(word, bounds.start, bounds.end)
        while start >= 0:
            found.append((start, -len(word)))
            start = text.find(word, start + 1, bounds.end)
    spans = list[Span]()
    end = 0
    for start, length in sorted(found):
        if start >= end:
            end = start - length
            spans.append(Span(start, end))
    return spans


@dataclass(frozen=True, slots=True)
class NormalisedText:
    """A text made comparable, with the way back.

    Attributes:
        text: The normalised text.
        offsets: For each code point of `text`, the index in the original it came from, then
            the length of the original; `len(offsets) == len(text) + 1`, never decreasing.
    """

    text: str
    offsets: tuple[int, ...]

    def original(self, span: Span) -> Span:
        """The span of the original that `span` of the normalised text came from."""
        if not len(span):
            return Span(self.offsets[span.start], self.offsets[span.start])
        return Span(self.offsets[span.start], self.offsets[span.end - 1] + 1)


@lru_cache(maxsize=1)
def _simplified() -> dict[int, str]:
    """Traditional → simplified for single characters, from OpenCC's own table."""
    import opencc  # deferred: 30 ms that `wence --help` need not pay

    characters = [chr(code) for code in (*range(0x3400, 0xA000), *range(0xF900, 0xFB00))]
    converted = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    return {
        ord(before): after
        for before, after in zip(characters, converted, strict=True)
        if before != after and len(after) == 1
    }


class _Comparable(dict[int, str]):
    """Code point → its comparable form, found when first asked for."""

    def __missing__(self, code: int) -> str:
        folded = unicodedata.normalize("NFKC", chr(code)).translate(_QUOTATION_MARKS)
        visible = "".join(folded.split())
        if unicodedata.category(chr(code)) in {"Cc", "Cf"}:
            visible = ""
        self[code] = visible.translate(_simplified())
        return self[code]


class _CaseFolded(dict[int, str]):
    """Code point → its comparable form in lower case, of the same length."""

    def __missing__(self, code: int) -> str:
        piece = _COMPARABLE[code]
        lower = piece.lower()
        self[code] = lower if len(lower) == len(piece) else piece
        return self[code]


_COMPARABLE = _Comparable()
_CASE_FOLDED = _CaseFolded()


def comparable(text: str) -> str:
    """What two texts share that differ in nothing but their typesetting.

    NFKC, traditional → simplified, both character by character, one style of quotation mark,
    and no white space, line breaks, control or invisible characters. Digits, words,
    punctuation and case always count. For comparing, never for storing.
    """
    return text.translate(_COMPARABLE)


def comparable_character(character: str) -> str:
    """`comparable` of one character: empty, one character, or seldom several."""
    return _COMPARABLE[ord(character)]


def fold(text: str) -> str:
    """`comparable(text)` in lower case, of the same length: for looking things up."""
    return text.translate(_CASE_FOLDED)


def normalise(text: str) -> NormalisedText:
    """`fold(text)` with the way back; about ten times as slow."""
    pieces = [_CASE_FOLDED[ord(character)] for character in text]
    offsets = [index for index, piece in enumerate(pieces) for _ in piece]
    return NormalisedText("".join(pieces), (*offsets, len(text)))


def in_title_marks(title: str) -> str:
    """《title》, with 〈〉 for title marks within it, as GB/T 15834—2011 has it."""
    return f"《{title.replace('《', '〈').replace('》', '〉')}》"
