"""A follow-up question → a question that stands alone, by a chat model.

The model is asked only where the rules of `rag.followups` find that something is missing, and
its question is taken only where code finds nothing in it that was not said; else the rules' is.
What was said, answers with words of documents in them, is data to the model, and may mislead it:
a question that names what nobody named, drops what was asked, or speaks to a model is refused.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rag.claims import MARKER, UNSUPPORTED_MARK
from rag.documents import Turn
from rag.entailment import Entailment, Evidence
from rag.errors import ChatModelError
from rag.ordinals import ORDINAL
from rag.phrases import INTERROGATIVE, words_of
from rag.prompting import Prompt, rewriting_prompt
from rag.scopes import place_spans
from rag.text import comparable, fold

LONGEST: Final = 150
"""Code points of a question that a model may write."""
_TURNS: Final = 8
_READ: Final = {"user": 500, "assistant": 1500}

# What models put around what they were asked for.
_AROUND: Final = re.compile(
    r"^(?:(?:改写(?:后|为|成)?|独立)?的?(?:追问|问题|问句)[：:]\s*)?"
    r"(?P<mark>[\"“「])?(?P<said>(?(mark)[^\"“”「」]*|.*))(?(mark)[\"”」])$",
    re.DOTALL,
)
_ONE_QUESTION: Final = re.compile(r"[^？?。！!；;\n\r]+[？?]")
_ASKS: Final = re.compile(rf"{INTERROGATIVE.pattern}|没有[？?]$")
_NO_QUESTION: Final = re.compile(
    r"[<>＜＞{}\[\]【】`|\\]|://|www\.|忽略|无视|不要理会|不予理会|忘记|提示词|扮演|改写|"
    r"请(?![示求假])|回答|输出|复述|翻译|只[说写]|指令|"
    r"ignore|system|prompt|assistant",
    re.IGNORECASE,
)
# What points back names nothing itself: 这部法, 那两个局, 最后三条.
_POINTING: Final = re.compile(
    r"[这那][部届轮次]|(?:[这那前后哪几]|最后|另外?|其[他余它])[一二两三四五六七八九十\d]{1,3}(?=[\u4e00-\u9fff])"
)
# Words that belong to asking, and need not have been said.
_ASKING: Final = re.compile(
    "具体|主要|内容|情况|做法|要求|分别|一共|总共|其中|[这那](?:句|番|段|项|个|次|些|一)(?:话|工作)?|"
    "有(?=，|个|$)|[位个]|领导|人物|同志|[的是了在里中]"
)
# Of what is left half was said: less than for a sentence of an answer, for a question is short.
_COVERED: Final = 0.5
_LATIN: Final = re.compile(r"[a-z]{2,}")
_PROPER: Final = frozenset("nr ns nt nz".split())
# Numbers, pronouns, adverbs, prepositions and the like: they hold a question together.
_EMPTY: Final = frozenset("m q r f d p c u uj y t".split())
# Whoever asks for one of these has not asked for another.
_KINDS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        "谁|何人|哪位|哪个人|什么人|姓名|名字",
        "什么时[候间]|何时|哪一?[年月天日]|几[年月日号]|什么日期|多久|多长时间|时间|日期",
        "多少|(?<![十好])几(?![年月日号乎])|多大|比例",
        "为什么|为何|为啥|原因",
        "哪里|哪儿|何地|何处|什么地方|地点",
        "吗(?=[？?]?$)|是否|有没有|是不是|能不能|能否",
        "(?<!为)什么(?!时候|时间|地方|日期|人)|哪些|哪几|如何|怎么|怎样|啥样|内容",
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StandAlone:
    """A question that stands alone.

    Attributes:
        text: The question.
        note: What it became and who wrote it, in Chinese; "" where it is as asked.
    """

    text: str
    note: str = ""


def by_rules(text: str, *, why: str = "") -> StandAlone:
    """The question that the rules made; `why` tells why no model's was taken."""
    reason = f"；{why}" if why else ""
    return StandAlone(text=text, note=f"结合上文，按{_quoted(text)}查找（按规则改写{reason}）。")


def _quoted(text: str) -> str:
    """In quotation marks, with those within as ‘’."""
    return f"“{text.replace('“', '‘').replace('”', '’')}”"


