"""`wence check`: a draft is read here, checked where the library is, and shown here."""

import sys
from pathlib import Path

from ingest.draft_files import DraftText, draft_from_bytes, read_draft
from rag.errors import ParsingError, WenceError
from rag.settings import Settings
from ui.api.draft_schemas import DraftFindings
from ui.drafts.annotation import annotated_docx
from ui.drafts.report import findings_html
from ui.drafts.terminal import shown_findings
from ui.drafts.wording import summary
from ui.terminal.desk import open_desk
from ui.terminal.output import print_json, print_note, print_result

_STANDARD_INPUT = "-"


def run_check(
    settings: Settings,
    source: str,
    *,
    html: Path | None,
    docx: Path | None,
    as_json: bool,
    bold: bool,
) -> None:
    """Check a draft and print what was found.

    Args:
        settings: Which library.
        source: Path of the draft; - for standard input.
        html: Where a report goes, too; likewise `docx` for the draft with comments.
        as_json: Print JSON instead of text.
        bold: Emphasise by bold type.

    Raises:
        ParsingError: It is no draft.
        WenceError: It could not be checked, or a file not be written.
    """
    for written in (html, docx):
        if written is not None and written.resolve() == Path(source).resolve():
            message = f"不能把结果写到文稿 {source} 上：请另起一个文件名"
            raise WenceError(message)
    draft = _read(source, max_bytes=settings.max_file_bytes)
    with open_desk(settings, program="wence check") as desk:
        findings = desk.check(draft.text)
    name = "文稿" if source == _STANDARD_INPUT else Path(source).name
    if html is not None:
        report = findings_html(draft.text, findings, title=f"核稿报告：{name}")
        _write(html, report.encode("utf-8", "replace"))
    if docx is not None:
        _write(docx, annotated_docx(draft, findings))
    if as_json:
        body = DraftFindings(items=list(findings), text=draft.text, summary=summary(findings))
        print_json(body)
    else:
        print_result(shown_findings(draft.text, findings, bold=bold))


def _read(source: str, *, max_bytes: int) -> DraftText:
    if source != _STANDARD_INPUT:
        try:
            return read_draft(Path(source), max_bytes=max_bytes)
        except ParsingError as error:
            message = f"{source}：{error}"
            raise ParsingError(message) from error
    data = sys.stdin.buffer.read(max_bytes + 1)
    return draft_from_bytes(data, file_name="draft.txt", max_bytes=max_bytes)


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        message = f"{path} 写不进去（{error.strerror}）：请检查路径和权限，或换一个位置"
        raise WenceError(message) from error
    print_note(f"已写入 {path}")
