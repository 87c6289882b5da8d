"""From a sentence to the questions it answers: one rule for each sort of question.

A Chinese question keeps the order of the statement that answers it: 市中区共设置37个党政机构
becomes 市中区共设置多少个党政机构？ So a question is the beginning of a sentence with the words in
it that tell something replaced by an interrogative; only dates move.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from rag.enumerations import list_after
from rag.numerals import chinese_number
from rag.people import PersonMention, is_name
from rag.places import find_places
from rag.text import Span


class Asked(StrEnum):
    """What a question asks for: a closed list, what invites most first."""

    MEANING = "meaning"
    LIST = "list"
    NUMBER = "number"
    PERSON = "person"
    SAYING = "saying"
    DATE = "date"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence without its end mark, as a statement that stands alone."""

    text: str
    people: tuple[PersonMention, ...]
    setting: "Setting"
    whole: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What the sentences of a document leave out: whom 我市 means, which 会议."""

    place: str
    title: str
    is_law: bool
    event: str
    report: str


Made = tuple[str, Asked, str]
_Rule = Callable[[Sentence], Iterator[Made]]

_COMMA = "[，,]"
_STOP = "，,。；;：:！？!?"
_DATE = r"\d{4}年(?:\d{1,2}月(?:\d{1,2}日)?)?(?:底|初|年底)?"
_DAY = r"\d{4}年\d{1,2}月\d{1,2}日"
_COUNTS = "[两二三四五六七八九十]|[1-9]\\d?"
_MEASURES = (
    "个|名|家|人|项|次|件|条|所|座|支|类|届|位|份|篇|章|种|批|处|户|级|轮|场|枚|台|辆|套|"
    "个百分点|个月|个工作日|公里|平方公里|吨|万吨|亩|天|小时"
)
_MONEY = "(?:万|亿|万亿)?(?:美)?元"

_NATIONAL = re.compile(
    "四个(?:意识|自信|全面|伟大|服从|善于)|两个(?:维护|确立|毫不动摇|一以贯之|大局)|三个代表|五位一体|三严三实"
)
ORGANISATION = re.compile(
    "[\u4e00-\u9fff]{2,14}(?:委员会|办公厅|办公室|管理局|总局|税务局|服务局|审批局|数据局|发展局|署|"
    "国务院|中央|全会|人民代表大会|工作条例|管理条例|机构改革|改革方案|体制改革|制度|试点)"
    r"|(?:19|20)\d{2}年的?[\u4e00-\u9fff]{0,10}改革"
)
QUOTED = re.compile("“[^“”]{2,16}”|《[^《》]{3,40}》")

_NUMBER = re.compile(
    rf"(?P<number>\d[\d,]*(?:\.\d+)?)(?P<about>多|余)?(?P<scale>[万亿])?(?P<unit>{_MONEY}|{_MEASURES}|%)"
    r"(?![分之年\d])"
)
_ANY_NUMBER = re.compile(r"(?<![\d.])\d[\d,.]*(?!\d*年|\d*月\d|\d*日|届|次会议|号|-)")


def _how_many(sentence: Sentence) -> Iterator[Made]:
    """…共设置37个党政机构 → …共设置多少个党政机构？"""
    text = re.sub(_DATE, lambda match: "※" * len(match.group()), sentence.text)
    numbers = list(_ANY_NUMBER.finditer(text))
    match = _NUMBER.match(text, numbers[0].start()) if numbers else None
    if match is None:
        return
    end = _clause_end(text, match.end())
    before, after = sentence.text[: match.start()], sentence.text[match.end() : end]
    is_alone = all(other.start() >= end for other in numbers[1:])
    if is_alone and _leads_to_number(before, sentence.setting) and not _GOES_ON.search(after):
        places = find_places(before)
        is_subject = before.endswith("，") or (places and places[-1][0].end == len(before))
        asked = f"{before}{'有' if is_subject else ''}{_asked_amount(match)}{after}？"
        yield re.sub("(?:已经?|仍然?)(?=[\u4e00-\u9fff])", "", asked), Asked.NUMBER, match.group()


_GOES_ON = re.compile("、|和|^左右|^以[上内]")
_INEXACT = re.compile(r"[-第约近超过多余各每逾至到“”、等的一二三四五六七八九十]$|不[少多]于$|（")


def _leads_to_number(before: str, setting: Setting) -> bool:
    """Whether the words in front of a number say whose number it is, and that it is exact."""
    if _INEXACT.search(before) or ("、" in before and not re.search("[向把对将]", before)):
        return False
    if setting.report and re.search(_FIGURES, before):
        return False
    return _begins_with_a_name(before, setting)


_NAMED_FIRST = re.compile(
    rf"(?:按照|根据)?(?:{QUOTED.pattern})|(?:{_DATE}{_COMMA}?)?(?:{ORGANISATION.pattern}|国务院|中央)"
)
_LEADING_UP = re.compile(rf"到?{_DATE}|(?:按照|根据).+|.+之[前后]|除.+外")


def _begins_with_a_name(before: str, setting: Setting) -> bool:
    """Whether what stands before a number begins with what it is about: in a report the subject
    of 完成营造林5万亩 is anybody's guess.
    """
    *leading, _ = re.split("[，,]", before)
    if not all(_LEADING_UP.fullmatch(one) for one in leading):
        return False
    dated = re.match(rf"(?:到?{_DATE}{_COMMA}?)?", before)
    start = dated.end() if dated else 0
    if any(span.start == start for span, _ in find_places(before)):
        return True
    if setting.place and before.startswith(setting.place, start):
        return True
    return not setting.report and bool(_NAMED_FIRST.match(before))


def _asked_amount(match: re.Match[str]) -> str:
    unit, scale = match["unit"], match["scale"] or ""
    if unit == "%":
        return "百分之多少"
    if unit.endswith("元"):
        return f"多少{scale}{unit}"
    return f"多少{unit}"


_VERBS = (
    "召开|举行|印发|发布|公布|挂牌|揭牌|成立|组建|设立|启动|审议通过|表决通过|通过|批准|启用|授牌|出台|施行|实施|"
    "完成|撤销|开业|运行|推行|试点|提出|修订|生效"
)
_ADVERBS = "第一次|正式|统一|集中|基本|全面|率先|首次|全部|开始|同时"
_DATED = re.compile(
    rf"^(?P<date>{_DATE}(?:[上下]午)?{_COMMA}|{_DAY}(?:[上下]午)?)(?P<subject>[^{_STOP}“”、了\d的\s]{{2,26}}?)"
    rf"(?P<verb>(?:{_ADVERBS})?(?:{_VERBS}))了?(?P<rest>(?!的)[^{_STOP}了]{{0,24}})$"
)
_DATED_LATER = re.compile(
    rf"^(?P<subject>[^{_STOP}了的\s]{{3,30}}?)(?:(?P<is>是)|在|于)?(?P<date>{_DATE})"
    rf"(?P<verb>(?:{_ADVERBS})?(?:{_VERBS}))了?(?P<rest>(?(is)的|[^{_STOP}了的]{{0,20}}))(?=[{_STOP}]|$)"
)
_DATED_LAST = re.compile(
    rf"^(?P<subject>[^{_STOP}了]{{3,34}}?)(?P<verb>{_VERBS})于(?P<date>{_DATE})(?=[{_STOP}]|$)"
)
_SINCE = re.compile(
    rf"^(?P<subject>《[^《》]+》|[^{_STOP}了于\d]{{2,24}}(?:条例|办法|规定|制度|标准|政策|细则|法)){_COMMA}?(?:自|从)(?P<date>{_DATE})起(?P<verb>施行|实施|执行|生效|启用)(?=[{_STOP}]|$)"
)


# Who 通过 or 印发 does it to something; a law or a meeting alone has it done to it.
_HAPPENS = re.compile(
    f"(?:》|方案|条例|报道|决[议定]|规定|办法|意见|报告|通知|法)(?:{_ADVERBS})?(?:{_VERBS})$"
    f"|(?:挂牌|揭牌|成立|启动|启用|授牌|开业|运行|施行|实施|生效|完成)$|(?:召开|举行)$"
)


def _when(sentence: Sentence) -> Iterator[Made]:
    """2018年12月14日，市中区组建了… → 市中区是什么时候组建…的？"""
    text = sentence.text
    if match := _SINCE.match(text):
        yield f"{match['subject']}从什么时候起{match['verb']}？", Asked.DATE, match["date"]
    for pattern in (_DATED, _DATED_LATER):
        if match := pattern.match(text):
            rest = match["rest"].removesuffix("的")
            who = _parted(match["subject"])
            if who and (rest or _HAPPENS.search(who[0] + match["verb"])):
                asked = f"{who[0]}是什么时候{who[1]}{match['verb']}{rest}的？"
                yield asked, Asked.DATE, match["date"].strip("，,")
    if match := _DATED_LAST.match(text):
        yield f"{match['subject']}是什么时候{match['verb']}的？", Asked.DATE, match["date"]


def _parted(subject: str) -> tuple[str, str] | None:
    """The subject and what tells where or by whom (在北京, 由三中全会); None for what is none."""
    if re.search("按照|根据|[先后把将被]|第一次$", subject):
        return None
    match = re.match("(?P<who>.{4,}?(?<!存))(?P<how>[由在].{2,})$", subject)
    return (match["who"], match["how"]) if match else (subject, "")


def _who(sentence: Sentence) -> Iterator[Made]:
    """…的是国务委员王勇 → …的是谁？ and …由李明远主持 → …由谁主持？"""
    text, event = sentence.text, sentence.setting.event
    for person in sentence.people:
        # 说明方案的是国务委员王勇: 是 is no part of the office.
        start = person.start + text.startswith("的是", person.start - 1)
        before, after, told = text[:start], text[person.end :], person.name
        if not is_name(told) or re.search(r"[、和]$", before):
            continue
        if re.search(f"^[^{_STOP}]{{5,}}的是$", before) and re.match(f"$|[{_STOP}]", after):
            yield f"{before}谁？", Asked.PERSON, told
        if re.fullmatch(f"[^{_STOP}]{{4,}}由", before) and (
            match := re.match(
                "(?:同志)?(?P<verb>主持|担任|兼任|牵头|负责)(?P<rest>[^，,。；;、]{0,8})", after
            )
        ):
            yield f"{before}谁{match['verb']}{match['rest']}？", Asked.PERSON, told
        if event and re.match("(?:同志)?主持(?:了?(?:会议|大会|座谈会)|$|[，,。])", after):
            yield f"{event}由谁主持？", Asked.PERSON, told
        if event and re.match("(?:同志)?作动员讲话", after):
            yield f"谁在{event}上作动员讲话？", Asked.PERSON, told


_ANNOUNCED = re.compile(
    rf"^(?P<head>[^：:]{{5,34}}?)(?P<count>{_COUNTS})(?P<measure>个|项|类|种|支|条|方面|件|点|大)"
    rf"(?P<noun>[^{_STOP}、的了“”]{{0,10}})[：:](?P<items>[^、]+、.+)$"
)
_SUMMED = re.compile(
    rf"^(?P<subject>[^{_STOP}、]{{2,26}}?)(?P<verb>分为|分成|包括|是指|指的是|指|是)(?P<items>[^{_STOP}]*、[^{_STOP}]*?)"
    rf"(?<!“)(?:等|这)?(?P<count>[两三四五六七八九十])(?P<measure>[个类种件项支大点])(?P<noun>[^{_STOP}、]{{0,8}})$"
)
_INCLUDING = re.compile(
    rf"^(?P<subject>[^{_STOP}、]{{3,26}}?)(?P<verb>包括|分为)(?P<items>[^{_STOP}]*、[^{_STOP}]*、?[^{_STOP}]*)$"
)


def _which(sentence: Sentence) -> Iterator[Made]:
    """…新组建了七个组成部门：… → …新组建了哪七个组成部门？"""
    text = sentence.text
    if match := _ANNOUNCED.match(text):
        if not re.search("[第这那前后]$|[，,]$|^(?!按照|根据|依照)[^，]*，", match["head"]):
            count = _in_words(match["count"])
            asked = f"{match['head']}哪{count}{match['measure']}{match['noun']}？"
            yield asked, Asked.LIST, match["items"]
    elif match := _SUMMED.match(text):
        asked = f"{match['subject']}{match['verb']}哪{match['count']}{match['measure']}"
        yield f"{asked}{match['noun']}？", Asked.LIST, match["items"]
    elif match := _INCLUDING.match(text):
        asked = "哪些" if match["verb"] == "包括" else "哪几种"
        yield f"{match['subject']}{match['verb']}{asked}？", Asked.LIST, match["items"]


_FIGURES = (
    "地区生产总值|国内生产总值|一般公共预算收入|地方财政收入|规模以上工业增加值|固定资产投资|社会消费品零售总额|进出口总额|"
    "货物进出口总额|城镇新增就业|居民人均可支配收入|城镇居民人均可支配收入|农村居民人均可支配收入|粮食总?产量|粮食综合生产能力|"
    "常住人口城镇化率|森林覆盖率|居民消费价格|经营主体"
)
_FIGURE = re.compile(
    rf"(?:^|[，、；：])(?P<head>(?:全[国省市区县])?(?:{_FIGURES})(?:总量)?"
    rf"(?P<does>增长|达到?|完成|实现|突破|为|上涨|提高到)?)约?{_NUMBER.pattern}(?=[，、；]|$)"
)


def _figures(sentence: Sentence) -> Iterator[Made]:
    """…地区生产总值增长5.1%… → 根据2025年辽宁省政府工作报告，地区生产总值增长百分之多少？"""
    report = sentence.setting.report
    for match in _FIGURE.finditer(sentence.text) if report else ():
        question = f"根据{report}，{match['head']}{_asked_amount(match)}？"
        yield question, Asked.NUMBER, match["number"]


_MEANING = re.compile(
    rf"^(?P<term>“[^“”]{{2,14}}”|[^{_STOP}、“”的]{{3,16}}){_COMMA}?(?:是指|指的是)(?P<told>.{{8,}})$"
)
_SORTS = (
    "机构|机关|部门|单位|组织|制度|机制|体制|做法|办法|方式|改革|简称|统称|总称|数额|形式|过程|活动|行为|权力|平台|"
    "文件|依据|人员|清单|法律|法规|条例|概括|提法|事项|证明|队伍"
)
_DEFINED = re.compile(
    rf"^(?P<term>“[^“”]{{2,14}}”(?:改革|制度|规定)?|[^{_STOP}、“”的是\d]{{2,14}})是(?![指否由在为])(?P<told>[^{_STOP}]{{4,}}的[^{_STOP}的]{{0,6}}(?:{_SORTS}))(?=[{_STOP}]|$)"
)
_ATTRIBUTE = re.compile(
    rf"^(?P<subject>[^{_STOP}、]{{3,28}}?)的(?P<what>目的|全称|简称|主要任务|任务|总目标|目标|宗旨|主要职责|职责|"
    r"基本原则|原则|重点|方针|依据|形式|核心|起点|关键)(?:是|为)(?!否)(?P<told>.{4,})$"
)
_PHRASE = re.compile("“(?P<phrase>[两三四五六七八九十]个[\u4e00-\u9fff]{1,4})”")


def _what(sentence: Sentence) -> Iterator[Made]:
    """“三定”规定的全称是… → “三定”规定的全称是什么？"""
    text, place = sentence.text, sentence.setting.place
    if (match := _MEANING.match(text)) and not re.search("[两三四五六七八九十]$", match["term"]):
        yield f"{match['term']}是指什么？", Asked.MEANING, match["told"]
    if match := _ATTRIBUTE.match(text):
        yield f"{match['subject']}的{match['what']}是什么？", Asked.MEANING, match["told"]
    if (match := _DEFINED.match(text)) and match["term"] in sentence.setting.title:
        yield f"什么是{match['term']}？", Asked.MEANING, match["told"]
    match = _PHRASE.search(text) if place else None
    if match and not _NATIONAL.search(match["phrase"]) and _spelt_out(sentence, match):
        yield f"{place}提出的“{match['phrase']}”指的是什么？", Asked.LIST, match["phrase"]


def _spelt_out(sentence: Sentence, phrase: re.Match[str]) -> bool:
    """Whether the items of “四个到位” are named: behind it, right before it, or as a list below."""
    count = "〇一两三四五六七八九十".index(phrase["phrase"][0])
    before, after = sentence.text[: phrase.start()], sentence.text[phrase.end() :]
    behind = re.match(
        r"(?:[：:，,]|——)?(?:即|是指|指|分别是|就是|包括|也就是)?(?P<items>[^。]+)", after
    )
    items = behind["items"] if behind and after[:1] not in "的，" else ""
    last = re.split("[，,：:；;。]", before)[-1]
    if count in {len(re.split(marks, items)) for marks in ("、", "；", "，")} | {
        last.count("、") + 1
    }:
        return True
    return count == len(list_after(sentence.whole, sentence.span))


_SAID = re.compile(
    r"[^，,。；：“”、]{0,14}?(?:指出|强调|表示|说|介绍|认为|提出)(?:[，：:]“?|“)(?P<saying>[^，,。；;：:“”、]{8,22})(?=[，,。”]|$)"
)
_DULL = re.compile(
    r"^(?:\d|要|必须|应|各|全|坚持|加强|把|对|推进|这|那|今|下一步|当前|在|我|将|一|其|此)|了$"
)


def _sayings(sentence: Sentence) -> Iterator[Made]:
    """…步青岑指出，机构改革的句号是干部写的… → “机构改革的句号是干部写的”是谁说的？"""
    for person in sentence.people:
        match, told = _SAID.match(sentence.text, person.end), person.name
        if match is None or not is_name(told) or _DULL.search(match["saying"]):
            continue
        if re.search("是|不能|不是|就是|不", match["saying"]):
            yield f"“{match['saying']}”是谁说的？", Asked.SAYING, told


_CALLED = re.compile(
    rf"^(?P<law>《[^《》]{{3,30}}》)所称(?:的)?(?P<term>[^{_STOP}、]{{2,16}}){_COMMA}?是?指(?P<told>.{{8,}})$"
)
_MADE_UP = re.compile(
    rf"^(?P<subject>[^{_STOP}、由]{{3,20}})由(?P<items>[^{_STOP}]*[、和][^{_STOP}]*)组成(?=[{_STOP}]|$)"
)
_TERM = re.compile(
    rf"^(?P<subject>[^{_STOP}、的]{{3,20}}?)的?每届任期(?:为|是)?(?P<years>[一二三四五六]年)"
)


def _laid_down(sentence: Sentence) -> Iterator[Made]:
    """本条例所称隐患，是指… → 《…条例》所称的隐患是指什么？, and of whom a body consists."""
    if not sentence.setting.is_law:
        return
    text = sentence.text
    if match := _CALLED.match(text):
        yield f"{match['law']}所称的{match['term']}是指什么？", Asked.MEANING, match["told"]
    for pattern, asks, asked, told in (
        (_MADE_UP, "由什么组成？", Asked.LIST, "items"),
        (_TERM, "每届任期几年？", Asked.NUMBER, "years"),
    ):
        if match := pattern.match(text):
            subject = re.sub("一般$|通常$", "", match["subject"])
            yield subject + asks, asked, match[told]
            yield f"根据《{sentence.setting.title}》，{subject}{asks}", asked, match[told]


_PASSED = re.compile(
    rf"(?P<meeting>[\u4e00-\u9fff]{{4,26}}第[一二三四五六七八九十]+次(?:全体)?会议){_COMMA}?(?:会议)?"
    r"(?P<verb>审议通过|表决通过|审议批准|通过)了?(?P<items>《[^《》]+》(?:、?(?:和|及)?《[^《》]+》)+)"
)
_OF_MEETING = re.compile(".*(?:召开|举行|主持|出席|参加)了?")


def _passed(sentence: Sentence) -> Iterator[Made]:
    """…委员会第四次会议，审议通过了《甲》、《乙》 → …委员会第四次会议审议通过了哪些文件？"""
    if match := _PASSED.search(sentence.text):
        meeting = _OF_MEETING.sub("", match["meeting"])
        yield f"{meeting}{match['verb']}了哪些文件？", Asked.LIST, match["items"]


def _in_words(count: str) -> str:
    """两, 三 or 十一, however it was written."""
    words = chinese_number(int(count)) if count.isascii() else count
    return "两" if words == "二" else words


def _clause_end(text: str, position: int) -> int:
    match = re.search(f"[{_STOP}]", text[position:])
    return position + match.start() if match else len(text)


RULES: tuple[_Rule, ...] = (
    _which,
    _what,
    _laid_down,
    _passed,
    _who,
    _figures,
    _how_many,
    _when,
    _sayings,
)
