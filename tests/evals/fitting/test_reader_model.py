import numpy
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.fitting.pair_arrays import Candidate, EvidencePairs, PairWriter
from evals.fitting.reader_model import Batches, ReaderModel, frequent_tokens, static_vectors
from evals.fitting.train_reader import reader_arrays
from rag.features import FEATURES
from rag.reading import READER_MODEL, Reader
from rag.words import built_in_words

QUESTIONS = ("青石区2018年设置多少个党政机构？", "会议由谁主持", "为什么要先试点？")
SENTENCES = (
    "全区设置党政机构36个，比改革前减少4个。",
    "会议由区委书记闻启山主持，区长陆明远作了说明，各部门负责人参加。",
    "好。",
    "（一）2018年11月6日；（二）3.5%；ABC类",
    "所谓试点，是指先在少数几个地方开展工作，取得经验以后再逐步推广，使各项改革措施更加稳妥，"
    "因为各地的情况不同，群众的要求也不同，不能用一个办法解决所有问题，这是多年工作的经验。",
    "改革工作由专门小组负责，每月召开一次会议，听取各部门的汇报，解决工作中的困难和问题。",
)
WORDS = built_in_words()


def write(question: str, sentences: list[str], rows: numpy.ndarray) -> EvidencePairs:
    writer = PairWriter(WORDS)
    candidates = [
        Candidate(text=text, row=row, right=False, answer=None)
        for text, row in zip(sentences, rows, strict=True)
    ]
    writer.add(question, candidates, source="甲", held_out=False)
    return writer.pairs()


def random_model(seed: int) -> ReaderModel:
    """Random weights that int8 and half floats hold without loss, larger than usual, so that
    every layer matters.
    """
    torch.manual_seed(seed)
    generator = numpy.random.default_rng(seed)
    known = static_vectors()
    static = numpy.zeros(known.shape, numpy.float32)
    numbers = numpy.arange(1, len(static))
    static[numbers, numbers % known.shape[1]] = 1
    rows = generator.random((50, len(FEATURES))).astype(numpy.float32)
    everything = [write(question, [*SENTENCES], rows[: len(SENTENCES)]) for question in QUESTIONS]
    frequent = list(dict.fromkeys(token for pairs in everything for token in pairs.tokens))[::2]
    model = ReaderModel(static, frequent, rows).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(1.5)
        whole = torch.randint(-127, 128, model.proj.weight.shape).float()
        whole[0] = 127
        model.proj.weight.copy_(whole / 500)
        model.small.weight.copy_(model.small.weight.half().float() / 4)
    return model


def read_by_torch(model: ReaderModel, pairs: EvidencePairs) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Log-odds, and first and last token of the answer, in the order of the sentences."""
    batches = Batches(pairs, model.frequent, numpy.random.default_rng(0))
    log_odds = numpy.zeros(len(pairs.question_of))
    places = numpy.zeros((len(pairs.question_of), 2), numpy.int64)
    with torch.no_grad():
        for batch in batches.of(numpy.array([0]), hiding=False):
            odds, scores = model(batch)
            log_odds[batch.sentences] = odds.numpy()
            places[batch.sentences] = scores.argmax(dim=1).numpy()
    return log_odds, places


MODEL = random_model(5)
READER = Reader(reader_arrays(MODEL, numpy.array([0.5, 0.5, 0.0])))


@settings(max_examples=10)
@given(
    st.sampled_from(QUESTIONS),
    st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=len(SENTENCES), unique=True),
    st.integers(0, 2**32),
)
def test_training_and_answering_read_alike(question: str, sentences: list[str], seed: int):
    shape = (len(sentences), len(FEATURES))
    rows = numpy.random.default_rng(seed).random(shape).astype(numpy.float32)
    pairs = write(question, sentences, rows)
    log_odds, places = read_by_torch(MODEL, pairs)
    readings = READER.read(question, sentences, rows)
    assert [one.log_odds for one in readings] == pytest.approx(log_odds, abs=1e-4)
    for i, (reading, sentence) in enumerate(zip(readings, sentences, strict=True)):
        tokens = pairs.sentences.numbers[pairs.sentences.starts[i] :]
        first, last = places[i]
        wanted = "".join(pairs.tokens[n] for n in tokens[first : max(first, last) + 1])
        assert "".join(reading.answer.of(sentence).split()).casefold() == wanted.casefold()


def test_random_weights_tell_sentences_apart():
    rows = numpy.random.default_rng(1).random((len(SENTENCES), len(FEATURES)))
    readings = READER.read(QUESTIONS[0], SENTENCES, rows.astype(numpy.float32))
    assert len({round(one.log_odds, 3) for one in readings}) == len(SENTENCES)
    assert any(one.answer.start > 0 for one in readings)


def test_arrays_have_the_names_and_shapes_of_the_shipped_reader():
    with numpy.load(READER_MODEL, allow_pickle=False) as arrays:
        shipped = {name: (array.shape, array.dtype.kind) for name, array in arrays.items()}
    frequent = [f"词{number}" for number in range(4000)]
    model = ReaderModel(static_vectors(), frequent, numpy.zeros((2, len(FEATURES)), numpy.float32))
    made = reader_arrays(model, numpy.zeros(3))
    assert {name: (array.shape, array.dtype.kind) for name, array in made.items()} == shipped


def test_padding_changes_nothing():
    rows = numpy.zeros((2, len(FEATURES)), numpy.float32)
    alone, _ = read_by_torch(MODEL, write(QUESTIONS[1], [SENTENCES[2]], rows[:1]))
    beside, _ = read_by_torch(MODEL, write(QUESTIONS[1], [SENTENCES[2], SENTENCES[3]], rows))
    assert beside[0] == pytest.approx(alone[0], abs=1e-5)


def test_hiding_leaves_words_of_the_question_alone():
    sentence = "会议 主持 " * 12
    pairs = write(QUESTIONS[1], [sentence], numpy.zeros((1, len(FEATURES)), numpy.float32))
    batches = Batches(pairs, pairs.tokens, numpy.random.default_rng(0))
    (batch,) = batches.of(numpy.array([0]), hiding=True)
    assert (batch.sentence.frequent > 0).all()
    other = write(QUESTIONS[1], [SENTENCES[4]], numpy.zeros((1, len(FEATURES)), numpy.float32))
    batches = Batches(other, other.tokens, numpy.random.default_rng(0))
    (hidden,), (shown,) = (batches.of(numpy.array([0]), hiding=hiding) for hiding in (True, False))
    assert 0 < (hidden.sentence.frequent == 0).sum() < len(SENTENCES[4]) / 2
    assert (shown.sentence.frequent > 0).all()


def test_frequent_tokens_come_in_their_order_and_questions_count_more():
    pairs = write("谁主持？", ["会议会议会议开了"], numpy.zeros((1, len(FEATURES)), numpy.float32))
    tokens = frequent_tokens(pairs)
    assert set(tokens) == set(pairs.tokens)
    assert tokens.index("主持") < tokens.index("会议") < tokens.index("开")
