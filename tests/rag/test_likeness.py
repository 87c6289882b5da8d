"""Which names are built alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.likeness import likeness, same_sort


@given(st.text("东山区河湾市局长", max_size=10), st.text("东山区河湾市局长", max_size=10))
def test_likeness_is_greatest_with_itself(left: str, right: str):
    assert likeness(left, left) >= likeness(left, right)


@given(st.text("东山区河湾市局长", max_size=10), st.text("东山区河湾市局长", max_size=10))
def test_of_one_sort_are_both_or_neither(left: str, right: str):
    assert same_sort(left, right) == same_sort(right, left)


@pytest.mark.parametrize(
    ("left", "likelier", "other"),
    [
        ("铁道部", "商业部", "商业部门的时间"),
        ("财政局", "教育局", "青石区教育局"),
        ("2017年的甲局", "2018年的乙局", "乙局"),
        ("最佳影片", "最佳歌曲", "歌曲"),
    ],
)
def test_the_same_end_beginning_and_length_make_alike(left: str, likelier: str, other: str):
    assert likeness(left, likelier) > likeness(left, other)
