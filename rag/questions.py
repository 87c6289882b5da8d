"""What a question asks for: the type of its answer and the words that must be answered."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from rag.protocols import Segmenter
from rag.synonyms import rejoined
from rag.text import fold
from rag.wording import plain_wording


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
        text: In plain words: see `rag.wording`. For the reader, never shown.
        asked: As asked.
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
    asked: str = ""


_MEASURES = (
    "个名家人项次年月日天件条款所座支类届位份篇章节种批级处元岁户村省市县区万亿倍成期轮场部"
    "点层句枚步块样回遍卷页台辆吨亩米里栋间门周首组套站口道张封起"
)
_COUNT = "[一二两三四五六七八九十几]"
_INTERROGATIVES = re.compile(
    "请问|包括(?=哪|什么)|包含(?=哪|什么)|的?(?:主要|具体)?内容(?=是|有|包)|是什么意思|什么意思|"
    "什么内容|内容(?=[？?]?$)|的含义|的意思|的定义|有哪些含义|是指什么|指什么|"
    "是什么时候|什么时候|什么时间|什么日期|哪一年|哪年|哪一天|哪天|哪一日|哪日|哪个月|"
    "的原因是什么|的目的是什么|的意义是什么|有什么不同|有什么变化|是什么情况|去向是什么|"
    "什么地方|哪里|哪儿|何地|哪些|哪几[个项种类方]?|哪[一]?[个位项种类家]|哪|是谁|谁|何人|"
    "为什么|怎么样|怎么|怎样|如何|是什么|什么是|什么样|什么|多少|几|是否|有没有|吗|呢|吧|"
    "分别|一共|总共|共有|指的是|请|介绍|告诉我|说说|简述|列举|各是|各有|各为|各自"
)
_STOP_WORDS = frozenset(
    (
        "的 了 是 在 有 和 与 及 或 等 对 于 为 被 把 将 从 由 向 到 以 其 之 这 那 该 本 此 也 都 "
        "就 并 而 且 我 你 他 她 它 我们 你们 他们 多 大 吗 呢 吧 啊 呀 一 个 共 几 谁 哪 哪些 "
        "什么 多少 怎么 怎样 如何 为什么 为何 何时 哪里 哪个 请问 时候 时间 地方 进行 具体 主要 "
        "关于 中 上 下 里 内 后 前 时 会 能 要 可以 应该 请 介绍 告诉 说说 指 叫 做 叫做 所 因 名 "
        "家 项 次 位 年 月 日 年份 分别 一共 总共 是否 有没有 没有 还 "
        "给 让 跟 想 又 才 只 再 先 已 曾 刚 很 太 更 各 那个 这个 那次 这次 那些 这些 那位 这位 "
        "多久 多大 多长 后来 当时 现在 是从 数 数量 为了"
    ).split()
)
# Verbs and the like that are no part of a name, however the words beside them were cut.
_ALONE = frozenset("说讲提管按归办搞弄过用靠")
_PLACE_ENDS = ("省", "市", "县", "区", "镇", "乡")
_FIGURE = re.compile(r"\d+(?:\.\d+)?%?")
_FOCUS = re.compile(
    r"(?:哪些|哪几[个项种类方]?|哪[一]?[个位项种类家]|什么|多少|几)(?:主要|重要|重点|具体)?"
)
_BODIES = (
    "部门|单位|机构|机关|委员会|局|部|委|办(?!法)|处|厅|司|公司|企业|学校|大学|报社|媒体|队伍?"
)
_TOWNS = "城市|省份?|市|县城?|区|地区|地方|国家|州|镇|乡镇?|街道|村|会议室|会场|宾馆|礼堂|广场|路"

_TYPE_PATTERNS: tuple[tuple[AnswerType, re.Pattern[str]], ...] = (
    # Differences and changes are told, whatever else the question names.
    (
        AnswerType.OTHER,
        re.compile(
            "有什么(?:不同|变化)|有何变化|(?:网址|邮箱|公众号)是?(?:多少|什么)|去向是什么|谁(?:的|更|比).{0,12}[多少高低大早晚快长][?？]?$"
        ),
    ),
    (
        AnswerType.REASON,
        re.compile(
            "(?<![称改成认变分命定视设列作名化归升更])为什么(?!时候|地方|人|意思)|什么原因|(?:原因|缘由|理由|起因|来由|目的|初衷|意义|用意|意图)(?:是|有|何在|$|[?？])"
            "|什么(?:目的|原因|理由)"
        ),
    ),
    (
        AnswerType.DATE,
        re.compile(
            "什么时候|什么时间|什么日期|什么(?:时期|年代|时代|季节|朝代|月份|节日)|哪一?年|几号(?![楼线文令院馆店])|几日(?!内)|"
            "(?<![有哪这那好分])几点(?:钟|[几开到才就发启扑结关至起之以前后]|左右|$|[?？])|哪一?天|哪一?日|哪一?个月|几月|哪个季度|哪个世纪|"
            "(?<!多长)时间是|日期是"
        ),
    ),
    (
        AnswerType.LIST,
        re.compile(
            "哪些|哪几|哪[两二三四五六七八九十]|分别[是有为指]|包括什么|有什么内容|包含什么|列举|"
            "(?:都有|都是|有|包括)谁(?!的)|几(?:点|层|句|方面|个方面)的?(?:意见|要求|建议|意思|话|含义|内容)|"
            '[是指][哪什].{0,2}[“"]?[一二三四五六七八九十两几]+个|“.{1,3}[个项].{1,8}”(?:是|指|包)|'
            "[一二三四五六七八九十][个项大条].{0,10}(?:是什么|指什么|是指什么|指的是什么|内容)"
        ),
    ),
    (
        AnswerType.CONFIRMATION,
        re.compile("这几.{0,6}吗[?？]?$|那几.{0,6}吗[?？]?$"),
    ),
    (
        AnswerType.NUMBER,
        re.compile(
            rf"多少|(?<![这那好])几[{_MEASURES}]|多大(?!岁)|多长|多高|多久|多快|多远|多宽|多重|百分之几|第几|"
            "(?:比例|占比|比重|数量|人数|金额|总额|增速|增长率|数目)(?:是(?!怎|否)|为|$|[?？])"
        ),
    ),
    (
        AnswerType.OTHER,
        re.compile(f"哪一?[个家支](?:{_BODIES})(?!长|门口)|什么(?:{_BODIES})(?![门口])"),
    ),
    (
        AnswerType.PLACE,
        re.compile(
            f"哪里|哪儿|什么地方|何地|(?<!如)何处|在哪|(?:哪一?[个座条间]|什么)(?:{_TOWNS})|地点|地址[是在]?"
        ),
    ),
    (AnswerType.DEFINITION, re.compile('^[“"]?[^，,的哪谁]{2,14}[”"]?是什么[？?]?$')),
    (
        AnswerType.PERSON,
        re.compile("谁|何人|哪一?位|什么人|哪名|(?:姓名|名字)(?:是|叫)"),
    ),
    (
        AnswerType.DEFINITION,
        re.compile(
            "什么是|指的?是什么|是什么意思|是指什么|指什么|的?含义|的?定义|内涵|什么叫|何谓|何为"
        ),
    ),
    (
        AnswerType.MANNER,
        re.compile(
            "如何|怎么|怎样|什么样的(?:程序|方式|办法)|什么(?:方式|办法|措施|做法|手段|程序|步骤|流程|途径|渠道)|"
            "何种方式|哪种(?:方式|办法)"
        ),
    ),
    (
        AnswerType.CONFIRMATION,
        re.compile("是否|有没有|是不是|能否|可否|吗[？?]?$|对不对|行不行|.不.[?？]?$"),
    ),
)

_ASKS = re.compile("什么|哪|多少|几|谁|如何|怎|何|是否|吗")
# A query of bare words ends with what it is after.
_KEYWORD_TYPES: tuple[tuple[AnswerType, re.Pattern[str]], ...] = tuple(
    (answer_type, re.compile(rf"(?:{ends})[?？]?$"))
    for answer_type, ends in (
        (AnswerType.DATE, "时间|日期|年份|会期"),
        (AnswerType.PLACE, "地点|地址|地方|会址"),
        (AnswerType.PERSON, "主持人|负责人|发言人|领导人|姓名|是谁"),
        (AnswerType.NUMBER, "规模|面积|总数|期限|工资|经费|预算|人口|产值|时限"),
        (AnswerType.REASON, "意图|用意|背景"),
        (
            AnswerType.LIST,
            "名单|清单|内容|职责|措施|举措|原则|任务|要求|做法|特点|成员|步骤|条件|种类|分类",
        ),
        (AnswerType.MANNER, "流程|程序|办法|途径|方式"),
        (AnswerType.DEFINITION, "概念|意思|简称|全称|释义"),
    )
)


def _answer_type(text: str) -> AnswerType:
    patterns = _TYPE_PATTERNS if _ASKS.search(text) else (*_TYPE_PATTERNS, *_KEYWORD_TYPES)
    for answer_type, pattern in patterns:
        if pattern.search(text):
            return answer_type
    return AnswerType.OTHER


# Words that begin like a measure: 多少回款 counts no 回.
_NO_MEASURE = (
    "回[款报收购扣]|支出|项目|家庭|人[口员才数均]|部[门队]|条[款件]|点[位击赞]|次数|场[地所次]|名额|"
    "位置|级别|层级|种[类子]|元素|件数|口径|起诉|份额|门店|组织|周期|道路|日元|月薪|年薪"
)


def _unit(text: str) -> str:
    match = re.search(rf"(?:多少|几)(?!{_NO_MEASURE})([{_MEASURES}])", text)
    return match.group(1) if match else ""


def _focus(text: str, words: Callable[[str], list[str]]) -> str:
    match = _FOCUS.search(text)
    if match is None:
        return ""
    rest = re.split(r"[，。？！?、,“”]|的|是", text[match.end() :])[0]
    rest = rest[1:] if rest[:1] in _MEASURES and len(rest) > 1 else rest
    return "".join(word for word in words(rest)[:3] if word not in _STOP_WORDS)


def _joined(words: list[str], text: str) -> list[str]:
    """Neighbouring words put together again where they are one: what the lexicon of synonyms
    knows (银|监|会), and words of one character, mostly a name that no vocabulary knows.

    Such a name ends with 区, 县 and the like.
    """
    joined = list[str]()
    growing = False
    for word in rejoined(words):
        alone = len(word) == 1 and not word.isdigit() and word not in _STOP_WORDS | _ALONE
        if alone and growing and joined[-1] + word in text:
            joined[-1] += word
        else:
            joined.append(word)
        growing = alone and not (len(joined[-1]) > 1 and joined[-1].endswith(_PLACE_ENDS))
    return joined


_GREETING = re.compile(
    "(?:你们?好|您好|大家好|[早中下晚]上?午?好|哈喽|嗨|hello|hey|hi|在吗|在么|谢谢您?你?|多谢|感谢|再见|拜拜|"
    "测试|test)+[呀啊哦啦了]*"
)


def asks_nothing(text: str) -> bool:
    """Whether a text asks for nothing at all: marks, figures alone, one Latin letter, a greeting.

    Words of any other kind may be a question, and a single Chinese character, too (谁？).
    """
    said = "".join(filter(str.isalnum, fold(text)))
    if said.isascii() and len(set(said)) < 2:
        return True
    return not any(map(str.isalpha, said)) or bool(_GREETING.fullmatch(said))


def analyse(text: str, segmenter: Segmenter) -> Question:
    """Take a question apart.

    Words keep their order and may repeat; when nothing but function words was typed, all of
    its words count, so that a query never becomes empty.
    """
    plain = plain_wording(text)
    stripped = _INTERROGATIVES.sub(" ", plain)
    words = _joined(segmenter.words(stripped), fold(plain))
    content = [word for word in words if word not in _STOP_WORDS]
    return Question(
        text=plain,
        asked=text,
        answer_type=_answer_type(plain),
        words=tuple(content or segmenter.words(text)),
        unit=_unit(plain),
        focus=_focus(plain, segmenter.words),
        figures=frozenset(_FIGURE.findall(plain)),
    )
