"""Who does what in a text: the stretch of a sentence that tells of a person, and what it tells.

Drafts and documents are read in the same way, so that the one can be held against the other.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from rag.dates import find_dates
from rag.documents import Document
from rag.drafts.holdings import find_holders
from rag.drafts.pairs import pairs
from rag.people import PersonMention, find_people
from rag.text import Span, find_words, fold, sentence_spans

# Stands for the person where acts are read: whoever it is, the words around are the same.
_PERSON: Final = "\u3007"
_MEETING: Final = re.compile(
    r"(?P<kind>动员|推进|座谈|协商|部署|总结|调度|现场|专题|常务|表彰|培训|碰头|对接|协调|联席)"
    r"(?:[\u4e00-\u9fff]{0,2})会"
)
_SPEAKS: Final = re.compile(
    rf"{_PERSON}(?:同志)?[^，。；]{{0,16}}?(?:[说讲]|指出|强调|表示|要求|提出|提醒|坦言|介绍|认为|建议|反映|抱怨|透露|"
    r"希望|补充|列[出了举]|算[了的]|归纳|概括|(?<!座)谈|布置|部署|宣布|叮嘱|诉)"
)
_ROLE: Final = r"副?(?:组长|总指挥|指挥长|召集人|班长|团长|领队)"
_CLAUSE_MARK: Final = re.compile(r"[，。；：！？,;:!?\n]")
_JOINT: Final = re.compile(r"(?:[、和与及 \u3000]|以及|等)*")
# Somebody may be named of whom the clause tells nothing: to him, with him, on his behalf.
_NO_DOER: Final = re.compile(
    rf"(?:[向对把将给跟替受陪随]|陪同|代表|委托|学习|传达|按照|根据|落实|贯彻|围绕){_PERSON}"
    rf"|{_PERSON}(?:等人?)?(?:同志)?(?:一行|的(?!话|说法|要求|意见|介绍|提议|建议))"
)
_ACTS: Final = (
    ("主持", re.compile(r"主持(?!制定|编制|[^，。；]{0,6}工作)")),
    ("宣读", re.compile(r"宣读|宣布(?=[^，。；]{0,12}(?:批复|决定|名单|通知))")),
    (
        "说明",
        re.compile(r"(?:作|做|大会|会议|代表)[^，。；]{0,8}说明|说明[^，。；]{0,20}(?:方案|草案)"),
    ),
    ("讲话", re.compile(r"(?:发表|作|做|出席|到会|会上|并)[^，。；]{0,8}讲话")),
    ("致辞", re.compile(r"致[^，。；]{0,4}辞")),
    ("报告", re.compile(r"[作做][^，。；]{0,8}报告")),
    ("组长", re.compile(rf"{_PERSON}[^，。；]{{0,4}}挂帅")),
)
_HAS_ROLE: Final = re.compile(
    rf"{_PERSON}(?:同志)?(?:任|担任|兼任|出任|当)[^，。；]{{0,12}}?(?P<role>{_ROLE})"
    rf"|(?P<named>{_ROLE})(?:就?是|为|由|[：:])[^，。；]{{0,4}}{_PERSON}"
)
_OFFICE_IS_ROLE: Final = re.compile(rf"(?P<role>{_ROLE})$")
_NO_PERSON: Final = re.compile(r"[会府委局办院部人者省市区县镇乡村]$|街道$|^我")
_LONGEST_NAME: Final = 4
_YEAR: Final = "年"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What a text tells of a person, or of several who are named together.

    Attributes:
        people: With the offices that stand before their names.
        span: The stretch of the sentence that tells of them.
        pairs: Pairs of characters of its words, without offices and names.
        acts: Those that one person does: to preside, to read out, to lead a group.
        years: That the stretch names.
        meetings: Of which kind those are that it names: 动员, 座谈.
        is_speech: The person says it: a document that is a speech of his tells it at length.
    """

    people: tuple[PersonMention, ...]
    span: Span
    pairs: frozenset[str]
    acts: frozenset[str]
    years: frozenset[int]
    meetings: frozenset[str]
    is_speech: bool

    @property
    def names(self) -> frozenset[str]:
        """Of the people."""
        return frozenset(mention.name for mention in self.people)


