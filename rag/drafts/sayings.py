"""Who a draft says has said something: the words that introduce a quotation or a statement.

青石区委书记闻启山指出，“…” and 他还强调，… and 《…条例》规定：…. A name is taken only from the
words right before the verb of saying; what no name stands before is nobody's.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from rag.people import PersonMention, is_common_word, is_name
from rag.text import Span, sentence_spans

_VERBS = (
    "强调指出|明确指出|深刻指出|指出|强调|表示|表态|要求|认为|提出|希望|介绍|坦言|透露|谈到|谈道|讲到|讲道|写道|宣布|"
    "呼吁|建议|回应|补充|直言|感慨|提醒|号召|勉励|叮嘱|嘱咐|规定|明确|写明|载明|概括为|称|所言|所说|所讲|"
    "说过|讲过|说道|说|讲|念叨|告诫|重申|倡导|(?:发言|致辞|批示)(?=[：:])"
)
_PLAIN_VERBS = frozenset(
    "强调指出 明确指出 指出 强调 表示 要求 认为 提出 说 说道 坦言 介绍 规定 明确 写道".split()
)
_LONGEST_SURE = 40
_SAYING = re.compile(
    rf"(?P<verb>{_VERBS})(?P<object>[^，。：；！？“”「」『』《》\n]{{0,10}}?)"
    r"(?P<mark>[，,：:][ \u3000]*|(?=[“「『\"]))"
)
_BARE_SAYING = re.compile(
    r"(?P<verb>强调|指出|要求|表示|认为|希望)(?=[^，。：；！？“”「」『』\"的了过])"
)
_NOT_SAYING = re.compile(r"^(?:的|了(?!.*[：:])|着|明书|法|服|清|不|起来|来)")
_SECRETARY = re.compile(r"(?:习近平)?(?:同志)?总书记")
_BODY = re.compile(
    r"(?P<body>(?:本次|这次|此次)?[\u4e00-\u9fff]{0,18}?"
    r"(?:会议|全会|大会|座谈会|动员会|推进会|部署会|调度会|例会|现场会|常务会|常委会|协商会))[^，。：；]{0,10}$"
)
_NOT_BODY = re.compile(
    r"[在由的了对将把从向是按据到等和与为]|召开|举行|根据|主持|出席|参加|落实|贯彻"
)
_TITLE = re.compile(r"《(?P<title>[^《》\n]{2,60})》[^《》，。：；]{0,16}$")
_BARE_NAME = re.compile(
    r"(?:^|[，,。；;：:！？”’\s]|(?<=[省市区县镇乡])的)(?P<name>[\u4e00-\u9fff]{2,3})(?:同志)?"
    r"(?:在[^，。；：“”]{2,30}(?:上|中|时|里))?$"
)
_PRONOUN = re.compile(
    r"(?:^|[，,。；;、”』」\s]|同时|随后)(?P<pronoun>[他她])[^，。：；的们]{0,14}$"
)
_ORGANISATION = re.compile(
    r"(?:^|[，,。；;\s])(?P<name>[\u4e00-\u9fff]{2,20}(?:负责人|负责同志|发言人|厅|局|部|委|委员会|办公室|"
    r"政府|法院|检察院|党中央|国务院))[^，。：；的]{0,8}$"
)
_NOT_IN_NAME = re.compile(r"[在由的了对将把从向到按据被与等]|各级|各地|有关|相关|落实|贯彻|根据")
_AFTER_QUOTATION = re.compile(
    r"[，,]?(?:这是|正如|是)?(?P<who>[^，。：；“”\n]{2,40}?)(?:[在于就对][^，。“”\n]{0,20})?"
    r"(?:说道?|讲|指出|强调|表示|坦言|介绍|提醒|要求|的(?:原话|话|要求|讲话|论述|嘱托))"
)
_BETWEEN = re.compile(r"(?:同志)?[^。！？；\n]{0,50}$")
_NOT_SUBJECT_AFTER = re.compile(r"(?:同志)?(?:[的之等、]|为核心|一行|和|与|宣读|系列|重要)")
_OBJECT_BEFORE = re.compile(
    r"(?:按照|根据|遵照|贯彻|落实|牢记|学习|围绕|对照|响应|[把将对向以与给受被让]|传达|领会|关于|的|符合)$"
)
_LONGEST_HEAD = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """Words that introduce what somebody is said to have said.

    Attributes:
        introduction: From the one who says it to the verb and the mark behind.
        speaker: As the draft names him (name with office, 会议), or None.
        title: The title of the document that is said to say it, or None.
        is_marked: A comma, a colon or a quotation mark sets off what was said.
        is_sure: A verb of saying and nothing else, right behind a subject that begins its
            clause: enough to take what follows without marks for what was said.
    """

    introduction: Span
    verb: str
    speaker: str | None
    title: str | None = None
    is_marked: bool = True
    is_sure: bool = False

    @property
    def content(self) -> int:
        """Where what was said begins."""
        return self.introduction.end


@dataclass(frozen=True, slots=True)
class _Subject:
    start: int
    speaker: str | None
    title: str | None = None


def find_sayings(text: str, people: Sequence[PersonMention]) -> list[Saying]:
    """What introduces speech in a draft, in order of place.

    Args:
        text: The draft.
        people: What `find_people` finds in it.
    """
    return _SayingFinder(text, people).find()


class _SayingFinder:
    def __init__(self, text: str, people: Sequence[PersonMention]) -> None:
        self._text = text
        self._people = people
        self._starts = [mention.start for mention in people]
        self._last: str | None = None

    def find(self) -> list[Saying]:
        sayings = list[Saying]()
        for sentence in sentence_spans(self._text):
            floor = sentence.start
            for match in self._verbs(sentence):
                if match.start() < floor:
                    continue
                saying = self._read(match, floor)
                if saying is not None:
                    sayings.append(saying)
                    floor = saying.content
            self._remember(sentence)
        return sayings

    def _verbs(self, sentence: Span) -> list[re.Match[str]]:
        found = {
            match.start(): match
            for match in _BARE_SAYING.finditer(self._text, sentence.start, sentence.end)
        }
        for match in _SAYING.finditer(self._text, sentence.start, sentence.end):
            found[match.start()] = match
        return [match for _, match in sorted(found.items())]

    def _read(self, match: re.Match[str], floor: int) -> Saying | None:
        is_marked = "mark" in match.re.groupindex
        if is_marked and _NOT_SAYING.match(match["object"]):
            return None
        head = Span(max(floor, match.start() - _LONGEST_HEAD), match.start())
        subject = self._subject(head)
        if subject is None:
            return None
        if not is_marked and subject.title is None and self._person(head) is None:
            return None
        return Saying(
            introduction=Span(subject.start, match.end()),
            verb=match["verb"],
            speaker=subject.speaker,
            title=subject.title,
            is_marked=is_marked,
            is_sure=self._is_sure(match, subject.start),
        )

    def _is_sure(self, match: re.Match[str], start: int) -> bool:
        introduction = self._text[start : match.start()]
        before = self._text[max(0, start - 1) : start]
        return (
            match["verb"] in _PLAIN_VERBS
            and not before.isalnum()
            and len(introduction) <= _LONGEST_SURE
            and not re.search("[，,]", introduction)
        )

    def _subject(self, head: Span) -> "_Subject | None":
        """Who or what says it, the likeliest reading first."""
        words = head.of(self._text)
        if found := _TITLE.search(words):
            return _Subject(head.start + found.start(), None, found["title"])
        if (mention := self._person(head)) is not None:
            return _Subject(mention.start, self._text[mention.start : mention.end])
        for match in reversed(list(_SECRETARY.finditer(words))):
            if _BETWEEN.fullmatch(words, match.end()):
                return _Subject(head.start + match.start(), match[0])
        return self._body(head) or self._pronoun(head) or self._bare_name(head)

    def _body(self, head: Span) -> "_Subject | None":
        """A meeting or an authority."""
        words = head.of(self._text)
        if found := _BODY.search(words):
            body = re.split("[，,、]", found["body"])[-1]
            if not _NOT_BODY.search(body):
                return _Subject(head.start + found.start("body"), body)
        found = _ORGANISATION.search(words)
        if found and not _NOT_IN_NAME.search(found["name"]):
            return _Subject(head.start + found.start("name"), found["name"])
        return None

    def _bare_name(self, head: Span) -> "_Subject | None":
        """李远明指出: a name without an office, alone in front of the verb."""
        found = _BARE_NAME.search(head.of(self._text))
        if found is None or not is_name(found["name"]) or is_common_word(found["name"]):
            return None
        return _Subject(head.start + found.start("name"), found["name"])

    def _pronoun(self, head: Span) -> "_Subject | None":
        found = _PRONOUN.search(head.of(self._text))
        if found is None or self._last is None:
            return None
        return _Subject(head.start + found.start("pronoun"), self._last)

    def _person(self, head: Span) -> PersonMention | None:
        """The last person named before the verb, if nothing says that he is not its subject."""
        index = bisect_right(self._starts, head.end) - 1
        while index >= 0 and self._people[index].end > head.end:
            index -= 1
        if index < 0 or self._people[index].start < head.start:
            return None
        mention = self._people[index]
        gap = self._text[mention.end : head.end]
        before = self._text[max(head.start, mention.start - 4) : mention.start]
        if (
            not _BETWEEN.fullmatch(gap)
            or _NOT_SUBJECT_AFTER.match(gap)
            or _OBJECT_BEFORE.search(before)
        ):
            return None
        return mention

    def _remember(self, sentence: Span) -> None:
        """Whom 他 means in the next sentence: the person that began a clause last."""
        first = bisect_right(self._starts, sentence.start - 1)
        for mention in self._people[first : bisect_right(self._starts, sentence.end)]:
            before = self._text[max(sentence.start, mention.start - 1) : mention.start]
            if not before or before in "，,。；：:”":
                self._last = self._text[mention.start : mention.end]


def speaker_behind(text: str, end: int, people: Sequence[PersonMention]) -> str | None:
    """Who is named behind a quotation that ends at `end`: “…”，步青岑在会上说."""
    match = _AFTER_QUOTATION.match(text, end)
    if match is None:
        return None
    who = Span(match.start("who"), match.end("who"))
    inside = [mention for mention in people if who.start <= mention.start < who.end]
    if inside and inside[0].start == who.start:
        return text[inside[0].start : inside[0].end]
    return None
