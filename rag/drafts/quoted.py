"""What a draft quotes, and what it says somebody has said, against the library.

A quotation stands in marks; a statement follows 指出：, 强调， without any. Terms in marks, which
are nobody's words, are for `rag.drafts.expressions`.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rag.documents import Document
from rag.drafts.deeds import bare_mentions, is_persons, people_of
from rag.drafts.lexicon import LONGEST_TERM, plain_title
from rag.drafts.office_comparison import offices_agree
from rag.drafts.protocols import DraftLibrary
from rag.drafts.reading import Draft
from rag.drafts.sayings import Saying, named_again, speaker_before, speaker_behind
from rag.people import PersonMention, ends_as_office
from rag.quotations.quotation import Finding, FindingKind, Match, Verdict, Verification
from rag.text import SENTENCE_END, Span, fold, in_title_marks, sentence_spans, trimmed_span

_CLAUSE_MARKS: Final = re.compile(r"[，。！？；：,;:!?…]")
_ENDS_SENTENCE: Final = frozenset(SENTENCE_END + "；;，,、：:…")
_MATCHES: Final = 5
_SHORTEST: Final = 4
_LONGEST: Final = 2000
_SHORTEST_STATEMENT: Final = 8
# An unmarked statement may be put in other words: only what is nearly the source's is altered.
_LEAST_LIKE_STATEMENT: Final = 0.9
_LEAST_LIKE_QUOTATION: Final = 0.6
_FOLLOWING_SENTENCES: Final = 4
_WORDS_BEFORE: Final = 120
_WORDS_BEHIND: Final = 40
_LONGEST_READ: Final = 12_000
_NARRATION: Final = re.compile(
    r"(?:会上|会后|会议|大会|据悉|据了解|目前|随后|期间|截至|出席|参加|与会|我们|下一步|同志们|"
    r"[一二三四五六七八九十]、|（|第[一二三四五]|\d{4}年|\d{1,2}月)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """Words that a draft gives as somebody's.

    Attributes:
        span: The words, without their marks.
        speaker: As the draft names him, or None.
        title: Of the document that is said to say it, or None.
        is_marked: In quotation marks.
        is_term: So short, and without punctuation, that it may be a mere term.
        goes_on: A further sentence of an unmarked statement.
        people: Whom the draft names in the words before it.
    """

    span: Span
    speaker: str | None = None
    title: str | None = None
    is_marked: bool = True
    is_term: bool = False
    goes_on: bool = False
    people: tuple[PersonMention, ...] = ()


def find_quoted(
    draft: Draft, sayings: Sequence[Saying], people: Sequence[PersonMention]
) -> list[Quoted]:
    """Quotations and statements of a draft, in order of place."""
    contents = {saying.content: saying for saying in sayings}
    found = list[Quoted]()
    quotations = [one for one in draft.marks.marked if not one.is_title]
    named = named_again(draft.text, people)
    names = [mention.start for mention in named]
    for marked in quotations:
        saying = contents.get(marked.outer.start)
        words = marked.inner.of(draft.text)
        speaker = saying.speaker if saying else speaker_behind(draft.text, marked.outer.end, named)
        first = bisect_left(names, marked.outer.start - _WORDS_BEFORE)
        before = named[first : bisect_left(names, marked.outer.start)]
        found.append(
            Quoted(
                span=marked.inner,
                speaker=speaker,
                title=saying.title if saying else None,
                is_term=_is_term(words, is_said=saying is not None),
                people=tuple(before),
            )
        )
    starts = {marked.outer.start for marked in quotations}
    for index, saying in enumerate(sayings):
        if saying.content in starts or not (saying.is_marked and saying.is_sure):
            continue
        limit = (
            sayings[index + 1].introduction.start if index + 1 < len(sayings) else len(draft.text)
        )
        found += _statement(draft, saying, limit)
    return sorted(found, key=lambda one: one.span)


def _is_term(words: str, *, is_said: bool) -> bool:
    if _CLAUSE_MARKS.search(words) or "\n" in words:
        return False
    return len(fold(words)) <= (8 if is_said else LONGEST_TERM)


def _statement(draft: Draft, saying: Saying, limit: int) -> Iterator[Quoted]:
    """What an unmarked saying introduces: the rest of its sentence, then further sentences of
    the paragraph until it returns to narration.
    """
    text = draft.text
    end = text.find("\n", saying.content)
    within = Span(saying.content, min(limit, len(text) if end < 0 else end))
    if within.end <= within.start:
        return
    for index, sentence in enumerate(sentence_spans(text, within=within)):
        words = sentence.of(text)
        if index and (index > _FOLLOWING_SENTENCES or _NARRATION.match(words)):
            return
        span = _without_last_mark(text, sentence)
        if len(span) >= _SHORTEST_STATEMENT:
            yield Quoted(
                span=span,
                speaker=saying.speaker,
                title=saying.title,
                is_marked=False,
                goes_on=index > 0,
            )


def _without_last_mark(text: str, span: Span) -> Span:
    span = trimmed_span(text, span)
    while len(span) and text[span.end - 1] in _ENDS_SENTENCE:
        span = Span(span.start, span.end - 1)
    return span


def check_quoted(
    draft: Draft, quoted: Sequence[Quoted], library: DraftLibrary
) -> Iterator[Finding]:
    """A finding for each quotation, and for each statement that the library has or nearly has.

    Args:
        draft: The draft.
        quoted: Its quotations and statements.
        library: What they are held against.
    """
    verifier = _Verifier(library)
    for one in quoted:
        words = one.span.of(draft.text)
        verification = verifier.verify(words, one.speaker)
        if verification is None:
            continue
        if not one.is_marked and verification.verdict is Verdict.ALTERED:
            verification = _without_punctuation(verifier, one, verification)
        finding = verifier.by_another(draft, one, verification) or _finding(
            draft, one, verification
        )
        if finding:
            yield finding


class _Verifier:
    """Verifies each quotation once for each who is said to have said it."""

    def __init__(self, library: DraftLibrary) -> None:
        self._library = library
        self._known = dict[tuple[str, str | None], Verification | None]()

    def verify(self, words: str, speaker: str | None) -> Verification | None:
        """What the library says; None for what is too short, too long or no words at all."""
        key = (words, speaker)
        if key not in self._known:
            self._known[key] = self._verify(words, speaker)
        return self._known[key]

    def _verify(self, words: str, speaker: str | None) -> Verification | None:
        if not _SHORTEST <= len(fold(words)) <= _LONGEST:
            return None
        try:
            return self._library.verify(words, speaker=speaker, limit=_MATCHES)
        except ValueError:
            return None

    def by_another(self, draft: Draft, one: Quoted, verification: Verification) -> Finding | None:
        """A finding where the draft only seems to say whose words they are, and documents know
        that they are somebody else's.
        """
        is_attributed = one.speaker or one.title or not one.is_marked
        said = {match.speaker for match in verification.matches if match.speaker}
        if is_attributed or verification.verdict is not Verdict.EXACT or not said:
            return None
        speaker = self._seeming_speaker(draft, one, verification)
        if speaker is None or any(name in speaker for name in said):
            return None
        if ends_as_office(speaker) and not _is_another_office(speaker, verification):
            return None
        again = self.verify(one.span.of(draft.text), speaker)
        if again is None or again.verdict is not Verdict.MISATTRIBUTED:
            return None
        return _finding(draft, replace(one, speaker=speaker), again)

    def _seeming_speaker(self, draft: Draft, one: Quoted, verification: Verification) -> str | None:
        ids = {match.document_id for match in verification.matches if match.speaker}
        names = {
            name
            for document in self._library.documents_by_id(ids).values()
            for name in _names_in(document)
        }
        start = one.span.start - 1
        within = Span(max(0, start - _WORDS_BEFORE), start)
        known = {mention.start: mention for mention in one.people}
        for mention in bare_mentions(draft.text, names, within):
            if not any(other.span.overlaps(mention.span) for other in one.people):
                known[mention.start] = mention
        people = [mention for _, mention in sorted(known.items())]
        return speaker_before(draft.text, start, people)


def _names_in(document: Document) -> set[str]:
    """Whom a document names; of a long one only those who speak."""
    if len(document.text) <= _LONGEST_READ:
        return {mention.name for mention in people_of(document)}
    names = {speech.speaker.name for speech in document.speeches}
    return {name for name in names if is_persons(name)}


def _is_another_office(office: str, verification: Verification) -> bool:
    """Whether all who said it hold other offices, as far as documents name them."""
    said = [match for match in verification.matches if match.speaker]
    return all(match.office and not offices_agree(office, match.office) for match in said)


def _without_punctuation(
    verifier: _Verifier, one: Quoted, verification: Verification
) -> Verification:
    """Of a statement without marks only words can be altered, not where its commas stand."""
    best = verification.matches[0]
    if any(
        piece.operation != "equal" and re.search(r"\w", piece.quoted + piece.source)
        for piece in best.diff
    ):
        return verification
    again = verifier.verify(best.quote, one.speaker)
    return again if again and again.verdict is not Verdict.ALTERED else verification


def _finding(draft: Draft, one: Quoted, verification: Verification) -> Finding | None:
    verdict, message = _judge(one, verification)
    words = one.span.of(draft.text)
    correction = None
    best = verification.matches[0] if verification.matches else None
    if verdict is Verdict.ALTERED:
        if best is None or not _is_near_enough(one, best):
            verdict, message = Verdict.NOT_FOUND, _NOT_FOUND
        else:
            correction = _correction(words, best)
    if verdict is Verdict.NOT_FOUND and (one.is_term or one.goes_on):
        return None
    is_mere_term = one.is_term and one.speaker is None and one.title is None
    return Finding(
        start=one.span.start,
        end=one.span.end,
        kind=FindingKind.EXPRESSION if is_mere_term else FindingKind.QUOTATION,
        verdict=verdict,
        message=message,
        correction=correction,
        matches=verification.matches if verdict is not Verdict.NOT_FOUND else (),
    )


_NOT_FOUND: Final = "资料库里没有查到这段话；库中未见，不等于没有人说过。"


def _is_near_enough(one: Quoted, match: Match) -> bool:
    least = _LEAST_LIKE_QUOTATION if one.is_marked else _LEAST_LIKE_STATEMENT
    return match.similarity >= least


def _judge(one: Quoted, verification: Verification) -> tuple[Verdict, str]:
    """The verdict, looked at again where the draft names a document or the document the person."""
    verdict, message = verification.verdict, verification.message
    if (
        verdict is Verdict.EXACT
        and one.title
        and not one.goes_on
        and not _is_from(one.title, verification.matches)
    ):
        titles = in_title_marks(verification.matches[0].title)
        return Verdict.MISATTRIBUTED, f"这段话见{titles}，不见于《{one.title}》。"
    if verdict is Verdict.MISATTRIBUTED and (
        verification.is_set_phrase
        or any(_is_named_near(one.speaker or "", match) for match in verification.matches)
        or not (one.is_marked or _is_said_by_another(one, verification))
    ):
        return Verdict.EXACT, f"与{in_title_marks(verification.matches[0].title)}的原文一致。"
    return verdict, message


def _is_said_by_another(one: Quoted, verification: Verification) -> bool:
    """Whether the document surely says that a statement is somebody else's: what follows the
    first sentence of an unmarked statement may be nobody's.
    """
    return not one.goes_on and any(match.speaker for match in verification.matches)


def _is_from(title: str, matches: Sequence[Match]) -> bool:
    """Whether one of the places is in the document of that title, or speaks of it."""
    wanted = plain_title(title)
    return any(
        wanted in plain_title(match.title) or wanted in fold(match.context) for match in matches
    )


def _is_named_near(speaker: str, match: Match) -> bool:
    """Whether the document names the person in the words right before or behind what was said,
    and nobody else, though it takes more than a rule to see that he says it.
    """
    start = match.start - match.context_start
    before = match.context[:start][-_WORDS_BEFORE:]
    behind = match.context[start + len(match.quote) :][:_WORDS_BEHIND]
    name = speaker.removesuffix("同志")[-3:]
    sentence = re.split(rf"[{SENTENCE_END}\n]", before)[-1]
    return len(name) > 1 and match.speaker is None and name in f"{sentence}，{behind}"


def _correction(words: str, match: Match) -> str | None:
    """The source's words where they differ, the draft's own typesetting where they do not."""
    quoted = "".join(piece.quoted for piece in match.diff)
    start = words.find(quoted)
    if not match.diff or start < 0:
        return None
    mended = "".join(
        piece.quoted if piece.operation == "equal" else piece.source.replace("\n", "")
        for piece in match.diff
    )
    corrected = words[:start] + mended + words[start + len(quoted) :]
    return corrected if corrected != words else None
