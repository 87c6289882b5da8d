"""What a question asks for: the type of its answer and the words that must be answered."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from rag.protocols import Segmenter
from rag.text import fold


class AnswerType(StrEnum):
    """What would count as an answer."""

    PERSON = "person"
    DATE = "date"
    NUMBER = "number"
    PLACE = "place"
    LIST = "list"
    DEFINITION = "definition"
    REASON = "reason"
    MANNER = "manner"
    CONFIRMATION = "confirmation"
    OTHER = "other"


SHORT_ANSWERS = frozenset({
    AnswerType.PERSON,
    AnswerType.DATE,
    AnswerType.NUMBER,
    AnswerType.PLACE,
    AnswerType.CONFIRMATION,
})
"""Answered by one fact."""

UNFOLDING = frozenset({AnswerType.LIST, AnswerType.MANNER})
"""Answered by several points: what stands below a heading may be the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question taken apart.

    Attributes:
        text: As asked.
        answer_type: What would count as an answer.
        words: Its content words, in order, without what only makes it a question.
        unit: For NUMBER the measure word that is asked for (个, 名, 家), or "".
        focus: The words right behind the interrogative, mostly the thing that is asked for
            (多少个 → 党政机构, 哪些 → 议事协调机构), or "".
        figures: Numbers and years that the question itself states.
    """

    text: str
    answer_type: AnswerType
    words: tuple[str, ...]
    unit: str = ""
    focus: str = ""
    figures: frozenset[str] = frozenset()


_MEASURES = "个名家人项次年月日天件条款所座支类届位份篇章节种批级处元岁户村省市县区万亿倍成期轮场部"
_INTERROGATIVES = re.compile(
    "请问|包括(?=哪|什么)|包含(?=哪|什么)|的内容(?=是|有|包)|是什么意思|什么意思|的含义|的意思|的定义|是什么时候|什么时候|什么时间|什么日期|哪一年|哪年|哪一天|哪天|几月几日|几月|几日|何时|"
    "什么地方|哪里|哪儿|何地|哪些|哪几[个项种类方]?|哪[一]?[个位项种类家]|哪|是谁|谁|何人|"
    "为什么|为何|何以|怎么样|怎么|怎样|如何|是什么|什么是|什么|多少|几|是否|有没有|吗|呢|吧|"
    "分别|一共|总共|共有|指的是|请|介绍|告诉我|说说|简述|列举"
)
_STOP_WORDS = frozenset(
    (
        "的 了 是 在 有 和 与 及 或 等 对 于 为 被 把 将 从 由 向 到 以 其 之 这 那 该 本 此 也 都 "
        "就 并 而 且 我 你 他 她 它 我们 你们 他们 多 大 吗 呢 吧 啊 呀 一 个 共 几 谁 哪 哪些 "
        "什么 多少 怎么 怎样 如何 为什么 为何 何时 哪里 哪个 请问 时候 时间 地方 进行 具体 主要 "
        "关于 中 上 下 里 内 后 前 时 会 能 要 可以 应该 请 介绍 告诉 说说 指 叫 做 叫做 所 因 名 "
        "家 项 次 位 年 月 日 年份 分别 一共 总共 是否 有没有 没有 还"
    ).split()
)
_FIGURE = re.compile(r"\d+(?:\.\d+)?%?")
_FOCUS = re.compile(
    r"(?:哪些|哪几[个项种类方]?|哪[一]?[个位项种类家]|什么|多少|几)(?:主要|重要|重点|具体)?"
)

_TYPE_PATTERNS: tuple[tuple[AnswerType, re.Pattern[str]], ...] = (
    (
        AnswerType.REASON,
        re.compile("为什么|为何|何以|什么原因|原因是|原因有|什么目的|目的是|意义是|意义何在"),
    ),
    (
        AnswerType.DATE,
        re.compile(
            "什么时候|什么时间|什么日期|哪一?年|哪一?天|哪一?日|哪个月|几月|几号|几日|何时|何年|何月|"
            "时间是|日期是|多会儿|(?:时间|日期|年份)$"
        ),
    ),
    (
        AnswerType.LIST,
        re.compile(
            "哪些|哪几|哪[两二三四五六七八九十]|分别[是有为指]|包括什么|有什么内容|包含什么|列举|"
            '[是指][哪什].{0,2}[“"]?[一二三四五六七八九十两几]+个|“.{1,3}[个项].{1,8}”(?:是|指|包)|'
            "[一二三四五六七八九十][个项大条].{0,10}(?:是什么|指什么|是指什么|指的是什么|内容)"
        ),
    ),
    (
        AnswerType.NUMBER,
        re.compile(
            rf"多少|几[{_MEASURES}]|多大|多长|多高|多久|百分之几|比例|占比|数量|人数|金额|总额|增速是|增长率"
        ),
    ),
    (
        AnswerType.PLACE,
        re.compile("哪里|哪儿|什么地方|何地|何处|在哪|哪个(?:城市|省|市|县|区|地区|国家)|地点"),
    ),
    (AnswerType.DEFINITION, re.compile('^[“"]?[^，,的哪谁]{2,14}[”"]?是什么[？?]?$')),
    (AnswerType.PERSON, re.compile("谁|何人|哪位|哪一位|什么人|哪名|(?:姓名|名字)(?:是|叫)")),
    (
        AnswerType.DEFINITION,
        re.compile(
            "什么是|指的?是什么|是什么意思|是指什么|指什么|的?含义|的?定义|什么叫|何谓|何为"
        ),
    ),
    (AnswerType.MANNER, re.compile("如何|怎么|怎样|什么(?:方式|办法|措施|做法)|何种方式|哪种方式")),
    (AnswerType.CONFIRMATION, re.compile("是否|有没有|是不是|能不能|可不可以|能否|可否|吗[？?]?$")),
)


def _answer_type(text: str) -> AnswerType:
    for answer_type, pattern in _TYPE_PATTERNS:
        if pattern.search(text):
            return answer_type
    return AnswerType.OTHER


def _unit(text: str) -> str:
    match = re.search(rf"(?:多少|几)([{_MEASURES}])", text)
    return match.group(1) if match else ""


def _focus(text: str, words: Callable[[str], list[str]]) -> str:
    match = _FOCUS.search(text)
    if match is None:
        return ""
    rest = re.split(r"[，。？！?、,“”]|的|是", text[match.end() :])[0]
    rest = rest[1:] if rest[:1] in _MEASURES and len(rest) > 1 else rest
    return "".join(word for word in words(rest)[:3] if word not in _STOP_WORDS)


def _join_single(words: list[str], text: str) -> list[str]:
    """Neighbouring words of one character, joined: mostly a name that no vocabulary knows."""
    joined = list[str]()
    growing = False
    for word in words:
        alone = len(word) == 1 and not word.isdigit() and word not in _STOP_WORDS
        if alone and growing and joined[-1] + word in text:
            joined[-1] += word
        else:
            joined.append(word)
        growing = alone
    return joined


def analyse(text: str, segmenter: Segmenter) -> Question:
    """Take a question apart.

    Words keep their order and may repeat; when nothing but function words was typed, all of
    its words count, so that a query never becomes empty.
    """
    stripped = _INTERROGATIVES.sub(" ", text)
    words = _join_single(segmenter.words(stripped), fold(text))
    content = [word for word in words if word not in _STOP_WORDS]
    return Question(
        text=text,
        answer_type=_answer_type(text),
        words=tuple(content or segmenter.words(text)),
        unit=_unit(text),
        focus=_focus(text, segmenter.words),
        figures=frozenset(_FIGURE.findall(text)),
    )
