"""Word files that we write: A4, Chinese faces, and nothing of the template's origin."""

import io
from typing import Final, cast

import docx
from docx.document import Document
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Pt
from docx.styles.style import ParagraphStyle
from docx.text.font import Font

AUTHOR: Final = "问策"
BODY_STYLE: Final = "Normal"
_BODY_FACE = "宋体"


def new_document() -> Document:
    """An empty document of ours, its body in 宋体 of 12 points."""
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    chinese_font(document, BODY_STYLE, face=_BODY_FACE).size = Pt(12)
    document.core_properties.author = AUTHOR
    document.core_properties.title = document.core_properties.comments = ""
    return document


def chinese_font(document: Document, style: str, *, face: str) -> Font:
    """The font of a style for paragraphs, which is drawn as a Chinese text asks for."""
    changed = cast("ParagraphStyle", document.styles[style])
    properties: BaseOxmlElement = changed.element.get_or_add_rPr()
    faces: BaseOxmlElement = properties.get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        faces.attrib.pop(qn(f"w:{theme}"), None)  # it would win over the face
    faces.set(qn("w:eastAsia"), face)
    # Without it punctuation is drawn as elsewhere in East Asia, in the middle of its square.
    properties.append(OxmlElement("w:lang", {qn("w:val"): "en-US", qn("w:eastAsia"): "zh-CN"}))
    return changed.font


def file_bytes(document: Document) -> bytes:
    """The document as .docx."""
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()