def read_deeds(
    text: str,
    people: Sequence[PersonMention],
    spans: Iterable[Span],
    *,
    left_out: Sequence[Span] = (),
) -> Iterator[Deed]:
    """What each of the sentences at `spans` tells of the people it names, in order of place.

    Args:
        text: A draft or a document.
        people: Everybody it names, in order of place.
        spans: Sentences.
        left_out: What is held against the library otherwise, such as quotations.
    """
    names = [mention.span.start for mention in people]
    for sentence in spans:
        inside = people[bisect_left(names, sentence.start) : bisect_left(names, sentence.end)]
        groups = list(_groups(text, inside))
        if not groups:
            continue
        starts = [sentence.start]
        for before, after in pairwise(groups):
            marks = list(_CLAUSE_MARK.finditer(text, before[-1].end, max(0, after[0].start)))
            starts.append(marks[-1].end() if marks else max(before[-1].end, after[0].start))
        ends = [*starts[1:], sentence.end]
        for group, start, end in zip(groups, starts, ends, strict=True):
            yield _deed(text, tuple(group), Span(start, end), left_out)


def _groups(text: str, people: Sequence[PersonMention]) -> Iterator[list[PersonMention]]:
    group = list[PersonMention]()
    for mention in people:
        if group and not _JOINT.fullmatch(text[group[-1].end : max(group[-1].end, mention.start)]):
            yield group
            group = []
        group.append(mention)
    if group:
        yield group


def _deed(
    text: str, people: tuple[PersonMention, ...], span: Span, left_out: Sequence[Span]
) -> Deed:
    words = _with_placeholder(text, span, [(one.start, one.end) for one in people], _PERSON)
    hidden = [(one.start, one.end) for one in left_out if span.overlaps(one)]
    taken = sorted([*hidden, *((one.start, one.end) for one in people)])
    told = fold(_with_placeholder(text, span, taken, "，"))
    return Deed(
        people=people,
        span=span,
        pairs=frozenset(pairs(told)),
        acts=frozenset(_acts(words, people)),
        years=_years(words),
        meetings=frozenset(match["kind"] for match in _MEETING.finditer(words)),
        is_speech=bool(_SPEAKS.search(words)),
    )


def _years(words: str) -> frozenset[int]:
    if _YEAR not in words:
        return frozenset()
    return frozenset(date.year for _, date in find_dates(words) if date.year)


def _with_placeholder(
    text: str, span: Span, taken: Sequence[tuple[int, int]], placeholder: str
) -> str:
    kept = list[str]()
    position = span.start
    for start, end in taken:
        kept.append(text[position : max(position, start)])
        position = max(position, min(end, span.end))
    return placeholder.join([*kept, text[position : span.end]])


def _acts(words: str, people: Sequence[PersonMention]) -> Iterator[str]:
    """What is done in a clause that has the person for its subject."""
    for mention in people:
        if role := _OFFICE_IS_ROLE.search(mention.office or ""):
            yield role["role"]
    if _NO_DOER.search(words):
        return
    for act, pattern in _ACTS:
        if pattern.search(words):
            yield act
    for match in _HAS_ROLE.finditer(words):
        yield match["role"] or match["named"]


def people_of(document: Document) -> list[PersonMention]:
    """Everybody a document names, in order of place: also by a name that only those know who
    read the whole of it, its speakers.
    """
    text = document.text
    found = [*find_people(text), *find_holders(text)]
    known = {one.span.start: one for one in found if not _NO_PERSON.search(one.name)}
    names = {one.name for one in known.values()}
    names |= {one.speaker.name for one in document.speeches if is_persons(one.speaker.name)}
    for one in bare_mentions(text, names, Span(0, len(text))):
        known.setdefault(one.span.start, one)
    return [one for _, one in sorted(known.items())]


def is_persons(name: str) -> bool:
    """Whether the name of a speaker is a person's, no meeting's and no body's."""
    return 2 <= len(name) <= _LONGEST_NAME and not _NO_PERSON.search(name)


def bare_mentions(text: str, names: Iterable[str], within: Span) -> list[PersonMention]:
    """Where one of the names stands, without an office."""
    return [
        PersonMention(span=span, name=span.of(text), office=None, start=span.start, end=span.end)
        for span in find_words(text, names, within=within)
    ]


def deeds_of(document: Document, people: Sequence[PersonMention]) -> list[Deed]:
    """What a document tells of persons; what it says they said they did, in saying it.

    Args:
        document: Any.
        people: Whom it names: `people_of` it.
    """
    text = document.text
    sentences = list(sentence_spans(text))
    deeds = list(read_deeds(text, people, sentences))
    told = {deed.span for deed in deeds}
    named = dict[str, PersonMention]()
    for one in people:
        if one.name not in named or (one.office and not named[one.name].office):
            named[one.name] = one
    for speech in document.speeches:
        speaker = named.get(speech.speaker.name)
        inside = [one for one in sentences if speaker and speech.span.contains(one)]
        deeds.extend(
            replace(_deed(text, (speaker,), sentence, ()), is_speech=True)
            for sentence in inside
            if speaker and not any(sentence.overlaps(one) for one in told)
        )
    return deeds
