"""The built-in library: what `corpus/manifest.jsonl` lists, with what it states."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from ingest.stages import SourceFile
from rag.documents import Kind, Level, Metadata, PartialDate, Place, Speaker
from rag.errors import ManifestError

CORPUS = Path(__file__).parents[1] / "corpus"
COLLECTION = "library"
ORIGIN = "manifest"


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StatedPlace(_Line):
    """A place as the manifest writes it."""

    name: str = Field(min_length=1)
    level: Level
    within: tuple[str, ...] = ()


class StatedSpeaker(_Line):
    """A speaker as the manifest writes it."""

    name: str = Field(min_length=1)
    office: str | None = None


class ManifestLine(_Line):
    """One document of the library; what it leaves out is found in the text."""

    file: str = Field(min_length=1)
    title: str = Field(min_length=1)
    kind: Kind
    issuer: str | None = None
    publisher: str | None = None
    place: StatedPlace | None = None
    event_date: str | None = None
    published_date: str | None = None
    speakers: tuple[StatedSpeaker, ...] = ()
    is_sample: bool = False
    sources: tuple[str, ...] = ()

    @field_validator("event_date", "published_date")
    @classmethod
    def _must_be_a_date(cls, value: str | None) -> str | None:
        if value is not None:
            PartialDate.parse(value)
        return value

    def stated(self, metadata: Metadata, *, alone: bool = True) -> Metadata:
        """`metadata` with what this line states put in its place, null included.

        Args:
            metadata: What was found in the text.
            alone: Whether it is the file's only document: the title is that of the file, and
                each of several documents keeps its own.
        """
        values: dict[str, object] = {
            "title": self.title,
            "kind": self.kind,
            "issuer": self.issuer,
            "publisher": self.publisher,
            "place": None
            if self.place is None
            else Place(name=self.place.name, level=self.place.level, within=self.place.within),
            "event_date": _date(self.event_date),
            "published_date": _date(self.published_date),
            "speakers": tuple(Speaker(name=who.name, office=who.office) for who in self.speakers),
            "is_sample": self.is_sample,
            "sources": self.sources,
        }
        left_out = set[str]() if alone else {"title"}
        given = {
            name: value
            for name, value in values.items()
            if name in self.model_fields_set - left_out
        }
        known = {name for name, value in given.items() if value not in {None, ()}}
        origins = {name: how for name, how in metadata.origins.items() if name not in given}
        origins |= dict.fromkeys(sorted(known), ORIGIN)
        return replace(metadata, **given, origins=origins)


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryFile:
    """A file of the library with its line."""

    file: SourceFile
    line: ManifestLine


def _date(text: str | None) -> PartialDate | None:
    return None if text is None else PartialDate.parse(text)


def read_manifest(corpus: Path = CORPUS) -> list[LibraryFile]:
    """The files of the library, in the order of the manifest.

    Raises:
        ManifestError: There is no manifest, or one of its lines is malformed, names a file
            that is not there or lies outside of the library, or one that was named before.
    """
    path = corpus / "manifest.jsonl"
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        message = f"内置文库的清单 {path} 读不出来（{error}）：请检查安装是否完整"
        raise ManifestError(message) from error
    found = list[LibraryFile]()
    for number, line in enumerate(lines, start=1):
        if line.strip():
            found.append(_library_file(line, corpus=corpus, where=f"{path} 第 {number} 行"))
            _refuse_repetition(found, where=f"{path} 第 {number} 行")
    return found


def _library_file(line: str, *, corpus: Path, where: str) -> LibraryFile:
    try:
        entry = ManifestLine.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "整行"
        message = f"{where}：{field} 不合要求（{first['msg']}），请改正"
        raise ManifestError(message) from error
    path = corpus / entry.file
    if not path.resolve().is_relative_to(corpus.resolve()):
        message = f"{where}：{entry.file} 不在内置文库之内，请改正"
        raise ManifestError(message)
    if not path.is_file():
        message = f"{where}：没有 {entry.file} 这个文件，请补上或删去这一行"
        raise ManifestError(message)
    file = SourceFile(path=path, source=f"library:{entry.file}", file_name=path.name)
    return LibraryFile(file=file, line=entry)


def _refuse_repetition(found: Sequence[LibraryFile], *, where: str) -> None:
    last = found[-1].file.source
    if any(other.file.source == last for other in found[:-1]):
        message = f"{where}：{found[-1].line.file} 前面已列过，请删去一行"
        raise ManifestError(message)
