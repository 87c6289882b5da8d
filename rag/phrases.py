"""The phrases of a question: its interrogative, its noun phrases, names that stay whole.

By the dictionary's parts of speech (rjieba) and closed lists of words, without a parser: made
for questions of one or two clauses, where what is said begins at a verb or at one of few words.
"""

import re
from dataclasses import dataclass

import rjieba

from rag.dates import find_dates
from rag.people import is_common_word, is_name
from rag.places import find_places
from rag.text import Span

INTERROGATIVE = re.compile(
    "为什么|为何|为啥|什么时候|什么时间|什么日期|什么地方|什么人|什么样|什么|(?<!任)何(?=[时地人年以处])|"
    "哪一?[年天日月]|哪里|哪儿|哪些|哪几|哪|谁|(?<![十好])几(?!乎)|啥|多少|多久|多长|多大|怎么样|怎么|"
    "怎样|咋|如何|是否|有没有|是不是|能不能|能否|吗|呢"
)
QUOTED = re.compile("[“《「][^“”《》「」]{1,40}[”》」]")
ENTITY = re.compile(
    "(?:局|部|委|委员会|会|厅|办|办公室|院|中心|法|条例|规定|办法|意见|方案|大学|公司|集团|小组|国务院|》)$"
)
"""What the names of bodies, laws and documents end with."""

AMOUNT = re.compile("(?:编制|面积|人口|人数|数量|规模|金额|经费|比例|总额|户数|期限|预算)$")
"""What a body or place has that is told by a number."""

ATTRIBUTE = re.compile(
    "(?:职责|职能|要求|内容|时间|日期|地点|原因|目的|标准|条件|程序|流程|依据|范围|对象|意义|做法|措施|任务|"
    "目标|原则|好处|区别|背景|结果|情况|主持人|负责人|名单|全称|简称|名称|文号|编制|级别|架构|纪律|效果|"
    "面积|人口|人数|数量|规模|金额|经费|比例|总额|户数|期限|预算)$"
)
"""What a body, law or event has besides, asked for but not spoken of for long."""

OFFICE = re.compile("(?:[局部县市区省镇乡院厅处科所站校会组]长|主任|书记|主席|负责人|组员|成员)$")
"""What somebody is in a body or place."""

_LEAD_IN = re.compile(
    r"^(?:(?:您好|你好|请问|想问一?下?|再问一?下?|那么|那(?=[^次个些年时里一两几])|还有|另外|对了|"
    r"好的?(?=[，,])|谢谢你?|然后|接着|再说|再(?=[^往上次度]))[，,、！!。\s]*)+"
)
_YEARS = re.compile(r"(?:19|20)\d{2}年?[至到—-](?:19|20)\d{2}年")
_SOME_PLACE = re.compile(
    "[省市县区乡镇村]里|[全本我][国省市县区乡镇]|某某?[省市县区乡镇]|"
    r"(?<![\u4e00-\u9fff])(?![这那该全本我某各哪是在由从对向和与把将有叫])[\u4e00-\u9fff]{2,3}[省市县区镇乡](?![级域长])"
)
# A person who is asked about without any office.
_WHO_DOES = re.compile(
    "([\u4e00-\u9fff]{2,3})(?=是|任|担任|在|什么时候|哪|为什么|说|提|讲|强调|指出|怎么|当时|主持)"
)
# A district whose name begins with the last character of the city's: 济南市中区.
_WITHIN = re.compile("(?<=市)中区")

