"""Faulty sentences: a good one with something changed that its passages do not say.

Every fault is checked by `oracle`: what was put in stands in no way in what is cited.
"""

import re
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Final

from evals.questions import HALVES
from evals.quotations.alterations import (
    another_character,
    another_digit,
    fewer_words,
    more_words,
    synonym,
)
from evals.quotations.draws import draw, shuffled
from evals.quotations.oracle import plain
from evals.replies.candidates import NO_EVIDENCE, Candidate, Part, cited
from evals.replies.combining import (
    make_paraphrase,
    make_quoted,
    make_two_passages,
    own_unsupported,
)
from evals.replies.library import PEOPLE, Material, Shown, Statement, short_name
from evals.replies.oracle import (
    chinese_value,
    coverage,
    dates_in,
    holds_date,
    holds_name,
    missing_values,
    numbers_in,
)
from evals.replies.records import FaultKind
from evals.replies.rewording import (
    make_clauses,
    make_lead_in,
    make_verbatim,
    shuffled_statements,
)
from rag.documents import Document

Change = tuple[str, str, str]
"""The changed sentence, what stood there, what stands there now."""
Alter = Callable[[Material, Part], Iterator[Change]]

_FIXED: Final = re.compile(r"“[^“”]*”|《[^《》]*》|\[\d+\]|第[\d一二三四五六七八九十百]+")
_ARABIC: Final = re.compile(r"(?<![\d.])\d+(?:\.\d+)?(?![\d.])(?!年[^限级之]|月|日[^之内])(?!年$)")
_COUNTED: Final = re.compile(
    r"(?<![第零〇一二两三四五六七八九十百千年月])[二三四五六七八九十]+(?=[个项条种类次名家支批枚处天级])"
)
_DATE: Final = re.compile(
    r"(?<!\d)(?:((?:19|20)\d\d)年)?(?:(\d{1,2})月(?:(\d{1,2})日)?)?(?<=[年月日])"
)
_QUOTED: Final = re.compile(r"“([^“”]{5,60})”")
_MOST_COVERED: Final = 0.5
_BARELY_COVERED: Final = 0.3
_CLAUSE: Final = re.compile(r"(?:^|(?<=[，。；：]))[^，。；：“”《》（）\n]{8,30}(?=[，。；])")
_INVENTED_FRAMES: Final = (
    "文件强调，“{}”",
    "材料中写道：“{}”",
    "有关负责人指出，“{}”",
    "其中明确提出“{}”",
    "原文的表述是“{}”",
)
_QUOTING_FRAMES: Final = ("文件提出“{}”", "材料中写道：“{}”", "原文的表述是“{}”", "有关要求是“{}”")


def _bases(material: Material, document: Document, key: str) -> list[Candidate]:
    """Good sentences of several sorts, every other one written by hand where there are any."""
    written = list(make_paraphrase(material, document))
    makers = (make_verbatim, make_lead_in, make_clauses, make_two_passages)
    made = list(chain.from_iterable(make(material, document) for make in makers))
    by_text = {one.parts[0].text: one for one in made}
    others = [by_text[text] for text in shuffled(by_text, key, "others")]
    hand = {one.parts[0].text: one for one in written}
    ordered = [hand[text] for text in shuffled(hand, key, "hand")]
    mixed = [one for pair in zip(ordered, others, strict=False) for one in pair]
    return mixed + others[len(ordered) :] + ordered[len(others) :]


def _altering(kind: FaultKind, alter: Alter) -> Callable[..., Iterator[Candidate]]:
    def make(material: Material, document: Document) -> Iterator[Candidate]:
        for base in _bases(material, document, kind):
            for text, old, new in alter(material, base.parts[0]):
                part = Part(text=text, kind=kind, cites=base.parts[0].cites, note=f"{old}→{new}")
                yield Candidate(parts=(part,), base=base.base)
                break

    return make


def _free(text: str, pattern: re.Pattern[str], key: str) -> list[re.Match[str]]:
    """Matches outside quotations, titles and markers, in an order that is drawn."""
    fixed = [match.span() for match in _FIXED.finditer(text)]
    found = {
        match.span(): match
        for match in pattern.finditer(text)
        if match[0] and not any(start < match.end() and match.start() < end for start, end in fixed)
    }
    return [found[span] for span in shuffled(found, key, text)]


def _put(text: str, match: re.Match[str], new: str) -> str:
    return text[: match.start()] + new + text[match.end() :]


