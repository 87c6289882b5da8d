"""第三类, 最后一个, 再往前一次: one item of what the last answer listed."""

import re

from rag.conversation import Conversation, Rewriting
from rag.dates import find_dates
from rag.phrases import as_question, plain_question, without_dates

_DIGITS = "一二三四五六七八九十"
_MEASURE = "个方面|个|类|点|项|种|方面|步|部分|批|支|家|名|位|次|句|条|所|款|块"
ORDINAL = re.compile(
    rf"(?<!的)第(?P<number>[{_DIGITS}]|\d{{1,2}})(?P<measure>{_MEASURE})"
    rf"|(?P<last>最后|最近|末尾)(?:那|的)?(?:一)?(?P<last_measure>{_MEASURE})"
    rf"|(?P<first>头一|首)(?P<first_measure>{_MEASURE})"
)
_NEIGHBOUR = re.compile(
    rf"^(?:再往(?P<back>前|上)|再往(?:后|下)|(?P<previous>前面?|上)|[后下]面?)的?一(?:{_MEASURE})"
)
_FIRST_FEW = re.compile(rf"(?P<which>前|后|最后)(?P<count>[两二三四五六七八九])(?:{_MEASURE})")
_THIS_ITEM = re.compile(r"这一?(?:类|点|项|种|条|方面|个方面|步|批|支)(?![法事规])")
# 第三个字, 第三个机构: the class of an item is not said beside it.
_CLASS = re.compile(
    "^(?:字|方面|机构|单位|部门|关口|领域|队伍|环节|内容|方式|措施|做法|原则|制度|[个类])(?!的)"
)
_ASKS_AGAIN = re.compile("^(?:又|情况)?(?:呢|怎么样|如何)?$")


def _number(digits: str) -> int:
    return int(digits) if digits.isdigit() else _DIGITS.index(digits) + 1


def about_item(text: str, said: Conversation) -> Rewriting | None:
    """The question with the item it names by its place, or None where it names none.

    An item is looked for in the last list that an answer gave. Of a list that no answer gave,
    第二个 is completed with what was asked for: 第二个关口.
    """
    found = _named_item(text, said)
    if found is None:
        return _unlisted(text, said)
    start, end, items, item = found
    behind = _CLASS.sub("", text[end:]).strip("，, ")
    if _ASKS_AGAIN.match(behind):
        return Rewriting(text=as_question(_asked_again(said, items)), follows=True, item=item)
    name = "、".join(items)
    if find_dates(name) and not find_dates(said.topic.subject + behind):
        name += said.topic.subject
    elif find_dates(name):
        name += without_dates(said.topic.subject)
    return Rewriting(text=as_question(text[:start] + name + behind), follows=True, item=item)


def _named_item(
    text: str, said: Conversation
) -> tuple[int, int, tuple[str, ...], int | None] | None:
    """Where an item is referred to, the items meant, and the number of the last of them."""
    if (match := _NEIGHBOUR.match(text)) and said.item is not None:
        step = -1 if match["back"] or match["previous"] else 1
        return _at(match, said, said.item + step)
    if (match := _FIRST_FEW.search(text)) and said.items:
        count = _number(match["count"].replace("两", "二"))
        items = said.items[:count] if match["which"] == "前" else said.items[-count:]
        return match.start(), match.end(), items, None
    if (match := _THIS_ITEM.search(text)) and said.item is not None:
        return _at(match, said, said.item)
    if match := ORDINAL.search(text):
        return _at(match, said, _ordinal(match, len(said.items)))
    return None


def _unlisted(text: str, said: Conversation) -> Rewriting | None:
    """第二个的要求, of a list that no answer gave: with what was asked for, 第二个关口的要求."""
    match = ORDINAL.match(text)
    thing = _HOW_MANY.sub("", said.topic.thing)
    if match is None or not thing or not text[match.end() :].startswith(("的", "是", "要")):
        return None
    rewritten = said.topic.subject + match.group() + thing + text[match.end() :]
    return Rewriting(text=as_question(rewritten), follows=True)


_HOW_MANY = re.compile(rf"^[两{_DIGITS}\d]+(?:{_MEASURE})?")


def _ordinal(match: re.Match[str], count: int) -> int:
    if match["number"]:
        return _number(match["number"]) - 1
    return 0 if match["first"] else count - 1


def _at(
    match: re.Match[str], said: Conversation, index: int
) -> tuple[int, int, tuple[str, ...], int | None] | None:
    if not 0 <= index < len(said.items):
        return None
    return match.start(), match.end(), (said.items[index],), index


def _asked_again(said: Conversation, items: tuple[str, ...]) -> str:
    """The last question of other items, or what these are."""
    name = "、".join(items)
    text = plain_question(said.question)
    former = "、".join(item for item in said.items if item in text)
    if former and former in text:
        return text.replace(former, name, 1)
    return f"{name}是什么"
