"""The promise of verification: what is exact in any disguise, and what never is."""

from collections.abc import Callable

import opencc
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rag.quotations.quotation import Verdict
from rag.text import comparable
from tests.rag.quotations.conftest import Library

CONVERTER = opencc.OpenCC("s2t")
TO_FULL = {code: code + 0xFEE0 for code in range(0x21, 0x7F) if chr(code) not in "\"'"}
TO_HALF = {full: code for code, full in TO_FULL.items()} | {ord("。"): "｡", ord("、"): "､"}
STYLES = ("“”", "「」", "『』", "‘’", '""', "＂＂", "｢｣", "〝〞", "''")
GAPS = ("\n", "\r\n　　", " ", "\t", "\u00a0", "　", "\n\n    ", "\u200b")
Draw = Callable[[st.SearchStrategy], object]


def as_it_is(text: str, draw: Draw) -> str:
    return text


def broken(text: str, draw: Draw) -> str:
    """Line and column breaks and white space anywhere."""
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(text)))
        text = text[:place] + draw(st.sampled_from(GAPS)) + text[place:]
    return text


def widened(text: str, draw: Draw) -> str:
    return text.translate(draw(st.sampled_from([TO_FULL, TO_HALF])))


def restyled(text: str, draw: Draw) -> str:
    opening, closing = draw(st.sampled_from(STYLES))
    return text.translate(
        str.maketrans(dict.fromkeys("“‘「『", opening) | dict.fromkeys("”’」』", closing))
    )


def traditional(text: str, draw: Draw) -> str:
    """Character by character, where the way back is known."""
    converted = [(one, CONVERTER.convert(one)) for one in text]
    return "".join(
        other if comparable(other) == comparable(one) else one for one, other in converted
    )


def stopped(text: str, draw: Draw) -> str:
    """Without its full stop, or with one more."""
    bare = text.rstrip()
    return bare[:-1] if bare.endswith("。") else bare + "。"


DISGUISES = (as_it_is, stopped, broken, widened, restyled, traditional)


@st.composite
def stretches(draw: Draw, texts: list[str]) -> tuple[int, int, int]:
    """Which text, and where a quotation of 4 to 200 characters begins and ends in it."""
    index = draw(st.integers(0, len(texts) - 1))
    text = texts[index]
    start = draw(st.integers(0, len(text) - 4))
    end = draw(st.integers(start + 4, min(len(text), start + 200)))
    while start < end and not comparable(text[start]):
        start += 1
    while start < end and not comparable(text[end - 1]):
        end -= 1
    return index, start, end


def is_quotation(text: str) -> bool:
    whole = comparable(text)
    return len(whole) >= 4 and any(character.isalnum() for character in whole)


@given(data=st.data())
def test_any_stretch_of_a_document_is_exact_in_any_disguise(
    shelves: Library, data: st.DataObject
) -> None:
    documents = shelves.documents()
    index, start, end = data.draw(stretches([document.text for document in documents]))
    text = documents[index].text
    quotation = text[start:end]
    for disguise in DISGUISES:
        if data.draw(st.booleans(), label=disguise.__name__):
            quotation = disguise(quotation, data.draw)
    assume(is_quotation(quotation) and is_quotation(text[start:end]))
    found = shelves.verify(quotation)
    assert found.verdict is Verdict.EXACT
    ends = {end}
    if text[end - 1] == "。":
        ends.add(end - 1)
    if text[end : end + 1] == "。":
        ends.add(end + 1)
    places = [one for one in found.matches if one.document_id == documents[index].document_id]
    assert any(one.start == start and one.end in ends for one in places)
    for match in found.matches:
        assert match.similarity == 1
        assert match.diff == ()
        assert comparable(match.quote).rstrip("。") == comparable(quotation).rstrip("。")


@given(data=st.data())
def test_marks_around_a_quotation_are_no_words_of_it(shelves: Library, data: st.DataObject) -> None:
    documents = shelves.documents()
    index, start, end = data.draw(stretches([document.text for document in documents]))
    text = documents[index].text
    opening, closing = data.draw(st.sampled_from(STYLES[:6]))
    assume(is_quotation(comparable(text[start:end]).rstrip("。")))
    assume(opening not in text[start:end] and closing not in text[start:end])
    quotation = opening + text[start:end] + closing + data.draw(st.sampled_from(["", "。"]))
    found = shelves.verify(quotation)
    assert found.verdict is Verdict.EXACT
    for match in found.matches:
        assert comparable(match.quote).strip('"。') == comparable(text[start:end]).strip('"。')
    assert any(
        match.document_id == documents[index].document_id
        and match.start <= start + 1
        and end - 1 <= match.end
        for match in found.matches
    )


