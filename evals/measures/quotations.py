"""How the verdicts on quotations compare with the right ones."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Verdict = Literal["exact", "altered", "misattributed", "not_found"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


@dataclass(frozen=True, slots=True)
class VerdictMatrix:
    """How often each verdict was given for each that was right.

    Attributes:
        counts: (expected, got) → number, every pair of verdicts present.
    """

    counts: Mapping[tuple[Verdict, Verdict], int]

    @property
    def total(self) -> int:
        """How many quotations were judged."""
        return sum(self.counts.values())

    @property
    def accuracy(self) -> float:
        """Share of right verdicts; 0 without any quotation."""
        right = sum(self.counts[verdict, verdict] for verdict in VERDICTS)
        return right / self.total if self.total else 0.0

    @property
    def dangerous(self) -> int:
        """How many altered or invented quotations were called exact: what must never be."""
        return self.counts["altered", "exact"] + self.counts["not_found", "exact"]


def tabulate(verdicts: Iterable[tuple[Verdict, Verdict]]) -> VerdictMatrix:
    """Count pairs (expected, got)."""
    counted = Counter(verdicts)
    return VerdictMatrix({
        (expected, got): counted[expected, got] for expected in VERDICTS for got in VERDICTS
    })
