"""From bytes to characters: which encoding a Chinese text file has."""

import codecs
import re
from collections.abc import Callable

from rag.errors import ParsingError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE_CHARS = 20_000
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x19\x1b-\x1f\x7f-\x84\x86-\x9f]")
_PUNCTUATION = re.compile(r"[\u3000-\u303f\uff01-\uff5e‘’“”—…·《》〈〉①-⑳〇★●■]")
_BINARY = "看起来是二进制数据，不是文字：请确认文件类型，或用原来的程序另存为 .docx、.pdf 或 .txt"


def decode_text(data: bytes) -> str:
    """The characters of a text file, without a byte order mark.

    Tried in this order: a byte order mark, UTF-16 without one, UTF-8, then GB18030 and Big5,
    of which the one that gives more everyday characters wins. Valid UTF-8 is never read as
    anything else. A last character that the end of the file cuts off is dropped.

    Raises:
        ParsingError: The bytes are no text in any of these encodings.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _checked(_whole_characters(data[len(mark) :], name, errors="replace"))
    if (text := _utf16_without_mark(data)) is not None:
        return _checked(text)
    data = data.rstrip(b"\0\x1a")  # padding, and the end-of-file mark of DOS
    if (text := _utf8(data)) is not None:
        return _checked(text)
    return _checked(_chinese(data))


def everyday_share(text: str) -> float:
    """How much of what is not ASCII is everyday Chinese, simplified or traditional, 0 to 1.

    The first level of GB 2312 (3,755 characters) and of Big5 (5,401) hold nearly all that a
    newspaper prints; a wrong encoding gives rare characters. 1 when everything is ASCII.
    """
    foreign = [character for character in text[:_SAMPLE_CHARS] if character > "\x7f"]
    return sum(map(_is_everyday, foreign)) / len(foreign) if foreign else 1.0


def _is_everyday(character: str) -> bool:
    return bool(_PUNCTUATION.match(character)) or _in_first_level(character)


def _in_first_level(character: str) -> bool:
    for name, first, last in (("gb2312", b"\xb0\xa1", b"\xd7\xf9"), ("big5", b"\xa4@", b"\xc6~")):
        try:
            code = character.encode(name)
        except UnicodeEncodeError:
            continue
        if first <= code <= last:
            return True
    return False


def _whole_characters(data: bytes, encoding: str, *, errors: str = "strict") -> str:
    """Decode, leaving out what an incomplete last character left behind.

    Raises:
        UnicodeDecodeError: With strict `errors`, a byte is wrong anywhere else.
    """
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    return decoder.decode(data, final=False)


def _attempt(decode: Callable[[], str]) -> str | None:
    try:
        return decode()
    except UnicodeDecodeError:
        return None


def _utf8(data: bytes) -> str | None:
    text = _attempt(lambda: data.decode("utf-8"))
    if text is not None:
        return text
    cut = _attempt(lambda: _whole_characters(data, "utf-8"))
    if cut is not None and not cut.isascii():
        return cut
    # A damaged byte or two in a long text: the rest is still surely UTF-8.
    damaged = data.decode("utf-8", errors="replace")
    foreign = sum(character > "\x7f" for character in damaged)
    return damaged if damaged.count("\ufffd") * 100 < foreign else None


def _utf16_without_mark(data: bytes) -> str | None:
    if len(data) < 4 or (data.isascii() and b"\0" not in data):
        return None
    if b"\0" not in data and _attempt(lambda: data.decode("utf-8")) is not None:
        return None
    sample = data[: _SAMPLE_CHARS * 2]
    shares = dict[str, float]()
    for name in ("utf-16-le", "utf-16-be"):
        text = _attempt(lambda name=name: _whole_characters(sample, name))
        if text and not _CONTROL.search(text.rstrip("\0")):
            shares[name] = sum(map(_is_readable, text)) / len(text)
    best = max(shares, key=lambda name: shares[name], default=None)
    if best is None or shares[best] < 0.9:
        return None
    if b"\0" not in sample and _share_as(sample, "gb18030") > 0.8:
        return None
    return _whole_characters(data, best, errors="replace")


def _is_readable(character: str) -> bool:
    return character in "\t\n\r\f" or " " <= character <= "~" or _is_everyday(character)


def _share_as(data: bytes, encoding: str) -> float:
    text = _attempt(lambda: _whole_characters(data, encoding))
    return -1.0 if text is None or _CONTROL.search(text) else everyday_share(text)


def _chinese(data: bytes) -> str:
    simplified, traditional = _share_as(data, "gb18030"), _share_as(data, "big5hkscs")
    if traditional > simplified + 0.15 and traditional > 0.7:
        return _whole_characters(data, "big5hkscs")
    if simplified > 0.3:
        return _whole_characters(data, "gb18030")
    damaged = data.decode("gb18030", errors="replace")
    wrong = damaged.count("\ufffd") + len(_CONTROL.findall(damaged))
    if wrong * 50 < len(damaged) and everyday_share(damaged) > 0.7:
        return damaged
    ascii_bytes = sum(byte < 0x80 for byte in data[:_SAMPLE_CHARS])
    if ascii_bytes > 0.85 * len(data[:_SAMPLE_CHARS]):
        return data.decode("cp1252", errors="replace")
    raise ParsingError(_BINARY)


def _checked(text: str) -> str:
    """`text` without stray NUL characters.

    Raises:
        ParsingError: It holds so many control characters that it can't be text.
    """
    text = text.rstrip("\0")
    if len(_CONTROL.findall(text)) > max(len(text) // 100, 2 if len(text) > 40 else 0):
        raise ParsingError(_BINARY)
    return text.replace("\0", "")
