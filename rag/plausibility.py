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
    rf"\d+(?:\.\d+)?|百分之|{_NUMERAL}+(?=[个名家人项次年月天件条所座支类届位余多部层种级批点枚日岁块样句成倍元步期])"
    r"|分之"
)
# 三万余名: the measure stands behind these.
_SCALE = re.compile("[余多]?[万亿千百]*[余多]?")
# 6个议事协调机构: what is counted here is named at length, right behind the number.
_OTHER_THING = re.compile("[个家项名支][\u4e00-\u9fff]{4}")
# So far behind its number what is counted may be named.
NAMED_WITHIN = 14
# Measure words that may stand for each other: 37名 answers 多少人, 37家 answers 多少个.
_UNITS = {
    "人": "人名位个户",
    "名": "人名位个户",
    "个": "个家项所支类处名大户座条位人",
    "家": "家个所户",
    "天": "天日个年月周",
    "日": "天日",
    "次": "次回轮度届场",
    "回": "次回轮",
    "轮": "次回轮",
    "年": "年个月",
    "点": "点个条项方%",
    "条": "条个项件",
    "层": "层个",
    "块": "块元毛角",
    "元": "元块毛角分美欧日",
    "成": "成%",
    "项": "项个条种件",
    "趟": "趟列班次",
    "号": "号日",
    "枚": "枚个",
    "件": "件项个条",
    "样": "样个项",
    "棵": "棵株",
    "位": "位名个人",
    "台": "台辆例部架套",
    "辆": "辆台",
    "万": "元人户名个吨亩美欧日港",
    "亿": "元度吨斤美欧日港",
}
_ASKS_FOR_HOLDER = re.compile(
    r"(?:长|书记|主任|主席|总理|负责人|发言人)(?:是谁|是哪位|叫什么|的?姓名|的?名字)"
    r"|谁(?:是|任|担任).{2,16}(?:长|书记|主任|主席)"
)
_ASKS_FOR_HOLDERS = re.compile(
    "(?:长|书记|主任|主席|总理|负责人|发言人)(?:分别|各|都)(?:是谁|是哪|叫什么)"
)


def _asking(attribute: str) -> re.Pattern[str]:
    """The attribute itself is asked for, not something about it (为举报电话规定了哪些要求)."""
    return re.compile(
        rf"(?:{attribute})(?:号码?)?(?:分别|各)?(?:是|叫|有|在)?(?:什么|多少|哪|几|谁|怎么样)"
        rf"|(?:{attribute})[?？]?$|(?:什么|哪一?[个家所]|多少|几)(?:{attribute})"
    )


