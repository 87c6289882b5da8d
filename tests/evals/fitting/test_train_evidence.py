import numpy

from evals.fitting.pair_arrays import Candidate, PairWriter
from evals.fitting.train_evidence import report
from rag.features import FEATURES
from rag.words import built_in_words

ROW = numpy.zeros(len(FEATURES), numpy.float32)


def test_the_report_counts_best_sentences_and_refusals_by_source():
    writer = PairWriter(built_in_words())
    scores = list[float]()
    # A question answered by its best sentence, one by its second, one by none.
    for source, right in (("甲", (True, False)), ("乙", (False, True)), ("乙", (False, False))):
        candidates = [
            Candidate(text="会议开了。", row=ROW, right=one, answer=None) for one in right
        ]
        writer.add("开了什么？", candidates, source=source, held_out=True)
        scores += [2.0, 1.0] if any(right) else [-3.0, -4.0]
    pairs = writer.pairs()
    lines = list(report(numpy.array(scores), pairs, numpy.arange(6)))
    assert lines[:3] == [
        "best sentence right, all: 0.500 of 2",
        "best sentence right, 甲: 1.000 of 1",
        "best sentence right, 乙: 0.000 of 1",
    ]
    assert lines[3] == "threshold 2.000: false refusals 0.02, refusals 1.000"
    assert list(report(numpy.array(scores[:4]), pairs, numpy.arange(4))) == [
        "too few questions to tell"
    ]
