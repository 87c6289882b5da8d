"""wence conversations, and questions that go on with a conversation."""

import json
from pathlib import Path

import docx
import pytest

from tests.ui.conversation_fakes import make_conversation_desk
from tests.ui.test_cli import run

UNKNOWN = "0" * 32


@pytest.fixture
def wence(served_folder: Path, capsys):
    """The command line over the server that owns the folder: exit code, stdout, stderr."""

    def wence(*arguments: str):
        return run(capsys, *arguments, "--data", str(served_folder))

    return wence


def ids(wence):
    _, out, _ = wence("conversations", "--json")
    return [item["conversation_id"] for item in json.loads(out)["items"]]


def test_each_question_begins_a_conversation(wence):
    assert wence("ask", "第一问")[0] == 0
    assert wence("ask", "第二问")[0] == 0
    code, out, err = wence("conversations")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].endswith("第二问（1 问）")
    assert lines[1].endswith("第一问（1 问）")
    assert lines[2] == "共 2 个对话"
    assert lines[0].split()[0] == ids(wence)[0]


def test_a_question_need_not_be_saved(wence, desk):
    code, out, err = wence("ask", "多少个？", "--no-save")
    assert (code, err) == (0, "")
    assert "三十六个" in out
    assert ids(wence) == []
    for excluded in (["--continue"], ["--conversation", UNKNOWN]):
        code, _, err = wence("ask", "多少个？", "--no-save", *excluded)
        assert (code, "--no-save" in err) == (2, True)
    assert len(desk.assistant.asked) == 1


def test_a_chat_model_that_nobody_configured_is_wrong_use(wence):
    code, out, err = wence("ask", "多少个？", "--model", "不存在的")
    assert (code, out) == (2, "")
    assert err.startswith("--model：没有名为 不存在的 的聊天模型")
    assert ids(wence) == []


def test_a_question_goes_on_with_the_last_conversation(wence, desk):
    wence("ask", "--continue", "第一问")  # where there is none, it begins one
    wence("ask", "--continue", "那忻州呢？")
    assert [turn.content for turn in desk.assistant.asked[-1][1] if turn.role == "user"] == [
        "第一问"
    ]
    assert len(ids(wence)) == 1


def test_a_question_goes_on_with_the_conversation_that_is_named(wence, desk):
    wence("ask", "第一问")
    wence("ask", "第二问")
    second, first = ids(wence)
    code, out, _ = wence("ask", "--conversation", first, "然后呢？", "--json")
    assert code == 0
    assert json.loads(out)["status"] == "answered"
    assert desk.assistant.asked[-1][1][0].content == "第一问"
    assert ids(wence) == [first, second]
    assert wence("ask", "--conversation", UNKNOWN, "问")[::2] == (
        1,
        "出错：没有这个对话：它可能已被删除\n",
    )
    assert wence("ask", "--conversation", first, "--continue", "问")[0] == 2
    assert wence("ask", "--conversation", "", "问")[0] == 2


def test_a_question_goes_on_with_the_filters_of_the_conversation(wence, desk):
    wence("ask", "第一问", "--place", "清河区")
    _, out, _ = wence("ask", "--continue", "第二问")
    assert "注：沿用上一问的筛选范围：地区 清河区。" in out
    wence("ask", "--continue", "第三问", "--place", "东江市")
    assert [one[2].place for one in desk.assistant.asked] == ["清河区", "清河区", "东江市"]


def test_where_conversations_are_not_saved_questions_are_answered_all_the_same(
    desk, request, capsys
):
    desk.conversations = make_conversation_desk(desk.shelf, is_saving=False)
    folder = str(request.getfixturevalue("served_folder"))
    code, out, err = run(capsys, "ask", "多少个？", "--data", folder)
    assert (code, err) == (0, "")
    assert "三十六个" in out
    code, _, err = run(capsys, "ask", "--continue", "多少个？", "--data", folder)
    assert code == 1
    assert "保存对话的功能已关闭" in err


def test_conversations_are_searched_and_limited(wence):
    for question in ("甲乙", "乙丙", "丙丁"):
        wence("ask", question)
    assert "乙丙" in wence("conversations", "--query", "乙 丙")[1]
    assert "共 1 个对话" in wence("conversations", "list", "--query", "乙 丙")[1]
    assert "共 1 个对话，还有更多" in wence("conversations", "--limit", "1")[1]
    assert wence("conversations", "--query", "无此词")[1] == "没有符合条件的对话。\n"


