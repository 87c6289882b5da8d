"""How likely a document's number is the one a draft has wrong."""

import json

from rag.drafts.claims import Claim, read_claims
from rag.drafts.contradiction import (
    WEIGHTS,
    Circumstances,
    Pairing,
    Rarity,
    features,
    likelihood,
)
from rag.quantities import find_quantities
from rag.text import Span
from rag.values import is_computed

PLAIN = Circumstances(
    is_excluded=lambda: False,
    support=0.0,
    confirms_another=False,
    confirms_beside=False,
    agreement=lambda: 0.0,
)
NO_RARITY = Rarity([])


def claim(sentence: str, *, index: int = 0) -> Claim:
    within = Span(0, len(sentence))
    return read_claims(
        sentence,
        within=within,
        numbers=find_quantities(sentence, within=within),
        outer=(),
        known=frozenset(),
        around="",
    )[index]


def pairing(
    ours: str,
    theirs: str,
    circumstances: Circumstances = PLAIN,
    rarity: Rarity = NO_RARITY,
) -> Pairing:
    return Pairing(
        ours=claim(ours), theirs=claim(theirs), circumstances=circumstances, rarity=rarity
    )


def chance(ours: str, theirs: str, circumstances: Circumstances = PLAIN) -> float:
    rarity = Rarity([claim(ours).whole, claim(theirs).whole])
    return likelihood(features(pairing(ours, theirs, circumstances, rarity)))


def test_every_feature_has_a_weight_and_every_weight_a_feature() -> None:
    found = features(pairing("设机构3个", "设机构4个"))
    weights = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    assert set(found) | {"constant"} == set(weights)


def test_the_same_words_are_likelier_than_others() -> None:
    ours = "青湾县设置党政机构47个。"
    assert chance(ours, "青湾县设置党政机构37个。") > 0.5
    assert chance(ours, "青湾县关闭砖瓦窑37个。") < 0.2


def test_what_place_or_year_exclude_is_less_likely() -> None:
    ours, theirs = "全县共设置党政机构47个。", "全县设置党政机构37个。"
    excluded = Circumstances(
        is_excluded=lambda: True,
        support=0.0,
        confirms_another=False,
        confirms_beside=False,
        agreement=lambda: 0.0,
    )
    assert chance(ours, theirs, excluded) < chance(ours, theirs)


def test_what_the_draft_follows_is_likelier() -> None:
    ours, theirs = "搬走的有47家。", "迁出企业37家。"
    followed = Circumstances(
        is_excluded=lambda: False,
        support=0.4,
        confirms_another=False,
        confirms_beside=False,
        agreement=lambda: 0.0,
    )
    assert chance(ours, theirs, followed) > chance(ours, theirs)


def test_rare_pairs_count_more() -> None:
    rarity = Rarity([frozenset({"机构", "印章"}), frozenset({"机构"}), frozenset({"机构"})])
    assert rarity.of({"印章"}) > rarity.of({"机构"}) > 0
    assert rarity.share(frozenset(), frozenset({"机构"})) == 0
    assert rarity.share(frozenset({"机构"}), frozenset({"机构"})) == 1


def test_what_was_reckoned_from_two_numbers_is_no_mistake() -> None:
    numbers = find_quantities("核定编制68名，实有59名。")
    difference, other = find_quantities("空着9名，另有8名。")
    assert is_computed(difference, numbers)
    assert not is_computed(other, numbers)
