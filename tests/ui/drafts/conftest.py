"""Findings about invented drafts, and small Word files written part by part."""

import io
import zipfile
from collections.abc import Mapping
from xml.sax.saxutils import escape

from rag.documents import Kind
from rag.quotations.quotation import (
    DiffPiece,
    Finding,
    FindingKind,
    Match,
    Reference,
    Verdict,
)

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def word_file(
    body: str, *, parts: Mapping[str, str | bytes] | None = None, links: str = ""
) -> bytes:
    """A .docx with this body.

    Args:
        body: What stands in `w:body`.
        parts: Further members of the package by name.
        links: Relationships of the main part.
    """
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": (
            f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType='
            '"application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="png" ContentType="image/png"/>'
            f'<Override PartName="/word/document.xml" ContentType="{_MAIN_TYPE}"/></Types>'
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
            f'Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>'
        ),
        "word/document.xml": (
            f'<w:document xmlns:w="{_WORD}" xmlns:r="{_OFFICE}" xmlns:mc='
            '"http://schemas.openxmlformats.org/markup-compatibility/2006">'
            f"<w:body>{body}</w:body></w:document>"
        ),
        "word/_rels/document.xml.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'
        ),
        **(parts or {}),
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return written.getvalue()


def link(kind: str, target: str, *, identifier: str = "r9") -> str:
    """A relationship of the main part."""
    return f'<Relationship Id="{identifier}" Type="{_OFFICE}/{kind}" Target="{target}"/>'


def part(name: str, content: str) -> str:
    """A further part of a Word file: footnotes, styles."""
    return f'<w:{name} xmlns:w="{_WORD}">{content}</w:{name}>'


def run(text: str, *, look: str = "") -> str:
    """A run; `look` is what stands in its properties."""
    properties = f"<w:rPr>{look}</w:rPr>" if look else ""
    return f'<w:r>{properties}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def paragraph(*runs: str) -> str:
    """A paragraph of runs, or of plain texts."""
    return f"<w:p>{''.join(one if one.startswith('<') else run(one) for one in runs)}</w:p>"


def make_reference(title: str = "讲话") -> Reference:
    """A reference in three forms."""
    return Reference(
        gbt7714_2015=f"林远舟. {title}[Z]. 2018-11-06.",
        gbt7714_2025=f"林远舟. {title}[Z]. (2018-11-06).",
        in_text="（林远舟，2018年11月）",
    )


def make_match(quote: str, **changed: object) -> Match:
    """A match in an invented speech; further arguments replace its attributes."""
    values: dict[str, object] = {
        "document_id": "d" * 24,
        "title": "在青禾市动员大会上的讲话（示例）",
        "kind": Kind.SPEECH,
        "collection": "library",
        "is_sample": True,
        "start": 103,
        "end": 103 + len(quote),
        "quote": quote,
        "context": f"前一句{quote}后一句。",
        "context_start": 100,
        "speaker": "林远舟",
        "office": "青禾市委书记",
        "occasion": "全市动员大会",
        "date": "2018-11-06",
        "publisher": "青禾日报",
        "page": 2,
        "similarity": 1.0,
        "reference": make_reference(),
        **changed,
    }
    return Match(**values)  # pyright: ignore[reportArgumentType] - as above


def make_finding(draft: str, words: str, **changed: object) -> Finding:
    """A finding at the first place of `words`; further arguments replace its attributes."""
    start = draft.index(words)
    values: dict[str, object] = {
        "start": start,
        "end": start + len(words),
        "kind": FindingKind.QUOTATION,
        "verdict": Verdict.ALTERED,
        "message": "与原文有一处不同。",
        **changed,
    }
    return Finding(**values)  # pyright: ignore[reportArgumentType] - as above


def diff(*pieces: tuple[str, str]) -> tuple[DiffPiece, ...]:
    """Pieces from (quoted, source)."""
    names = {(True, True): "replace", (True, False): "insert", (False, True): "delete"}
    return tuple(
        DiffPiece(
            operation="equal" if quoted == source else names[bool(quoted), bool(source)],  # pyright: ignore[reportArgumentType]
            quoted=quoted,
            source=source,
        )
        for quoted, source in pieces
    )
