"""The vocabulary: words, how likely each is, and the tokenizer made of them.

texts ── rjieba ──► word counts ── quoted terms, cohesive neighbours ──► terms
      ──► most frequent words + single characters ──► Unigram tokenizer
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import rjieba

from rag.words import FIRST_IDEOGRAPH, UNKNOWN, word_text

if TYPE_CHECKING:
    from tokenizers import Tokenizer

POLICY_TERMS = tuple(
    "三定 三定规定 三定方案 放管服 党政机构 编办 中央编办 省委编办 市委编办 区委编办 县委编办 "
    "中央编委 省委编委 市委编委 区委编委 县委编委 大部制 大部门制 权责清单 负面清单 一网通办 "
    "一窗受理 一件事 四个意识 四个自信 四个到位 两个维护 两个确立 街道办 管委会 监委 纪委监委 "
    "政法委 网信办 巡察办 改革办 深改委 深改组 深改办".split()
)
"""Words of the field that must not be cut, however rare they are in the training texts."""

SEPARATOR = "|"
_QUOTED = re.compile("“([\u4e00-\u9fff]{2,4})”")
_PATTERN = r"[\x{2E80}-\x{10FFFF}]+|[^\x{2E80}-\x{10FFFF}\s.]+(?:\.[0-9]+)*"


@dataclass(frozen=True, slots=True, kw_only=True)
class VocabularySettings:
    """How large and how strict.

    Attributes:
        size: Most entries of the tokenizer, the unknown one included.
        min_character_count: Single ideographs seen less often are left out.
        min_term_count: A term found by statistics must occur at least this often.
        min_cohesion: Least pointwise mutual information, in nats, of a term's two parts.
        min_entropy: Least entropy, in nats, of the words before and after a term.
    """

    size: int = 50_000
    min_character_count: int = 5
    min_term_count: int = 30
    min_cohesion: float = 7.5
    min_entropy: float = 1.0


def cut_texts(texts: Iterable[str]) -> list[str]:
    """Each text as rjieba's words, joined by spaces; `SEPARATOR` stands for punctuation."""
    return [
        " ".join(word if not word.isspace() and word != "." else SEPARATOR for word in words)
        for words in (rjieba.cut(word_text(text)) for text in texts)
    ]


def quoted_terms(texts: Iterable[str], *, min_count: int) -> set[str]:
    """Expressions of two to four characters that often stand in quotation marks: “放管服”."""
    counts = Counter[str]()
    for text in texts:
        counts.update(word_text(term) for term in _QUOTED.findall(text))
    return {term for term, count in counts.items() if count >= min_count and " " not in term}


def _is_candidate(first: str, second: str) -> bool:
    """Two neighbours, one of them a single character, that could be one word."""
    return (
        min(len(first), len(second)) == 1
        and len(first) + len(second) <= 4
        and first >= FIRST_IDEOGRAPH
        and second >= FIRST_IDEOGRAPH
    )


def _entropy(counts: Counter[str]) -> float:
    total = counts.total()
    return -math.fsum(count / total * math.log(count / total) for count in counts.values())


def cohesive_terms(
    cut: Sequence[str], counts: Counter[str], settings: VocabularySettings
) -> dict[str, int]:
    """Neighbours that occur together far oftener than by chance, and in many surroundings.

    Returns:
        Term → how often its parts stand side by side.

    Source:
        Pointwise mutual information with branching entropy: Jin & Tanaka-Ishii, ACL 2006.
    """
    total = counts.total()
    together = Counter[tuple[str, str]]()
    for text in cut:
        words = text.split()
        together.update(pair for pair in pairwise(words) if _is_candidate(*pair))
    found = {
        pair: count
        for pair, count in together.items()
        if count >= settings.min_term_count
        and math.log(count * total / (counts[pair[0]] * counts[pair[1]])) >= settings.min_cohesion
    }
    before, after = _surroundings(cut, found.keys())
    return {
        first + second: count
        for (first, second), count in found.items()
        if min(_entropy(before[first, second]), _entropy(after[first, second]))
        >= settings.min_entropy
    }


def _surroundings(
    cut: Sequence[str], pairs: Iterable[tuple[str, str]]
) -> tuple[defaultdict[tuple[str, str], Counter[str]], defaultdict[tuple[str, str], Counter[str]]]:
    """The words before and after each of `pairs`."""
    wanted = frozenset(pairs)
    before = defaultdict[tuple[str, str], Counter[str]](Counter)
    after = defaultdict[tuple[str, str], Counter[str]](Counter)
    for text in cut:
        words = [SEPARATOR, *text.split(), SEPARATOR]
        for index, pair in enumerate(pairwise(words)):
            if pair in wanted:
                before[pair][words[index - 1]] += 1
                after[pair][words[index + 2]] += 1
    return before, after


def count_words(
    texts: Sequence[str], cut: Sequence[str], settings: VocabularySettings
) -> Counter[str]:
    """How often each word occurs, terms and single characters included.

    A listed term is given the count that makes it likelier than its parts; so are quoted ones.
    """
    counts = Counter[str]()
    for text in cut:
        counts.update(text.split())
    del counts[SEPARATOR]
    found = cohesive_terms(cut, counts, settings)
    quoted = quoted_terms(texts, min_count=settings.min_term_count)
    counts.update(found)
    for term in sorted(quoted.union(POLICY_TERMS)):
        counts[term] = max(counts[term], settings.min_term_count)
    return counts


def _characters(cut: Sequence[str], min_count: int) -> set[str]:
    counts = Counter[str]()
    for text in cut:
        counts.update(text)
    ideographs = {
        character
        for character, count in counts.items()
        if character >= FIRST_IDEOGRAPH and count >= min_count
    }
    return ideographs.union("0123456789abcdefghijklmnopqrstuvwxyz")


def choose_words(
    cut: Sequence[str], counts: Counter[str], settings: VocabularySettings
) -> list[tuple[str, float]]:
    """The vocabulary with its log-probabilities, likeliest first, ties by code point."""
    characters = _characters(cut, settings.min_character_count)
    room = settings.size - 1 - len(characters) - len(POLICY_TERMS)
    by_count = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    frequent = [word for word, _ in by_count if word not in characters][: max(room, 0)]
    chosen = characters.union(frequent, POLICY_TERMS)
    total = math.log(counts.total())
    scored = [(word, round(math.log(counts[word] or 0.5) - total, 4)) for word in chosen]
    return sorted(scored, key=lambda entry: (-entry[1], entry[0]))


def build_tokenizer(words: Sequence[tuple[str, float]]) -> "Tokenizer":
    """A Unigram tokenizer over `words`; its unknown token has the number 0."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

    tokenizer = Tokenizer(models.Unigram([(UNKNOWN, 0.0), *words], unk_id=0))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(_PATTERN), "removed", invert=True)
    return tokenizer


def train_tokenizer(
    texts: Sequence[str], settings: VocabularySettings
) -> "tuple[Tokenizer, list[tuple[str, float]]]":
    """From texts to a tokenizer, with its words and their log-probabilities."""
    cut = cut_texts(texts)
    words = choose_words(cut, count_words(texts, cut, settings), settings)
    return build_tokenizer(words), words
