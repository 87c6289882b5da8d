"""A follow-up question → a question that stands alone, by rules.

    第三类往哪里去？       the third item of the last answer       rag.ordinals
    那忻州市呢？          the last question, of another place     rag.parallels
    它归谁管？            what was spoken of instead of 它        rag.references
    什么时候成立的？       what was spoken of before the question
    是谁说的？             the words of the last answer
    还有呢？               the last question once more

Earlier questions may be follow-ups themselves: a conversation is rewritten turn by turn.
"""

import re
from collections.abc import Sequence

from rag.conversation import Conversation, Rewriting
from rag.dates import find_dates
from rag.documents import Turn
from rag.ordinals import ORDINAL, about_item
from rag.parallels import LEVEL, ask_of_other, exchanged
from rag.people import find_names
from rag.phrases import (
    ATTRIBUTE,
    ENTITY,
    INTERROGATIVE,
    OFFICE,
    as_question,
    is_local,
    is_person,
    noun_phrase,
    place_spans,
    plain_question,
    without_dates,
    words_of,
)
from rag.questions import asks_nothing
from rag.references import REFERENCE, referring
from rag.text import sentence_spans
from rag.topics import Topic, topic_of

LONGEST = 2000
"""Code points of a rewritten question; a longer one is left as it was."""
# Further back nothing is referred to any more; each turn costs half a millisecond.
_TURNS = 16
_READ = 500


def stand_alone(question: str, history: Sequence[Turn]) -> str:
    """The question as one would ask it without the conversation before it.

    Its words are those of the conversation, but for 是什么, 的 and the like that hold them
    together. Answers that found nothing are not referred to.

    Args:
        question: As asked.
        history: Turns in order, the question itself left out; may begin with an answer.

    Returns:
        The question itself where it needs nothing of what was said before, where nothing was
        said, or where the result would be longer than `LONGEST` code points.
    """
    said = Conversation()
    for turn in history[-_TURNS:]:
        content = turn.content.strip()
        if content and turn.role == "user" and not asks_nothing(content):
            said = said.asked(_rewrite(content[:_READ], said))
        elif content and turn.role == "assistant":
            said = said.answered(content)
    rewritten = _rewrite(question, said).text
    return rewritten if 0 < len(rewritten) <= LONGEST else question


def _rewrite(question: str, said: Conversation) -> Rewriting:
    text = _TELL_MORE.sub("具体内容是什么", plain_question(question))
    if not text or not said.question or not said.topic.subject:
        return Rewriting(text=question)
    if _MORE.fullmatch(question.strip(_ENDS)):
        return Rewriting(text=said.question, follows=True, item=said.item)
    for rule in (_said, about_item, _about_other, referring, _bare):
        rewriting = rule(text, said)
        if rewriting is not None:
            return rewriting
    return Rewriting(text=question)


_TELL_MORE = re.compile(
    "(?:(?:能不能|能否|能|可以|可否|请|麻烦)?(?:再|你|您|给我)*(?:详细|具体|展开|仔细)地?(?:再|来)?"
    "(?:说|讲|谈|介绍|解释|说明|阐述)(?:说|讲|谈|一说|一讲|一下|下|明)?(?:吗|吧|好吗)?|(?<=.)的?展开呢)$"
)
_MORE = re.compile(
    "(?:那|除此之外|此外|除了这些|除了这个)?，?(?:另外)?还有(?:没有)?(?:其他|其它|别|更多)?的?"
    "(?:吗|呢|什么|哪些|内容)*|(?:那|除此之外|除了这些|然后|后来|接着)，?呢"
)
_ENDS = "？?。！!．. 　"


_SAID = re.compile(
    "(?:(?:这|那|这句|那句|这些|上面这|以上)(?:话|句话|段话|些话|个?提法|个?说法)?，?)?"
    "(?P<asked>(?:都?是|由)?(?:谁|哪位领导|哪个人)(?:说|讲|提|提出|指出|强调)(?:出|起)?来?的"
    "|是?在?(?:哪里|哪儿|什么会上|哪次会上|什么会议上|哪次会议上|什么场合|什么时候|何时|哪一?年)(?:说|讲|提|提出)的)"
)
_SAID_WORDS = re.compile("“([^“”]{4,})”")
_LONGEST_SAID = 160


