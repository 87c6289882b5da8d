"""Whether an answer helped: two buttons below it, and what was wrong with it."""

from collections.abc import Mapping
from html import escape

from rag.documents import Answer
from rag.feedback import Rating, Reason

REASON_NAMES: Mapping[Reason, str] = {
    Reason.INCORRECT: "内容不对",
    Reason.UNSUPPORTED: "引文不能支持",
    Reason.INCOMPLETE: "不完整",
    Reason.IRRELEVANT: "答非所问",
    Reason.NOT_FOUND: "库里有答案却没找到",
    Reason.OUTDATED: "已经过时",
    Reason.OTHER: "其他",
}


def rating_html(answer: Answer) -> str:
    """The buttons, which the page's script sends; empty for an answer that has no id."""
    if answer.answer_id is None:
        return ""
    reasons = "".join(
        _button(name, rate=Rating.UNHELPFUL, reason=reason) for reason, name in REASON_NAMES.items()
    )
    return (
        f'<div class="rating" data-answer-id="{escape(answer.answer_id)}">'
        "<span>这个回答有帮助吗？</span>"
        f"{_button('有帮助', rate=Rating.HELPFUL)}{_button('没帮助', rate=Rating.UNHELPFUL)}"
        f'<div class="reasons" hidden><span>哪里不好？</span>{reasons}</div>'
        '<span class="said" role="status"></span></div>'
    )


def _button(name: str, *, rate: Rating, reason: Reason | None = None) -> str:
    why = f' data-reason="{reason.value}"' if reason else ""
    return (
        f'<button type="button" class="quiet" data-rate="{rate.value}"{why}'
        f' aria-pressed="false">{name}</button>'
    )
