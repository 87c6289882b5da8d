"""The list of documents as HTML for the page, all escaped."""

from collections.abc import Sequence
from html import escape

from rag.catalog_entries import DocumentEntry
from ui.page.answers import kind_badge, sample_badge, shown_date


def document_rows(entries: Sequence[DocumentEntry]) -> str:
    """Rows of the table, one for each document."""
    return "".join(_row(entry) for entry in entries)


def document_table(rows: str) -> str:
    """The table around `rows`, or what stands in its place when there are none."""
    if not rows:
        return '<p class="empty">没有符合条件的文件。</p>'
    headings = "".join(
        f'<th scope="col">{name}</th>'
        for name in ("标题", "日期", "发布", "地区", "集合", "字数", "")
    )
    return (
        '<table class="library"><caption class="unseen">资料库中的文件</caption>'
        f"<thead><tr>{headings}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _row(entry: DocumentEntry) -> str:
    metadata = entry.metadata
    date = metadata.published_date or metadata.event_date
    speakers = "、".join(speaker.name for speaker in metadata.speakers[:3])
    source = metadata.publisher or metadata.issuer or ""
    pending = '<span class="badge">待建索引</span>' if entry.state == "pending" else ""
    title = escape(metadata.title)
    return (
        f'<tr data-document="{entry.document_id}"><td data-label="标题">'
        f'<button type="button" class="title-link" data-action="open">{title}</button>'
        f'<p class="facts">{kind_badge(metadata.kind)}{sample_badge(is_sample=metadata.is_sample)}'
        f"{pending}<span>{escape(speakers)}</span></p></td>"
        f'<td data-label="日期">{shown_date(str(date) if date else None)}</td>'
        f'<td data-label="发布">{escape(source)}</td>'
        f'<td data-label="地区">{escape(metadata.place.name) if metadata.place else ""}</td>'
        f'<td data-label="集合" class="collection">{escape(entry.collection)}</td>'
        f'<td data-label="字数" class="number">{entry.characters:,}</td>'
        f'<td><button type="button" class="quiet danger" data-action="delete"'
        f' aria-label="删除 {title}">删除</button></td></tr>'
    )
