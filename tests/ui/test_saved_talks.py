"""What the page saves of a conversation, and what it makes of a saved one."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from rag.claims import UNSUPPORTED_MARK
from rag.conversations import SavedTurn
from rag.documents import Answer, AnswerMode, AnswerStatus
from rag.errors import StorageError
from tests.ui.conversation_fakes import make_conversation_desk
from tests.ui.test_page_answers import an_answer, parsed
from ui.api.schemas import FiltersBody
from ui.page.answers import answer_html, waiting_html
from ui.page.asking import Conversation, asked, checked_question
from ui.page.conversations import conversation_mark, opened
from ui.served_models import EXTRACTIVE

NEW = Conversation()


def ask(desk, question="多少个？", so_far=NEW, **about):
    body = checked_question(question, FiltersBody(), **about)
    return list(asked(desk.backing(), body, so_far))[-1]


def test_a_question_is_saved_with_what_was_answered_and_who_was_to_write(desk):
    _, so_far = ask(desk, model=EXTRACTIVE)
    _, so_far = ask(desk, "还有呢？", so_far)
    turns = [checked.turn for checked in desk.conversations.open(so_far.conversation_id).turns]
    assert [(turn.question, turn.mode) for turn in turns] == [
        ("多少个？", AnswerMode.EXTRACTIVE),
        ("还有呢？", AnswerMode.AUTO),
    ]
    assert "三十六个" in turns[0].answer.text
    assert so_far.count == 2


def test_an_opened_conversation_goes_on_as_the_one_that_was_saved(desk):
    _, so_far = ask(desk)
    _, so_far = ask(desk, "恶意", so_far)
    note, reopened = opened(desk.backing(), so_far.conversation_id)
    assert note == ""
    assert reopened.turns == so_far.turns
    assert (reopened.count, reopened.conversation_id) == (2, so_far.conversation_id)
    assert "三十六个" in reopened.shown[0]
    assert not {"script", "img", "b", "i"} & set(parsed("".join(reopened.shown)).tags)


def test_what_failed_is_not_saved_but_the_conversation_goes_on_where_it_is(desk):
    _, so_far = ask(desk, "故障")
    first = so_far.conversation_id
    _, so_far = ask(desk, "多少个？", so_far)
    assert so_far.conversation_id == first
    assert len(desk.conversations.open(first).turns) == 1


class BrokenRecords:
    def start(self):
        raise StorageError("磁盘已满：/secret/path")


def test_an_answer_is_given_where_it_cannot_be_saved_and_says_so(desk):
    desk.conversations._records = BrokenRecords()
    html, so_far = ask(desk)
    assert "三十六个" in html
    assert "没有存入对话" in html
    assert "secret" not in html
    assert so_far.conversation_id is None


def test_a_conversation_deleted_meanwhile_leaves_a_note_and_the_answer(desk):
    _, so_far = ask(desk)
    desk.conversations.delete_all()
    html, _ = ask(desk, "还有呢？", so_far)
    assert "没有存入对话：没有这个对话" in html


def test_nothing_is_saved_where_conversations_are_not_saved(desk):
    desk.conversations = make_conversation_desk(desk.shelf, is_saving=False)
    html, so_far = ask(desk)
    assert so_far.conversation_id is None
    assert "没有存入" not in html
    assert 'data-conversation=""' in conversation_mark(so_far)


@pytest.mark.parametrize("conversation_id", ["0" * 32, "'; --", "\ud800", "x" * 10_000])
def test_an_id_of_nothing_is_said_to_be_gone(desk, conversation_id):
    note, so_far = opened(desk.backing(), conversation_id)
    assert "已被删除" in note
    assert so_far == Conversation()


def test_cards_carry_where_their_quotes_stand_now(desk):
    _, so_far = ask(desk)
    briefing, speech, *_ = desk.shelf.documents.values()
    desk.shelf.documents[briefing.document_id] = replace(briefing, text="甲。\n" + briefing.text)
    desk.shelf.documents[speech.document_id] = replace(speech, text="乙。")
    _, reopened = opened(desk.backing(), so_far.conversation_id)
    found = parsed(reopened.shown[0])
    starts = [value for name, value in found.attributes if name == "data-start"]
    moved = briefing.text.index("清河区机构改革后") + 3
    assert starts == [str(moved)]  # of the other one no place is known
    assert "原句现在文中另一处" in found.text
    assert "找不到原句的确切位置" in found.text


def test_only_the_end_of_a_long_conversation_is_shown_but_all_is_counted(desk):
    _, so_far = ask(desk)
    answer = Answer(status=AnswerStatus.NO_EVIDENCE, text="没有")
    for number in range(60):
        turn = SavedTurn(question=f"问{number}", answer=answer, asked=datetime.now(UTC))
        desk.conversations._records.save_turn(turn, conversation_id=so_far.conversation_id)
    note, reopened = opened(desk.backing(), so_far.conversation_id)
    assert "更早的 11 问" in note
    assert (len(reopened.shown), reopened.count, len(reopened.turns)) == (50, 61, 50)
    assert 'data-answer="60"' in reopened.shown[-1]


# ---- What a chat model wrote

DOUBTED = f"第一句[1]。第二句有误。{UNSUPPORTED_MARK}[1]第三句。[2]\n第四句{UNSUPPORTED_MARK}"


def written(made, text, **about):
    return an_answer(made, text, "甲", "乙", mode=AnswerMode.CHAT_MODEL, model="示例", **about)


def test_a_sentence_without_support_is_set_off_and_no_other(heading_citation):
    html = answer_html(written(heading_citation, DOUBTED), number=0, seconds=1)
    assert '<span class="doubted">第二句有误。</span>' in html
    assert '<span class="doubted">第四句</span>' in html
    assert html.count('class="doubted"') == html.count('class="doubt"') == 2
    assert html.count('class="marker"') == 3


def test_it_is_set_off_while_the_answer_is_still_coming():
    html = waiting_html(DOUBTED)
    assert '<span class="doubted">第二句有误。</span>' in html
    assert html.count('class="doubt"') == 2


def test_a_mark_that_an_extracted_document_holds_is_text(heading_citation):
    quote = f"甲。{UNSUPPORTED_MARK}"
    html = answer_html(an_answer(heading_citation, f"{quote}[1]", quote), number=0, seconds=1)
    assert 'class="doubt"' not in html
    assert UNSUPPORTED_MARK in html


def test_a_place_that_is_cited_several_times_has_one_card(heading_citation):
    doubtful = replace(heading_citation, support="unsupported")
    other = replace(heading_citation, start=heading_citation.start + 1, quote="、机构设置")
    answer = replace(
        written(heading_citation, DOUBTED), citations=(doubtful, heading_citation, other)
    )
    found = parsed(answer_html(answer, number=0, seconds=1))
    assert [value for name, value in found.attributes if name == "data-start"] == [
        str(heading_citation.start),
        str(other.start),
    ]
    assert "未能核实" not in found.text  # it bears out one sentence
    assert "查看 2 条依据" in found.text


def test_what_a_model_wrote_before_it_was_given_up_stays_to_be_seen(desk):
    class GivenUp(type(desk.assistant)):
        def stream(self, question, **about):
            from rag.answering import TextAdded

            yield TextAdded(text=f"<b>胡说</b>。{UNSUPPORTED_MARK}")
            yield from super().stream(question, **about)

    desk.assistant = GivenUp(desk.shelf, desk.assistant.recent)
    html, _ = ask(desk)
    found = parsed(html)
    assert found.tags.count("details") == 1
    assert "（未采用）<b>胡说</b>。" in found.text
    assert found.text.count("三十六个。[1]") == 1
