"""Halving our own questions: even, stable, and nothing alike in both halves."""

import hashlib
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from evals.halves import are_alike, assign_halves
from evals.questions import Line, Question, parse_line

KINDS = ("who", "when", "how_many", "which")


def question(words: str, *, kind: str = "who", fact: str = "", document: str = "") -> Question:
    digest = hashlib.blake2b(f"{kind}{words}".encode(), digest_size=4).hexdigest()
    fact = fact or digest
    return Question.model_validate({
        "id": f"{kind}-{digest}",
        "kind": kind,
        "question": words,
        "facts": [[fact]],
        "evidence": [{"document": document or digest, "quote": f"答案是{fact}。"}],
    })


def conversation(first: str, second: str) -> Line:
    turns = [question(first), question(second).model_copy(update={"kind": "follow_up"})]
    dumped = ",".join(turn.model_dump_json(exclude={"id"}) for turn in turns)
    digest = hashlib.blake2b(first.encode(), digest_size=4).hexdigest()
    return parse_line(f'{{"id":"talk-{digest}","turns":[{dumped}]}}')


def distinct(number: int) -> str:
    digest = hashlib.blake2b(str(number).encode(), digest_size=20).digest()
    return "".join(chr(0x4E00 + 20 * byte) for byte in digest)


def test_kinds_and_documents_are_spread_evenly():
    lines = [
        question(distinct(number), kind=KINDS[number % 4], document=f"files/{number % 12}.md")
        for number in range(96)
    ]
    halves = assign_halves(lines, {})
    kinds = Counter((line.kind, halves[line.id]) for line in lines)
    assert {kinds[kind, "dev"] for kind in KINDS} == {12}
    documents = Counter((line.evidence[0].document, halves[line.id]) for line in lines)
    assert {documents[f"files/{number}.md", "dev"] for number in range(12)} <= {3, 4, 5}


def test_conversations_are_halved_apart_from_single_questions():
    talks = [conversation(distinct(number), "那呢？") for number in range(10)]
    lines = [*talks, *(question(distinct(number)) for number in range(100, 120))]
    halves = assign_halves(lines, {})
    assert Counter(halves[line.id] for line in talks) == {"dev": 5, "test": 5}


def test_what_has_a_half_keeps_it_and_the_others_make_up_for_it():
    old = [question(distinct(number)) for number in range(10)]
    new = [question(distinct(number)) for number in range(10, 30)]
    placed = dict.fromkeys((line.id for line in old), "dev")
    halves = assign_halves([*old, *new], placed)
    assert all(halves[line.id] == "dev" for line in old)
    assert Counter(halves[line.id] for line in new) == {"dev": 5, "test": 15}


def test_what_is_alike_stays_together():
    old = question("清河区改革后共有多少个党政机构？")
    near = question("清河区改革后一共有多少个党政机构")
    halves = assign_halves([near, old], {old.id: "test"})
    assert halves == {old.id: "test", near.id: "test"}


def test_questions_with_one_answer_in_one_document_are_alike():
    one = question("谁主持会议？", fact="张三", document="files/a.md")
    other = question("会议的主持人叫什么", fact="区长张三", document="files/a.md")
    elsewhere = question("会议的主持人叫什么", fact="区长张三", document="files/b.md")
    of_another_kind = question(
        "会议的主持人叫什么", kind="when", fact="张三", document="files/a.md"
    )
    assert are_alike(one, other)
    assert not are_alike(one, elsewhere)
    assert not are_alike(one, of_another_kind)


def test_follow_ups_are_not_compared():
    one, other = conversation(distinct(1), "那呢？"), conversation(distinct(2), "那呢？")
    assert not are_alike(one, other)
    assert are_alike(conversation(distinct(1), "还有吗？"), question(distinct(1)))


@given(st.permutations(range(12)))
def test_halves_do_not_depend_on_the_order(order: list[int]):
    lines = [question(distinct(number), kind=KINDS[number % 3]) for number in range(12)]
    shuffled = [lines[place] for place in order]
    assert assign_halves(shuffled, {}) == assign_halves(lines, {})
