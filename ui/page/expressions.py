"""What is known of a set phrase as HTML for the page; everything in it is escaped."""

from collections.abc import Mapping
from html import escape

from rag.documents import Kind
from rag.quotations.quotation import Expression, Match, Wording
from ui.page.answers import kind_badge, sample_badge, shown_date
from ui.page.matches import place_attributes, speaker_of, title_button

_MOST_LABELS = 8


def expression_html(expression: Expression) -> str:
    """Wordings with first and latest occurrence and a plot by year; then what it stands for."""
    wordings = "".join(_wording(wording) for wording in expression.wordings)
    expansions = "".join(
        f'<li {place_attributes(match)}><q>{escape(match.quote)}</q><p class="facts">'
        f"{_source(match)}</p></li>"
        for match in expression.expansions
    )
    meaning = f"<h4>文件里的解释</h4><ul>{expansions}</ul>" if expansions else ""
    return (
        '<section class="expression" aria-label="提法"><h3>作为提法</h3>'
        f"{wordings}{meaning}</section>"
    )


def years_html(by_year: Mapping[int, int]) -> str:
    """A column for each year from the first to the last, those without documents too.

    Empty where there are no years. The figure says in words what it draws.
    """
    if not by_year:
        return ""
    years = range(min(by_year), max(by_year) + 1)
    most = max(by_year.values())
    told = "，".join(f"{year}年{count}份" for year, count in sorted(by_year.items()))
    if len(years) == 1:
        return f'<p class="years-told">按年：{told}</p>'
    step = -(-len(years) // _MOST_LABELS)
    columns = "".join(
        f'<span class="year-column" title="{year}年 {by_year.get(year, 0)} 份">'
        f"<b>{by_year.get(year) or ''}</b>"
        f'<i style="height:{100 * by_year.get(year, 0) / most:.0f}%"></i>'
        f"<small>{year if index % step == 0 else ''}</small></span>"
        for index, year in enumerate(years)
    )
    crowded = " crowded" if len(years) > 2 * _MOST_LABELS else ""
    return (
        f'<div class="years{crowded}" role="img" aria-label="每年有多少份文件用到：{told}">'
        f'<p aria-hidden="true">每年有多少份文件用到</p>'
        f'<div aria-hidden="true">{columns}</div></div>'
    )


def _wording(wording: Wording) -> str:
    text = escape(wording.text.strip("“”"))
    ends = [("最早", wording.first), ("最近", wording.latest)]
    if wording.first == wording.latest:
        ends = [("见于", wording.first)]
    occurrences = "".join(
        f'<li {place_attributes(match)}><b>{name}</b><p class="facts">{_source(match)}</p></li>'
        for name, match in ends
        if match is not None
    )
    return (
        f'<div class="wording"><p class="wording-head"><b>“{text}”</b>'
        f"<span>{wording.documents} 份文件，{wording.total} 处</span></p>"
        f"<ul>{occurrences}</ul>{years_html(wording.by_year)}</div>"
    )


def _source(match: Match) -> str:
    facts = (shown_date(match.date), speaker_of(match), match.publisher)
    shown = "".join(f"<span>{escape(fact)}</span>" for fact in facts if fact)
    own = kind_badge(match.kind) if match.kind is Kind.BRIEFING else ""
    return f"{title_button(match)}{own}{sample_badge(is_sample=match.is_sample)}{shown}"
