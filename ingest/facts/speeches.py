"""Who says what: the stretches of a document that it attributes to a speaker.

A verb of saying (指出, 强调, 表示…) makes a cue only with a subject it can be proved to have: a
person whose office the document gives, a meeting, a person named by function alone, or 他 for
the person named before. Anything else is left out: 按照省委要求, 据了解, 说明.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.facts.statements import open_statement, quoted_statement
from rag.documents import AttributedSpeech, Speaker
from rag.people import PersonMention, find_people
from rag.text import Span, sentence_spans

_VERB = re.compile(
    r"(?P<verb>强调指出|指出|强调|表示|要求|认为|提出|希望|介绍说?|坦言|透露|"
    r"告诉[^，。：“]{0,10}?记者|谈到|讲到|写道|宣布|呼吁|建议|表态|回应|"
    r"补充道?|"
    r"直言|感慨|总结道|提醒|号召|所言|所说|所讲|勉励[^，。：“]{0,12}|叮嘱[^，。：“]{0,12}|说道?|称|"
    r"讲话(?=[：:])|演讲(?=[：:])|致辞(?=[：:])|发言(?=[：:])|批示(?=[：:])|讲道(?=[：:]))"
    r"(?P<after>[，,：:]\s*|\s*(?=[“「])|(?=[。]))?"
)
_INFORMAL = re.compile(
    r"介绍|坦言|透露|告诉|谈到|讲到|所[言说讲]|说|称|感慨|补充|回应|直言|表示|认为|希望|建议"
)
_BARE_VERBS = frozenset(("希望", "要求", "强调", "指出", "表示", "认为", "号召"))
_PLAIN_VERBS = frozenset(("说", "说道", "表示", "认为"))  # with them a paragraph is one statement
_NO_CONTENT = re.compile(
    r"[的了过得性和与及、）)》”。；！？]|就是|不|[^，。：“]{0,3}$|是(?!要)|相关|有关要求"
)
_ADVERBS = (
    r"(?:还|也|并且?|则|又|再次|多次|反复|明确|进一步|着重|特别|尤其|同时|最后|首先|随后|接着|"
    r"充分|高度|一致|就此|对此|曾|曾经|这样|"
    r"如此|如是|一再|严肃|郑重|诚恳|动情地?|深情地?|激动地?|自豪地?|高兴地?|笑着|感慨地?|坚定地?|"
    r"语重心长地?|深刻|鲜明|强烈|公开|"
    r"正式|当场|日前|近日|昨日|今天|昨天|介绍时|[在于]?会上|会议上|讲话中|在讲话中|接受采访时|"
    r"在接受[^，。]{0,16}采访时)*"
)
_BODY = re.compile(
    r"(?:^|[，,。；;：:”\s])(?P<body>(?:本次|这次|此次)?[\u4e00-\u9fff]{0,18}?"
    r"(?:会议|全会|大会|座谈会|动员会|推进会|部署会|调度会|例会|现场会|常务会|常委会))"
    + _ADVERBS
    + "$"
)
_NOT_IN_BODY = re.compile(
    r"[在由的了对将把从向是按据到等和与为]|召开|举行|根据|主持|出席|参加|落实|贯彻|通过|审议|听取"
)
_ROLE = re.compile(
    r"(?:^|[，,。；;：:”\s])(?P<from>据|正如|对此[，,]|"
    r"为此[，,])?(?P<role>[\u4e00-\u9fff“”、（）]{0,24}?"
    r"(?:负责人|负责同志|发言人|有关人士|相关人士))"
    r"(?P<between>" + _ADVERBS + r"|在[^，。；：]{2,24}(?:时|上|中|期间)|[^，。；：的]{0,8}采访时)$"
)
_ORGANISATION = re.compile(
    r"^(?P<name>[\u4e00-\u9fff]{2,20}(?:厅|局|部|委|委员会|办公室|政府|法院|检察院|银行|公司|集团|"
    r"协会|党中央|国务院))" + _ADVERBS + "$"
)
_NOT_IN_NAME = re.compile(
    r"[在由的了对将把从向到按据被与等]|各级|各地|有关|相关|落实|贯彻|按照|根据"
)
_FORMAL_VERBS = frozenset(("指出", "强调", "要求", "表示", "提出", "认为"))
_PRONOUN = re.compile(r"(?:^|[，,。；;”\s])(?P<pronoun>[他她])" + _ADVERBS + "$")
_GAP = re.compile(
    r"(?:同志|先生|女士)?(?:"
    + _ADVERBS
    + r"|[，,]?(?:\d|在|出席|主持|作|做|发表|致辞?|参加|讲话|发言|听取|率|带队|来到|到|赴|"
    + r"深入|代表|"
    r"对|就|围绕|针对|结合|向|接受|调研|考察|会见|检查|督导|走访|看望|传达|通报|宣布|批示|总结|"
    r"点评|主旨|动员|首先|开宗明义|一针见血|"
    r"表态|强调指出|今|昨|日前|近日)[^。！？；：“”]{0,60})?$"
)
_LAST_CLAUSE = re.compile(
    r"^(?:"
    + _ADVERBS
    + r"|(?:并|还|也)?(?:作|做|发表|致)?了?[^，。]{0,10}"
    + r"(?:讲话|致辞|发言|演讲|报告|总结|点评|部署|批示)(?:并|时|中)?"
    r"|(?:在|就|对|围绕|针对|结合|代表|听取|出席|主持)[^，。]{0,40}|并)" + _ADVERBS + "$"
)
_NOT_SUBJECT_AFTER = re.compile(
    r"同志为核心|同志(?:等|的)|[的之等、]|为核心|一行|新时代|关于|系列|重要|思想|和|与|亲自|"
    r"(?:视察|考察)[^，。]{0,12}重要"
)
_OBJECT_BEFORE = re.compile(
    r"(?:按照|根据|遵照|贯彻|落实|牢记|践行|学习|围绕|对照|响应|把|将|对|向|以|与|给|受|被|让|"
    r"传达|领会|依据|执行|履行|由于|关于|的|符合|达到|基于)$"
)
_PUBLISHED = re.compile(
    r"发表了?(?P<author>[^，。；：！？\n]{2,40}?)(?:的|同志)*(?:重要|署名)*文章"
)
_ARTICLE = re.compile(r"^(?:这篇|该)?文章" + _ADVERBS + "$")
_FRONT = 1000
_LONGEST_GAP = 70
_SHORTEST_STATEMENT = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cue:
    """A place where the document says that somebody speaks.

    Attributes:
        sentence: Where the sentence of the cue begins: what was said before ends there.
        introduction: From subject to verb with the mark behind it.
        verb: Its last verb of saying.
        ends_sentence: The statement stands before the cue: “……。”李明说。
    """

    sentence: int
    introduction: Span
    speakers: tuple[Speaker, ...]
    verb: str
    ends_sentence: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subject:
    start: int
    speakers: tuple[Speaker, ...]


def _offices(people: Sequence[PersonMention]) -> dict[str, str]:
    offices = dict[str, str]()
    for mention in people:
        if mention.office:
            offices.setdefault(mention.name, mention.office)
    return offices


def _body_subject(text: str, head: Span) -> _Subject | None:
    match = _BODY.search(text[head.start : head.end])
    if match is None:
        return None
    body = match["body"]
    start = head.start + match.start("body")
    if _NOT_IN_BODY.search(body):
        return None
    return _Subject(start=start, speakers=(Speaker(name=body),))


def _role_subject(text: str, head: Span, verb: str) -> _Subject | None:
    match = _ROLE.search(text[head.start : head.end])
    if match is None or len(match["role"]) < 5:
        return None
    if match["from"] == "据" and not _INFORMAL.search(verb):
        return None
    role = match["role"]
    if re.search(r"[在由的了对将把从向]", role):
        return None
    start = head.start + match.start("role")
    return _Subject(start=start, speakers=(Speaker(name=role),))


def _organisation_subject(text: str, head: Span, verb: str) -> _Subject | None:
    """An authority at the very beginning of a sentence: 四川省财政厅还强调，…"""
    match = _ORGANISATION.match(text[head.start : head.end])
    if match is None or verb not in _FORMAL_VERBS or _NOT_IN_NAME.search(match["name"]):
        return None
    return _Subject(start=head.start, speakers=(Speaker(name=match["name"]),))


def _person_subject(
    text: str, head: Span, people: Sequence[PersonMention], offices: dict[str, str]
) -> _Subject | None:
    inside = [
        mention for mention in people if head.start <= mention.start < mention.end <= head.end
    ]
    if not inside:
        return None
    mention = inside[-1]
    gap = text[mention.end : head.end]
    if len(gap) > _LONGEST_GAP or not _is_predicate(gap):
        return None
    group = _joint(text, inside)
    before = text[max(head.start, group[0].start - 4) : group[0].start]
    if _OBJECT_BEFORE.search(before):
        return None
    speakers = tuple(
        Speaker(name=each.name, office=each.office or offices.get(each.name)) for each in group
    )
    return _Subject(start=group[0].start, speakers=speakers)


def _is_predicate(gap: str) -> bool:
    """Whether `gap` leads from a person to a verb of saying without another subject."""
    if _NOT_SUBJECT_AFTER.match(gap) or not _GAP.match(gap):
        return False
    clauses = re.split("[，,]", gap)
    return len(clauses) == 1 or bool(_LAST_CLAUSE.match(clauses[-1]))


def _joint(text: str, inside: Sequence[PersonMention]) -> list[PersonMention]:
    """The last mention and those joined to it: 李强、丁薛祥."""
    group = [inside[-1]]
    for mention in reversed(inside[:-1]):
        if text[mention.end : group[0].start] not in {"、", "和", "与"}:
            break
        group.insert(0, mention)
    return group


def _pronoun_subject(text: str, head: Span, last_person: Speaker | None) -> _Subject | None:
    match = _PRONOUN.search(text[head.start : head.end])
    if match is None or last_person is None:
        return None
    return _Subject(start=head.start + match.start("pronoun"), speakers=(last_person,))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Paragraph:
    """A paragraph with the sentences and persons in it."""

    text: str
    span: Span
    people: list[PersonMention]
    offices: dict[str, str]
    author: Speaker | None

    def subject(self, head: Span, verb: str) -> _Subject | None:
        """Who is the subject of the verb that follows `head`, within the sentence."""
        return (
            _body_subject(self.text, head)
            or _person_subject(self.text, head, self.people, self.offices)
            or _role_subject(self.text, head, verb)
            or _organisation_subject(self.text, head, verb)
            or _pronoun_subject(self.text, head, self.last_person(head.start))
            or self._article_subject(head)
        )

    def _article_subject(self, head: Span) -> _Subject | None:
        """文章指出, where the document says whose article it reports."""
        if self.author is None or not _ARTICLE.match(head.of(self.text)):
            return None
        return _Subject(start=head.start, speakers=(self.author,))

    def last_person(self, before: int) -> Speaker | None:
        """The person the sentences before speak of, if the last one that is named is clear."""
        named = [mention for mention in self.people if self.span.start <= mention.start < before]
        subjects = [mention for mention in named if self._begins_clause(mention)]
        if not subjects:
            return None
        mention = subjects[-1]
        return Speaker(name=mention.name, office=mention.office or self.offices.get(mention.name))

    def _begins_clause(self, mention: PersonMention) -> bool:
        before = self.text[max(self.span.start, mention.start - 1) : mention.start]
        after = self.text[mention.end : mention.end + 12]
        return before in set("，,。；”：:\n 由") | {""} and not _NOT_SUBJECT_AFTER.match(after)


def _is_followed_by_content(text: str, match: re.Match[str], subject: _Subject, end: int) -> bool:
    if match["after"] is not None:
        return True
    if match["verb"] not in _BARE_VERBS or _NO_CONTENT.match(text[match.end() : end]):
        return False
    between = text[subject.start : match.start()]
    return not re.search(r"[的]", between)


def _author(text: str) -> Speaker | None:
    """Who wrote the article that a news item reports: 《求是》杂志发表习近平总书记重要文章."""
    found = _PUBLISHED.search(text, 0, _FRONT)
    people = find_people(found["author"]) if found else []
    return Speaker(name=people[-1].name, office=people[-1].office) if people else None


def _find_cues(paragraph: _Paragraph) -> list[_Cue]:
    text = paragraph.text
    cues = list[_Cue]()
    if not _VERB.search(text, paragraph.span.start, paragraph.span.end):
        return cues
    for sentence in sentence_spans(text, within=paragraph.span):
        floor = sentence.start
        for match in _VERB.finditer(text, sentence.start, sentence.end):
            if match.start() < floor:
                continue
            subject = paragraph.subject(Span(floor, match.start()), match["verb"])
            if subject is None or not _is_followed_by_content(text, match, subject, sentence.end):
                continue
            ends_sentence = match["after"] == "" and text[match.end() : match.end() + 1] == "。"
            boundary = sentence.start if floor == sentence.start else subject.start
            cues.append(
                _Cue(
                    sentence=boundary,
                    introduction=Span(subject.start, match.end()),
                    speakers=subject.speakers,
                    verb=match["verb"],
                    ends_sentence=ends_sentence,
                )
            )
            floor = match.end()
    return cues


def _statement(paragraph: _Paragraph, cue: _Cue, *, limit: int) -> Span | None:
    text = paragraph.text
    start = cue.introduction.end
    if cue.ends_sentence or start >= paragraph.span.end:
        return None
    if text[start] in "“「『":
        quoted = quoted_statement(text, start, paragraph_end=paragraph.span.end)
        is_announced = text[start - 1] in "，,：: "
        if quoted is not None or not is_announced:
            return quoted
    colon = text[cue.introduction.start : start].rstrip().endswith(("：", ":"))
    opens = cue.sentence == paragraph.span.start and cue.verb in _PLAIN_VERBS
    formal = colon or opens or not _INFORMAL.search(cue.verb)
    if start >= limit:
        return None
    return open_statement(text, Span(start, limit), people=paragraph.people, formal=formal)


def _quotation_before(paragraph: _Paragraph, cue: _Cue) -> Span | None:
    """The quotation that stands right before the cue: “……。”李明说。"""
    text = paragraph.text
    end = cue.sentence if cue.ends_sentence else cue.introduction.start
    while end > paragraph.span.start and text[end - 1].isspace():
        end -= 1
    if end == paragraph.span.start or text[end - 1] != "”":
        return None
    opening = end - 1
    depth = 0
    while opening >= paragraph.span.start:
        depth += {"”": 1, "“": -1}.get(text[opening], 0)
        if not depth:
            break
        opening -= 1
    inner = Span(opening + 1, end - 1) if opening >= paragraph.span.start else None
    if inner is None or not inner.of(text).endswith(("。", "！", "？", "，", "……")):
        return None
    return inner


def _paragraph_speeches(paragraph: _Paragraph) -> list[AttributedSpeech]:
    cues = _find_cues(paragraph)
    speeches = list[AttributedSpeech]()
    for index, cue in enumerate(cues):
        limit = cues[index + 1].sentence if index + 1 < len(cues) else paragraph.span.end
        spans = [_quotation_before(paragraph, cue), _statement(paragraph, cue, limit=limit)]
        speeches += [
            AttributedSpeech(span=span, speaker=speaker, introduction=cue.introduction)
            for span in spans
            if span is not None
            and len(span) >= _SHORTEST_STATEMENT
            and not any(span.overlaps(earlier.span) for earlier in speeches)
            for speaker in cue.speakers
        ]
    return speeches


def find_speeches(
    text: str, *, people: Sequence[PersonMention] | None = None, skipped: Sequence[Span] = ()
) -> tuple[AttributedSpeech, ...]:
    """Attributed speech in `text`, in order of place.

    Said by two together, a stretch is found twice, once for each. Spans of the speech of one
    cue end before the next cue, so what a meeting quotes from somebody else is only the
    latter's.

    Args:
        people: What `find_people` finds in `text`, where it is known already.
        skipped: Headings: nobody speaks in them.
    """
    mentions = list(people if people is not None else find_people(text))
    offices = _offices(mentions)
    author = _author(text)
    headings = {span.start for span in skipped}
    speeches = list[AttributedSpeech]()
    start = 0
    for line in text.split("\n"):
        span = Span(start, start + len(line))
        start = span.end + 1
        if len(line) < _SHORTEST_STATEMENT or span.start in headings:
            continue
        inside = [mention for mention in mentions if span.start <= mention.start < span.end]
        speeches += _paragraph_speeches(
            _Paragraph(text=text, span=span, people=inside, offices=offices, author=author)
        )
    return tuple(speeches)