def test_a_conversation_is_shown_with_what_became_of_its_documents(wence, desk):
    wence("ask", "多少个？")
    (conversation_id,) = ids(wence)
    del desk.shelf.documents[next(iter(desk.shelf.documents))]
    code, out, err = wence("conversations", "show", conversation_id)
    assert (code, err) == (0, "")
    assert out.startswith("多少个？（1 问）\n\n问 1（20")
    assert "清河区机构改革后共设置" in out
    assert "注意：[1] 文件已不在资料库中" in out
    body = json.loads(wence("conversations", "show", conversation_id, "--json")[1])
    assert [one["state"] for one in body["turns"]["items"][0]["citations_now"]] == [
        "gone",
        "valid",
    ]


def test_a_conversation_is_renamed_and_removed(wence):
    wence("ask", "多少个？")
    (conversation_id,) = ids(wence)
    assert wence("conversations", "rename", conversation_id, "新", "名")[1] == "已改名：新 名\n"
    _, out, _ = wence("conversations", "rename", conversation_id, "又一名", "--json")
    assert json.loads(out)["title"] == "又一名"
    code, out, err = wence("conversations", "remove", conversation_id, UNKNOWN)
    assert code == 1
    assert out == f"已删除 1 个对话：{conversation_id}\n"
    assert f"{UNKNOWN}：没有这个对话" in err
    assert ids(wence) == []
    code, out, _ = wence("conversations", "remove", UNKNOWN, "--json")
    assert code == 1
    assert json.loads(out)["items"][0]["status"] == "failed"


def test_a_conversation_is_exported_to_files(wence, tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    wence("ask", "多少个？")
    (conversation_id,) = ids(wence)
    wence("conversations", "rename", conversation_id, "../上级/标题")
    _, out, _ = wence("conversations", "export", conversation_id)
    (written,) = tmp_path.glob("*.md")
    assert out == f"已导出：{written.name}\n"
    assert "三十六个" in written.read_text(encoding="utf-8")
    code, _, err = wence("conversations", "export", conversation_id)
    assert code == 1
    assert "已经存在" in err
    for target in ("a.docx", "a.docx"):  # a file that is named is written over
        code, out, _ = wence(
            "conversations", "export", conversation_id, "--as", "docx", "--to", target
        )
        assert (code, out) == (0, "已导出：a.docx\n")
    assert "第 1 问" in [one.text for one in docx.Document(str(tmp_path / "a.docx")).paragraphs]
    code, _, err = wence("conversations", "export", conversation_id, "--to", "none/a.md")
    assert code == 1
    assert "无法写入 none/a.md" in err
    assert wence("conversations", "export", UNKNOWN)[0] == 1


def test_an_export_may_go_to_standard_output(capfdbinary, served_folder):
    from ui import cli

    wence_ask = ["ask", "多少个？", "--data", str(served_folder)]
    assert cli.run(wence_ask) == 0
    capfdbinary.readouterr()
    assert cli.run(["conversations", "--json", "--data", str(served_folder)]) == 0
    (item,) = json.loads(capfdbinary.readouterr().out)["items"]
    exported = ["conversations", "export", item["conversation_id"], "--to", "-"]
    assert cli.run([*exported, "--data", str(served_folder)]) == 0
    assert capfdbinary.readouterr().out.decode().startswith("# 多少个？\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ["rename", UNKNOWN, " "],
        ["rename", UNKNOWN, "长" * 201],
        ["list", "--query", "词" * 201],
        ["list", "--query", " ".join("一二三四五六七八九十零")],
        ["list", "--limit", "0"],
        ["show"],
        ["rename", UNKNOWN],
        ["export", UNKNOWN, "--as", "pdf"],
    ],
    ids=[
        "no_title", "long_title", "long_query", "many_words", "no_limit", "no_id", "no_new_title",
        "no_form",
    ],
)  # fmt: skip
def test_wrong_use_exits_with_2_and_opens_nothing(arguments, tmp_path: Path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = run(capsys, "conversations", *arguments)
    assert (code, out) == (2, "")
    assert err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_data_has_no_conversations(tmp_path: Path, capsys):
    folder = tmp_path / "data"
    code, out, err = run(capsys, "conversations", "--json", "--data", str(folder))
    assert (code, json.loads(out)) == (0, {"items": [], "next": None})
    assert "wence ask" in err
    assert run(capsys, "conversations", "show", UNKNOWN, "--data", str(folder))[0] == 1
    assert not folder.exists()
