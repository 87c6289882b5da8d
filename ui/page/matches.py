"""Quotations and where they stand as HTML for the page; everything in it is escaped."""

from collections.abc import Sequence
from html import escape

from rag.documents import Kind
from rag.quotations.quotation import DiffPiece, Match, Reference, Verdict
from ui.drafts.differences import whole_numbers
from ui.drafts.wording import VERDICT_NAMES
from ui.page.answers import kind_badge, sample_badge, shown_date

CITED_ON = "网页类文献按标准须补引用日期，如 [2026-07-01]，写在发布日期之后。"
"""What a reference to a web page lacks: nobody but the reader knows when he saw it."""
BRIEFING_NOTE = "资料卡由问策撰写，不宜当作原话引用。"

_ONLINE = "/OL]"


def verdict_html(verdict: Verdict, message: str, *, is_set_phrase: bool = False) -> str:
    """What became of a quotation, in a line above its matches."""
    phrase = '<span class="badge">常用提法</span>' if is_set_phrase else ""
    return (
        f'<div class="verdict-line {verdict.value}">'
        f'<span class="verdict {verdict.value}">{VERDICT_NAMES[verdict]}</span>'
        f"{phrase}<p>{escape(message)}</p></div>"
    )


def match_html(match: Match, *, number: int) -> str:
    """A match as an item of a list.

    Args:
        match: The match.
        number: Its place in the list, from 1; the page tells matches apart by it.
    """
    badges = "".join((
        '<span class="badge first">最早</span>' if match.is_first else "",
        kind_badge(match.kind),
        sample_badge(is_sample=match.is_sample),
        _likeness(match),
    ))
    briefing = f'<p class="hint">{BRIEFING_NOTE}</p>' if match.kind is Kind.BRIEFING else ""
    return (
        f'<li class="match" {place_attributes(match)} data-marker="{number}">'
        f'<h3><span class="number">{number}</span>{title_button(match)}</h3>'
        f'<p class="facts">{badges}{_facts(match)}</p>'
        f"<blockquote>{_in_context(match)}</blockquote>"
        f"{briefing}{difference_html(match.diff)}"
        '<div class="match-actions">'
        f"{copy_button(match.quote, '复制原文')}"
        f"{references_html(match.reference)}</div></li>"
    )


def place_attributes(match: Match) -> str:
    """Where a match stands, for the page's script."""
    return (
        f'data-document="{escape(match.document_id)}"'
        f' data-start="{match.start}" data-end="{match.end}"'
    )


def title_button(match: Match) -> str:
    """The title, which opens the document at the place of the element around it."""
    return (
        '<button type="button" class="title-link" data-action="open-place">'
        f"{escape(match.title)}</button>"
    )


def copy_button(text: str, label: str) -> str:
    """A button that copies `text`."""
    return (
        '<button type="button" class="quiet" data-action="copy"'
        f' data-copy="{escape(text)}">{label}</button>'
    )


def difference_html(pieces: Sequence[DiffPiece]) -> str:
    """A quotation against its source; empty where there is nothing to compare.

    Numbers are taken as wholes. What is struck out only the quotation has, what is underlined
    only the source; whoever hears the page is told so at each place.
    """
    if not pieces:
        return ""
    shown = "".join(
        escape(piece.quoted)
        if piece.operation == "equal"
        else _changed("del", "引文", piece.quoted) + _changed("ins", "原文", piece.source)
        for piece in whole_numbers(pieces)
    )
    return (
        '<div class="difference"><p class="difference-key" aria-hidden="true">逐字对照：'
        "<del>引文的字</del><ins>原文的字</ins></p>"
        f"<p>{shown}</p></div>"
    )


def references_html(reference: Reference) -> str:
    """The references, each with a button that copies it."""
    rows = "".join(
        f"<dt>{name}</dt><dd><span>{escape(text)}</span>{copy_button(text, '复制')}</dd>"
        for name, text in (
            ("GB/T 7714—2025", reference.gbt7714_2025),
            ("GB/T 7714—2015", reference.gbt7714_2015),
            ("文中夹注", reference.in_text),
        )
        if text
    )
    hint = f'<p class="hint">{CITED_ON}</p>' if _ONLINE in reference.gbt7714_2015 else ""
    return f'<details class="references"><summary>著录格式</summary><dl>{rows}</dl>{hint}</details>'


def speaker_of(match: Match) -> str:
    """Who says it, with his office as the document gives it; empty where it does not tell."""
    return f"{match.office or ''}{match.speaker}" if match.speaker else ""


def _changed(tag: str, whose: str, text: str) -> str:
    if not text:
        return ""
    opening, closing = (f'<span class="unseen">{mark}</span>' for mark in (f"（{whose}：", "）"))
    return f"<{tag}>{opening}{escape(text)}{closing}</{tag}>"


def _likeness(match: Match) -> str:
    if match.similarity >= 1:
        return ""
    return f'<span class="badge likeness">相似 {int(100 * match.similarity)}%</span>'


def _facts(match: Match) -> str:
    facts = (
        speaker_of(match),
        match.occasion,
        shown_date(match.date),
        match.publisher,
        None if match.page is None else f"第{match.page}页",
    )
    return "".join(f"<span>{escape(fact)}</span>" for fact in facts if fact)


def _in_context(match: Match) -> str:
    """The context with the quotation marked in it."""
    before = match.start - match.context_start
    end = before + len(match.quote)
    context = match.context
    return (
        f"{escape(context[:before].lstrip())}<mark>{escape(context[before:end])}</mark>"
        f"{escape(context[end:].rstrip())}"
    )
