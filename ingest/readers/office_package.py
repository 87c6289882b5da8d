"""Office files are zip archives of XML: opened with limits, and read without entities."""

import io
import posixpath
import zipfile
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from rag.errors import ParsingError

_MAX_UNPACKED_BYTES = 512 * 2**20
_MAX_RATIO = 200
_SMALL_BYTES = 32 * 2**20
_DAMAGED = "文件已损坏或不完整：请重新下载，或用 Word、WPS、Excel 打开后另存"


class OfficePackage:
    """The parts of a .docx or .xlsx.

    Raises:
        ParsingError: It is no intact archive, has encrypted parts, or would unpack to far more
            than an honest document does.
    """

    def __init__(self, data: bytes):
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise ParsingError(_DAMAGED) from error
        check_unpacked_size(self._archive, packed_bytes=len(data))
        self._names = {name.lower(): name for name in self._archive.namelist()}

    def part(self, name: str) -> Element | None:
        """The root element of a part, or None where the package has no such part.

        Raises:
            ParsingError: The part is damaged, or declares entities.
        """
        stored = self._names.get(name.lstrip("/").lower())
        if stored is None:
            return None
        try:
            return ElementTree.fromstring(self._archive.read(stored), forbid_dtd=True)
        except DefusedXmlException as error:
            message = f"文件的 {name} 含有实体声明，可能是恶意构造的，已拒绝"
            raise ParsingError(message) from error
        except (ParseError, zipfile.BadZipFile, OSError, EOFError, RuntimeError) as error:
            raise ParsingError(_DAMAGED) from error

    def main_part(self) -> str:
        """The name of the part that holds the document, as its relationships say."""
        for kind, target in self.targets("_rels/.rels"):
            if kind == "officeDocument":
                return target.lstrip("/")
        return "word/document.xml"

    def targets(self, relationships: str) -> Iterator[tuple[str, str]]:
        """(last word of the relationship type, target) for each relationship of a part."""
        root = self.part(relationships)
        for item in root if root is not None else ():
            yield item.get("Type", "").rsplit("/", 1)[-1], item.get("Target", "")

    def related_part(self, main_part: str, kind: str) -> Element | None:
        """The part that `main_part` names as its `kind`: "styles", "footnotes"…"""
        folder, name = posixpath.split(main_part)
        for found, target in self.targets(posixpath.join(folder, "_rels", f"{name}.rels")):
            if found == kind:
                return self.part(posixpath.normpath(posixpath.join("/", folder, target)))
        return None


def check_unpacked_size(archive: zipfile.ZipFile, *, packed_bytes: int) -> None:
    """Refuse a package that would unpack to far more than an honest document does.

    Raises:
        ParsingError: It is a zip bomb, or parts of it are encrypted.
    """
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    too_dense = unpacked > _SMALL_BYTES and unpacked > packed_bytes * _MAX_RATIO
    if unpacked > _MAX_UNPACKED_BYTES or too_dense:
        message = (
            f"文件解压后达 {unpacked / 2**20:.0f} MB，远超正常文件，可能是压缩炸弹，已拒绝："
            "若确是正常文件，请用原来的程序另存为较小的文件"
        )
        raise ParsingError(message)
    if any(member.flag_bits & 1 for member in members):
        raise ParsingError("文件设有密码：请取消密码后另存，再导入")


def local_name(element: Element) -> str:
    """The tag without its namespace: strict and transitional files differ in nothing else."""
    return element.tag.rsplit("}", 1)[-1]


def attribute(element: Element | None, name: str) -> str | None:
    """The value of the attribute with this local name, whatever its namespace."""
    if element is None:
        return None
    for key, value in element.attrib.items():
        if key.rsplit("}", 1)[-1] == name:
            return value
    return None


def child(element: Element | None, *path: str) -> Element | None:
    """The first descendant along a path of local names, or None."""
    for name in path:
        if element is None:
            return None
        element = next((item for item in element if local_name(item) == name), None)
    return element
