"""Word files as python-docx wants them: it fails where Word and WPS look away."""

import io
import posixpath
import zipfile
from xml.etree.ElementTree import Element, tostring

from defusedxml import ElementTree

_RELATIONSHIPS = ".rels"


def mended_package(data: bytes) -> bytes:
    """The package, its relationships to parts that it does not hold marked as external.

    WPS leaves such behind (a picture with the target NULL), and bookmarks as targets
    without a mark. Marked as external they are kept as they are, and nobody looks for the
    part. A package without them is returned as it is.

    Raises:
        BadZipFile: It is no zip archive.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = {name.lower() for name in archive.namelist()}
        mended = dict[str, bytes]()
        for name in archive.namelist():
            if name.endswith(_RELATIONSHIPS):
                root = ElementTree.fromstring(archive.read(name), forbid_dtd=True)
                if _mark_dangling(root, folder=_folder_of_source(name), names=names):
                    mended[name] = tostring(root, encoding="utf-8", xml_declaration=True)
        return _rewritten(archive, mended) if mended else data


def _folder_of_source(name: str) -> str:
    """The folder that targets count from: word/_rels/document.xml.rels → /word."""
    return posixpath.join("/", posixpath.dirname(posixpath.dirname(name)))


def _mark_dangling(root: Element, *, folder: str, names: set[str]) -> bool:
    found = False
    for item in root:
        target = posixpath.normpath(posixpath.join(folder, item.get("Target", "")))
        if item.get("TargetMode") != "External" and target.lstrip("/").lower() not in names:
            item.set("TargetMode", "External")
            found = True
    return found


def _rewritten(archive: zipfile.ZipFile, mended: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as copy:
        for member in archive.infolist():
            copy.writestr(member, mended.get(member.filename) or archive.read(member))
    return written.getvalue()
