"""From words in the tab 引文 to the pieces of HTML that it shows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import structlog
from pydantic import ValidationError

from rag.errors import WenceError
from rag.quotations.quotation import LookUp, LookUpMode, Match, Order, Verdict
from ui.api.quotation_schemas import QuotationSearchBody, VerificationBody
from ui.api.schemas import Body, FiltersBody
from ui.page.answers import failure_html
from ui.page.asking import explanation
from ui.page.expressions import expression_html
from ui.page.matches import match_html, verdict_html
from ui.roles import Backing

_FAILURE = "查找时出错，详情已记入日志。请稍后再试。"
_NOTHING_TYPED = "请先输入要查的话：一句原话，或“四个意识”这样的提法。"
_OTHER_WAYS = {
    LookUpMode.EXACT: "没有找到一字不差的原文。可以改用“相近措辞”或“意思相近”，或放宽筛选范围。",
    LookUpMode.NEAR: "没有找到措辞相近的原文。可以改用“意思相近”，或放宽筛选范围。",
    LookUpMode.MEANING: "没有找到意思相近的原文。可以换一种说法，或放宽筛选范围。",
}
_IN_BRIEFINGS = (
    "文件原文里没有查到，资料卡里有。勾选“也查资料卡”可以看到，但资料卡不宜当作原话引用。"
)

_Body = TypeVar("_Body", bound=Body)
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the tab shows.

    Attributes:
        html: All of it.
        body: The next page; None where there is none.
        items: The matches so far as items of a list, and how many they are.
        above: What stands over them.
    """

    html: str
    body: QuotationSearchBody | None = None
    items: tuple[str, int] = ("", 0)
    above: str = ""


def checked_search(
    text: str,
    *,
    mode: str,
    order: str,
    with_briefings: bool,
    limit: int,
    filters: FiltersBody,
) -> QuotationSearchBody:
    """Words to look up as the API would take them.

    Raises:
        ValueError: There are none, or too many; the message is for the user.
    """
    return _checked(
        QuotationSearchBody,
        text,
        mode=LookUpMode(mode),
        order=Order(order),
        with_briefings=with_briefings,
        limit=limit,
        filters=filters,
    )


def checked_verification(text: str, *, speaker: str, limit: int) -> VerificationBody:
    """A quotation to verify as the API would take it.

    Raises:
        ValueError: There is none, or it is too long; the message is for the user.
    """
    return _checked(VerificationBody, text, speaker=speaker.strip() or None, limit=limit)


def _checked(kind: type[_Body], text: str, **values: object) -> _Body:
    if not text.strip():
        raise ValueError(_NOTHING_TYPED)
    try:
        return kind.model_validate({"text": text, **values})
    except ValidationError as error:
        message = f"{explanation(error)}。"
        raise ValueError(message) from error


def verified(backing: Backing, body: VerificationBody) -> Found:
    """The verdict on a quotation with its matches, or why there is none."""
    try:
        result = body.verify_by(backing.verifier)
    except Exception as error:  # noqa: BLE001 - the page must say something; the log says what
        return Found(html=_failure(error))
    above = verdict_html(
        result.verdict, result.message, is_set_phrase=result.is_set_phrase
    ) + _told(_count(result.matches, result.total, result.documents, verdict=result.verdict))
    return Found(html=_listed(above, _items(result.matches, after=0)))


def looked_up(backing: Backing, body: QuotationSearchBody, *, before: Found | None = None) -> Found:
    """The places where words stand, or why there are none.

    Args:
        backing: What looks them up.
        body: What to look up.
        before: The pages before, which stay, whatever becomes of this one.
    """
    try:
        result = body.look_up_in(backing.quotations)
    except Exception as error:  # noqa: BLE001 - as above
        if before is None:
            return Found(html=_failure(error))
        return replace(before, html=before.html + _failure(error))
    earlier, number = before.items if before else ("", 0)
    items = (earlier + _items(result.matches, after=number), number + len(result.matches))
    if before is not None:
        above = before.above
    else:
        above = expression_html(result.expression) if result.expression else ""
    following = body.model_copy(update={"cursor": str(result.following)})
    return Found(
        html=_listed(above + _told(_how_many(body, result, items[1])), items[0]),
        body=following if result.following is not None else None,
        items=items,
        above=above,
    )


def _failure(error: Exception) -> str:
    if isinstance(error, WenceError):
        return failure_html(str(error))
    if isinstance(error, ValueError):  # the core's, about what was typed
        return failure_html(f"{error}。")
    _log.error("look_up_failed", exc_info=error)
    return failure_html(_FAILURE)


def _items(matches: Sequence[Match], *, after: int) -> str:
    return "".join(
        match_html(match, number=number) for number, match in enumerate(matches, after + 1)
    )


def _listed(above: str, items: str) -> str:
    return f'{above}<ol class="matches">{items}</ol>' if items else above


def _told(text: str) -> str:
    return f'<p class="found">{text}</p>' if text else ""


def _count(matches: Sequence[Match], total: int, documents: int, *, verdict: Verdict) -> str:
    if not matches:
        return ""
    if verdict is Verdict.ALTERED:
        return f"最接近的原文 {len(matches)} 处，最像的在前。"
    shown = f"，列出 {len(matches)} 处" if total > len(matches) else ""
    return f"原文见于 {documents} 份文件，共 {total} 处{shown}。"


def _how_many(body: QuotationSearchBody, result: LookUp, shown: int) -> str:
    if result.following is not None:
        return f"先列出 {shown} 处，还有更多。"
    if shown:
        return f"共找到 {shown} 处。"
    return _IN_BRIEFINGS if result.total and not body.with_briefings else _OTHER_WAYS[body.mode]
