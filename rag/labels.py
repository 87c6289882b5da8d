"""Labels as forms, tables and records have them: 责任单位：市发展改革委.

A label says what stands behind it in so few words that models of sentences see no answer
there. Where a question asks for the very thing that the label names, it is one.
"""

import re

from rag.text import fold

_LABEL = re.compile(
    r"[-—·•*\s]*(?:[(（]?[\d一二三四五六七八九十]{1,3}[)）.、]\s*)?([^:：，。；;!！?？\s]{2,12})\s*[:：]"
)
# What may stand between the name of a thing and the end of a question that asks for it.
_ASKS_FOR_IT = re.compile(
    r"(?:的?(?:结果|情况|内容|信息))?(?:分别|各|都)?(?:是|为|有|在|叫)?"
    r"(?:什么|多少.{0,6}|谁|哪.{0,4}|几.{0,2}|怎么样|怎样|如何)?(?:的|呢|吗)?\W*$"
)


def label_of(sentence: str) -> str:
    """The label that a sentence begins with, folded; empty where it begins with none."""
    match = _LABEL.match(sentence)
    return fold(match.group(1)) if match else ""


def asks_for(question: str, label: str) -> bool:
    """Whether a question ends by asking for what `label` names; never for an empty label."""
    if not label:
        return False
    before, found, behind = fold(question).rpartition(label)
    return bool(found and before and _ASKS_FOR_IT.match(behind))
