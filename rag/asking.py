"""Questions that a document answers, read off its own sentences.

What a sentence leaves to those around it is put in first (我市 is 忻州市, 本条例 has a name); what
leans on them otherwise gives no question. What comes out is asked before anybody sees it:
`rag.suggestions`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rag.asking_rules import ORGANISATION, QUOTED, RULES, Asked, Made, Sentence, Setting
from rag.documents import Document, Kind, Level
from rag.people import find_people
from rag.places import find_places
from rag.text import Span, sentence_spans

RULES_VERSION: Final = "2"
"""To be raised whenever other questions come out: what was kept of former ones is then void."""

_SHORTEST: Final = 7
_LONGEST: Final = 42
_LONGEST_REPORT: Final = 20
_SENTENCE: Final = 260
_DOCUMENT: Final = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A question with the sentence that it was made of.

    Attributes:
        span: The sentence in the document's text: whoever answers the question cites it.
        told: The words of it that answer.
    """

    question: str
    asked: Asked
    span: Span
    told: str


# What makes a sentence lean on others: no question can be made of it.
_LEANING = re.compile(
    r"^(?:[但而且也又还即如并其此这那该据他她它为若由对从以因]|在此|同时|另外|此外|其中|因此|所以|然而|不过|随后|接着|"
    r"会议|会上|会后|最后|首先|其次|目前|现在|当前|一是|二是|三是|四是|五是|第[一二三四五六七八九十]|"
    r"[（(][一二三四五六七八九十\d]|\d{1,2}[.、．]|[一二三四五六七八九十]{1,2}、|来源|记者|责任编辑|编辑|图|表|注)"
    r"|[我本咱]|[这那该此](?:个|些|次|项|里|样|种|份|部|是|一)|该|他们|她|上述|以上|以下|如下|前者|后者|两者|二者|"
    r"今年|去年|明年|昨[天日]|今[天日]|近日|日前|当[天日时年]|同[日年月]|[上本下]月|不久|刚刚|前述|下列|同志们|"
    r"大家|您|你|☆|■|●|http|www|其中|另有|[^\u4e00-\u9fff]\d+[^\u4e00-\u9fff\d.,%，、]"
)
_OPENING = re.compile(
    r"^(?:【[^】]*】|本报讯|央视网消息|新华社\S{2,8}电|\([^)]*\)|（[^）]*）|[：:]|\s)+"
)
_ARTICLE = re.compile(r"^第[一二三四五六七八九十百零〇\d]+条(?:之[一二三四五六七八九十])?\s*")
_BRACKETED = re.compile(r"[（(][^（）()]{1,30}[）)]")
# A clause that only leads up to the next, what is told beside something else, a doubled name.
_UNFIT = re.compile(
    "(?:[中里时前后外]|以来|之间|之际)？$|[又也还再]|统计，|的提法|[一二两三四五六七八九十半]年(?:来|间|多)|(?P<twice>[\u4e00-\u9fff]{2,6}[省市县区]).{0,3}(?P=twice)"
)


def candidates(document: Document) -> list[Candidate]:
    """Questions that the document's sentences answer, in the order of these, no question twice.

    Nothing comes of a sentence that leans on others, or of which a question would be too long.
    Empty for a document whose sentences are all of this sort.
    """
    setting = _setting_of(document)
    headings = {(one.span.start, one.span.end) for one in document.headings}
    found = dict[str, Candidate]()
    for span in sentence_spans(document.text, within=Span(0, min(len(document.text), _DOCUMENT))):
        if len(span) > _SENTENCE or (span.start, span.end) in headings:
            continue
        for question, asked, told in _made(document.text, span, setting):
            found.setdefault(
                question, Candidate(question=question, asked=asked, span=span, told=told)
            )
    return list(found.values())


def _setting_of(document: Document) -> Setting:
    metadata = document.metadata
    place = metadata.place
    name = place.name if place is not None and place.level is not Level.NATION else ""
    return Setting(
        place=name,
        title=re.sub(r"^【[^】]*】|[（(][^（）()]*[）)]$", "", metadata.title).strip("《》 "),
        is_law=metadata.kind is Kind.LAW
        or bool(re.search("(?:条例|办法|规定|细则|法)$", metadata.title)),
        event=_event_of(document.text, name),
        report=_report_of(document, name),
    )


def _report_of(document: Document, place: str) -> str:
    """What a report on a year's work is called: 2025年辽宁省政府工作报告; empty for the rest."""
    metadata = document.metadata
    title = metadata.title.strip("《》 ")
    if metadata.kind is not Kind.REPORT or not title.endswith("政府工作报告"):
        return ""
    if re.match(r"\d{4}年", title):
        return title if len(title) <= _LONGEST_REPORT else ""
    date = metadata.published_date or metadata.event_date
    return f"{date.year}年{place}政府工作报告" if place and date and date.year else ""


_EVENT = re.compile(
    r"(?:召开|举行|举办)了?(?P<name>[^，,。；;：:“”、（）()\s]{2,24}?"
    r"(?:大会|会议|座谈会|动员会|推进会|全会|协商会|现场会|部署会|调度会))(?=[，,。；;、]|$)"
)


def _event_of(text: str, place: str) -> str:
    """What a news item reports of, with its place: 忻州市机构改革动员大会; else empty."""
    matches = {match["name"] for match in _EVENT.finditer(text[:600])}
    if len(matches) != 1 or not place:
        return ""
    name = re.sub("^(?:全[市县区省]|[市县区省](?!委|政府|人大|政协|纪委))", "", matches.pop())
    return name if place in name or not name else place + name


def _made(whole: str, span: Span, setting: Setting) -> Iterator[Made]:
    text = _standing_alone(span.of(whole), setting)
    if not text:
        return
    sentence = Sentence(
        text=text, people=tuple(find_people(text)), setting=setting, whole=whole, span=span
    )
    for rule in RULES:
        for question, asked, told in rule(sentence):
            if _is_askable(question, setting):
                yield question, asked, told


def _standing_alone(original: str, setting: Setting) -> str:
    """The sentence without its end and with names for 我市 and 本办法; empty where it leans."""
    text = _OPENING.sub("", original).rstrip("。！!").strip()
    text = re.sub(r"(?<=\D),(?=\D)", "，", text)
    if setting.is_law:
        text = _ARTICLE.sub("", text)
        text = re.sub("^本(?:条例|办法|规定|细则|法|意见|方案)", f"《{setting.title}》", text)
    if setting.place and setting.place not in text:
        level = setting.place[-1]
        text = re.sub(
            f"^{level}(?=委|政府|政务|政协|人大|[\u4e00-\u9fff]{{2,6}}局)", setting.place, text
        )
        text = re.sub(f"[我本全]{level}(?![委政人直里内域长])", setting.place, text, count=1)
    if re.search("[？?…—\n\t]|——", text) or text.count("“") != text.count("”"):
        return ""
    if re.search("[《（(“][^》）)”]*$", text) or _LEANING.search(text):
        return ""
    return _BRACKETED.sub("", text)


def _is_askable(question: str, setting: Setting) -> bool:
    """Whether a question has a fit length and names something that is not everywhere."""
    if not _SHORTEST <= len(question) <= _LONGEST:
        return False
    if question.count("“") != question.count("”") or question.count("《") != question.count("》"):
        return False
    if _UNFIT.search(question):
        return False
    return bool(
        QUOTED.search(question)
        or ORGANISATION.search(question)
        or (setting.place and setting.place in question)
        or find_places(question)
    )
