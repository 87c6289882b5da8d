"""Whether the whole question or its parts are answered."""

from rag.documents import Evidence
from rag.evidence import Findings
from rag.questions import analyse
from rag.settling import own_words, settle, told_apart
from rag.text import Span
from rag.words import built_in_words
from tests.conftest import make_document, make_passages

WHOLE = "青石区和松屏区有多少个机构？"
GREEN, PINE = "青石区有多少个机构？", "松屏区有多少个机构？"


def findings(question: str, *found: tuple[str, float], unmet: str = "") -> Findings:
    """Findings whose sentences are these, each a document of its own."""
    evidence = [as_evidence(text, score) for text, score in found]
    return Findings(
        question=analyse(question, built_in_words()),
        evidence=tuple(sorted(evidence, key=lambda one: -one.score)),
        confidence=max((score for _, score in found), default=0.0),
        unmet=unmet,
    )


def as_evidence(text: str, score: float, title: str = "通知") -> Evidence:
    document = make_document(text, title=title)
    (passage,) = make_passages(document)
    return Evidence(passage=passage, document=document, span=Span(0, len(text)), score=score)


def test_a_question_without_parts_is_settled_by_itself():
    sure, doubtful = findings(GREEN, ("共30个。", 0.5)), findings(GREEN, ("共30个。", 0.01))
    assert settle(sure).answering == (sure,)
    assert settle(sure).confidence == 0.5
    assert settle(doubtful).answering == ()
    assert settle(doubtful).confidence == 0.01


def test_where_nothing_was_found_it_says_why():
    settled = settle(findings(GREEN, unmet="没有谈到“青石区”。"))
    assert settled.unmet == "没有谈到“青石区”。"
    assert settled.confidence is None


def test_each_part_is_answered_and_the_weakest_counts():
    settled = settle(
        findings(WHOLE, ("各区都有机构。", 0.3)),
        [findings(GREEN, ("青石区有30个。", 0.8)), findings(PINE, ("松屏区有28个。", 0.4))],
    )
    assert [evidence[0].text for evidence in settled.evidence] == [
        "青石区有30个。",
        "松屏区有28个。",
    ]
    assert settled.missing == ()
    assert settled.confidence == 0.4


def test_a_part_that_nothing_answers_is_missing():
    pine = findings(PINE, ("松屏区在山里。", 0.01))
    settled = settle(findings(WHOLE), [findings(GREEN, ("青石区有30个。", 0.8)), pine])
    assert [part.question.text for part in settled.answering] == [GREEN]
    assert [part.question.text for part in settled.missing] == [PINE]


def test_a_sentence_on_one_part_answers_no_other():
    both = [("青石区有30个。", 0.8)]
    settled = settle(findings(WHOLE), [findings(GREEN, *both), findings(PINE, *both)])
    assert [part.question.text for part in settled.missing] == [PINE]


def test_a_sentence_that_names_neither_is_told_by_what_stands_above_it():
    of_green = as_evidence("共有30个。", 0.8, title="青石区机构改革")
    part = findings(PINE)
    part = Findings(question=part.question, evidence=(of_green,), confidence=0.8, unmet=part.unmet)
    parts = [findings(GREEN, ("共有30个。", 0.8)), part]
    mine, other = told_apart(parts, own_words(parts))
    assert mine.confidence == 0.8
    assert other.confidence < 0.05


def test_a_year_is_not_told_by_a_bare_number():
    parts = [
        findings(f"{year}年产量是多少？", ("2022-01-25 2021年产量3万吨。", 0.8))
        for year in (2021, 2022)
    ]
    first, second = told_apart(parts, own_words(parts))
    assert first.confidence == 0.8
    assert second.confidence < 0.05


def test_beside_an_answer_less_is_needed():
    pine = findings(PINE, ("松屏区有28个。", 0.07))
    assert settle(findings(WHOLE), [pine, pine]).answering == ()
    settled = settle(findings(WHOLE), [findings(GREEN, ("青石区有30个。", 0.8)), pine])
    assert settled.missing == ()


def test_a_part_takes_what_answers_the_whole_and_speaks_of_it():
    settled = settle(
        findings(WHOLE, ("松屏区有28个。", 0.5), ("各区都有。", 0.4)),
        [findings(GREEN, ("青石区有30个。", 0.8)), findings(PINE)],
    )
    assert [one.text for one in settled.evidence[1]] == ["松屏区有28个。"]


def test_one_sentence_that_clearly_answers_all_is_preferred():
    whole = findings(WHOLE, ("青石区有30个，松屏区有28个。", 0.9))
    parts = [findings(GREEN, ("青石区有30个。", 0.8)), findings(PINE, ("松屏区有28个。", 0.4))]
    assert settle(whole, parts).answering == (whole,)
    elsewhere = findings(WHOLE, ("青石区有30个。", 0.9))
    assert len(settle(elsewhere, parts).answering) == 2


def test_without_an_answer_to_any_part_the_whole_counts():
    whole = findings(WHOLE, ("两区共58个。", 0.5))
    assert settle(whole, [findings(GREEN), findings(PINE)]).answering == (whole,)
    nothing = findings(WHOLE, ("两区。", 0.01), unmet="没有谈到。")
    assert settle(nothing, [findings(GREEN), findings(PINE)]).unmet == "没有谈到。"
