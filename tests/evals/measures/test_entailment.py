import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evals.measures.entailment import entails

QUOTE = (
    "2031年3月，青湾市委书记林小满在《青湾改革方案》发布会上提出，全市47个部门要推行"
    "“一窗通办”，年内减少审批事项1,200项。"
)


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param(QUOTE, id="itself"),
        pytest.param("全市47个部门要推行“一窗通办”", id="a part of it"),
        pytest.param("林小满书记提出，47个部门都要推行「一窗通办」。", id="fewer words"),
        pytest.param("2031年，全市47个部门要推行“一窗通办”。", id="a part of the date"),
        pytest.param("青湾市年内要减少审批事项1200项。", id="no thousands separator"),
    ],
)
def test_what_keeps_to_words_and_numbers_is_entailed(sentence: str) -> None:
    assert entails([QUOTE], sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param("全市48个部门要推行“一窗通办”。", id="another number"),
        pytest.param("全市47个部门要推行“一网通办”。", id="other words in quotation marks"),
        pytest.param("2032年3月，全市47个部门要推行“一窗通办”。", id="another year"),
        pytest.param("2031年3月9日，全市47个部门要推行“一窗通办”。", id="a day besides"),
        pytest.param("《青湾机构方案》提出，全市部门要推行“一窗通办”。", id="another work"),
        pytest.param("市委书记林大满提出，全市部门要推行“一窗通办”。", id="another person"),
        pytest.param("全市47个部门没有推行“一窗通办”。", id="denied"),
        pytest.param("年内减少审批事项1200万项。", id="another power of ten"),
        pytest.param("改革由省里统一组织，经费列入财政预算。", id="other words"),
        pytest.param("是的。", id="no content word"),
        pytest.param("……", id="no word"),
        pytest.param("7个部门要推行“一窗通办”", id="the end of a number"),
    ],
)
def test_what_says_something_else_is_not_entailed(sentence: str) -> None:
    assert not entails([QUOTE], sentence)


@pytest.mark.parametrize("quotes", [[], [""]], ids=["no quote", "an empty quote"])
def test_nothing_entails_nothing(quotes: list[str]) -> None:
    assert not entails(quotes, "全市47个部门要推行“一窗通办”。")


def test_quotes_entail_together_what_neither_does_alone() -> None:
    quotes = ["青湾市设五个局。", "局长由市长提名。"]
    sentence = "青湾市设五个局，局长由市长提名。"
    assert entails(quotes, sentence)
    assert not any(entails([quote], sentence) for quote in quotes)


def test_neighbouring_quotes_entail_the_sentence_that_they_make_up() -> None:
    assert entails(["改革要求：", "一是减，"], "改革要求：一是减，")


@given(st.text(alphabet="青湾市设五个局18．，。“”《》不 \n"), st.data())
def test_a_quote_entails_every_stretch_of_it_that_cuts_no_number(
    quote: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(quote)))
    end = data.draw(st.integers(start, len(quote)))
    stretch = quote[start:end].strip("18．，。“”《》 \n")
    assume(stretch)
    assert entails([quote], stretch)
