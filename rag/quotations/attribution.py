"""Who said it: whether the person a quotation is ascribed to is the one the document names.

Office and honorific words do not make another person, nor does a change of office. Two people
of one name in different places do: 江北区区长李强 is not 国务院总理李强.
"""

import re
from dataclasses import dataclass
from typing import Final

from rag.documents import AttributedSpeech, Document, Speaker
from rag.people import ends_as_office, find_people, is_name
from rag.places import find_places
from rag.text import Span, fold

_HONORIFIC: Final = re.compile(r"(?:同志|先生|女士|等)+$")
_OFFICE: Final = re.compile(r"(?:书记|主席|总理|[省市区县旗镇乡村部厅局司处科院州]长|主任|委员长)$")
_BEFORE_PLACE: Final = re.compile(r"^(?:中共|共青团|时任|原|前)+")
_MEETING: Final = re.compile(r"(?:会议?|全会|大会)$")
_ANY_MEETING: Final = frozenset(("会议", "大会", "全会", "会上", "座谈会"))
_NATIONAL: Final = re.compile(r"总书记|总理|国家(?:副?主席)|委员长|全国(?:人大|政协)|国务委员|中央")
_AREA: Final = re.compile(r"(?!自治区)[\u4e00-\u9fff]{2,4}?[省市区县州旗]")
_GENERAL_SECRETARY: Final = "总书记"
# Since when each was general secretary of the party's central committee.
_GENERAL_SECRETARIES: Final = (
    ("2012-11-15", "习近平"),
    ("2002-11-15", "胡锦涛"),
    ("1989-06-24", "江泽民"),
    ("1987-11-02", "赵紫阳"),
    ("1982-09-12", "胡耀邦"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody as a text names him, or a body.

    Attributes:
        name: Without office and honorific words; empty where only an office is named.
        office: Empty where none is named.
    """

    name: str
    office: str


def read_person(text: str) -> Person:
    """习近平总书记, 市委书记吴天君, 吴天君同志, 总书记, 会议."""
    bare = _HONORIFIC.sub("", "".join(text.split()))
    if is_name(bare) and not _OFFICE.search(bare):
        return Person(name=fold(bare), office="")
    people = find_people(bare)
    if len(people) == 1 and len(people[0].name) + len(people[0].office or "") >= len(bare) - 2:
        return Person(name=fold(people[0].name), office=fold(people[0].office or ""))
    if _OFFICE.search(bare):
        return Person(name="", office=fold(bare))
    return Person(name=fold(bare), office="")


def speeches_at(document: Document, span: Span) -> list[AttributedSpeech]:
    """Who says what stands at `span`: the innermost attributed speech, once for each who says it.

    A quotation may go from one stretch of somebody's speech into the next, or take a mark
    along that does not belong to it: what counts is that his words cover nine tenths of it.
    """
    overlapping = [speech for speech in document.speeches if speech.span.overlaps(span)]
    holding = [speech for speech in overlapping if speech.span.contains(span)]
    if holding:
        shortest = min(len(speech.span) for speech in holding)
        return [speech for speech in holding if len(speech.span) == shortest]
    covered = dict[Speaker, int]()
    for speech in overlapping:
        common = speech.span.common(span)
        covered[speech.speaker] = covered.get(speech.speaker, 0) + (len(common) if common else 0)
    most = {speaker for speaker, common in covered.items() if common >= 0.9 * len(span)}
    first = dict[Speaker, AttributedSpeech]()
    for speech in overlapping:
        if speech.speaker in most:
            first.setdefault(speech.speaker, speech)
    return list(first.values())


def is_said_by(asked: Person, speaker: Speaker, document: Document) -> bool:
    """Whether the document's speaker is the person that is asked for."""
    said = read_person(speaker.name)
    asked = _split_by(asked, said.name)
    office = fold(speaker.office or "") or said.office
    if asked.name and said.name:
        if asked.name != said.name:
            return _is_same_meeting(asked.name, said.name)
        return not _in_different_places(asked.office, office, document)
    if _GENERAL_SECRETARY in asked.office + office:
        secretary = _general_secretary(document)
        return _is_secretary(asked, secretary) and _is_secretary(
            Person(name=said.name, office=office), secretary
        )
    return not asked.name and asked.office in {said.name, office[-len(asked.office) :]}


def _split_by(asked: Person, name: str) -> Person:
    """扶摇乡长 where the document names 扶摇: a surname that is seldom one, known from there."""
    typed = asked.name or asked.office
    for office in (typed.removeprefix(name), typed.removesuffix(name)):
        if name and asked.name != name and office != typed and ends_as_office(office):
            return Person(name=name, office=office)
    return asked


def _is_secretary(person: Person, secretary: str) -> bool:
    return person.name == secretary or (
        not person.name and person.office.endswith(_GENERAL_SECRETARY)
    )


def _general_secretary(document: Document) -> str:
    """Who it was when the document was published."""
    metadata = document.metadata
    date = metadata.published_date or metadata.event_date
    day = str(date) if date is not None and date.year is not None else "9999"
    return next((name for since, name in _GENERAL_SECRETARIES if since[: len(day)] <= day), "")


def _is_same_meeting(asked: str, said: str) -> bool:
    """会议 is any meeting; 动员大会 is 全市机构改革动员大会."""
    if not (_MEETING.search(asked) and _MEETING.search(said)):
        return asked == said
    return (
        asked in _ANY_MEETING
        or said in _ANY_MEETING
        or asked.endswith(said)
        or said.endswith(asked)
    )


def _in_different_places(asked: str, office: str, document: Document) -> bool:
    """Whether two offices are those of two people: of places that do not hold one another."""
    ours, theirs = _places_in(asked), _places_in(office)
    place = document.metadata.place
    if place is not None and not _NATIONAL.search(office):
        theirs |= {place.name, *place.within}
    if _NATIONAL.search(asked) and not _NATIONAL.search(office):
        return _is_below_province(_places_in(office))
    if not ours:
        return False
    if _NATIONAL.search(office):
        return _is_below_province(ours)
    return bool(theirs) and ours.isdisjoint(theirs)


def _is_below_province(places: set[str]) -> bool:
    """Nobody goes from there to the centre between two speeches; from a province some do."""
    return bool(places) and not any(name.endswith(("省", "自治区")) for name in places)


def _places_in(office: str) -> set[str]:
    """郑州市 and 二七区 of 郑州市二七区委书记; also places of no gazetteer, by their form."""
    found = {place.name for _, place in find_places(office)}
    before = _BEFORE_PLACE.match(office)
    end = before.end() if before else 0
    while area := _AREA.match(office, end):
        found.add(area.group())
        end = area.end()
    return found
