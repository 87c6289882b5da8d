"""Names of persons and the offices they hold, found by how Chinese documents write them.

No model: a name is believed because of what stands around it, an office before it (市委书记
吴天君), an office behind it (王忠林书记), or another mention in the same text. Whoever is
named without any of these is not found: precision before recall.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

import rjieba

from rag.text import Span, find_words

_SINGLE = frozenset(
    "习王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范"
    "金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄"
    "聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕"
    "屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙"
    "荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花"
    "权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相初门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿"
    "鲜印逯隆茹诺战慕危玉银亢嵇公哈湛宾戎勾茅利於呼居揭干但尉冶斯元束檀衣信展阴昝智幸奉植衡富尧闭由萨卡白红旦多尼次扎格洛桑达仁丹边贡热拉"
    "洪傅萧酆贝贲荀羿邴糜宓郗钭韶蓟莘逄郦郤璩濮郏宦庾暨殳蔚夔訾蒯竺桓钮诸凤昌"
)
# Surnames that are words mostly: names only in front of what nobody but a person does.
_SELDOM = frozenset("步充扶衡滑经从能双东水别通益广秋暴山牧弘后终")
_PERSON_DOES = re.compile(
    r"在[^，。；：]{2,30}(?:上|时|中)|主持|出席|致辞|指出|强调|表示|要求|建议|介绍|宣布|认为|提出|说[，：“]|"
    r"作(?:了|动员|总结|工作|重要)"
)
_COMPOUND = frozenset(
    "欧阳 上官 司马 诸葛 皇甫 尉迟 公孙 慕容 令狐 司徒 轩辕 夏侯 东方 南宫 端木 申屠 长孙 宇文 "
    "呼延 万俟 闻人 澹台 百里 独孤 第五 拓跋 完颜 那仁 乌兰 "
    "额尔".split()
)
_OFFICES = (
    "总书记 书记 常委 委员长 委员 主席 总理 省长 市长 区长 县长 州长 盟长 旗长 镇长 乡长 部长 "
    "厅长 局长 处长 科长 司长 "
    "署长 主任 院长 检察长 会长 理事长 董事长 总经理 经理 校长 所长 站长 馆长 台长 社长 总编辑 "
    "总编 组长 秘书长 司令员 政委 "
    "参谋长 巡视员 调研员 总裁 教授 研究员 院士 发言人 负责人 负责同志 大队长 支队长 队长 大使 "
    "行长 总工程师 工程师 律师 "
    "首席执行官 创始人 团长 庭长 审计长 特首 行政长官 总干事 监事长 主管 站长 村支书 支书 法官 "
    "检察官 民警 医生 教师 园长 "
    "首席专家 首席科学家 科学家 学者 董事 股东 讲师 副研究员 带头人 市民 村民 居民 职工 志愿者 "
    "店主 业主 种植户 养殖户 创业者"
)
_OFFICE_ENDS = tuple(sorted(set(_OFFICES.split()), key=len, reverse=True))
_OFFICE = re.compile("|".join(_OFFICE_ENDS))
_PIECE_IS_OFFICE = re.compile(rf"(?:{'|'.join(_OFFICE_ENDS)}|常委|成员|代表|组员|党员|干部)$")
_FOLLOW = re.compile(
    r"$|[^\u4e00-\u9fff]|同志|先生|女士|等|和|与|及|以及|在|于|作|做|主持|出席|参加|参与|宣读|"
    r"宣布|宣誓|讲|说|表示|表态|指出|强调|"
    r"要求|提出|认为|介绍|希望|告诉|坦言|透露|谈|致|发表|发言|发布|回应|明确|进一步|着重|特别|还|"
    r"也|将|就|向|对|率|带|到|赴|为|"
    r"从|分别|一行|代表|通报|传达|部署|安排|总结|汇报|报告|围绕|结合|的|一同|共同|会见|会谈|陪同|"
    r"调研|考察|检查|深入|来到|走进|"
    r"担任|当选|兼任|任|一并|亲自|亦|则|又|再次|多次|曾|已|正|是|所|主|签|听取|当天|当日|近日|"
    r"日前|今天|昨天|前往|接受|批示|签署|审定|受|代|汇|宣|补充|"
    r"解释|说明|建议|呼吁|谈到|感慨|号召|提醒|直言|点评"
)
_NO_GIVEN_NAME = frozenset(
    "等在的说作做致将及还也就对率到赴是又并讲曾已则以于被给都让委局厅署府部办"
)
_LEADERS = (
    "毛泽东 邓小平 江泽民 胡锦涛 习近平 朱镕基 温家宝 李克强 李强 赵乐际 王沪宁 蔡奇 丁薛祥 李希 "
    "韩正 栗战书 汪洋 赵紫阳 胡耀邦 李鹏 周恩来 刘少奇"
).split()
_AFTER_NAME = re.compile(rf"(?:副?(?:{'|'.join(_OFFICE_ENDS)})|同志)")
# Alternatives that all begin with a letter are searched several times faster.
_OFFICE_OR_COMRADE = re.compile("|".join((*_OFFICE_ENDS, "同志")))
_CLAUSE_START = re.compile(
    r"(?:^|[，。；：、！？“”（）\s,;:]|由|据|和|与|随|正如|在|听取|请|\d日)$"
)
_LEAD_IN = re.compile(
    r"^(?:正如|如同|据|由|在|对|和|与|及|以及|会上|会后|会前|随后|期间|日前|近日|昨日|今日|昨天|"
    r"今天|同时|其间|最后|首先|受|请|经|"
    r"听取了?|当天|当日|此前|此间|其中|[上下]午|今年\d*月?|(?:\d{4}年)?\d{1,2}月\d{1,2}日|"
    r"\d{1,2}日|本报讯|\s)+"
)
_BREAK = re.compile(
    r"[的由]|(?<![共合大协会])同(?![志济仁心安体])|主持人|记者|会议上|大会上|会上|现场"
)
_OFFICE_CHARACTER = re.compile(r"[\u4e00-\u9fffA-Za-z0-9、（）()“”·]")
_LONGEST_OFFICE = 120
_LONGEST_PIECE = 32
_MINORITY = re.compile(r"[\u4e00-\u9fff]{2,6}[·•][\u4e00-\u9fff]{2,8}(?:[·•][\u4e00-\u9fff]{2,6})?")
_DOTTED_BEGINNING = re.compile(r"(?:[\u4e00-\u9fff]{2,6}[·•])+")
_NAME_CHARACTERS = re.compile(r"[\u4e00-\u9fff·•]+")
_ONLY_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
_NEXT_NAME = re.compile(r"、(?=[\u4e00-\u9fff])")


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonMention:
    """A person named in a text.

    Attributes:
        span: The name alone.
        office: The office that stands beside this mention, verbatim, or None.
        start: Where office or name begins, whichever comes first.
        end: Where name or office ends, whichever comes last.
    """

    span: Span
    name: str
    office: str | None
    start: int
    end: int


def is_name(text: str) -> bool:
    """Whether `text` has the form of a Chinese name: surname and one or two characters more.

    Names of other nationalities count when they hold a middle dot (阿里木·买买提).
    """
    if _MINORITY.fullmatch(text):
        return True
    if not _ONLY_CHINESE.fullmatch(text):
        return False
    if text[:2] in _COMPOUND and 3 <= len(text) <= 4:
        return True
    return 2 <= len(text) <= 3 and text[0] in _SINGLE


def may_be_name(text: str) -> bool:
    """Whether `text` is a name by its form, or one whose surname is a mere word mostly (扶摇)."""
    return is_name(text) or (
        2 <= len(text) <= 3 and text[0] in _SELDOM and bool(_ONLY_CHINESE.fullmatch(text))
    )


def ends_as_office(text: str) -> bool:
    """Whether `text` ends with the name of an office: 县委编办主任."""
    return text.endswith(_OFFICE_ENDS)


def is_common_word(text: str) -> bool:
    """Whether the dictionary holds `text` as a word that is no person's name."""
    if text in _LEADERS:
        return False
    tags = rjieba.tag(text)
    return len(tags) == 1 and rjieba.has_word(text) and not tags[0][1].startswith("nr")


