"""Who gives a speech or report: title, byline, or the line below the title."""

import re
from dataclasses import dataclass

from ingest.facts.headlines import Headline
from ingest.stages import CleanText
from rag.documents import Speaker
from rag.people import find_people, is_common_word, is_name, name_at
from rag.text import Span

_SPEECH_WORDS = re.compile(r"(?:同志)?(?:在|就|关于|致|向)|[:：]")
_NAME_LINE = re.compile(
    r"^[ \u3000（(]*(?P<name>[\u4e00-\u9fff·]{1,10}"
    r"(?:[ \u3000]+[\u4e00-\u9fff]{1,2})?)[ \u3000）)]*$"
)
_OFFICE_AND_NAME = re.compile(
    r"(?:^|(?<=[上 \u3000]))[ \u3000（(]*(?:讲话人|报告人|发言人|主讲人|"
    r"作者)?[:： \u3000]*(?P<office>[\u4e00-\u9fff、（）]{1,50}?(?:书记|长|"
    r"主任|主席|总理|常委|校长|委员))[ \u3000\n]+"
    r"(?P<name>[\u4e00-\u9fff·]{1,12}(?:[ \u3000]+[\u4e00-\u9fff]{1,2})?)[ \u3000）)]*$",
    re.MULTILINE,
)
_GIVES_REPORT = re.compile(r"作(?:政府)?工作报告|的(?:政府)?工作报告|的?讲话|的?致辞|作.{0,10}报告")
_FRONT_LENGTH = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Orator:
    """Who speaks, and the words that say so."""

    speaker: Speaker
    introduction: Span


def find_orator(clean: CleanText, headline: Headline, *, stated: str = "") -> Orator | None:
    """Who gives the speech as a whole, or None where the document does not say."""
    front = Span(headline.span.start, min(headline.body, headline.span.start + _FRONT_LENGTH))
    return (
        _stated_orator(stated, front)
        or _byline(clean.text, front)
        or _in_subtitle(clean.text, front)
        or _in_title(clean.text, headline, front)
    )


def _stated_orator(stated: str, front: Span) -> Orator | None:
    if not stated:
        return None
    people = find_people(stated)
    if people:
        speaker = Speaker(name=people[0].name, office=people[0].office)
    else:
        speaker = Speaker(name=re.split(r"[、，,;；\s]", stated)[0])
    return Orator(speaker=speaker, introduction=front)


def _byline(text: str, front: Span) -> Orator | None:
    """省长 刘小涛 on a line of its own, the name perhaps on the next, perhaps set apart."""
    words = front.of(text)
    for match in _OFFICE_AND_NAME.finditer(words):
        name = re.sub(r"[ \u3000]+", "", match["name"])
        if is_name(name) and not is_common_word(name):
            start = front.start + match.start()
            return Orator(
                speaker=Speaker(name=name, office=match["office"]),
                introduction=Span(start, front.start + match.end()),
            )
    return None


def _in_subtitle(text: str, front: Span) -> Orator | None:
    """——2025年1月15日龚正市长在…会议的政府工作报告, or a line with nothing but a name."""
    start = front.start
    for line in front.of(text).split("\n"):
        span = Span(start, start + len(line))
        start = span.end + 1
        if len(line) > 120:
            continue
        people = find_people(line)
        if len({person.name for person in people}) == 1 and _GIVES_REPORT.search(
            line[people[0].end :]
        ):
            speaker = Speaker(name=people[0].name, office=people[0].office)
            return Orator(speaker=speaker, introduction=span)
        match = _NAME_LINE.match(line)
        name = re.sub(r"[ \u3000]+", "", match["name"]) if match else ""
        if match and span.start > front.start and is_name(name) and not is_common_word(name):
            return Orator(speaker=Speaker(name=name), introduction=span)
    return None


def _in_title(text: str, headline: Headline, front: Span) -> Orator | None:
    """吴天君在…上的讲话."""
    title = headline.title
    people = find_people(title)
    if people and people[0].start == 0 and _SPEECH_WORDS.match(title, people[0].end):
        speaker = Speaker(name=people[0].name, office=people[0].office)
        return Orator(speaker=speaker, introduction=front)
    name = name_at(title, 0)
    if name and _SPEECH_WORDS.match(title, len(name)):
        return Orator(speaker=Speaker(name=name), introduction=front)
    return None
