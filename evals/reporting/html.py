"""Reports as one HTML file that opens from disk: nothing in it is fetched from anywhere.

Whatever comes from questions, answers and documents is escaped by the templates; besides, the
page's own policy lets no script run but ours and no address be asked for anything.
"""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from evals.comparing import Comparison
from evals.model_judge import Judgement
from evals.records import Judged
from evals.reporting.comparison_page import ComparisonPage, build_comparison_page
from evals.reporting.question_views import PASSAGES_SHOWN
from evals.reporting.run_page import RunPage, build_run_page
from rag.errors import EvaluationError

_TEMPLATES = "templates"


def write_report(
    run: Sequence[Judged],
    path: Path,
    *,
    title: str,
    judgement: Judgement | None = None,
    threshold: float | None = None,
) -> None:
    """Write the report of a run; the file appears whole or not at all.

    Args:
        run: In any order; may be empty.
        path: Of the HTML file; one that is there is replaced.
        title: Heading of the page.
        judgement: What a chat model said of this run.
        threshold: The confidence below which was refused, where it is one for all questions.

    Raises:
        EvaluationError: The file cannot be written.
    """
    page = build_run_page(run, title=title, judgement=judgement, threshold=threshold)
    _write(path, render("report.html.j2", page))


def write_comparison(comparison: Comparison, path: Path, *, title: str = "两次结果的比较") -> None:
    """Write the report of a comparison; the file appears whole or not at all.

    Raises:
        EvaluationError: The file cannot be written.
    """
    _write(path, render("comparison.html.j2", build_comparison_page(comparison, title=title)))


def render(template: str, page: RunPage | ComparisonPage) -> str:
    """A page as HTML."""
    environment = Environment(
        loader=PackageLoader("evals.reporting", _TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style, script = _own("style.css"), _own("filter.js")
    return environment.get_template(template).render(
        {field.name: getattr(page, field.name) for field in fields(page)},
        style=style,
        style_hash=_hash(style),
        script=script,
        script_hash=_hash(script),
        shown_passages=PASSAGES_SHOWN,
        written=f"{datetime.now().astimezone():%Y-%m-%d %H:%M}",
    )


def _own(name: str) -> Markup:
    text = (files("evals.reporting") / _TEMPLATES / name).read_text(encoding="utf-8")
    return Markup(text)  # noqa: S704 - a file of ours, which holds no one else's words


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def _write(path: Path, text: str) -> None:
    partial = path.with_name(f"{path.name}.partial")
    try:
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        message = f"报告写不进 {path}（{error.strerror}）：请换一个能写的位置"
        raise EvaluationError(message) from error
