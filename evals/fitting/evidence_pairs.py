"""Questions paired with sentences that answer them or look as if they did.

    training folder ─ questions with answers ─ similar passages ─ sentences worth telling apart
                    ─► features and tokens as arrays, for the trees and for the reader

Both models learn from these pairs, and from what `rag.features` and `rag.reading` make of them:
training and answering cannot drift apart.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import numpy
from sklearn.feature_extraction.text import TfidfVectorizer

from evals.fitting.cloze_examples import cloze_texts
from evals.fitting.evidence_examples import AskedText, Example, gather, question_sets
from evals.fitting.hard_negatives import EntitySwaps, without_answer
from evals.fitting.pair_arrays import Candidate, EvidencePairs, PairWriter
from evals.fitting.policy_examples import policy_texts
from evals.fitting.policy_questions import SOURCE as WRITTEN_SOURCE
from evals.fitting.policy_questions import repeated
from rag.embedding import load_embedder
from rag.features import FEATURES, FeatureExtractor, PassageView, view_passages
from rag.protocols import Embedder
from rag.questions import analyse
from rag.ranking import READ
from rag.rarity import WordRarity
from rag.text import Span, fold
from rag.words import STATIC_MODEL, Words

SEED = 7
FOUND = 24
_BATCH = 256
# Words in more passages than this tell little and cost the most.
_COMMON_SHARE = 0.02
_COMMON_COUNT = 100
_LOOKING_ALIKE = [
    FEATURES.index(name)
    for name in ("with_context_coverage", "sentence_coverage", "sentence_cosine")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """What the questions are paired with; shares are of the questions, in [0, 1].

    Attributes:
        clozes: Most questions of each kind that are made by `cloze_examples`.
        written: How many times each question of `policy_questions` is put, drawn anew each
            time; those held out are put once.
        others: Most questions beside the written ones; 0: all.
        distractors: Other passages beside a question's own, drawn from twice as many of the
            most similar ones.
        bare: Share that loses its own passage, so that nothing answers.
        swapped: Share that asks of something else than its passage tells of.
        twins: Share of the questions with an exact answer that get the answering sentence once
            more, without the answer.
        titled: Share whose passages have their titles: not every library has any.
        chance: Sentences of a question that are drawn from those that look least alike.
    """

    clozes: int = 1800
    written: int = 0
    others: int = 0
    distractors: int = 5
    bare: float = 0.15
    swapped: float = 0.15
    twins: float = 0.6
    titled: float = 0.5
    chance: int = 2


EASY = Sampling(clozes=0, twins=0.0)
HARD = Sampling()
FOR_TREES = Sampling(clozes=0, written=3)
WRITTEN = replace(FOR_TREES, others=9000)


def retrieve(
    passages: Sequence[tuple[str, str]], questions: Sequence[str], words: Words
) -> Iterator[list[int]]:
    """For each question the passages that share most words with it, best first."""
    vectorizer = TfidfVectorizer(
        analyzer=words.words,  # pyright: ignore[reportArgumentType] - a callable is allowed
        sublinear_tf=True,
        max_df=max(_COMMON_COUNT, int(_COMMON_SHARE * len(passages))),
    )
    matrix = vectorizer.fit_transform(f"{title}\n{text}" for title, text in passages)
    for begin in range(0, len(questions), _BATCH):
        scores = (vectorizer.transform(questions[begin : begin + _BATCH]) @ matrix.T).tocsr()
        for row in range(scores.shape[0]):
            found = scores[row]
            order = numpy.argsort(-found.data, kind="stable")[:FOUND]
            yield [int(found.indices[i]) for i in order]


class PairMaker:
    """Pairs one question after another with sentences of passages.

    Args:
        passages: All, as (title, text).
        sampling: What to pair.
        swaps: Makes questions that their passage does not answer.
        words: For features and tokens.
        embedder: Of the same version as the one that answers.
        choose: Of every choice.
    """

    def __init__(
        self,
        passages: Sequence[tuple[str, str]],
        sampling: Sampling,
        *,
        swaps: EntitySwaps,
        words: Words,
        embedder: Embedder,
        choose: numpy.random.Generator,
    ) -> None:
        self._passages = passages
        self._sampling = sampling
        self._swaps = swaps
        self._words = words
        self._embedder = embedder
        self._choose = choose
        self._rarity = WordRarity(STATIC_MODEL / "tokenizer.json")
        self._views = dict[tuple[str, str], PassageView]()

    def pair(self, example: Example, similar: Sequence[int]) -> tuple[str, list[Candidate]]:
        """The question as it is asked in the end, and sentences for it; perhaps none.

        Args:
            example: The question as the set has it.
            similar: Passages like it, best first; its own is passed over.
        """
        sampling, answer = self._sampling, example.answer
        near = [index for index in similar if index != example.passage]
        near = near[: sampling.distractors * 2]
        picked = [int(i) for i in self._choose.permutation(near)[: sampling.distractors]]
        titled = bool(self._choose.random() < sampling.titled)
        question, chosen = example.question, [example.passage, *picked]
        chance = self._choose.random()
        if answer is not None and picked and chance < sampling.bare:
            answer, chosen = None, picked
        elif answer is not None and chance < sampling.bare + sampling.swapped:
            other = self._swaps.swap(question, "".join(self._passages[example.passage]))
            if other is not None:
                question, answer = other, None
        extractor = self._extractor(question)
        candidates = [
            candidate
            for index in chosen
            for candidate in self._sentences(
                index,
                extractor,
                titled=titled,
                answer=answer if index == example.passage else None,
                exact=example.exact,
            )
        ]
        kept = self._worth_telling_apart(candidates)
        if answer is not None and example.exact and self._choose.random() < sampling.twins:
            kept.extend(self._twins(example.passage, answer, extractor, titled=titled))
        return question, kept

    def _extractor(self, question: str) -> FeatureExtractor:
        return FeatureExtractor(
            analyse(question, self._words),
            rarity=self._rarity,
            vector=self._embedder.embed_query(question),
            segmenter=self._words,
        )

    def _sentences(
        self,
        index: int,
        extractor: FeatureExtractor,
        *,
        titled: bool,
        answer: Span | None,
        exact: bool,
    ) -> Iterator[Candidate]:
        """The sentences of a passage; the one in which the answer begins is the right one."""
        title, text = self._passages[index]
        title = title if titled else ""
        if (text, title) not in self._views:
            (view,) = view_passages([(text, title, 0)], self._embedder.embed_passages)
            self._views[text, title] = view
        view = self._views[text, title]
        rows = extractor.measure(view, title=fold(title))
        for row, sentence in zip(rows, view.sentences, strict=True):
            span = sentence.span
            right = answer is not None and span.start <= answer.start < span.end
            place = answer.shifted(-span.start) if right and exact and answer else None
            yield Candidate(text=span.of(text), row=row, right=right, answer=place)

    def _twins(
        self, index: int, answer: Span, extractor: FeatureExtractor, *, titled: bool
    ) -> list[Candidate]:
        """The answering sentence without the answer, measured within its passage; at most one."""
        title, text = self._passages[index]
        title, text = title if titled else "", without_answer(text, answer)
        (view,) = view_passages([(text, title, 0)], self._embedder.embed_passages)
        rows = extractor.measure(view, title=fold(title))
        return [
            Candidate(text=sentence.span.of(text), row=row, right=False, answer=None)
            for row, sentence in zip(rows, view.sentences, strict=True)
            if sentence.span.start <= answer.start <= sentence.span.end
        ][-1:]

    def _worth_telling_apart(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """As many as are read when answering: those that look most like an answer, a few of
        the others, and the right ones in any case.
        """
        likeness = [-float(one.row[_LOOKING_ALIKE].sum()) for one in candidates]
        order = [int(i) for i in numpy.argsort(likeness, kind="stable")]
        first, rest = order[: READ - self._sampling.chance], order[READ - self._sampling.chance :]
        drawn = [int(i) for i in self._choose.permutation(rest)[: self._sampling.chance]]
        kept = [*first, *drawn]
        kept += [i for i in rest if i not in drawn and candidates[i].right]
        return [candidates[i] for i in kept]


def gather_questions(
    folder: Path,
    sampling: Sampling,
    *,
    written: Sequence[AskedText],
    words: Words,
    choose: numpy.random.Generator,
) -> tuple[list[tuple[str, str]], list[Example]]:
    """Passages, and the questions that `sampling` wants, in random order.

    Patterns make no questions of the texts that written ones ask of: a second cut of such a
    text would hold answers that nobody has marked.
    """
    asked = repeated(written, times=sampling.written)
    patterns = (
        text
        for text in policy_texts(folder, choose)
        if not any(one.text in text.text for one in asked)
    )
    clozes = cloze_texts(folder, words, choose, each=sampling.clozes) if sampling.clozes else ()
    texts = chain(question_sets(folder), patterns, clozes, asked)
    passages, examples = gather(texts, choose)
    examples = [examples[i] for i in choose.permutation(len(examples))]
    if sampling.others:
        others = [one for one in examples if one.source != WRITTEN_SOURCE][: sampling.others]
        examples = others + [one for one in examples if one.source == WRITTEN_SOURCE]
        examples = [examples[i] for i in choose.permutation(len(examples))]
    return passages, examples


def make_pairs(
    folder: Path, sampling: Sampling, *, written: Sequence[AskedText] = (), limit: int = 0
) -> EvidencePairs:
    """The pairs of a training folder; the same arguments give the same pairs.

    Args:
        folder: Holds the files that `evidence_examples`, `policy_examples` and
            `cloze_examples` name.
        sampling: What to pair.
        written: From `policy_questions`, used where `sampling` wants them.
        limit: Questions to use; 0 for all.
    """
    choose = numpy.random.default_rng(SEED)
    words = Words()
    passages, examples = gather_questions(
        folder, sampling, written=written, words=words, choose=choose
    )
    examples = examples[: limit or None]
    questions = [example.question for example in examples]
    maker = PairMaker(
        passages,
        sampling,
        swaps=EntitySwaps(
            questions,
            words=words,
            rarity=WordRarity(STATIC_MODEL / "tokenizer.json"),
            choose=choose,
        ),
        words=words,
        embedder=load_embedder(""),
        choose=choose,
    )
    writer = PairWriter(words)
    for example, similar in zip(examples, retrieve(passages, questions, words), strict=True):
        question, candidates = maker.pair(example, similar)
        writer.add(question, candidates, source=example.source, held_out=example.held_out)
    return writer.pairs()
