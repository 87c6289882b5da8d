"""The replies that are kept: enough of every kind, well formed, and each fault a true one."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from evals.builtin import open_builtin_library
from evals.questions import HALVES
from evals.quotations.oracle import plain
from evals.replies.build import build_replies, check_paraphrases, make_material
from evals.replies.engine import open_engine
from evals.replies.faults import is_foreign
from evals.replies.library import PARAPHRASES, UNSUPPORTED, Material, Shown, read_lines
from evals.replies.oracle import dates_in, holds_date, holds_name, numbers_in
from evals.replies.records import (
    FAULT_KINDS,
    FOLDER,
    GOOD_KINDS,
    REPLIES,
    PassageReference,
    Reply,
    Sentence,
    read_replies,
)
from rag.assembly import open_retriever
from rag.errors import EvaluationError


def test_each_half_has_enough_of_every_kind() -> None:
    for half in HALVES:
        replies = read_replies(split=half)
        kinds = Counter(one.kind for reply in replies for one in reply.sentences)
        assert len(replies) >= 100
        assert all(kinds[kind] >= 18 for kind in FAULT_KINDS)
        assert all(kinds[kind] >= 14 for kind in GOOD_KINDS)
        assert kinds["paraphrase"] >= 60


def test_every_reply_has_one_or_two_faults_among_three_sentences_or_more() -> None:
    for reply in read_replies():
        faults = sum(one.is_faulty for one in reply.sentences)
        assert 1 <= faults <= 2 < len(reply.sentences)


def test_only_a_marker_without_evidence_has_none() -> None:
    for reply in read_replies():
        for one in reply.sentences:
            beyond = any(marker > len(reply.evidence) for marker in one.markers)
            assert beyond == (one.kind == "missing_evidence")
            assert one.markers or one.kind == "list_opening"


def test_no_two_replies_have_one_id_and_the_file_is_small() -> None:
    names = [reply.id for reply in read_replies()]
    assert len(names) == len(set(names))
    assert (FOLDER / REPLIES).stat().st_size < 1_000_000


def test_no_sentence_is_in_both_halves() -> None:
    dev, test = (
        {
            re.sub(r"\[\d+\]", "", one.text)
            for reply in read_replies(split=half)
            for one in reply.sentences
            if one.kind not in {"list", "list_opening"}
        }
        for half in HALVES
    )
    assert not dev & test


def test_the_lists_kept_by_hand_have_no_line_twice() -> None:
    for name in (PARAPHRASES, UNSUPPORTED):
        lines = [line.split(" | ")[0] for line in read_lines(FOLDER / name)]
        assert len(lines) == len(set(lines))


@pytest.fixture(scope="module")
def material() -> Iterator[Material]:
    """The built-in library with the lists kept by hand."""
    with open_builtin_library() as system:
        yield make_material(system)


def shown_by_reference(material: Material) -> dict[PassageReference, Shown]:
    return {one.reference: one for shown in material.passages.values() for one in shown}


def is_a_true_fault(material: Material, one: Sentence, seen: str) -> bool:
    """Whether what was put in stands nowhere in what is cited, by kind."""
    _, _, new = one.note.partition("→")
    match one.kind:
        case "number":
            return numbers_in(new).isdisjoint(numbers_in(seen))
        case "date":
            return not any(holds_date(date, dates_in(seen)) for date in dates_in(new))
        case "person" | "body":
            return not holds_name(seen, new)
        case "altered_quotation":
            return plain(new) not in plain(seen)
        case "invented_quotation":
            return plain(one.note) not in plain(seen)
        case "wrong_marker" | "off_topic":
            return is_foreign(material, one.text, seen)
        case _:
            return True


@pytest.mark.slow
def test_every_fault_is_a_true_one(material: Material) -> None:
    by_reference = shown_by_reference(material)
    checked = defaultdict[str, int](int)
    for reply in read_replies():
        seen = [by_reference[one].seen for one in reply.evidence]
        for one in reply.sentences:
            if one.is_faulty and one.kind != "missing_evidence":
                cited = "\n".join(seen[number - 1] for number in one.markers)
                assert is_a_true_fault(material, one, cited), one
                checked[one.kind] += 1
    assert len(checked) == len(FAULT_KINDS) - 1


@pytest.mark.slow
def test_copies_stand_in_what_they_cite(material: Material) -> None:
    by_reference = shown_by_reference(material)
    for reply in read_replies():
        for one in reply.sentences:
            if one.kind == "verbatim":
                words = re.sub(r"\[\d+\]", "", one.text)
                assert words in by_reference[reply.evidence[one.markers[0] - 1]].passage.text


@pytest.mark.slow
def test_the_same_library_gives_the_replies_that_are_kept() -> None:
    with open_builtin_library() as system:
        retriever = open_retriever(system.storage, system.segmenter)
        replies = build_replies(
            make_material(system), lambda asked: retriever.retrieve(asked, limit=16)
        )
    assert replies == read_replies()


@pytest.mark.slow
def test_a_paraphrase_with_a_number_of_its_own_is_refused(material: Material) -> None:
    one = material.paraphrases[0]
    wrong = type(one)(text=f"{one.text}共98765项[1]。", rests_on=one.rests_on)
    with pytest.raises(EvaluationError, match="98765"):
        check_paraphrases(replace(material, paraphrases=(wrong,)))


@pytest.mark.slow
def test_a_paraphrase_must_name_words_of_one_passage(tmp_path: Path) -> None:
    for name in ("leadins.txt", "names.txt", UNSUPPORTED):
        (tmp_path / name).write_text((FOLDER / name).read_text("utf-8"), encoding="utf-8")
    (tmp_path / PARAPHRASES).write_text("好[1]。 | gwy-2018：没有这句", encoding="utf-8")
    with open_builtin_library() as system, pytest.raises(EvaluationError, match="0 段"):
        make_material(system, tmp_path)


@pytest.mark.slow
def test_passages_that_are_no_longer_there_are_named() -> None:
    reply: Reply = read_replies()[0]
    gone = reply.evidence[0].model_copy(update={"end": 10**6})
    changed = reply.model_copy(update={"evidence": (gone, *reply.evidence[1:])})
    with open_engine() as open_reply:
        assert open_reply(reply)("没有这句[1]。").text
        with pytest.raises(EvaluationError, match=r"evals\.replies\.build"):
            open_reply(changed)
