"""Our own questions, asked of the built-in library."""

from pathlib import Path

import pytest

from evals import own, own_set
from evals.measures.catalogue import CATALOGUE
from evals.questions import OWN, read_cases
from rag.errors import EvaluationError

pytestmark = pytest.mark.slow

FILE = "files/samples/songping-banfa.md"
QUOTE = "第八条 区级设立编制周转池，规模为60名，用于保障重点领域的阶段性用编需要。"
LINES = f"""
{{"kind":"unanswerable_far","question":"金鱼怎么养？"}}
{{"turns":[
{{"kind":"how_many","question":"松屏区编制周转池有多大？","facts":[["60名"]],
"evidence":[{{"document":"{FILE}","quote":"{QUOTE}"}}]}},
{{"kind":"follow_up","question":"那青石区呢？"}},
{{"kind":"follow_up","question":"松屏区的是用来做什么的？","facts":[["重点领域"]],
"evidence":[{{"document":"{FILE}","quote":"{QUOTE}"}}]}}]}}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("own")
    draft = made / "draft.jsonl"
    alone, talk = LINES.strip().split("\n", 1)
    draft.write_text(f"{alone}\n{talk.replace(chr(10), '')}\n", encoding="utf-8")
    own_set.add([draft], half="test", folder=made)
    return made


def test_what_follows_up_comes_after_what_was_really_answered(folder: Path):
    advanced = list[str]()
    judged = list(own.run(split="all", advance=lambda: advanced.append("."), folder=folder))
    assert len(judged) == len(advanced) == own.count("all", folder=folder) == 4
    assert own.count("dev", folder=folder) == 0
    alone, first, second, third = judged
    assert alone.case.history == first.case.history == ()
    assert [message.content for message in third.case.history] == [
        first.case.question,
        first.prediction.text,
        second.case.question,
        second.prediction.text,
    ]
    assert [message.role for message in second.case.history] == ["user", "assistant"]


def test_judgements_of_relevance_reach_the_measures(folder: Path):
    alone, first, *_ = own.run(split="test", folder=folder)
    assert alone.measures["refusal"] == 1
    assert "nDCG@10" not in alone.measures
    assert first.measures["fact_recall"] == 1
    assert first.measures["R@5"] == 1
    assert set(first.measures) <= set(CATALOGUE)


def test_judgements_of_another_library_are_refused(folder: Path, tmp_path: Path):
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "qrels.txt").write_text("how_many-00000001 0 0123456789abcdef 1\n")
    with pytest.raises(EvaluationError, match=r"python -m evals\.qrels"):
        next(own.run(split="test", folder=tmp_path))


def test_the_set_that_is_kept_is_counted():
    assert own.count("dev") + own.count("test") == own.count("all") == len(read_cases("all"))
    assert OWN.is_dir()
