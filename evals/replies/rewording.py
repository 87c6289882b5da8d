"""Good sentences that say a sentence of a passage in slightly other words."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from evals.quotations.alterations import synonyms
from evals.quotations.draws import draw, shuffled
from evals.replies.candidates import Candidate, Part, cited
from evals.replies.library import Material, Statement
from evals.replies.records import GoodKind
from rag.documents import Document

# In a policy text these say something else than their synonyms, or stand inside of names.
_NOT_THE_SAME: Final = frozenset(
    "监督 人员 企业 任务 问题 评估 主要 审议 需要 要求 统一 研究 明确 协调 及时 部门 整合 集中 "
    "增加 完成 规定 提出 主持 清理 公开 批准 组建 全部 已经 提供 安排 支持".split()
)
_INSIDE: Final = re.compile(r"“[^“”]*”|《[^《》]*》|负责人|负责同志|合并设立|调查处置")
_HEAD: Final = re.compile(
    r".{2,40}?(?:改革之后，|改革之后|改革以后，|条例》规定，|条例》|方案》要求，|年改革|国务院机构改革|"
    r"全会|清单|委员会|监管总局|数据局|二七区|市中区|忻州市|郑州市|某区|松屏区|望溪县|临渚县|澄湖市|"
    r"青石区|云川市|事业单位|行政审批局)"
)
_BROKEN: Final = re.compile(r"[的和之是、与及等》”共，。；：]|(?:提出|规定|要求)，")
_SPLIT: Final = re.compile(r"，(?=并|同时|其中|而|从而|目的)|；")
_COUNTED: Final = re.compile(
    r"(?<![第一二三四五六七八九十零百千两〇益\d])"
    r"([二三四五六七八九]|十[一二三四五六七八九]?)(?=[个项条种类次名家支届年批步级枚处])(?!年代|次会议|届|个意识|个自信)"
)
_ARABIC: Final = re.compile(r"(?<![\d.第年])([2-9]|1\d)(?=[个项条种类次名家支批枚处])")
_PERCENT: Final = re.compile(r"(?<![\d.])(\d{1,2})%")
_FULL_DATE: Final = re.compile(r"(?<!\d)((?:19|20)\d\d年\d{1,2}月)\d{1,2}日(?:[上下]午)?(?!至)")
_DIGITS: Final = "零一二三四五六七八九"


def in_chinese(number: int) -> str:
    """A number below 100 in Chinese characters."""
    tens, ones = divmod(number, 10)
    leading = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return leading + (_DIGITS[ones] if ones or not tens else "")


def in_arabic(numeral: str) -> str:
    """二 → 2, 十六 → 16."""
    tens, found, ones = numeral.rpartition("十")
    if not found:
        return str(_DIGITS.index(numeral))
    return str((_DIGITS.index(tens) if tens else 1) * 10 + (_DIGITS.index(ones) if ones else 0))


def _single(kind: GoodKind, text: str, statement: Statement) -> Candidate:
    return Candidate(
        parts=(Part(text=cited(text), kind=kind, cites=(statement.shown,)),),
        base=frozenset({statement.text}),
    )


def make_verbatim(material: Material, document: Document) -> Iterator[Candidate]:
    """A sentence as it stands."""
    for statement in shuffled_statements(material, document, "verbatim"):
        yield _single("verbatim", statement.text, statement)


def shuffled_statements(material: Material, document: Document, key: str) -> list[Statement]:
    """The sentences of a document in an order that is drawn."""
    statements = {one.text: one for one in material.statements_of(document)}
    return [statements[text] for text in shuffled(statements, key)]


def make_lead_in(material: Material, document: Document) -> Iterator[Candidate]:
    """A sentence with words in front that lead to it; or two as 一是, 二是."""
    statements = shuffled_statements(material, document, "lead-in")
    for number, one in enumerate(statements):
        if one.text.startswith(("根据", "按照", "据", "同时", "此外", "另外", "“")):
            continue
        lead = material.lead_ins[draw(len(material.lead_ins), "lead-in", one.text)]
        other = statements[number - 1]
        if other.shown == one.shown and other != one and draw(2, "enumerated", one.text):
            text = f"{lead}一是{one.text.removesuffix('。')}；二是{other.text}"
            part = Part(text=cited(text), kind="lead_in", cites=(one.shown,))
            yield Candidate(parts=(part,), base=frozenset({one.text, other.text}))
        else:
            yield _single("lead_in", lead + one.text, one)


def make_clauses(material: Material, document: Document) -> Iterator[Candidate]:
    """Two sentences that begin alike put together; or the end of one left out."""
    for one, other in pairwise(material.statements_of(document)):
        head = _shared_head(one.text, other.text) if one.shown == other.shown else ""
        rest = other.text[len(head) :]
        if head and len(rest) > 6 and not _BROKEN.match(rest):
            part = Part(
                text=cited(f"{one.text.removesuffix('。')}，{rest}"),
                kind="clauses",
                cites=(one.shown,),
            )
            yield Candidate(parts=(part,), base=frozenset({one.text, other.text}))
    for one in shuffled_statements(material, document, "clauses"):
        kept = _SPLIT.split(one.text)[0]
        paired = all(
            kept.count(first) == kept.count(last) for first, last in ("“”", "《》", "（）")
        )
        if paired and 14 <= len(kept) < len(one.text) - 4 and "：" not in kept:
            yield _single("clauses", kept, one)


def _shared_head(one: str, other: str) -> str:
    heads = [match[0] for match in _HEAD.finditer(one)]
    ends = [sum(map(len, heads[: number + 1])) for number in range(len(heads))]
    return max((one[:end] for end in ends if other.startswith(one[:end])), key=len, default="")


def make_synonym(material: Material, document: Document) -> Iterator[Candidate]:
    """One word or two are others of the same meaning."""
    words = {old: new for old, new in synonyms().items() if old not in _NOT_THE_SAME}
    for one in shuffled_statements(material, document, "synonym"):
        fixed = [match.span() for match in _INSIDE.finditer(one.text)]
        places = [
            (match.start(), old)
            for old in words
            for match in re.finditer(old, one.text)
            if not any(start <= match.start() < end for start, end in fixed)
        ]
        chosen = sorted(shuffled(places, "synonym", one.text)[: 1 + draw(2, "two", one.text)])
        text = one.text
        for at, old in reversed(chosen):
            text = text[:at] + words[old] + text[at + len(old) :]
        if chosen:
            yield _single("synonym", text, one)


def make_numeral(material: Material, document: Document) -> Iterator[Candidate]:
    """Numerals are written the other way, or a date without its day."""
    for one in shuffled_statements(material, document, "numeral"):
        text = _outside_quotations(one.text)
        if text != one.text:
            yield _single("numeral", text, one)


def _outside_quotations(text: str) -> str:
    pieces = re.split(r"(“[^“”]*”|《[^《》]*》)", text)
    return "".join(piece if piece[:1] in {"“", "《"} else _rewritten(piece) for piece in pieces)


def _rewritten(text: str) -> str:
    shortened = _FULL_DATE.sub(r"\1", text)
    percent = _PERCENT.sub(lambda match: f"百分之{in_chinese(int(match[1]))}", shortened)
    counted = _COUNTED.sub(lambda match: in_arabic(match[1]), percent)
    if counted != percent:
        return counted
    return _ARABIC.sub(lambda match: _before_a_measure(int(match[1])), percent)


def _before_a_measure(number: int) -> str:
    return "两" if number == 2 else in_chinese(number)