def split_names(text: str) -> list[str]:
    """Names in a list of names, in order: "李娜 袁帅" gives both, "张 三" one.

    A single character followed by one or two is one name set apart, as typesetters do to
    align names of two and three characters. What is no name is left out.
    """
    tokens = [token for token in re.split(r"[\s\u3000、，,;；/／|]+|(?<=.)和(?=.)", text) if token]
    names = list[str]()
    index = 0
    while index < len(tokens):
        token = tokens[index]
        following = tokens[index + 1] if index + 1 < len(tokens) else ""
        if len(token) == 1 and token in _SINGLE and 1 <= len(following) <= 2:
            token += following
            index += 1
        if is_name(token) and token not in names:
            names.append(token)
        index += 1
    return names


def name_at(text: str, start: int) -> str | None:
    """The name that begins at `start`, or None where no name surely does.

    How long it is, the words behind it decide; where they do not, the segmenter.
    """
    if text[start : start + 1] in _SELDOM:
        return next(
            (
                text[start : start + length]
                for length in (2, 3)
                if _PERSON_DOES.match(text, start + length)
                and _ONLY_CHINESE.fullmatch(text, start, start + length)
            ),
            None,
        )
    dotted = _DOTTED_BEGINNING.match(text, start)
    compound = text[start : start + 2] in _COMPOUND
    if not dotted and not compound and text[start : start + 1] not in _SINGLE:
        return None
    shortest = dotted.end() - start + 2 if dotted else 2 + compound
    longest = shortest + 4 if dotted else shortest + 1
    fits = [(_fit(text, start, length), length) for length in range(shortest, longest + 1)]
    if dotted:  # their length varies: the shortest that ends well
        fits = next(([pair] for pair in fits if pair[0]), fits)
    fit, length = max(fits)
    if not fit:
        return None if dotted else _segmented_name(text, start)
    name = text[start : start + length]
    return None if is_common_word(name) or _begins_as_words(name) else name


