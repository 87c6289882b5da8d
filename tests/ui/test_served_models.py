"""The names that models are chosen by."""

from rag.settings import RESERVED_MODEL_NAMES
from ui.served_models import served_models


def test_our_own_names_are_those_that_no_chat_model_may_have():
    assert {model.model_id for model in served_models(())} == RESERVED_MODEL_NAMES
