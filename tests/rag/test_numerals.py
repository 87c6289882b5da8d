import pytest

from rag.numerals import chinese_number


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0, "〇"),
        (1, "一"),
        (10, "十"),
        (11, "十一"),
        (20, "二十"),
        (37, "三十七"),
        (100, "一百"),
        (105, "一百零五"),
        (110, "一百一十"),
        (1001, "一千零一"),
        (10000, "10000"),
    ],
)
def test_chinese_numbers(number: int, expected: str):
    assert chinese_number(number) == expected
