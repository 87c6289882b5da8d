"""The journey from a tiny library to a cited answer, with fakes behind the protocols."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy
import pytest
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

from rag.answering import AnswerDone, Assistant, CitationsSettled, EvidenceFound, TextAdded
from rag.chain import AnswerChain, ChatWriter, PassageRetriever
from rag.chat_model import brief_reply
from rag.composing import Composer, Unsupported
from rag.documents import Answer, AnswerMode, AnswerStatus, Document, Filters, Turn
from rag.entailment import Entailment
from rag.errors import ChatModelNotFoundError
from rag.evidence import EvidenceFinder
from rag.features import FEATURES
from rag.prompting import REWRITING, SECOND_CHECK, Prompt
from rag.ranking import Ranked
from rag.retrieval import Retriever
from rag.rewriting import Rewriter
from rag.second_check import SecondCheck
from tests.conftest import (
    BigramSegmenter,
    HashingEmbedder,
    InMemoryPassageIndex,
    InMemoryStore,
    InMemoryWordIndex,
    make_document,
    make_passages,
)

DOCUMENTS = [
    make_document(
        "青石区机构改革后共设置党政机构30个。其中党委机构9个。\n"
        "区长李明说：“改革要稳。”\n改革要抓三件事。一是建账。二是核人。三是挂牌。",
        title="青石区机构改革完成",
    ),
    make_document("白水区召开动员大会。会议由区长王芳主持。", title="白水区动员大会"),
]


class OverlapRanker:
    """Takes the share of the question's pairs as probability."""

    def rank(self, question: str, sentences: Sequence[str], rows: numpy.ndarray) -> list[Ranked]:
        """One column of the features."""
        column = rows[:, FEATURES.index("bigram_coverage")]
        return [Ranked(probability=float(value)) for value in column]


class ScriptedChatModel(BaseChatModel):
    """Replies what it was given, in pieces of three characters, or raises it.

    `brief` has what it says where it is to rewrite a question, or to check sentences again.
    """

    reply: str | Exception
    asked: list[str]
    brief: str | Exception = ""

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        self.asked.append(str(messages[-1].content))
        is_brief = messages[0].content in {REWRITING, SECOND_CHECK}
        reply = self.brief if is_brief else self.reply
        if isinstance(reply, Exception):
            raise reply
        for i in range(0, len(reply), 3):
            yield ChatGenerationChunk(message=AIMessageChunk(content=reply[i : i + 3]))
        ending = {"finish_reason": "stop"}
        yield ChatGenerationChunk(message=AIMessageChunk(content=""), generation_info=ending)

    def _generate(self, *args: Any, **kwargs: Any) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=AIMessage(content=str(self.reply)))])


def writer(
    model: BaseChatModel,
    unsupported: Unsupported = "marked",
    is_checked_again: bool = False,
    name: str = "scripted",
    brief_s: float = 1,
) -> ChatWriter:
    segmenter = BigramSegmenter()

    def ask(prompt: Prompt) -> str:
        return brief_reply(model, prompt, within_s=brief_s)

    return ChatWriter(
        composer=Composer(
            model,
            name=name,
            segmenter=segmenter,
            rarity=lambda _: 1.0,
            unsupported=unsupported,
            second_check=SecondCheck(ask, name=name) if is_checked_again else None,
        ),
        rewriter=Rewriter(
            ask,
            name=name,
            entailment=Entailment(segmenter=segmenter, rarity=lambda _: 1.0),
        ),
    )


