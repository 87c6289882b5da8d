"""Are citations true, does each sentence have one, and do they prove what is said?

Source of citation recall and precision: Gao et al., Enabling Large Language Models to Generate
Text with Citations (ALCE), EMNLP 2023, doi:10.18653/v1/2023.emnlp-main.398. There a language
model judges entailment; here `evals.measures.entailment` does.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from evals.measures.entailment import entails
from evals.measures.sentences import MarkedSentence, marked_sentences
from evals.records import Case, Prediction

Quotes = Mapping[int, Sequence[str]]


def measure_citations(case: Case, prediction: Prediction) -> Mapping[str, float]:
    """Measures of the citations of one answer; none where nothing was said or cited.

    span_validity: share of the citations whose quote stands at its place in the document; an
    answer without any has 0, a refusal 1.
    marker_validity: share of the markers that have a citation; absent without markers.
    sentences_marked: share of the sentences that carry a marker.
    citation_recall: share of the sentences that their valid quotes together entail; a marker
    without a citation makes its sentence unproven.
    citation_precision: share of the markers that help to prove their sentence: what they cite
    entails it alone, or the others do not without it; 0 without markers.
    Of refusals span_validity alone is measured.
    """
    del case  # the right answer has no part in it
    measures = dict[str, float]()
    spoken = bool(prediction.text.strip())
    if prediction.citations:
        valid = sum(citation.valid for citation in prediction.citations)
        measures["span_validity"] = valid / len(prediction.citations)
    elif spoken or prediction.refused:
        measures["span_validity"] = float(prediction.refused)
    if spoken and not prediction.refused:
        measures |= _proofs(marked_sentences(prediction), prediction)
    return measures


def _proofs(sentences: Sequence[MarkedSentence], prediction: Prediction) -> Mapping[str, float]:
    cited = {citation.marker for citation in prediction.citations}
    quotes = defaultdict[int, list[str]](list)
    for citation in prediction.citations:
        if citation.valid:
            quotes[citation.marker].append(citation.quote)
    markers = [marker for sentence in sentences for marker in sentence.markers]
    proven = [sentence for sentence in sentences if _proven(sentence, quotes, cited)]
    helpful = sum(_helpful(sentence, quotes) for sentence in proven)
    measures = {
        "sentences_marked": _share(sum(bool(one.markers) for one in sentences), len(sentences)),
        "citation_recall": _share(len(proven), len(sentences)),
        "citation_precision": _share(helpful, len(markers)),
    }
    if markers:
        measures["marker_validity"] = _share(sum(one in cited for one in markers), len(markers))
    return measures


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _proven(sentence: MarkedSentence, quotes: Quotes, cited: set[int]) -> bool:
    return set(sentence.markers) <= cited and entails(_of(quotes, sentence.markers), sentence.text)


def _helpful(sentence: MarkedSentence, quotes: Quotes) -> int:
    """How many markers of a proven sentence help to prove it."""
    if len(sentence.markers) == 1:
        return 1
    return sum(
        entails(_of(quotes, [marker]), sentence.text)
        or not entails(_of(quotes, [m for m in sentence.markers if m != marker]), sentence.text)
        for marker in sentence.markers
    )


def _of(quotes: Quotes, markers: Sequence[int]) -> list[str]:
    return [quote for marker in markers for quote in quotes.get(marker, ())]
