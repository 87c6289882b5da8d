"""The measures by name: what they are called, which way is better, how they are summed up."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Unit = Literal["share", "characters", "ms"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What is to be known of a measure besides its values.

    Attributes:
        name: Key of `Judged.measures`.
        title: Chinese, for tables and reports.
        higher_is_better: None where neither way is.
        unit: A share lies between 0 and 1.
        typical: What stands for a whole run; the mean of a length or a time is at the mercy of
            a few long ones.
        depends_on_machine: Two runs compare only where one machine made both.
        tells_right_from_wrong: Decides whether an answer got better or worse; length, time
            and the finer points of a ranking do not.
    """

    name: str
    title: str
    higher_is_better: bool | None = True
    unit: Unit = "share"
    typical: Literal["mean", "median"] = "mean"
    depends_on_machine: bool = False
    tells_right_from_wrong: bool = False


_MEASURES = (
    # In this order they decide whether an answer got better: the first that changed.
    Measure(name="refusal", title="该拒即拒率", tells_right_from_wrong=True),
    Measure(
        name="false_refusal", title="误拒率", higher_is_better=False, tells_right_from_wrong=True
    ),
    Measure(name="not_affirmed", title="不附和错误前提率", tells_right_from_wrong=True),
    Measure(
        name="fake_given", title="照搬假答案率", higher_is_better=False, tells_right_from_wrong=True
    ),
    Measure(name="held", title="答全率", tells_right_from_wrong=True),
    Measure(name="held_whole", title="各部分答全率", tells_right_from_wrong=True),
    Measure(name="fact_recall", title="要点召回率", tells_right_from_wrong=True),
    Measure(name="span_validity", title="引文属实率", tells_right_from_wrong=True),
    Measure(name="any_reference_cited", title="引到依据率", tells_right_from_wrong=True),
    Measure(name="reference_recall", title="依据召回率", tells_right_from_wrong=True),
    Measure(name="reference_precision", title="依据精确率", tells_right_from_wrong=True),
    Measure(name="citation_recall", title="引用召回率（ALCE）", tells_right_from_wrong=True),
    Measure(name="citation_precision", title="引用精确率（ALCE）", tells_right_from_wrong=True),
    Measure(name="marker_validity", title="引用编号有效率"),
    Measure(name="sentences_marked", title="句末有引用率"),
    Measure(name="nDCG@10", title="nDCG@10"),
    Measure(name="MRR", title="MRR"),
    *(Measure(name=f"R@{k}", title=f"R@{k}") for k in (1, 5, 10, 20, 50)),
    *(Measure(name=f"S@{k}", title=f"前 {k} 段命中率") for k in (1, 5, 10, 50)),
    Measure(name="judged_faithfulness", title="忠实（模型评判）"),
    Measure(name="judged_relevance", title="切题（模型评判）"),
    Measure(
        name="characters",
        title="回答字数",
        higher_is_better=False,
        unit="characters",
        typical="median",
    ),
    Measure(
        name="short_characters",
        title="短答题的回答字数",
        higher_is_better=False,
        unit="characters",
        typical="median",
    ),
    Measure(
        name="ms",
        title="耗时（毫秒）",
        higher_is_better=False,
        unit="ms",
        typical="median",
        depends_on_machine=True,
    ),
)

CATALOGUE: Mapping[str, Measure] = {measure.name: measure for measure in _MEASURES}
"""In the order of reports."""


def find_measure(name: str) -> Measure:
    """The measure of this name; one of another version is a share that no way is better."""
    return CATALOGUE.get(name) or Measure(name=name, title=name, higher_is_better=None)


def in_order(names: Mapping[str, object] | set[str]) -> list[str]:
    """The names in the order of the catalogue, then those it does not know, sorted."""
    return [*(n for n in CATALOGUE if n in names), *sorted(n for n in names if n not in CATALOGUE)]