def another_number(_: Material, part: Part) -> Iterator[Change]:
    """A number is another, that stands nowhere in what is cited."""
    held = numbers_in(part.seen)
    for match in _free(part.text, _ARABIC, "number"):
        for new in _other_numbers(match[0], part.text):
            if float(new) not in held and f"{float(new):g}" != f"{float(match[0]):g}":
                yield _put(part.text, match, new), match[0], new
                break
    for match in _free(part.text, _COUNTED, "counted"):
        for new in shuffled("二三四五六七八九", "count", part.text):
            if float(chinese_value(new) or 0) not in held and new != match[0]:
                yield _put(part.text, match, new), match[0], new
                break


def _other_numbers(number: str, key: str) -> list[str]:
    """One digit is another, two change places, or it is off by one or by ten times."""
    places = [at for at, one in enumerate(number) if one.isdigit()]
    found = list[str]()
    for at in shuffled(places, "digit", key):
        digit = "123456789"[draw(9, "other", key, at)]
        found.append(number[:at] + digit + number[at + 1 :])
    if len(places) == len(number) > 1:
        found += [number[1] + number[0] + number[2:], f"{number}0"]
    if len(places) == len(number):
        found += [str(int(number) + 1), str(int(number) + 2)]
    wanted = [one for one in found if one[0] != "0" or "." in one]
    return [one for one in shuffled(wanted, "which", key) if one != number]


def another_date(_: Material, part: Part) -> Iterator[Change]:
    """The year, month or day of a date is another, and the date stands nowhere."""
    held = dates_in(part.seen)
    for match in _free(part.text, _DATE, "date"):
        groups = [number for number in (1, 2, 3) if match[number]]
        for group in shuffled(groups, "group", part.text):
            for new in _other_dates(int(match[group]), group, part.text):
                start, end = match.start(group), match.end(group)
                text = f"{part.text[:start]}{new}{part.text[end:]}"
                made = f"{match[0][: start - match.start()]}{new}{match[0][end - match.start() :]}"
                if not any(holds_date(date, held) for date in dates_in(made)):
                    yield text, match[0], made
                    return


def _other_dates(number: int, group: int, key: str) -> list[int]:
    near = (-2, -1, 1, 2, 5, -5, 10)
    limits = {1: (1949, 2026), 2: (1, 12), 3: (1, 28)}[group]
    steps = shuffled(near, "step", key)
    return [number + step for step in steps if limits[0] <= number + step <= limits[1]]


def _another_name(groups: Callable[[Material], tuple[tuple[str, ...], ...]], key: str) -> Alter:
    def alter(material: Material, part: Part) -> Iterator[Change]:
        pattern = re.compile("|".join(map(re.escape, material.all_names)))
        for match in _free(part.text, pattern, key):
            for group in groups(material):
                others = [] if match[0] not in group else shuffled(group, key, part.text)
                for new in others:
                    if not holds_name(part.seen, new) and new not in part.text:
                        changed = part.text.replace(match[0], new)
                        yield changed, match[0], new
                        return

    return alter


another_person: Final = _another_name(lambda material: material.names[: PEOPLE + 1], "person")
another_body: Final = _another_name(lambda material: material.names[PEOPLE + 1 :], "body")

make_number = _altering("number", another_number)
make_date = _altering("date", another_date)
make_person = _altering("person", another_person)
make_body = _altering("body", another_body)


def make_invented_quotation(material: Material, document: Document) -> Iterator[Candidate]:
    """A quotation that nobody said, by itself or behind a good clause."""
    half = HALVES.index(material.halves[document.document_id])
    lines = [one for at, one in enumerate(shuffled(material.invented, "half")) if at % 2 == half]
    shown = material.passages[document.document_id]
    for number, line in enumerate(shuffled(lines, "invented", document.source)):
        clauses = line.rstrip("。").split("，")
        words = clauses[0] if len(clauses[0]) > 9 and draw(2, "cut", line) else line.rstrip("。")
        frame = _INVENTED_FRAMES[draw(len(_INVENTED_FRAMES), document.source, number)]
        one = shown[draw(len(shown), "shown", document.source, number)]
        text = frame.format(words.replace("“", "‘").replace("”", "’"))
        if plain(words) not in plain(one.seen):
            part = Part(text=cited(text), kind="invented_quotation", cites=(one,), note=words)
            yield Candidate(parts=(part,), base=frozenset({line}))


