"""What a conversation has spoken of so far: its topics, what its answers listed, and whom."""

import re
from dataclasses import dataclass, replace

from rag.enumerations import announced_count
from rag.people import find_names
from rag.phrases import is_person, predicates, words_of
from rag.text import sentence_spans
from rag.topics import Topic, topic_about, topic_of

_REFUSALS = ("没有找到依据", "没有看出要问什么")
_COUNTING = re.compile("多少|几[个名家项次人万亿]|比例")
_MARKER = re.compile(r"\s*(?:\[\d{1,3}\]|【\d{1,3}】)")
# Of an answer only so much is looked at, in code points.
_READ = 3000
_DIGITS = "一二三四五六七八九十"

_NUMBERED_ITEM = re.compile(
    rf"(?:^|[：:；;，,。\n])\s*(?:第?[{_DIGITS}]{{1,2}}(?:是要?|、|要(?=[\u4e00-\u9fff]))|"
    rf"[（(](?:[{_DIGITS}]{{1,2}}|\d{{1,2}})[)）]|第[{_DIGITS}]{{1,2}}[，,、]|\d{{1,2}}[.．](?!\d))"
)
_ITEM_END = re.compile("[；;。\n]")
_BEFORE_LIST = re.compile(
    "^.*(?:[\u4e00-\u9fff]{2}了|[：:]|分别是|分别为|包括|包含|即|就是|是指|指的是|是|为(?!了|期)|指|有|组建了?|设立了?|提出了?|要求|其中|通过|^由|^从)"
)
_BEHIND_LIST = re.compile(
    r"[，,；;。！!？?\n：:（(]|等(?=[^级额值]|$)|是(?=\d|由|在)|(?:\d+|[两二三四五六七八九十]+)(?=[个项句种类大方名家])"
)
_LONGEST_ITEM = 40
_LENGTHENED = 1.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewriting:
    """A question that stands alone, and what it does to the conversation.

    Attributes:
        text: The question.
        follows: Whether it goes on about the subject of the one before; it may narrow what is
            asked for.
        subject: What that subject has become: the same of another place or year; "" where it
            stayed.
        item: Which item of the last list it is about.
    """

    text: str
    follows: bool = False
    subject: str = ""
    item: int | None = None


_NOTHING = Topic()


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """What the turns so far leave to refer to.

    Attributes:
        question: The last question, as it stands alone; "" before the first.
        topic: What it spoke of.
        earlier: What the question before it spoke of.
        items: What the last answer with a list listed, in order.
        item: Which of them the last question was about, or None.
        counting: The last question for a number, as it stands alone; "" where there was none.
        answer: The last answer that was not a refusal, without markers.
    """

    question: str = ""
    topic: Topic = _NOTHING
    earlier: Topic = _NOTHING
    items: tuple[str, ...] = ()
    item: int | None = None
    counting: str = ""
    answer: str = ""

    def asked(self, rewriting: Rewriting) -> "Conversation":
        """The conversation after one more question."""
        question = rewriting.text
        topic = topic_of(question)
        if rewriting.follows or not topic.subject:
            former = topic_about(rewriting.subject) if rewriting.subject else self.topic
            asked = topic if topic.group else self.topic
            topic = replace(former, thing=asked.thing, group=asked.group)
        changed = topic.subject != self.topic.subject
        return replace(
            self,
            question=question,
            topic=topic,
            earlier=self.topic if changed else self.earlier,
            item=rewriting.item,
            counting=question if _COUNTING.search(question) else self.counting,
        )

    def answered(self, answer: str) -> "Conversation":
        """The conversation after an answer; a refusal leaves nothing to refer to."""
        text = _MARKER.sub("", answer[:_READ])
        if text.lstrip().startswith(_REFUSALS):
            return self
        # Who asks about the items one by one goes on counting in the list he began with.
        items = listed_items(text) if self.item is None else ()
        return replace(self, answer=text, items=items or self.items)

    @property
    def nearest(self) -> str:
        """The item that the last question was about, or ""."""
        return self.items[self.item] if self.item is not None else ""

    @property
    def person(self) -> str:
        """Who 他 and 她 are: whom we speak of, else the first named in answer or question."""
        if is_person(self.topic.subject):
            return self.topic.subject
        return next(iter(_people(self.answer) or _people(self.question)), "")


