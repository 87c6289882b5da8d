"""Alterations that make a quotation another one, as writers and typists make them."""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

from evals.quotations.cutting import Made, stretches
from evals.quotations.disguises import cut_at_clauses, mixed
from evals.quotations.draws import draw, shuffled
from evals.quotations.oracle import are_variants
from evals.quotations.records import FOLDER, read_text
from rag.documents import Document
from rag.text import Span

Alteration = Callable[[str], Iterator[str]]
"""A text → the text altered in one place, in several ways, the first to be preferred."""

_COMMON: Final = (
    "的是在有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产"
    "种面而方后多定行学法所民得经进着等部度家电力里如水化高自理起小物现实加量都两体制机当使点从业本去把"
    "性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比"
)
_COUNTS: Final = "一二三四五六七八九十"
_COUNTED: Final = re.compile(rf"[{_COUNTS}](?=[个项条种类次名句件步级家])")
_SHORT: Final = re.compile(r"(?<=[，。；\n])[^，。；：、\n“”《》（）|]{8,14}(?=[，。；])")
_YEAR: Final = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_ADVERBS: Final = ("全面", "切实", "进一步", "认真", "坚决", "着力", "统筹", "依法", "及时")
_VERBS: Final = re.compile(
    "推进|推行|加强|建立|组建|整合|承担|负责|公布|印发|完成|落实|提出|开展|实行|"
    "减少|清理|调整|保留|确定|办理|审议|批准|解决|公开|提高|做好|列出|写明|集中|撤销|增加|改为"
)
_MODIFIERS: Final = re.compile(
    "原则上|一般|全部|统一|逐步|基本|共同|直接|依法|及时|逐项|分别|继续|只有|已经|主要|严格|首次|"
    "第一次|全区|全市|全县|当天|每年|各级|有关|相关|明确|自行|单独|重新|同时|规模较大的|的"
)
_LAST_WORDS: Final = (
    "机构 部门 意见 改革 管理 工作 领导 监督 服务 职责 编制 审批 实施 落实 完成 公布 负责 批准 "
    "机关 单位 人员 事项 任务 制度 条件 要求 标准 责任 办法 方案 规定 决定 通知 经费 乡镇 企业 群众"
).split()
_ENDING: Final = re.compile("(" + "|".join(_LAST_WORDS) + r")(?=[，。；])")


@lru_cache(maxsize=4)
def confusions(folder: Path = FOLDER) -> dict[str, str]:
    """Character → one that is written for it by mistake, both ways."""
    pairs = read_text(folder / "confusions.txt").split()
    return {one: other for pair in pairs for one, other in (pair, pair[::-1])}


@lru_cache(maxsize=4)
def synonyms(folder: Path = FOLDER) -> dict[str, str]:
    """Word → one of much the same meaning."""
    lines = read_text(folder / "synonyms.txt").splitlines()
    pairs = [line.split() for line in lines]
    return {pair[0]: pair[1] for pair in pairs}


def another_character(text: str) -> Iterator[str]:
    """One Chinese character is another, common one: every other time one that is confused."""
    places = [at for at, one in enumerate(text) if "\u4e00" <= one <= "\u9fff"]
    mistaken = [at for at in places if text[at] in confusions()]
    wanted = mistaken if mistaken and draw(2, "mistaken", text) else places
    for at in shuffled(wanted, "character", text)[:4]:
        drawn = _COMMON[draw(len(_COMMON), "common", text, at)]
        other = confusions()[text[at]] if wanted is mistaken else drawn
        if not are_variants(other, text[at]):
            yield text[:at] + other + text[at + 1 :]


def another_digit(text: str) -> Iterator[str]:
    """One digit, of a year the last, or one numeral before what it counts, is another."""
    years = {at for match in _YEAR.finditer(text) for at in range(match.start(), match.end() - 1)}
    digits = [at for at, one in enumerate(text) if one in "0123456789" and at not in years]
    counts = [match.start() for match in _COUNTED.finditer(text)]
    for at in shuffled(digits + counts, "digit", text)[:4]:
        choice = "123456789" if text[at].isascii() else _COUNTS[1:-1]
        other = choice[draw(len(choice), "other digit", text, at)]
        if other != text[at]:
            yield text[:at] + other + text[at + 1 :]


