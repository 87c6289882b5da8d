"""Who said it: one person under many names, and several under one."""

from dataclasses import replace

import pytest

from rag.documents import AttributedSpeech, Document, Level, Place, Speaker
from rag.quotations.attribution import Person, is_said_by, read_person, speeches_at
from rag.text import Span
from tests.conftest import make_document
from tests.rag.quotations.conftest import SONGPING, day

TEXT = "会议指出，要抓改革，也要抓落实。要见成效。"


@pytest.mark.parametrize(
    ("text", "name", "office"),
    [
        ("陆知远", "陆知远", ""),
        (" 陆 知远 ", "陆知远", ""),
        ("陆知远同志", "陆知远", ""),
        ("陸知遠先生等", "陆知远", ""),
        ("市委书记陆知远", "陆知远", "市委书记"),
        ("松屏区委副书记、区长简明远", "简明远", "松屏区委副书记、区长"),
        ("习近平总书记", "习近平", "总书记"),
        ("国家主席习近平", "习近平", "国家主席"),
        ("总书记", "", "总书记"),
        ("青石市市长", "", "青石市市长"),
        ("县长", "", "县长"),
        ("区长", "", "区长"),
        ("司长", "", "司长"),
        ("会议", "会议", ""),
        ("全市机构改革动员大会", "全市机构改革动员大会", ""),
        ("区行政审批局负责人", "区行政审批局负责人", ""),
        ("ＡＰＰ运营方", "app运营方", ""),
    ],
)
def test_a_person_has_a_name_and_an_office(text: str, name: str, office: str) -> None:
    assert read_person(text) == Person(name=name, office=office)


def said_by(
    asked: str, name: str, office: str | None = None, *, date: str = "2020", **details: object
) -> bool:
    document = make_document("示例。", published_date=day(date), **details)
    return is_said_by(read_person(asked), Speaker(name=name, office=office), document)


NAMES = ("习近平", "习近平总书记", "总书记", "习近平同志", "中共中央总书记")


@pytest.mark.parametrize("asked", NAMES)
@pytest.mark.parametrize(
    ("name", "office"),
    [
        ("习近平", None),
        ("习近平", "总书记"),
        ("习近平", "国家主席"),
        ("习近平总书记", None),
        ("总书记", None),
        ("总书记", "中共中央总书记"),
    ],
)
def test_the_general_secretary_is_one_speaker_under_all_names(
    asked: str, name: str, office: str | None
) -> None:
    assert said_by(asked, name, office)


@pytest.mark.parametrize(
    ("date", "secretary"),
    [
        ("2012-11-16", "习近平"),
        ("2012-11-14", "胡锦涛"),
        ("2002-12", "胡锦涛"),
        ("1999", "江泽民"),
        ("1988-05", "赵紫阳"),
        ("1983", "胡耀邦"),
    ],
)
def test_the_general_secretary_is_whoever_it_was_then(date: str, secretary: str) -> None:
    for other in ("习近平", "胡锦涛", "江泽民", "赵紫阳", "胡耀邦"):
        assert said_by("总书记", other, date=date) == (other == secretary)
        assert said_by(other, "总书记", date=date) == (other == secretary)


def test_before_there_was_one_nobody_is_the_general_secretary() -> None:
    assert not said_by("总书记", "胡耀邦", date="1979")
    assert not said_by("胡耀邦", "总书记", date="1979")


def test_in_a_document_without_a_date_it_is_the_present_one() -> None:
    document = make_document("示例。")
    assert is_said_by(read_person("总书记"), Speaker(name="习近平"), document)
    assert not is_said_by(read_person("总书记"), Speaker(name="胡锦涛"), document)


