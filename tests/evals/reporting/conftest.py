"""Invented runs: places, figures and people that do not exist."""

import random
from collections.abc import Sequence

from evals.records import (
    Case,
    CitationRecord,
    Judged,
    Message,
    Prediction,
    RetrievedRecord,
    Task,
)
from evals.scoring import judge

KINDS = (
    "who", "when", "how_many", "which", "meaning", "why", "compare", "several_documents",
    "follow_up", "false_premise", "unanswerable_near", "unanswerable_far",
)  # fmt: skip
PLACES = ("青石区", "白水县", "云岭市", "桃源镇", "临江区", "松山县")
BODIES = ("审批服务局", "编制委员会", "改革办公室", "综合执法队", "便民服务中心")
FILLER = (
    "会议听取了有关部门的情况汇报，研究部署下一步工作。",
    "各镇街要对照任务清单，逐项明确责任单位和完成时限。",
    "改革期间人员、编制、资产一并划转，确保工作不断档。",
    "此前该事项需要往返三个窗口，群众反映比较集中。",
    "方案自印发之日起施行，由区委编办负责解释。",
)


def make_passage(number: int, text: str, *, score: float = 0.5) -> RetrievedRecord:
    return RetrievedRecord(id=f"p{number}", document=f"文件{number}.md", text=text, score=score)


def make_judged(
    *,
    identifier: str = "甲",
    kind: str = "how_many",
    question: str = "青石区共设几个机构？",
    answer: str = "青石区共设三十六个机构。",
    facts: Sequence[Sequence[str]] = (("三十六个", "36个"),),
    status: str = "answered",
    passages: Sequence[str] = ("青石区共设三十六个机构。其中党委机构十二个。",),
    document: str = "青石.md",
    history: Sequence[Message] = (),
    task: Task = "own",
    noise: float | None = None,
    answerable: bool = True,
    confidence: float | None = 0.8,
    ms: float = 12.5,
    valid: bool = True,
    reference: str = "青石区共设三十六个机构。",
) -> Judged:
    """A question with one citation, the whole answer; relevant is what holds the reference."""
    refused = status in {"no_evidence", "declined"}
    case = Case(
        id=identifier,
        task=task,
        question=question,
        kind=kind,
        split="dev" if task == "own" else "",
        noise=noise,
        history=tuple(history),
        answerable=answerable,
        facts=tuple(tuple(fact) for fact in facts),
        references=(reference,) if answerable and reference else (),
        relevant={
            f"p{n}": 1
            for n, text in enumerate(passages, start=1)
            if answerable and reference in text
        },
        false_premise=kind == "false_premise",
    )
    citation = CitationRecord(
        marker=1, document=document, start=0, end=len(answer), quote=answer, valid=valid
    )
    prediction = Prediction(
        id=identifier,
        task=task,
        noise=noise,
        question=question,
        status=status,
        text="没有找到依据。" if refused else f"{answer}[1]",
        citations=() if refused else (citation,),
        retrieved=tuple(make_passage(n, text) for n, text in enumerate(passages, start=1)),
        ms=ms,
    )
    return judge(case, prediction, confidence=confidence)


def _passages(chance: random.Random, place: str, first: str) -> list[str]:
    texts = [first]
    for _ in range(6):
        sentences = [*chance.sample(FILLER, 4), f"{place}{chance.choice(BODIES)}负责落实。"]
        texts.append("".join(sentences) * 2)
    where = chance.choice((0, 0, 0, 1, 4, 6))
    texts[0], texts[where] = texts[where], texts[0]
    return texts


def make_own(number: int, chance: random.Random, *, right: bool) -> Judged:
    """One invented question of our own set; `right` says how it comes out."""
    kind = KINDS[number % len(KINDS)]
    place, body = chance.choice(PLACES), chance.choice(BODIES)
    count, year = chance.randrange(12, 60), chance.randrange(2009, 2024)
    unanswerable = kind.startswith("unanswerable")
    sentence = f"{year}年3月，{place}{body}正式挂牌，下设{count}个科室，承担{count * 7}项事务。"
    said = sentence if right else f"{place}{body}会同有关部门印发了工作方案。"
    refused = right if unanswerable else not right and chance.random() < 0.3
    # Being sure goes with being right, more or less.
    sure = right if not unanswerable else not right
    history = (
        Message(role="user", content=f"{place}何时成立{body}？"),
        Message(role="assistant", content=f"{year}年3月。[1]"),
    )
    return make_judged(
        identifier=f"{kind}-{number}",
        kind=kind,
        question=f"{place}{body}下设多少个科室，承担哪些事务？（第 {number} 题）",
        answer=said,
        facts=() if unanswerable else ((f"{count}个科室",), (f"{count * 7}项", f"{count * 7}件")),
        status="no_evidence" if refused else "answered",
        passages=_passages(chance, place, sentence + "".join(FILLER[:3])),
        history=history if kind == "follow_up" else (),
        answerable=not unanswerable,
        reference=sentence,
        confidence=round(min(0.99, max(0.01, chance.gauss(0.72 if sure else 0.4, 0.16))), 3),
        ms=round(chance.lognormvariate(3.1, 0.5), 2),
    )


def make_run(count: int = 60, *, skill: float = 0.85, luck: int = 1) -> list[Judged]:
    """An invented run of our own set: always the same questions, answered with other luck."""
    fortune = random.Random(luck)
    return [
        make_own(number, random.Random(number), right=fortune.random() < skill)
        for number in range(count)
    ]


def make_rgb_run(count: int = 20, *, seed: int = 1) -> list[Judged]:
    """An invented run of RGB's noise task, the same questions at every share of noise."""
    chance = random.Random(seed)
    run = list[Judged]()
    for number in range(count):
        for noise in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
            right = chance.random() > noise * 0.45
            run.append(
                make_judged(
                    identifier=str(number),
                    kind=f"noise {noise:g}",
                    task="noise",
                    noise=noise,
                    answer="临江区共设三十六个机构。" if right else "临江区召开了动员会。",
                    facts=(("三十六个", "36个"),) if noise < 1 else (),
                    answerable=noise < 1,
                    status="no_evidence" if chance.random() < noise**3 else "answered",
                    ms=chance.uniform(2, 9),
                )
            )
    return run