def make_assistant(
    reply: str | Exception | None = None,
    *,
    chat_model: BaseChatModel | None = None,
    unsupported: Unsupported = "marked",
    is_checked_again: bool = False,
    further: Sequence[ChatWriter] = (),
    documents: Sequence[Document] = DOCUMENTS,
    brief_s: float = 1,
) -> tuple[Assistant, Retriever]:
    if reply is not None:
        chat_model = ScriptedChatModel(reply=reply, asked=[])
    store, words, vectors = InMemoryStore(), InMemoryWordIndex(), InMemoryPassageIndex()
    segmenter, embedder = BigramSegmenter(), HashingEmbedder()
    for document in documents:
        store.documents[document.document_id] = document
        for passage in make_passages(document):
            store.passages[passage.passage_id] = passage
            words.upsert([(passage.passage_id, document.document_id, passage.indexed_text)])
            vectors.upsert([passage.passage_id], embedder.embed_passages([passage.indexed_text]))
    retriever = Retriever(
        store,
        words=words,
        vectors=vectors,
        embedder=embedder,
        segmenter=segmenter,
        rarity=lambda _: 1.0,
    )
    finder = EvidenceFinder(
        ranker=OverlapRanker(), embedder=embedder, segmenter=segmenter, rarity=lambda _: 1.0
    )
    chain = AnswerChain(
        retriever,
        finder,
        passage_at=store.passage_at,
        writers=[
            *(
                [writer(chat_model, unsupported, is_checked_again, brief_s=brief_s)]
                if chat_model
                else []
            ),
            *further,
        ],
    )
    return Assistant(chain, retriever), retriever


def assert_verified(answer: Answer) -> None:
    texts = {document.document_id: document.text for document in DOCUMENTS}
    for citation in answer.citations:
        assert texts[citation.document_id][citation.start : citation.end] == citation.quote


def test_an_extracted_answer_is_made_of_spans():
    answer = make_assistant()[0].answer("青石区机构改革后共设置党政机构多少个？")
    assert answer.status is AnswerStatus.ANSWERED
    assert "30个" in answer.text
    assert answer.mode is AnswerMode.EXTRACTIVE
    assert answer.citations
    assert answer.citations[0].title == "青石区机构改革完成"
    assert_verified(answer)
    without_markers = answer.text
    for citation in answer.citations:
        without_markers = without_markers.replace(f"{citation.quote}[{citation.marker}]", "")
    assert not without_markers.strip()


def test_nothing_is_answered_where_nothing_stands():
    answer = make_assistant()[0].answer("火星上有几座火山？")
    assert answer.status is AnswerStatus.NO_EVIDENCE
    assert answer.citations == ()


def test_a_place_no_document_speaks_of_is_noticed():
    answer = make_assistant()[0].answer("上海市机构改革后共设置党政机构多少个？")
    assert answer.status is AnswerStatus.NO_EVIDENCE
    assert "上海市" in answer.notes[0]


def test_a_list_is_completed():
    answer = make_assistant()[0].answer("改革要抓哪三件事？")
    assert all(item in answer.text for item in ("建账", "核人", "挂牌"))
    assert_verified(answer)


def test_events_come_in_order_and_say_the_same_as_the_answer():
    events = list(make_assistant()[0].stream("会议由谁主持？"))
    assert isinstance(events[0], EvidenceFound)
    assert isinstance(events[-1], AnswerDone)
    assert isinstance(events[-2], CitationsSettled)
    answer = events[-1].answer
    assert "".join(e.text for e in events if isinstance(e, TextAdded)) == answer.text
    assert events[-2].citations == answer.citations


def test_a_follow_up_takes_the_question_before_along():
    history = [Turn(role="user", content="白水区召开动员大会了吗？")]
    answer = make_assistant()[0].answer("那会议由谁主持？", history=history)
    assert answer.status is AnswerStatus.ANSWERED
    assert "白水区" in answer.notes[0]


@pytest.mark.parametrize("question", ["", "  \n", "问" * 2001])
def test_no_question_is_an_error(question: str):
    with pytest.raises(ValueError, match="问题"):
        make_assistant()[0].answer(question)


def test_what_asks_for_nothing_is_answered_with_a_request_and_no_model_is_asked():
    chat_model = ScriptedChatModel(reply="青石区共设置党政机构30个[1]。", asked=[])
    assistant, _ = make_assistant(chat_model=chat_model)
    history = [Turn(role="user", content="青石区设置党政机构多少个？")]
    events = list(assistant.stream("？？", history=history))
    answer = assistant.answer("123")
    assert answer.status is AnswerStatus.DECLINED
    assert "请用一句话写出问题" in answer.text
    assert answer.citations == ()
    assert isinstance(events[-1], AnswerDone)
    assert "".join(e.text for e in events if isinstance(e, TextAdded)) == answer.text
    assert chat_model.asked == []


