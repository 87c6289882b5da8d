"""What a draft quotes, and what it says somebody has said, against the library.

A quotation stands in marks; a statement follows 指出：, 强调， without any. Terms in marks, which
are nobody's words, are for `rag.drafts.expressions`.
"""

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from typing import Final

from rag.drafts.lexicon import LONGEST_TERM, plain_title
from rag.drafts.protocols import DraftLibrary
from rag.drafts.reading import Draft
from rag.drafts.sayings import Saying, speaker_behind
from rag.people import PersonMention
from rag.quotations.quotation import Finding, FindingKind, Match, Verdict, Verification
from rag.text import SENTENCE_END, Span, fold, sentence_spans, trimmed_span

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
    """

    span: Span
    speaker: str | None = None
    title: str | None = None
    is_marked: bool = True
    is_term: bool = False
    goes_on: bool = False


def find_quoted(
    draft: Draft, sayings: Sequence[Saying], people: Sequence[PersonMention]
) -> list[Quoted]:
    """Quotations and statements of a draft, in order of place."""
    contents = {saying.content: saying for saying in sayings}
    found = list[Quoted]()
    quotations = [one for one in draft.marks.marked if not one.is_title]
    for marked in quotations:
        saying = contents.get(marked.outer.start)
        words = marked.inner.of(draft.text)
        speaker = saying.speaker if saying else speaker_behind(draft.text, marked.outer.end, people)
        found.append(
            Quoted(
                span=marked.inner,
                speaker=speaker,
                title=saying.title if saying else None,
                is_term=_is_term(words, is_said=saying is not None),
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
    draft: Draft, quoted: Sequence[Quoted], library: DraftLibrary, *, settled: Set[Span]
) -> Iterator[Finding]:
    """A finding for each quotation, and for each statement that the library has or nearly has.

    Args:
        draft: The draft.
        quoted: Its quotations and statements.
        library: What they are held against.
        settled: Terms in marks of which all is known.
    """
    known = dict[tuple[str, str | None], Verification | None]()
    for one in quoted:
        if one.span in settled:
            continue
        words = one.span.of(draft.text)
        key = (words, one.speaker)
        if key not in known:
            known[key] = _verify(library, words, one.speaker)
        verification = known[key]
        finding = verification and _finding(draft, one, verification)
        if finding:
            yield finding


def _verify(library: DraftLibrary, words: str, speaker: str | None) -> Verification | None:
    """What the library says; None for what is too short, too long or no words at all."""
    if not _SHORTEST <= len(fold(words)) <= _LONGEST:
        return None
    try:
        return library.verify(words, speaker=speaker, limit=_MATCHES)
    except ValueError:
        return None


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
        titles = f"《{verification.matches[0].title}》"
        return Verdict.MISATTRIBUTED, f"这段话见{titles}，不见于《{one.title}》。"
    if verdict is Verdict.MISATTRIBUTED and (
        verification.is_set_phrase
        or any(_is_named_near(one.speaker or "", match) for match in verification.matches)
        or not (one.is_marked or _is_said_by_another(one, verification))
    ):
        return Verdict.EXACT, f"与《{verification.matches[0].title}》的原文一致。"
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
