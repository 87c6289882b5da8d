"""Questions, answers and citations as HTML for the page; everything in it is escaped."""

import re
from collections.abc import Collection, Mapping
from html import escape

from rag.documents import Answer, AnswerMode, AnswerStatus, Citation, Kind
from ui.page.rating import rating_html

KIND_NAMES: Mapping[Kind, str] = {
    Kind.SPEECH: "讲话",
    Kind.NEWS: "新闻",
    Kind.REPORT: "报告",
    Kind.LAW: "法规文件",
    Kind.BRIEFING: "资料卡",
    Kind.OTHER: "其他",
}
STATUS_NAMES: Mapping[AnswerStatus, str] = {
    AnswerStatus.ANSWERED: "已回答",
    AnswerStatus.PARTIAL: "部分回答",
    AnswerStatus.NO_EVIDENCE: "未找到依据",
    AnswerStatus.DECLINED: "未予回答",
}
_MARKER = r"\[(\d{1,3})\]"


def shown_date(date: str | None) -> str:
    """A date as PartialDate writes it, for reading: 2019年3月22日, 12月28日; empty for None."""
    if date is None:
        return ""
    year, month, day = (re.sub(r"^--", "-", date) + "--").split("-")[:3]
    pieces = ((year, "年"), (month, "月"), (day, "日"))
    return "".join(f"{number.lstrip('0')}{unit}" for number, unit in pieces if number)


def kind_badge(kind: Kind) -> str:
    """The kind of a document as a badge."""
    return f'<span class="badge kind-{kind.value}">{KIND_NAMES[kind]}</span>'


def sample_badge(*, is_sample: bool) -> str:
    """The badge of an invented example; empty for everything else."""
    title = "为演示编写的示例文件，人物、地点均为虚构"
    return f'<span class="badge sample" title="{title}">示例</span>' if is_sample else ""


def question_html(question: str) -> str:
    """What the user asked."""
    return f'<div class="question"><span class="who">提问</span><p>{escape(question)}</p></div>'


def waiting_html(text: str = "") -> str:
    """An answer that is still coming about: what is there so far."""
    if not text:
        return '<article class="answer waiting"><p class="busy">正在查找依据</p></article>'
    body = _paragraphs(re.sub(_MARKER, r'<sup class="marker-text">[\1]</sup>', escape(text)))
    return f'<article class="answer waiting"><div class="answer-text">{body}</div></article>'


def failure_html(reason: str) -> str:
    """What the reader sees when no answer could be made."""
    return f'<article class="answer failed" role="alert"><p>{escape(reason)}</p></article>'


def answer_html(
    answer: Answer, *, number: int, seconds: float, samples: Collection[str] = ()
) -> str:
    """A finished answer with its citations in a template that the page's script shows.

    Args:
        answer: The answer.
        number: Which answer of the conversation it is; the page tells answers apart by it.
        seconds: How long it took.
        samples: Ids of the cited documents that are invented examples.
    """
    cards = "".join(_card(one, is_sample=one.document_id in samples) for one in answer.citations)
    notes = "".join(f"<li>{escape(note)}</li>" for note in answer.notes)
    status = answer.status.value
    return (
        f'<article class="answer settled" data-answer="{number}" data-status="{status}">'
        f'<header><span class="status {status}">{STATUS_NAMES[answer.status]}</span>'
        f"<span>{escape(_writer(answer))}</span><span>用时 {seconds:.2f} 秒</span></header>"
        f'<div class="answer-text">{_paragraphs(_with_markers(answer))}</div>'
        + (f'<ul class="notes">{notes}</ul>' if notes else "")
        + _actions(answer)
        + rating_html(answer)
        + f'<template class="cards">{cards}</template></article>'
    )


def _writer(answer: Answer) -> str:
    if answer.mode is AnswerMode.CHAT_MODEL:
        return f"由语言模型 {answer.model or ''} 撰写，引文已逐条核对".replace("  ", " ")
    return "原文摘录" if answer.citations else "检索全库"


def _actions(answer: Answer) -> str:
    if not answer.citations:
        return ""
    count = len(answer.citations)
    return (
        '<footer><button type="button" class="quiet" data-action="show-evidence">'
        f"查看 {count} 条依据</button>"
        '<button type="button" class="quiet" data-action="copy"'
        f' data-copy="{escape(copied(answer))}">'
        "复制回答与出处</button></footer>"
    )


def copied(answer: Answer) -> str:
    """The answer as plain text with its references, as the copy button gives it."""
    references = [
        f"[{one.marker}] "
        + "，".join(
            part
            for part in (one.title, one.speaker, one.publisher, shown_date(one.date), _page(one))
            if part
        )
        + f"：“{one.quote}”"
        for one in answer.citations
    ]
    return answer.text + "\n\n出处：\n" + "\n".join(references)


def _page(citation: Citation) -> str:
    return "" if citation.page is None else f"第{citation.page}页"


def _paragraphs(html: str) -> str:
    return "".join(f"<p>{line}</p>" for line in html.split("\n") if line.strip())


def _with_markers(answer: Answer) -> str:
    """The text, escaped, its markers as buttons; a quote that holds [1] itself is left alone."""
    known = {one.marker for one in answer.citations}
    quotes = sorted({one.quote for one in answer.citations if one.quote}, key=len, reverse=True)
    pattern = "|".join([*(f"(?:{re.escape(quote)})" for quote in quotes), _MARKER])
    pieces, position = list[str](), 0
    for match in re.finditer(pattern, answer.text):
        pieces.append(escape(answer.text[position : match.start()]))
        number = match.group(1)
        if number is None or int(number) not in known:
            pieces.append(escape(match.group()))
        else:
            pieces.append(
                f'<sup><button type="button" class="marker" data-marker="{number}"'
                f' aria-label="第 {number} 条依据">[{number}]</button></sup>'
            )
        position = match.end()
    return "".join([*pieces, escape(answer.text[position:])])


def _card(citation: Citation, *, is_sample: bool) -> str:
    facts = [citation.speaker, citation.publisher, shown_date(citation.date), _page(citation)]
    shown = "".join(f"<span>{escape(fact)}</span>" for fact in facts if fact)
    unsupported = (
        '<span class="badge unsupported">未能核实</span>'
        if citation.support == "unsupported"
        else ""
    )
    return (
        f'<li class="card" data-marker="{citation.marker}" data-document="{citation.document_id}"'
        f' data-start="{citation.start}" data-end="{citation.end}">'
        f'<button type="button" class="card-title"><span class="number">{citation.marker}</span>'
        f"<span>{escape(citation.title)}</span></button>"
        f'<p class="facts">{kind_badge(citation.kind)}{sample_badge(is_sample=is_sample)}'
        f"{unsupported}{shown}</p><blockquote>{escape(citation.quote)}</blockquote></li>"
    )
