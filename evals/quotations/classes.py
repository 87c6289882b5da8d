"""The classes of quotations: how each is made, and what verification must say of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from evals.measures.quotations import Verdict
from evals.quotations.alterations import (
    altering,
    another_character,
    another_digit,
    another_order,
    fewer_words,
    make_altered_ellipsis,
    make_another_ending,
    make_disguised,
    make_short,
    more_words,
    several,
    synonym,
)
from evals.quotations.attributions import (
    make_no_speaker,
    make_right_speaker,
    make_wrong_speaker,
)
from evals.quotations.cutting import Made
from evals.quotations.disguises import (
    broken,
    disguising,
    make_elliptical,
    make_long,
    make_plain,
    make_stopped,
    mixed,
    remarked,
    traditional,
    widened,
    wrapped,
)
from evals.quotations.library import Library
from evals.quotations.likenesses import make_composed, make_near_twin
from rag.documents import Document

Maker = Callable[[Library, Document], Iterator[Made]]
"""Gives the quotations that may be made from a document, each from words of its own."""

SET_PHRASE, INVENTED, NEAR_TWIN, ELLIPSIS = (
    "set_phrase",
    "invented",
    "near_boilerplate",
    "exact_ellipsis",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotationClass:
    """A sort of quotations; `title` is what reports call it."""

    name: str
    title: str
    verdict: Verdict
    make: Maker


def _alone(make: Callable[[Document], Iterator[Made]]) -> Maker:
    def make_from(library: Library, document: Document) -> Iterator[Made]:
        del library  # one document is enough
        return make(document)

    return make_from


def _exact(name: str, title: str, make: Callable[[Document], Iterator[Made]]) -> QuotationClass:
    return QuotationClass(name=name, title=title, verdict="exact", make=_alone(make))


def _altered(name: str, title: str, make: Callable[[Document], Iterator[Made]]) -> QuotationClass:
    return QuotationClass(name=name, title=title, verdict="altered", make=_alone(make))


CLASSES: Final[tuple[QuotationClass, ...]] = (
    _exact("exact_plain", "任取一段", make_plain),
    _exact("exact_long", "跨段长引", make_long),
    _exact("exact_wrapped", "硬换行", disguising(wrapped, "wrapped")),
    _exact("exact_columns", "分栏、缩进、空格", disguising(broken, "broken")),
    _exact("exact_width", "全角半角", disguising(widened, "widened")),
    _exact("exact_marks", "引号样式", disguising(remarked, "remarked")),
    _exact("exact_traditional", "繁体字", disguising(traditional, "traditional")),
    _exact("exact_full_stop", "句末句号", make_stopped),
    _exact("exact_mixed", "几种写法混用", disguising(mixed, "mixed")),
    _exact(ELLIPSIS, "带省略号", make_elliptical),
    QuotationClass(
        name="exact_speaker", title="讲话人正确", verdict="exact", make=make_right_speaker
    ),
    QuotationClass(name=NEAR_TWIN, title="多份文件近似", verdict="exact", make=make_near_twin),
    _altered("altered_character", "错一字", altering(another_character, "character")),
    _altered("altered_digit", "错一数", altering(another_digit, "digit")),
    _altered("altered_order", "颠倒次序", altering(another_order, "order")),
    _altered("altered_dropped", "漏字", altering(fewer_words, "fewer")),
    _altered("altered_added", "添字", altering(more_words, "more")),
    _altered("altered_synonym", "换近义词", altering(synonym, "synonym")),
    _altered("altered_ending", "末词不同", make_another_ending),
    _altered("altered_ellipsis", "省略号外有误", make_altered_ellipsis),
    _altered("altered_several", "记忆有误（三处）", altering(several, "several")),
    _altered("altered_short", "短句错一字", make_short),
    _altered("altered_disguised", "换了写法又有错", make_disguised),
    QuotationClass(name="composed", title="两处拼接", verdict="altered", make=make_composed),
    QuotationClass(
        name="misattributed_speaker",
        title="张冠李戴",
        verdict="misattributed",
        make=make_wrong_speaker,
    ),
    QuotationClass(
        name="misattributed_nobody",
        title="无人说过",
        verdict="misattributed",
        make=make_no_speaker,
    ),
)

TITLES: Final = {one.name: one.title for one in CLASSES} | {
    SET_PHRASE: "提法",
    INVENTED: "凭空编造",
}
