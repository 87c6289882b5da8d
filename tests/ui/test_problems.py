"""The one table from error to status."""

import pytest

import rag.errors
from rag.errors import WenceError
from ui.api.problems import STATUS_OF, TITLE_OF, problem_of, status_of

REQUEST_ID = "0d6f37e2a8c94b51b0f6f6c2a1e7d384"


def all_errors():
    return [
        value
        for value in vars(rag.errors).values()
        if isinstance(value, type) and issubclass(value, WenceError)
    ]


@pytest.mark.parametrize("kind", all_errors())
def test_every_error_has_a_status_and_a_chinese_title(kind):
    error = kind("某处出错")
    status = status_of(error)
    assert not TITLE_OF[status].isascii()
    problem = problem_of(error, request_id=REQUEST_ID)
    assert (problem.status, problem.instance) == (status, f"urn:uuid:{REQUEST_ID}")


@pytest.mark.parametrize("request_id", ["req-42", "0d6f37e2-a8c94b51b0f6f6c2a1e7d384"])
def test_an_id_that_is_no_uuid_is_not_called_one(request_id):
    problem = problem_of(WenceError("出错"), request_id=request_id)
    assert problem.instance == f"urn:request:{request_id}"


def test_the_table_names_no_class_twice_and_none_that_is_no_error():
    assert set(STATUS_OF) <= set(all_errors())


def test_messages_for_users_are_shown_and_those_about_storage_are_not():
    shown = problem_of(rag.errors.DocumentNotFoundError("没有编号为 5 的文件"), request_id="1")
    hidden = problem_of(rag.errors.StorageError("/home/someone/data 读不出来"), request_id="1")
    assert shown.detail == "没有编号为 5 的文件"
    assert "someone" not in hidden.detail


def test_a_lone_surrogate_in_a_message_can_be_sent():
    problem = problem_of(rag.errors.DocumentNotFoundError("没有 \ud800"), request_id="1")
    assert problem.model_dump_json().encode()
