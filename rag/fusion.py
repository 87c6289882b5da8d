"""Several rankings into one."""

import math
from collections.abc import Sequence

from rag.documents import Hit


def weighted_fusion(
    rankings: Sequence[tuple[float, Sequence[Hit]]],
) -> list[Hit]:
    """Fuse rankings by the weighted sum of their scores, each divided by its maximum.

    A passage missing from a ranking gains nothing from it, and neither does one whose score
    is not positive. Dividing by the maximum makes BM25 and cosine comparable; sums by rank
    alone lost to BM25 on our benchmarks (DECISIONS.md).

    Args:
        rankings: (weight, hits) per retriever; the order of the hits does not matter, but no
            passage may stand in one ranking twice.

    Returns:
        Best first; equal scores are ordered by passage id, so the result does not depend on
        the order of `rankings`. Empty when every ranking is.

    Source:
        CombSUM with maximum normalisation: Fox & Shaw, TREC-2, 1994.
    """
    gains = dict[str, list[float]]()
    for weight, hits in rankings:
        highest = max((hit.score for hit in hits), default=0.0)
        if highest <= 0:
            continue
        for hit in hits:
            gains.setdefault(hit.passage_id, []).append(weight * max(hit.score, 0.0) / highest)
    fused = [Hit(passage_id=key, score=math.fsum(values)) for key, values in gains.items()]
    return sorted(fused, key=lambda hit: (-hit.score, hit.passage_id))