def test_what_stands_above_the_text_of_a_document_answers_when_it_was_passed():
    law = make_document(
        "2024年6月28日 市人大常委会第十次会议通过\n"
        + "".join(f"第{n}条 城乡居民互助条例规定，居民互助组通过会议互助。\n" for n in range(40)),
        title="城乡居民互助条例",
    )
    question = "城乡居民互助条例什么时候通过？"
    assert "2024年6月28日" in make_assistant(documents=[law])[0].answer(question).text


def test_the_retriever_serves_other_chains():
    found = PassageRetriever(retriever=make_assistant()[1], limit=2).invoke("动员大会")
    assert found[0].metadata["title"] == "白水区动员大会"
    assert len(found) <= 2


def test_filters_that_leave_nothing_are_said_to():
    answer = make_assistant()[0].answer("动员大会由谁主持？", filters=Filters(collection="other"))
    assert answer.status is AnswerStatus.NO_EVIDENCE
    assert "筛选" in answer.notes[0]


def test_filters_come_first():
    _, retriever = make_assistant()
    assert retriever.retrieve("动员大会", filters=Filters(collection="other")) == []


def test_both_parts_of_a_question_are_answered_in_their_order():
    question = "白水区的会议由谁主持，青石区机构改革后共设置党政机构多少个？"
    answer = make_assistant()[0].answer(question)
    assert answer.status is AnswerStatus.ANSWERED
    assert answer.text.index("王芳主持") < answer.text.index("30个")
    assert [citation.marker for citation in answer.citations] == list(
        range(1, len(answer.citations) + 1)
    )
    assert_verified(answer)


def test_a_part_without_evidence_is_named():
    question = "青石区和白水区机构改革后共设置党政机构多少个？"
    answer = make_assistant()[0].answer(question)
    assert answer.status is AnswerStatus.PARTIAL
    assert "30个" in answer.text
    assert any("没有找到“白水区机构改革后共设置党政机构多少个”" in note for note in answer.notes)
    assert_verified(answer)


def test_the_passages_of_all_parts_are_shown_once():
    events = list(make_assistant()[0].stream("青石区和白水区机构改革后共设置党政机构多少个？"))
    assert isinstance(events[0], EvidenceFound)
    ids = [one.passage.passage_id for one in events[0].passages]
    assert len(set(ids)) == len(ids)
    titles = {one.document.metadata.title for one in events[0].passages}
    assert titles == {document.metadata.title for document in DOCUMENTS}


def test_a_chat_model_is_asked_the_whole_question():
    model = ScriptedChatModel(reply="青石区共设置党政机构30个[1]。", asked=[])
    question = "青石区和白水区机构改革后共设置党政机构多少个？"
    make_assistant(chat_model=model)[0].answer(question)
    assert question in model.asked[0]


def test_no_part_and_no_whole_gives_no_evidence():
    answer = make_assistant()[0].answer("火星和金星上分别有几座火山？")
    assert answer.status is AnswerStatus.NO_EVIDENCE


def test_a_chat_model_answers_with_checked_citations():
    assistant, _ = make_assistant("青石区共设置党政机构30个[1]。共设置党政机构31个。[1][9]")
    answer = assistant.answer("青石区机构改革后共设置党政机构多少个？")
    assert answer.mode is AnswerMode.CHAT_MODEL
    assert answer.model == "scripted"
    assert answer.status is AnswerStatus.PARTIAL
    assert "[9]" not in answer.text
    assert {citation.support for citation in answer.citations} == {"verified", "unsupported"}
    assert_verified(answer)


def test_sentences_without_support_are_marked_or_removed():
    reply = "青石区共设置党政机构30个[1]。青石区共设置党政机构31个[1]。"
    marked = make_assistant(reply)[0].answer("青石区机构改革后共设置党政机构多少个？")
    assert "31个。〔未见依据〕[1]" in marked.text
    assert "所引材料里没有“31个”" in marked.notes[-1]
    removed = make_assistant(reply, unsupported="removed")[0].answer(
        "青石区机构改革后共设置党政机构多少个？"
    )
    assert removed.mode is AnswerMode.CHAT_MODEL
    assert "31个" not in removed.text
    assert {citation.support for citation in removed.citations} == {"verified"}


