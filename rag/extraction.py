"""Evidence → an answer made of spans alone: choose sentences, complete lists, put in order."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rag.citations import cite
from rag.documents import Citation, Document, Evidence, Passage
from rag.enumerations import announced_count, item_of, list_after, list_around
from rag.features import stands_in
from rag.labels import label_of
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
        alike: Once there is little doubt, it needs this share.
        doubt: So much doubt is little.
    """

    sentences: int
    characters: int
    share: float
    alike: float
    doubt: float


SHORT = Budget(sentences=4, characters=145, share=0.25, alike=0.9, doubt=0.15)
DEFINING = Budget(sentences=2, characters=160, share=0.4, alike=0.7, doubt=0.3)
LONG = Budget(sentences=3, characters=240, share=0.4, alike=0.7, doubt=0.3)
# One of several questions asked at once gets so much of the room that it would get alone.
PART_SENTENCES = 2
PART_SHARE = 0.65
PART_ALIKE = 0.5
TRIMMED = SHORT_ANSWERS | {AnswerType.OTHER}
# A topic sentence is no longer than this, and so much of its paragraph is given with it.
TOPIC_CHARS = 40
ELABORATION_CHARS = 260
# So many sentences together are a list: nothing is added to it.
WHOLE_LIST = 4
# Longer speeches are not given whole.
LONGEST_SPEECH = 400
# Longer sentences are cut down where only one fact is asked for.
LONG_SENTENCE = 100

_CLAUSE = re.compile(r"[^，；;：。！？!?]*[，；;：。！？!?]+|[^，；;：。！？!?]+$")
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


def choose(
    question: Question, evidence: Sequence[Evidence], budget: Budget | None = None
) -> list[Evidence]:
    """The sentences to answer with, best first, cut down to what is needed of them.

    Sentences are added until they answer with some certainty together (one minus the product
    of their doubts), as long as the budget lasts.

    Args:
        question: Decides how much an answer may hold.
        evidence: Candidate sentences in any order; none may be empty.
        budget: In place of the one that fits the question.
    """
    budget = budget or _budget(question.answer_type)
    ranked = sorted(evidence, key=lambda e: (-e.score, e.document.document_id, e.span.start))
    chosen = list[Evidence]()
    doubt = 1.0
    for candidate in ranked:
        if len(chosen) == budget.sentences or candidate.score < budget.share * ranked[0].score:
            break
        if doubt < budget.doubt and candidate.score < budget.alike * ranked[0].score:
            break
        candidate = trim(question, candidate)
        length = sum(len(one.span) for one in chosen)
        if chosen and length + len(candidate.span) > budget.characters:
            continue
        if not any(_repeats(candidate.text, one.text) for one in chosen):
            chosen.append(candidate)
            doubt *= 1 - candidate.score
    return chosen


def _repeats(one: str, other: str) -> bool:
    shorter, longer = sorted((fold(one), fold(other)), key=len)
    return shorter in longer


def trim(question: Question, evidence: Evidence) -> Evidence:
    """A long sentence cut down to the clauses that answer, where one fact is asked for.

    The clause that holds the answer is kept; clauses beside it are added, first those with
    words of the question that are not held yet, as long as there is room.
    """
    text, span = evidence.document.text, evidence.span
    if question.answer_type not in TRIMMED or len(span) <= LONG_SENTENCE or not evidence.answer:
        return evidence
    clauses = _clauses(text, span)
    inside = [i for i, clause in enumerate(clauses) if clause.overlaps(evidence.answer)]
    first, last = (inside[0], inside[-1]) if inside else (0, 0)
    while True:
        held = Span(clauses[first].start, clauses[last].end)
        wider = [
            (_words_in(question, Span(clauses[i].start, clauses[j].end).of(text)), j == last, i, j)
            for i, j in ((first - 1, last), (first, last + 1))
            if i >= 0 and j < len(clauses) and clauses[j].end - clauses[i].start <= LONG_SENTENCE
        ]
        if not wider:
            break
        first, last = max(wider)[2:]
    start, end = held.start, held.end
    return replace(evidence, span=trimmed_span(text, Span(start, end)))