def _said(text: str, said: Conversation) -> Rewriting | None:
    """是谁说的？ is asked of what the last question quoted, or of the words of its answer."""
    match = _SAID.fullmatch(text)
    if match is None or not said.answer:
        return None
    quoted = _SAID_WORDS.search(said.question) or _SAID_WORDS.search(said.answer)
    words = quoted[1] if quoted else sentence_spans(said.answer)[0].of(said.answer)
    words = words.strip().rstrip("。！；;，,").replace("“", "‘").replace("”", "’")
    if len(words) > _LONGEST_SAID:
        return None
    return Rewriting(text=as_question(f"“{words}”{match['asked']}"), follows=True)


_OTHER = re.compile(
    "(?:再往[前后上下]，?)?"
    "(?P<leader>换成|换作|改成|如果是|要是|至于|我(?:想)?(?:问|说|指)的是|我是(?:问|说|指))?"
    "(?P<other>.{1,30}?)(?:的情况|方面)?(?P<asking>呢|怎么样|又如何|又怎么样|"
    "(?P<same>的?又?(?:是|有|为)(?:多少|几[个名家项人]|什么时候|谁))|"
    "(?P<figure>，?(?:这个|该)?(?:数字?|数量|比例|人数|结果)(?:又|是|成了|变成|为)+多少))?"
)
_EMPTY = frozenset("然后 后来 还有 其他 别的 为什么 怎么 这 那 它 他 她 原因".split())


def _about_other(text: str, said: Conversation) -> Rewriting | None:
    match = _OTHER.fullmatch(text)
    if match is None or not (match["leader"] or match["asking"]):
        return None
    other = match["other"].strip("，, ")
    if not other or other in _EMPTY or INTERROGATIVE.search(other):
        return None
    if any(match.lastgroup != "area" for match in REFERENCE.finditer(other)):
        return None
    if ordinal := ORDINAL.fullmatch(other.removesuffix("的")):
        return Rewriting(text=as_question(_other_ordinal(ordinal, said)), follows=True)
    if match["same"] and not is_local(other.removesuffix("的")):
        return None
    if match["figure"] and said.counting:
        return Rewriting(text=ask_of_other(said.counting, other, topic_of(said.counting)))
    changed = ask_of_other(said.question, other, said.topic)
    subject = exchanged(said.topic.subject, other) or ""
    follows = bool(subject in changed if subject else said.topic.subject in changed)
    return Rewriting(text=changed, follows=follows, subject=subject)


def _other_ordinal(ordinal: re.Match[str], said: Conversation) -> str:
    text = plain_question(said.question)
    former = ORDINAL.search(text)
    if former:
        return text[: former.start()] + ordinal.group() + text[former.end() :]
    return f"{said.topic.subject}{ordinal.group()}{said.topic.thing}是什么"


_WHY = re.compile("^(?:这是|那是|又是|是)?(?:为什么|为何|什么原因|原因(?:是什么|呢)?)呢?$")
_ADVERBIAL = re.compile(
    "(?:是)?(?:什么时候|什么时间|哪一?[年天日月]|何时|是否|能不能|是不是|有没有|会不会)|要不(?=要)|[吗呢]$"
)
_ONLY_ASKS = re.compile(f"^(?:{INTERROGATIVE.pattern})[个名家项次年月人]?的?呢?$")
_PART_OF_GROUP = re.compile("^(?:都|分别|各)|^[^，,]{1,8}的(?:一?共|总共)?[有占是]?(?:几|多少)")
_AFTER_REFORM = re.compile("^(?:机构)?改革(?:之|以)?[前后中]")
_COMPARED = re.compile("^(?:跟|和|与|同|比)")
_LED_BY = re.compile("^(?:由|都)(?=[谁哪何有是])")
_NAME_TAGS = frozenset("nr nt nz".split())
_NO_NOUN_TAGS = frozenset("m q t r f d a p c".split())
_OWN_SUBJECT = 3
_OWN_MATTER = 4


def _bare(text: str, said: Conversation) -> Rewriting | None:
    """The topic before a question that names no subject, or none that says whose."""
    topic = said.topic
    if _WHY.match(text):
        return Rewriting(text=as_question(_why(said)), follows=True)
    if (level := LEVEL.match(text)) and exchanged(topic.subject, level.group()):
        return Rewriting(text=as_question(_joined(topic.subject, text)), follows=True)
    if level and topic.place and not place_spans(text):
        return Rewriting(text=as_question(topic.place + text), follows=True)
    if topic.subject in text or (_names_something(text) and not _COMPARED.match(text)):
        return None
    if not _lacks_subject(text, topic):
        return None
    if _PART_OF_GROUP.match(text) and topic.group:
        comma = "" if text[0] in "都分各" else "中，"
        return Rewriting(text=as_question(topic.group + comma + text), follows=True)
    return _with_topic(text, said)