# What is asked of somebody or something, and what a passage that tells it must hold.
_ATTRIBUTES = (
    ("(?:地|住|网)址|门牌", "[地住网]址|位于|坐落|地处|[路街巷道]\\d*号|号楼|大厦|http|www"),
    ("电话|手机|热线|联系方式|传真", "电话|手机|热线|拨打|传真|\\d{7}|\\d{3,4}-\\d+|12\\d{3}"),
    ("邮箱|公众号|微信号", "邮箱|公众号|微信|@"),
    ("会议室|会场", "会议室|会议厅|会场|礼堂|报告厅|会堂|宾馆|酒店|楼"),
    ("年龄|岁数|岁|年纪|属相|星座", "岁|年龄|出生|生于|年生"),
    ("籍贯|老家|祖籍|家乡", "籍|老家|祖籍|家乡|出生|人[,。(]|人$"),
    ("学历|学位|母校|毕业学校", "学历|毕业|学位|就读|考入|大学|学院|学士|硕士|博士"),
    ("工资|月薪|年薪|薪酬|年收入|月收入|奖金|津贴", "工资|薪|收入|奖金|津贴|待遇|补贴|元"),
    ("民族", "[\u4e00-\u9fff]族"),
    ("血型", "血型"),
    ("身高|体重", "身高|体重|米|公斤|千克"),
    ("配偶|妻子|丈夫|爱人|子女|儿子|女儿", "配偶|妻|夫|爱人|子|女|娶|嫁|结婚"),
    ("爱好|兴趣|特长", "爱好|喜|兴趣|特长|擅长"),
    ("注册资本|股价|市值|营业额|利润", "资本|股|市值|营业|利润|出资"),
    ("造价|预算|成本|报价", "元|经费|资金|费用|预算|投资|投入|拨款"),
    ("报社|媒体|报纸", "日报|晚报|时报|早报|都市报|商报|通讯社|电视台|广播|新华社|中新社"),
)  # fmt: skip
_CIRCUMSTANCES = (
    ("哪一?年(?:出)?生|出生(?:日期|年月|地)|(?:哪[里天]|什么(?:时候|地方))出生|生日",
     "出生|生于|诞生|生日|岁|月生|年生"),
    ("(?:是|为)(?:哪里|哪儿|何方|什么地方|哪个[省市县])人",
     "籍|老家|祖籍|家乡|出生|人[,。(]|人$"),
    ("多少(?:元|经费|资金|费用|预算|投资)",
     "元|[$¥]|经费|资金|费用|预算|投资|投入|拨款"),
    ("(?:之|以|此)前(?:担任|任|当|做|在)(?:过)?(?:什么|哪)|原来(?:担任|任)",
     "此前|曾任|历任|原任|曾在|之前|曾|原[\u4e00-\u9fff]{2,10}[长记任]"),
    ("副[部省市县区局处厅司主书院校会组乡镇队所站].{0,6}(?:是谁|有谁|几|多少|叫什么)|[几多]少?[个名位]副",
     "副"),
)  # fmt: skip
_TOLD_BY = (
    *((_asking(attribute), re.compile(told)) for attribute, told in _ATTRIBUTES),
    *((re.compile(asked), re.compile(told)) for asked, told in _CIRCUMSTANCES),
)
# Whether something came to an end or moved is not told by who merely names it.
_EVENTS = frozenset(
    (
        "撤销 裁撤 取消 叫停 停办 废止 并入 合并 更名 改名 降格 辞去 辞职 免去 免职 当选 接任 继任 "
        "授牌 出生 去世 逝世 退休 处分 起诉 判处 破产 上市 收购 罚款 注销 退回 搬迁 迁至 拆除 "
        "获奖 授予 表彰 连任 罢免 投票 结婚 毕业"
    ).split()
)
_SIDE_BY_SIDE = re.compile("、|；|;|以及|[：:]$|和|与|及")
_SUBJECT = re.compile(
    "的([^的,]{2,8}?)(?:总数)?(?:是|为|有|在|达到?|共|一共|总共)?(?:多少|几|谁|哪|什么地方)"
    "|(?:多少|几)([^的,是有?多少几]{2,8})[?]?$"
)
_QUOTED = re.compile('"[^"]{1,12}"')
_DAYS = re.compile(
    "[昨今明前]年|[昨今明每]日|[昨今明]天|日前|近日|年代|世纪|月底|月初|年底|年初|上旬|中旬|下旬|时代|年间|朝|"
    "[元一二三四五六七八九十]年|\\d{1,2}[时:点]|(?<!\\d)\\d{1,2}[日号](?![报楼线文令])|期间|解除|结束|另行通知|每[天周月年]|即日|\\(\\d{3,4}"
)
_SITES = re.compile(
    "[\u4e00-\u9fff]{1,10}(?:省|市|县|区|州|国(?!家|务)|镇|乡|村|街道|大学|学院|中心|厅|馆|楼|场|路|号|大厦|广场|基地|洲|岛|山|海|湖|河|江|平台|网|网站|首都)"
    "|(?:位于|坐落于?|坐落在|设在|地处|驻|分布[在于]|生活在|运往|出口到|侨居于?|落户|来自|抵达|前往|"
    "迁[至往入到]|搬[至到]|变更[至为])[\u4e00-\u9fffa-z]{2}"
    "|[在于从自][^，。；的]{1,12}?(?:召开|举[行办]|[开闭]幕|去世|逝世|出生|启动|发射|采集|成立|揭牌|出发|开工)"
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
    asked = fold(question.text)
    ordinal = "第几" in asked or "排" in asked
    fresh = [
        m
        for m in _NUMBER.finditer(sentence)
        if not _stands(sentence[m.start() : m.end() + 1], asked)
        and (ordinal or sentence[m.start() - 1 : m.start()] != "第")
    ]
    units = _UNITS.get(question.unit, question.unit)
    if not units or not fresh:
        return bool(fresh)
    if len(focus) > 1 and focus in sentence and not _counts(focus, units, sentence):
        return False
    if len(focus) > 3 and focus not in sentence:
        fresh = [
            m
            for m in fresh
            if not _OTHER_THING.match(sentence, m.end())
            or _names_alike(focus, sentence[m.end() : m.end() + NAMED_WITHIN])
        ]
    behind = [_SCALE.match(sentence, m.end()) for m in fresh]
    return any(
        sentence[m.end() : m.end() + 1] in units or m.end() == len(sentence) for m in behind if m
    )


def _stands(count: str, text: str) -> bool:
    """Whether a number with what follows it stands in a text: 3年 does not in 2023年, and
    neither does 十次 in 十大.
    """
    return bool(re.search(rf"(?<![\d.]){re.escape(count)}", text))


def _names_alike(focus: str, behind: str) -> bool:
    """Whether what stands behind a number is called like `focus`: it begins with two of its
    characters behind the measure word, or holds three in a row.
    """
    return behind[1:3] in focus or any(focus[i : i + 3] in behind for i in range(len(focus) - 2))


def _counts(focus: str, units: str, sentence: str) -> bool:
    """37个党政机构 and 党政机构37个 count 党政机构; 党政机构的三个问题 does not."""
    number, thing = rf"(?:\d+(?:\.\d+)?|{_NUMERAL}+)[余多]?[万亿]?", re.escape(focus)
    before = rf"{number}[{units}].{{0,6}}{thing}"
    ended = r"(?:[,，。；;、）)(（]|以上|左右|$)"
    between = "(?!的)(?:[^,，。；;]{0,16}[,，])?[^,，。；;]{0,16}?"
    behind = rf"{thing}{between}{number}[^,，。；;、]{{0,2}}{ended}"
    return bool(re.search(f"{before}|{behind}", sentence))


def _names_date(question: Question, sentence: str) -> bool:
    fresh = (span.of(sentence) not in question.text for span, _ in find_dates(sentence))
    return any(fresh) or bool(_DAYS.search(sentence))


def _names_place(question: Question, sentence: str) -> bool:
    found = [place.name for _, place in find_places(sentence)]
    found += [match.group() for match in _SITES.finditer(sentence)]
    return any(name not in question.text for name in found)


def _lists(question: Question, sentence: str) -> bool:
    """Several things side by side, an item of a list, or the promise of one; names of persons
    where those are asked for who hold an office.
    """
    if _ASKS_FOR_HOLDERS.search(question.text) and not find_people(sentence):
        return False
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
    AnswerType.LIST: _lists,
}


