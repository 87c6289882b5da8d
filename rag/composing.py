"""A chat model's answer, sentence by sentence: each is checked before anybody sees it."""

import re
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Final, Literal

from langchain_core.language_models import BaseChatModel

from rag.answering import AnswerEvent, CitationsSettled, TextAdded, no_evidence
from rag.chat_model import Reply, stream_reply
from rag.citations import verify
from rag.claims import Claim, ClaimChecker
from rag.documents import Answer, AnswerMode, AnswerStatus, Citation, RetrievedPassage
from rag.errors import ChatModelError
from rag.features import Rarity
from rag.prompting import NO_EVIDENCE_REPLY, lay_out
from rag.protocols import Segmenter
from rag.second_check import SecondCheck, SecondReading
from rag.telemetry import FallBack, note_unsupported
from rag.text import CLOSERS, SENTENCE_END, Span, sentence_spans

Unsupported = Literal["marked", "removed"]

_REASONS: Final = 3
_GIVEN_UP: Final = "\n\n（以上由聊天模型写出的内容多半没有依据，以下改用原文摘录。）\n\n"
_BROKEN_OFF: Final = "\n\n（聊天模型没有写完，以下改用原文摘录。）\n\n"


class Composer:
    """Has a chat model write answers, and checks them.

    Args:
        model: Which.
        name: As answers show it.
        segmenter: For checking; `rarity` likewise.
        unsupported: Whether sentences without support are shown with a mark or left out.
        evidence_characters: No more of the evidence is laid before the model.
        second_check: Looks again at the sentences that passed; each is shown after that.
    """

    def __init__(
        self,
        model: BaseChatModel,
        *,
        name: str,
        segmenter: Segmenter,
        rarity: Rarity,
        unsupported: Unsupported = "marked",
        evidence_characters: int = 6000,
        second_check: SecondCheck | None = None,
    ) -> None:
        self._model = model
        self.name = name
        self._segmenter = segmenter
        self._rarity = rarity
        self._unsupported: Unsupported = unsupported
        self._evidence_characters = evidence_characters
        self._second_check = second_check

    def compose(
        self, question: str, evidence: Sequence[RetrievedPassage]
    ) -> Generator[AnswerEvent, None, Answer]:
        """The text and the citations of an answer as they are settled; returns the answer.

        What was shown is never changed: where it cannot stand, a further text says so.

        Args:
            question: It stands alone.
            evidence: Passages, best first; as many as the budget lets are shown to the model.

        Raises:
            ChatModelError: The model failed, or less than half of what it wrote is supported.
        """
        shown = _within(evidence, self._evidence_characters)
        second = self._second_check.over(shown) if self._second_check else None
        claims = list[Claim]()
        has_shown = False
        reply = stream_reply(self._model, question=question, evidence=lay_out(shown))
        try:
            sentences = whole_sentences(reply, is_cut_off=lambda: bool(reply.unfinished))
            first = _first_of(sentences, reply)
            if first.startswith(NO_EVIDENCE_REPLY):
                return self._nothing_found()
            for claim in self._checked(chain((first,), sentences), shown, second):
                claims.append(claim)
                if self._is_shown(claim):
                    has_shown = True
                    yield TextAdded(text=claim.text)
                    yield CitationsSettled(citations=_settled(self._shown(claims), shown))
            answer = self._judge(claims, shown, second.note if second else "")
            return _cut_off(answer, reply.unfinished) if reply.unfinished else answer
        except ChatModelError:
            if has_shown:
                yield TextAdded(text=_BROKEN_OFF if _mostly_supported(claims) else _GIVEN_UP)
            raise
        finally:
            reply.close()

    def _nothing_found(self) -> Answer:
        reason = "聊天模型认为所给依据不能回答这个问题。"
        return replace(no_evidence(reason, mode=AnswerMode.CHAT_MODEL), model=self.name)

    def _checked(
        self,
        sentences: Iterable[str],
        evidence: Sequence[RetrievedPassage],
        second: SecondReading | None,
    ) -> Iterator[Claim]:
        checker = ClaimChecker(evidence, segmenter=self._segmenter, rarity=self._rarity)
        claims = map(checker.check, sentences)
        return second.checked(claims) if second else claims

    def _is_shown(self, claim: Claim) -> bool:
        return claim.supported or self._unsupported == "marked"

    def _shown(self, claims: Iterable[Claim]) -> list[Claim]:
        return [claim for claim in claims if self._is_shown(claim)]

    def _judge(
        self, claims: Sequence[Claim], evidence: Sequence[RetrievedPassage], note: str
    ) -> Answer:
        note_unsupported(sum(not claim.supported for claim in claims))
        if not _mostly_supported(claims):
            raise ChatModelError("聊天模型的回答多半没有依据", reason=FallBack.UNSUPPORTED)
        shown = self._shown(claims)
        notes = _notes(claims, self._unsupported)
        return Answer(
            status=AnswerStatus.PARTIAL if notes else AnswerStatus.ANSWERED,
            text="".join(claim.text for claim in shown).strip(),
            citations=_settled(shown, evidence),
            mode=AnswerMode.CHAT_MODEL,
            model=self.name,
            notes=(*notes, note) if note else notes,
        )


