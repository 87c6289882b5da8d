"""How much two names are built alike: what stands side by side mostly is."""

import re

from rag.people import is_common_word, is_name
from rag.places import find_places

_GOVERNMENT = "委员会|领导小组|办公室|总局|[部局委厅署办]"
BODY = re.compile(
    rf"(?:{_GOVERNMENT}|有限公司|公司|集团|法院|检察院|医院|大学|学院|银行|中心|政府|大厅|[队院所])$"
)
OF_GOVERNMENT = re.compile(rf"(?:{_GOVERNMENT})$")
AREA = re.compile("(?:[省市区县州镇乡村]|街道)$")
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?:年(?:度|\d{1,2}月(?:\d{1,2}日)?)?|(?!\d))")
_BEGINS_WITH_AREA = re.compile("[\u4e00-\u9fff]{2,3}[省市县区](?=[\u4e00-\u9fff]{2})")


def likeness(left: str, right: str) -> float:
    """How much two names are built alike; below zero where their lengths differ much."""
    same = 2.0 if left[-1:] == right[-1:] or same_sort(left, right) else 0.0
    if left[:2] == right[:2] or (YEAR.match(left) and YEAR.match(right)):
        same += 1.5
    elif YEAR.match(left) or (same and _leads_with_place(left) != _leads_with_place(right)):
        same -= 1.5
    penalty = 0.15 if same_sort(left, right) else 0.25
    return same - penalty * abs(len(left) - len(right))


def same_sort(left: str, right: str) -> bool:
    """Whether both are bodies, areas or persons."""
    if any(pattern.search(left) and pattern.search(right) for pattern in (BODY, AREA)):
        return True
    return all(is_name(name) and not is_common_word(name) for name in (left, right))


def _leads_with_place(name: str) -> bool:
    if _BEGINS_WITH_AREA.match(name):
        return True
    found = find_places(name)
    return bool(found) and found[0][0].start == 0 and found[-1][0].end < len(name)