# Words that begin what is said of the subject, whatever the dictionary calls them.
_OPENING = frozenset(
    "是 由 从 把 被 对 在 向 为 为了 给 将 归 有 前有 后有 要 应 应当 可以 能 会 需 需要 最早 最先 "
    "首先 先 后 一共 总共 共 共有 各 各有 分别 都 也 又 才 已 已经 曾 每年 每月 每天 具体 大约 还 "
    "到底 究竟 只 属于 算 包括 叫".split()
)
# Verbs by the dictionary that mostly stand in names of events, bodies and things.
_ALSO_NOUNS = frozenset(
    "执法 转隶 编制 组成 编办 自信 管理 监督 服务 改革 审批 培训 执行 座谈 动员 挂牌 揭牌 保障 "
    "保护 审计 统计 发展 规划 治理 整治 试点 考核 调整 应急 退役 巡视 巡察 赋权 采购 招标 信访 "
    "统战 宣传 组织 教育 研究 合作 投资 贸易 交通 运输 运行 监管 监测 监察 检察 检查 救助 分类 "
    "领导 协调 议事 公开 登记 许可 处罚 指导 意见 委 办".split()
)
# What laws and documents do, though the dictionary has it for a noun.
_STATES = frozenset("规定 要求 明确 提出".split())
_STATING = re.compile("(?:条例|法|办法|方案|意见|通知|细则|决定|》)$")
_VERB_TAGS = frozenset("v vd vq zg p d y ul uz ug uv".split())
_AREAS = frozenset("省市县区镇乡村")
_OFFICE_END = re.compile(".[长员者]$")
_PARTICLES = frozenset("了 过 着".split())


@dataclass(frozen=True, slots=True)
class Word:
    """A word in its place.

    Attributes:
        text: As it stands.
        tag: The part of speech that the dictionary gives it (n, v, m…); "x" for a name.
        start: Where it begins.
        end: Where it ends.
        fixed: Whether it is a place, a date, a quotation or a title as a whole.
    """

    text: str
    tag: str
    start: int
    end: int
    fixed: bool = False


def plain_question(question: str) -> str:
    """The question without what leads up to it (请问, 那么) and what ends it."""
    stripped = question.strip().rstrip("？?。！!．. 　")
    return _LEAD_IN.sub("", stripped) or stripped


def as_question(text: str) -> str:
    """`text` with one question mark behind it."""
    return text.rstrip("？?。！!．. 　") + "？"


def without_dates(text: str) -> str:
    """`text` without its dates, and without 到 and the like before what they stood before."""
    for span, _ in reversed(find_dates(text)):
        text = text[: span.start] + text[span.end :]
    return re.sub("^[到至、和—-]+", "", text)


def place_spans(text: str) -> list[Span]:
    """Places named in `text`, names that follow each other joined: 济南市市中区.

    Besides those that `find_places` knows, words that look like one: 区里, and two or three
    characters with 省, 市, 县 or 区 at the beginning of a clause.
    """
    known = [
        Span(span.start, match.end() if (match := _WITHIN.match(text, span.end)) else span.end)
        for span, _ in find_places(text)
    ]
    spans = known + [
        Span(*match.span())
        for match in _SOME_PLACE.finditer(text)
        if not any(Span(*match.span()).overlaps(span) for span in known)
        and not _is_other_word(match.group()[:-1])
    ]
    joined = list[Span]()
    for span in sorted(spans):
        if joined and joined[-1].end == span.start:
            joined[-1] = Span(joined[-1].start, span.end)
        else:
            joined.append(span)
    return joined


def _is_other_word(stem: str) -> bool:
    """Whether what stands before 县 is a verb or the like: 撤销县粮食局."""
    tags = [tag for _, tag in rjieba.tag(stem)]
    return len(stem) > 1 and len(tags) == 1 and tags[0] in _VERB_TAGS


def words_of(text: str) -> list[Word]:
    """The words of `text` in order; names, dates and quotations are one word each."""
    words = list[Word]()
    position = 0
    for span in [*_fixed_spans(text), Span(len(text), len(text))]:
        for word, tag in rjieba.tag(text[position : span.start]):
            words.append(Word(word, tag, position, position + len(word)))
            position += len(word)
        if len(span):
            words.append(Word(span.of(text), "x", span.start, span.end, fixed=True))
        position = span.end
    return words


def is_person(text: str) -> bool:
    """Whether `text` is a person's name and no word of the language (方案, 安全)."""
    return is_name(text) and not is_common_word(text)


