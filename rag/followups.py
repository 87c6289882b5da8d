"""A follow-up question → a query that stands alone."""

import re
from collections.abc import Sequence

from rag.documents import Turn

_LEANS_BACK = re.compile(
    r"^(?:那么?|那|它|他|她|这|该|其|上述|刚才|还有|再|第[一二三四五六七八九十\d]+[点个条项])"
    r"|(?:它|他|她|这些?|那些?|上述|前者|后者)(?:们|个|次|项|里|是|的|有|在)"
    r"|呢[？?]?$"
)


def stand_alone(question: str, history: Sequence[Turn]) -> str:
    """The question itself, or, where it leans on the one before, both together.

    Only the last question of the user is taken along: its words name what 那 and 它 mean.
    """
    asked = [turn.content for turn in history if turn.role == "user" and turn.content.strip()]
    short = len(question.strip("？?。 ")) <= 6
    if not asked or not (short or _LEANS_BACK.search(question.strip())):
        return question
    return f"{asked[-1].strip('？?。 ')}，{question}"