def plausible(question: Question, sentence: str) -> bool:
    """Whether `sentence` holds a person, number, date or place that the question does not,
    or several things, where that is asked for.

    Questions that ask for something else are never doubted: of the sentences that give a
    reason, two in five do so without any word that tells.
    """
    check = _CHECKS.get(question.answer_type)
    return check is None or check(question, sentence)


def speaks_of_subject(question: Question, passage: str) -> bool:
    """Whether a folded passage names what the question is about.

    主任的工资是多少 asks for 工资, 花了多少经费 for 经费, 哪年出生 for a birth, 何时撤销 for
    an end: a passage without the word, or one that stands for it, answers another question.
    """
    if any(asked.search(question.text) and not told.search(passage) for asked, told in _TOLD_BY):
        return False
    if any(word in _EVENTS and not stands_in(word, passage) for word in question.words):
        return False
    if question.answer_type is not AnswerType.NUMBER:
        return True
    match = _SUBJECT.search(fold(question.text))
    subject = (match.group(1) or match.group(2)) if match else ""
    subject = subject.removeprefix(question.unit)
    wanted = [word for word in question.words if word and word in subject]
    # 钱, 车, 牢: one character is worded otherwise more often than not.
    if not any(len(word) > 1 for word in wanted):
        return True
    return any(stands_in(word, passage) for word in wanted)
