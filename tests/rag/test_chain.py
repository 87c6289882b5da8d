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
from rag.documents import Answer, AnswerMode, AnswerStatus, Filters, Turn
from rag.entailment import Entailment
from rag.evidence import EvidenceFinder
from rag.features import FEATURES
from rag.prompting import Prompt
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
    """Replies what it was given, in pieces of three characters, or raises it."""

    reply: str | Exception
    asked: list[str]

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
        if isinstance(self.reply, Exception):
            raise self.reply
        for i in range(0, len(self.reply), 3):
            yield ChatGenerationChunk(message=AIMessageChunk(content=self.reply[i : i + 3]))

    def _generate(self, *args: Any, **kwargs: Any) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=AIMessage(content=str(self.reply)))])


def writer(
    model: BaseChatModel, unsupported: Unsupported = "marked", is_checked_again: bool = False
) -> ChatWriter:
    segmenter = BigramSegmenter()

    def ask(prompt: Prompt) -> str:
        return brief_reply(model, prompt, within_s=1)

    return ChatWriter(
        composer=Composer(
            model,
            name="scripted",
            segmenter=segmenter,
            rarity=lambda _: 1.0,
            unsupported=unsupported,
            second_check=SecondCheck(ask, name="scripted") if is_checked_again else None,
        ),
        rewriter=Rewriter(
            ask,
            name="scripted",
            entailment=Entailment(segmenter=segmenter, rarity=lambda _: 1.0),
        ),
    )


def make_assistant(
    reply: str | Exception | None = None,
    *,
    chat_model: BaseChatModel | None = None,
    unsupported: Unsupported = "marked",
    is_checked_again: bool = False,
) -> tuple[Assistant, Retriever]:
    if reply is not None:
        chat_model = ScriptedChatModel(reply=reply, asked=[])
    store, words, vectors = InMemoryStore(), InMemoryWordIndex(), InMemoryPassageIndex()
    segmenter, embedder = BigramSegmenter(), HashingEmbedder()
    for document in DOCUMENTS:
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
        writers=[writer(chat_model, unsupported, is_checked_again)] if chat_model else (),
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
