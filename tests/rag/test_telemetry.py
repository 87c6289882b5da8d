"""What is noted of an answer, whichever way it goes."""

import pytest

from rag.answering import Assistant, TextAdded
from rag.documents import AnswerMode, AnswerStatus
from rag.telemetry import AnswerRecord, FallBack, Stage, note_retry, stage
from tests.rag.test_chain import make_assistant
from tests.rag.test_chat_model import ScriptedServer, Stall, server  # noqa: F401 - a fixture

QUESTION = "青石区机构改革后共设置党政机构多少个？"


def observed(*args, **kwargs) -> tuple[Assistant, list[AnswerRecord]]:
    assistant, _ = make_assistant(*args, **kwargs)
    records = list[AnswerRecord]()
    return assistant.observed_by(records.append), records


def test_an_extracted_answer_is_told_once_with_its_stages():
    assistant, records = observed()
    answer = assistant.answer(QUESTION)
    (record,) = records
    assert record.answer == answer
    assert [one.stage for one in record.stages] == [Stage.RETRIEVE, Stage.RANK, Stage.EXTRACT]
    assert set(answer.timings_ms) == {"retrieve", "rank", "extract", "total"}
    assert record.duration_ns >= sum(one.duration_ns for one in record.stages) > 0
    starts = [record.started_ns, *(one.started_ns for one in record.stages)]
    assert starts == sorted(starts)
    assert (record.error, record.fall_back, record.unsupported, record.retries) == (
        None, None, 0, 0,
    )  # fmt: skip


def test_a_composed_answer_has_its_stage_and_its_unsupported_sentences():
    assistant, records = observed(
        "共设置党政机构30个。[1]党委机构9个。[1]另有机构77个。[1]"
    )  # the last is made up
    answer = assistant.answer(QUESTION)
    (record,) = records
    assert answer.mode is AnswerMode.CHAT_MODEL
    assert [one.stage for one in record.stages] == [Stage.RETRIEVE, Stage.RANK, Stage.COMPOSE]
    assert (record.unsupported, record.fall_back) == (1, None)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("共设置党政机构88个。[1]", FallBack.UNSUPPORTED),
        ("  ", FallBack.EMPTY),
        (RuntimeError("什么都可能"), FallBack.FAILED),
        (TimeoutError(), FallBack.TOO_SLOW),
        (type("APIConnectionError", (Exception,), {})(), FallBack.UNREACHABLE),
        (type("Status", (Exception,), {"status_code": 429})(), FallBack.BUSY),
        (type("Status", (Exception,), {"status_code": 503})(), FallBack.SERVER_ERROR),
        (type("Status", (Exception,), {"status_code": 401})(), FallBack.REFUSED),
    ],
)
def test_a_fall_back_has_a_reason(reply, reason):
    assistant, records = observed(reply)
    answer = assistant.answer(QUESTION)
    (record,) = records
    assert answer.mode is AnswerMode.EXTRACTIVE
    assert record.fall_back is reason
    assert [one.stage for one in record.stages][-2:] == [Stage.COMPOSE, Stage.EXTRACT]


def test_a_chat_model_that_is_not_there_is_a_fall_back():
    assistant, records = observed()
    assistant.answer(QUESTION, mode=AnswerMode.CHAT_MODEL)
    assert records[0].fall_back is FallBack.NOT_CONFIGURED


def test_a_refusal_is_told_too():
    assistant, records = observed()
    assistant.answer("火星上的独角兽吃什么？")
    assert records[0].answer.status is AnswerStatus.NO_EVIDENCE


def test_an_answer_that_fails_is_told_with_its_error():
    class Broken:
        def stream(self, request):
            yield TextAdded(text="甲")
            raise KeyError(request.question)

    records = list[AnswerRecord]()
    assistant = Assistant(Broken(), None).observed_by(records.append)
    with pytest.raises(KeyError):
        assistant.answer("问什么")
    (record,) = records
    assert (record.answer, record.error) == (None, "KeyError")


