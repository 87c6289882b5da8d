"""Who holds which office: persons that a draft names behind an office, and what documents say.

Whether what stands behind an office is a name, and how long it is, the library decides: it
names the person beside an office too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from rag.documents import Document
from rag.drafts.evidence import EvidenceFinder
from rag.drafts.reading import Draft
from rag.drafts.scopes import innermost, place_spans
from rag.people import PersonMention, find_people, is_common_word, is_name, name_at
from rag.text import Span, fold

_HEAD: Final = re.compile(
    r"(?:常务)?副?(?:总书记|书记|[省市区县州镇乡旗盟]长|[部厅局处科司署院校所馆站队组行台社会]长|检察长|秘书长|理事长|"
    r"董事长|委员长|主任|主席|总理|总经理|总监|总编辑|国务委员)"
)
_ENDS_AS_OFFICE: Final = re.compile(rf"(?:{_HEAD.pattern}|常委|委员|成员)$")
_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]+")
_NO_NAME: Final = frozenset(
    "的了和与及等在是为由要对将把被会说就也都还不应须可能带有同办负签联任从到其该一两三各人先再并或兼牵向"
)
_GAP: Final = re.compile("[ \u3000]*[是为]?")
_BETWEEN_OFFICE_AND_NAME: Final = frozenset(" \u3000是为")
_BEHIND_NAME: Final = frozenset("同在说指强表要出主宣作介提希就对向率到带等和与的及任兼为以将")
_OFFICE_RUN: Final = re.compile(r"[^，。；：！？,;:!?\s“”《》]{0,60}$")
_LEAD: Final = re.compile(
    r"^.*(?:[的由据请对向听是\d]|同(?!志)|\d日|正如|主持人|会上|时任|现任|任命|选举)(?=[\u4e00-\u9fff]{2,})"
)
_ALIASES: Final = (
    ("机构编制委员会办公室", "编办"),
    ("纪律检查委员会", "纪委"),
    ("监察委员会", "监委"),
    ("发展和改革委员会", "发改委"),
    ("人民代表大会常务委员会", "人大常委会"),
    ("常务副", "副"),
)
_MEMBER: Final = re.compile(r"(?:常委|(?<!国务)委员|成员)$")
_OWN_BODY: Final = frozenset("部厅局处科司署院校所馆站队行台社会")
_USUAL_LENGTH: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPerson:
    """A person whom a draft names behind an office.

    Attributes:
        start: Where the office begins.
        office: As the draft has it.
        span: The name.
        name: As the library has it, where it knows the person; else as the draft reads.
        sentence: Number of the sentence.
        holdings: What documents say about a person of this name.
    """

    start: int
    office: str
    span: Span
    name: str
    sentence: int
    holdings: tuple["Holding", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """An office that a document gives somebody.

    Attributes:
        start: Where in the document the office begins.
        name_start: Where the name does.
        places: Stems of the areas that the office or the document is of.
    """

    document: Document
    start: int
    name_start: int
    name: str
    office: str
    places: frozenset[str]

    @property
    def span(self) -> Span:
        """From the office to the end of the name."""
        return Span(self.start, self.name_start + len(self.name))


def find_named_people(draft: Draft, evidence: EvidenceFinder) -> list[NamedPerson]:
    """Persons with an office before their name, in order of place."""
    people = list[NamedPerson]()
    mentions = {mention.span.start: mention for mention in find_people(draft.text)}
    for index, sentence in enumerate(draft.sentences):
        floor = sentence.span.start
        for start in _name_starts(draft.text, sentence.span, mentions):
            if start < floor or draft.titled(Span(start, start)):
                continue
            person = _read_person(draft, index, start, mentions.get(start), evidence)
            if person is not None:
                people.append(person)
                floor = person.span.end
    return people


def _name_starts(text: str, within: Span, mentions: dict[int, PersonMention]) -> Iterator[int]:
    """Where a name may begin: behind an office."""
    for head in _HEAD.finditer(text, within.start, within.end):
        start = head.end()
        while text[start : start + 1] in {" ", "\u3000"}:
            start += 1
        word = text[start : start + 2]
        if len(word) < 2 or not _CHINESE.fullmatch(word) or _HEAD.match(text, start):
            continue
        if start in mentions or not (word[0] in _NO_NAME or is_common_word(word)):
            yield start


def _read_person(
    draft: Draft, index: int, start: int, mention: PersonMention | None, evidence: EvidenceFinder
) -> NamedPerson | None:
    text = draft.text
    name, holdings = _known_name(text, start, mention, evidence)
    if not name:
        return None
    office_start = (
        mention.start if mention and mention.start < start else _office_start(text, start)
    )
    return NamedPerson(
        start=office_start,
        office=text[office_start:start].strip(),
        span=Span(start, start + len(name)),
        name=name,
        sentence=index,
        holdings=tuple(holdings),
    )


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
    return (mention.name, []) if mention else ("", [])


def _ends_name(holding: Holding) -> bool:
    """Whether what follows a name of two characters in the document is surely no third one."""
    behind = holding.document.text[holding.span.end : holding.span.end + 1]
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
    """Offices that stand before `name` in documents, and those their lists of speakers give."""
    seen = set[tuple[str, str]]()
    for found in evidence.passages(query):
        text = found.document.text
        start = text.find(name, found.passage.span.start, found.passage.span.end)
        while start >= 0:
            office = _office_before(text, start)
            key = (found.document.document_id, office)
            if office and key not in seen:
                seen.add(key)
                yield Holding(
                    document=found.document,
                    start=start - len(office),
                    name_start=start,
                    name=name,
                    office=office,
                    places=office_places(office) or evidence.scope_of(found.document).places,
                )
            start = text.find(name, start + 1, found.passage.span.end)


def find_holders(text: str) -> list[PersonMention]:
    """Persons of a document with the office before their name, 局长是 included, in order."""
    found = list[PersonMention]()
    for head in _HEAD.finditer(text):
        gap = _GAP.match(text, head.end())
        start = gap.end() if gap else head.end()
        run = _CHINESE.match(text, start)
        whole = run[0] if run else ""
        is_whole = 2 <= len(whole) <= _USUAL_LENGTH and is_name(whole)
        name = whole if is_whole else name_at(text, start)
        if name and not _HEAD.match(text, start):
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


def _office_before(text: str, start: int) -> str:
    """The office right before `start`, or ""; 局长是 counts as one."""
    end = start
    while end and text[end - 1] in _BETWEEN_OFFICE_AND_NAME:
        end -= 1
    if not _ENDS_AS_OFFICE.search(text[max(0, end - 12) : end]):
        return ""
    return text[_office_start(text, end) : start]


def office_places(office: str) -> frozenset[str]:
    """Stems of the areas that an office is of."""
    return innermost(place_spans(office))


def offices_agree(ours: str, theirs: str) -> bool:
    """Whether one office of `ours` is one of `theirs`, each perhaps without its place or body."""
    return any(_is_same_office(one, other) for one in _offices(ours) for other in _offices(theirs))


def _offices(text: str) -> list[str]:
    """The single offices; to sit on a committee is one only where there is no other."""
    bare = fold(text)
    for long, short in _ALIASES:
        bare = bare.replace(long, short)
    pieces = [piece for piece in re.split("[、，兼]", bare) if piece]
    return [piece for piece in pieces if not _MEMBER.search(piece)] or pieces


def _is_same_office(ours: str, theirs: str) -> bool:
    one, other = _HEAD.search(ours), _HEAD.search(theirs)
    if one is None or other is None:
        return ours.endswith(theirs) or theirs.endswith(ours)
    one, other = list(_HEAD.finditer(ours))[-1], list(_HEAD.finditer(theirs))[-1]
    if one[0] != other[0]:
        return False
    mine, yours = _body(ours[: one.start()], one[0]), _body(theirs[: other.start()], other[0])
    return mine.endswith(yours) or yours.endswith(mine)


def _body(words: str, head: str) -> str:
    """The body of an office without its place: 组织部长 and 组织部部长 have the same."""
    places = place_spans(words)
    if places and places[-1][0].end == len(words):
        return ""
    for span, _ in reversed(places):
        words = words[span.end :]
        break
    if head[0] in _OWN_BODY and head.endswith("长") and words and not words.endswith(head[0]):
        words += head[0]
    return words
