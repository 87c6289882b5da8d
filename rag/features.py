"""What can be measured between a question and a sentence of a passage.

The evidence ranker is trained on these numbers and applied to them; training and answering
build them with the same functions, so that they cannot drift apart.
"""

import math
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy
from numpy.typing import NDArray

from rag.protocols import Segmenter, Vectors
from rag.questions import AnswerType, Question
from rag.text import Span, fold, sentence_spans

Rarity = Callable[[str], float]

FEATURES = (
    "sentence_coverage",
    "neighbour_coverage",
    "passage_coverage",
    "context_coverage",
    "title_coverage",
    "with_context_coverage",
    "residual_coverage",
    "quoted_in_sentence",
    "bigram_coverage",
    "trigram_coverage",
    "rarest_in_sentence",
    "rarest_in_context",
    "missing_weight",
    "sentence_cosine",
    "figures_in_sentence",
    "figures_in_context",
    "has_candidate",
    "new_candidates",
    "candidate_distance",
    "unit_match",
    "focus_in_sentence",
    "definition_cue",
    "defines_words",
    "reason_cue",
    "list_cue",
    "sentence_length",
    "position",
    "is_question",
    "ends_sentence",
    "question_words",
    "coverage_rank",
    *(f"asks_{kind.value}" for kind in AnswerType),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceView:
    """A sentence prepared for comparison: its span in the document and its folded text."""

    span: Span
    text: str
    folded: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageView:
    """A passage prepared for comparison, kept between questions.

    Attributes:
        sentences: In order; a heading line counts as one.
        folded: The passage's text, folded.
        context: Its context (title, heading path…), folded.
        vectors: One row a sentence, in their order.
    """

    sentences: tuple[SentenceView, ...]
    folded: str
    context: str
    vectors: Vectors


def _share_in(parts: Collection[str], text: str) -> float:
    return sum(part in text for part in parts) / max(len(parts), 1)


def _grams(text: str, length: int) -> frozenset[str]:
    return frozenset(text[i : i + length] for i in range(len(text) - length + 1))


def view_passage(
    text: str, *, context: str, offset: int, embed: Callable[[Sequence[str]], Vectors]
) -> PassageView:
    """Prepare a passage whose text begins at `offset` of its document."""
    sentences = list[SentenceView]()
    for span in sentence_spans(text):
        sentences.append(
            SentenceView(span=span.shifted(offset), text=span.of(text), folded=fold(span.of(text)))
        )
    return PassageView(
        sentences=tuple(sentences),
        folded=fold(text),
        context=fold(context),
        vectors=embed([sentence.text for sentence in sentences]),
    )


_NUMBER = r"(?:\d+(?:[.,]\d+)*|[零一二两三四五六七八九十百千]+)(?:余|多)?[万亿千百十]*"
_CANDIDATES: dict[AnswerType, re.Pattern[str]] = {
    AnswerType.NUMBER: re.compile(
        rf"{_NUMBER}(?:%|个百分点|[个名家人项次年月天件条款所座支类届位份篇章节种批级处元岁户村省市县区倍成期轮场部公平吨亩度])"
        r"|\d+(?:\.\d+)?%?|百分之[零一二三四五六七八九十点]+"
    ),
    AnswerType.DATE: re.compile(
        r"(?:\d{4}|[一二][〇零一二三四五六七八九]{3})年(?:\d{1,2}月)?(?:\d{1,2}日)?|\d{1,2}月(?:\d{1,2}日|份|底|初|中旬|上旬|下旬)?"
        r"|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|世纪|年代|[昨今明前]年|[昨今明]日|[昨今明]天|日前|近日|至\d+日"
    ),
    AnswerType.PLACE: re.compile(
        r"[\u4e00-\u9fff]{1,7}(?:省|市|县|区|州|国|镇|乡|村|街道|岛|山|湖|河|江|路|大学|学院|中心|厅|馆|城|洲|寺|广场|基地)"
    ),
    AnswerType.PERSON: re.compile(
        r"(?:同志|书记|主任|省长|市长|县长|区长|部长|局长|处长|主席|总理|委员长|秘书长|院长|检察长|总统|校长|教授|导演|歌手|作家"
        r"|创始人|作者|饰演|演员|将军|皇帝|女士|先生|记者|队长|教练|·)"
    ),
}
_DEFINITION = re.compile(
    "是指|指的是|是一[种个项名所部座]|简称|全称|即|又称|也称|所谓|就是|包括|定义为|意思是"
)
_REASON = re.compile(
    "因为|由于|因此|因而|所以|为了|旨在|目的是|原因|以便|从而|导致|致使|为[^，。]{2,20}，|有利于"
)
_LIST = re.compile(
    "一是|二是|首先|其次|第[一二三]|（一）|其一|包括|分别|如下|以下|以及|[^、]{1,12}、[^、]{1,12}、"
)


_SYNONYMS = Path(__file__).with_name("synonyms.txt")
_IS = re.compile('"?[,，]?(?:主要|具体)?(?:是指|指的是|指|即|就是|是|包括|分别|为|简称|全称)')
_QUOTED = re.compile('"[^"]{1,20}"')
_COUNTED = re.compile("([两二三四五六七八九十])(?:个|大|项)?(.{2,4})")
_COUNTS = "〇一二三四五六七八九十"


@lru_cache(maxsize=4096)
def _counted(word: str) -> tuple[str, int] | None:
    """四个到位 → (到位, 4): how often what is counted must stand in the full list."""
    match = _COUNTED.fullmatch(word)
    if match is None:
        return None
    number = 2 if match.group(1) == "两" else _COUNTS.index(match.group(1))
    return match.group(2), number


@cache
def _synonyms() -> dict[str, tuple[str, ...]]:
    lines = _SYNONYMS.read_text(encoding="utf-8").splitlines()
    found = dict[str, tuple[str, ...]]()
    for group in (line.split() for line in lines if line and not line.startswith("#")):
        for word in group:
            others = tuple(other for other in group if other != word and len(other) > 1)
            found[word] = found.get(word, ()) + others
    return found


def stands_in(word: str, text: str) -> bool:
    """Whether a word, a synonym, or the list that it counts stands in a folded text."""
    if word in text or any(other in text for other in _synonyms().get(word, ())):
        return True
    counted = _counted(word)
    return counted is not None and text.count(counted[0]) >= counted[1]


def gaps(text: str, words: Iterable[str]) -> list[int]:
    """Offsets in `text` at which one of `words` begins, in no order."""
    places = list[int]()
    for word in words:
        start = text.find(word)
        while start >= 0:
            places.append(start)
            start = text.find(word, start + 1)
    return places


class FeatureExtractor:
    """Measures the sentences of passages against one question.

    Args:
        question: The question, taken apart.
        rarity: Weight of a word, higher for rarer ones, > 0.
        vector: The question's vector.
        segmenter: For the words of the question's focus.
    """

    def __init__(
        self, question: Question, *, rarity: Rarity, vector: Vectors, segmenter: Segmenter
    ) -> None:
        self.question = question
        words = dict.fromkeys(question.words)
        weights = {word: max(rarity(word), 1e-6) for word in words}
        total = math.fsum(weights.values())
        self.weights = {word: weight / total for word, weight in weights.items()}
        self.rarest = max(self.weights, key=lambda word: self.weights[word], default="")
        joined = "".join(question.words)
        self.pairs = _grams(joined, 2)
        self.triples = _grams(joined, 3)
        self.vector = vector
        self.focus_words = tuple(segmenter.words(question.focus))
        self.folded = fold(question.text)
        self.quoted = _QUOTED.findall(self.folded)
        self.asked = [float(question.answer_type is kind) for kind in AnswerType]

    def coverage(self, text: str) -> float:
        """The share of the question's weight whose words stand in a folded text."""
        return math.fsum(w for word, w in self.weights.items() if stands_in(word, text))

    def _residual(self, context: str) -> dict[str, float]:
        """The words that the context does not answer for, with their weights adding up to 1."""
        rest = {word: w for word, w in self.weights.items() if not stands_in(word, context)}
        total = math.fsum(rest.values())
        return {word: weight / total for word, weight in rest.items()}

    def measure(self, view: PassageView, *, title: str) -> NDArray[numpy.float32]:
        """One row of FEATURES for each sentence of a passage, in their order.

        Args:
            view: The passage.
            title: The document's title, folded.
        """
        whole = view.context + view.folded
        shared = {
            "passage_coverage": self.coverage(view.folded),
            "context_coverage": self.coverage(whole),
            "title_coverage": self.coverage(title),
            "rarest_in_context": float(self.rarest in whole),
            "missing_weight": max(
                (weight for word, weight in self.weights.items() if not stands_in(word, whole)),
                default=0.0,
            ),
            "figures_in_context": self._figures_in(whole),
            "question_words": float(len(self.weights)),
        }
        coverages = [self.coverage(sentence.folded) for sentence in view.sentences]
        cosines = view.vectors @ self.vector if len(view.sentences) else numpy.zeros(0)
        best = max(coverages, default=0.0)
        residual = self._residual(view.context)
        rows = list[list[float]]()
        for index, sentence in enumerate(view.sentences):
            values = shared | {
                "sentence_coverage": coverages[index],
                "neighbour_coverage": self._neighbour_coverage(view, index),
                "sentence_cosine": float(cosines[index]),
                "position": index / len(view.sentences),
                "coverage_rank": coverages[index] / best if best else 0.0,
                "with_context_coverage": self.coverage(view.context + "\n" + sentence.folded),
                "residual_coverage": math.fsum(
                    weight for word, weight in residual.items() if stands_in(word, sentence.folded)
                )
                if residual
                else 1.0,
            }
            values |= self._lexical(sentence) | self._typed(sentence)
            rows.append([values[name] for name in FEATURES[: -len(self.asked)]] + self.asked)
        return numpy.array(rows, numpy.float32).reshape(len(rows), len(FEATURES))

    def _defines(self, text: str) -> float:
        """How much of what the question names the sentence says to be something.

        1 for all of its words together or its last name in quotation marks, .7 for its last
        word (…的主要任务是什么), .5 for the rarest, 0 for none.
        """
        words = self.question.words
        quoted = self.quoted[-1] if self.quoted else ""
        candidates = (
            (quoted, 1.0),
            ("".join(words), 1.0),
            (words[-1] if words else "", 0.7),
            (self.rarest, 0.5),
        )
        for term, value in candidates:
            start = text.find(term) if term else -1
            if start >= 0 and _IS.match(text, start + len(term)):
                return value
        return 0.0

    def residual_coverage(self, context: str, text: str) -> float:
        """Of the words that the context does not answer for, the share that stands in `text`;
        1 where there are none.
        """
        residual = self._residual(context)
        if not residual:
            return 1.0
        return math.fsum(w for word, w in residual.items() if stands_in(word, text))

    def _figures_in(self, text: str) -> float:
        figures = self.question.figures
        return sum(figure in text for figure in figures) / len(figures) if figures else 1.0

    def _neighbour_coverage(self, view: PassageView, index: int) -> float:
        around = view.sentences[max(index - 1, 0) : index + 2]
        return self.coverage("\n".join(sentence.folded for sentence in around))

    def _lexical(self, sentence: SentenceView) -> dict[str, float]:
        text = sentence.folded
        return {
            "bigram_coverage": _share_in(self.pairs, text),
            "trigram_coverage": _share_in(self.triples, text),
            "rarest_in_sentence": float(self.rarest in text),
            "figures_in_sentence": self._figures_in(text),
            "quoted_in_sentence": sum(name in text for name in self.quoted) / len(self.quoted)
            if self.quoted
            else 0.5,
            "definition_cue": float(bool(_DEFINITION.search(text))),
            "defines_words": self._defines(text),
            "reason_cue": float(bool(_REASON.search(text))),
            "list_cue": float(bool(_LIST.search(text))),
            "sentence_length": math.log1p(len(text)),
            "is_question": float(text.endswith("?")),
            "ends_sentence": float(text[-1:] in '。!?"”'),
        }

    def _typed(self, sentence: SentenceView) -> dict[str, float]:
        text = sentence.folded
        pattern = _CANDIDATES.get(self.question.answer_type)
        found = list(pattern.finditer(text)) if pattern else []
        fresh = [match for match in found if match.group() not in self.folded]
        places = gaps(text, self.weights)
        distance = min(
            (abs(match.start() - place) for match in fresh for place in places), default=60
        )
        unit, focus = self.question.unit, self.question.focus
        return {
            "has_candidate": float(bool(found)),
            "new_candidates": float(min(len(fresh), 5)),
            "candidate_distance": float(min(distance, 60)) if pattern else -1.0,
            "unit_match": float(any(match.group().endswith(unit) for match in fresh))
            if unit
            else 0.5,
            "focus_in_sentence": sum(word in text for word in self.focus_words)
            / len(self.focus_words)
            if focus and self.focus_words
            else 0.5,
        }
