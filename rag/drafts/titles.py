"""Titles in 《》 and document numbers of a draft against those the library knows.

A title is nearly known where few characters tell it from one that is, and none of them names
another place, year or edition.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, Levenshtein, Prefix

from rag.documents import Document
from rag.drafts.evidence import EvidenceFinder
from rag.drafts.lexicon import Known, Lexicon, plain_title
from rag.drafts.marks import Marked
from rag.drafts.pairs import pairs
from rag.drafts.protocols import DraftLibrary
from rag.drafts.reading import Draft
from rag.quantities import Quantity, find_document_numbers
from rag.quotations.quotation import Finding, FindingKind, Match, Verdict
from rag.quotations.quoting import quote
from rag.scopes import place_spans, stem
from rag.text import Span, fold, in_title_marks

_LEAST_ALIKE: Final = 0.8
_MOST_CHANGES: Final = 4
_SHORTEST: Final = 3
# 《决定》, 《意见》: short for a document named before.
_SHORT_FOR: Final = re.compile(
    r"(?:决定|意见|方案|条例|规定|办法|通知|报告|纲要|规划|草案|决议|公报|建议|法|细则|章程|准则)"
)
_NOT_A_SLIP: Final = re.compile(
    r"\d|[〇一二三四五六七八九十](?=[年届次号])|[省市区县州镇乡]|试行|修订|草案"
)
_JOINED: Final = re.compile("[和与及]")
_SHORTEST_SUBJECT: Final = 8
_LONGEST_FORM: Final = 4
_OF_NATION: Final = re.compile(
    "中办|国办|国务院|中共中央|党中央|中国共产党|中华人民共和国|全国人大"
)
_SAME_SENTENCE: Final = 0.5
_FEWEST_PAIRS: Final = 4


class TitleChecker:
    """Holds titles and document numbers of one draft against the library."""

    def __init__(self, draft: Draft, library: DraftLibrary, evidence: EvidenceFinder) -> None:
        self._draft = draft
        self._library = library
        self._evidence = evidence
        self._lexicon: Lexicon = library.lexicon()

    def check(self) -> Iterator[Finding]:
        """Findings for titles, then for document numbers."""
        for marked in self._draft.marks.marked:
            if marked.is_title:
                finding = self._check_title(marked)
                if finding is not None:
                    yield finding
        for number in find_document_numbers(self._draft.text):
            yield self._check_number(number)

    def _check_title(self, marked: Marked) -> Finding | None:
        words = marked.inner.of(self._draft.text)
        title = plain_title(words)
        if len(title) < _SHORTEST or "\n" in words or _SHORT_FOR.fullmatch(title):
            return None
        titles = self._lexicon.terms.titles
        known = titles.get(title)
        if known is not None and (matches := self._matches(title, known)):
            message = f"《{words}》见于资料库。"
            return _found(marked.inner, FindingKind.TITLE, Verdict.EXACT, message, None, matches)
        near = ""
        for key in self._lexicon.near_titles(title, least=_LEAST_ALIKE):
            if not _is_slip(title, key) or not (matches := self._matches(key, titles[key])):
                continue
            written = titles[key].written
            is_other = _is_other_subject(title, key) and not (
                _has_same_subject(title, key) and self._is_national(marked)
            )
            if is_other and not self._speaks_of(marked, key):
                near = near or f"；相近的有{in_title_marks(written)}"
                continue
            message = f"资料库里没有《{words}》，相近的是{in_title_marks(written)}。"
            correction = written if written != words else None
            return _found(
                marked.inner, FindingKind.TITLE, Verdict.ALTERED, message, correction, matches
            )
        message = f"资料库里没有题为《{words}》的文件，也没有提到它的文件{near}。"
        return _found(marked.inner, FindingKind.TITLE, Verdict.NOT_FOUND, message, None, ())

    def _is_national(self, marked: Marked) -> bool:
        """Whether the title is one of the nation's, so that no place has its own like it."""
        sentence = self._draft.sentence_at(marked.outer.start)
        words = marked.inner.of(self._draft.text)
        if sentence is not None:
            words = self._draft.text[sentence.span.start : marked.outer.end]
        return bool(_OF_NATION.search(words)) and not place_spans(words)

    def _speaks_of(self, marked: Marked, key: str) -> bool:
        """Whether a passage that names the title says what the draft's sentence says of it."""
        sentence = self._draft.sentence_at(marked.outer.start)
        if sentence is None:
            return False
        text = self._draft.text
        own = pairs(fold(text[sentence.span.start : marked.outer.start])) | pairs(
            fold(text[marked.outer.end : sentence.span.end])
        )
        if len(own) < _FEWEST_PAIRS:
            return False
        for found in self._evidence.passages_like(sentence, text):
            around = fold(f"{found.document.metadata.title}。{found.passage.text}")
            if key in around and len(own & pairs(around)) >= _SAME_SENTENCE * len(own):
                return True
        return False

    def _matches(self, key: str, known: Known) -> tuple[Match, ...]:
        documents = self._library.documents_by_id(place.document_id for place in known.places)
        return tuple(
            quote(documents[place.document_id], place.span)
            for place in known.places
            if place.document_id in documents
            and _names(documents[place.document_id], place.span, key)
        )

    def _check_number(self, found: Quantity) -> Finding:
        number = self._without_lead(found)
        written = number.span.of(self._draft.text)
        value = str(number.value)
        known = self._lexicon.terms.numbers.get(value)
        if known and (matches := self._number_matches(value, known)):
            message = f"文号见{in_title_marks(matches[0].title)}。"
            return self._numbered(number, Verdict.EXACT, message, None, matches)
        if meant := self._right_number(number) or self._slip_of(number):
            right, match = meant
            message = f"资料库里没有文号“{written}”；{in_title_marks(match.title)}写的是“{right}”。"
            return self._numbered(number, Verdict.ALTERED, message, right, (match,))
        return self._numbered(number, Verdict.NOT_FOUND, f"资料库里没有文号“{written}”。", None, ())

    def _without_lead(self, number: Quantity) -> Quantity:
        """The number without words before it, where the library knows who issues such: of
        重点看青政办发 the last four characters.
        """
        issuer = str(number.value).split("〔", 1)[0]
        issuers = self._lexicon.issuers
        if issuer in issuers:
            return number
        for start in range(1, len(issuer) - 1):
            if issuer[start:] in issuers:
                span = Span(number.span.start + start, number.span.end)
                return replace(number, span=span, number=span, value=str(number.value)[start:])
        return number

    def _numbered(
        self,
        number: Quantity,
        verdict: Verdict,
        message: str,
        correction: str | None,
        matches: Sequence[Match],
    ) -> Finding:
        kind = FindingKind.DOCUMENT_NUMBER
        return _found(number.span, kind, verdict, message, correction, matches)

    def _slip_of(self, number: Quantity) -> tuple[str, Match] | None:
        """The number of a document that the draft follows, or that has words of its sentence,
        but for one character.
        """
        sentence = self._draft.sentence_at(number.span.start)
        found = self._evidence.passages_like(sentence, self._draft.text) if sentence else ()
        documents = [*self._evidence.used_documents, *(one.document for one in found)]
        for document in documents:
            for theirs in find_document_numbers(document.text):
                right = str(theirs.value)
                if _is_slip_of_number(str(number.value), right):
                    return right, quote(document, theirs.span)
        return None

    def _number_matches(self, value: str, known: Known) -> tuple[Match, ...]:
        documents = self._library.documents_by_id(place.document_id for place in known.places)
        return tuple(
            quote(documents[place.document_id], place.span)
            for place in known.places
            if place.document_id in documents
            and [
                str(one.value)
                for one in find_document_numbers(place.span.of(documents[place.document_id].text))
            ]
            == [value]
        )

    def _right_number(self, number: Quantity) -> tuple[str, Match] | None:
        """The number that a document gives the document which the draft names beside `number`."""
        sentence = self._draft.sentence_at(number.span.start)
        if sentence is None:
            return None
        text = self._draft.text
        words = sentence.span.of(text)
        offset = number.span.start - sentence.span.start
        without = words[:offset] + words[offset + len(number.span) :]
        best: tuple[float, str, Match] | None = None
        for found in self._evidence.passages(without):
            document = found.document
            for theirs in _numbers_of(document, found.passage.span):
                likeness = self._likeness(without, sentence.around, document, theirs)
                if (
                    not _may_be_meant(str(number.value), str(theirs.value))
                    or likeness < _SAME_SENTENCE
                ):
                    continue
                if best is None or likeness > best[0]:
                    match = quote(document, theirs.span)
                    best = (likeness, str(theirs.value), match)
        return (best[1], best[2]) if best else None

    def _likeness(self, words: str, around: str, document: Document, theirs: Quantity) -> float:
        """How surely the draft's words name the document that `theirs` is the number of."""
        text = document.text
        start = (
            max(text.rfind("。", 0, theirs.span.start), text.rfind("\n", 0, theirs.span.start)) + 1
        )
        ends = [
            end
            for end in (text.find("。", theirs.span.end), text.find("\n", theirs.span.end))
            if end >= 0
        ]
        sentence = (
            text[start : theirs.span.start]
            + "，"
            + text[theirs.span.end : min(ends, default=len(text))]
        )
        titles = re.findall("《([^《》]+)》", sentence) or re.findall(
            "《([^《》]+)》", document.metadata.title
        )
        ours = re.findall("《([^《》]+)》", words)
        if ours and titles:
            return max(fuzz.ratio(one, other) for one in ours for other in titles) / 100
        said = pairs(fold(sentence)) or pairs(fold(document.metadata.title))
        wanted = pairs(fold(words + around))
        if len(said) < _FEWEST_PAIRS:
            return 0.0
        return len(said & wanted) / len(said)


