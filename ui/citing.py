"""The list of an answer's citations, as people read it."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from rag.documents import Citation

_Cited = TypeVar("_Cited")


def cited_places(
    cited: Iterable[_Cited], citation_of: Callable[[_Cited], Citation]
) -> list[_Cited]:
    """Each place that a marker stands for once, by marker, else in order.

    Several sentences of a chat model may cite one place; it is listed as supporting where it
    supports any of them: the sentences that it does not support are marked in the text.
    """
    places = dict[tuple[int, str, int, int], _Cited]()
    for one in cited:
        citation = citation_of(one)
        place = (citation.marker, citation.document_id, citation.start, citation.end)
        former = places.get(place)
        if former is None or citation_of(former).support == "unsupported":
            places[place] = one
    return sorted(places.values(), key=lambda one: citation_of(one).marker)
