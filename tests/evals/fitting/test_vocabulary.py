import math

import pytest

from evals.fitting.vocabulary import (
    POLICY_TERMS,
    VocabularySettings,
    choose_words,
    cohesive_terms,
    count_words,
    cut_texts,
    quoted_terms,
    train_tokenizer,
)
from rag.words import UNKNOWN

SETTINGS = VocabularySettings(
    size=400, min_character_count=1, min_term_count=3, min_cohesion=1.0, min_entropy=0.5
)
TEXTS = [
    f"会议{verb}，要落实“双随机”监管，{end}2019年共设置37个机构。"
    for verb in ("指出", "强调", "要求", "认为")
    for end in ("推进改革，", "服务群众，")
]


def test_quoted_expressions_are_terms_when_they_are_frequent():
    assert quoted_terms(TEXTS, min_count=8) == {"双随机"}
    assert quoted_terms(TEXTS, min_count=9) == set()


def test_neighbours_that_belong_together_are_terms():
    # 编 and 办 are two words to a general dictionary and stand in many surroundings here.
    texts = [
        f"{before}编办{after}。" for before in "省市县区" for after in ("介绍", "要求", "答复")
    ]
    cut = [f"{text[0]} 编 办 {text[3:5]} |" for text in texts]
    counts = count_words([], cut, SETTINGS)
    assert cohesive_terms(cut, counts, SETTINGS)["编办"] == 12


def test_neighbours_that_always_stand_in_one_expression_are_no_term_alone():
    cut = ["大 编 办 法 |"] * 20 + ["其他 词语 很 多 |"] * 20
    settings = VocabularySettings(min_term_count=3, min_cohesion=0.5, min_entropy=0.5)
    assert cohesive_terms(cut, count_words([], cut, settings), settings) == {}


def test_the_vocabulary_is_sorted_by_likelihood_and_complete():
    cut = cut_texts(TEXTS)
    words = choose_words(cut, count_words(TEXTS, cut, SETTINGS), SETTINGS)
    assert words == sorted(words, key=lambda entry: (-entry[1], entry[0]))
    names = [word for word, _ in words]
    assert len(names) == len(set(names))
    assert set(POLICY_TERMS) < set(names)
    assert set("会议指出0123456789abcxyz") < set(names)
    assert all(math.isfinite(score) and score < 0 for _, score in words)


def test_the_vocabulary_keeps_its_size():
    cut = cut_texts(TEXTS)
    small = VocabularySettings(size=130, min_character_count=1)
    assert len(choose_words(cut, count_words(TEXTS, cut, small), small)) < 130


def test_the_tokenizer_knows_its_words_and_gives_pieces_of_others():
    tokenizer, words = train_tokenizer(TEXTS, SETTINGS)
    assert tokenizer.get_vocab_size() == len(words) + 1
    assert tokenizer.token_to_id(UNKNOWN) == 0
    encoding = tokenizer.encode("２０１９年，双随机龘Ａ", add_special_tokens=False)
    assert encoding.tokens == ["2019", "年", ",", "双随机", "龘", "a"]
    assert encoding.ids[4] == 0


@pytest.mark.parametrize("texts", [[], [""], ["。"]], ids=["none", "empty", "punctuation"])
def test_cutting_texts_without_words(texts: list[str]):
    assert all(not text.replace("|", "").strip() for text in cut_texts(texts))
