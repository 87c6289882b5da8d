"""A second look at what the test of `rag.entailment` let pass, by the chat model.

That test holds words against words; what a sentence denies, reverses or says of another it
cannot see. So the model is shown the sentences with the passages that they cite, and names those
that are not borne out. It can only take support away: sentences that failed are not shown to it,
and a reply that cannot be read changes nothing.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, cast

from rag.claims import Claim
from rag.documents import RetrievedPassage
from rag.errors import ChatModelError
from rag.prompting import Prompt, second_check_prompt

CHECKED_AT_ONCE: Final = 120
"""Code points that a call is about, or a little more: about a paragraph. DECISIONS.md says why."""
_KEYS: Final = ("unsupported", "ids", "没有依据", "编号")
_LIST: Final = re.compile(r"\[[\s\d,，、\"]*\]")


class SecondCheck:
    """Asks a chat model which sentences are not borne out.

    Args:
        ask: Gives the model's whole reply within a limited time, else ChatModelError.
        name: Of the model, as reasons show it.
    """

    def __init__(self, ask: Callable[[Prompt], str], *, name: str) -> None:
        self._ask = ask
        self._name = name

    def over(self, evidence: Sequence[RetrievedPassage]) -> "SecondReading":
        """The check of one answer from `evidence`, as that was laid before the model."""
        return SecondReading(self._ask, name=self._name, evidence=evidence)


class SecondReading:
    """Checks the sentences of one answer.

    Attributes:
        note: That the check could not be done, in Chinese; "" as long as it could.
    """

    def __init__(
        self, ask: Callable[[Prompt], str], *, name: str, evidence: Sequence[RetrievedPassage]
    ) -> None:
        self._ask = ask
        self._objection = f"第二次核对（聊天模型 {name}）认为所引材料不支持这句话"
        self._evidence = evidence
        self.note = ""

    def checked(self, claims: Iterable[Claim]) -> Iterator[Claim]:
        """The same sentences in order, some of them denied; each comes once it was checked.

        After a call that failed no other is made: the sentences pass as they are.
        """
        held = list[Claim]()
        for claim in claims:
            held.append(claim)
            if self.note or sum(len(one.sentence) for one in held) >= CHECKED_AT_ONCE:
                yield from self._settled(held)
                held = []
        yield from self._settled(held)

    def _settled(self, claims: Sequence[Claim]) -> list[Claim]:
        passed = [place for place, one in enumerate(claims) if one.supported and one.citations]
        if self.note or not passed:
            return list(claims)
        prompt = second_check_prompt(
            [(claims[place].sentence, _numbers(claims[place])) for place in passed],
            self._evidence,
        )
        try:
            denied = {passed[number - 1] for number in _read(self._ask(prompt), most=len(passed))}
        except ChatModelError as error:
            self.note = f"第二次核对没有做完（{error}），只按字面核对过。"
            return list(claims)
        return [
            one.denied(self._objection) if place in denied else one
            for place, one in enumerate(claims)
        ]


def _numbers(claim: Claim) -> list[int]:
    return [citation.marker for citation in claim.citations]


def _read(reply: str, *, most: int) -> frozenset[int]:
    """The numbers in a reply: in an object, in a bare list, in a fence, after thoughts.

    Raises:
        ChatModelError: There are none to be read, or a number is not one of a sentence.
    """
    spoken = reply.rpartition("</think>")[2]
    listed = _from_object(spoken)
    if listed is None and "{" not in spoken and len(lists := _LIST.findall(spoken)) == 1:
        listed = re.findall(r"\d+", lists[0])
    numbers = None if listed is None else [_number(one) for one in listed]
    if numbers is None or not all(1 <= number <= most for number in numbers):
        raise ChatModelError("聊天模型的核对结果看不懂")
    return frozenset(numbers)


def _from_object(spoken: str) -> list[object] | None:
    start, end = spoken.find("{"), spoken.rfind("}")
    try:
        read: object = json.loads(spoken[start : end + 1]) if 0 <= start < end else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(read, dict):
        return None
    members = cast("dict[str, object]", read)
    listed = next((members[key] for key in _KEYS if key in members), None)
    return cast("list[object]", listed) if isinstance(listed, list) else None


def _number(value: object) -> int:
    """A number as a number or a text; 0, which no sentence has, for anything else."""
    if isinstance(value, bool):
        return 0
    if isinstance(value, str) and value.strip().isdecimal() and len(value) < 10:
        return int(value)
    return value if isinstance(value, int) else 0
