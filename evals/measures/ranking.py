"""Were the relevant passages found, and how far up?"""

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from evals.records import Case, Prediction

if TYPE_CHECKING:
    from ir_measures.measures import Measure


@lru_cache(maxsize=1)
def _measures() -> "Mapping[Measure, str]":
    """The measures of `ir_measures` that we compute, with our names for them."""
    from ir_measures import RR, R, Success, nDCG  # deferred: 80 ms

    cutoffs = {R @ k: f"R@{k}" for k in (1, 5, 10, 20, 50)}
    return {
        nDCG @ 10: "nDCG@10",
        RR: "MRR",
        **cutoffs,
        **{Success @ k: f"S@{k}" for k in (1, 5, 10, 50)},
    }


def measure_ranking(case: Case, prediction: Prediction) -> Mapping[str, float]:
    """nDCG@10, MRR (the reciprocal rank of this question), R@k, and S@k: whether any relevant
    passage is among the first k, which DragonBall calls recall. By `ir_measures`.

    Empty where no passage is known to be relevant. The order of `retrieved` counts, not the
    scores; a passage that comes again is left out. About 1 ms.
    """
    if not any(grade > 0 for grade in case.relevant.values()):
        return {}
    from ir_measures import Qrel, ScoredDoc, iter_calc  # deferred: 80 ms

    found = dict.fromkeys(passage.id for passage in prediction.retrieved)
    qrels = [Qrel("", passage_id, grade) for passage_id, grade in case.relevant.items()]
    # Ties of scores would be broken by id.
    run = [ScoredDoc("", passage_id, float(-rank)) for rank, passage_id in enumerate(found)]
    names = _measures()
    return {names[metric.measure]: metric.value for metric in iter_calc(list(names), qrels, run)}
