"""What the turns of a conversation and their citations are called where people read them."""

from collections.abc import Mapping
from datetime import datetime, tzinfo

from rag.conversations import CheckedCitation, SavedTurn
from rag.documents import AnswerMode, Filters
from ui.page.answers import KIND_NAMES, STATE_MESSAGES, UNSUPPORTED, shown_date

MODE_NAMES: Mapping[AnswerMode, str] = {
    AnswerMode.AUTO: "自动",
    AnswerMode.EXTRACTIVE: "原文摘录",
    AnswerMode.CHAT_MODEL: "聊天模型",
}


def shown_time(time: datetime, zone: tzinfo | None) -> str:
    """2026年3月1日 09:05, in `zone`; None means that of this machine."""
    local = time.astimezone(zone)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def filters_line(filters: Filters) -> str:
    """Which documents were looked at: 地区 江苏省，类型 讲话; 全部文件 without a restriction."""
    facts = (
        ("集合", filters.collection),
        ("类型", KIND_NAMES[filters.kind] if filters.kind else None),
        ("发文机关", filters.issuer),
        ("地区", filters.place),
        ("讲话人", filters.speaker),
        ("起始日期", shown_date(filters.date_from)),
        ("截止日期", shown_date(filters.date_to)),
        ("指定文件", _count(filters)),
    )
    return "，".join(f"{name} {value}" for name, value in facts if value) or "全部文件"


def _count(filters: Filters) -> str | None:
    return None if filters.document_ids is None else f"{len(filters.document_ids)} 份"


def circumstances(turn: SavedTurn, zone: tzinfo | None) -> str:
    """When a question was asked, of which documents, and who was to answer."""
    mode = MODE_NAMES[turn.mode]
    if turn.answer.mode is AnswerMode.CHAT_MODEL:
        mode += f"（由聊天模型 {turn.answer.model or ''} 撰写）".replace("  ", " ")
    time = shown_time(turn.asked, zone)
    return f"提问时间：{time}；范围：{filters_line(turn.filters)}；回答方式：{mode}"


def remarks(checked: CheckedCitation) -> str:
    """What a reader must know of a citation, in （）; empty where all is well."""
    doubts = (
        STATE_MESSAGES[checked.state],
        UNSUPPORTED if checked.citation.support == "unsupported" else "",
    )
    said = "；".join(filter(None, doubts))
    return f"（{said}）" if said else ""