def _begins_as_words(name: str) -> bool:
    """Whether the segmenter sees a verb or the like and something more: 来到第."""
    first, tag = rjieba.tag(name)[0]
    return 1 < len(first) < len(name) and tag[0] in "vpdcrftm"


def _fit(text: str, start: int, length: int) -> int:
    """How well a name of `length` ends before what follows: 0 not at all, 9 at punctuation."""
    name = text[start : start + length]
    if (
        len(name) < length
        or not _NAME_CHARACTERS.fullmatch(name)
        or name[-1] in _NO_GIVEN_NAME
        or _OFFICE.search(name)
    ):
        return 0
    follow = _FOLLOW.match(text, start + length)
    if follow is None:
        return 0
    return len(follow[0]) if _ONLY_CHINESE.match(follow[0]) else 9


def _segmented_name(text: str, start: int) -> str | None:
    first, tag = next(iter(rjieba.tag(text[start : start + 8])), ("", ""))
    return first if tag.startswith("nr") and is_name(first) else None


def _office_start(text: str, end: int, *, floor: int) -> int:
    """Where the office that ends at `end` begins; `floor` is the end of the mention before."""
    start = end
    while start > max(floor, end - _LONGEST_OFFICE) and _OFFICE_CHARACTER.match(text[start - 1]):
        start -= 1
    pieces = text[start:end].split("、")
    kept = len(pieces[-1])
    for before, _ in pairwise(reversed(["", *pieces])):
        if before is pieces[-1]:
            continue
        if not _PIECE_IS_OFFICE.search(before):
            break
        kept += len(before) + 1
    start = end - kept
    first_end = start + len(text[start:end].split("、", 1)[0])
    start += len(text[start:first_end]) - len(_trimmed_piece(text[start:first_end]))
    return start


