"""A question that asks for several things → questions that each ask for one.

    2018年和2023年…的期限有什么不同？ ─► 2018年…的期限是什么？ | 2023年…的期限是什么？

Only what is surely coordinated is split; whoever answers still looks for the whole question.
"""

import re
from collections.abc import Sequence
from itertools import product

from rag.coordination import (
    ASKS,
    COORDINATOR,
    EACH,
    QUOTED,
    Group,
    Sort,
    distributes,
    find_groups,
    overlapping,
    spell_out_years,
)
from rag.places import find_places
from rag.topics import noun_phrase, topic_of

MOST_PARTS = 4

_MARKS = "？?。！! "
_LEAD_IN = re.compile(
    r"^(?:请问|请|帮我|给我|麻烦你?|我想知道|想问|问)*"
    r"(?:(?:对比|比较|汇总|总结|列出|列举|说说|介绍|查查?|核对|梳理)(?:一下)?|一下)?[：:，,]?"
)
_EACH = re.compile(
    rf"分别|{EACH}|相比|对比|都(?=[是有在])"
    "|[，,]?(?:比一比|比一下|比较一下|对比一下)$"
)
_BOTH = re.compile(
    "^(?:这?(?:[两二三四]个?(?:次|轮|届|家|地|种|类|部|份|人|者|[省市区县])|两年|三年)|双方|二者)的?"
)

_MORE = "(?:更加?|较|比较|最)"
_DEGREE = "[多少大小高低长短早晚先快慢]"
_WHICH = "(?:谁|哪一?[个家项方位座种者边])"
_TAIL_CLAUSE = re.compile(
    rf"[，,](?:请问)?{_WHICH}(?:[^，,]*?{_MORE}[^，,]*|的?[^，,]{{0,8}}(?P<degree>{_DEGREE}))$"
)
# Behind it another clause asks what is to be compared: 哪个成立得早，各是什么时候.
_ASIDE = re.compile(
    rf"[，,]{_WHICH}(?P<what>[^，,？?]{{0,6}}?)得?{_MORE}?{_DEGREE}[？?，,；;](?=.)"
)
_WHOSE = re.compile(rf"谁的([^，,]+?){_MORE}?({_DEGREE})(?:一?[些点])?$")
_WHO_MORE = re.compile(rf"{_WHICH}{_MORE}?(?P<degree>{_DEGREE})(?:一?[些点])?$")
_DIFFERENCE = "(?:不同|不一样|区别|差别|差异|变化|两样)(?:之处|点|的地方)?"
_DIFFERS = re.compile(
    rf"的?(?:是否|有没有|有|存在)?(?:什么|哪些|何|着)?{_DIFFERENCE}(?:是什么|主?要?在哪[里儿]?|在什么地方|有哪些|何在|如何|吗)?$"
    r"|差在(?:哪[里儿]?|哪一?[项点]|什么地方)$|(?:是否|是不是)?(?:相同|一样|一致)吗?$"
)
_RESPECT = re.compile(r"(?:在|就)([^在，,的]{2,10})(?:上|方面|方面上)$")
_TIME = re.compile("(?:时间|日期|日子|期限)$")
_COUNT = re.compile("(?:数|数量|人数|金额|总额|额|率|量|收入|利润|资产|学时|次数)$")
_SITE = re.compile("(?:地点|举办地|所在地|地址)$")

_BEFORE_ASKING = re.compile(rf"^.+?(?=(?:[是有为在由]|[一总]?共有?)?(?:{ASKS.pattern}))")
_MARK = re.compile("[，,；;？?、]")
_CONNECTIVE = re.compile(
    "^(?:后来|以及|并且|而且|同时|其次|另外|还有|然后|那么?|又|并(?![到入给归])|还|而|和|且)+"
)
_PRONOUN = re.compile("^(?:它|他|她|其|该)的?")


def parts_of(question: str) -> tuple[str, ...]:
    """The questions that a question is made of, in its order; itself alone where it asks for one.

    Coordinated names, years and asked-for nouns are asked for one by one; where two lists of
    names have the same length, the first of one goes with the first of the other. A question
    for what is different becomes a question for what each is. Clauses that each ask something
    are parts, with the subject of the first. No part is empty, there are no more than
    `MOST_PARTS` of them and no two are the same; a question with more is not split.
    """
    text = _ASIDE.sub(r"\g<what>", question.strip().rstrip(_MARKS))
    if not (COORDINATOR.search(text) or _MARK.search(text)):
        return (question,)
    clauses = _clauses(text)
    parts = dict.fromkeys(part for clause in clauses for part in _of_one_clause(clause))
    if not 1 < len(parts) <= MOST_PARTS:
        parts = dict.fromkeys(f"{clause}？" for clause in clauses)
    return tuple(parts) if 1 < len(parts) <= MOST_PARTS else (question,)