def test_what_was_shown_of_a_useless_reply_is_taken_back_in_so_many_words():
    assistant, _ = make_assistant("青石区有99个机构[1]。还有98个[1]。又有97个[1]。")
    events = list(assistant.stream("青石区机构改革后共设置党政机构多少个？"))
    shown = "".join(event.text for event in events if isinstance(event, TextAdded))
    before, after = shown.split("（以上由聊天模型写出的内容多半没有依据，以下改用原文摘录。）")
    assert before.count("〔未见依据〕") == 3
    assert "30个" in after
    assert isinstance(events[-1], AnswerDone)
    assert events[-1].answer.text == after.strip()


def test_citations_are_told_as_they_are_settled():
    assistant, _ = make_assistant("青石区共设置党政机构30个[1]。其中党委机构9个[1]。")
    events = list(assistant.stream("青石区机构改革后共设置党政机构多少个？"))
    counts = [len(event.citations) for event in events if isinstance(event, CitationsSettled)]
    assert counts == [1, 2, 2]


def test_a_model_that_finds_no_evidence_shows_nothing_before_the_answer():
    assistant, _ = make_assistant("没有找到依据。")
    events = list(assistant.stream("青石区机构改革后共设置党政机构多少个？"))
    assert isinstance(events[-1], AnswerDone)
    assert events[-1].answer.status is AnswerStatus.NO_EVIDENCE
    shown = "".join(event.text for event in events if isinstance(event, TextAdded))
    assert "未见依据" not in shown


@pytest.mark.parametrize(
    "reply",
    ["", "   ", RuntimeError("503"), "完全无关的话。还是无关。", "没有标号的31个。"],
    ids=["empty", "blank", "failing", "unrelated", "invented"],
)
def test_a_useless_chat_model_gives_way_to_extraction(reply: str | Exception):
    answer = make_assistant(reply)[0].answer("青石区机构改革后共设置党政机构多少个？")
    assert answer.mode is AnswerMode.EXTRACTIVE
    assert "30个" in answer.text
    assert any("原文摘录" in note for note in answer.notes)


def test_a_chat_model_is_not_asked_without_evidence():
    answer = make_assistant("月亮上有三座[1]。")[0].answer("火星上有几座火山？")
    assert answer.status is AnswerStatus.NO_EVIDENCE


def test_the_extractive_mode_leaves_the_model_alone():
    assistant, _ = make_assistant("不该出现[1]。")
    answer = assistant.answer("青石区共设置党政机构多少个？", mode=AnswerMode.EXTRACTIVE)
    assert answer.mode is AnswerMode.EXTRACTIVE
    assert "不该出现" not in answer.text


# Several chat models

QUESTION = "青石区机构改革后共设置党政机构多少个？"


def of_two() -> Assistant:
    first = ScriptedChatModel(reply="青石区共设置党政机构30个[1]。", asked=[])
    second = ScriptedChatModel(reply="其中党委机构9个[1]。", asked=[])
    return make_assistant(chat_model=first, further=[writer(second, name="second")])[0]


def test_the_default_model_writes_unless_another_is_named():
    assistant = of_two()
    assert assistant.chat_models == ("scripted", "second")
    assert assistant.answer(QUESTION).model == "scripted"
    answer = assistant.answer(QUESTION, model="second")
    assert answer.model == "second"
    assert "9个" in answer.text


def test_a_model_that_is_not_there_is_refused_before_the_first_event_and_the_others_are_named():
    with pytest.raises(
        ChatModelNotFoundError, match=r"没有名为 third .*可用的有：scripted、second"
    ):
        of_two().stream(QUESTION, model="third")
    with pytest.raises(ChatModelNotFoundError, match="WENCE_CHAT_MODEL"):
        make_assistant()[0].stream(QUESTION, model="scripted")


def test_an_extracted_answer_names_no_model():
    assert of_two().answer(QUESTION, mode=AnswerMode.EXTRACTIVE).model is None
    assert make_assistant(RuntimeError("503"))[0].answer(QUESTION).model is None


# Follow-ups, by the model

HISTORY = [
    Turn(role="user", content="白水区召开动员大会了吗？"),
    Turn(role="assistant", content="白水区召开动员大会。[1]"),
]


