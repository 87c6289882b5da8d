"""Whether two names of offices mean one: each perhaps without its place or its body."""

import re
from collections.abc import Sequence
from typing import Final

from rapidfuzz.distance import Postfix

from rag.scopes import innermost, place_spans
from rag.text import Span, fold

OFFICE_HEAD: Final = re.compile(
    r"(?:常务)?副?(?:总书记|书记|[省市区县州镇乡旗盟]长|[部厅局处科司署院校所馆站队组行台社会]长|检察长|秘书长|理事长|"
    r"董事长|委员长|主任|主席|总理|总经理|总监|总编辑|国务委员)"
)
_ALIASES: Final = (
    ("机构编制委员会办公室", "编办"),
    ("纪律检查委员会", "纪委"),
    ("监察委员会", "监委"),
    ("发展和改革委员会", "发改委"),
    ("人民代表大会常务委员会", "人大常委会"),
)
_EXECUTIVE: Final = "常务"
_DEPUTY: Final = "副"
_ROLE_OF_GROUP: Final = re.compile(r"(?:组长|总指挥|指挥长|召集人|班长|团长|领队)$")
MEMBER: Final = re.compile(r"(?:常委|(?<!国务)委员|成员)$")
_WHEN: Final = re.compile(r"^(?:首任|现任|时任|原任?|新任|前任|继任|第[一二三]任)")
_OF_LEVEL: Final = ("委", "政府", "政协", "人大", "纪委", "监委", "编办")
_OWN_BODY: Final = frozenset("部厅局处科司署院校所馆站队行台社会")
_MOSTLY: Final = 0.6


def office_places(office: str) -> frozenset[str]:
    """Stems of the areas that an office is of."""
    return innermost(_places_in(office))


def _places_in(words: str) -> list[tuple[Span, str]]:
    """Areas with their names; a town right behind the name of its county is one, too."""
    found = [_without_office(span, name) for span, name in place_spans(words)]
    if found:
        end = found[-1][0].end
        found += [(span.shifted(end), name) for span, name in place_spans(words[end:])]
    return found


def _without_office(span: Span, name: str) -> tuple[Span, str]:
    """青石区 of 青石区区长: the second 区 belongs to the office."""
    is_doubled = name[-1:] == name[-2:-1]
    return (Span(span.start, span.end - 1), name[:-1]) if is_doubled else (span, name)


def offices_agree(ours: str, theirs: str) -> bool:
    """Whether what `ours` says is in `theirs`, each perhaps without its place or body.

    A part of a list is enough, but not the rank: 副市长 is said of a 常务副市长, too, while
    nobody is a 常务副市长 because he is a 副市长.
    """
    mine, yours = _pieces(ours), _pieces(theirs)
    if all(MEMBER.search(piece) for piece in mine):
        return any(_is_same_office(one, other) for one in mine for other in yours)
    held = _offices(mine)
    known = _offices(yours)
    found = [one for one in held if any(_is_same_office(one, other) for other in known)]
    return bool(found) and not any(
        _differs_in_rank(one, other) for one in held if one not in found for other in known
    )


def has_other_office(ours: str, held: Sequence[str]) -> bool:
    """Whether a draft gives somebody one office of several that no document gives him, in the
    place of one that all of them do: 市委副书记、常务副市长 for 市委常委、常务副市长.

    Args:
        ours: The offices as the draft has them.
        held: Those that documents give the person.
    """
    mine = _pieces(ours)
    known = [_pieces(one) for one in held]
    if len(mine) < 2 or not known:
        return False
    other = [
        one for one in mine if not any(_is_part(one, piece) for theirs in known for piece in theirs)
    ]
    return len(other) == 1 and all(
        len(theirs) >= len(mine)
        and sum(not any(_is_part(one, piece) for one in mine) for piece in theirs) > 0
        for theirs in known
    )


def _is_part(ours: str, theirs: str) -> bool:
    """Whether two may be one office, whatever leads up to either."""
    common = Postfix.similarity(ours, theirs)
    return _is_same_office(ours, theirs) or common > _MOSTLY * min(len(ours), len(theirs))


def has_other_rank(ours: str, theirs: str) -> bool:
    """Whether somebody who holds `theirs` is given another rank in the same body: 副主任, 主任."""
    return any(_differs_in_rank(one, other) for one in _pieces(ours) for other in _pieces(theirs))


def is_beside_office(office: str) -> bool:
    """Whether it is held beside another office, so that documents need not name it: to lead a
    group that is set up for a time (专班组长), to sit on a committee.
    """
    return all(_ROLE_OF_GROUP.search(piece) or MEMBER.search(piece) for piece in _pieces(office))


def without_time(office: str) -> str:
    """An office without what tells when somebody held it: 首任局长 is 局长."""
    return _WHEN.sub("", office)


def _pieces(text: str) -> list[str]:
    bare = fold(text)
    for long, short in _ALIASES:
        bare = bare.replace(long, short)
    pieces = (without_time(piece.strip()) for piece in re.split("[、，兼]", bare))
    return [piece for piece in pieces if piece]


def _offices(pieces: list[str]) -> list[str]:
    """The single offices; to sit on a committee or to lead a group is one only where there is
    no other.
    """
    kept = [piece for piece in pieces if not MEMBER.search(piece)]
    return [piece for piece in kept if not _ROLE_OF_GROUP.search(piece)] or kept or pieces


def _is_same_office(ours: str, theirs: str) -> bool:
    one, other = _last_head(ours), _last_head(theirs)
    if one is None or other is None:
        return ours.endswith(theirs) or theirs.endswith(ours)
    if one[0] != other[0] and _EXECUTIVE + one[0] != other[0]:
        return False
    return _is_same_body(ours, one, theirs, other)


def _differs_in_rank(ours: str, theirs: str) -> bool:
    """书记 and 副书记 of one body."""
    one, other = _last_head(ours), _last_head(theirs)
    if one is None or other is None or one[0] == other[0] or _bare(one) != _bare(other):
        return False
    return _is_same_body(ours, one, theirs, other)


def _last_head(office: str) -> re.Match[str] | None:
    return next(reversed(list(OFFICE_HEAD.finditer(office))), None)


def _bare(head: re.Match[str]) -> str:
    return head[0].removeprefix(_EXECUTIVE).removeprefix(_DEPUTY)


def _is_same_body(ours: str, one: re.Match[str], theirs: str, other: re.Match[str]) -> bool:
    mine, yours = _body(ours[: one.start()], one[0]), _body(theirs[: other.start()], other[0])
    return mine.endswith(yours) or yours.endswith(mine)


def _body(words: str, head: str) -> str:
    """The body of an office without its place: 组织部长 and 组织部部长 have the same."""
    places = _places_in(words)
    if places and places[-1][0].end == len(words):
        return ""
    if places:
        span, name = places[-1]
        # 望溪县委 is a 县委, whatever it is of.
        level = name[-1] if words[span.end :].startswith(_OF_LEVEL) else ""
        words = level + words[span.end :]
    if head[0] in _OWN_BODY and head.endswith("长") and words and not words.endswith(head[0]):
        words += head[0]
    return words