def test_an_answer_that_nobody_waits_for_is_told_and_the_model_stopped():
    closed = list[str]()

    class Endless:
        def stream(self, request):
            try:
                while True:
                    yield TextAdded(text="又")
            finally:
                closed.append(request.question)

    records = list[AnswerRecord]()
    events = Assistant(Endless(), None).observed_by(records.append).stream("问什么")
    next(events)
    events.close()
    (record,) = records
    assert (record.answer, record.error, closed) == (None, None, ["问什么"])


def test_an_answer_that_was_given_is_told_before_its_last_event():
    assistant, records = observed()
    events = assistant.stream(QUESTION)
    while not records:
        last = next(events)
    assert last.answer is records[0].answer
    events.close()
    assert len(records) == 1


def test_what_two_answers_do_at_the_same_time_is_told_apart():
    assistant, records = observed("共设置党政机构30个。[1]另有77个机构。[1]")
    first, second = assistant.stream(QUESTION), assistant.stream(QUESTION)
    for pair in zip(first, second, strict=True):
        assert len(pair) == 2
    assert [len(record.stages) for record in records] == [3, 3]


def test_where_nobody_observes_nothing_is_noted_and_stages_are_timed_all_the_same():
    timings = dict[str, float]()
    with stage(Stage.RANK, timings):
        note_retry()
    assert timings.keys() == {"rank"}
    assert set(make_assistant()[0].answer(QUESTION).timings_ms) >= {"retrieve", "rank", "extract"}


@pytest.mark.slow
def test_each_time_that_the_model_is_asked_again_is_counted(server: ScriptedServer):  # noqa: F811
    from rag.chat_model import open_chat_model

    server.scripts = [429, 500, ["青石区机构改革后共设置党政机构30个。[1]"]]
    model = open_chat_model("scripted", base_url=server.url, api_key="k", timeout_s=20, retries=2)
    assistant, records = observed(chat_model=model)
    assert assistant.answer(QUESTION).mode is AnswerMode.CHAT_MODEL
    server.scripts = [["青石区机构改革后共设置党政机构30个。[1]"]]
    assistant.answer(QUESTION)
    assert [record.retries for record in records] == [2, 0]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("script", "reason", "said"),
    [
        (429, FallBack.BUSY, "聊天模型的服务限流，暂不接受请求（HTTP 429），改用原文摘录。"),
        (500, FallBack.SERVER_ERROR, "聊天模型的服务出错（HTTP 500），改用原文摘录。"),
        (
            401,
            FallBack.REFUSED,
            "聊天模型的服务拒绝了请求（HTTP 401，请检查 API 密钥），改用原文摘录。",
        ),
        (400, FallBack.REFUSED, "聊天模型的服务拒绝了请求（HTTP 400），改用原文摘录。"),
        ([], FallBack.EMPTY, "聊天模型的回答是空的，改用原文摘录。"),
        ([Stall(seconds=3)], FallBack.TOO_SLOW, "聊天模型超时没有回答，改用原文摘录。"),
        ([None], FallBack.EMPTY, "聊天模型的回答是空的，改用原文摘录。"),
        ([b"data: <html>\n\n"], FallBack.FAILED, "聊天模型的回复无法读取，改用原文摘录。"),
    ],
)
def test_the_real_client_s_failures_have_their_reasons_and_are_told_in_words(
    server: ScriptedServer,  # noqa: F811
    script,
    reason,
    said,
):
    from rag.chat_model import open_chat_model

    server.script = script
    model = open_chat_model("scripted", base_url=server.url, api_key="k", timeout_s=2, retries=0)
    assistant, records = observed(chat_model=model)
    assert said in assistant.answer(QUESTION).notes
    assert records[0].fall_back is reason


@pytest.mark.slow
def test_a_chat_model_that_cannot_be_reached_is_told_so():
    from rag.chat_model import open_chat_model

    model = open_chat_model(
        "scripted", base_url="http://127.0.0.1:9/v1", api_key="k", timeout_s=2, retries=0
    )
    assistant, records = observed(chat_model=model)
    assert "连接不上" in assistant.answer(QUESTION).notes[0]
    assert records[0].fall_back is FallBack.UNREACHABLE
