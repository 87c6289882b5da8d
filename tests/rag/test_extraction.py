from dataclasses import replace

import pytest

from rag.documents import AttributedSpeech, Evidence, Heading, Speaker
from rag.extraction import LONG_SENTENCE, PART_SENTENCES, choose, extract, extract_parts
from rag.questions import analyse
from rag.text import Span
from rag.words import built_in_words
from tests.conftest import BigramSegmenter, make_document, make_passages

TEXT = (
    "一、强化领导\n"
    "要加强领导。各级要亲自抓。\n"
    "市长李明说：“要稳。要快。要实。”会议结束。\n"
    "各区要抓好三件事。\n"
    "一是建账。账要细。\n"
    "二是核人。\n"
    "三是挂牌。\n"
    "其中建账用时最长。"
)


def document():
    plain = make_document(TEXT, title="三件事")
    speech = TEXT.index("要稳")
    return type(plain)(
        **{name: getattr(plain, name) for name in plain.__slots__}
        | {
            "headings": (Heading(span=Span(0, 6), level=1),),
            "speeches": (
                AttributedSpeech(
                    span=Span(speech, TEXT.index("”会议")),
                    speaker=Speaker(name="李明", office="市长"),
                    introduction=Span(TEXT.index("市长李明"), speech),
                ),
            ),
        }
    )


def answer(question: str, *starts: str) -> str:
    source = document()
    passages = make_passages(source)

    def passage_at(_document, offset):
        return [p for p in passages if p.span.start <= offset][-1]

    evidence = []
    for rank, start in enumerate(starts):
        begin = TEXT.index(start)
        end = min(i for i in (TEXT.find("。", begin) + 1, TEXT.find("\n", begin)) if i > begin)
        evidence.append(
            Evidence(
                passage=passage_at(source, begin),
                document=source,
                span=Span(begin, end),
                score=0.9 - rank / 10,
            )
        )
    result = extract(analyse(question, BigramSegmenter()), evidence, passage_at=passage_at)
    for citation in result.citations:
        assert TEXT[citation.start : citation.end] == citation.quote
        assert f"{citation.quote}[{citation.marker}]" in result.text
    return result.text


@pytest.mark.parametrize("start", ["各区要抓好", "二是核人"])
def test_a_list_is_given_whole_from_its_introduction_or_any_item(start: str):
    text = answer("要抓好哪三件事？", start)
    assert all(item in text for item in ("一是建账", "二是核人", "三是挂牌"))


def test_a_heading_gives_what_stands_below_it():
    assert "各级要亲自抓" in answer("如何强化领导？", "一、强化领导")


def test_what_somebody_said_is_given_to_its_end():
    text = answer("市长李明说了什么？", "市长李明说")
    assert "要实" in text
    assert "会议结束" not in text


def test_words_before_the_speaker_are_given_too():
    source = "“改革要稳。”市长李明说。"
    plain = make_document(source)
    speech = AttributedSpeech(
        span=Span(1, 6), speaker=Speaker(name="李明", office="市长"), introduction=Span(7, 13)
    )
    named_behind = replace(plain, speeches=(speech,))
    (passage,) = make_passages(named_behind)
    evidence = Evidence(passage=passage, document=named_behind, span=Span(0, 13), score=0.9)
    question = analyse("李明说了什么？", BigramSegmenter())
    result = extract(question, [evidence], passage_at=lambda *_: passage)
    assert "改革要稳" in result.text


def test_a_label_brings_the_lines_below_it():
    source = "主办单位：\n市编办。\n办理时限：三天。"
    plain = make_document(source)
    passage = make_passages(plain)[0]
    evidence = Evidence(passage=passage, document=plain, span=Span(0, 5), score=0.9)
    question = analyse("主办单位是什么？", BigramSegmenter())
    result = extract(question, [evidence], passage_at=lambda *_: passage)
    assert [citation.quote for citation in result.citations] == ["主办单位：", "市编办。"]


def test_a_sentence_that_leans_back_brings_the_one_before():
    source = "建账用时最长。其中核对用了十天。"
    plain = make_document(source)
    (passage,) = make_passages(plain)
    evidence = Evidence(passage=passage, document=plain, span=Span(7, len(source)), score=0.9)
    result = extract(
        analyse("核对用了几天？", BigramSegmenter()), [evidence], passage_at=lambda *_: passage
    )
    assert [citation.quote for citation in result.citations] == [
        "建账用时最长。",
        "其中核对用了十天。",
    ]


def test_the_same_words_are_not_given_twice():
    text = answer("用时多少？", "其中建账", "其中建账")
    assert text.count("其中建账") == 1


def test_a_long_sentence_is_cut_to_the_part_that_answers():
    first = "组建市委依法治市等8个议事协调机构，" + "加强归口管理，" * 10
    plain = make_document(f"{first}；对职能重叠的部门进行整合，理顺关系，提高执行力。")
    (passage,) = make_passages(plain)
    place = Span(plain.text.index("8个"), plain.text.index("8个") + 2)
    evidence = Evidence(passage=passage, document=plain, span=passage.span, score=0.9, answer=place)
    question = analyse("组建多少个议事协调机构？", built_in_words())
    result = extract(question, [evidence], passage_at=lambda *_: passage)
    quote = result.citations[0].quote
    assert quote.startswith("组建市委依法治市等8个议事协调机构，")
    assert len(quote) <= LONG_SENTENCE
    unread = replace(evidence, answer=None)
    whole = extract(question, [unread], passage_at=lambda *_: passage)
    assert whole.citations[0].quote == plain.text
    why = analyse("为什么组建议事协调机构？", built_in_words())
    whole = extract(why, [evidence], passage_at=lambda *_: passage)
    assert whole.citations[0].quote == plain.text


def as_evidence(start: str, score: float = 0.9) -> Evidence:
    source = document()
    begin = TEXT.index(start)
    passage = [p for p in make_passages(source) if p.span.start <= begin][-1]
    span = Span(begin, TEXT.index("。", begin) + 1)
    return Evidence(passage=passage, document=source, span=span, score=score)


def answer_parts(*asked: tuple[str, list[str]]):
    parts = [
        (analyse(question, BigramSegmenter()), [as_evidence(start) for start in starts])
        for question, starts in asked
    ]
    return extract_parts(parts, passage_at=lambda _document, _offset: as_evidence("账要细").passage)


def test_parts_are_answered_in_their_order_with_markers_numbered_through():
    result = answer_parts(("谁核人？", ["二是核人"]), ("谁要亲自抓？", ["各级要"]))
    assert result.text == "二是核人。[1]\n各级要亲自抓。[2]"
    assert [citation.marker for citation in result.citations] == [1, 2]


def test_a_sentence_that_answers_two_parts_is_given_once():
    result = answer_parts(("谁核人？", ["二是核人"]), ("核人的是谁？", ["二是核人"]))
    assert result.text == "二是核人。[1]"


def test_a_part_gets_less_room_than_a_question_asked_alone():
    starts = ["账要细", "各级要", "各区要", "三是挂牌"]
    alone = analyse("多少人？", BigramSegmenter())
    evidence = [as_evidence(start) for start in starts]
    assert len(choose(alone, evidence)) > PART_SENTENCES - 1
    assert len(answer_parts(("多少人？", starts)).citations) <= PART_SENTENCES
