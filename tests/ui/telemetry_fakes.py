"""The scripted assistant of the little library behind a real `Assistant`, observed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from rag.answering import AnswerEvent, AnswerRequest, Assistant
from rag.telemetry import Stage, stage
from tests.ui.conftest import Desk, ScriptedAssistant
from ui.roles import Backing
from ui.telemetry.watch import Watch


@dataclass
class ScriptedChain:
    """Takes its answers from the scripted assistant."""

    scripted: ScriptedAssistant

    @property
    def chat_models(self) -> tuple[str, ...]:
        """As of the assistant."""
        return self.scripted.chat_models

    def stream(self, request: AnswerRequest) -> Iterator[AnswerEvent]:
        with stage(Stage.RETRIEVE, {}):
            events = self.scripted.stream(
                request.question,
                history=request.history,
                filters=request.filters,
                mode=request.mode,
                model=request.model,
            )
        if "泄露" in request.question:
            raise RuntimeError(request.question)
        yield from events


def observed_backing(desk: Desk, watch: Watch) -> Backing:
    """What stands behind API and page, its answers told to `watch`."""
    assistant = Assistant(ScriptedChain(desk.assistant), desk.assistant)
    return replace(desk.backing(), assistant=assistant.observed_by(watch.answered))