def _of_one_clause(text: str) -> list[str]:
    groups = find_groups(spelt := spell_out_years(text))
    if not groups or overlapping(groups):
        return [f"{text}？"]
    choices = _choices(groups, paired="分别" in spelt or distributes(spelt))
    wordings = [_reworded(spelt, groups, choice) for choice in choices]
    return wordings if len(wordings) <= MOST_PARTS else [f"{text}？"]


def _choices(groups: Sequence[Group], *, paired: bool) -> list[tuple[str, ...]]:
    """Which members stand together, one of each group.

    Names go with names in order; years with names too, where the question says that it means
    each; all else multiplies.
    """
    together = [g for g in groups if g.sort is not Sort.NOUNS and (paired or g.sort is Sort.THINGS)]
    if len({len(group.members) for group in together}) > 1:
        together = []
    rows = list(zip(*(group.members for group in together), strict=True)) if together else [()]
    rest = [group for group in groups if group not in together]
    choices = list[tuple[str, ...]]()
    for row, others in product(rows, product(*(group.members for group in rest))):
        chosen = dict(zip(map(id, together), row, strict=True))
        chosen |= dict(zip(map(id, rest), others, strict=True))
        choices.append(tuple(chosen[id(group)] for group in groups))
    return choices


def _reworded(text: str, groups: Sequence[Group], members: Sequence[str]) -> str:
    """The question with one member in the place of each group, asking for it alone."""
    for group, member in reversed(list(zip(groups, members, strict=True))):
        after = _BOTH.sub("", text[group.span.end :])
        after = after.removeprefix("，") if _is_topic(text[: group.span.start]) else after
        text = text[: group.span.start] + member + after
    text = _LEAD_IN.sub("", text, count=1)
    return f"{plain(_EACH.sub('', text))}？"


def _is_topic(before: str) -> bool:
    """Whether what stands behind `before` begins the question or a clause of it."""
    return not _LEAD_IN.sub("", before, count=1) or before[-1:] in "，,：:"


def plain(text: str) -> str:
    """A comparing question for one thing: the question what that thing is.

    A question that does not compare keeps its words; one that asks nothing gets an asking end.
    """
    degree = ""
    if match := _TAIL_CLAUSE.search(text):
        degree = match["degree"] or match[0]
        text = text[: match.start()]
    elif match := _WHOSE.search(text):
        return text[: match.start()].rstrip("，,") + f"{match[1]}有多少"
    elif match := _WHO_MORE.search(text):
        degree = match["degree"]
        text = text[: match.start()]
    elif match := _DIFFERS.search(text):
        text = _RESPECT.sub(r"的\1", text[: match.start()])
    if ASKS.search(text):
        return text
    text = text.rstrip("，,的")
    return text + _asking_end(text, degree)


def _asking_end(text: str, degree: str) -> str:
    if _TIME.search(text) or re.search("[早晚先]", degree):
        return "是什么时候"
    if _COUNT.search(text) or degree:
        return "是多少"
    return "在哪里" if _SITE.search(text) else "是什么"


def _clauses(text: str) -> list[str]:
    """The clauses that each ask something, later ones with the subject of the first."""
    if _TAIL_CLAUSE.search(text):
        return [text]
    pieces = _asking_pieces(text)
    if len(pieces) < 2:
        return [text]
    subject = _subject(pieces[0])
    if not subject:
        return [text]
    return [pieces[0], *(_with_subject(piece, subject) for piece in pieces[1:])]


def _asking_pieces(text: str) -> list[str]:
    """`text` cut behind clauses that ask; what asks nothing goes with the clause behind it.

    Nothing is cut inside quotation marks, nor at 、 where what follows does not ask. Uncut
    where the end asks nothing.
    """
    masked = QUOTED.sub(lambda quoted: "□" * len(quoted[0]), text)
    marks = list(_MARK.finditer(masked))
    ends = [*(mark.start() for mark in marks[1:]), len(text)][: len(marks)]
    pieces = list[str]()
    start = 0
    for mark, end in zip(marks, ends, strict=True):
        goes_on = mark[0] == "、" and not ASKS.search(masked[mark.end() : end])
        if ASKS.search(masked[start : mark.start()]) and not goes_on:
            pieces.append(text[start : mark.start()])
            start = mark.end()
    return [*pieces, text[start:]] if ASKS.search(masked[start:]) else [text]


def _subject(clause: str) -> str:
    """What a clause speaks of: 国家公务员局 of 国家公务员局是哪年设的, or "" where nothing is."""
    before = _BEFORE_ASKING.match(clause)
    if before and before[0].endswith("的"):
        return before[0]
    subject = (noun_phrase(before[0]) if before else "") or topic_of(clause).subject
    return "" if "，" in subject or _CONNECTIVE.fullmatch(subject) else subject


def _with_subject(piece: str, subject: str) -> str:
    piece = _CONNECTIVE.sub("", piece)
    if match := _PRONOUN.match(piece):
        return subject + piece[match.end() :]
    own = find_places(piece)
    if piece.startswith(("《", "“")) or (own and own[0][0].start == 0):
        return piece
    return subject + piece
