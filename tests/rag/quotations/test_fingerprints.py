"""Segments: written once, read where they lie, and never believed when damaged."""

from pathlib import Path

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import IndexingError
from rag.quotations.fingerprints import GRAM, FingerprintIndex, Segment, gram_hashes, make_segment
from rag.text import fold

TEXTS = st.lists(st.text("改革开放aA１1\n　“", max_size=12) | st.text(max_size=12), max_size=5)


def same(one: Segment, other: Segment) -> bool:
    return (one.number, one.bits) == (other.number, other.bits) and all(
        numpy.array_equal(ours, theirs)
        for ours, theirs in (
            (one.starts, other.starts),
            (one.table, other.table),
            (one.places, other.places),
        )
    )


@given(text=st.text("改革开放", max_size=20))
def test_equal_four_characters_have_equal_hashes(text: str) -> None:
    hashes = gram_hashes(text)
    assert len(hashes) == max(0, len(text) - GRAM + 1)
    for start in range(len(hashes)):
        assert hashes[start] == gram_hashes(text[start : start + GRAM])[0]


def test_the_order_of_characters_changes_the_hash() -> None:
    grams = ["改革开放", "革改开放", "开放改革", "改改革革", "革革改改", "放开革改", "改革开方"]
    assert len({int(gram_hashes(gram)[0]) for gram in grams}) == len(grams)


@given(texts=TEXTS)
def test_a_segment_holds_a_place_for_every_four_characters_of_its_texts(texts: list[str]) -> None:
    segment = make_segment(7, texts)
    joined = "\0".join(fold(text) for text in texts)
    assert segment.number == 7
    assert sorted(segment.places.tolist()) == list(range(max(0, len(joined) - GRAM + 1)))
    assert segment.table[0] == 0
    assert segment.table[-1] == len(segment.places)
    hashes = gram_hashes(joined)
    begins, ends = segment.buckets(hashes)
    for place, begin, end in zip(range(len(hashes)), begins, ends, strict=True):
        bucket = segment.places[begin:end].tolist()
        assert place in bucket
        assert bucket == sorted(bucket)


@given(texts=TEXTS)
def test_a_place_knows_its_text(texts: list[str]) -> None:
    segment = make_segment(1, texts)
    place = 0
    for ordinal, text in enumerate(texts):
        length = len(fold(text))
        places = numpy.arange(place, place + length, dtype=numpy.uint32)
        assert segment.ordinals(places).tolist() == [ordinal] * length
        assert segment.starts[ordinal] == place
        place += length + 1


@given(texts=TEXTS)
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("fingerprints")
    written = FingerprintIndex(folder)
    number = written.add(texts)
    for index in (written, FingerprintIndex(folder)):
        assert index.numbers == {number}
        assert same(index.segments[0], make_segment(number, texts))


def test_segments_are_numbered_in_order_and_go_one_by_one(tmp_path: Path) -> None:
    index = FingerprintIndex(tmp_path)
    assert index.segments == []
    assert [index.add(["改革开放"]), index.add(["放管服"]), index.add([])] == [1, 2, 3]
    index.remove([2, 9])
    assert index.numbers == {1, 3}
    assert [segment.number for segment in index.segments] == [1, 3]
    assert index.add(["三定"]) == 4
    assert FingerprintIndex(tmp_path).numbers == {1, 3, 4}


def test_a_segment_that_is_gone_is_still_read_by_who_has_it(tmp_path: Path) -> None:
    index = FingerprintIndex(tmp_path)
    index.add(["改革开放"])
    (segment,) = index.segments
    index.remove([1])
    assert index.segments == []
    assert same(segment, make_segment(1, ["改革开放"]))


@pytest.mark.parametrize(
    "size",
    [
        0,
        10,
        32,
        36,
        -4,
        -1,
        None,
    ],
)
def test_a_file_of_another_length_is_dropped(tmp_path: Path, size: int | None) -> None:
    FingerprintIndex(tmp_path).add(["全区上下要凝心聚力"])
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    path.write_bytes(whole + b"\0" * 4 if size is None else whole[:size])
    assert FingerprintIndex(tmp_path).numbers == frozenset()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", [0, 1, 2, 3, 4, 5])
def test_a_file_with_another_header_is_dropped(tmp_path: Path, place: int) -> None:
    FingerprintIndex(tmp_path).add(["全区上下要凝心聚力"])
    (path,) = tmp_path.iterdir()
    header = numpy.fromfile(path, "<u4")
    header[place] ^= 1 << 30
    header.tofile(path)
    assert FingerprintIndex(tmp_path).numbers == frozenset()
    assert list(tmp_path.iterdir()) == []


def test_a_file_under_another_name_is_dropped(tmp_path: Path) -> None:
    index = FingerprintIndex(tmp_path)
    index.add(["改革开放"])
    index.add(["放管服改革"])
    first, second = sorted(tmp_path.iterdir())
    second.rename(second.with_name("00000009" + second.suffix))
    (tmp_path / ("foreign" + first.suffix)).write_bytes(b"no segment; " * 9)
    assert FingerprintIndex(tmp_path).numbers == {1}
    assert list(tmp_path.iterdir()) == [first]


def test_what_a_killed_process_left_half_written_is_cleared(tmp_path: Path) -> None:
    FingerprintIndex(tmp_path).add(["改革开放"])
    (tmp_path / "00000002.tmp").write_bytes(b"half")
    assert FingerprintIndex(tmp_path).numbers == {1}
    assert not (tmp_path / "00000002.tmp").exists()


def test_files_of_other_kinds_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "readme.txt").write_text("留着")
    FingerprintIndex(tmp_path)
    assert (tmp_path / "readme.txt").read_text() == "留着"


def test_a_segment_takes_less_than_twice_the_bytes_of_its_text(tmp_path: Path) -> None:
    text = "".join(chr(0x4E00 + number * 7919 % 20000) for number in range(30_000))
    FingerprintIndex(tmp_path).add([text])
    (path,) = tmp_path.iterdir()
    assert path.stat().st_size < 2 * len(text.encode())


def test_a_folder_that_cannot_be_made_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(IndexingError, match=r"引文索引 .*file.*请检查"):
        FingerprintIndex(tmp_path / "file")


def test_a_disk_that_refuses_is_an_error(tmp_path: Path) -> None:
    index = FingerprintIndex(tmp_path / "index")
    index.add(["改革开放"])
    (path,) = (tmp_path / "index").iterdir()
    path.unlink()
    path.mkdir()
    with pytest.raises(IndexingError, match="无法读写"):
        index.remove([1])
    with pytest.raises(IndexingError, match="无法读写"):
        FingerprintIndex(tmp_path / "index")
    path.rmdir()
    (tmp_path / "index").rmdir()
    with pytest.raises(IndexingError, match="无法读写"):
        index.add(["放管服改革"])
