import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.measures.wordings import stands_in


@pytest.mark.parametrize(
    ("wording", "text"),
    [
        pytest.param("五个局", "青湾市设五个局。", id="as it is"),
        pytest.param("12个局", "青湾市设１２个局。", id="full-width digits"),
        pytest.param("“一窗通办”", "推行「一窗通办」改革", id="another style of quotation marks"),
        pytest.param("青灣市", "青湾市设五个局。", id="traditional characters"),
        pytest.param("青湾市 民政局", "青湾市\n民政局", id="other white space"),
        pytest.param("2031年", "表1 2031年的编制", id="a number apart from the one before"),
        pytest.param("2031年", "1.2031年的编制", id="a year in a numbered list"),
        pytest.param("60.4亿元", "共60.4亿元", id="decimals"),
        pytest.param("60.4", "共60.40亿元", id="zeros behind decimals"),
        pytest.param("8", "共8。其中", id="a full stop behind"),
    ],
)
def test_a_wording_stands_in_a_text(wording: str, text: str) -> None:
    assert stands_in(wording, text)


@pytest.mark.parametrize(
    ("wording", "text"),
    [
        pytest.param("六个局", "青湾市设五个局。", id="another word"),
        pytest.param("8个局", "设18个局", id="the end of a longer number"),
        pytest.param("5.1%", "下降15.1%", id="the end of a longer decimal"),
        pytest.param("5万人", "共1.5万人", id="decimals of another number"),
        pytest.param("共18", "共183人", id="the beginning of a longer number"),
        pytest.param("增长3", "增长3.5倍", id="a number without its decimals"),
        pytest.param("", "设18个局", id="nothing"),
        pytest.param(" \n", "设 18 个局", id="white space"),
    ],
)
def test_a_wording_does_not_stand_in_a_text(wording: str, text: str) -> None:
    assert not stands_in(wording, text)


@given(
    wording=st.text(alphabet="青湾市局1２ .（）*", min_size=1).filter(str.strip),
    before=st.text(alphabet="设有，"),
    behind=st.text(alphabet="等，"),
)
def test_a_wording_stands_wherever_no_number_goes_on(
    wording: str, before: str, behind: str
) -> None:
    assert stands_in(wording, f"{before}{wording}{behind}")
