"""Judges what a check made of each sentence, and sums it up."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from evals.quotations.summing import Share
from evals.records import Record
from evals.replies.records import FAULT_KINDS, GOOD_KINDS, AnyKind, Reply, Sentence

LEAST_CAUGHT: Final = 0.95
MOST_MARKED: Final = 0.05


class Checked(Protocol):
    """What a check makes of a sentence."""

    @property
    def text(self) -> str:
        """The sentence, without the markers that name no evidence."""
        ...

    @property
    def supported(self) -> bool:
        """Whether the passages it cites hold what it says."""
        ...


Check = Callable[[str], Checked]
"""Checks one sentence of a reply; the sentences come in their order."""
OpenReply = Callable[[Reply], Check]
"""Begins the check of a reply, on its evidence."""


class JudgedSentence(Record):
    """A sentence with what became of it.

    Attributes:
        reply: Id of its reply.
        stopped: Whether the check did not let it pass: it was marked as unsupported, or its
            marker without evidence was taken out.
    """

    reply: str
    sentence: Sentence
    stopped: bool

    @property
    def right(self) -> bool:
        """Whether a fault was stopped, or a good sentence was let pass."""
        return self.stopped == self.sentence.is_faulty


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyScore:
    """Judged sentences summed up.

    Attributes:
        caught: Of the faulty sentences, how many were stopped; `caught_by_kind` by kind.
        marked: Of the good ones, how many were; `marked_by_kind` by kind.
    """

    replies: int
    caught: Share
    marked: Share
    caught_by_kind: dict[str, Share]
    marked_by_kind: dict[str, Share]

    @property
    def reaches_goals(self) -> bool:
        """Whether enough faults were stopped, and few enough good sentences."""
        return self.caught.value >= LEAST_CAUGHT and self.marked.value <= MOST_MARKED


def judge_replies(
    replies: Sequence[Reply],
    open_reply: OpenReply,
    *,
    advance: Callable[[], None] | None = None,
) -> Iterator[JudgedSentence]:
    """Each sentence with what became of it, in order; `advance` is called after each reply."""
    for reply in replies:
        check = open_reply(reply)
        for sentence in reply.sentences:
            checked = check(sentence.text)
            yield JudgedSentence(
                reply=reply.id, sentence=sentence, stopped=_is_stopped(reply, sentence, checked)
            )
        if advance is not None:
            advance()


def _is_stopped(reply: Reply, sentence: Sentence, checked: Checked) -> bool:
    """A marker without evidence must be gone; with no other marker, the sentence be marked."""
    if sentence.kind != "missing_evidence":
        return not checked.supported
    numbers = range(1, len(reply.evidence) + 1)
    beyond = [one for one in sentence.markers if one not in numbers]
    gone = not any(f"[{one}]" in checked.text for one in beyond)
    return gone and (len(beyond) < len(sentence.markers) or not checked.supported)


def sum_up(judged: Sequence[JudgedSentence]) -> ReplyScore:
    """The shares of what was stopped; without any sentence all are 0."""
    faults = [one for one in judged if one.sentence.is_faulty]
    good = [one for one in judged if not one.sentence.is_faulty]
    return ReplyScore(
        replies=len({one.reply for one in judged}),
        caught=Share.of(one.stopped for one in faults),
        marked=Share.of(one.stopped for one in good),
        caught_by_kind=_by_kind(faults, FAULT_KINDS),
        marked_by_kind=_by_kind(good, GOOD_KINDS),
    )


def _by_kind(judged: Sequence[JudgedSentence], kinds: Sequence[AnyKind]) -> dict[str, Share]:
    shares = {
        kind: Share.of(one.stopped for one in judged if one.sentence.kind == kind) for kind in kinds
    }
    return {kind: share for kind, share in shares.items() if share.n}
