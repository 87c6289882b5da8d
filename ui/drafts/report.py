"""A checked draft as one HTML file that opens from disk: nothing in it is fetched from anywhere.

Whatever comes from the draft and from documents is escaped by the template; besides, the page's
own policy lets no script run and no address be asked for anything.
"""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import fields
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from rag.quotations.quotation import Finding
from ui.drafts.report_views import build_report_page

_TEMPLATES = "templates"


def findings_html(draft: str, findings: Sequence[Finding], *, title: str) -> str:
    """The report: a summary, the draft with its findings marked, and the findings by verdict.

    Args:
        draft: The text that was checked.
        findings: In any order; overlapping ones are all marked.
        title: Heading of the page, usually the name of the file.
    """
    environment = Environment(
        loader=PackageLoader("ui.drafts", _TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = build_report_page(draft, findings, title=title)
    style = (files("ui.drafts") / _TEMPLATES / "report.css").read_text(encoding="utf-8")
    return environment.get_template("report.html.j2").render(
        {field.name: getattr(page, field.name) for field in fields(page)},
        style=Markup(style),  # noqa: S704 - a file of ours, which holds no one else's words
        style_hash=_hash(style),
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
