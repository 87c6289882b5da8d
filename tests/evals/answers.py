"""Invented questions and answers, for tests of measures, summaries and comparisons."""

from collections.abc import Mapping, Sequence

from evals.records import Case, CitationRecord, Judged, Prediction, RetrievedRecord


def make_case(identifier: str = "one", **fields: object) -> Case:
    """A question with what a test says of it."""
    return Case.model_validate({
        "id": identifier,
        "task": "own",
        "question": "青湾市设了几个局？",
        **fields,
    })


def make_citation(marker: int, quote: str, *, valid: bool = True) -> CitationRecord:
    """A citation of an invented document."""
    return CitationRecord(
        marker=marker, document="青湾.txt", start=0, end=len(quote), quote=quote, valid=valid
    )


def make_prediction(
    text: str = "",
    *quotes: str,
    case: Case | None = None,
    status: str = "answered",
    retrieved: Sequence[str] = (),
    ms: float = 5.0,
) -> Prediction:
    """An answer whose n-th quote belongs to marker n."""
    case = case or make_case()
    return Prediction(
        id=case.id,
        task=case.task,
        noise=case.noise,
        question=case.question,
        status=status,
        text=text,
        citations=tuple(make_citation(n, quote) for n, quote in enumerate(quotes, start=1)),
        retrieved=tuple(
            RetrievedRecord(id=one, document="青湾.txt", text="段落。", score=1.0)
            for one in retrieved
        ),
        ms=ms,
    )


def refused(case: Case | None = None, *, status: str = "no_evidence") -> Prediction:
    """The answer that nothing was found."""
    return make_prediction("没有找到依据。", case=case, status=status)


def make_judged(
    identifier: str = "one",
    measures: Mapping[str, float] | None = None,
    *,
    confidence: float | None = None,
    prediction: Prediction | None = None,
    **fields: object,
) -> Judged:
    """A judged question whose measures the test says."""
    case = make_case(identifier, **fields)
    return Judged(
        case=case,
        prediction=prediction or make_prediction("设五个局。[1]", "设五个局。", case=case),
        measures=measures or {},
        confidence=confidence,
    )