def _within(evidence: Sequence[RetrievedPassage], characters: int) -> list[RetrievedPassage]:
    """The first passages that fit into the budget together, at least one."""
    kept = list[RetrievedPassage]()
    for one in evidence:
        characters -= len(one.passage.text)
        if kept and characters < 0:
            break
        kept.append(one)
    return kept


def _first_of(sentences: Iterator[str], reply: Reply) -> str:
    """The first sentence; ChatModelError where the reply broke off within it."""
    first = next(sentences, "")
    if not first:
        raise ChatModelError(reply.unfinished, reason=FallBack.EMPTY)
    return first


def _cut_off(answer: Answer, reason: str) -> Answer:
    """The answer of a model that broke off, `reason` among its notes."""
    notes = (*answer.notes, f"{reason}。")
    return replace(answer, status=AnswerStatus.PARTIAL, notes=notes, is_cut_off=True)


def _mostly_supported(claims: Sequence[Claim]) -> bool:
    return 2 * sum(claim.supported for claim in claims) >= len(claims) > 0


def _notes(claims: Sequence[Claim], unsupported: Unsupported) -> tuple[str, ...]:
    """How many sentences have no support, what became of them, and the first reasons."""
    objections = [claim.objection for claim in claims if not claim.supported]
    if not objections:
        return ()
    fate = "已标出" if unsupported == "marked" else "已略去"
    reasons = "；".join(dict.fromkeys(objections[:_REASONS]))
    return (f"有 {len(objections)} 句没有依据，{fate}：{reasons}。",)


def _settled(claims: Iterable[Claim], evidence: Sequence[RetrievedPassage]) -> tuple[Citation, ...]:
    """Every citation of the sentences once, verified."""
    documents = {one.document.document_id: one.document for one in evidence}
    unique = dict.fromkeys(citation for claim in claims for citation in claim.citations)
    return verify(tuple(unique), documents)


# Models write markers before or behind the full stop; behind it they would open the next
# sentence.
_MARKERS_BEHIND: Final = re.compile(
    rf"([{SENTENCE_END}][{re.escape(CLOSERS)}]*)((?:\s*(?:\[\d{{1,3}}\]|【\d{{1,3}}】))+)"
)


_ENDED: Final = re.compile(rf"(?:[{SENTENCE_END}…]|\[\d{{1,3}}\]|】)[{re.escape(CLOSERS)}]*\s*$")


def whole_sentences(
    pieces: Iterable[str], *, is_cut_off: Callable[[], bool] = lambda: False
) -> Iterator[str]:
    """Cut a stream into sentences, each with the markers that stand behind it.

    One that begins a line has a line break before it. The last two stay back until more has
    come: what follows may be a marker of theirs.

    Args:
        pieces: As they come.
        is_cut_off: Asked at the end: whether a last sentence without an end is but a part of
            one, and left out.
    """
    held = ""
    for piece in pieces:
        held = _MARKERS_BEHIND.sub(r"\2\1", held + piece)
        spans = sentence_spans(held)
        if len(spans) > 2:
            yield from _with_breaks(held, spans[:-2])
            held = held[spans[-3].end :]
    spans = sentence_spans(held)
    yield from _with_breaks(held, spans[:-1] if is_cut_off() and not _ENDED.search(held) else spans)


def _with_breaks(text: str, spans: Iterable[Span]) -> Iterator[str]:
    position = 0
    for span in spans:
        line_break = "\n" if "\n" in text[position : span.start] else ""
        yield line_break + span.of(text)
        position = span.end
