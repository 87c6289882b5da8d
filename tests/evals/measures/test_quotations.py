from hypothesis import given
from hypothesis import strategies as st

from evals.measures.quotations import VERDICTS, Verdict, tabulate


def test_an_altered_or_invented_quotation_called_exact_is_dangerous() -> None:
    matrix = tabulate([
        ("exact", "exact"),
        ("altered", "exact"),
        ("not_found", "exact"),
        ("not_found", "altered"),
        ("misattributed", "exact"),
    ])
    assert matrix.dangerous == 2
    assert matrix.counts["not_found", "altered"] == 1
    assert matrix.accuracy == 0.2


def test_without_quotations_nothing_is_right_or_dangerous() -> None:
    matrix = tabulate([])
    assert (matrix.total, matrix.accuracy, matrix.dangerous) == (0, 0, 0)


_VERDICT = st.sampled_from(VERDICTS)


@given(st.lists(st.tuples(_VERDICT, _VERDICT)))
def test_every_pair_is_counted_once(verdicts: list[tuple[Verdict, Verdict]]) -> None:
    matrix = tabulate(verdicts)
    assert matrix.total == len(verdicts)
    assert len(matrix.counts) == len(VERDICTS) ** 2
    assert 0 <= matrix.accuracy <= 1
