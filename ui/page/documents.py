"""The tab 资料库, and the fields that restrict which documents are looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio

from rag.errors import WenceError
from ui.page.answers import KIND_NAMES, failure_html
from ui.page.asking import checked_filters
from ui.page.library import document_rows, document_table
from ui.roles import Backing

DOCUMENTS_AT_ONCE = 50
_ALL = ("全部", "")
_UPLOAD = """<section class="upload" aria-label="上传文件"><label class="drop">
<input type="file" multiple id="upload-files"><span><b>选择文件</b>，或拖到这里</span>
<small>支持 txt、md、html、doc、docx、pdf、csv、xlsx、zip，每个不超过 {megabytes} MB</small></label>
<div class="upload-side"><label for="upload-collection">放入集合</label>
<input id="upload-collection" value="default" maxlength="200">
<small>集合用来给文件分组，提问时可以只在其中查找。</small></div>
<div class="outcomes" role="status" hidden></div></section>"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """The fields of a filter, in the order in which events hand their values over."""

    collection: gradio.Dropdown
    kind: gradio.Dropdown
    speaker: gradio.Textbox
    place: gradio.Textbox
    date_from: gradio.Textbox
    date_to: gradio.Textbox

    def all(self) -> list[Any]:
        """Every field."""
        return [
            self.collection,
            self.kind,
            self.speaker,
            self.place,
            self.date_from,
            self.date_to,
        ]

    def named(self, values: Sequence[str | None]) -> dict[str, str | None]:
        """Values by name of their filter."""
        names = ("collection", "kind", "speaker", "place", "date_from", "date_to")
        return dict(zip(names, values, strict=True))


def collection_choices(backing: Backing) -> list[tuple[str, str]]:
    """The collections that exist now, each with its number of documents."""
    counts = backing.shelf.collections()
    return [_ALL, *((f"{name}（{count}）", name) for name, count in counts.items())]


def filter_fields(backing: Backing, *, speaker: gradio.Textbox | None = None) -> Fields:
    """The fields, laid out in rows.

    Args:
        backing: For the collections.
        speaker: A field for the speaker that stands elsewhere on the page.
    """
    kinds = [_ALL, *((name, kind.value) for kind, name in KIND_NAMES.items())]
    with gradio.Row(elem_classes=["filters"]):
        return Fields(
            collection=gradio.Dropdown(
                collection_choices(backing), value="", label="集合", filterable=False, min_width=120
            ),
            kind=gradio.Dropdown(kinds, value="", label="类型", filterable=False, min_width=120),
            speaker=speaker or _field("讲话人", "姓名"),
            place=_field("地区", "如 江苏省"),
            date_from=_field("起始日期", "如 2019-03"),
            date_to=_field("截止日期", "如 2023"),
        )


def _field(label: str, placeholder: str) -> gradio.Textbox:
    return gradio.Textbox(label=label, placeholder=placeholder, max_length=200, min_width=120)


def library_tab(backing: Backing, tab: gradio.Tab) -> tuple[gradio.Dropdown, ...]:
    """The list with its filters, upload and deletion; returns what follows the library."""
    with gradio.Column(elem_id="library"):
        _html("upload", _UPLOAD.format(megabytes=backing.max_file_bytes // 2**20))
        fields = filter_fields(backing)
        refresh = gradio.Button("查询", elem_id="refresh", variant="primary")
        table = _html("documents")
        more = gradio.Button("显示更多", elem_id="more", visible=False)
    place = gradio.State(("", None))
    settings: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    listing = [table, more, place]

    def first(*values: str | None) -> list[object]:
        return _listed(backing, fields.named(values), "", None)

    def further(state: tuple[str, str | None], *values: str | None) -> list[object]:
        return _listed(backing, fields.named(values), *state)

    refresh.click(first, fields.all(), listing, **settings)
    tab.select(first, fields.all(), listing, **settings)
    for field in (fields.speaker, fields.place, fields.date_from, fields.date_to):
        field.submit(first, fields.all(), listing, **settings)
    more.click(further, [place, *fields.all()], listing, **settings)
    return (fields.collection,)


def _html(name: str, value: str = "") -> gradio.HTML:
    return gradio.HTML(value, elem_id=name, apply_default_css=False, padding=False, container=False)


def _listed(
    backing: Backing, values: dict[str, str | None], rows: str, cursor: str | None
) -> list[object]:
    """The table with the next page of the list under `rows`; the button for more; the state."""
    try:
        filters = checked_filters(**values).filters()
        entries, following = backing.shelf.list_documents(
            filters, limit=DOCUMENTS_AT_ONCE, cursor=cursor
        )
    except (ValueError, WenceError) as error:
        return [failure_html(str(error)), gradio.update(visible=False), ("", None)]
    rows += document_rows(entries)
    more = gradio.update(visible=following is not None)
    return [document_table(rows), more, (rows, following)]
