"""A draft, read once for all checks: its sentences with what they speak of, marks and numbers."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from propcache.api import cached_property

from rag.drafts.claims import Claim, read_claims
from rag.drafts.lexicon import LONGEST_TERM
from rag.drafts.marks import Marked, MarkReading, read_marks
from rag.drafts.sentences import sentences_of
from rag.quantities import find_quantities
from rag.scopes import NOWHERE, Scope, read_scope
from rag.text import Span, comparable_character, fold

_LONGEST_TITLE = 60
_LINES_OF_HEADING = 4
_LONGEST_HEADING = 40
_LONGEST_AROUND = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftSentence:
    """A sentence of a draft.

    Attributes:
        scopes: What it speaks of: by itself, else by what stands before it, or by the title.
        own: What it speaks of by itself.
        around: The title of the draft, the heading or question before its paragraph, and what
            stands before it in its paragraph, folded.
        paragraph: In which line of the draft it stands, counted from 0.
    """

    span: Span
    scopes: tuple[Scope, ...]
    own: Scope
    around: str
    paragraph: int

    @property
    def scope(self) -> Scope:
        """What it most likely speaks of."""
        return self.scopes[0]


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What was handed in.

    Attributes:
        text: In simplified characters, each in its place.
        sentences: In order of place.
        claims: In order of place, each with the number of its sentence.
    """

    text: str
    marks: MarkReading
    sentences: Sequence[DraftSentence]
    claims: Sequence[tuple[int, Claim]]

    def sentence_at(self, offset: int) -> DraftSentence | None:
        """The sentence that holds `offset`, or the last one before it; None before the first."""
        index = bisect_right(self.sentences, offset, key=lambda one: one.span.start) - 1
        return self.sentences[index] if index >= 0 else None

    def titled(self, span: Span) -> Marked | None:
        """The title in title marks that `span` lies in, or None."""
        return _holding(self._titles, span)

    def in_term(self, span: Span) -> Marked | None:
        """The short term in quotation marks that `span` lies in, or None."""
        return _holding(self._terms, span)

    @cached_property
    def _titles(self) -> list[Marked]:
        return [one for one in self.marks.marked if one.is_title]

    @cached_property
    def _terms(self) -> list[Marked]:
        return [
            one for one in self.marks.marked if not one.is_title and len(one.inner) <= LONGEST_TERM
        ]


def _holding(marked: Sequence[Marked], span: Span) -> Marked | None:
    """The last of `marked`, which are in order, that begins before `span`, if it holds it."""
    index = bisect_right(marked, span.start, key=lambda one: one.outer.start) - 1
    return marked[index] if index >= 0 and marked[index].outer.contains(span) else None


class _Simplified(dict[int, str]):
    """Ideograph → its simplified form, where that is one character; everything else stays, but
    for halves of characters, which no library takes.
    """

    def __missing__(self, code: int) -> str:
        character = "\ufffd" if 0xD800 <= code < 0xE000 else chr(code)
        form = comparable_character(character) if character >= _FIRST_IDEOGRAPH else character
        self[code] = form if len(form) == 1 and form >= _FIRST_IDEOGRAPH else character
        return self[code]


_FIRST_IDEOGRAPH = "\u3400"
_SIMPLIFIED = _Simplified()


def read_draft(text: str, *, place_names: frozenset[str]) -> Draft:
    """Read a draft, in time linear in its length.

    Args:
        text: Any text.
        place_names: Names of areas besides those of the gazetteer.
    """
    text = text.translate(_SIMPLIFIED)
    sentences = list(_sentences(text, place_names))
    claims = list[tuple[int, Claim]]()
    for index, sentence in enumerate(sentences):
        claims += [
            (index, claim)
            for claim in read_claims(
                text,
                within=sentence.span,
                numbers=find_quantities(text, within=sentence.span),
                outer=sentence.scopes,
                known=place_names,
                around=sentence.around,
            )
        ]
    return Draft(text=text, marks=read_marks(text), sentences=sentences, claims=claims)


def _heading(text: str, spans: Sequence[Span], place_names: frozenset[str]) -> tuple[str, Scope]:
    """The title, folded, and what title, subtitle and byline speak of; empty where the draft
    begins with prose.
    """
    title, general = "", NOWHERE
    for span in spans[:_LINES_OF_HEADING]:
        if len(span) > _LONGEST_TITLE:
            break
        words = span.of(text).lstrip("# —")
        title = title or fold(words)
        general = general.within(read_scope(words, known=place_names))
        if general.places:
            break
    return title, general


def _sentences(text: str, place_names: frozenset[str]) -> list[DraftSentence]:
    spans = sentences_of(text)
    title, general = _heading(text, spans, place_names)
    is_placed = bool(general.places) or general.is_national
    found = list[DraftSentence]()
    before, heading, scope, headed, paragraph = "", "", general, NOWHERE, -1
    for index, span in enumerate(spans):
        words = span.of(text)
        if index == 0 or "\n" in text[spans[index - 1].end : span.start]:
            paragraph += 1
            before = heading
            heading = ""
            # A place is spoken of until another is named, a year in its paragraph only.
            outer = general if is_placed else scope.in_years_of(general)
            scope = headed.within(outer)
            headed = NOWHERE
        own = read_scope(words, known=place_names)
        scope = own.within(scope)
        found.append(
            DraftSentence(
                span=span,
                scopes=tuple(dict.fromkeys((scope, own.within(general) if is_placed else scope))),
                own=own,
                around=f"{title}。{before}",
                paragraph=paragraph,
            )
        )
        before = (before + fold(words))[-_LONGEST_AROUND:]
        if len(words) <= _LONGEST_HEADING and words[-1] not in "。；":
            heading, headed = fold(words), own
    return found
