import pytest

from rag.people import find_names, find_people, is_name, split_names


@pytest.mark.parametrize(
    ("text", "name", "office"),
    [
        pytest.param("市委书记吴天君明确指出", "吴天君", "市委书记", id="three characters"),
        pytest.param("市委副书记、市长马懿主持", "马懿", "市委副书记、市长", id="two offices"),
        pytest.param("会议由区委书记李明主持", "李明", "区委书记", id="lead-in dropped"),
        pytest.param("王忠林书记强调", "王忠林", "书记", id="office behind"),
        pytest.param("代省长　罗东川", "罗东川", "代省长", id="set apart"),
        pytest.param("市长李明作报告", "李明", "市长", id="verb behind two characters"),
        pytest.param("市长李强强调，", "李强", "市长", id="name and verb share a character"),
        pytest.param(
            "自治区主席艾尔肯·吐尼亚孜作报告", "艾尔肯·吐尼亚孜", "自治区主席", id="middle dot"
        ),
        pytest.param("外交部发言人毛宁说", "毛宁", "外交部发言人", id="spokesperson"),
        pytest.param("教授李明认为", "李明", "教授", id="occupation"),
        pytest.param("县委书记李志强等出席", "李志强", "县委书记", id="and others"),
    ],
)
def test_a_person_is_found_with_the_office(text: str, name: str, office: str) -> None:
    first = find_people(text)[0]
    assert (first.name, first.office) == (name, office)
    assert first.span.of(text) == name
    assert name in text[first.start : first.end]


@pytest.mark.parametrize(
    "text", ["主任会议", "市委书记高度重视", "书记和市长", "主席来到第一线", "常委会主任", ""]
)
def test_what_follows_an_office_is_not_always_a_name(text: str) -> None:
    assert find_people(text) == []


def test_listed_persons_share_the_office() -> None:
    people = find_people("副市长李国强、王丽、赵一鸣参加会议")
    assert [(person.name, person.office) for person in people] == [
        ("李国强", "副市长"),
        ("王丽", "副市长"),
        ("赵一鸣", "副市长"),
    ]


def test_a_later_mention_is_found_without_office() -> None:
    text = "市长马懿出席。会后，马懿说"
    assert [(name, span.start) for span, name in find_names(text)] == [("马懿", 2), ("马懿", 10)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("李娜 袁帅", ["李娜", "袁帅"]),
        ("张 三", ["张三"]),
        ("王 小明 李四", ["王小明", "李四"]),
        ("李明、王芳", ["李明", "王芳"]),
        ("欧阳修", ["欧阳修"]),
        ("综合报道", []),
        ("", []),
    ],
)
def test_split_names(text: str, names: list[str]) -> None:
    assert split_names(text) == names


def test_is_name() -> None:
    assert is_name("吴天君")
    assert is_name("阿里木·买买提")
    assert not is_name("会议")
    assert not is_name("Li")
