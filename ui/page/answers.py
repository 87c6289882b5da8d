"""Questions, answers and citations as HTML for the page; everything in it is escaped."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from html import escape
from itertools import zip_longest

from rag.claims import UNSUPPORTED_MARK
from rag.conversations import CheckedCitation, CitationState
from rag.documents import Answer, AnswerMode, AnswerStatus, Citation, Kind
from rag.text import sentence_spans
from ui.citing import cited_places
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
STATE_MESSAGES: Mapping[CitationState, str] = {
    CitationState.VALID: "",
    CitationState.MOVED: "文件已更新，原句现在文中另一处",
    CitationState.CHANGED: "文件已更改，找不到原句的确切位置",
    CitationState.GONE: "文件已不在资料库中",
}
UNSUPPORTED = "这条引用未能支持所在的句子"
_MARKER = r"\[(\d{1,3})\]"
_DOUBT = (
    '<b class="doubt" title="所引的文件没有这个意思，或其中的数字、人名、引文与原文不符；'
    f'请勿直接采用">{UNSUPPORTED_MARK}</b>'
)


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


def question_html(question: str, *, when: str = "") -> str:
    """What the user asked, and when."""
    time = f" <time>{escape(when)}</time>" if when else ""
    return (
        f'<div class="question"><span class="who">提问{time}</span><p>{escape(question)}</p></div>'
    )


def waiting_html(text: str = "") -> str:
    """An answer that is still coming about: what is there so far."""
    if not text:
        return '<article class="answer waiting"><p class="busy">正在查找依据</p></article>'
    body = _unsettled(text)
    return f'<article class="answer waiting"><div class="answer-text">{body}</div></article>'


def _unsettled(text: str) -> str:
    """Text whose citations are not there: its markers lead nowhere."""
    return _paragraphs(_with_doubts(text, _with_dead_markers))


def _with_dead_markers(text: str) -> str:
    return re.sub(_MARKER, r'<sup class="marker-text">[\1]</sup>', escape(text))


def _with_doubts(text: str, shown: Callable[[str], str]) -> str:
    """Text as `shown` renders its pieces, each sentence without support set off."""
    pieces, position = list[str](), 0
    for mark in re.finditer(UNSUPPORTED_MARK, text):
        before = text[position : mark.start()]
        sentences = sentence_spans(before)
        begun = sentences[-1].start if sentences else 0
        # A marker of the sentence before may stand behind its full stop.
        if markers := re.compile(rf"(?:{_MARKER}\s*)+").match(before, begun):
            begun = markers.end()
        doubted = f'<span class="doubted">{shown(before[begun:])}</span>' if before[begun:] else ""
        pieces += [shown(before[:begun]), doubted, _DOUBT]
        position = mark.end()
    return "".join([*pieces, shown(text[position:])])


def stopped_html(text: str) -> str:
    """What there was of an answer when the reader stopped it."""
    return (
        f'<article class="answer stopped"><div class="answer-text">{_unsettled(text)}</div>'
        '<p class="hint" role="status">已停止。这一问没有存入对话。</p></article>'
    )


def failure_html(reason: str) -> str:
    """What the reader sees when no answer could be made."""
    return f'<article class="answer failed" role="alert"><p>{escape(reason)}</p></article>'


def answer_html(
    answer: Answer,
    *,
    number: int,
    seconds: float,
    samples: Collection[str] = (),
    checked: Sequence[CheckedCitation] = (),
    withdrawn: str = "",
) -> str:
    """A finished answer with its citations in a hidden list that the page's script shows.

    Args:
        answer: The answer.
        number: Which answer of the conversation it is; the page tells answers apart by it.
        seconds: How long it took.
        samples: Ids of the cited documents that are invented examples.
        checked: What has become of its citations, one for each; none for a new answer.
        withdrawn: What a chat model wrote first, and was shown, but is no part of the answer.
    """
    cards = _cards(answer, samples=samples, checked=checked)
    notes = "".join(f"<li>{escape(note)}</li>" for note in answer.notes)
    status = answer.status.value
    return (
        f'<article class="answer settled" data-answer="{number}" data-status="{status}">'
        f'<header><span class="status {status}">{STATUS_NAMES[answer.status]}</span>'
        f"<span>{escape(_writer(answer))}</span><span>用时 {seconds:.2f} 秒</span></header>"
        + _withdrawn(withdrawn)
        + f'<div class="answer-text">{_paragraphs(_with_markers(answer))}</div>'
        + (f'<ul class="notes">{notes}</ul>' if notes else "")
        + _actions(answer, len(cards))
        + rating_html(answer)
        # No template: the page's framework changes what is there, and leaves what is in one.
        + f'<ol class="answer-cards" hidden>{"".join(cards)}</ol></article>'
    )


def _withdrawn(text: str) -> str:
    if not text:
        return ""
    return (
        '<details class="withdrawn"><summary>聊天模型先写出的内容（未采用）</summary>'
        f"{_unsettled(text)}</details>"
    )


def _writer(answer: Answer) -> str:
    if answer.mode is AnswerMode.CHAT_MODEL and answer.citations:
        return f"由聊天模型 {answer.model or ''} 撰写，引文已逐条核对".replace("  ", " ")
    if answer.status is AnswerStatus.DECLINED:
        return "没有检索"
    return "原文摘录" if answer.citations else "检索全库"


def _actions(answer: Answer, count: int) -> str:
    if not count:
        return ""
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
    pattern = re.compile("|".join([*(f"(?:{re.escape(quote)})" for quote in quotes), _MARKER]))

    def shown(text: str) -> str:
        pieces, position = list[str](), 0
        for match in pattern.finditer(text):
            pieces.append(escape(text[position : match.start()]))
            number = match.group(1)
            if number is None or int(number) not in known:
                pieces.append(escape(match.group()))
            else:
                pieces.append(_marker(number))
            position = match.end()
        return "".join([*pieces, escape(text[position:])])

    # A document may hold the mark itself; what is extracted has no doubtful sentences.
    is_written = answer.mode is AnswerMode.CHAT_MODEL
    return _with_doubts(answer.text, shown) if is_written else shown(answer.text)


def _marker(number: str) -> str:
    return (
        f'<sup><button type="button" class="marker" data-marker="{number}"'
        f' aria-label="第 {number} 条依据">[{number}]</button></sup>'
    )


def _cards(
    answer: Answer, *, samples: Collection[str], checked: Sequence[CheckedCitation]
) -> list[str]:
    """One card for each place, those of a marker together."""
    pairs = cited_places(zip_longest(answer.citations, checked), lambda pair: pair[0])
    return [_card(one, is_sample=one.document_id in samples, now=now) for one, now in pairs]


def _card(citation: Citation, *, is_sample: bool, now: CheckedCitation | None) -> str:
    page = _page(citation) if now is None or now.page is None else f"第{now.page}页"
    facts = [citation.speaker, citation.publisher, shown_date(citation.date), page]
    shown = "".join(f"<span>{escape(fact)}</span>" for fact in facts if fact)
    unsupported = (
        f'<span class="badge unsupported" title="{UNSUPPORTED}">未能核实</span>'
        if citation.support == "unsupported"
        else ""
    )
    message = STATE_MESSAGES[now.state] if now else ""
    return (
        f'<li class="card" data-marker="{citation.marker}" data-document="{citation.document_id}"'
        f"{_place(citation, now)}>"
        f'<button type="button" class="card-title"><span class="number">{citation.marker}</span>'
        f"<span>{escape(citation.title)}</span></button>"
        f'<p class="facts">{kind_badge(citation.kind)}{sample_badge(is_sample=is_sample)}'
        f"{unsupported}{shown}</p>"
        + (f'<p class="state">{message}</p>' if message else "")
        + f"<blockquote>{escape(citation.quote)}</blockquote></li>"
    )


def _place(citation: Citation, now: CheckedCitation | None) -> str:
    """Where the quote stands now, as attributes; none where that is not known."""
    if now is None:
        return f' data-start="{citation.start}" data-end="{citation.end}"'
    return f' data-start="{now.span.start}" data-end="{now.span.end}"' if now.span else ""
