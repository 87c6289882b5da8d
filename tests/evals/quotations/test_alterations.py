"""Alterations: one place is another, and the words are no longer those of the document."""

from difflib import SequenceMatcher

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.quotations.alterations import (
    altering,
    another_character,
    another_digit,
    another_order,
    confusions,
    fewer_words,
    make_altered_ellipsis,
    make_another_ending,
    make_disguised,
    make_short,
    more_words,
    several,
    synonym,
    synonyms,
)
from evals.quotations.oracle import Oracle, are_variants, same_words
from tests.conftest import make_document

TEXT = (
    "2019年3月，青湾市已经全部完成机构改革，设置党政机构37个，清理限额外机构11个、挂牌机构4个。"
    "各区要严格执行两项制度，统一公布清单，依法推进审批，不得突击花钱，不得突击进人。"
)
ALTERATIONS = [
    another_character,
    another_digit,
    another_order,
    fewer_words,
    more_words,
    several,
    synonym,
]
texts = st.text(st.sampled_from("机构改革推进完成37个，两项、。已经全部区"), max_size=50)


@pytest.mark.parametrize("alteration", ALTERATIONS)
def test_an_alteration_makes_other_words_and_is_the_same_each_time(alteration):
    altered = list(alteration(TEXT))
    assert altered
    assert altered == list(alteration(TEXT))
    assert not any(same_words(one, TEXT) for one in altered)
    assert all(SequenceMatcher(None, one, TEXT).ratio() > 0.6 for one in altered)


@pytest.mark.parametrize("alteration", [another_character, another_digit])
@given(text=texts)
def test_one_place_is_another(alteration, text: str):
    for altered in alteration(text):
        pairs = [(new, old) for new, old in zip(altered, text, strict=True) if new != old]
        assert len(pairs) == 1
        assert not are_variants(*pairs[0])


@given(texts)
def test_words_are_only_added_or_only_left_out(text: str):
    assert all(len(altered) > len(text) for altered in more_words(text))
    assert all(len(altered) < len(text) for altered in fewer_words(text))
    assert all(sorted(altered) == sorted(text) for altered in another_order(text))


def test_of_a_year_only_the_last_digit_is_another():
    for altered in another_digit("自2019年施行"):
        assert altered.startswith("自201")


def test_ends_stay_where_words_are_left_out():
    for altered in fewer_words(TEXT):
        assert altered[:3] == TEXT[:3]
        assert altered[-3:] == TEXT[-3:]


def test_words_kept_by_hand_are_pairs_of_different_ones():
    assert all(
        len(one) == 1 and not are_variants(one, other) for one, other in confusions().items()
    )
    assert all(one != other for one, other in synonyms().items())


def test_a_maker_says_what_it_was_made_from():
    document = make_document(TEXT)
    for made in altering(another_digit, "digit")(document):
        assert made.source is not None
        assert len(made.text) == len(made.source.of(TEXT))


def test_the_last_word_is_another():
    document = make_document(TEXT * 3)
    made = list(make_another_ending(document))
    assert made
    for one in made:
        assert one.source is not None
        source = one.source.of(document.text)
        assert one.text[:-3] == source[:-2]
        assert one.text[-3:-1] != source[-2:]


def test_an_ellipsis_does_not_make_up_for_another_order_or_a_mistake():
    text = "要把职责理得清清楚楚，要把人员安排得妥妥当当，要把权力接得稳稳当当。"
    documents = [make_document(f"{number}月，{text}") for number in range(1, 9)]
    for document in documents:
        for made in make_altered_ellipsis(document):
            assert "……" in made.text
            assert not Oracle({"一": document.text}).holds(made.text)


def test_short_and_disguised_quotations_are_not_the_words_of_the_document():
    document = make_document(TEXT * 3)
    oracle = Oracle({"一": document.text})
    short, disguised = list(make_short(document)), list(make_disguised(document))
    assert short
    assert disguised
    assert all(8 <= len(made.text) <= 14 for made in short)
    assert not any(oracle.holds(made.text) for made in (*short, *disguised))
