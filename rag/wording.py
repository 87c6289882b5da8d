"""Colloquial wording → the wording of documents, for the words that make a sentence a question.

Each rule says the same thing in fewer or plainer words, so that the type of the answer, the
content words and the reader all see the wording that documents use.
"""

import functools
import re
from pathlib import Path

_RULES = Path(__file__).with_name("wording.txt")
# Nothing shorter is left of a question.
_LEAST_CHARACTERS = 3


@functools.cache
def _rules() -> tuple[tuple[re.Pattern[str], str], ...]:
    """The rules of the file in order: what is written, and what stands for it."""
    lines = _RULES.read_text(encoding="utf-8").splitlines()
    parts = [line.partition(" =>") for line in lines if line and not line.startswith("#")]
    return tuple((re.compile(written), plain.strip()) for written, _, plain in parts)


def plain_wording(question: str) -> str:
    """The question without fillers, in plain words.

    A rule that would leave fewer than three characters is passed over, so that nothing
    becomes empty.

    >>> plain_wording("请问一下，新局的局长叫啥？")
    '新局的局长是谁？'
    """
    for written, plain in _rules():
        reworded = written.sub(plain, question)
        if len(reworded.strip(" ，,：:？?")) >= _LEAST_CHARACTERS:
            question = reworded
    return question.strip(" ，,：:")
