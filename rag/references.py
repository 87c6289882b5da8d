"""Words that refer to what was said before, and what stands in their place.

他 and 她, 它 and 其, 这部法 and 上述要求, 会上 and 区里, 其中, 这两类.
"""

import re
from collections.abc import Callable

from rag.conversation import Conversation, Rewriting
from rag.dates import find_dates
from rag.people import find_names
from rag.phrases import as_question, noun_phrase, place_spans, plain_question
from rag.topics import Topic

_NAMING = "说法|提法|概念|词|叫法|做法|问题|数字|比例|要求|原则|口号|现象|经验|模式|做法"
_KINDS = (
    "机构|部门|单位|人员|领域|队伍|问题|原则|制度|事项|文件|要求|措施|办法|职责|内容|规定|地方|工作|"
    "任务"
)
REFERENCE = re.compile(
    "(?P<person>(?<!其)[他她](?![们人]))"
    "|(?P<both>这两|那两|两者|二者)[个件项类种次部家]?(?:事情|事)?"
    f"|(?P<naming>[这那该]个?(?:{_NAMING}))"
    "|(?P<one>前者|后者)"
    "|(?P<among>其中|这里面|这里头|里面)"
    f"|(?P<several>(?<!是)(?:这些|那些|这几[个项类条种点句方面]*|上述|以上|前述)(?P<kind>{_KINDS})?"
    "|[他她它]们)"
    "|(?P<then>当时|那时候?|那一年|那年|同年)(?!就?任)"
    "|(?P<occasion>会议上|大会上|全会上|会上)"
    "|(?P<meeting>^(?:这次|那次|该|此次|本次)?(?:会议|大会|全会)(?=[是由的在有共什哪几主通审要提强开召]))"
    "|(?P<area>[省市区县镇乡]里(?!面))"
    "|(?P<topic>它(?!们)|(?<![尤极与])其(?![中他余它实次])|该[局部委会院厅办省市县区镇法单机条规方文]"
    "(?:法|位|构|例|定|案|件)?|"
    "[这那此][一]?(?:[个项次部场家种份件位届轮所支块座])?"
    "(?:会议|大会|全会|座谈会|会|法律|条例|法|规定|文件|方案|办法|意见|通知|机构|部门|单位|局|部|委员会|"
    "改革|地方|概念|事情|事|制度|政策|队伍|中心|小组|清单|试点|工作)|"
    "此事|此次|^这(?=是|叫|算|属|跟|和|有|为|对)|^那(?=是|叫|算|属|为)|这里(?!面))"
)
_DEICTIC_BEFORE_DATE = re.compile(
    r"^(?:后来|之后|当时|再)?(?:的)?[这那](?:一)?[次年个](?=(?:19|20)\d{2}年)"
)


def referring(text: str, said: Conversation) -> Rewriting | None:
    """The question with what its words refer to in their place, or None where none refers."""
    if (shortened := _DEICTIC_BEFORE_DATE.sub("", text)) != text:
        return Rewriting(text=as_question(shortened))
    changed = list[str]()
    position, item = 0, None
    known = dict[str, str]()
    for match in REFERENCE.finditer(text):
        if match.group() not in known:
            known[match.group()] = _referent(match, said)
        put = known[match.group()]
        if put:
            changed += [text[position : match.start()], put]
            position = match.end()
            item = said.item if match["topic"] else item
    if not changed:
        return None
    rewritten = "".join([*changed, text[position:]])
    if REFERENCE.match(text) is None and not _says_whose(rewritten, said.topic):
        rewritten = said.topic.place + rewritten
    return Rewriting(text=as_question(rewritten), follows=True, item=item)


def _says_whose(text: str, topic: Topic) -> bool:
    return topic.subject in text or bool(place_spans(text)) or bool(find_names(text))


def _referent(match: re.Match[str], said: Conversation) -> str:
    """What a reference stands for, or "" where nothing is known that it could."""
    topic = said.topic
    meanings: dict[str, Callable[[], str]] = {
        "person": lambda: said.person or _asked_person(said),
        "both": lambda: _both(said, match.group()),
        "naming": lambda: topic.whole + match.group(),
        "one": lambda: _one_of(said, match.group()),
        "among": lambda: f"{topic.group or topic.subject}中，",
        "several": lambda: _several(topic, match["kind"] or ""),
        "then": lambda: _date_of(topic.subject),
        "occasion": lambda: _occasion(topic, match.group()),
        "meeting": lambda: topic.subject,
        "area": lambda: _area(topic, match.group()),
        "topic": lambda: said.nearest or topic.whole,
    }
    return meanings[match.lastgroup or ""]()


def _asked_person(said: Conversation) -> str:
    """Whoever the last question asked for, in its words: 某局局长是谁 → 某局局长."""
    text = plain_question(said.question)
    if text.startswith("谁是"):
        return text.removeprefix("谁是")
    return noun_phrase(text) if re.search(".谁|哪位", text) else ""


def _both(said: Conversation, reference: str) -> str:
    if not said.earlier.subject or said.earlier.subject == said.topic.subject:
        return said.topic.thing or said.topic.whole
    return f"{said.earlier.subject}和{said.topic.subject}"


def _one_of(said: Conversation, reference: str) -> str:
    """The first or last of those that the last question puts side by side with 和."""
    sides = re.split("[和与跟、]", noun_phrase(plain_question(said.question)))
    return sides[0 if reference == "前者" else -1] if len(sides) > 1 else ""


def _several(topic: Topic, kind: str) -> str:
    if kind and kind in topic.group:
        return topic.group
    return topic.whole + kind if kind else topic.thing or topic.whole


def _date_of(subject: str) -> str:
    dates = find_dates(subject)
    return dates[0][0].of(subject) if dates else ""


def _occasion(topic: Topic, reference: str) -> str:
    if topic.subject.endswith("会"):
        return f"{topic.subject}上"
    return topic.subject + reference if "会" in topic.subject else topic.place + reference


def _area(topic: Topic, reference: str) -> str:
    return topic.place if topic.place.endswith(reference[0]) else ""