def _with_topic(text: str, said: Conversation) -> Rewriting | None:
    """The topic, or as much of it as is missing, before a question."""
    topic, own = said.topic, _own_subject(text)
    if item := _lasting_item(said):
        return Rewriting(text=as_question(_joined(item, text)), follows=True, item=said.item)
    if own and _own_matter(own):
        # Something else, of which only the place may be missing.
        rewritten = topic.place + text if topic.place else ""
        return Rewriting(text=as_question(rewritten), follows=True) if rewritten else None
    if _ONLY_ASKS.match(text):
        text = f"是{text}"
    if text.endswith(("几个", "多少个")) and len(topic.thing) > 1 and not own:
        text += topic.thing
    subject = topic.subject if own else topic.whole
    return Rewriting(text=as_question(_joined(subject, text)), follows=True)


def _lasting_item(said: Conversation) -> str:
    """The item that was asked about, where it is a body or law: others are soon left again."""
    item = said.nearest
    return item if ENTITY.search(item) else ""


def _why(said: Conversation) -> str:
    """为什么？: why what the last question took for granted, else the reason of its topic."""
    text = plain_question(said.question)
    subject = noun_phrase(text)
    said_of = _ADVERBIAL.sub("", text.removeprefix(subject), count=1)
    if subject and text.startswith(subject) and said_of and not INTERROGATIVE.search(said_of):
        return f"{subject}为什么{said_of.removesuffix('的')}"
    return f"{said.topic.whole}的原因是什么"


def _names_something(text: str) -> bool:
    """Whether a place, person, body, law or quotation is named."""
    if place_spans(text) or find_names(text) or re.search("[“《「]", text):
        return True
    # 由谁 and 都有 read like names: there are families called 由 and 都.
    words = [word for word in words_of(_LED_BY.sub("", text)) if len(word.text) > 1]
    return any(word.tag in _NAME_TAGS or (word.fixed and is_person(word.text)) for word in words)


def _lacks_subject(text: str, topic: Topic) -> bool:
    """Whether the words before what is asked are too few to say what they belong to."""
    own = _own_subject(text)
    if (
        _AFTER_REFORM.match(text)
        or _COMPARED.match(text)
        or OFFICE.search(own)
        or ATTRIBUTE.search(own)
    ):
        return True
    if own and text.startswith(own + "的"):
        return True
    nouns = _nouns(own or text)
    # Who says again what it is about says it in full: 税务机构, after 税务局.
    if own and len(nouns) > 1 and any(len(noun) > 1 and noun in topic.subject for noun in nouns):
        return False
    return len(nouns) < (_OWN_SUBJECT if own else _OWN_MATTER)


def _own_subject(text: str) -> str:
    match = INTERROGATIVE.search(text)
    return noun_phrase(text[: match.start()] if match else text)


def _own_matter(own: str) -> bool:
    """Whether a subject is a thing by itself and not something that the topic has."""
    return len(_nouns(own)) > 1 and not (OFFICE.search(own) or ATTRIBUTE.search(own))


def _nouns(text: str) -> list[str]:
    """Words that may name a thing: not numbers, positions and the like, nor single characters."""
    return [w.text for w in words_of(text) if len(w.text) > 1 and w.tag not in _NO_NOUN_TAGS]


def _joined(subject: str, text: str) -> str:
    """Topic and question, with one date and level, and nothing said twice where they meet."""
    level = LEVEL.match(text)
    if level and (changed := exchanged(subject, level.group())):
        subject, text = changed, text[level.end() :].removeprefix("的")
    dates = find_dates(text)
    if dates and dates[0][0].start == 0 and find_dates(subject):
        subject = dates[0][0].of(text) + without_dates(subject)
        text = text[dates[0][0].end :]
    sizes = range(min(len(subject), len(text)), 1, -1)
    shared = next((size for size in sizes if subject.endswith(text[:size])), 0)
    return subject + text[shared:]
