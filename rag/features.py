"""What can be measured between a question and a sentence of a passage.

The evidence ranker is trained on these numbers and applied to them; training and answering
build them with the same functions, so that they cannot drift apart.
"""

import functools
import math
import operator
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy
from numpy.typing import NDArray

from rag.protocols import Segmenter, Vectors
from rag.questions import AnswerType, Question
from rag.synonyms import synonyms
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
    """A sentence prepared for comparison.

    Attributes:
        span: In the document.
        folded: Its text, folded.
        form: The features that do not depend on the question.
    """

    span: Span
    folded: str
    form: Mapping[str, float]


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


def view_passages(
    passages: Sequence[tuple[str, str, int]], embed: Callable[[Sequence[str]], Vectors]
) -> list[PassageView]:
    """Prepare passages, each a text, its context, and where it begins in its document.

    All their sentences are embedded in one call.
    """
    spans = [sentence_spans(text) for text, _, _ in passages]
    vectors = embed([
        s.of(text) for (text, _, _), own in zip(passages, spans, strict=True) for s in own
    ])
    views = list[PassageView]()
    first = 0
    for (text, context, offset), own in zip(passages, spans, strict=True):
        views.append(_view(text, context, offset, own, vectors[first : first + len(own)]))
        first += len(own)
    return views


def _view(
    text: str, context: str, offset: int, spans: Sequence[Span], vectors: Vectors
) -> PassageView:
    sentences = list[SentenceView]()
    for span in spans:
        folded = fold(span.of(text))
        sentences.append(SentenceView(span=span.shifted(offset), folded=folded, form=_form(folded)))
    return PassageView(
        sentences=tuple(sentences),
        folded=fold(text),
        context=fold(context),
        vectors=vectors,
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


_IS = re.compile('"?[,，]?(?:主要|具体)?(?:是指|指的是|指|即|就是|是|包括|分别|为|简称|全称)')
_QUOTED = re.compile('"[^"]{1,20}"')
_COUNTED = re.compile("([两二三四五六七八九十])(?:个|大|项)?(.{2,4})")
_COUNTS = "〇一二三四五六七八九十"


@functools.lru_cache(maxsize=4096)
def _counted(word: str) -> tuple[str, int] | None:
    """四个到位 → (到位, 4): how often what is counted must stand in the full list."""
    match = _COUNTED.fullmatch(word)
    if match is None:
        return None
    number = 2 if match.group(1) == "两" else _COUNTS.index(match.group(1))
    return match.group(2), number


def stands_in(word: str, text: str) -> bool:
    """Whether a word, a synonym, or the list that it counts stands in a folded text."""
    if word in text or any(other in text for other in synonyms().get(word, ())):
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


def _form(text: str) -> dict[str, float]:
    return {
        "definition_cue": float(bool(_DEFINITION.search(text))),
        "reason_cue": float(bool(_REASON.search(text))),
        "list_cue": float(bool(_LIST.search(text))),
        "sentence_length": math.log1p(len(text)),
        "is_question": float(text.endswith("?")),
        "ends_sentence": float(text[-1:] in '。!?"”'),
    }


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
        self.everything = (1 << len(self.weights)) - 1
        self._weight_of = dict[int, float]()
        self.asked = [float(question.answer_type is kind) for kind in AnswerType]

    def standing(self, text: str) -> int:
        """Which words of the question stand in a folded text: one bit a word."""
        return sum(1 << i for i, word in enumerate(self.weights) if stands_in(word, text))

    def weight(self, standing: int) -> float:
        """The share of the question's weight that these words have."""
        if standing not in self._weight_of:
            self._weight_of[standing] = math.fsum(
                w for i, w in enumerate(self.weights.values()) if standing >> i & 1
            )
        return self._weight_of[standing]

    def residual_share(self, context: int, standing: int) -> float:
        """Of the words that the context does not answer for, the share that stands somewhere;
        1 where there are none.
        """
        rest = self.weight(self.everything & ~context)
        return self.weight(standing & ~context) / rest if rest else 1.0

    def measure(
        self, view: PassageView, *, title: str, spoken_of: str = ""
    ) -> NDArray[numpy.float32]:
        """One row of FEATURES for each sentence of a passage, in their order.

        Args:
            view: The passage.
            title: The document's title, folded.
            spoken_of: What else the document is known to speak of, folded.
        """
        standing = [self.standing(sentence.folded) for sentence in view.sentences]
        context = self.standing(view.context + spoken_of)
        passage = functools.reduce(operator.or_, standing, 0)
        whole = context | passage
        shared = {
            "passage_coverage": self.weight(passage),
            "context_coverage": self.weight(whole),
            "title_coverage": self.weight(self.standing(title)),
            "rarest_in_context": float(self.rarest in view.context or self.rarest in view.folded),
            "missing_weight": max(
                (w for i, w in enumerate(self.weights.values()) if not whole >> i & 1),
                default=0.0,
            ),
            "figures_in_context": self._figures_in(view.context + view.folded),
            "question_words": float(len(self.weights)),
        }
        cosines = view.vectors @ self.vector if standing else numpy.zeros(0)
        # Headlines and headings repeat the words of the question, but are no rivals.
        ended = [
            own
            for own, sentence in zip(standing, view.sentences, strict=True)
            if sentence.form["ends_sentence"]
        ]
        best = max(map(self.weight, ended or standing), default=0.0)
        rows = list[list[float]]()
        for index, sentence in enumerate(view.sentences):
            own = standing[index]
            around = functools.reduce(operator.or_, standing[max(index - 1, 0) : index + 2])
            values = shared | {
                "sentence_coverage": self.weight(own),
                "neighbour_coverage": self.weight(around),
                "sentence_cosine": float(cosines[index]),
                "position": index / len(standing),
                "coverage_rank": min(self.weight(own) / best, 1.0) if best else 0.0,
                "with_context_coverage": self.weight(context | own),
                "residual_coverage": self.residual_share(context, own),
            }
            values |= sentence.form
            values |= self._lexical(sentence.folded) | self._typed(sentence.folded)
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

    def _figures_in(self, text: str) -> float:
        figures = self.question.figures
        return sum(figure in text for figure in figures) / len(figures) if figures else 1.0

    def _lexical(self, text: str) -> dict[str, float]:
        return {
            "bigram_coverage": _share_in(self.pairs, text),
            "trigram_coverage": _share_in(self.triples, text),
            "rarest_in_sentence": float(self.rarest in text),
            "figures_in_sentence": self._figures_in(text),
            "quoted_in_sentence": sum(name in text for name in self.quoted) / len(self.quoted)
            if self.quoted
            else 0.5,
            "defines_words": self._defines(text),
        }

    def _typed(self, text: str) -> dict[str, float]:
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
