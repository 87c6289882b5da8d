"""A library where many documents say nearly the same, and many people are called the same."""

import pytest

from rag.documents import Document, Kind
from rag.drafts.checking import check_draft
from rag.drafts.evidence import EvidenceFinder
from rag.drafts.figures import FigureChecker
from rag.drafts.reading import read_draft
from rag.quotations.quotation import Finding, FindingKind, Verdict
from rag.text import Span
from tests.rag.drafts.conftest import InMemoryLibrary, document, place

COUNTIES = [f"{first}{second}县" for first in "梧柏松榆槐" for second in "溪岭桥湾原"]
TOLD = "清理档案{count}卷，抽调业务骨干{people}名，分成{groups}个小组逐卷登记。"


def _report(number: int, county: str) -> Document:
    told = TOLD.format(count=3000 + 7 * number, people=40 + number, groups=5 + number % 4)
    title = f"{county}推进档案整理"
    office = "县档案局局长" if number else "县委副书记"
    return document(
        f"{title}\n各乡镇都有人到场，{told}会上{office}周行远作了说明。\n",
        title=title,
        kind=Kind.NEWS,
        place=place(county),
    )


@pytest.fixture(scope="module")
def library() -> InMemoryLibrary:
    return InMemoryLibrary([_report(*pair) for pair in enumerate(COUNTIES)])


def _check(library: InMemoryLibrary, draft: str) -> list[Finding]:
    return list(check_draft(draft, library))


@pytest.mark.parametrize("number", [3, 11, 24])
def test_a_sentence_to_the_letter_is_confirmed_wherever_it_is_from(
    library: InMemoryLibrary, number: int
) -> None:
    told = TOLD.format(count=3000 + 7 * number, people=40 + number, groups=5 + number % 4)
    draft = f"旧账怎么清，各地都在想办法。\n各乡镇都有人到场，{told}"
    found = [one for one in _check(library, draft) if one.kind is FindingKind.FIGURE]
    assert [draft[one.start : one.end] for one in found] == [
        f"{3000 + 7 * number}卷",
        f"{40 + number}名",
        f"{5 + number % 4}个",
    ]
    assert {one.verdict for one in found} == {Verdict.EXACT}
    assert {one.matches[0].title for one in found} == {f"{COUNTIES[number]}推进档案整理"}


def test_a_number_that_no_such_sentence_has_is_not_confirmed(library: InMemoryLibrary) -> None:
    told = TOLD.format(count=3077, people=99, groups=8)
    found = _check(library, f"梧溪县各乡镇都有人到场，{told}")
    (people,) = [
        one for one in found if one.kind is FindingKind.FIGURE and one.end - one.start == 3
    ]
    assert people.verdict is not Verdict.EXACT


@pytest.mark.parametrize(
    ("office", "verdict"),
    [("县委副书记", Verdict.EXACT), ("县委书记", Verdict.ALTERED)],
)
def test_somebody_of_a_common_name_is_the_one_of_the_place(
    library: InMemoryLibrary, office: str, verdict: Verdict
) -> None:
    draft = f"梧溪县开了动员会，{office}周行远作了说明。"
    (found,) = [one for one in _check(library, draft) if one.kind is FindingKind.PERSON]
    assert found.verdict is verdict
    assert found.matches[0].title == "梧溪县推进档案整理"


def test_numbers_that_a_quotation_answers_for_are_not_looked_up(library: InMemoryLibrary) -> None:
    text = "县里说，今年清理档案3077卷，抽调业务骨干51名。"
    draft = read_draft(text, place_names=frozenset())
    evidence = EvidenceFinder(library, place_names=frozenset(), searches=10)
    before = library.searches
    assert list(FigureChecker(draft, evidence, answered=[Span(4, len(text))]).check()) == []
    assert library.searches == before
    assert list(FigureChecker(draft, evidence).check()) != []