def make_altered_quotation(material: Material, document: Document) -> Iterator[Candidate]:
    """A quotation in which a word is another, is missing, or was put in."""
    for base in make_quoted(material, document):
        part = base.parts[0]
        for match in _QUOTED.finditer(part.text):
            yield from _altered(part, match[1], part.text[: match.start(1)], base.base)
    for one in shuffled_statements(material, document, "altered"):
        for clause in shuffled(_CLAUSE.findall(one.text), "altered clause")[:1]:
            frame = _QUOTING_FRAMES[draw(len(_QUOTING_FRAMES), "altered", one.text)]
            text = cited(frame.format(clause))
            part = Part(text=text, kind="quoted", cites=(one.shown,))
            yield from _altered(part, clause, text[: text.index(clause)], frozenset({one.text}))


def _altered(part: Part, words: str, front: str, base: frozenset[str]) -> Iterator[Candidate]:
    ways = (another_character, synonym, more_words, fewer_words, another_digit)
    held = plain(part.seen)
    for number in shuffled(range(len(ways)), "way", words):
        for new in ways[number](words):
            if plain(new) not in held:
                text = front + new + part.text[len(front) + len(words) :]
                made = Part(
                    text=text, kind="altered_quotation", cites=part.cites, note=f"{words}→{new}"
                )
                yield Candidate(parts=(made,), base=base)
                return


def is_foreign(material: Material, text: str, seen: str) -> bool:
    """Whether `seen` surely does not say what a sentence says: values or most words lack."""
    missing = missing_values(text, seen, material.all_names)
    covered = coverage(text, seen)
    if not missing:
        return covered <= _BARELY_COVERED
    return covered <= _MOST_COVERED or any(map(str.isdigit, "".join(missing)))


def make_wrong_marker(material: Material, document: Document) -> Iterator[Candidate]:
    """A good sentence with the marker of another passage, of its own document or a near one."""
    here = material.passages[document.document_id]
    for base in _bases(material, document, "wrong marker"):
        part = base.parts[0]
        right, *more = part.cites
        if more:
            continue
        others = {one.key: one for one in here if one != right}
        for key in shuffled(others, "wrong", part.text):
            if is_foreign(material, part.text, others[key].seen):
                made = Part(
                    text=part.text,
                    kind="wrong_marker",
                    cites=(others[key],),
                    beside=part.cites,
                    note=f"{right.key}→{key}",
                )
                yield Candidate(parts=(made,), base=base.base)
                break


def make_missing_evidence(material: Material, document: Document) -> Iterator[Candidate]:
    """A good sentence whose marker, or one of whose markers, has no evidence."""
    for base in _bases(material, document, "missing"):
        part = base.parts[0]
        beside = bool(draw(3, "beside", part.text) == 0)
        marker = f"[1]{NO_EVIDENCE}" if beside else NO_EVIDENCE
        text = part.text.replace("[2]", "").replace("[1]", marker, 1)
        if len(part.cites) == 1:
            made = Part(
                text=text,
                kind="missing_evidence",
                cites=part.cites,
                note="另有正确编号" if beside else "",
            )
            yield Candidate(parts=(made,), base=base.base)


def make_unsupported(material: Material, document: Document) -> Iterator[Candidate]:
    """A sentence of a model's own, first of the matter, then of any."""
    half = HALVES.index(material.halves[document.document_id])
    common = [
        one
        for at, one in enumerate(shuffled(material.unsupported.get("", ()), "half"))
        if at % 2 == half
    ]
    shown = material.passages[document.document_id]
    texts = [
        *own_unsupported(material, document),
        *shuffled(common, "common", short_name(document)),
    ]
    for text in texts:
        one = shown[draw(len(shown), "unsupported", text, document.source)]
        part = Part(text=cited(text), kind="unsupported", cites=(one,))
        yield Candidate(parts=(part,), base=frozenset({text}))


def make_off_topic(material: Material, document: Document) -> Iterator[Candidate]:
    """A true sentence about something else, with a marker of this document's."""
    shown = material.passages[document.document_id]
    others = {
        one.document_id: one
        for one in material.of_half(material.halves[document.document_id])
        if one != document
    }
    for other in shuffled(others, "off topic", document.source):
        for one in shuffled_statements(material, others[other], "off topic")[:1]:
            yield from _elsewhere(material, one, shown[draw(len(shown), "off", one.text)])


def _elsewhere(material: Material, one: Statement, marked: Shown) -> Iterator[Candidate]:
    if (
        is_foreign(material, one.text, marked.seen)
        and coverage(one.text, marked.seen) <= _MOST_COVERED
    ):
        part = Part(text=cited(one.text), kind="off_topic", cites=(marked,))
        yield Candidate(
            parts=(part,),
            base=frozenset({one.text}),
            elsewhere=one.shown.document.document_id,
        )
