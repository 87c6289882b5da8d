"""Feedback on answers: taken, withdrawn, listed."""

from collections.abc import Sequence
from dataclasses import replace

from rag.catalog_feedback import FeedbackRecords
from rag.errors import AnswerNotFoundError
from rag.feedback import Feedback, GivenAnswer, GivenFeedback, Rating, RecentAnswers

_UNKNOWN = (
    "没有这个回答，或已不能评价：没有存入对话的回答，只在服务重启之前、较近的若干个之内可以评价"
)


class FeedbackDesk:
    """Feedback over the catalog; any thread may call it.

    Args:
        records: Where it is kept.
        recent: The answers that were just given.
        keeps_text: Whether question, answer and comment are kept. Where they are not, who runs
            the server learns how many answers helped, and what was wrong with the others.
    """

    def __init__(
        self, records: FeedbackRecords, recent: RecentAnswers, *, keeps_text: bool
    ) -> None:
        self._records = records
        self._recent = recent
        self.keeps_text = keeps_text

    def give(self, answer_id: str, feedback: Feedback) -> GivenFeedback:
        """Keep feedback in place of what was said of the answer before.

        Raises:
            AnswerNotFoundError: No answer with the id is known any more.
            ValueError: The feedback is about a citation that the answer does not have.
        """
        about = self._answer(answer_id)
        if others := set(feedback.markers) - about.markers:
            message = f"这个回答没有编号为 {min(others)} 的引用"
            raise ValueError(message)
        if not self.keeps_text:
            about, feedback = replace(about, text=None), replace(feedback, comment="")
        return self._records.save(feedback, about)

    def _answer(self, answer_id: str) -> GivenAnswer:
        known = self._recent.find(answer_id) or self._records.saved_answer(answer_id)
        if known is None:
            raise AnswerNotFoundError(_UNKNOWN)
        return known

    def withdraw(self, answer_id: str) -> None:
        """As `FeedbackRecords.delete`."""
        self._records.delete(answer_id)

    def list_feedback(
        self, rating: Rating | None = None, *, limit: int = 100, cursor: str | None = None
    ) -> tuple[Sequence[GivenFeedback], str | None]:
        """As `FeedbackRecords.list_feedback`."""
        return self._records.list_feedback(rating, limit=limit, cursor=cursor)
