"""Questions, answers and documents as HTML: escaped, with markers that lead somewhere."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.documents import Answer, AnswerMode, AnswerStatus, Filters
from rag.errors import ChatModelError
from ui.api.schemas import FiltersBody
from ui.page.answers import (
    answer_html,
    copied,
    failure_html,
    question_html,
    shown_date,
    waiting_html,
)
from ui.page.asking import Conversation, asked, checked_filters, checked_question
from ui.page.library import document_rows, document_table


class Tags(HTMLParser):
    """Collects the tags, attributes and text of a piece of HTML."""

    def __init__(self):
        super().__init__()
        self.tags, self.text, self.attributes = [], "", []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text += data


def parsed(html):
    tags = Tags()
    tags.feed(html)
    tags.close()
    return tags


def an_answer(made, text, *quotes, **fields):
    """An answer whose citations are `made` with other quotes."""
    return Answer(
        status=AnswerStatus.ANSWERED,
        text=text,
        citations=tuple(
            replace(made, marker=number, quote=quote) for number, quote in enumerate(quotes, 1)
        ),
        **fields,
    )


@given(st.text(max_size=60))
def test_no_text_becomes_markup(heading_citation, text):
    hostile = f"<script>{text}</script><img src=x onerror=1>[a](http://x){text}"
    answer = an_answer(heading_citation, hostile + "[1]", hostile, notes=(hostile,), model=hostile,
                       mode=AnswerMode.CHAT_MODEL)  # fmt: skip
    html = (
        question_html(hostile)
        + waiting_html(hostile)
        + failure_html(hostile)
        + answer_html(answer, number=0, seconds=1)
    )
    found = parsed(html)
    assert not {"script", "img", "a", "b"} & set(found.tags)
    assert not [name for name, _ in found.attributes if name.startswith("on")]


def test_markers_of_citations_become_buttons_and_no_others(heading_citation):
    html = answer_html(
        an_answer(heading_citation, "甲。[1]乙。[2][3]", "甲。", "乙。"), number=0, seconds=0.1
    )
    found = parsed(html)
    markers = [value for name, value in found.attributes if name == "data-marker"]
    assert markers == ["1", "2", "1", "2"]  # in the text, then on the cards
    assert "[3]" in found.text


def test_a_marker_that_stands_in_a_quote_itself_is_left_alone(heading_citation):
    html = answer_html(
        an_answer(heading_citation, "见[1]注。[1]", "见[1]注。"), number=0, seconds=0.1
    )
    assert html.count('class="marker"') == 1


def test_the_copied_answer_names_title_date_and_quote(heading_citation):
    answer = an_answer(heading_citation, "一、机构设置[1]", "一、机构设置")
    assert copied(answer).endswith(
        "[1] 清河区机构改革方案要点，清河日报，2019年3月22日：“一、机构设置”"
    )


@pytest.mark.parametrize(
    ("date", "shown"),
    [
        ("2019-03-22", "2019年3月22日"), ("2019-03", "2019年3月"), ("2019", "2019年"),
        ("--12-28", "12月28日"), ("--12", "12月"), (None, ""),
    ],
)  # fmt: skip
def test_dates_are_shown_as_far_as_they_are_known(date, shown):
    assert shown_date(date) == shown


def test_the_conversation_grows_by_one_answer_and_its_two_turns(desk):
    body = checked_question("多少个？", FiltersBody())
    pieces = list(asked(desk.backing(), body, Conversation()))
    html, conversation = pieces[-1]
    assert "正在查找依据" in pieces[0][0]
    assert "settled" in html
    assert "示例" in html
    assert [turn.role for turn in conversation.turns] == ["user", "assistant"]
    assert conversation.shown == (html,)
    list(asked(desk.backing(), body, conversation))
    assert desk.assistant.asked[-1][1] == conversation.turns


@pytest.mark.parametrize(
    ("question", "shown"), [("故障", "详情已记入日志"), ("模型", str(ChatModelError("聊天模型")))]
)
def test_a_failure_is_shown_without_its_inside_and_leaves_no_turn(desk, question, shown):
    body = checked_question(question, FiltersBody())
    html, conversation = list(asked(desk.backing(), body, Conversation()))[-1]
    assert shown in html
    assert "secret" not in html
    assert conversation.turns == ()
    assert conversation.shown == (html,)


def test_a_long_conversation_keeps_within_what_a_request_may_hold():
    conversation = Conversation()
    for number in range(120):
        conversation = conversation.continued(str(number))
    assert len(conversation.shown) == 50
    assert conversation.count == 120


def test_empty_fields_do_not_restrict_and_wrong_ones_are_explained():
    assert checked_filters(place=" ", speaker=None, kind="").filters() == Filters()
    with pytest.raises(ValueError, match="起始日期：日期应写作"):
        checked_filters(date_from="去年")
    with pytest.raises(ValueError, match="不能晚于"):
        checked_filters(date_from="2020", date_to="2019")
    with pytest.raises(ValueError, match="问题：不能为空"):
        checked_question("　", FiltersBody())


def test_the_table_of_documents_is_escaped_and_says_when_it_is_empty(desk):
    entries, _ = desk.shelf.list_documents(Filters(), limit=10)
    found = parsed(document_table(document_rows(entries)))
    assert "script" not in found.tags
    assert "<script>" in found.text
    assert "没有符合条件的文件" in document_table("")
