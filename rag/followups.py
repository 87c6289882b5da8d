"""A follow-up question → a query that stands alone."""

import re
from collections.abc import Sequence
from itertools import pairwise

from rag.documents import Turn
from rag.places import find_places

_LEANS_BACK = re.compile(
    r"^(?:那么?|那|它|他|她|这|该|其|上述|刚才|还有|再|第[一二三四五六七八九十\d]+[点个条项])"
    r"|(?:它|他|她|这些?|那些?|上述|前者|后者)(?:们|个|次|项|里|是|的|有|在)"
    r"|呢[？?]?$"
)
_WHAT_ABOUT = re.compile(r"(?:那么?|换成)?，?(.{2,12}?)(?:的情况)?(?:呢|怎么样)[？?]?")


def stand_alone(question: str, history: Sequence[Turn]) -> str:
    """The question itself, or, where it leans on the one before, both together.

    Only the last question of the user is taken along: its words name what 那 and 它 mean.
    那忻州呢？ asks the same of another place, which then stands in place of the former one.
    """
    asked = [turn.content for turn in history if turn.role == "user" and turn.content.strip()]
    short = len(question.strip("？?。 ")) <= 6
    if not asked or not (short or _LEANS_BACK.search(question.strip())):
        return question
    last = asked[-1].strip("？?。 ")
    return _of_another_place(last, question.strip()) or f"{last}，{question}"


def _of_another_place(last: str, question: str) -> str | None:
    match = _WHAT_ABOUT.fullmatch(question)
    former = find_places(last)
    if match is None or not former or not find_places(match.group(1)):
        return None
    start, end = former[0][0].start, former[-1][0].end
    # Names that follow each other are one place: 济南市市中区.
    if any(a.end != b.start for (a, _), (b, _) in pairwise(former)):
        return None
    return f"{last[:start]}{match.group(1)}{last[end:]}？"
