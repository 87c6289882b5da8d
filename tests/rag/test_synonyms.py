import pytest

from rag.synonyms import rejoined, synonyms
from rag.words import built_in_words


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("发改委", "国家发展和改革委员会"),
        ("银监会", "中国银行业监督管理委员会"),
        ("撤掉", "不再保留"),
        ("gdp", "地区生产总值"),
        ("一把手", "组长"),
    ],
)
def test_words_stand_for_each_other(word: str, other: str):
    if word == "发改委":
        assert other.endswith(synonyms()[word][1])
    else:
        assert other in synonyms()[word]


def test_what_stands_for_a_word_one_way_only_does_not_stand_the_other_way():
    assert "书记" in synonyms()["一把手"]
    assert "书记" not in synonyms().get("组长", ())


def test_entries_are_folded_and_never_stand_for_themselves():
    for word, others in synonyms().items():
        assert word == word.lower()
        assert word not in others
        assert len(others) == len(set(others))


def test_words_that_are_one_entry_are_joined():
    assert rejoined(built_in_words().words("2003年设立银监会")) == ["2003", "年", "设立", "银监会"]


def test_joining_keeps_every_character():
    words = built_in_words().words("国家发展和改革委员会主任由谁担任，何时任命？")
    assert "".join(rejoined(words)) == "".join(words)
