"""Does a sentence hold the sort of thing that a question asks for?"""

import re
from collections.abc import Callable, Mapping

from rag.dates import find_dates
from rag.enumerations import announced_count, item_of
from rag.features import stands_in
from rag.people import find_people, name_at
from rag.places import find_places
from rag.questions import AnswerType, Question
from rag.text import fold

# What remains of the score of a sentence that holds nothing of the sort.
IMPLAUSIBLE_SHARE = 0.12

_NUMERAL = "[0-9零一二两三四五六七八九十百千万亿]"
_NUMBER = re.compile(
    rf"\d+(?:\.\d+)?|百分之|{_NUMERAL}+(?=[个名家人项次年月天件条所座支类届位余多])"
)
# Measure words that may stand for each other: 37名 answers 多少人, 37家 answers 多少个.
_UNITS = {
    "人": "人名位个余多",
    "名": "人名位个余多",
    "个": "个家项所支类处名余多大",
    "家": "家个所余多",
}
_ASKS_FOR_HOLDER = re.compile(
    r"(?:长|书记|主任|主席|总理|负责人|发言人)(?:是谁|是哪位|叫什么|的?姓名|的?名字)"
    r"|谁(?:是|任|担任).{2,16}(?:长|书记|主任|主席)"
)
_REASON = re.compile(
    "因为|由于|因此|因而|所以|为了|为[^，。]{2,24}[，,]|旨在|目的|原因|以便|从而|导致|意在|"
    "要解决|避免|防止|缘于|源于|出于|是[^，。]{2,30}(?:要求|需要|举措|选择|任务)|有利于|意义"
)
_SIDE_BY_SIDE = re.compile("、|；|;|以及|[：:]$|和|与|及")
_SUBJECT = re.compile(
    "的([^的,]{2,8}?)(?:总数)?(?:是|为|有|在|达到?|共|一共|总共)?(?:多少|几|谁|哪|什么地方)"
    "|(?:多少|几)([^的,是有?]{2,8})[?]?$"
)
_QUOTED = re.compile('"[^"]{1,12}"')
_DAYS = re.compile(
    "[昨今明前]年|[昨今明]日|[昨今明]天|日前|近日|年代|世纪|月底|月初|年底|年初|上旬|中旬|下旬"
)
_SITES = re.compile(
    "[\u4e00-\u9fff]{1,10}(?:省|市|县|区|州|国|镇|乡|村|街道|大学|学院|中心|厅|馆|楼|场|路|号|大厦|广场|基地)"
)


def _names_person(question: Question, sentence: str) -> bool:
    """Whoever asks who holds an office wants a name; who did something may be a body too, or
    a name that nothing in the sentence shows to be one.
    """
    if not _ASKS_FOR_HOLDER.search(question.text):
        return True
    # 刘烈宏是…局长: an opening name is believed without an office beside it.
    names = [mention.name for mention in find_people(sentence)] + [name_at(sentence, 0)]
    return any(name and name not in question.text for name in names)


def _names_number(question: Question, sentence: str) -> bool:
    # “三个二七” is a name, not a count, unless it names what is counted.
    focus = fold(question.focus)
    sentence = _QUOTED.sub(
        lambda m: m.group() if focus and focus in m.group() else "", fold(sentence)
    )
    fresh = [
        m
        for m in _NUMBER.finditer(sentence)
        if m.group() not in question.text and sentence[m.start() - 1 : m.start()] != "第"
    ]
    units = _UNITS.get(question.unit, question.unit)
    if not units or not fresh:
        return bool(fresh)
    if len(focus) > 1 and focus in sentence and not _counts(focus, units, sentence):
        return False
    return any(sentence[m.end() : m.end() + 1] in units or m.end() == len(sentence) for m in fresh)


def _counts(focus: str, units: str, sentence: str) -> bool:
    """37个党政机构 and 党政机构37个 count 党政机构; 党政机构的三个问题 does not."""
    number, thing = rf"(?:\d+(?:\.\d+)?|{_NUMERAL}+)[余多]?[万亿]?", re.escape(focus)
    before = rf"{number}[{units}].{{0,6}}{thing}"
    behind = rf"{thing}[^,，。；;]{{0,10}}?{number}[^,，。；;、]?(?:[,，。；;、）)(（]|以上|左右|$)"
    return bool(re.search(f"{before}|{behind}", sentence))


def _names_date(question: Question, sentence: str) -> bool:
    fresh = (span.of(sentence) not in question.text for span, _ in find_dates(sentence))
    return any(fresh) or bool(_DAYS.search(sentence))


def _names_place(question: Question, sentence: str) -> bool:
    found = [place.name for _, place in find_places(sentence)]
    found += [match.group() for match in _SITES.finditer(sentence)]
    return any(name not in question.text for name in found)


def _gives_reason(_question: Question, sentence: str) -> bool:
    return bool(_REASON.search(sentence))


def _lists(_question: Question, sentence: str) -> bool:
    """Several things side by side, an item of a list, or the promise of one."""
    return (
        bool(_SIDE_BY_SIDE.search(sentence))
        or item_of(sentence) is not None
        or announced_count(sentence) is not None
    )


_CHECKS: Mapping[AnswerType, Callable[[Question, str], bool]] = {
    AnswerType.PERSON: _names_person,
    AnswerType.NUMBER: _names_number,
    AnswerType.DATE: _names_date,
    AnswerType.PLACE: _names_place,
    AnswerType.REASON: _gives_reason,
    AnswerType.LIST: _lists,
}


def plausible(question: Question, sentence: str) -> bool:
    """Whether `sentence` holds a person, number, date or place that the question does not, a
    reason, or several things, where that is asked for.

    Questions that ask for something else are never doubted.
    """
    check = _CHECKS.get(question.answer_type)
    return check is None or check(question, sentence)


def speaks_of_subject(question: Question, passage: str) -> bool:
    """Whether a folded passage names the thing whose number, holder or place is asked for.

    主任的工资是多少 asks for 工资, 花了多少经费 for 经费: a passage without the word, or one
    that stands for it, answers another question.
    """
    if question.answer_type not in {AnswerType.NUMBER, AnswerType.PLACE, AnswerType.PERSON}:
        return True
    match = _SUBJECT.search(fold(question.text))
    subject = (match.group(1) or match.group(2)) if match else ""
    wanted = [word for word in question.words if word and word in subject]
    return not wanted or any(stands_in(word, passage) for word in wanted)
