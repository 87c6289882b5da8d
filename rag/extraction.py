"""Evidence → an answer made of spans alone: choose sentences, complete lists, put in order."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rag.citations import cite
from rag.documents import Citation, Document, Evidence, Passage
from rag.enumerations import announced_count, item_of, list_after, list_around
from rag.features import stands_in
from rag.plausibility import plausible
from rag.questions import SHORT_ANSWERS, UNFOLDING, AnswerType, Question
from rag.text import CLOSERS, SENTENCE_END, Span, fold, sentence_spans, trimmed_span

LISTING = frozenset({
    AnswerType.LIST,
    AnswerType.MANNER,
    AnswerType.DEFINITION,
    AnswerType.OTHER,
    AnswerType.REASON,
})

_LEANS_BACK = re.compile("其中|他|她|它|该|此|这|上述|同时|此外|另外|而|但|因此|所以|对此|据此")

PassageAt = Callable[[Document, int], Passage]


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How much an answer may hold.

    Attributes:
        sentences: At most so many are chosen; items that complete a list come on top.
        characters: No further sentence is chosen once the answer is this long.
        share: A further sentence needs this share of the best one's score.
    """

    sentences: int
    characters: int
    share: float


SHORT = Budget(sentences=2, characters=120, share=0.7)
DEFINING = Budget(sentences=2, characters=160, share=0.6)
LONG = Budget(sentences=3, characters=240, share=0.6)
# A topic sentence is no longer than this, and so much of its paragraph is given with it.
TOPIC_CHARS = 40
ELABORATION_CHARS = 260
# So many sentences together are a list: nothing is added to it.
WHOLE_LIST = 4
# Longer speeches are not given whole.
LONGEST_SPEECH = 400
# Longer sentences are cut down where only one fact is asked for.
LONG_SENTENCE = 100

_ENDED = re.compile(rf"[{SENTENCE_END}…；;][{re.escape(CLOSERS)}]*$")
_ASKS_FOR_WORDS = re.compile("说|讲|指出|强调|提出|要求|表示|认为|希望|怎么看|观点|讲话")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """An answer made of spans.

    Attributes:
        text: The quotes in reading order, each followed by its marker.
        citations: One for each quote, markers counted from 1.
    """

    text: str
    citations: tuple[Citation, ...]


def _budget(answer_type: AnswerType) -> Budget:
    if answer_type in SHORT_ANSWERS:
        return SHORT
    return DEFINING if answer_type is AnswerType.DEFINITION else LONG


def choose(question: Question, evidence: Sequence[Evidence]) -> list[Evidence]:
    """The sentences to answer with, best first.

    Args:
        question: Decides how much an answer may hold.
        evidence: Candidate sentences in any order; none may be empty.
    """
    budget = _budget(question.answer_type)
    ranked = sorted(evidence, key=lambda e: (-e.score, e.document.document_id, e.span.start))
    chosen = list[Evidence]()
    for candidate in ranked:
        if len(chosen) == budget.sentences or candidate.score < budget.share * ranked[0].score:
            break
        length = sum(len(one.span) for one in chosen)
        if chosen and length + len(candidate.span) > budget.characters:
            continue
        if not any(_repeats(candidate.text, one.text) for one in chosen):
            chosen.append(candidate)
    return chosen


def _repeats(one: str, other: str) -> bool:
    shorter, longer = sorted((fold(one), fold(other)), key=len)
    return shorter in longer


def trim(question: Question, evidence: Evidence) -> Evidence:
    """A long sentence cut down to the part between semicolons that answers, where one does.

    Only questions for one fact are cut for, and only to a part that holds as many words of
    the question as the whole, and the sort of thing that is asked for.
    """
    text, span = evidence.document.text, evidence.span
    if question.answer_type not in SHORT_ANSWERS or len(span) <= LONG_SENTENCE:
        return evidence
    held = _words_in(question, evidence.text)
    start = span.start
    for piece in re.split("(?<=[；;])", evidence.text):
        part = trimmed_span(text, Span(start, start + len(piece)))
        start += len(piece)
        if _words_in(question, part.of(text)) >= held and plausible(question, part.of(text)):
            return replace(evidence, span=part)
    return evidence


def _words_in(question: Question, text: str) -> int:
    folded = fold(text)
    return sum(stands_in(word, folded) for word in set(question.words))


def complete(question: Question, evidence: Evidence, *, passage_at: PassageAt) -> list[Evidence]:
    """One chosen sentence with what a reader needs beside it, in the document's order.

    What the speaker went on to say, where the question asks what somebody said; the whole list
    that the sentence introduces or is an item of, or what its paragraph says of it, where the
    question asks for more than one fact; the sentence before it, where it begins with a
    pronoun. A heading below which there is none of this gives nothing.
    """
    own = evidence.passage
    return [
        Evidence(
            passage=own
            if own.span.start <= span.start < own.span.end
            else passage_at(evidence.document, span.start),
            document=evidence.document,
            span=span,
            score=evidence.score,
        )
        for span in _completed(question, evidence)
    ]


