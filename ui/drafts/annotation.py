"""A checked draft as a Word file, a comment at each place that asks for attention."""

import io
import re
from collections.abc import Collection, Sequence

import docx
from docx.document import Document
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.text.run import Run

from ingest.draft_files import DraftText, TextPiece
from rag.errors import ParsingError
from rag.quotations.quotation import Finding, Verdict
from ui.drafts.differences import bracketed, difference
from ui.drafts.places import line_spans
from ui.drafts.runs import DraftRuns, text_elements
from ui.drafts.word_package import mended_package
from ui.drafts.wording import ATTENTION, FINDING_KIND_NAMES, in_order, source_line, verdict_name
from ui.word_files import AUTHOR, file_bytes, new_document

_INITIALS = "问"
_COMMENT_SIZE = Pt(9)
_NOT_IN_XML = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CANNOT_OPEN = (
    "这份文稿可以核对，但无法写入批注（{reason}）：请用 Word 或 WPS 打开后另存为 .docx，再导出"
)


def annotated_docx(
    draft: DraftText,
    findings: Sequence[Finding],
    *,
    verdicts: Collection[Verdict] = ATTENTION,
) -> bytes:
    """The draft as .docx with a comment for each finding.

    A .docx keeps its text, look, pictures, tables, comments and other parts; only runs are cut
    where a finding begins or ends. A draft that came as text becomes a plain document, one
    paragraph a line. A finding over several paragraphs is anchored to all of them, as far as
    the same body or cell goes; one in a note or a text box, where Word allows no comment, to
    what the note or box hangs on.

    Args:
        draft: As `ingest.draft_files` read it.
        findings: Places in `draft.text`, in any order; they may overlap.
        verdicts: Findings of other verdicts get no comment.

    Raises:
        ParsingError: The .docx is one that only Word can open; the message says what to do.
    """
    document, pieces = (
        _plain_document(draft.text)
        if draft.word_file is None
        else (_opened(draft.word_file), draft.pieces)
    )
    runs = DraftRuns(document.element, pieces)
    for finding in in_order(one for one in findings if one.verdict in verdicts):
        anchor = runs.runs_of(finding.start, finding.end)
        if anchor is not None:
            _comment(document, [Run(run, document) for run in anchor], finding, draft.text)
    return file_bytes(document)


def comment_text(finding: Finding, words: str) -> str:
    """What a comment says: verdict, message, correction, difference, source with reference."""
    lines = [
        f"【{verdict_name(finding)}】{FINDING_KIND_NAMES[finding.kind]}：{finding.message}",
    ]
    if finding.correction is not None:
        lines.append(f"建议改为：{finding.correction}")
    if pieces := difference(finding, words):
        lines.append(f"对照：{bracketed(pieces)}")
    if finding.matches:
        lines.append(f"出处：{source_line(finding.matches[0])}")
        lines.append(f"著录：{finding.matches[0].reference.gbt7714_2025}")
    return "\n".join(" ".join(line.split("\n")) for line in lines)


def _comment(document: Document, runs: list[Run], finding: Finding, text: str) -> None:
    written = _for_xml(comment_text(finding, text[finding.start : finding.end]))
    comment = document.add_comment(runs, text=written, author=AUTHOR, initials=_INITIALS)
    for paragraph in comment.paragraphs:
        for run in paragraph.runs:
            run.font.size = _COMMENT_SIZE  # else that of the draft's body, often 16 points


def _opened(data: bytes) -> Document:
    try:
        return docx.Document(io.BytesIO(mended_package(data)))
    except Exception as error:
        message = _CANNOT_OPEN.format(reason=type(error).__name__)
        raise ParsingError(message) from error


def _plain_document(text: str) -> tuple[Document, list[TextPiece]]:
    """A new document, one paragraph a line, and where in it the text stands."""
    document = new_document()
    lines = line_spans(text)
    for line in lines:
        document.add_paragraph(_for_xml(line.of(text)))
    pieces = list[TextPiece]()
    elements = enumerate(text_elements(document.element))
    for line in lines:
        position = line.start
        while position < line.end:
            number, element = next(elements)
            end = position + (len(element.text or "") if element.tag == qn("w:t") else 1)
            pieces.append(TextPiece(start=position, end=end, element=number))
            position = end
    return document, pieces


def _for_xml(text: str) -> str:
    """As long as before; XML has no place for what is replaced."""
    return _NOT_IN_XML.sub("\ufffd", text)
