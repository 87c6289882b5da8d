"""Places in order, whichever segments they lie in."""

import numpy
from hypothesis import given
from hypothesis import strategies as st

from rag.catalog_fingerprints import UNDATED, SegmentDocuments
from rag.quotations.occurrences import Occurrence, Occurrences

DAYS = st.sampled_from([20190101, 20190220, 20200101, UNDATED])
DOCUMENT = st.tuples(st.booleans(), DAYS, st.booleans())
"""Whether it is still there, its day, and whether it is a briefing."""
PLACES = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9)), unique=True, max_size=6).map(
    sorted
)


def documents(segment: int, rows: list[tuple[bool, int, bool]]) -> SegmentDocuments:
    return SegmentDocuments(
        document_ids=tuple(
            f"{segment}-{ordinal}" if there else "" for ordinal, (there, _, _) in enumerate(rows)
        ),
        days=numpy.array([day for _, day, _ in rows], numpy.int64),
        are_briefings=numpy.array([briefing for _, _, briefing in rows], numpy.bool_),
    )


@given(
    segments=st.lists(st.tuples(st.lists(DOCUMENT, max_size=5), PLACES), max_size=3),
    forbidden=st.none() | st.sets(st.tuples(st.integers(0, 2), st.integers(0, 4))),
)
def test_what_is_there_and_allowed_comes_by_day_and_briefings_last(
    segments: list[tuple[list[tuple[bool, int, bool]], list[tuple[int, int]]]],
    forbidden: set[tuple[int, int]] | None,
) -> None:
    known = {
        (number, ordinal): row
        for number, (rows, _) in enumerate(segments)
        for ordinal, row in enumerate(rows)
    }
    allowed = None
    if forbidden is not None:
        allowed = {f"{number}-{ordinal}" for number, ordinal in known.keys() - forbidden}
    found = Occurrences.of(
        [
            (
                documents(number, rows),
                numpy.array([ordinal for ordinal, _ in places], numpy.int64),
                numpy.array([start for _, start in places], numpy.int64),
            )
            for number, (rows, places) in enumerate(segments)
        ],
        allowed=allowed,
    )
    expected = sorted(
        (*known[number, ordinal][:0:-1], number, ordinal, start)
        for number, (_, places) in enumerate(segments)
        for ordinal, start in places
        if known.get((number, ordinal), (False,))[0]
        and (allowed is None or f"{number}-{ordinal}" in allowed)
    )
    assert list(found) == [
        Occurrence(document_id=f"{number}-{ordinal}", day=day, start=start, is_briefing=briefing)
        for briefing, day, number, ordinal, start in expected
    ]
    assert list(found) == list(found)
    assert found.total == len(expected)
    assert found.documents == len({(number, ordinal) for _, _, number, ordinal, _ in expected})


@given(
    occurrences=st.lists(
        st.builds(
            Occurrence,
            document_id=st.sampled_from("甲乙丙"),
            day=DAYS,
            start=st.integers(0, 5),
            is_briefing=st.booleans(),
        ),
        max_size=8,
    )
)
def test_a_list_comes_in_order(occurrences: list[Occurrence]) -> None:
    found = Occurrences.listed(occurrences)
    assert list(found) == sorted(occurrences, key=lambda one: one.order)
    assert found.total == len(occurrences)
    assert found.documents == len({one.document_id for one in occurrences})


def test_none_are_none() -> None:
    for found in (Occurrences.of([]), Occurrences.listed([])):
        assert (list(found), found.total, found.documents) == ([], 0, 0)
