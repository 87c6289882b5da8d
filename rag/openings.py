"""The opening of a document, for questions about the document itself: when it was passed.

What stands between a title and the text (2024年6月28日 第十四届全国人大常委会第十次会议通过) says
nothing of what the document is about, so that any other passage of it is found before.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from rag.documents import RetrievedPassage
from rag.extraction import PassageAt
from rag.text import comparable

MOST: Final = 2
"""Documents whose openings are looked at."""
_COMING_ABOUT: Final = re.compile(
    "(?:什么时[候间]|何时|哪一?[年月天日]|几[年月日]|什么日期|哪[次届个](?:会议|机关|部门)?|什么会议|谁|哪里).{0,8}"
    "(?:通过|公布|发布|颁布|印发|出台|签发|修订|修正|制定)"
    "|(?:通过|公布|发布|颁布|印发|出台|签发|修订|修正|制定)的?(?:日期|时间|机关|是(?:什么时|哪|谁|何时))"
)
_TITLED: Final = re.compile("《([^《》]{4,})》")
_SHORTEST: Final = 4


def openings_asked_for(
    question: str, retrieved: Sequence[RetrievedPassage], *, passage_at: PassageAt
) -> list[RetrievedPassage]:
    """First passages of the documents that a question names by their title and asks when, by
    whom or where they were passed or issued.

    Args:
        question: It stands alone.
        retrieved: Best first; only their documents are looked at.
        passage_at: The passage of a document that holds an offset.

    Returns:
        At most MOST, best document first, each with the score of the document's best passage;
        empty where the question asks for something else.
    """
    if not _COMING_ABOUT.search(question):
        return []
    asked = comparable(question)
    best = dict[str, RetrievedPassage]()
    for one in retrieved:
        if any(name in asked for name in _names_of(one.document.metadata.title)):
            best.setdefault(one.document.document_id, one)
    return [
        RetrievedPassage(
            passage=passage_at(one.document, 0), document=one.document, score=one.score
        )
        for one in list(best.values())[:MOST]
    ]


def _names_of(title: str) -> Iterator[str]:
    """What a document may be called by: its title, without the state, and titles within it."""
    for name in (title.removeprefix("中华人民共和国"), *_TITLED.findall(title)):
        if len(name) >= _SHORTEST:
            yield comparable(name)