def _clauses(text: str, span: Span) -> list[Span]:
    """The parts of a sentence between commas and the like, each with the mark that ends it."""
    clauses = list[Span]()
    start = span.start
    for piece in _CLAUSE.findall(span.of(text)):
        clauses.append(Span(start, start + len(piece)))
        start += len(piece)
    return clauses


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
    if not spans:
        spans = _below_label(document.text, evidence.span)
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
        introduction, words = speech.introduction, speech.span
        # The speaker may be named behind the words as well.
        whole = Span(min(introduction.start, words.start), max(introduction.end, words.end))
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


def _below_label(text: str, span: Span) -> list[Span]:
    """A label with the lines below it, where nothing stands behind its colon.

    An empty line ends them, and so does another label behind one that has none.
    """
    if not span.of(text).endswith(("：", ":")) or not label_of(span.of(text)):
        return []
    start, end = span.end, len(text)
    below = list[Span]()
    nested = False
    while start < end and text[start] == "\n":
        stop = text.find("\n", start + 1)
        line = trimmed_span(text, Span(start, stop if stop >= 0 else end))
        room = ELABORATION_CHARS - sum(map(len, below)) - len(line)
        labelled = bool(label_of(line.of(text)))
        if not len(line) or room < 0 or (below and labelled and not nested):
            break
        nested = nested or labelled
        below.extend(sentence_spans(text, within=line))
        start = stop if stop >= 0 else end
    return [span, *below] if below else []


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
    return _written(_in_reading_order(chosen))


def _in_reading_order(chosen: Sequence[Sequence[Evidence]]) -> list[Evidence]:
    order = dict.fromkeys(group[0].document.document_id for group in chosen)
    unique = {
        (evidence.document.document_id, evidence.span): evidence
        for group in chosen
        for evidence in group
    }
    rank = {document_id: index for index, document_id in enumerate(order)}
    return sorted(unique.values(), key=lambda e: (rank[e.document.document_id], e.span.start))


def _written(sentences: Sequence[Evidence]) -> Extract:
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


def compose_parts(parts: Sequence[Sequence[Sequence[Evidence]]]) -> Extract:
    """The groups of several questions → one answer, in the order of the questions.

    Within each as `compose` does; what was given for one question is not given again for
    another.
    """
    given = list[Evidence]()
    for groups in parts:
        for evidence in _in_reading_order(groups):
            if not any(_repeats(evidence.text, one.text) for one in given):
                given.append(evidence)
    return _written(given)


def _goes_on(previous: Evidence, evidence: Evidence) -> bool:
    same = previous.document.document_id == evidence.document.document_id
    between = previous.document.text[previous.span.end : evidence.span.start]
    return same and previous.span.end <= evidence.span.start and not between.strip(" ")


def extract(question: Question, evidence: Sequence[Evidence], *, passage_at: PassageAt) -> Extract:
    """The extractive answer; `evidence` must not be empty."""
    return compose(_gathered(question, evidence, _budget(question.answer_type), passage_at))


def extract_parts(
    parts: Sequence[tuple[Question, Sequence[Evidence]]], *, passage_at: PassageAt
) -> Extract:
    """One answer to several questions, each with its evidence, in their order.

    None may be without evidence. Each gets less room than if it were asked alone.
    """
    return compose_parts([
        _gathered(question, evidence, _budget_of_part(question.answer_type), passage_at)
        for question, evidence in parts
    ])


def _budget_of_part(answer_type: AnswerType) -> Budget:
    budget = _budget(answer_type)
    return replace(
        budget,
        sentences=min(budget.sentences, PART_SENTENCES),
        characters=round(budget.characters * PART_SHARE),
        share=max(budget.share, PART_ALIKE),
    )


def _gathered(
    question: Question, evidence: Sequence[Evidence], budget: Budget, passage_at: PassageAt
) -> list[list[Evidence]]:
    """What is given for one question: the chosen sentences, each with what belongs to it."""
    telling = [
        one
        for one in evidence
        if not _is_heading(one.document, one.span) or _completed(question, one)
    ]
    groups = list[list[Evidence]]()
    room = budget.characters
    for one in choose(question, telling or evidence, budget):
        group = complete(question, one, passage_at=passage_at) or [one]
        room -= sum(len(each.span) for each in group)
        if groups and (room < 0 or len(groups[0]) >= WHOLE_LIST):
            break
        groups.append(group)
    return groups