@pytest.mark.parametrize(
    "quotation",
    [
        "“谁的孩子谁抱走”",
        "「谁的孩子谁抱走。」",
        "『谁的孩子谁抱走』。",
        "‘谁的孩子谁抱走’",
        '"谁的孩子谁抱走"',
        "'谁的孩子谁抱走'",
        "＂谁的孩子谁抱走＂",
        "“谁的孩子谁抱走” 。",
        " \u3000“谁的孩子\n谁抱走”\n",
        "“谁的孩子谁抱走”｡",
        "｢谁的孩子谁抱走｣",
        "〝谁的孩子谁抱走〞",
        "„谁的孩子谁抱走“",
        "＇谁的孩子谁抱走＇",
        "”谁的孩子谁抱走”",
        '“谁的孩子谁抱走"',
        "\u200b“谁的孩子谁抱走”",
        "\ufeff“谁的孩子谁抱走”",
        "“抓落实。”",
    ],
)
def test_marks_of_any_style_are_no_words(library: Library, quotation: str) -> None:
    library.put("说一千道一万，谁的孩子谁抱走，关键在抓落实。")
    found = library.verify(quotation)
    assert found.verdict is Verdict.EXACT
    assert found.matches[0].quote in {"谁的孩子谁抱走", "抓落实。"}


@given(
    texts=st.lists(
        st.text("改革开放aA1２。，“”‘’\n　繁簡…", min_size=4, max_size=40), min_size=1, max_size=4
    ),
    data=st.data(),
)
def test_every_place_of_any_text_is_found(
    changing: Library, texts: list[str], data: st.DataObject
) -> None:
    index, start, end = data.draw(stretches(texts))
    quotation = texts[index][start:end]
    assume(is_quotation(quotation))
    changing.clear()
    for number, text in enumerate(texts):
        changing.put(text, title=str(number), fingerprinted=number == len(texts) - 1)
    found = changing.verify(quotation, limit=1000)
    assert found.verdict is Verdict.EXACT
    holding = [
        document
        for document in changing.documents()
        if comparable(quotation) in comparable(document.text)
    ]
    known = {document.document_id: document for document in holding}
    places = sum(
        comparable(document.text).startswith(comparable(quotation), place)
        for document in holding
        for place in range(len(document.text) * 3)
    )
    assert found.total >= len(found.matches) >= places
    assert known.keys() <= {match.document_id for match in found.matches}
    for match in found.matches:
        text = changing.catalog.document(match.document_id).text
        assert text[match.start : match.end] == match.quote
        assert comparable(match.quote).strip('"。') == comparable(quotation).strip('"。')


def variants(quotation: str) -> set[str]:
    """The words of a quotation: without a full stop behind it and marks around it."""
    whole = comparable(quotation)
    bare = whole.removesuffix("。")
    inner = bare[1:-1] if bare[:1] == '"' == bare[-1:] else bare
    return {whole, bare, inner, inner.removesuffix("。")}


def changed(text: str, place: int, way: str, character: str) -> str:
    if way == "insert":
        return text[:place] + character + text[place:]
    return text[:place] + (character if way == "replace" else "") + text[place + 1 :]


@given(
    data=st.data(),
    way=st.sampled_from(["replace", "replace", "insert", "delete"]),
    character=st.sampled_from("0123456789一二三不未大改革的了"),
)
def test_a_changed_character_is_never_exact(
    shelves: Library, data: st.DataObject, way: str, character: str
) -> None:
    documents = shelves.documents()
    index, start, end = data.draw(stretches([document.text for document in documents]))
    original = documents[index].text[start:end]
    place = data.draw(st.integers(0, len(original) - 1))
    quotation = changed(original, place, way, character)
    assume(is_quotation(quotation) and "..." not in comparable(quotation))
    texts = [comparable(document.text) for document in documents]
    stands = any(words in text for words in variants(quotation) for text in texts)
    found = shelves.verify(quotation)
    assert stands or found.verdict is not Verdict.EXACT
    if any(comparable(quotation) in text for text in texts):
        assert found.verdict is Verdict.EXACT
    if not stands and len(comparable(original)) >= 12:
        assert found.verdict is Verdict.ALTERED
    for match in found.matches if found.verdict is Verdict.ALTERED else ():
        assert match.similarity < 1
        assert "".join(piece.source for piece in match.diff) == match.quote
        quoted = "".join(piece.quoted for piece in match.diff)
        assert quoted in quotation
        assert comparable(quoted) in variants(quotation)
        assert any(piece.operation != "equal" for piece in match.diff)
        for piece in match.diff:
            same = comparable(piece.quoted) == comparable(piece.source)
            assert same == (piece.operation == "equal")
            assert bool(piece.quoted) == (piece.operation != "delete")
            assert bool(piece.source) == (piece.operation != "insert")
