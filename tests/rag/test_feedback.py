"""Answers get ids, and the latest of them are remembered."""

from rag.answering import AnswerDone, AnswerRequest, TextAdded
from rag.documents import Answer, AnswerStatus, Filters
from rag.feedback import NamingChain, RecentAnswers

ASKED = AnswerRequest(question="多少个？", filters=Filters(collection="c"))
ANSWER = Answer(status=AnswerStatus.ANSWERED, text="三个。")


class FixedChain:
    def stream(self, request):
        yield TextAdded(text=ANSWER.text)
        yield AnswerDone(answer=ANSWER)


def test_the_last_event_has_an_answer_with_an_id_and_the_rest_is_as_it_was():
    recent = RecentAnswers(with_text=True)
    first, done = NamingChain(FixedChain(), recent).stream(ASKED)
    assert first == TextAdded(text=ANSWER.text)
    found = recent.find(done.answer.answer_id)
    assert found.text.question == "多少个？"
    assert found.text.filters == ASKED.filters
    assert found.text.answer == done.answer


def test_the_same_answer_given_twice_has_two_ids_that_do_not_tell_what_was_asked():
    recent = RecentAnswers(with_text=True)
    ids = {recent.named(ANSWER, ASKED).answer_id for _ in range(9)}
    assert len(ids) == 9
    assert all(len(one) == 32 for one in ids)


def test_without_text_nothing_of_question_and_answer_is_remembered():
    recent = RecentAnswers(with_text=False)
    named = recent.named(ANSWER, ASKED)
    found = recent.find(named.answer_id)
    assert found.text is None
    assert found.status is AnswerStatus.ANSWERED
    assert "多少" not in repr(vars(recent))


def test_the_oldest_answers_are_forgotten():
    recent = RecentAnswers(with_text=True, most=2)
    ids = [recent.named(ANSWER, ASKED).answer_id for _ in range(3)]
    assert recent.find(ids[0]) is None
    assert recent.find(ids[1]) is not None
    assert recent.find("unknown") is None