def following(brief: str | Exception, **choice: Any) -> tuple[Answer, ScriptedChatModel]:
    model = ScriptedChatModel(reply="会议由区长王芳主持[1]。", asked=[], brief=brief)
    answer = make_assistant(chat_model=model)[0].answer(
        "那会议由谁主持？", history=HISTORY, **choice
    )
    return answer, model


def test_a_follow_up_is_rewritten_by_the_model_that_answers():
    answer, model = following("白水区动员大会的会议由谁主持？")
    assert answer.notes[0] == (
        "结合上文，按“白水区动员大会的会议由谁主持？”查找（聊天模型 scripted 改写）。"
    )
    assert "问题：白水区动员大会的会议由谁主持？" in model.asked[1]
    assert answer.timings_ms["rewrite"] >= 0


@pytest.mark.parametrize(
    "brief",
    ["", "好", "抱歉，我不能。", "青峰县的会议由谁主持？", RuntimeError("500")],
    ids=["empty", "garbage", "refusal", "invented", "failure"],
)
def test_the_rules_rewrite_where_the_model_does_not(brief):
    answer, _ = following(brief)
    assert answer.mode is AnswerMode.CHAT_MODEL
    assert "白水区" in answer.notes[0]
    assert "按规则改写；聊天模型" in answer.notes[0]


def test_a_question_that_stands_alone_is_not_put_to_the_model_for_rewriting():
    model = ScriptedChatModel(reply="青石区共设置党政机构30个[1]。", asked=[], brief="好")
    answer = make_assistant(chat_model=model)[0].answer(QUESTION, history=HISTORY)
    assert len(model.asked) == 1
    assert not any("结合上文" in note for note in answer.notes)


def test_the_extractive_mode_has_follow_ups_rewritten_by_rules():
    answer, model = following("白水区动员大会由谁主持？", mode=AnswerMode.EXTRACTIVE)
    assert model.asked == []
    assert answer.notes[0].endswith("（按规则改写）。")


# The second check

REPLY = "青石区共设置党政机构30个[1]。其中党委机构9个[1]。"


def checked_again(brief: str | Exception, **settings: Any) -> Assistant:
    model = ScriptedChatModel(reply=REPLY, asked=[], brief=brief)
    return make_assistant(chat_model=model, is_checked_again=True, **settings)[0]


def test_a_sentence_that_the_second_check_denies_is_marked_and_the_reason_names_it():
    answer = checked_again('{"unsupported": [2]}').answer(QUESTION)
    assert answer.status is AnswerStatus.PARTIAL
    assert "30个。[1]其中党委机构9个。〔未见依据〕[1]" in answer.text
    assert "第二次核对（聊天模型 scripted）认为所引材料不支持这句话" in answer.notes[-1]
    assert_verified(answer)


def test_a_sentence_that_the_second_check_denies_can_be_left_out():
    answer = checked_again('{"unsupported": [2]}', unsupported="removed").answer(QUESTION)
    assert "9个" not in answer.text
    assert {citation.support for citation in answer.citations} == {"verified"}


def test_where_the_second_check_denies_most_the_answer_is_extracted():
    answer = checked_again('{"unsupported": [1, 2]}').answer(QUESTION)
    assert answer.mode is AnswerMode.EXTRACTIVE
    assert any("多半没有依据" in note for note in answer.notes)


@pytest.mark.parametrize("brief", [RuntimeError("500"), "都对。", ""])
def test_a_second_check_that_fails_leaves_the_answer_and_is_noted(brief):
    answer = checked_again(brief).answer(QUESTION)
    assert answer.status is AnswerStatus.ANSWERED
    assert answer.mode is AnswerMode.CHAT_MODEL
    assert "未见依据" not in answer.text
    assert "第二次核对没有做完" in answer.notes[-1]


def test_with_the_second_check_nothing_that_was_shown_is_changed():
    events = list(checked_again('{"unsupported": [2]}').stream(QUESTION))
    last = events[-1]
    assert isinstance(last, AnswerDone)
    assert "".join(e.text for e in events if isinstance(e, TextAdded)) == last.answer.text
