"""Good sentences that put several of the passages' together, and those written by hand."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from evals.quotations.draws import draw, shuffled
from evals.replies.candidates import Candidate, Part, cited
from evals.replies.library import Material, Statement, short_name
from evals.replies.rewording import shuffled_statements
from rag.documents import Document

_YEAR: Final = re.compile(r"(?<!\d)((?:19|20)\d\d)年(?!代|底|春|冬|《)")
_PLACE: Final = re.compile(
    r"(二七区|市中区|青石区|松屏区|望溪县|临渚县|忻州市|郑州市|澄湖市|云川市)"
    r"(?=[把要在对推提为综建人一完公清改已共的])"
)
_LISTED: Final = re.compile(r"^(.{6,60}?)：([^：；。，“”]+(?:、[^：；。，、“”]+){2,})。$")
_NUMBERED: Final = re.compile(r"^(.{6,60}?)：(一是.+)。$")
_LINKS: Final = ("，同时", "；", "；此外，", "，而")
_FRAMES: Final = ("文件提出“{}”", "材料中的表述是“{}”", "有关要求概括为“{}”", "原文写道：“{}”")
_QUOTABLE: Final = re.compile(r"(?<=[，：；])[^，。；：“”《》（）\n]{8,24}(?=[，。；])")
_BULLETS: Final = ("{number}. {item}", "- {item}", "（{number}）{item}", "• {item}")
_OPENINGS: Final = ("具体包括：", "主要内容如下：", "具体内容如下：", "分述如下：")
_MOST_LINES: Final = 4


def make_two_passages(material: Material, document: Document) -> Iterator[Candidate]:
    """A sentence of one passage and one of another in one, with both markers."""
    for one, other in pairwise(shuffled_statements(material, document, "two passages")):
        if one.shown == other.shown or len(one.text) + len(other.text) > 150:
            continue
        link = _LINKS[draw(len(_LINKS), "link", one.text)]
        first, second = one.text.removesuffix("。"), other.text.removesuffix("。")
        apart = draw(2, "apart", one.text)
        text = f"{first}[1]{link}{second}[2]。" if apart else f"{first}{link}{second}[1][2]。"
        part = Part(text=text, kind="two_passages", cites=(one.shown, other.shown))
        yield Candidate(parts=(part,), base=frozenset({one.text, other.text}))


def make_reference(material: Material, document: Document) -> Iterator[Candidate]:
    """A sentence, and one that says 同年 or 该区 for what the first has named."""
    statements = material.statements_of(document)
    for one, other in pairwise(statements):
        text = _referring(one.text, other.text)
        if text is not None:
            first = Part(text=cited(one.text), kind="verbatim", cites=(one.shown,))
            second = Part(text=cited(text), kind="reference", cites=(other.shown,))
            yield Candidate(parts=(first, second), base=frozenset({one.text, other.text}))


def _referring(before: str, text: str) -> str | None:
    place = _PLACE.match(text)
    if place and place[1] in before and text.count(place[1]) == 1:
        kind = place[1][-1]
        return f"该{kind}{text[place.end() :]}"
    year = _YEAR.search(text)
    years = set(_YEAR.findall(before))
    if year and years == {year[1]} and len(_YEAR.findall(text)) == 1:
        in_front = text[: year.start()]
        if not in_front or in_front[-1] in "，；":
            return f"{in_front}同年{text[year.end() :]}"
    return None


def make_paraphrase(material: Material, document: Document) -> Iterator[Candidate]:
    """One written by hand."""
    for one in material.paraphrases_of(document):
        part = Part(text=one.text, kind="paraphrase", cites=one.rests_on)
        yield Candidate(parts=(part,), base=frozenset({one.text}))


def make_list(material: Material, document: Document) -> Iterator[Candidate]:
    """An enumeration or neighbouring sentences as lines, behind a line that opens the list."""
    for one in shuffled_statements(material, document, "list"):
        listed, counted = _LISTED.match(one.text), _NUMBERED.match(one.text)
        items = list[str]()
        if counted:
            items = [item for item in re.split(r"[，；]?[一二三四五]是", counted[2]) if item]
        elif listed:
            items = listed[2].split("、")
        opening = counted or listed
        if opening and 2 <= len(items) <= _MOST_LINES:
            yield _as_lines(one, opening[1], items)


def _as_lines(one: Statement, opening: str, items: list[str]) -> Candidate:
    bullet = _BULLETS[draw(len(_BULLETS), "bullet", one.text)]
    with_marker = draw(2, "opening", one.text)
    lead = f"{opening}[1]：" if with_marker else _OPENINGS[draw(len(_OPENINGS), "lead", one.text)]
    lines = [
        Part(
            text=f"{bullet.format(number=number, item=item.strip('，；'))}[1]"
            + ("。" if number == len(items) else "；"),
            kind="list",
            cites=(one.shown,),
        )
        for number, item in enumerate(items, start=1)
    ]
    first = Part(text=lead, kind="list_opening", cites=(one.shown,))
    return Candidate(parts=(first, *lines), base=frozenset({one.text}))


def make_quoted(material: Material, document: Document) -> Iterator[Candidate]:
    """A sentence that has quoted terms, or a clause of one between quotation marks."""
    for one in shuffled_statements(material, document, "quoted"):
        if re.search("“[^“”]{2,}”|《[^《》]{2,}》", one.text):
            lead = material.lead_ins[draw(len(material.lead_ins), "quoted", one.text)]
            plainly = draw(2, "plainly", one.text) or one.text[0] in "“按根据"
            yield _quoting(one, one.text if plainly else lead + one.text)
        for clause in shuffled(_QUOTABLE.findall(one.text), "clause")[:1]:
            frame = _FRAMES[draw(len(_FRAMES), "frame", one.text)]
            yield _quoting(one, frame.format(clause))


def _quoting(one: Statement, text: str) -> Candidate:
    part = Part(text=cited(text), kind="quoted", cites=(one.shown,))
    return Candidate(parts=(part,), base=frozenset({one.text}))


def own_unsupported(material: Material, document: Document) -> tuple[str, ...]:
    """The sentences that say of this document's matter what it does not."""
    return material.unsupported.get(short_name(document), ())
