"""Who holds which office: persons that a draft names behind an office, and what documents say.

Whether what stands behind an office is a name, and how long it is, the library decides: it
names the person beside an office too.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rag.documents import Document
from rag.drafts.evidence import EvidenceFinder
from rag.drafts.office_comparison import MEMBER, OFFICE_HEAD, office_places
from rag.drafts.reading import Draft
from rag.people import (
    PersonMention,
    find_people,
    is_common_word,
    is_name,
    may_be_name,
    name_at,
)
from rag.text import Span

_ENDS_AS_OFFICE: Final = re.compile(rf"(?:{OFFICE_HEAD.pattern}|常委|委员|成员)$")
_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]+")
_NO_NAME: Final = frozenset(
    "的了和与及等在是为由要对将把被会说就也都还不应须可能带有同办负签联任从到其该一两三各人先再并或兼牵向"
)
_GAP: Final = re.compile("[ \t\u3000]*[是为]?")
_IS_NAMED: Final = re.compile("的?[是为]")
_IS: Final = frozenset("是为")
_BETWEEN_OFFICE_AND_NAME: Final = _IS | frozenset("的 \t\u3000")
_BEHIND_NAME: Final = frozenset(
    "同在说指强表要出主宣作介提希就对向率到带等和与的及任兼为以将被担当升"
)
_OFFICE_RUN: Final = re.compile(r"[^，。；：！？,;:!?\s“”《》]{0,60}$")
_LEAD: Final = re.compile(
    r"^.*(?:[的由据请对向听是找见我\d]|同(?!志)|\d[日月年]|正如|主持人|会上|[时现担]任|出任|任命为?|选举)"
    r"(?=[\u4e00-\u9fff]{2,})"
)
# Whoever leads a group for a time keeps his office: documents tell of it in other words.
_NOT_IN_OFFICE: Final = re.compile(
    r".*(?:[是由]|听说|按照|根据|遵照|落实|贯彻|听取|学习)(?=[\u4e00-\u9fff]{2,})"
)
_NAME_BY_LAYOUT: Final = re.compile(r"[ \t\u3000]+([\u4e00-\u9fff]{2,4})(?=[：:（(\n]|$)")
# Surnames are many: who does what only persons do bears a name, whatever it begins with.
_NAME_BY_VERB: Final = re.compile(
    r"([\u4e00-\u9fff]{2,3}?)(?:同志)?(?=说[，：“]|指出|坦言|介绍|认为|表示|强调|告诉|反映|列举|"
    r"诉苦|直言|感叹|感慨|补充|回忆|"
    r"主持|宣读|致辞|出席|任副?组长|[就在](?:[^，。；：]{2,16})(?:上|作))"
)
# Somebody comes to an office, or is in it: 张某被任命为局长.
_APPOINTED: Final = re.compile(
    r"(?:同志)?被?(?:任命为|选举为|推选为|当选为?|担任|出任|就任|兼任|升任|转任|接任|改任|任)"
    rf"(?P<office>[^，。；：！？,;:!?\s“”《》]{{0,24}}?{OFFICE_HEAD.pattern})(?![\u4e00-\u9fff])"
)
_NO_PERSON: Final = re.compile(
    r"[会府委局办院部组人者处科站所队们员长省市区县镇乡村]$|街道$|^[的了和与及等在是为由要对将把被会也都就还不应须可能同]|[的了在就等也都]$"
)
_MOST_PLACES: Final = 2
_USUAL_LENGTH: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPerson:
    """A person whom a draft names beside an office.

    Attributes:
        place: Office and name, whichever is first.
        office: As the draft has it.
        gap: What stands between the two: a space, 是, 被任命为.
        span: The name.
        name: As the library has it, where it knows the person; else as the draft reads.
        sentence: Number of the sentence.
        holdings: What documents say about a person of this name.
    """

    place: Span
    office: str
    gap: str
    span: Span
    name: str
    sentence: int
    holdings: tuple["Holding", ...]

    def written(self, office: str, name: str) -> str:
        """Another office and name as the draft writes its own."""
        is_name_first = self.span.start == self.place.start
        return name + self.gap + office if is_name_first else office + self.gap + name


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """An office that a document gives somebody.

    Attributes:
        span: Where in the document office and name stand.
        name_start: Where the name does.
        places: Stems of the areas that the office or the document is of.
    """

    document: Document
    span: Span
    name_start: int
    name: str
    office: str
    places: frozenset[str]


def find_named_people(draft: Draft, evidence: EvidenceFinder) -> list[NamedPerson]:
    """Persons with an office beside their name, in order of place."""
    before = _people_behind_offices(draft, evidence)
    taken = {person.span.start for person in before}
    appointed = [
        person for person in _appointed_people(draft, evidence) if person.span.start not in taken
    ]
    return sorted([*before, *appointed], key=lambda person: person.span)


def _people_behind_offices(draft: Draft, evidence: EvidenceFinder) -> list[NamedPerson]:
    people = list[NamedPerson]()
    mentions = {mention.span.start: mention for mention in find_people(draft.text)}
    for index, sentence in enumerate(draft.sentences):
        floor = sentence.span.start
        members = (
            start
            for start, mention in mentions.items()
            if sentence.span.start <= start < sentence.span.end
            and mention.start < start
            and MEMBER.search(mention.office or "")
        )
        heads = _name_starts(draft.text, sentence.span, mentions)
        for start in sorted({*heads, *members}):
            if start < floor or draft.titled(Span(start, start)):
                continue
            person = _read_person(draft, index, start, mentions.get(start), evidence)
            if person is not None:
                people.append(person)
                floor = person.span.end
    return people


def _appointed_people(draft: Draft, evidence: EvidenceFinder) -> Iterator[NamedPerson]:
    """Persons of whom the draft says what they came to be, and whom documents know."""
    text = draft.text
    for match in _APPOINTED.finditer(text):
        sentence = draft.sentence_at(match.start())
        for length in (_USUAL_LENGTH, _USUAL_LENGTH - 1):
            start = match.start() - length
            name = text[max(0, start) : match.start()]
            if sentence is None or start < sentence.span.start or not _CHINESE.fullmatch(name):
                continue
            if holdings := [one for one in _holdings(name, name, evidence) if _ends_name(one)]:
                yield NamedPerson(
                    place=Span(start, match.end()),
                    office=match["office"],
                    gap=text[match.start() : match.start("office")],
                    span=Span(start, match.start()),
                    name=name,
                    sentence=draft.sentences.index(sentence),
                    holdings=tuple(holdings),
                )
                break


def _name_starts(text: str, within: Span, mentions: dict[int, PersonMention]) -> Iterator[int]:
    """Where a name may begin: behind an office."""
    for head in OFFICE_HEAD.finditer(text, within.start, within.end):
        start = head.end()
        while text[start : start + 1] in {" ", "\t", "\u3000"}:
            start += 1
        # 局长是李某某: what stands behind is a name only where nothing follows it.
        gap = _IS_NAMED.match(text, start)
        if gap and _holder_at(text, gap.end()):
            yield gap.end()
            continue
        word = text[start : start + 2]
        if len(word) < 2 or not _CHINESE.fullmatch(word) or OFFICE_HEAD.match(text, start):
            continue
        if start in mentions or not (word[0] in _NO_NAME or _is_no_name(text, start)):
            yield start


def _is_no_name(text: str, start: int) -> bool:
    """Whether a word stands at `start`; one that may be a name is one at the end of a clause."""
    word = text[start : start + 2]
    behind = text[start + 2 : start + 3]
    is_persons = _NAME_BY_VERB.match(text, start) or (is_name(word) and not behind.isalnum())
    return is_common_word(word) and not (is_persons or may_be_name(word))


def _read_person(
    draft: Draft, index: int, start: int, mention: PersonMention | None, evidence: EvidenceFinder
) -> NamedPerson | None:
    text = draft.text
    name, holdings = _known_name(text, start, mention, evidence)
    if not name:
        return None
    end = _office_end(text, start)
    office_start = _office_start(text, end)
    if mention and mention.start < start:
        lead = _NOT_IN_OFFICE.match(text, mention.start, start)
        office_start = lead.end() if lead else mention.start
    places = draft.sentences[index].scope.places
    holdings += _further_holdings(name, text[office_start:end], holdings, places, evidence)
    return NamedPerson(
        place=Span(office_start, start + len(name)),
        office=text[office_start:end],
        gap=text[end:start],
        span=Span(start, start + len(name)),
        name=name,
        sentence=index,
        holdings=tuple(holdings),
    )


def _office_end(text: str, start: int) -> int:
    """Where the office before a name ends."""
    while start and text[start - 1] in _BETWEEN_OFFICE_AND_NAME:
        start -= 1
    return start


def _known_name(
    text: str, start: int, mention: PersonMention | None, evidence: EvidenceFinder
) -> tuple[str, list[Holding]]:
    """The name at `start`, with what documents say of it; empty where nothing says it is one.

    It is as long as the documents have it: a name of two characters is not followed by the
    same third one everywhere.
    """
    if mention is not None and len(mention.name) > _USUAL_LENGTH:
        return mention.name, list(_holdings(mention.name, mention.name, evidence))
    run = _CHINESE.match(text, start)
    candidate = run[0][:_USUAL_LENGTH] if run else ""
    if mention is None and not is_name(candidate) and is_common_word(candidate[1:]):
        return "", []
    holdings = list(_holdings(candidate[:2], candidate, evidence))
    longer = [one for one in holdings if one.document.text.startswith(candidate, one.name_start)]
    is_long = mention is None or len(mention.name) == _USUAL_LENGTH
    if candidate[2:] not in _BEHIND_NAME:
        is_long = is_long or len(longer) == len(holdings)
    if len(candidate) == _USUAL_LENGTH and longer and is_long:
        return candidate, [replace(one, name=candidate) for one in longer]
    shorter = [one for one in holdings if _ends_name(one)]
    if shorter:
        return candidate[:2], shorter
    if mention is None and text[start - 1] in _IS:
        return _holder_at(text, start) or "", []
    return (mention.name, []) if mention else ("", [])


def _ends_name(holding: Holding) -> bool:
    """Whether what follows a name in the document is surely no further character of it."""
    end = holding.name_start + len(holding.name)
    behind = holding.document.text[end : end + 1]
    return not behind.isalpha() or behind in _BEHIND_NAME


def _office_start(text: str, end: int) -> int:
    run = _OFFICE_RUN.search(text[max(0, end - 60) : end].rstrip())
    words = _LEAD.sub("", run[0]) if run else ""
    pieces = words.split("、")
    kept = [pieces.pop()]
    while pieces and _ENDS_AS_OFFICE.search(pieces[-1]):
        kept.insert(0, pieces.pop())
    office = "、".join(kept)
    return text.rindex(office, 0, end)


def _holdings(name: str, query: str, evidence: EvidenceFinder) -> Iterator[Holding]:
    """Offices that stand beside `name` in documents, and those their lists of speakers give."""
    seen = set[tuple[str, str]]()
    for found in evidence.passages(query):
        text = found.document.text
        start = text.find(name, found.passage.span.start, found.passage.span.end)
        while start >= 0:
            end = start + len(name)
            office = _office_before(text, start)
            place = Span(start - len(office), end)
            # A name of three characters may be asked for by two.
            behind = _APPOINTED.match(text, end) or _APPOINTED.match(text, end + 1)
            if not office and behind:
                office, place = behind["office"], Span(start, behind.end())
            key = (found.document.document_id, office)
            if office and key not in seen:
                seen.add(key)
                yield Holding(
                    document=found.document,
                    span=place,
                    name_start=start,
                    name=name,
                    office=office,
                    places=office_places(office) or evidence.scope_of(found.document).places,
                )
            start = text.find(name, start + 1, found.passage.span.end)


def _further_holdings(
    name: str,
    office: str,
    holdings: Sequence[Holding],
    places: frozenset[str],
    evidence: EvidenceFinder,
) -> Iterator[Holding]:
    """Offices of somebody at the places that a sentence speaks of, where only others of the name
    have been found yet: in a large library there are many.
    """
    is_known = any(not one.places or not one.places.isdisjoint(places) for one in holdings)
    if not holdings or not places or is_known:
        return
    seen = {(one.document.document_id, one.office) for one in holdings}
    for one in _holdings(name, " ".join((name, office, *sorted(places)[:_MOST_PLACES])), evidence):
        if (one.document.document_id, one.office) not in seen:
            yield one


def find_holders(text: str) -> list[PersonMention]:
    """Persons of a document with the office before their name, 局长是 included, in order."""
    found = list[PersonMention]()
    for head in OFFICE_HEAD.finditer(text):
        gap = _GAP.match(text, head.end())
        start = gap.end() if gap else head.end()
        name = _holder_at(text, start) or name_at(text, start)
        if name and not OFFICE_HEAD.match(text, start):
            office = _office_start(text, head.end())
            span = Span(start, start + len(name))
            found.append(
                PersonMention(
                    span=span,
                    name=name,
                    office=text[office : head.end()],
                    start=office,
                    end=span.end,
                )
            )
    return found


def _holder_at(text: str, start: int) -> str | None:
    """A name that nothing follows, or that stands apart as in a list of speakers."""
    run = _CHINESE.match(text, start)
    whole = run[0] if run else ""
    if 2 <= len(whole) <= _USUAL_LENGTH and is_name(whole):
        return whole
    for pattern, begin in ((_NAME_BY_LAYOUT, start - 1), (_NAME_BY_VERB, start)):
        found = pattern.match(text, max(0, begin))
        if found and not _NO_PERSON.search(found[1]) and not is_common_word(found[1]):
            return found[1]
    return None


def _office_before(text: str, start: int) -> str:
    """The office right before `start`, or ""; 局长是 counts as one."""
    end = _office_end(text, start)
    if not _ENDS_AS_OFFICE.search(text[max(0, end - 12) : end]):
        return ""
    return text[_office_start(text, end) : start]