@pytest.mark.parametrize(
    ("asked", "name", "office", "expected"),
    [
        pytest.param("陆知远", "陆知远", None, True, id="the name"),
        pytest.param(
            "陆知远", "陆知远", "青石市委书记", True, id="the name of whoever has an office"
        ),
        pytest.param("青石市委书记陆知远", "陆知远", None, True, id="an office that nobody gives"),
        pytest.param("忻州市市长陆知远", "陆知远", "忻州市委书记", True, id="a change of office"),
        pytest.param(
            "青石市市长陆知远",
            "陆知远",
            "青石市委书记",
            True,
            id="a change of office in a place that no gazetteer has",
        ),
        pytest.param("书记陆知远", "陆知远", "青石市委书记", True, id="an office for short"),
        pytest.param("陆知遠", "陆知远", None, True, id="traditional characters"),
        pytest.param("陆知远", "陆知达", None, False, id="another name"),
        pytest.param("陆知", "陆知远", None, False, id="a part of the name"),
        pytest.param(
            "松屏区区长简明远", "简明远", "望溪县委书记", False, id="one name in two places"
        ),
        pytest.param(
            "望溪县委书记简明远",
            "简明远",
            "松屏区区长",
            False,
            id="one name in two places, reversed",
        ),
        pytest.param(
            "松屏区委书记简明远",
            "简明远",
            "松屏区区长",
            True,
            id="two offices in one place",
        ),
        pytest.param(
            "松屏区区长简明远",
            "简明远",
            "国务院总理",
            False,
            id="one name, in the nation and a district",
        ),
        pytest.param(
            "国务院总理简明远",
            "简明远",
            "松屏区区长",
            False,
            id="one name, in a district and the nation",
        ),
        pytest.param(
            "云川省省长简明远", "简明远", "国务院总理", True, id="from a province to the nation"
        ),
        pytest.param(
            "忻州市委书记简明远", "简明远", "山西省忻州市委书记", True, id="place and province"
        ),
        pytest.param(
            "中共青石市委书记陆知远",
            "陆知远",
            "青石市委书记",
            True,
            id="the party named in the office",
        ),
        pytest.param("市委书记", "陆知远", "青石市委书记", True, id="an office alone"),
        pytest.param("青石市委书记", "陆知远", "青石市委书记", True, id="the whole office alone"),
        pytest.param("市长", "陆知远", "青石市委书记", False, id="another office alone"),
        pytest.param("市长", "陆知远", None, False, id="an office that nobody gives alone"),
        pytest.param("扶摇乡长", "扶摇", "乡长", True, id="a name that only the document knows"),
        pytest.param("会议", "会议", None, True, id="a meeting"),
        pytest.param("会议", "全市机构改革动员大会", None, True, id="any meeting"),
        pytest.param("动员大会", "全市机构改革动员大会", None, True, id="a meeting for short"),
        pytest.param("全市机构改革动员大会", "会议", None, True, id="a meeting named for short"),
        pytest.param("全省经济工作会议", "机构改革动员大会", None, False, id="another meeting"),
        pytest.param("会议", "陆知远", None, False, id="a person is no meeting"),
        pytest.param("陆知远", "会议", None, False, id="a meeting is no person"),
        pytest.param("陆知远", "市委编办负责人", None, False, id="somebody without a name"),
    ],
)
def test_who_is_the_same_speaker(asked: str, name: str, office: str | None, expected: bool) -> None:
    assert said_by(asked, name, office) == expected


def test_where_the_document_is_from_tells_two_of_one_name_apart() -> None:
    assert said_by("松屏区委书记简明远", "简明远", place=SONGPING)
    assert said_by("青石市委书记简明远", "简明远", place=SONGPING)
    assert not said_by("望溪县委书记简明远", "简明远", place=SONGPING)
    nation = Place(name="全国", level=Level.NATION)
    assert not said_by("松屏区区长简明远", "简明远", "国务院总理", place=nation)


def document_with(*speeches: tuple[int, int, str]) -> Document:
    return replace(
        make_document(TEXT),
        speeches=tuple(
            AttributedSpeech(
                span=Span(start, end), speaker=Speaker(name=name), introduction=Span(0, 5)
            )
            for start, end, name in speeches
        ),
    )


def names_at(document: Document, start: int, end: int) -> list[str]:
    return [speech.speaker.name for speech in speeches_at(document, Span(start, end))]


def test_the_innermost_speech_says_it() -> None:
    document = document_with((0, 21, "会议"), (5, 16, "陆知远"), (9, 16, "褚望舒"))
    assert names_at(document, 10, 13) == ["褚望舒"]
    assert names_at(document, 5, 10) == ["陆知远"]
    assert names_at(document, 0, 21) == ["会议"]


def test_said_by_two_together_it_is_said_by_both() -> None:
    assert names_at(document_with((5, 16, "陆知远"), (5, 16, "褚望舒")), 6, 12) == [
        "陆知远",
        "褚望舒",
    ]


def test_from_one_stretch_of_a_speech_into_the_next_it_is_one_speech() -> None:
    document = document_with((5, 16, "陆知远"), (16, 21, "陆知远"))
    assert names_at(document, 8, 20) == ["陆知远"]


def test_a_mark_that_is_not_his_does_not_count() -> None:
    document = document_with((5, 16, "陆知远"))
    assert names_at(document, 6, 17) == ["陆知远"]
    assert names_at(document, 4, 16) == ["陆知远"]
    assert names_at(document, 10, 21) == []


def test_what_nobody_says_is_said_by_nobody() -> None:
    assert names_at(document_with((5, 16, "陆知远")), 0, 4) == []
    assert names_at(document_with(), 0, 21) == []