def _may_be_meant(ours: str, theirs: str) -> bool:
    """Whether two document numbers have one issuer, or are the same but for it."""
    (issuer, number), (other, right) = ours.split("〔", 1), theirs.split("〔", 1)
    return issuer == other or number == right


def _is_slip_of_number(ours: str, theirs: str) -> bool:
    """Whether one character tells two document numbers apart, whatever stands before ours."""
    (mine, number), (issuer, right) = ours.split("〔", 1), theirs.split("〔", 1)
    if mine.endswith(issuer):
        return OSA.distance(number, right) == 1
    return number == right and OSA.distance(mine[-len(issuer) :], issuer) == 1


def _numbers_of(document: Document, within: Span) -> list[Quantity]:
    return [
        number
        for number in find_document_numbers(document.text[: within.end])
        if number.span.start >= within.start
    ]


def _names(document: Document, span: Span, key: str) -> bool:
    """Whether the document still has the title there, or bears it."""
    return key in {plain_title(span.of(document.text)), plain_title(document.metadata.title)}


def _is_slip(title: str, key: str) -> bool:
    """Whether `title` is `key` with a few characters wrong, none of which makes it another
    document's: a place, a year, an ordinal, an edition.
    """
    if sorted(_JOINED.sub("", title)) == sorted(_JOINED.sub("", key)):
        return True
    changes = [
        (title[step.src_start : step.src_end], key[step.dest_start : step.dest_end])
        for step in Levenshtein.opcodes(title, key)
        if step.tag != "equal"
    ]
    if sum(max(len(one), len(other)) for one, other in changes) > _MOST_CHANGES:
        return False
    if any(_NOT_A_SLIP.search(one + other) for one, other in changes):
        return False
    ours, theirs = ({stem(name) for _, name in place_spans(text)} for text in (title, key))
    return ours == theirs


def _has_same_subject(title: str, key: str) -> bool:
    """Whether only what kind of document it is differs: 指导意见 and 实施意见 on one thing."""
    same = Prefix.similarity(title, key)
    return (
        same >= _SHORTEST_SUBJECT
        and len(title) == len(key)
        and len(title) - same <= _LONGEST_FORM
        and title[-2:] == key[-2:]
    )


def _is_other_subject(title: str, key: str) -> bool:
    """Whether a whole word of `title` is another in `key`: 政务公开 and 政务服务 are two things."""
    return any(
        step.tag == "replace"
        and step.src_end - step.src_start > 1
        and set(title[step.src_start : step.src_end]).isdisjoint(
            key[step.dest_start : step.dest_end]
        )
        for step in Levenshtein.opcodes(title, key)
    )


def _found(
    span: Span,
    kind: FindingKind,
    verdict: Verdict,
    message: str,
    correction: str | None,
    matches: Sequence[Match],
) -> Finding:
    return Finding(
        start=span.start,
        end=span.end,
        kind=kind,
        verdict=verdict,
        message=message,
        correction=correction,
        matches=tuple(matches),
    )
