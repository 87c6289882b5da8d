"""Questions made of policy texts themselves, by pattern: what the question sets do not have.

CMRC and SQuAD ask of encyclopedias. Readers of policy ask what a term means, what the four
points are, how many, when, and who presided. Where a sentence states such a thing in so many
words, the question it answers can be written down from it.
"""

import json
import lzma
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy

from evals.fitting.evidence_examples import Asked, AskedText
from rag.text import Span, sentence_spans

FILES = (
    "news_xwlb.jsonl.xz",
    "news_crud.jsonl.xz",
    "reports_city_gov.jsonl.xz",
    "reports_national_pre2013.jsonl.xz",
    "articles_discipline.jsonl.xz",
)
# Counts and dates are everywhere in news; without quotas they would drown the rest.
QUOTAS = {"meaning": 2000, "list": 1200, "number": 700, "date": 700, "person": 700}
_NUMERALS = "两二三四五六七八九十"

_DEFINED = re.compile(
    r"(?:^|[，。；：\n])(?:所谓|这里的|这里所说的)?[“]?(?P<term>[\u4e00-\u9fff、]{2,10})[”]?"
    r"[，,]?(?:是指|指的是|就是指|即指|主要是指)"
)
_LISTED = re.compile(
    rf"[“]?(?P<term>[{_NUMERALS}](?:个|项|大|条)?[\u4e00-\u9fff]{{2,4}})[”]?"
    rf"(?:是|为|即|，即|包括|分别是|是指|指的是|：)[^。]{{2,20}}、[^。]{{2,20}}"
)
_COUNTED = re.compile(
    r"(?P<before>[\u4e00-\u9fff]{4,16})(?P<number>\d+(?:\.\d+)?(?:余|多)?[万亿]?)"
    r"(?P<unit>[个名家人项次件条所座支类届公元亩吨户村])(?P<after>[\u4e00-\u9fff]{0,8})"
)
_DATED = re.compile(
    r"(?P<date>(?:\d{4}年)?\d{1,2}月\d{1,2}日)(?:上午|下午|晚)?，?(?P<event>[\u4e00-\u9fff“”]{6,26}?)"
    r"(?P<verb>召开|举行|开幕|闭幕|成立|印发|发布|公布|施行|启动|揭牌|开工|投产)"
)
_PRESIDED = re.compile(
    r"(?P<person>[\u4e00-\u9fff]{2,4})(?P<verb>主持(?:召开|会议|了)?|出席|作动员讲话|宣读|致辞|作报告)"
    r"(?P<event>[\u4e00-\u9fff]{0,14})"
)
_ASK_MEANING = (
    "什么是{0}？",
    "{0}是什么意思？",
    "{0}指什么？",
    "{0}指的是什么？",
    "{0}的含义是什么？",
)
_ASK_LIST = ("{0}是什么？", "{0}包括哪些？", "{0}指什么？", "{0}是哪{1}？", "{0}的内容是什么？")
_ASK_DATE = ("{0}是什么时候{1}的？", "{0}什么时候{1}？", "{0}哪一天{1}？", "{0}于何时{1}？")


def _questions(
    sentence: str, title: str, choose: numpy.random.Generator
) -> Iterator[tuple[str, str]]:
    """(kind, question) for each thing that a sentence states in so many words."""

    def pick(options: Sequence[str]) -> str:
        return options[int(choose.integers(len(options)))]

    if match := _DEFINED.search(sentence):
        yield "meaning", pick(_ASK_MEANING).format(_quoted(match.group("term"), choose))
    if match := _LISTED.search(sentence):
        term = match.group("term")
        yield "list", pick(_ASK_LIST).format(_quoted(term, choose), term[:2])
    if match := _COUNTED.search(sentence):
        unit, after = match.group("unit"), match.group("after")
        yield "number", f"{match.group('before')}多少{unit}{after}？"
    if match := _DATED.search(sentence):
        yield "date", pick(_ASK_DATE).format(match.group("event"), match.group("verb"))
    if match := _PRESIDED.search(sentence):
        yield "person", _who(match, title)


def _who(match: re.Match[str], title: str) -> str:
    verb, event = match.group("verb"), match.group("event")
    return f"{title}，由谁{verb}{event}？" if title and len(event) < 4 else f"谁{verb}{event}？"


def _quoted(term: str, choose: numpy.random.Generator) -> str:
    return f"“{term}”" if choose.random() < 0.5 else term


def read_documents(path: Path) -> Iterator[tuple[str, str]]:
    """(title, text) of each line; the text may be empty."""
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            item = json.loads(line)
            yield str(item.get("title", "")), str(item["text"])


def _made(
    folder: Path, choose: numpy.random.Generator
) -> Iterator[tuple[tuple[str, str], str, str, Span]]:
    """((title, text), kind, question, the sentence that answers it), for every pattern found."""
    for name in FILES:
        for title, text in read_documents(folder / name):
            for span in sentence_spans(text):
                for kind, question in _questions(span.of(text), title, choose):
                    yield (title, text), kind, question, span


def policy_texts(folder: Path, choose: numpy.random.Generator) -> Iterator[AskedText]:
    """Policy texts, each with a question that one of its sentences answers.

    Args:
        folder: With FILES.
        choose: Decides wordings, and which are taken where there are more than QUOTAS.
    """
    by_kind = {kind: list[tuple[tuple[str, str], str, Span]]() for kind in QUOTAS}
    for document, kind, question, sentence in _made(folder, choose):
        by_kind[kind].append((document, question, sentence))
    for kind, made in by_kind.items():
        for i in choose.permutation(len(made))[: QUOTAS[kind]]:
            (title, text), question, sentence = made[i]
            asked = Asked(question=question, answer=sentence, exact=False)
            yield AskedText(title=title, text=text, asked=[asked], source="policy")
