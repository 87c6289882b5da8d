"""The settings of further chat models, as a user writes them."""

import json

import pytest
from pydantic import ValidationError

from rag.settings import CHAT_MODELS_FAULT, Settings

KEY = "sk-very-secret"
DEFAULT = {
    "chat_model": "deepseek-chat",
    "chat_base_url": "https://api.deepseek.com/v1",
    "chat_api_key": "sk-default",
}


def settings(monkeypatch, models: object, **fields: object) -> Settings:
    """As from the environment; what is no text is written as JSON."""
    text = models if isinstance(models, str) else json.dumps(models, ensure_ascii=False)
    monkeypatch.setenv("WENCE_CHAT_MODELS", text)
    return Settings(**(DEFAULT | fields))


def fault_of(monkeypatch, models: object, **fields: object) -> str:
    with pytest.raises(ValidationError) as caught:
        settings(monkeypatch, models, **fields)
    (fault,) = caught.value.errors()
    assert fault["type"] == CHAT_MODELS_FAULT
    assert "写法如" in fault["msg"]
    assert KEY not in fault["msg"]
    assert KEY not in str(caught.value)
    return fault["msg"]


def test_without_further_models_there_is_the_default_one(monkeypatch):
    assert Settings(chat_model="").configured_chat_models == ()
    (only,) = settings(monkeypatch, "").configured_chat_models
    assert (only.name, only.model) == ("deepseek-chat", "deepseek-chat")
    assert only.api_key.get_secret_value() == "sk-default"


def test_further_models_come_in_their_order_behind_the_default_one(monkeypatch):
    configured = settings(
        monkeypatch,
        {
            "千问": {
                "model": "qwen-plus",
                "base_url": "https://dashscope/v1",
                "api_key": KEY,
                "timeout_s": 9,
            },
            "deepseek-reasoner": {},
        },
    ).configured_chat_models
    assert [one.name for one in configured] == ["deepseek-chat", "千问", "deepseek-reasoner"]
    assert configured[1].model == "qwen-plus"
    assert configured[1].api_key.get_secret_value() == KEY
    assert [one.timeout_s for one in configured] == [60, 9, 60]


def test_what_is_left_out_is_as_for_the_default_model(monkeypatch):
    same = settings(monkeypatch, {"deepseek-reasoner": {}}).configured_chat_models[1]
    assert same.model == "deepseek-reasoner"
    assert same.base_url == "https://api.deepseek.com/v1"
    assert same.api_key.get_secret_value() == "sk-default"


def test_the_default_key_never_goes_to_another_server(monkeypatch):
    models = {"local": {"base_url": "http://127.0.0.1:11434/v1"}}
    assert not settings(monkeypatch, models).configured_chat_models[1].api_key.get_secret_value()


def test_keys_are_not_shown(monkeypatch):
    read = settings(monkeypatch, {"q": {"base_url": "https://q/v1", "api_key": KEY}})
    assert KEY not in repr(read)
    assert KEY not in repr(read.configured_chat_models)
    assert KEY not in read.model_dump_json()


def test_an_env_file_can_hold_them_in_one_line_and_in_several(tmp_path, monkeypatch):
    monkeypatch.delenv("WENCE_CHAT_MODELS", raising=False)
    for text in ('{"q": {"model": "qwen-plus"}}', '\'{\n  "q": {\n    "model": "qwen-plus"}}\''):
        path = tmp_path / ".env"
        path.write_text(f"WENCE_CHAT_MODEL=d\nWENCE_CHAT_MODELS={text}\n", encoding="utf-8")
        read = Settings(_env_file=path)
        assert [one.model for one in read.configured_chat_models] == ["d", "qwen-plus"]


@pytest.mark.parametrize(
    ("models", "told"),
    [
        (f'{{"q": {{"api_key": "{KEY}"', "不是 JSON"),
        (f"qwen={KEY}", "不是 JSON"),
        ("[]", "JSON 对象"),
        ({"q": KEY}, "q 应为 JSON 对象"),
        ({"q": {"url": KEY}}, "q.url 没有这一项"),
        ({"q": {"api_key": [KEY]}}, "q.api_key 应为文字"),
        ({"q": {"api_key": KEY, "timeout_s": 0}}, "q.timeout_s 应大于 0"),
        ({"q": {"api_key": KEY, "timeout_s": "long"}}, "q.timeout_s 应为数字"),
        ({"deepseek-chat": {"api_key": KEY}}, "同名"),
        ({"wence": {"api_key": KEY}}, "“wence”不能用作名称"),
        ({" ": {"api_key": KEY}}, "不能用作名称"),
        ({"a\nb": {"api_key": KEY}}, "不能用作名称"),
    ],
)
def test_what_is_malformed_is_told_without_the_values(monkeypatch, models, told):
    assert told in fault_of(monkeypatch, models)


def test_further_models_need_a_default_one(monkeypatch):
    assert "WENCE_CHAT_MODEL" in fault_of(monkeypatch, {"q": {"api_key": KEY}}, chat_model="")
