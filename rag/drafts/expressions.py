"""Terms and set phrases of a draft: known as they stand, nearly known, or unknown.

“四个意思” is nearly “四个意识”. What is known comes from the library's own marks and from
`expressions.txt`. A term that only one place uses is not held against another place's.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from rag.documents import Document, RetrievedPassage
from rag.drafts.enumerations import NUMERALS, find_enumerations
from rag.drafts.evidence import EvidenceFinder
from rag.drafts.lexicon import LONGEST_TERM, Known, Lexicon, Place
from rag.drafts.marks import Marked
from rag.drafts.pairs import pairs
from rag.drafts.protocols import DraftLibrary
from rag.drafts.reading import Draft
from rag.people import is_common_word
from rag.quotations.quotation import Finding, FindingKind, Match, Verdict
from rag.quotations.quoting import quote
from rag.scopes import place_spans, places_agree
from rag.text import Span, fold, in_title_marks

_COUNTED: Final = re.compile(r"[一二两三四五六七八九十][个大项条][\u4e00-\u9fff]{2,4}")
_CLAUSE_MARKS: Final = re.compile(r"[，。！？；：,;:!?…\n]")
_SHORTEST: Final = 2
_SHORTEST_NEAR: Final = 3
# A phrase of this length with one character wrong still has a half that is right.
_SHORTEST_UNMARKED: Final = 6
_WORDS_BEFORE: Final = 2
_WIDELY_USED: Final = 3
_MARKED: Final = re.compile(r'"([^"\n]{3,14})"')
_SHORTEST_CLAUSE: Final = 6
_FEWEST_PAIRS: Final = 4
_SAME_SENTENCE: Final = 0.6
_SHORTEST_REORDERED: Final = 5
_HALF: Final = 0.5
_LONG_PHRASE: Final = 8
# No word goes on with these.
_NO_WORD: Final = frozenset("的了和与及等在是为以把将")
_AROUND: Final = 100


class ExpressionChecker:
    """Holds the terms of one draft against the library."""

    def __init__(self, draft: Draft, library: DraftLibrary, evidence: EvidenceFinder) -> None:
        self._draft = draft
        self._library = library
        self._evidence = evidence
        self._lexicon: Lexicon = library.lexicon()

    def check(self) -> Iterator[Finding]:
        """Findings for terms in quotation marks, then for set phrases without."""
        marked = [one for one in self._draft.marks.marked if not one.is_title]
        for one in marked:
            if self._draft.titled(one.outer):
                continue
            words = one.inner.of(self._draft.text)
            if _SHORTEST <= len(fold(words)) <= LONGEST_TERM and not _CLAUSE_MARKS.search(words):
                finding = self._check_term(one)
                if finding is not None:
                    yield finding
        yield from self._check_unmarked()

    def _check_term(self, marked: Marked) -> Finding | None:
        text = self._draft.text
        written = marked.inner.of(text)
        term = fold(written)
        known = self._lexicon.terms.terms.get(term)
        if known is not None and (matches := self._matches(term, known)) is not None:
            return _found(marked.inner, Verdict.EXACT, _confirmed(written, matches), None, matches)
        near = self._near(term, marked.inner)
        if near is not None:
            key, matches = near
            correction = self._lexicon.terms.terms[key].written
            message = f"资料库里没有“{written}”的提法，只有“{correction}”。"
            return _found(marked.inner, Verdict.ALTERED, message, correction, matches)
        if term[:1] not in NUMERALS and (len(term) < 4 or is_common_word(term)):
            return None
        return _found(
            marked.inner, Verdict.NOT_FOUND, f"资料库里没有“{written}”这个提法。", None, ()
        )

    def _near(self, term: str, span: Span) -> tuple[str, tuple[Match, ...]] | None:
        """The known term that the draft most likely means, with where it stands."""
        if len(term) < _SHORTEST_NEAR:
            return None
        candidates = self._lexicon.near_terms(term) if len(term) > _SHORTEST_NEAR else []
        for key in candidates:
            known = self._lexicon.terms.terms[key]
            is_common = key in self._lexicon.phrases or known.documents >= _WIDELY_USED
            matches = self._matches(key, known)
            is_same = is_common or _has_same_characters(term, key)
            if matches is not None and (is_same or self._speaks_of(span, key)):
                return key, matches
        return (
            self._explained_alike(term, span)
            or self._near_in_evidence(term, span)
            or self._near_in_followed(term, span)
        )

    def _speaks_of(self, span: Span, key: str) -> bool:
        """Whether passages like the sentence, of the same place, have the term."""
        return any(key in fold(found.passage.text) for found in self._passages(span))

    def _passages(self, span: Span) -> Iterator[RetrievedPassage]:
        """Passages like the sentence at `span` that speak of no other place."""
        sentence = self._draft.sentence_at(span.start)
        if sentence is None:
            return
        text = self._draft.text
        clause = _CLAUSE_MARKS.split(text[sentence.span.start : span.start])[-1]
        is_short = len(clause) < _SHORTEST_CLAUSE
        query = sentence.span.of(text) if is_short else clause
        for found in self._evidence.passages(query):
            theirs = self._evidence.scope_of(found.document)
            if places_agree(sentence.scopes, theirs):
                yield found

    def _near_in_evidence(self, term: str, span: Span) -> tuple[str, tuple[Match, ...]] | None:
        """A term in marks that stands in the same place of the same sentence, and counts as
        many things or shares most characters.
        """
        sentence = self._draft.sentence_at(span.start)
        if sentence is None or len(term) <= _SHORTEST_NEAR:
            return None
        before = fold(self._draft.text[sentence.span.start : span.start])
        clause = _CLAUSE_MARKS.split(before)[-1]
        own = pairs(_without_places(before if len(clause) < _SHORTEST_CLAUSE else clause))
        for found in self._passages(span):
            folded = fold(found.passage.text)
            around = pairs(f"{found.document.metadata.title}。{folded}")
            if len(own) < _FEWEST_PAIRS or len(own & around) < _SAME_SENTENCE * len(own):
                continue
            for match in _MARKED.finditer(folded):
                key = match[1]
                known = self._lexicon.terms.terms.get(key)
                behind = fold(self._draft.text[max(0, span.start - 3) : span.start - 1])
                same_verb = folded[: match.start()].endswith(behind)
                if known and key != term and _is_half_alike(term, key, same_verb=same_verb):
                    matches = self._matches(key, known)
                    if matches is not None:
                        return key, matches
        return None

    def _near_in_followed(self, term: str, span: Span) -> tuple[str, tuple[Match, ...]] | None:
        """A term like this one, where the document that the paragraph follows says what the
        sentence says.
        """
        sentence = self._draft.sentence_at(span.start)
        if sentence is None:
            return None
        text = self._draft.text
        own = pairs(fold(text[sentence.span.start : span.start])) | pairs(
            fold(text[span.end : sentence.span.end])
        )
        if len(own) < _FEWEST_PAIRS:
            return None
        for found in self._passages(span):
            if not self._evidence.is_followed(found.document, sentence.paragraph):
                continue
            folded = fold(found.passage.text)
            for match in _MARKED.finditer(folded):
                around = folded[max(0, match.start() - _AROUND) : match.end() + _AROUND]
                known = self._lexicon.terms.terms.get(match[1])
                if known is None or not _is_formed_alike(term, match[1]):
                    continue
                is_like = len(own & pairs(around)) >= _HALF * len(own)
                if is_like and (matches := self._matches(match[1], known)):
                    return match[1], matches
        return None

    def _explained_alike(self, term: str, span: Span) -> tuple[str, tuple[Match, ...]] | None:
        """The term that stands for the very things that the draft lists beside this one."""
        text = self._draft.text
        sentence = Span(max(0, span.start - 160), min(len(text), span.end + 200))
        for listed in find_enumerations(sentence.of(text)):
            if listed.term is None or fold(listed.term.of(sentence.of(text))) != term:
                continue
            items = {fold(item) for item in listed.words(sentence.of(text))}
            for expansion in self._lexicon.expansions_by_item.get(next(iter(items)), ()):
                theirs = {fold(item) for item in expansion.items}
                known = self._lexicon.terms.terms.get(expansion.term)
                if items == theirs and known and expansion.term != term:
                    matches = self._matches(expansion.term, known)
                    if matches is not None:
                        return expansion.term, matches
        return None

    def _check_unmarked(self) -> Iterator[Finding]:
        text = self._draft.text

        def is_free(span: Span) -> bool:
            return not (self._draft.titled(span) or self._draft.in_term(span))

        for match in _COUNTED.finditer(text):
            for end in range(match.end(), match.start() + 3, -1):
                span = Span(match.start(), end)
                finding = self._check_counted(span) if is_free(span) else None
                if finding is not None:
                    yield finding
                    break
        yield from self._check_phrases(is_free)

    def _check_counted(self, span: Span) -> Finding | None:
        """四个意识 without marks; nearly so only behind the same verb (做到两个维持)."""
        text = self._draft.text
        term = fold(span.of(text))
        known = self._lexicon.terms.terms.get(term)
        if known is not None:
            matches = self._matches(term, known)
            if matches is None or not self._is_phrase(term, known):
                return None
            return _found(span, Verdict.EXACT, _confirmed(term, matches), None, matches)
        before = fold(text[max(0, span.start - _WORDS_BEFORE) : span.start])
        for key in self._lexicon.near_terms(term):
            other = self._lexicon.terms.terms[key]
            if len(key) == len(term) and self._is_phrase(key, other):
                matches = self._matches(key, other)
                if matches is not None and self._stands_behind(before, key):
                    message = f"资料库里没有“{span.of(text)}”的提法，只有“{other.written}”。"
                    return _found(span, Verdict.ALTERED, message, other.written, matches)
        return None

    def _is_phrase(self, key: str, known: Known) -> bool:
        return key in self._lexicon.phrases or known.documents >= _WIDELY_USED

    def _stands_behind(self, before: str, key: str) -> bool:
        """Whether documents have `before`, two characters, in front of the term, too."""
        if len(before) < _WORDS_BEFORE:
            return False
        return any(
            f"{before}{key}" in fold(found.passage.text).replace('"', "")
            for found in self._evidence.passages(f"{before}{key}")
        )

    def _check_phrases(self, is_free: Callable[[Span], bool]) -> Iterator[Finding]:
        """Long set phrases with one character wrong, or as they should be."""
        text = self._draft.text
        folded = text.translate(_SAME_LENGTH)
        halves = _halves(self._lexicon.phrases)
        if not halves:
            return
        end = 0
        for match in re.finditer("|".join(map(re.escape, halves)), folded):
            for phrase, offset in halves[match[0]]:
                start = match.start() - offset
                span = Span(max(0, start), max(0, start) + len(phrase))
                if start < end or span.end > len(text) or not is_free(span):
                    continue
                words = span.of(folded)
                around = folded[span.start - 1 : span.start] + " " + folded[span.end : span.end + 1]
                if words != phrase and _is_nearly(words, phrase, around=around):
                    end = span.end
                    yield self._phrase_finding(span, phrase)
                    break

    def _phrase_finding(self, span: Span, phrase: str) -> Finding:
        written = self._lexicon.phrases[phrase]
        known = self._lexicon.terms.terms[phrase]
        matches = self._matches(phrase, known) or ()
        message = f"固定提法是“{written}”，此处写作“{span.of(self._draft.text)}”。"
        return _found(span, Verdict.ALTERED, message, written, matches)

    def _matches(self, key: str, known: Known) -> tuple[Match, ...] | None:
        """Where the term stands; None where it stood only in documents that are gone."""
        documents = self._library.documents_by_id(place.document_id for place in known.places)
        matches = tuple(
            quote(documents[place.document_id], place.span)
            for place in known.places
            if place.document_id in documents and _holds(documents[place.document_id], place, key)
        )
        return matches if matches or key in self._lexicon.phrases else None


_SAME_LENGTH: Final = str.maketrans('“”「」『』"', "       ")


def _holds(document: Document, place: Place, key: str) -> bool:
    return fold(place.span.of(document.text)) == key


def _without_places(words: str) -> str:
    """`words` without the areas they name: whether those agree is asked apart."""
    for span, _ in reversed(place_spans(words)):
        words = f"{words[: span.start]}，{words[span.end :]}"
    return words


def _has_same_characters(term: str, key: str) -> bool:
    """Whether only their order tells them apart, and they are no mere pair of words: 三办六中心,
    六办三中心.
    """
    return len(term) >= _SHORTEST_REORDERED and sorted(term) == sorted(key)


def _is_half_alike(term: str, key: str, *, same_verb: bool) -> bool:
    """Whether two terms that stand in one sentence may be one: they count as many things, and
    stand behind the same words or share half of the rest; or all but two characters are equal.
    """
    same = sum(one == other for one, other in zip(term, key, strict=False))
    if term[0] in NUMERALS and term[:2] == key[:2]:
        return same_verb or (len(term) == len(key) and same > 2)
    return len(term) == len(key) and same >= max(3, len(term) - 2)


def _is_formed_alike(term: str, key: str) -> bool:
    """Whether two terms are as long, and begin with one numeral or share most characters."""
    same = sum(one == other for one, other in zip(term, key, strict=False))
    is_counted = term[0] in NUMERALS and term[0] == key[0]
    return len(term) == len(key) and term != key and (is_counted or same > _HALF * len(term))


def _is_nearly(words: str, phrase: str, *, around: str) -> bool:
    """Whether one letter of a phrase is another, or two side by side of a long one that has
    parts (街乡吹哨、部门报到): no mark or digit; the first or last only where no word goes on
    before or behind it.
    """
    differing = [
        index for index, (one, other) in enumerate(zip(words, phrase, strict=True)) if one != other
    ]
    first, last = differing[0], differing[-1]
    most = 2 if len(phrase) >= _LONG_PHRASE and "、" in phrase else 1
    if last - first >= most:
        return False
    before, _, behind = around.partition(" ")
    if (first == 0 and before not in _NO_WORD and before.isalnum()) or (
        last == len(phrase) - 1 and behind not in _NO_WORD and behind.isalnum()
    ):
        return False
    return words[first : last + 1].isalpha()


def _halves(phrases: Iterable[str]) -> dict[str, list[tuple[str, int]]]:
    """The two halves of each long phrase, with the phrase and where in it they begin."""
    halves = dict[str, list[tuple[str, int]]]()
    for phrase in phrases:
        if len(phrase) >= _SHORTEST_UNMARKED:
            middle = len(phrase) // 2
            halves.setdefault(phrase[:middle], []).append((phrase, 0))
            halves.setdefault(phrase[middle:], []).append((phrase, middle))
    return halves


def _confirmed(written: str, matches: Sequence[Match]) -> str:
    if not matches:
        return f"“{written}”是固定提法。"
    return f"“{written}”见{in_title_marks(matches[0].title)}。"


def _found(
    span: Span,
    verdict: Verdict,
    message: str,
    correction: str | None,
    matches: tuple[Match, ...],
) -> Finding:
    return Finding(
        start=span.start,
        end=span.end,
        kind=FindingKind.EXPRESSION,
        verdict=verdict,
        message=message,
        correction=correction,
        matches=matches,
    )
