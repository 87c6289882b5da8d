"""A folder of invented questions and news, in the form of the training folder."""

import json
import lzma
from pathlib import Path

import pytest

PLACES = ["青石区", "云溪县", "白河市", "南岭镇", "柳湾乡", "东坪县", "石门区", "北川市"]
PEOPLE = ["闻启山", "陆明远", "苏婉清", "顾长河", "沈知秋", "方立言", "秦怀民", "温如玉"]
MATTERS = ["机构改革", "河道治理", "粮食收购", "校舍修缮", "道路养护"]


def invented_text(place: int, matter: int) -> str:
    """Four sentences that no other place and matter has."""
    day, count = 3 + place + matter, 30 + 7 * place + matter
    return (
        f"{PLACES[place]}2018年{1 + place}月{day}日召开{MATTERS[matter]}动员会，部署下一步工作。"
        f"会议由区委书记{PEOPLE[place]}主持，各部门负责人参加了这次{MATTERS[matter]}会议。"
        f"{PLACES[place]}今年在{MATTERS[matter]}方面投入资金{count}万元，比去年有所增加。"
        f"所谓{MATTERS[matter]}试点，是指先在{PLACES[place]}的几个村开展的工作。"
    )


def _paragraph(place: int, matter: int, *, impossible: bool) -> dict[str, object]:
    text, person = invented_text(place, matter), PEOPLE[place]
    count = f"{30 + 7 * place + matter}万元"
    asked = [
        (f"{PLACES[place]}{MATTERS[matter]}会议由谁主持？", person),
        (f"2018年{PLACES[place]}在{MATTERS[matter]}方面投入多少资金？", count),
    ]
    items: list[dict[str, object]] = [
        {"question": question, "answers": [{"text": a, "answer_start": text.index(a)}]}
        for question, a in asked
    ]
    if impossible:
        question = f"{PLACES[place]}{MATTERS[matter]}获得了哪个奖项？"
        items.append({"question": question, "answers": [], "is_impossible": True})
    return {"context": text, "qas": items}


def _write(path: Path, lines: list[object]) -> None:
    with lzma.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


@pytest.fixture(scope="session")
def question_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every file that the training of trees and reader reads."""
    folder = tmp_path_factory.mktemp("questions")
    everything = [(p, m) for p in range(len(PLACES)) for m in range(len(MATTERS))]
    for name, matters in (("spans_cmrc2018_train", (0, 1)), ("spans_squad2zh", (2, 3))):
        paragraphs = [
            _paragraph(p, m, impossible=name == "spans_squad2zh")
            for p, m in everything
            if m in matters
        ]
        data = [{"title": "各地动态", "paragraphs": paragraphs}]
        _write(folder / f"{name}.json.xz", [{"data": data}])
    articles = [
        {
            "article": invented_text(place, 4),
            "questions": [f"{PLACES[place]}的道路养护花了多少钱？", "下列哪项正确？"],
            "evidences": [[invented_text(place, 4).split("。")[2] + "。"], [""]],
        }
        for place in range(len(PLACES))
    ]
    _write(folder / "evidence_c3_train.json.xz", [{"data": articles}])
    news: list[object] = [
        {"title": f"{PLACES[p]}推进{MATTERS[m]}", "text": invented_text(p, m)}
        for p, m in everything
    ]
    for name in (
        "news_xwlb",
        "news_crud",
        "reports_city_gov",
        "reports_national_pre2013",
        "articles_discipline",
    ):
        _write(folder / f"{name}.jsonl.xz", news)
    return folder


@pytest.fixture(scope="session")
def question_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Questions of the news in `question_folder`, as they are kept in the repository."""
    path = tmp_path_factory.mktemp("written") / "policy_questions.jsonl"
    lines = list[dict[str, object]]()
    for place, matter in ((p, m) for p in range(len(PLACES)) for m in range(3)):
        text, about = invented_text(place, matter), f"{PLACES[place]}{MATTERS[matter]}"
        start = text.index(PEOPLE[place])
        shown: dict[str, object] = {
            "file": "news_crud",
            "line": place * len(MATTERS) + matter,
            "window": [text.index("会议由"), len(text)],
        }
        lines += [
            shown
            | {"kind": "who", "question": f"{about}会是谁开的？", "answer": [start, start + 3]},
            shown | {"kind": "unanswerable", "question": f"{about}罚了谁？", "answer": None},
        ]
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    path.write_text(text, encoding="utf-8")
    return path
