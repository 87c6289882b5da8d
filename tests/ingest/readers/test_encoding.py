import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.readers.encoding import decode_text, everyday_share
from rag.errors import ParsingError

TEXT = "各位代表：\r\n现在，我代表市人民政府向大会报告工作，请予审议。2023年新增就业37万人。\n"
TRADITIONAL = "各位代表：現在，我代表市政府向大會報告工作，請予審議。\n"

# What a Chinese text is made of: the first level of GB 2312, and its punctuation.
FIRST_LEVEL = [
    bytes((row, cell)).decode("gb2312") for row in range(0xB0, 0xD7) for cell in range(0xA1, 0xFF)
]
chinese = st.text(
    st.sampled_from([*FIRST_LEVEL, *"，。；：“”、（）《》"]), min_size=12, max_size=200
)
mixed = st.builds(
    "{}{}{}".format, chinese, st.sampled_from(["", "\n", "2023年", " ABC\n"]), chinese
)


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030", "gbk"],
)
def test_a_report_is_read_in_every_encoding(encoding: str):
    assert decode_text(TEXT.encode(encoding)) == TEXT


def test_big_endian_utf16_with_a_mark():
    assert decode_text(codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be")) == TEXT


def test_big5_is_told_from_gb18030():
    assert decode_text(TRADITIONAL.encode("big5")) == TRADITIONAL


def test_traditional_text_in_gb18030_stays_what_it_is():
    assert decode_text(TRADITIONAL.encode("gb18030")) == TRADITIONAL


@given(text=mixed, encoding=st.sampled_from(["gb18030", "utf-8", "utf-16", "utf-16-le"]))
def test_encodings_round_trip(text: str, encoding: str):
    assert decode_text(text.encode(encoding)) == text


@given(text=st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1))
def test_valid_utf8_is_never_read_as_anything_else(text: str):
    assert decode_text(text.encode()) == text.removeprefix("\ufeff")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
@pytest.mark.parametrize("cut", [1, 2])
def test_a_character_cut_off_by_the_end_is_dropped(encoding: str, cut: int):
    data = (TEXT + "改革").encode(encoding)[:-cut]
    expected = TEXT + "改"
    assert decode_text(data) in {expected, TEXT + "改革"[: len(expected) - len(TEXT)]}
    assert "\ufffd" not in decode_text(data)


def test_one_damaged_byte_does_not_turn_utf8_into_gibberish():
    data = bytearray((TEXT * 20).encode())
    data[400] = 0xFF
    decoded = decode_text(bytes(data))
    assert decoded.count("\ufffd") <= 3
    assert decoded.endswith(TEXT)


def test_padding_and_the_end_mark_of_dos_go():
    assert decode_text("改革方案\n".encode("gbk") + b"\x1a\0\0") == "改革方案\n"


@pytest.mark.parametrize(
    "data", [bytes(range(256)) * 4, b"\x00\x01\x02\x03" * 50, b"\xff\x00" * 99]
)
def test_binary_junk_is_refused_with_a_reason(data: bytes):
    with pytest.raises(ParsingError, match="二进制"):
        decode_text(data)


def test_everyday_share_tells_text_from_gibberish():
    assert everyday_share(TEXT) > 0.95
    assert everyday_share(TRADITIONAL.encode("big5").decode("gb18030", "replace")) < 0.7
    assert everyday_share("plain ASCII") == 1.0
