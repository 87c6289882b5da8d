import json
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text import Span, normalise
from rag.words import Words, built_in_words, is_word_character, word_text

ROOT = Path(__file__).parents[2]

chinese = st.text(
    "市中区机构改革后共设置37个党政机構，。“”「」 \n\tＡa1½①㎞.…龘𠀀—㈠é", max_size=60
)
any_text = st.one_of(st.text(max_size=60), chinese)


def only_word_characters(text: str) -> str:
    return "".join(filter(is_word_character, text))


@pytest.fixture(scope="module")
def segmenter() -> Words:
    return built_in_words()


@given(any_text)
def test_words_joined_are_the_normalised_text_without_punctuation(text: str):
    words = built_in_words().words(text)
    assert only_word_characters("".join(words)) == only_word_characters(normalise(text).text)
    assert all(words)


@given(any_text)
def test_words_hold_no_punctuation_but_the_point_of_a_number(text: str):
    for word in built_in_words().words(text):
        assert all(is_word_character(part[:1]) for part in word.split("."))


@given(any_text)
def test_two_segmenters_cut_alike(text: str):
    assert built_in_words().words(text) == ANOTHER.words(text)


@given(any_text)
def test_spans_point_at_their_words(text: str):
    found = built_in_words().word_spans(text)
    assert [word for word, _ in found] == built_in_words().words(text)
    for word, span in found:
        assert 0 <= span.start < span.end <= len(text)
        assert word in word_text(span.of(text))
    starts = [span.start for _, span in found]
    assert starts == sorted(starts)


@given(st.text("市中区机构改革共设置37个，。 a", max_size=60))
def test_spans_of_plain_characters_do_not_overlap(text: str):
    spans = [span for _, span in built_in_words().word_spans(text)]
    assert all(left.end <= right.start for left, right in pairwise(spans))


@pytest.mark.parametrize(
    "term", ["党政机构", "放管服", "区委编办", "四个意识", "国务院", "事业单位"]
)
def test_a_term_of_the_field_is_one_word(segmenter: Words, term: str):
    assert term in segmenter.words(f"会议指出{term}工作")


@pytest.mark.parametrize("number", ["37", "2019", "47.5", "20190322", "1982"])
def test_a_number_is_one_word(segmenter: Words, number: str):
    assert number in segmenter.words(f"共设置{number}个机构")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("", [], id="empty"),
        pytest.param("，。“” \n", [], id="punctuation"),
        pytest.param("WenCe问策", ["wence", "问", "策"], id="latin"),
        pytest.param("GB/T 7714—2015", ["gb", "t", "7714", "2015"], id="standard"),
        pytest.param("龘靐", ["龘", "靐"], id="unknown characters"),
        pytest.param("機構改革", ["机构", "改革"], id="traditional"),
        pytest.param("２０１９年", ["2019", "年"], id="full width"),
        pytest.param("第3.2节.", ["第", "3.2", "节"], id="decimal"),
    ],
)
def test_words_of_particular_texts(segmenter: Words, text: str, words: list[str]):
    assert segmenter.words(text) == words


def test_a_character_that_stands_for_two_words_is_the_span_of_both(segmenter: Words):
    assert segmenter.word_spans("½机构") == [
        ("1", Span(0, 1)),
        ("2", Span(0, 1)),
        ("机构", Span(1, 3)),
    ]


def test_lone_surrogates_and_control_characters_are_no_words(segmenter: Words):
    assert segmenter.words("机构\ud800改革\x00\u200b") == ["机构", "改革"]


def test_a_long_text_is_cut_in_linear_time(segmenter: Words):
    text = "中国共产党第十八届中央委员会第三次全体会议研究了全面深化改革的若干重大问题，"
    started = time.perf_counter()
    words = segmenter.words(text * 5_000)
    assert len(words) == 5_000 * len(segmenter.words(text))
    assert time.perf_counter() - started < 5


def test_segmenting_starts_without_heavy_libraries():
    program = (
        "import json, sys; from rag.words import built_in_words;"
        "words = built_in_words().words('机构改革');"
        "heavy = {'torch', 'transformers', 'sentence_transformers'} & set(sys.modules);"
        "print(json.dumps([words, sorted(heavy)]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert json.loads(done.stdout) == [["机构", "改革"], []]


ANOTHER = Words()
