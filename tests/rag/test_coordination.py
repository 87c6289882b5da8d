"""Where coordinated names begin and end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.coordination import Sort, distributes, find_groups, spell_out_years


@pytest.mark.parametrize(
    ("question", "members", "sort"),
    [
        ("根据东山区和西河区的方案，编制数分别是多少？", ("东山区", "西河区"), Sort.THINGS),
        ("国务院撤销铁道部和商业部的时间", ("铁道部", "商业部"), Sort.THINGS),
        ("河湾市1993年和1998年的编制数是多少？", ("1993年", "1998年"), Sort.YEARS),
        ("河湾市的主席与副主席是谁？", ("主席", "副主席"), Sort.NOUNS),
        ("建设部和交通部分别由谁管？", ("建设部", "交通部"), Sort.THINGS),
        ("有多少人参加了春湖运动会和秋湖运动会？", ("春湖运动会", "秋湖运动会"), Sort.THINGS),
    ],
    ids=["lead-in", "verb", "years", "nouns", "部分", "at the end"],
)
def test_a_name_ends_where_other_words_begin(question: str, members: tuple[str, ...], sort: Sort):
    (group,) = find_groups(question)
    assert group.members == members
    assert group.sort is sort


@pytest.mark.parametrize(
    "question",
    [
        "文化和旅游局的局长是谁？",
        "党和国家的目标分别是什么？",
        "东山区和西河区合并的时间是哪年？",
        "《城市和乡村条例》什么时候施行？",
        "可持续性与社会责任倡议是什么时候提出的？",
    ],
)
def test_a_name_that_holds_its_coordinator_is_no_group(question: str):
    assert find_groups(question) == []


def test_beside_names_that_are_sure_others_are_not_guessed():
    question = "长远实业有限公司和白鹭集团有限公司分别在何时提出了可持续性与社会责任倡议？"
    (group,) = find_groups(question)
    assert group.members == ("长远实业有限公司", "白鹭集团有限公司")


@given(st.text("东山西河区和与、跟及的在谁分别1998年各局 ", max_size=40))
def test_members_stand_in_their_span_in_order(question: str):
    for group in find_groups(question):
        position = group.span.start
        assert len(group.members) > 1
        for member in group.members:
            position = question.index(member, position) + len(member)
        assert position == group.span.end


def test_years_get_the_year_that_they_share():
    assert spell_out_years("河湾市2018和2019年的收入") == "河湾市2018年和2019年的收入"
    assert spell_out_years("河湾市2018、2019两年的收入") == "河湾市2018年、2019年两年的收入"
    assert spell_out_years("型号AB2018和2019") == "型号AB2018和2019"


def test_asking_for_each_is_told_from_naming_every():
    assert distributes("东山区和西河区各有多少人？")
    assert not distributes("各有关部门要做什么？")
    assert not distributes("各区要做什么？")