def _completed(question: Question, evidence: Evidence) -> list[Span]:
    document = evidence.document
    spans = _said(question, document, evidence.span)
    if not spans and question.answer_type in LISTING:
        spans = _with_list(question, document.text, evidence.span)
    if not spans and question.answer_type in UNFOLDING:
        spans = _unfolded(document, evidence.span)
    if not spans and _is_heading(document, evidence.span):
        return []
    spans = spans or [evidence.span]
    if _LEANS_BACK.match(spans[0].of(document.text)):
        spans = [*_sentence_before(document.text, spans[0]), *spans]
    return spans


def _is_heading(document: Document, span: Span) -> bool:
    return any(heading.span == span for heading in document.headings)


def _said(question: Question, document: Document, span: Span) -> list[Span]:
    """The sentences of the attributed speech that holds or follows `span`, where asked for."""
    if not _ASKS_FOR_WORDS.search(question.text):
        return []
    for speech in document.speeches:
        whole = Span(speech.introduction.start, speech.span.end)
        fits = len(speech.span) <= LONGEST_SPEECH and whole.overlaps(span)
        if fits and speech.speaker.name in question.text:
            line = document.text.rfind("\n", 0, whole.start) + 1
            around = sentence_spans(document.text, within=Span(line, whole.end))
            return [one for one in around if one.overlaps(whole)]
    return []


def _with_list(question: Question, text: str, span: Span) -> list[Span]:
    if question.answer_type is AnswerType.LIST and (around := list_around(text, span)):
        return around
    sentence = span.of(text)
    introduces = sentence.endswith(("：", ":")) or announced_count(sentence) is not None
    if (introduces or not _ENDED.search(sentence)) and item_of(sentence) is None:
        after = list_after(text, span)
        return [span, *after] if after else []
    return []


def _unfolded(document: Document, span: Span) -> list[Span]:
    """A topic sentence with what follows it in its paragraph, lists included.

    Only a short sentence at the head of its paragraph, or a heading, is a topic.
    """
    text = document.text
    heads = span.start == 0 or text[span.start - 1] == "\n"
    if not heads or len(span) > TOPIC_CHARS:
        return []
    start = span.end + 1 if _is_heading(document, span) else span.end
    line_end = text.find("\n", start)
    line = Span(min(start, len(text)), line_end if line_end >= 0 else len(text))
    following = list[Span]()
    for sentence in sentence_spans(text, within=line):
        if _is_heading(document, sentence):
            break
        if sum(map(len, following)) + len(sentence) > ELABORATION_CHARS:
            break
        following.append(sentence)
    return [span, *following] if following else []


def _sentence_before(text: str, span: Span) -> list[Span]:
    line = text.rfind("\n", 0, span.start) + 1
    before = sentence_spans(text, within=Span(line, span.start))[-1:]
    return [one for one in before if len(one) <= 120]


def compose(chosen: Sequence[Sequence[Evidence]]) -> Extract:
    """Groups of evidence → the answer, each sentence with its marker.

    Groups of one document are put in the document's order, documents in the order of their
    best group; a sentence that stands in two groups is given once. A new line begins with
    each document, each list item, and wherever sentences were not neighbours.
    """
    order = dict.fromkeys(group[0].document.document_id for group in chosen)
    unique = {
        (evidence.document.document_id, evidence.span): evidence
        for group in chosen
        for evidence in group
    }
    rank = {document_id: index for index, document_id in enumerate(order)}
    sentences = sorted(unique.values(), key=lambda e: (rank[e.document.document_id], e.span.start))
    citations = list[Citation]()
    pieces = list[str]()
    previous: Evidence | None = None
    for evidence in sentences:
        if previous is not None and not _goes_on(previous, evidence):
            pieces.append("\n")
        citations.append(cite(len(citations) + 1, evidence))
        pieces.append(f"{evidence.text}[{len(citations)}]")
        previous = evidence
    return Extract(text="".join(pieces), citations=tuple(citations))


def _goes_on(previous: Evidence, evidence: Evidence) -> bool:
    same = previous.document.document_id == evidence.document.document_id
    between = previous.document.text[previous.span.end : evidence.span.start]
    return same and previous.span.end <= evidence.span.start and not between.strip(" ")


def extract(question: Question, evidence: Sequence[Evidence], *, passage_at: PassageAt) -> Extract:
    """The extractive answer; `evidence` must not be empty."""
    telling = [
        one
        for one in evidence
        if not _is_heading(one.document, one.span) or _completed(question, one)
    ]
    groups = list[list[Evidence]]()
    room = _budget(question.answer_type).characters
    for one in choose(question, telling or evidence):
        group = complete(question, trim(question, one), passage_at=passage_at) or [one]
        room -= sum(len(each.span) for each in group)
        if groups and (room < 0 or len(groups[0]) >= WHOLE_LIST):
            break
        groups.append(group)
    return compose(groups)
