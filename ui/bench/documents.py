"""Synthetic documents and questions for `wence bench`: the same for the same seed.

Clauses of the built-in library are put together anew, with other figures and invented places,
so that words are spread as in real documents, but no two documents are alike.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.builtin import CORPUS

DOCUMENT_CHARACTERS = 2000

_PLACES = tuple(
    f"{first}{second}{suffix}"
    for first in "东西南北上下青白金石"
    for second in "河山林溪原桥湖岭"
    for suffix in ("市", "县", "区")
)
_TOPICS = (
    "机构改革",
    "行政审批制度改革",
    "综合行政执法改革",
    "事业单位改革",
    "基层治理改革",
    "营商环境建设",
    "政务服务改革",
    "机构编制管理",
)
_FORMS = ("工作报告", "情况通报", "实施方案", "会议讲话")
_NUMERALS = "一二三四五六七八九十"
_QUESTIONS = (
    "{place}{topic}中，{clause}是怎么规定的？",
    "{clause}涉及哪些内容？",
    "{place}{topic}共有多少项？{clause}",
    "{year}年{place}什么时候提出{clause}？",
    "为什么{clause}？",
    "{place}由谁负责{clause}？",
)
_CLAUSE = re.compile(r"[^，。；：！？、\s“”《》（）()]{4,24}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntheticDocument:
    """A document and a question that looks for it."""

    name: str
    text: str
    question: str


def library_clauses(corpus: Path = CORPUS) -> list[str]:
    """Clauses of the texts of the built-in library, in a fixed order, each once."""
    clauses = dict[str, None]()
    for path in sorted((corpus / "files").rglob("*")):
        if path.is_file():
            text = path.read_text(encoding="utf-8", errors="ignore")
            clauses.update(dict.fromkeys(_CLAUSE.findall(text)))
    return [clause for clause in clauses if re.fullmatch(r"[\u4e00-\u9fff0-9%]+", clause)]


def synthetic_document(
    clauses: Sequence[str], number: int, *, characters: int = DOCUMENT_CHARACTERS
) -> SyntheticDocument:
    """The document with this number; the same for the same clauses.

    Args:
        clauses: At least one.
        number: Seeds all choices.
        characters: It becomes about as long as this.
    """
    chance = random.Random(number)  # noqa: S311 - texts for measuring, no secrets
    place, topic = chance.choice(_PLACES), chance.choice(_TOPICS)
    year = chance.randint(1998, 2024)
    title = f"{place}{year}年{topic}{chance.choice(_FORMS)}（第{number}号）"
    date = f"{year}年{chance.randint(1, 12)}月{chance.randint(1, 28)}日"
    paragraphs = [title, f"{place}融媒体中心 {date}"]
    length = sum(map(len, paragraphs))
    section = 0
    while length < characters:
        if len(paragraphs) % 4 == 2 and section < len(_NUMERALS):
            heading = f"{_NUMERALS[section]}、{chance.choice(clauses)}"
            paragraphs.append(heading)
            section += 1
            length += len(heading)
        paragraph = "".join(_sentence(clauses, chance) for _ in range(chance.randint(3, 5)))
        paragraphs.append(paragraph)
        length += len(paragraph)
    question = chance.choice(_QUESTIONS).format(
        place=place, topic=topic, year=year, clause=chance.choice(clauses)
    )
    return SyntheticDocument(
        name=f"{number:06}.txt", text="\n".join(paragraphs) + "\n", question=question
    )


def _sentence(clauses: Sequence[str], chance: random.Random) -> str:
    chosen = [chance.choice(clauses) for _ in range(chance.randint(2, 4))]
    if chance.random() < 0.3:
        chosen.append(f"共{chance.randint(2, 98)}{chance.choice('个项家名')}")
    return "，".join(chosen) + "。"


def write_documents(
    folder: Path, clauses: Sequence[str], numbers: range
) -> list[SyntheticDocument]:
    """Write the documents with these numbers as text files into a new folder."""
    folder.mkdir(parents=True)
    documents = [synthetic_document(clauses, number) for number in numbers]
    for document in documents:
        (folder / document.name).write_text(document.text, encoding="utf-8")
    return documents
