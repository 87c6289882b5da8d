"""The running application against its own OpenAPI document: what it says of itself is true.

Schemathesis makes requests from the document, valid ones and others, and checks each response:
no 5xx, and a status, content type, headers and body that the document knows.
"""

import json
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from ui.api.app import create_app

pytestmark = pytest.mark.slow

OPENAPI = Path(__file__).parent / "openapi.json"
OPERATIONS = {
    operation["operationId"]: (path, method.upper(), operation)
    for path, operations in json.loads(OPENAPI.read_text(encoding="utf-8"))["paths"].items()
    for method, operation in operations.items()
}
# Of these no request can be wrong: they take nothing, or an id that may be any text.
TAKING_NOTHING = {
    name
    for name, (_, _, operation) in OPERATIONS.items()
    if "requestBody" not in operation
    and all(one["in"] == "path" for one in operation.get("parameters", ()))
}
# No schema can tell whether 2019-02-30 is a date or a cursor one of ours; and texts are measured
# once they are without surrounding white space and control characters.
NOT_CHECKED = [positive_data_acceptance, negative_data_rejection]
EXAMPLES = 25
VALID, INVALID = schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE


def check(desk, name, mode, **headers):
    app = create_app(desk.backing(), extra_hosts=["testserver"])  # as the client calls it
    document = schemathesis.openapi.from_asgi("/openapi.json", app)
    path, method, _ = OPERATIONS[name]

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=document[path][method].as_strategy(generation_mode=mode))
    def conforms(case):
        case.call_and_validate(headers=headers, excluded_checks=NOT_CHECKED)

    conforms()


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_route_answers_valid_requests_as_the_document_says(desk, name):
    check(desk, name, VALID)


@pytest.mark.parametrize("name", sorted(OPERATIONS.keys() - TAKING_NOTHING))
def test_a_route_answers_invalid_requests_as_the_document_says(desk, name):
    check(desk, name, INVALID)


def test_an_answer_streams_as_the_document_says(desk):
    check(desk, "answer_question", VALID, Accept="text/event-stream")