def another_order(text: str) -> Iterator[str]:
    """Two neighbouring clauses, or items of a list, change places."""
    for mark in shuffled(("，", "、", "；"), "mark", text):
        for match in re.finditer(rf"[^，、；。：“”（）\n]+(?:{mark}[^，、；。：“”（）\n]+)+", text):
            items = match[0].split(mark)
            at = draw(len(items) - 1, "order", match[0])
            if items[at] != items[at + 1] and min(map(len, items[at : at + 2])) > 1:
                items[at : at + 2] = items[at + 1], items[at]
                yield text[: match.start()] + mark.join(items) + text[match.end() :]


def fewer_words(text: str) -> Iterator[str]:
    """A clause, an item or a modifier is missing and nothing marks the gap."""
    modifiers = [match.span() for match in _MODIFIERS.finditer(text)]
    clauses = [
        match.span() for match in re.finditer(r"(?<=[，、；])[^，、；。：“”]+[，、；]", text)
    ]
    chosen = clauses if clauses and draw(2, "fewer", text) else modifiers
    for start, end in shuffled(chosen, "fewer", text)[:3]:
        if start > 3 and end < len(text) - 3:
            yield text[:start] + text[end:]


def more_words(text: str) -> Iterator[str]:
    """An adverb is added before a verb."""
    places = [match.start() for match in _VERBS.finditer(text) if match.start() > 3]
    for at in shuffled(places, "more", text)[:3]:
        adverb = _ADVERBS[draw(len(_ADVERBS), "adverb", text, at)]
        if text[at - len(adverb) : at] != adverb:
            yield text[:at] + adverb + text[at:]


def synonym(text: str) -> Iterator[str]:
    """A word is one of much the same meaning."""
    places = [
        (at, word)
        for word in synonyms()
        for at in [match.start() for match in re.finditer(word, text)]
    ]
    for at, word in shuffled(places, "synonym", text)[:4]:
        yield text[:at] + synonyms()[word] + text[at + len(word) :]


def altering(alteration: Alteration, name: str) -> Callable[[Document], Iterator[Made]]:
    """A maker of quotations that are altered so."""

    def make(document: Document) -> Iterator[Made]:
        for span in stretches(document, name, longest=120):
            for text in alteration(span.of(document.text)):
                yield Made(text=text, source=span)

    return make


def make_short(document: Document) -> Iterator[Made]:
    """A clause of 8 to 14 characters with one that is another."""
    found = [match.span() for match in _SHORT.finditer(document.text)]
    for start, end in shuffled(found, "short", document.metadata.title):
        for text in another_character(document.text[start:end]):
            yield Made(text=text, source=Span(start, end))


def several(text: str) -> Iterator[str]:
    """Three alterations of different sorts, as of somebody who quotes from memory."""
    sorts = (another_character, another_order, fewer_words, more_words, synonym)
    altered = text
    for number in shuffled(range(len(sorts)), "several", text)[:3]:
        altered = next(sorts[number](altered), altered)
    yield altered


def make_disguised(document: Document) -> Iterator[Made]:
    """One character or digit is another, and the rest is written another way."""
    for span in stretches(document, "disguised", longest=120):
        text = span.of(document.text)
        alteration = (another_character, another_digit)[draw(2, "disguised", text)]
        for altered in alteration(text):
            yield Made(text=mixed(altered, text), source=span)


def make_another_ending(document: Document) -> Iterator[Made]:
    """The quotation stops at the end of a clause, and its last word is another."""
    for span in stretches(document, "ending", longest=120):
        text = span.of(document.text)
        places = [match.span() for match in _ENDING.finditer(text) if match.start() >= 10]
        for start, end in shuffled(places, "ending", text)[:2]:
            other = _LAST_WORDS[draw(len(_LAST_WORDS), "last word", text, start)]
            if other != text[start:end]:
                source = Span(span.start, span.start + end)
                yield Made(text=f"{text[:start]}{other}。", source=source)


def make_altered_ellipsis(document: Document) -> Iterator[Made]:
    """Words left out and marked as such, but the rest in another order or with a mistake."""
    for span in stretches(document, "altered ellipsis"):
        text = span.of(document.text)
        kept = cut_at_clauses(text)
        if not kept:
            continue
        if draw(2, "altered ellipsis", text):
            yield Made(text="……".join(reversed(kept)), source=span)
        else:
            for other in another_character(kept[-1]):
                yield Made(text="……".join([*kept[:-1], other]), source=span)
