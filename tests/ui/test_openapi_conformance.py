"""The running application against its own OpenAPI document: what it says of itself is true.

Schemathesis makes requests from the document, valid ones and others, and checks each response:
no 5xx, and a status, content type, headers and body that the document knows; a valid request is
not refused as invalid, and an invalid one is not taken.
"""

import json
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from ui.api.app import create_app

pytestmark = pytest.mark.slow

OPENAPI = Path(__file__).parent / "openapi.json"
OPERATIONS = [
    pytest.param(path, method, id=operation["operationId"])
    for path, operations in json.loads(OPENAPI.read_text(encoding="utf-8"))["paths"].items()
    for method, operation in operations.items()
]
EXAMPLES = 40


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_route_does_what_the_document_says(desk, path, method, mode):
    app = create_app(desk.backing(), extra_hosts=["testserver"])  # as the client calls it
    document = schemathesis.openapi.from_asgi("/openapi.json", app)

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=document[path][method.upper()].as_strategy(generation_mode=mode))
    def conforms(case):
        case.call_and_validate()

    conforms()
