"""How things are called and figures are written in reports."""

from collections.abc import Mapping

from evals.measures.catalogue import find_measure

KIND_NAMES: Mapping[str, str] = {
    "who": "谁",
    "when": "何时",
    "how_many": "多少",
    "where": "何地",
    "which": "哪些",
    "meaning": "含义",
    "why": "为何",
    "how": "如何",
    "confirmation": "是否",
    "compare": "比较",
    "several_documents": "跨文件",
    "follow_up": "追问",
    "false_premise": "假前提",
    "unanswerable_near": "无答案（近）",
    "unanswerable_far": "无答案（远）",
    "noise": "噪声",
    "integration": "信息整合",
    "counterfactual": "反事实",
    "qa_fact_based": "事实",
    "qa_summary": "概括",
    "qa_multi_hop": "多跳",
    "qa_multi_document_information_integration": "多文件整合",
    "qa_multi_document_compare": "多文件比较",
    "qa_multi_document_time_sequence": "多文件时序",
    "irrelevant_unsolvable": "无答案",
}
TASK_NAMES: Mapping[str, str] = {
    "own": "自带题集",
    "noise": "RGB 噪声",
    "integration": "RGB 信息整合",
    "counterfactual": "RGB 反事实",
    "dragonball": "DragonBall",
    "stard": "STARD",
    "cmrc": "CMRC 2018",
    "expmrc": "ExpMRC",
}
SPLIT_NAMES: Mapping[str, str] = {"dev": "开发", "test": "测试", "": ""}
STATUS_NAMES: Mapping[str, str] = {
    "answered": "已答",
    "partial": "部分回答",
    "no_evidence": "未找到依据",
    "declined": "不作回答",
}
ROLE_NAMES: Mapping[str, str] = {"user": "问", "assistant": "答"}


def kind_name(kind: str) -> str:
    """What a kind of question is called: "noise 0.2" → "噪声 0.2"; unknown words stay."""
    first, space, rest = kind.partition(" ")
    return KIND_NAMES.get(first, TASK_NAMES.get(first, first)) + space + rest


def kind_rank(kind: str) -> tuple[int, str]:
    """Sorts kinds as `KIND_NAMES` does, those of one sort and unknown ones by their words."""
    first = kind.partition(" ")[0]
    known = list(KIND_NAMES)
    return (known.index(first) if first in known else len(known), kind)


def shown_share(value: float | None) -> str:
    """A share in per cent with one decimal; – for None."""
    return "–" if value is None else f"{value:.1%}"


def shown_value(name: str, value: float | None) -> str:
    """A value of a measure: a share in per cent, a length or a time as a number; – for None."""
    unit = find_measure(name).unit
    if value is None or unit == "share":
        return shown_share(value)
    return f"{value:,.1f}" if unit == "ms" and abs(value) < _WITHOUT_DECIMALS else f"{value:,.0f}"


def shown_single(name: str, value: float | None) -> str:
    """A value of one question: mostly all or nothing, which needs no decimals."""
    return shown_value(name, value).replace(".0%", "%")


_WITHOUT_DECIMALS = 100
