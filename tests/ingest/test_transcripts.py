"""Transcripts: each turn is its speaker's."""

from ingest.facts.transcripts import find_turns
from rag.documents import Speaker
from rag.text import Span

DISCUSSION = """座谈会发言摘登
主持人：青桥县委组织部部长 充知白

主持人：效果怎样，请大家说真话。
柳浦镇党委书记 姬长风：我先说好的，群众进一个门就能办事。
再说难的，懂规划的一个也没有。
石桥乡乡长 扶摇：我们乡最缺的是年轻人。
姬长风：我补充一句，编制要向乡镇倾斜。
（根据录音整理）
附：名单略。
"""


def said(text: str, skipped: tuple[Span, ...] = ()) -> list[tuple[str, str | None, str]]:
    """Name, office and words of each turn."""
    return [
        (turn.speaker.name, turn.speaker.office, turn.span.of(text))
        for turn in find_turns(text, skipped=skipped)
    ]


def test_each_turn_goes_to_the_person_of_its_label():
    assert said(DISCUSSION) == [
        ("充知白", "青桥县委组织部部长", "效果怎样，请大家说真话。"),
        (
            "姬长风",
            "柳浦镇党委书记",
            "我先说好的，群众进一个门就能办事。\n再说难的，懂规划的一个也没有。",
        ),
        ("扶摇", "石桥乡乡长", "我们乡最缺的是年轻人。"),
        ("姬长风", "柳浦镇党委书记", "我补充一句，编制要向乡镇倾斜。"),
    ]


def test_labels_are_the_introductions():
    turn = find_turns(DISCUSSION)[1]
    assert turn.introduction.of(DISCUSSION) == "柳浦镇党委书记 姬长风："
    assert turn.speaker == Speaker(name="姬长风", office="柳浦镇党委书记")


def test_a_heading_ends_a_turn():
    heading = DISCUSSION.index("再说难的")
    found = said(DISCUSSION, (Span(heading, heading + 5),))
    assert ("姬长风", "柳浦镇党委书记", "我先说好的，群众进一个门就能办事。") in found


def test_questions_and_answers_of_nobody_are_nobodys():
    turns = ("记者：首先呢？", "答：先说机构。", "记者：还有呢？", "答：人员。", "记者：谢谢您。")
    text = "\n".join(turns)
    assert [name for name, _, _ in said(text)] == ["记者"] * 3
    assert all("先说机构" not in words for _, _, words in said(text))


def test_a_text_with_few_labels_is_no_transcript():
    assert said("一、目标\n要求：全面完成改革。\n时间：三月底以前。\n地点：会议室。") == []
    assert said("青桥县县长 李远：讲两句。\n青桥县县长 李远：再讲两句话。") == []
    assert said("") == []