def _fixed_spans(text: str) -> list[Span]:
    """Places, dates, quotations and titles, those that overlap joined."""
    spans = [Span(*match.span()) for match in (*QUOTED.finditer(text), *_YEARS.finditer(text))]
    spans += [span for span, _ in find_dates(text)] + place_spans(text)
    if (who := _WHO_DOES.match(text)) and is_person(who[1]):
        spans.append(Span(*who.span(1)))
    joined = list[Span]()
    for span in sorted(spans):
        if joined and span.start < joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(span.end, joined[-1].end))
        else:
            joined.append(span)
    return joined


def predicates(words: list[Word], index: int) -> bool:
    """Whether the word begins what is said of the words before it."""
    word = words[index]
    if word.fixed:
        return False
    if INTERROGATIVE.match(word.text):
        return True
    before = words[index - 1] if index else None
    following = words[index + 1] if index + 1 < len(words) else None
    if word.text in _OPENING or (following and following.text in _PARTICLES):
        return True
    if len(word.text) > 1 and word.text[-1] in _PARTICLES:
        return True
    if word.text in _STATES and before and _STATING.search(before.text):
        return True
    return _is_verb(word) and _says_something(before, following)


def _is_verb(word: Word) -> bool:
    also_noun = word.text in _ALSO_NOUNS or word.text in _AREAS or _OFFICE_END.search(word.text)
    return word.tag in _VERB_TAGS and not also_noun


def _says_something(before: Word | None, following: Word | None) -> bool:
    """Whether a verb between these words is one.

    At the beginning it may be a name (放管服是), and so behind a number (三定, 四个自信).
    """
    if before is None:
        return following is not None and following.text not in _OPENING
    return before.tag != "m"


def noun_length(words: list[Word], start: int = 0) -> int:
    """Where the noun phrase that begins at word `start` ends: the index behind its last word.

    A clause that leads up to a noun with 的 belongs to it: 会上部署的改革方案.
    """
    index = start
    while index < len(words):
        if predicates(words, index):
            joint = _joint(words, index)
            if joint is None:
                return index
            index = joint + 1  # the noun behind 的 may look like a verb: 放管服
        index += 1
    return index


def _joint(words: list[Word], index: int) -> int | None:
    """The 的 that joins the clause beginning at `index` to a noun behind it, or None."""
    if words[index].text in {"是", "有"} or INTERROGATIVE.match(words[index].text):
        return None
    for i in range(index, len(words) - 1):
        if words[i].text in "，,；":
            return None
        if words[i].text == "的":
            return None if words[i + 1].text in _OPENING else i
    return None


def phrase(text: str, words: list[Word]) -> str:
    """The part of `text` that the words cover, without punctuation and 的 around it."""
    return text[words[0].start : words[-1].end].strip("，,、；;：: 的") if words else ""


def noun_phrase(text: str) -> str:
    """The noun phrase that `text` begins with, or ""."""
    words = words_of(text)
    return phrase(text, words[: noun_length(words)])


def object_of(text: str) -> str:
    """The noun phrase behind the verbs that `text` begins with: 完成人员转隶的 → 人员转隶."""
    words = words_of(text)
    start = 0
    while start < len(words) and (predicates(words, start) or words[start].tag in _VERB_TAGS):
        start += 1
    end = noun_length(words, start)
    # A verb behind its object and with none of its own is a noun: 人员划转.
    if start < end < len(words) and words[end].tag == "v" and text[words[end].end :] in {"", "的"}:
        end += 1
    return phrase(text, words[start:end])


def is_local(text: str) -> bool:
    """Whether nothing but places and dates stands in `text`; so it is of an empty one."""
    spans = [*place_spans(text), *(span for span, _ in find_dates(text))]
    covered = {offset for span in spans for offset in range(span.start, span.end)}
    return all(i in covered or text[i] in "在的，、到至—-" for i in range(len(text)))