def _trimmed_piece(piece: str) -> str:
    """An office without the words that lead up to it."""
    for match in _BREAK.finditer(piece):
        if match.end() < len(piece):
            rest = piece[match.end() :]
            if _OFFICE.search(rest):
                piece = rest
                break
    piece = _LEAD_IN.sub("", piece)
    piece = piece.lstrip("”“（）()·")
    return piece if len(piece) <= _LONGEST_PIECE else piece[-_LONGEST_PIECE:]


def _after_offices(text: str) -> list[PersonMention]:
    """Persons whose office stands before the name, and those listed behind them with 、."""
    mentions = list[PersonMention]()
    floor = 0
    for office in _OFFICE.finditer(text):
        start = office.end()
        if start < floor:
            continue
        while text[start : start + 1] in {" ", "\u3000"}:
            start += 1
        name = name_at(text, start)
        if name is None or _OFFICE.match(text, start):
            continue
        office_start = _office_start(text, office.end(), floor=floor)
        words = text[office_start : office.end()]
        mention = PersonMention(
            span=Span(start, start + len(name)),
            name=name,
            office=words,
            start=office_start,
            end=start + len(name),
        )
        mentions.append(mention)
        mentions.extend(_listed_after(text, mention))
        floor = mentions[-1].end
    return mentions


def _listed_after(text: str, first: PersonMention) -> list[PersonMention]:
    listed = list[PersonMention]()
    end = first.end
    while separator := _NEXT_NAME.match(text, end):
        name = name_at(text, separator.end())
        if name is None:
            break
        end = separator.end() + len(name)
        listed.append(
            PersonMention(
                span=Span(separator.end(), end),
                name=name,
                office=first.office,
                start=separator.end(),
                end=end,
            )
        )
    return listed


def _before_offices(text: str, taken: set[int]) -> list[PersonMention]:
    """Persons whose office stands behind the name: 王忠林书记."""
    mentions = list[PersonMention]()
    for found in _OFFICE_OR_COMRADE.finditer(text):
        office_start = found.start() - (text[max(0, found.start() - 1)] == "副")
        for length in (3, 2, 4):
            start = office_start - length
            name = text[max(0, start) : office_start]
            if (
                start >= 0
                and start not in taken
                and is_name(name)
                and _CLAUSE_START.search(text[max(0, start - 2) : start])
                and not is_common_word(name)
                and [tag for _, tag in rjieba.tag(name)] in (["nr"], ["nrfg"])
            ):
                mentions.append(_mention_before(text, start, Span(office_start, found.end())))
                break
    return mentions


def _mention_before(text: str, start: int, office: Span) -> PersonMention:
    words = office.of(text)
    return PersonMention(
        span=Span(start, office.start),
        name=text[start : office.start],
        office=None if words == "同志" else words,
        start=start,
        end=office.end,
    )


def find_people(text: str) -> list[PersonMention]:
    """Every mention of a person in `text`, in order of place.

    A person found once by an office is found wherever the name stands again; the later
    mentions have no office of their own. National leaders since 1949 are found without one.
    """
    mentions = _after_offices(text)
    mentions += _before_offices(text, {mention.span.start for mention in mentions})
    taken = {mention.span.start for mention in mentions}
    names = {mention.name for mention in mentions} | {
        leader for leader in _LEADERS if leader in text
    }
    bare = (span for span in find_words(text, names) if span.start not in taken)
    mentions += [_bare_mention(text, span) for span in bare]
    return sorted(mentions, key=lambda mention: mention.span)


def _bare_mention(text: str, span: Span) -> PersonMention:
    after = _AFTER_NAME.match(text, span.end)
    title = after[0] if after and after[0] != "同志" else None
    return PersonMention(
        span=span,
        name=span.of(text),
        office=title,
        start=span.start,
        end=after.end() if after else span.end,
    )


def find_names(text: str) -> list[tuple[Span, str]]:
    """Names of persons in `text`, in order of place; see `find_people`."""
    return [(mention.span, mention.name) for mention in find_people(text)]