# Who holds the office is told with the name behind it: 县委书记是某某某.
_TOLD = re.compile(
    "(?:是|为|由|叫|任)(?P<name>[\u4e00-\u9fff]{2,4}?)(?=[，。；,;（(\n]|$|主持|担任|出席)"
)


def _people(text: str) -> tuple[str, ...]:
    told = [match["name"] for match in _TOLD.finditer(text)]
    names = [name for name in told if is_person(name)]
    return tuple(dict.fromkeys([*(name for _, name in find_names(text)), *names]))


def listed_items(text: str) -> tuple[str, ...]:
    """The items of the first list in an answer, in order; empty where it lists nothing.

    A list is numbered (一是…；二是…) or parted by 、 (道路、桥梁和隧道). Where a sentence
    announces how many there are, a list of that many is preferred. What introduces the first
    item and follows the last is left out.
    """
    numbered = _numbered(text)
    if numbered:
        return numbered
    lists = list[tuple[str, ...]]()
    for span in sentence_spans(text):
        sentence = span.of(text)
        count = announced_count(sentence)
        for clause in _clauses(sentence):
            items = _parted(clause, count)
            if items and len(items) == count:
                return items
            if items:
                lists.append(items)
    return max(lists, key=len, default=())


def _numbered(text: str) -> tuple[str, ...]:
    begins = list(_NUMBERED_ITEM.finditer(text))
    if len(begins) < 2:
        return ()
    ends = [match.start() for match in begins[1:]] + [len(text)]
    items = [
        _ITEM_END.split(text[match.end() : end].strip())[0].strip(" ，,；;")
        for match, end in zip(begins, ends, strict=True)
    ]
    return tuple(items) if _are_items(items) else ()


def _clauses(sentence: str) -> list[str]:
    """The clauses of a sentence that hold a 、."""
    return [clause for clause in re.split("[，,；;。！!？?]", sentence) if "、" in clause]


def _parted(clause: str, count: int | None) -> tuple[str, ...]:
    first, *others = clause.split("、")
    first = _BEFORE_LIST.sub("", first)
    *middle, last = others
    last = _BEHIND_LIST.split(last)[0]
    first = _tail(first, others)
    items = [first, *middle, *_final(last, [first, *middle], count)]
    # Two that nothing announced are rather a phrase with 、 than a list.
    believed = len(items) > 2 or len(items) == count
    return tuple(items) if believed and _are_items(items) else ()


def _tail(first: str, others: list[str]) -> str:
    """The first item without a verb that leads up to it: one longer than the rest may have one.

    Where the others begin with verbs as well, the verb is part of the item.
    """
    pieces = [piece for other in others for piece in re.split("[和及与]", other)]
    words, following = words_of(first), words_of(others[0])
    if following and following[0].tag == "v":
        return first
    if len(first) <= _LENGTHENED * sum(map(len, pieces)) / len(pieces):
        return first
    verbs = [
        word.end for i, word in enumerate(words[:-1]) if word.tag == "v" and predicates(words, i)
    ]
    return first[verbs[-1] :].lstrip("了过") if verbs else first


def _are_items(items: list[str]) -> bool:
    return all(0 < len(item) <= _LONGEST_ITEM for item in items)


def _final(last: str, before: list[str], count: int | None) -> list[str]:
    """The last piece, parted at 和 where that stands between two items."""
    halves = [half for half in re.split("以及|和|及|与", last, maxsplit=1) if half]
    if len(halves) < 2:
        return [last]
    if count is not None:
        return halves if len(before) + 2 == count else [last]
    usual = sum(map(len, before)) / len(before)
    alike = all(usual / 2 <= len(half) <= usual * 2 for half in halves)
    return halves if alike else [last]
