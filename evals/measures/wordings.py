"""Does a wording stand in a text?"""

import re

from rag.text import fold

# White space is not compared, but parts numbers: in "表1 2018年" stands 2018年.
_GAP = "\0"


def stands_in(wording: str, text: str) -> bool:
    """Whether `wording` stands in `text`, compared as `rag.text.fold` does, so without white
    space.

    A number does not stand in another one: 8个 is not in 18个, nor 3 in 3.5, but 60.4 is in
    60.40. An empty wording stands nowhere.
    """
    wanted = fold(wording)
    if not wanted or wanted not in fold(text):
        return False
    if not wanted[0].isdecimal() and not wanted[-1].isdecimal():
        return True
    return bool(re.search(_whole_number(wanted), _GAP.join(map(fold, text.split()))))


def _whole_number(wanted: str) -> str:
    pattern = f"{_GAP}*".join(map(re.escape, wanted))
    if wanted[0].isdecimal():
        # Four digits behind a full stop are a year in a numbered list rather than decimals.
        not_decimals = "" if re.match(r"\d{4}", wanted) else r"(?<!\d\.)"
        pattern = rf"(?<!\d){not_decimals}{pattern}"
    if wanted[-1].isdecimal():
        zeros = "0*" if re.search(r"\.\d+$", wanted) else ""
        pattern = rf"{pattern}{zeros}(?!\d|\.\d)"
    return pattern