class Rewriter:
    """Has a chat model rewrite follow-ups, and checks what it wrote.

    Args:
        ask: Gives the model's whole reply within a few seconds, else ChatModelError.
        name: Of the model, as notes show it.
        entailment: Tells which names, numbers and dates stand somewhere.
    """

    def __init__(self, ask: Callable[[Prompt], str], *, name: str, entailment: Entailment) -> None:
        self._ask = ask
        self._name = name
        self._entailment = entailment

    def rewrite(self, question: str, history: Sequence[Turn], *, ruled: str) -> StandAlone:
        """The question as it stands alone; that of the rules where the model's cannot be used.

        Args:
            question: As asked; something is missing in it.
            history: Turns in order, the question itself left out.
            ruled: What the rules made of it.
        """
        turns = _read(history)
        try:
            reply = self._ask(rewriting_prompt(question, turns))
        except ChatModelError as error:
            return by_rules(ruled, why=str(error))
        rewritten = _asked(reply)
        objection = self._objection(rewritten, question, turns, ruled)
        if objection:
            return by_rules(ruled, why=f"聊天模型 {self._name} 的改写没有采用：{objection}")
        note = f"结合上文，按{_quoted(rewritten)}查找（聊天模型 {self._name} 改写）。"
        return StandAlone(text=rewritten, note=note)

    def _objection(self, text: str, question: str, turns: Sequence[Turn], ruled: str) -> str:
        """Why a rewritten question cannot be used, in Chinese; "" where it can."""
        if not text or not _ONE_QUESTION.fullmatch(text) or not _ASKS.search(text):
            return "不是一个问句"
        if len(text) > LONGEST:
            return "太长"
        if comparable(text) == comparable(question):
            return "没有补全"
        if any(match[0] not in question for match in _NO_QUESTION.finditer(text)):
            return "夹带了问题以外的话"
        if self._is_dropped(question, text, ruled):
            return "改变了要问的事"
        return self._unsaid(text, Evidence(said="\n".join([*(t.content for t in turns), question])))

    def _is_dropped(self, question: str, text: str, ruled: str) -> bool:
        """Whether a name, a number, most of the words or what is asked for has got lost."""
        own = _POINTING.sub("，", ORDINAL.sub("，", question))
        if self._entailment.contradiction(own, Evidence(said=text)):
            return True
        # 那忻州呢？ asks what the question before asked, which the rules have put in.
        asked = [own] if any(kind.search(own) for kind in _KINDS) else [own, ruled]
        if not all(_mostly_kept(_content_words(one), text) for one in asked):
            return True
        return any(kind.search(ruled) and not kind.search(text) for kind in _KINDS)

    def _unsaid(self, text: str, said: Evidence) -> str:
        """What the question has that was not said."""
        if objection := self._entailment.contradiction(text, said):
            return objection.replace("所引材料", "对话")
        names = [one.text for one in words_of(text) if one.tag in _PROPER and len(one.text) > 1]
        names += _LATIN.findall(fold(text))
        for name in names:
            if comparable(name) not in said.words:
                return f"对话没有提到{name}"
        if self._entailment.coverage(_matter(text), said.folded) < _COVERED:
            return "说的不是对话里的事"
        return ""


def _content_words(text: str) -> frozenset[str]:
    """Words of a question that are its own, folded: neither asking nor pointing back."""
    found = words_of(_ASKING.sub("，", INTERROGATIVE.sub("，", text)))
    return frozenset(fold(one.text) for one in found if len(one.text) > 1 and one.tag not in _EMPTY)


def _mostly_kept(words: frozenset[str], text: str) -> bool:
    return 2 * sum(word in fold(text) for word in words) >= len(words)


def _matter(text: str) -> str:
    """The words of a question that say what it is about, folded, without the names of places."""
    for span, _ in reversed(place_spans(text)):
        text = f"{text[: span.start]}，{text[span.end :]}"
    return fold(_ASKING.sub("，", INTERROGATIVE.sub("，", text)))


def _read(history: Sequence[Turn]) -> list[Turn]:
    """As much of what was said as the model is shown, without the marks of answers."""
    turns = list[Turn]()
    for turn in history[-_TURNS:]:
        text = MARKER.sub("", turn.content).replace(UNSUPPORTED_MARK, "").strip()
        if text:
            turns.append(replace(turn, content=text[: _READ[turn.role]]))
    return turns


def _asked(reply: str) -> str:
    """The question in a reply: after thoughts, without a title and quotation marks around it."""
    spoken = reply.rpartition("</think>")[2].strip()
    match = _AROUND.match(spoken)
    text = match["said"].strip() if match else spoken
    return text if not text or text[-1] in "？?。！!；;" else f"{text}？"
