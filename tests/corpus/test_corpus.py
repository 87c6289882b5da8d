"""The built-in library keeps its promises: listed, sourced, marked, and in its own words."""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
from docx import Document as WordDocument
from lxml import html as lxml_html
from pypdf import PdfReader

from rag.documents import Kind, Level, PartialDate
from rag.text import sentence_spans

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "corpus"
SHARED = ROOT.parent / "shared"

SHARED_RUN = 30
FIELDS = {
    "file",
    "title",
    "kind",
    "issuer",
    "publisher",
    "place",
    "event_date",
    "published_date",
    "speakers",
    "is_sample",
    "sources",
}
NUMERALS = {numeral: number for number, numeral in enumerate("一二三四五六七八九十", start=1)}
NUMERALS["两"] = 2

Line = Mapping[str, object]


@cache
def manifest() -> tuple[Line, ...]:
    lines = (CORPUS / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(json.loads(line) for line in lines)


def briefings() -> list[Line]:
    return [line for line in manifest() if line["kind"] == "briefing"]


def samples() -> list[Line]:
    return [line for line in manifest() if line.get("is_sample")]


def file_of(line: Line) -> Path:
    return CORPUS / str(line["file"])


def text_of(path: Path) -> str:
    """Every word of a file, read as plainly as possible: these tests do not trust our readers."""
    if path.suffix == ".docx":
        document = WordDocument(str(path))
        cells = [c.text for table in document.tables for row in table.rows for c in row.cells]
        return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)
    if path.suffix == ".pdf":
        return "\n".join(page.extract_text() for page in PdfReader(path).pages)
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030", errors="replace")
    if path.suffix == ".html":
        return "".join(map(str, lxml_html.fromstring(text.encode()).itertext()))
    return text


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def facts_of(line: Line) -> str:
    return text_of(file_of(line))


def named(line: Line) -> str:
    return str(line["file"])


def test_every_file_of_the_manifest_exists_and_is_listed_once() -> None:
    listed = [named(line) for line in manifest()]
    assert len(listed) == len(set(listed))
    assert [name for name in listed if not (CORPUS / name).is_file()] == []


def test_every_file_is_in_the_manifest() -> None:
    present = {
        path.relative_to(CORPUS).as_posix() for path in CORPUS.glob("files/**/*") if path.is_file()
    }
    assert present == {named(line) for line in manifest()}


def test_titles_are_unique() -> None:
    titles = [line["title"] for line in manifest()]
    assert len(titles) == len(set(titles))


@pytest.mark.parametrize("line", manifest(), ids=named)
def test_a_manifest_line_has_only_known_fields_with_valid_values(line: Line) -> None:
    assert set(line) <= FIELDS
    assert str(line["title"]).strip()
    assert Kind(str(line["kind"]))
    sources = line["sources"]
    assert isinstance(sources, list)
    assert sources
    for field in ("event_date", "published_date"):
        if line.get(field) is not None:
            assert str(PartialDate.parse(str(line[field]))) == line[field]
    place = line.get("place")
    if place is not None:
        assert isinstance(place, dict)
        assert set(place) == {"name", "level", "within"}
        assert Level(str(place["level"]))
    speakers = line.get("speakers", [])
    assert isinstance(speakers, list)
    assert all(set(speaker) <= {"name", "office"} and speaker["name"] for speaker in speakers)


def test_there_are_enough_briefings_and_samples() -> None:
    assert len(briefings()) >= 40
    assert len(samples()) >= 8
    assert len(briefings()) + len(samples()) == len(manifest())


@pytest.mark.parametrize("line", samples(), ids=named)
def test_a_sample_is_marked_in_title_metadata_and_text(line: Line) -> None:
    assert str(line["title"]).startswith("【示例】")
    assert line["kind"] != "briefing"
    assert "【示例】" in text_of(file_of(line))


@pytest.mark.parametrize("line", samples(), ids=named)
def test_a_sample_holds_the_speakers_that_the_manifest_names(line: Line) -> None:
    text = squeezed(text_of(file_of(line)))
    speakers = line.get("speakers", [])
    assert isinstance(speakers, list)
    for speaker in speakers:
        assert speaker["name"] in text
        assert speaker.get("office", "") in text


@pytest.mark.parametrize("line", samples(), ids=named)
def test_a_sample_has_the_length_of_a_real_text(line: Line) -> None:
    assert 700 <= len(squeezed(text_of(file_of(line)))) <= 2000


