"""Who a draft says has said something: the words that introduce a quotation or a statement.

青石区委书记闻启山指出，“…” and 他还强调，… and 《…条例》规定：…. A name is taken only from the
words right before the verb of saying; what no name stands before is nobody's.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from rag.drafts.deeds import bare_mentions
from rag.people import PersonMention, is_common_word, is_name
from rag.text import SENTENCE_END, Span, sentence_spans

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
_NOT_SAYING = re.compile(r"^(?:的|了|着|明书|法|服|清|不|起来|来)")
_SAID_SO = re.compile(r"^了(?:[^，。]{0,6}[句点条话]|一番)[^，。]{0,4}$")
_OPENS_QUOTATION = frozenset('“「『"')
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
    r"(?:说道?|讲|指出|强调|表示|坦言|介绍|提醒|要求|的(?:原话|话|要求|讲话|论述|嘱托|这[一句番]))"
)
_THIS_IS = re.compile(
    r"(?:一[语句])?[，,。]?(?:——|—|（)?(?:这(?:句|番|些|几句)?话?(?:就?是|出自|引自|来自)|出自|引自|语出)"
    r"(?P<who>[^，。：；“”\n]{2,40})"
)
_LONGEST_LEAD = 80
_OF_SPEECH = re.compile(
    r"[说讲言称嘱喊]|话(?!题|务|费|筒)|[\d两一二三四五六几那]句|句句|指出|强调|表示|要求|认为|常念|念叨|勉励|号召|提出|提到|提醒|"
    r"比方|比作|比喻|概括|总结|归纳|回应|回答|告诫|表态|打气|语气|形容|感叹|承诺"
)
_WRITTEN_OR_HEARD = re.compile(
    r"听|收到|看到|看见|读到|读过|[写印贴挂刻]着|标语|墙上|横幅|题为|题目|名为|叫做?[，：“]|称为|称之|学习|引用|引述|援引|转述|"
    r"对照|落实|贯彻|问[，：]|(?:群众|百姓|企业|大家|有人|老乡|同志们|网友)[^，。：]{0,4}(?:[说讲问]|反映|评价)|(?:群众|大家)[：:]"
)
_OFFICE_ALONE = re.compile(
    r"(?:^|[，,：:、]|正如|用|听说|记得)(?P<office>(?:[\u4e00-\u9fff]{1,8}?[省市县区州盟旗镇乡])?"
    r"(?:(?:省|市|县|区|州|乡|镇)委书记|[省市县区州镇乡]长))(?P<gap>(?=同志|[的在就曾也还有说讲提常多反当这那要强指，：:])[^，。：；、]{0,20}[：:，,]?)$"
)
# Whoever was named last: 他, 这位书记.
_OF_ONE_NAMED = re.compile(
    r"(?:^|[，,])(?:后来|其实|而|可|又|但|随后)?(?:[他她](?!们)|这位(?:书记|[省市县区州镇乡部厅局]长|主任))"
)
_OTHERS_SPEAK = re.compile(
    r"两人|二人|三人|双方|他们|都[说讲]|异口同声|(?:听到|听见|听说|看到|读到|问)[^，。：；后]{0,12}$"
)
_WHEN_BEFORE = ("在", "当", "继", "随")
_WHEN_BEHIND = re.compile(r"[^，。；：]{0,16}(?:后|时|之前|之际|期间)")
_SPOKEN_TO = ("对", "向", "给")
_JOINED_BEFORE = re.compile(r"[、和与同跟及]$")
_NOT_SUBJECT_AFTER_NAME = re.compile(r"(?:同志)?(?:[之等、]|为核心|一行|和|与)")
_BETWEEN = re.compile(r"(?:同志)?[^。！？；\n]{0,50}$")
_NOT_SUBJECT_AFTER = re.compile(r"(?:同志)?(?:[的之等、]|为核心|一行|和|与|宣读|系列|重要)")
_OBJECT_BEFORE = re.compile(
    r"(?:按照|根据|遵照|贯彻|落实|牢记|学习|围绕|引用|引述|援引|转述|借用|复述|重温|对照|响应|[把将对向以与给受被让]|传达|领会|关于|的|符合)$"
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
        self._people = named_again(text, people)
        self._surely = {mention.start for mention in people}
        self._starts = [mention.start for mention in self._people]
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
        if is_marked and not self._is_saying(match):
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

    def _is_saying(self, match: re.Match[str]) -> bool:
        """说了三句话，“…” is a saying, 说了算 is none."""
        if not _NOT_SAYING.match(match["object"]):
            return True
        is_quoted = self._text[match.end() : match.end() + 1] in _OPENS_QUOTATION
        return is_quoted and bool(_SAID_SO.match(match["object"]))

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
        first = bisect_left(self._starts, head.start)
        last = bisect_right(self._starts, head.end)
        before = [one for one in self._people[first:last] if one.end <= head.end]
        mention = _speaking(self._text, before, head)
        if mention is None:
            return None
        gap = self._text[mention.end : head.end]
        before = self._text[max(head.start, mention.start - 4) : mention.start]
        if (
            not _BETWEEN.fullmatch(gap)
            or _NOT_SUBJECT_AFTER.match(gap)
            or _OTHERS_SPEAK.search(gap)
            or _OBJECT_BEFORE.search(before)
        ):
            return None
        return mention

    def _remember(self, sentence: Span) -> None:
        """Whom 他 means in the next sentence: the person that began a clause last."""
        first = bisect_right(self._starts, sentence.start - 1)
        for mention in self._people[first : bisect_right(self._starts, sentence.end)]:
            if mention.start not in self._surely:
                continue
            before = self._text[max(sentence.start, mention.start - 1) : mention.start]
            if not before or before in "，,。；：:”":
                self._last = self._text[mention.start : mention.end]


def named_again(text: str, people: Sequence[PersonMention]) -> list[PersonMention]:
    """With the later mentions, without an office, of those whom only the library knows."""
    known = {mention.span.start: mention for mention in people}
    for mention in bare_mentions(text, {one.name for one in people}, Span(0, len(text))):
        known.setdefault(mention.span.start, mention)
    return [mention for _, mention in sorted(known.items())]


def speaker_behind(text: str, end: int, people: Sequence[PersonMention]) -> str | None:
    """Who is named behind a quotation that ends at `end`: “…”，步青岑在会上说."""
    match = _AFTER_QUOTATION.match(text, end) or _THIS_IS.match(text, end)
    if match is None:
        return None
    who = Span(match.start("who"), match.end("who"))
    inside = [mention for mention in people if who.start <= mention.start < who.end]
    if inside and inside[0].start == who.start:
        return text[inside[0].start : inside[0].end]
    return None


def speaker_before(text: str, start: int, people: Sequence[PersonMention]) -> str | None:
    """Who speaks, by all appearance, in the words before a quotation that begins at `start`.

    Any words between him and the quotation will do where they end in a colon, else they must
    speak of speech: 卞松年有言在先：“…”, 用卞松年的话讲，“…”. Only where the library knows that
    somebody else said it, is this more than a guess.

    Args:
        text: The draft.
        start: Where the quotation begins, with its mark.
        people: Whom the draft or the documents that have the quotation name, in order.
    """
    floor = max(0, start - _LONGEST_LEAD)
    head = re.split(rf"[{SENTENCE_END}\n；;]", text[floor:start])[-1]
    begin = start - len(head)
    before = [one for one in people if begin <= one.start and one.end <= start]
    if before:
        mention = _speaking(text, before, Span(begin, start))
        if mention is None:
            return None
        gap, lead = text[mention.end : start], text[begin : mention.start]
        if (
            _OBJECT_BEFORE.search(lead)
            or _JOINED_BEFORE.search(lead)
            or _NOT_SUBJECT_AFTER_NAME.match(gap)
        ):
            return None
        return text[mention.start : mention.end] if _leads_to_speech(gap) else None
    pronoun = _OF_ONE_NAMED.search(head)
    named = [one for one in people if one.end <= begin]
    if pronoun and named and _leads_to_speech(head[pronoun.end() :]):
        return text[named[-1].start : named[-1].end]
    office = _OFFICE_ALONE.search(head)
    return office["office"] if office and _leads_to_speech(office["gap"]) else None


def _speaking(text: str, people: Sequence[PersonMention], head: Span) -> PersonMention | None:
    """The last of the people who is not merely spoken to, or named to say when it was."""
    for mention in reversed(people):
        lead = text[max(head.start, mention.start - 4) : mention.start]
        is_time = lead.endswith(_WHEN_BEFORE) and _WHEN_BEHIND.match(text, mention.end, head.end)
        if not is_time and not lead.endswith(_SPOKEN_TO):
            return mention
    return None


def _leads_to_speech(gap: str) -> bool:
    if _WRITTEN_OR_HEARD.search(gap) or _OTHERS_SPEAK.search(gap):
        return False
    if gap.endswith("关于"):  # 关于“……”的表态
        return True
    return gap.rstrip(" \u3000")[-1:] in {"：", ":"} or bool(_OF_SPEECH.search(gap))
