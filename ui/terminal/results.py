"""Results as text for a terminal: every function returns what is to be printed."""

from collections.abc import Sequence

from rag.documents import Answer, AnswerMode, AnswerStatus, Citation
from ui.api.document_schemas import DocumentDetail, DocumentItem, DocumentList
from ui.api.schemas import SearchItem, SearchResults, SpanBody
from ui.citing import cited_places
from ui.page.answers import KIND_NAMES, STATUS_NAMES, shown_date
from ui.terminal.chinese_parser import display_width
from ui.terminal.output import printable

_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"
_KIND_COLUMNS = 10
_DATE_COLUMNS = 16


def shown_answer(answer: Answer) -> str:
    """An answer: its text, how it came about, and the list of its citations."""
    writer = f"由 {answer.model or '聊天模型'} 撰写"
    if answer.mode is AnswerMode.EXTRACTIVE:
        writer = "摘录原文"
    total = answer.timings_ms.get("total")
    found = answer.status in {AnswerStatus.ANSWERED, AnswerStatus.PARTIAL}
    facts = [STATUS_NAMES[answer.status], *([writer] if found else [])]
    if total is not None:
        facts.append(f"用时 {total:.0f} 毫秒")
    parts = [answer.text, f"（{'，'.join(facts)}）", *(f"注：{note}" for note in answer.notes)]
    if answer.citations:
        parts += ["", "引用", *_entries(answer.citations)]
    return printable("\n".join(parts))


def _entries(citations: Sequence[Citation]) -> list[str]:
    """What is cited, a document and its quotes together."""
    entries = dict[str, list[str]]()
    for citation in cited_places(citations, lambda one: one):
        entries.setdefault(_heading(citation), []).append(_quote(citation))
    return ["\n".join((heading, *quotes)) for heading, quotes in entries.items()]


def _heading(citation: Citation) -> str:
    facts = [
        KIND_NAMES[citation.kind],
        citation.speaker and f"{citation.speaker} 说",
        shown_date(citation.date),
        citation.publisher,
        citation.page and f"第 {citation.page} 页",
        "未通过核对" if citation.support == "unsupported" else None,
    ]
    return f"[{citation.marker}] {citation.title}（{_joined(facts)}）"


def _quote(citation: Citation) -> str:
    quote = citation.quote.replace("\n", "\n    ")
    place = f"文件 {citation.document_id}，位置 {citation.start}–{citation.end}"
    return f"    “{quote}”\n    {place}"


def _joined(facts: Sequence[str | int | None], mark: str = "，") -> str:
    return mark.join(str(fact) for fact in facts if fact)


def shown_results(results: SearchResults, *, bold: bool) -> str:
    """Passages, best first; `bold` marks where words of the query stand."""
    if not results.items:
        return "没有找到相关段落。"
    return "\n\n".join(
        _search_item(number, item, bold=bold) for number, item in enumerate(results.items, 1)
    )


def _search_item(number: int, item: SearchItem, *, bold: bool) -> str:
    facts = [KIND_NAMES[item.kind], item.collection, item.page and f"第 {item.page} 页"]
    text = printable(item.text)  # as long as before, so that the highlights still fit
    if bold:
        text = _emphasised(text, item.highlights, offset=item.start)
    indented = text.strip("\n").replace("\n", "\n    ")
    heading = " › ".join(item.heading_path)
    lines = [
        printable(f"{number}. {item.title}（{_joined(facts)}）"),
        printable(f"    {heading}") if heading else "",
        f"    {indented}",
        f"    文件 {item.document_id}，位置 {item.start}–{item.end}，得分 {item.score:.3f}",
    ]
    return "\n".join(line for line in lines if line)


def _emphasised(text: str, highlights: Sequence[SpanBody], *, offset: int) -> str:
    pieces = list[str]()
    position = 0
    for span in sorted(highlights, key=lambda span: span.start):
        start, end = max(span.start - offset, position), min(span.end - offset, len(text))
        if start < end:
            pieces += [text[position:start], _BOLD, text[start:end], _PLAIN]
            position = end
    return "".join([*pieces, text[position:]])


def shown_list(documents: DocumentList) -> str:
    """One line for each document, then how many there are."""
    if not documents.items:
        return "没有符合条件的文件。"
    more = "，还有更多（加大 --limit 可见）" if documents.next else ""
    lines = [_list_line(item) for item in documents.items]
    return printable("\n".join([*lines, f"共 {len(lines)} 份文件{more}"]))


def _list_line(item: DocumentItem) -> str:
    date = shown_date(item.published_date or item.event_date)
    facts = _joined([item.publisher or item.issuer, f"集合 {item.collection}", item.file_name])
    return (
        f"{item.document_id}  {_padded(KIND_NAMES[item.kind], _KIND_COLUMNS)}"
        f"{_padded(date, _DATE_COLUMNS)}{_title(item)}（{facts}）"
    )


def _title(item: DocumentItem) -> str:
    return f"【示例】{item.title}" if item.is_sample and "示例" not in item.title else item.title


def _padded(text: str, columns: int) -> str:
    return text + " " * max(1, columns - display_width(text))


def shown_document(document: DocumentDetail) -> str:
    """A document: what is known about it, then its text."""
    speakers = "、".join(
        name + (f"（{document.offices[name]}）" if name in document.offices else "")
        for name in document.speakers
    )
    place = _joined([document.place, *document.place_within], " ← ")
    facts = {
        "标题": _title(document),
        "种类": KIND_NAMES[document.kind],
        "发文机关": document.issuer,
        "文号": document.document_number,
        "发布单位": document.publisher,
        "地方": place,
        "事件日期": shown_date(document.event_date),
        "发布日期": shown_date(document.published_date),
        "讲话人": speakers,
        "记者": "、".join(document.reporters),
        "编辑": "、".join(document.editors),
        "来源": "；".join(document.sources),
        "网址": document.url,
        "集合": document.collection,
        "文件名": document.file_name,
        "出处": document.source,
        "编号": document.document_id,
        "篇幅": f"{document.characters} 字，{document.passage_count} 段",
    }
    lines = [f"{_padded(name, _KIND_COLUMNS)}{value}" for name, value in facts.items() if value]
    guessed = document.origins.get("title") == "first_clause"
    if guessed:
        lines.append("标题取自正文第一句：原文没有标题。")
    return printable("\n".join([*lines, "", document.text.rstrip("\n")]))