def test_each_row_of_the_sample_table_is_marked() -> None:
    (table,) = [file_of(line) for line in samples() if named(line).endswith(".csv")]
    rows = list(csv.DictReader(io.StringIO(table.read_text(encoding="utf-8"))))
    assert len(rows) >= 5
    assert all(row["标题"].startswith("【示例】") for row in rows)


def test_samples_come_in_the_shapes_of_real_files() -> None:
    suffixes = {file_of(line).suffix for line in samples()}
    assert suffixes == {".txt", ".html", ".md", ".docx", ".csv"}
    encodings = [is_utf8(file_of(line)) for line in samples() if named(line).endswith(".txt")]
    assert encodings.count(False) == 1


def is_utf8(path: Path) -> bool:
    try:
        path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


@pytest.mark.parametrize("line", briefings(), ids=named)
def test_a_briefing_is_headed_and_of_a_readable_length(line: Line) -> None:
    text = text_of(file_of(line))
    assert text.startswith(f"# {line['title']}\n")
    assert facts_of(line).count("\n## ") >= 2
    assert 300 <= len(squeezed(facts_of(line))) <= 900


@pytest.mark.parametrize("line", briefings(), ids=named)
def test_a_sentence_of_a_briefing_can_stand_alone(line: Line) -> None:
    facts = facts_of(line)
    for span in sentence_spans(facts):
        sentence = span.of(facts).strip()
        if sentence and not sentence.startswith("#"):
            assert re.search(r"[。！？]$", sentence), sentence
            assert not re.match(
                r"它|他们?|她们?|该|其|此外|同时|这[^0-9]|上述|前者|后者|并且|而且|但", sentence
            ), sentence


LISTED = re.compile(r"(?P<head>[^。：；！？]{1,60})：(?P<items>[^。！？：]+)[。！？]")
ANNOUNCED = re.compile(
    r"(?<!第)([二两三四五六七八九十]|(?<!\d)\d{1,2})(?:个|项|种|条|类|家|位|支|件|句话|方面)"
)


def items_of(listing: str) -> list[str]:
    """The items after the colon: 一是…二是…, else parted by the widest sign there is."""
    numbered = re.findall(r"[一二三四五六七八九十]是", listing)
    if numbered:
        return numbered
    outside = re.sub(r"（[^）]*）|《[^》]*》", "", listing)
    for sign in ("；", "，", "、"):
        if sign in outside:
            return outside.split(sign)
    return [outside]


def listings(text: str) -> Iterator[tuple[str, int, int]]:
    """(the words, the number announced, the number of items) of every list with a colon."""
    for match in LISTED.finditer(squeezed(text)):
        counts = ANNOUNCED.findall(match["head"])
        if counts:
            announced = NUMERALS[counts[-1]] if counts[-1] in NUMERALS else int(counts[-1])
            yield match[0], announced, len(items_of(match["items"]))


@pytest.mark.parametrize("line", manifest(), ids=named)
def test_a_list_has_as_many_items_as_it_announces(line: Line) -> None:
    text = text_of(file_of(line)).replace("#", "。")
    assert [words for words, announced, found in listings(text) if announced != found] == []


def test_the_check_of_lists_sees_lists() -> None:
    seen = [words for line in briefings() for words, _, _ in listings(facts_of(line))]
    assert len(seen) >= 50
    assert list(listings("有三个关口：进人、花钱。")) == [("有三个关口：进人、花钱。", 3, 2)]


@cache
def runs_of_the_library() -> frozenset[str]:
    return frozenset(
        run for line in manifest() for run in runs(squeezed(text_of(file_of(line)))) if run
    )


def runs(text: str) -> Iterator[str]:
    return (text[at : at + SHARED_RUN] for at in range(len(text) - SHARED_RUN + 1))


@pytest.mark.parametrize("folder", ["seeds", "samples"])
def test_no_text_of_others_is_copied(folder: str) -> None:
    if not (SHARED / folder).is_dir():
        pytest.skip(f"no folder {SHARED / folder}")
    files = [path for path in (SHARED / folder).rglob("*") if path.is_file()]
    assert files
    library = runs_of_the_library()
    copied = {
        (path.name, run)
        for path in files
        for run in runs(squeezed(text_of(path)))
        if run in library
    }
    assert copied == set()
