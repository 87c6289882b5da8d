"""Segmentation: a text cut into the words that BM25 and the built-in vectors share."""

import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from rag.text import Span, normalise

if TYPE_CHECKING:
    from tokenizers import Tokenizer

STATIC_MODEL = Path(__file__).parent / "models" / "static"
"""Folder of the built-in model: its tokenizer is the vocabulary of both words and vectors."""

UNKNOWN = "<unk>"

FIRST_IDEOGRAPH = "\u2e80"
"""From here on characters are written without spaces; below they form words by themselves."""


def is_word_character(character: str) -> bool:
    """Letters, digits, numerals and the marks that belong to letters; no punctuation."""
    return character.isalnum() or unicodedata.category(character).startswith("M")


class _WordCharacters(dict[int, str]):
    """What each character becomes: normalised, with a space for whatever is not in a word.

    The full stop stays, because it may stand in a number; the tokenizer drops the others.
    """

    def __missing__(self, code: int) -> str:
        pieces = [
            character if character == "." or is_word_character(character) else " "
            for character in normalise(chr(code)).text
        ]
        self[code] = "".join(pieces) or " "
        return self[code]


_WORD_CHARACTERS = _WordCharacters()


def word_text(text: str) -> str:
    """`text` as the tokenizer gets it: normalised as for comparing, without punctuation.

    Agrees with `rag.text.normalise` on every character of a word, at a hundred times its
    speed because it keeps no offsets. White space and punctuation become spaces, so that they
    part words.
    """
    return text.translate(_WORD_CHARACTERS)


@lru_cache(maxsize=2)
def load_tokenizer(path: Path) -> "Tokenizer":
    """A tokenizer.json, read once: words and vectors share it, and it takes 50 MB.

    Whoever changes its settings changes them for both; segmentation takes its normaliser off,
    which changes nothing for texts that `word_text` has prepared.
    """
    from tokenizers import Tokenizer  # deferred: 20 ms

    return Tokenizer.from_file(str(path))


class Words:
    """Cuts text into words by the vocabulary of the built-in model.

    Implements `rag.protocols.Segmenter`. A Chinese word belongs to the likeliest cut by the
    word counts that the model was trained with (a unigram language model, best path); letters
    and digits that stand together are one word, a decimal number too.

    Args:
        tokenizer: A tokenizer.json made by `evals.fitting.vocabulary`.
    """

    def __init__(self, tokenizer: Path = STATIC_MODEL / "tokenizer.json"):
        from tokenizers import normalizers  # deferred: 20 ms

        self._tokenizer = load_tokenizer(tokenizer)
        # word_text has done it, one character at a time, so that spans can be traced back.
        self._tokenizer.normalizer = normalizers.Sequence([])
        self._unknown = self._tokenizer.token_to_id(UNKNOWN)

    def words(self, text: str) -> list[str]:
        """Words in order, normalised as for comparing, punctuation left out.

        Joined they are the normalised text without what is not in a word; an unknown
        character is a word of its own. An empty text has none.
        """
        return self._cut(word_text(text))

    def word_spans(self, text: str) -> list[tuple[str, Span]]:
        """The words of `words`, each with the place in `text` that it came from.

        In order; spans are never empty. They overlap only where one character of `text`
        stands for several words.
        """
        pieces = [_WORD_CHARACTERS[ord(character)] for character in text]
        prepared = "".join(pieces)
        origins = [index for index, piece in enumerate(pieces) for _ in piece]
        spans = list[tuple[str, Span]]()
        position = 0
        for word in self._cut(prepared):
            # Between two words stand only spaces and full stops, and no word begins with one.
            start = prepared.index(word, position)
            position = start + len(word)
            spans.append((word, Span(origins[start], origins[position - 1] + 1)))
        return spans

    def _cut(self, prepared: str) -> list[str]:
        """What the tokenizer cut, mended in two ways.

        Letters and digits that stand together become one word, though the vocabulary may know
        only its parts; ideographs that the vocabulary does not know become one word each.
        """
        encoding = self._tokenizer.encode(prepared, add_special_tokens=False)
        words = list[str]()
        last_run = -1
        for token, number, run in zip(
            encoding.tokens, encoding.ids, encoding.word_ids, strict=True
        ):
            if token < FIRST_IDEOGRAPH:
                if run == last_run:
                    words[-1] += token
                else:
                    words.append(token)
                    last_run = run
            elif number == self._unknown:
                words.extend(token)
            else:
                words.append(token)
        return words


@lru_cache(maxsize=1)
def built_in_words() -> Words:
    """The segmenter of the built-in model, loaded once."""
    return Words()
