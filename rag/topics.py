"""What a question speaks of: its subject, the place of that, and the thing it asks for."""

import re
from dataclasses import dataclass

from rag.phrases import (
    ATTRIBUTE,
    ENTITY,
    INTERROGATIVE,
    QUOTED,
    Word,
    is_local,
    noun_length,
    noun_phrase,
    object_of,
    phrase,
    place_spans,
    plain_question,
    words_of,
)

_CHOOSING = frozenset("哪 哪些 哪几 几 多少 什么 啥".split())
_REASON_OR_MANNER = frozenset(
    "为什么 为何 为啥 怎么 咋 怎样 如何 是否 能否 能不能 是不是 有没有".split()
)
DEFINING = re.compile(
    "指(?:的是)?什么|什么意思|含义|什么是|什么叫|什么的?简称|[^责容求]是什么$|怎么理解"
)
"""Asked of a term: what it means."""
_BEFORE_SUBJECT = re.compile(r"^(?:为了?[^，]{2,30}，|按照?|根据|依照|关于|对于|针对|据|在|就|从)")
_MEASURES = "个名家项次年月日天件条款所类届位份篇章节种批级元岁户倍期轮场部支句点步座"
_COUNTED = re.compile(rf"^一?(?!部门)[{_MEASURES}](?=[\u4e00-\u9fff“《])")
_NUMBERED = re.compile(rf"^[两二三四五六七八九十\d]+(?:个?方面|大?[{_MEASURES}])")
_AREAS = frozenset("镇乡村县区市省局部委院")
_LONGEST_THING = 24
_POSITIONS = tuple(
    "过程中 之前 之后 以前 以后 前后 期间 之际 当中 之中 前 后 中 里 上 内 时".split()
)
_POSITION_END = re.compile(f"(?<=..)(?<!地方)(?:{'|'.join(_POSITIONS)})$")
_NOW = re.compile("(?:现在|目前|如今|当时|后来|是)$")
_ASKED_FOR = re.compile("^(?P<owner>.{2,})的(?P<attribute>[^的]{2,8})$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What a question speaks of; every part is taken from it word for word.

    Attributes:
        subject: What it says something about (国家金融监督管理总局), with its place and year;
            may be a place alone, and empty where none was recognised.
        place: The place that the subject begins with or names, or "".
        thing: What is counted, chosen or listed (党政机构, 四个到位), or "".
        group: The same with all that is said of it (某区设置的党政机构), or "".
        local: Whether the subject is nothing but a place, a date or both.
    """

    subject: str = ""
    place: str = ""
    thing: str = ""
    group: str = ""
    local: bool = False

    @property
    def whole(self) -> str:
        """What a bare predicate may be said of: a place alone says too little."""
        said = self.thing if self.local and len(self.thing) > 1 else ""
        return self.subject + said


def _setting(text: str, words: list[Word]) -> int:
    """Where the words end that give the occasion of the rest (机构改革后 | 组成部门), or 0."""
    for index in range(1, len(words)):
        word = words[index]
        position = word.text in _POSITIONS and words[index - 1].text != "地方"
        if (position and not word.fixed) or word.text in "，,":
            before = phrase(text, words[:index])
            if len(before) > 1 and not is_local(before):
                return index
    return 0


def _thing_behind(after: str) -> str:
    """What is counted or chosen, from what follows the interrogative: 个党政机构 → 党政机构."""
    numbered = _NUMBERED.match(after)
    rest = re.split("[，,；。？?]", after if numbered else _COUNTED.sub("", after))[0]
    found = noun_phrase(rest)
    # 哪一条规定的: the verb of what is asked, not a thing.
    if rest == f"{found}的" or len(found) > _LONGEST_THING:
        return ""
    return found if len(found) > 1 or found in _AREAS else ""


def _group(before: str, thing: str) -> str:
    """The thing with all that is said of it: 某区设置了|党政机构 → 某区设置的党政机构."""
    said = re.sub("(?:了|有|是|一共|总共|共|各|由)+$", "", before).strip("，, ")
    said = re.sub("是(?=把|由|从)", "", said.removesuffix("的"))
    return f"{said}的{thing}" if said else thing


def topic_about(subject: str, *, thing: str = "", group: str = "") -> Topic:
    """The topic with this subject; what is asked for of a body or law does not belong to it."""
    subject = subject.replace("，", "")
    asked = _ASKED_FOR.match(subject)
    if asked and ATTRIBUTE.search(asked["attribute"]) and not is_local(asked["owner"]):
        # Nobody goes on about 某局的主要职责, but about 某局.
        subject, thing = asked["owner"], thing or asked["attribute"]
    spans = place_spans(subject)
    return Topic(
        subject=subject,
        place=spans[0].of(subject) if spans else "",
        thing=thing,
        group=group,
        local=is_local(subject),
    )


def topic_of(question: str) -> Topic:
    """Take the topic out of a question that stands alone; empty parts where none is found."""
    text = plain_question(question)
    match = INTERROGATIVE.search(text)
    before, asked, after = (
        (text[: match.start()], match.group(), text[match.end() :]) if match else (text, "", "")
    )
    before = _BEFORE_SUBJECT.sub("", before)
    # 为什么 and the like stand before or behind the subject.
    if before.strip() in {"", "是", "有", "由"}:
        return _topic_behind(asked, after)
    words = words_of(before)
    length = noun_length(words)
    if DEFINING.search(text):
        subject = phrase(before, words[:length])
        quoted = QUOTED.search(subject)
        return topic_about(quoted.group() if quoted else subject)
    if asked in _CHOOSING:
        return _about(before, words, length, behind=_thing_behind(after))
    return _about(before, words, length, after=after)


def _about(
    before: str, words: list[Word], length: int, *, after: str = "", behind: str = ""
) -> Topic:
    """The topic of a question that begins with its subject.

    Args:
        before: The question up to its interrogative.
        words: The words of `before`.
        length: How many of them are the noun phrase it begins with.
        after: What follows the interrogative, where that may be what happened.
        behind: What follows the interrogative, where that is what is counted or chosen.
    """
    whole = phrase(before, words[:length])
    setting = _setting(before, words[:length])
    subject = phrase(before, words[:setting]) if setting else whole
    narrower = noun_phrase(before[words[setting].end :].lstrip("，, ")) if setting else ""
    if behind and ENTITY.search(narrower):
        subject, narrower = whole, ""
    subject = _POSITION_END.sub("", _NOW.sub("", subject))
    if is_local(subject):
        # 市中区是哪天完成人员转隶的 speaks of 市中区人员转隶.
        matter = object_of(before[words[length].start :]) if length < len(words) else ""
        subject += matter or object_of(after)
    group = _group(before, behind) if behind else (whole if narrower else "")
    return topic_about(subject, thing=behind or narrower, group=group)


def _topic_behind(asked: str, after: str) -> Topic:
    """The topic of a question that begins with its interrogative: 谁主持了…, 什么是…."""
    if asked in _REASON_OR_MANNER:
        clause = re.sub("^(?:要|会|能|可以|应该|应当|需要)", "", after)
        return topic_about(noun_phrase(clause) or object_of(clause))
    if asked == "什么" and after[:1] in {"是", "叫"}:
        return topic_about(after[1:])
    thing = _thing_behind(after)
    return topic_about(
        object_of(after[after.find(thing) + len(thing) :] if thing else after) or thing
    )
