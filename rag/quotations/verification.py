"""Is this what the document says, and who says it? The file to read first.

read_quotation  what was typed → the words that are looked for
occurrences     words → places in the library, by fingerprints
confirmed       places → spans that hold the words to the letter
is_said_by      spans → those that the person is said to have said
near            words that stand nowhere → the stretches most like them
altered         stretches → those that are alike, with a diff, or two that were put together
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice, pairwise
from typing import Final

from rag.documents import Document, Filters, Kind
from rag.quotations.alignment import align
from rag.quotations.attribution import Person, is_said_by, read_person, speeches_at
from rag.quotations.finding import Nearness, QuotationFinder
from rag.quotations.occurrences import Occurrences
from rag.quotations.quotation import DiffPiece, Match, Verdict, Verification
from rag.quotations.quoting import quote
from rag.quotations.wording import SHORTEST, Quotation, read_quotation
from rag.text import Span, in_title_marks

MATCHES: Final = 20
_NEAR_MATCHES: Final = 5
_LONGEST_SET_PHRASE: Final = 12
_FEWEST_DOCUMENTS: Final = 3
_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")
_CLAUSE_MARKS: Final = frozenset("，。；：！？,;:!?")
# How like a quotation its source must be at least, by the length of the quotation.
_LEAST_ALIKE: Final = ((6, 0.74), (12, 0.7), (2**31, 0.6))
# So much less like it than the best may another stretch be that is shown too.
_LESS_ALIKE: Final = 0.15
# So many places are looked through for one that is the person's own.
_LOOKED_THROUGH: Final = 200
_COMPOSED: Final = 0.85
_COVERED_TOGETHER: Final = 0.9
_SHORTEST_SHARE: Final = 8
_SHORTEST_SENTENCE: Final = 6
_FEWEST_OF_TERM: Final = 3


class Verifier:
    """Verifies quotations against the library.

    Any thread may call it. It may raise StorageError and IndexingError.
    """

    def __init__(self, finder: QuotationFinder) -> None:
        self._finder = finder

    def verify(
        self, text: str, *, speaker: str | None = None, limit: int = MATCHES
    ) -> Verification:
        """What the library knows about a quotation.

        Args:
            text: The quotation, of 4 to 2,000 characters.
            speaker: Who is said to have said it, with or without office; None asks for the
                words alone.
            limit: At most so many matches.

        Raises:
            ValueError: `text` is no quotation; the message is for the user.
        """
        quotation = read_quotation(text)
        asked = read_person(speaker) if speaker and speaker.strip() else None
        occurrences = self._finder.occurrences(quotation.core)
        verbatim = self._verbatim(quotation, occurrences, asked, limit)
        if not verbatim:
            occurrences = Occurrences.listed(())
            verbatim = list(islice(self._finder.with_omissions(quotation), limit))
        near = [] if verbatim else self._near(quotation)
        if near and near[0].is_verbatim:  # in a document that was not fingerprinted yet
            verbatim = [
                (one.document, span)
                for one in near
                if one.is_verbatim
                and (span := self._finder.verbatim_span(quotation, one.document, one.start))
            ]
        if verbatim:
            return self._attributed(quotation, verbatim, occurrences, asked, speaker or "", limit)
        return self._altered(quotation, near, asked, speaker or "")

    def places(self, text: str, *, limit: int) -> list[tuple[Document, Span]]:
        """Where a text stands to the letter, the earliest first.

        Args:
            text: As for `verify`.
            limit: At most so many.

        Raises:
            ValueError: `text` is no quotation; the message is for the user.
        """
        quotation = read_quotation(text)
        found = self._finder.occurrences(quotation.core)
        return list(islice(self._finder.confirmed(quotation, found), limit))

    def _verbatim(
        self,
        quotation: Quotation,
        occurrences: Occurrences,
        asked: Person | None,
        limit: int,
    ) -> list[tuple[Document, Span]]:
        """The first confirmed places, and those further on that are the person's own."""
        found = list(islice(self._finder.confirmed(quotation, occurrences), limit))
        if asked is None or occurrences.total <= limit or _said(found, asked):
            return found
        further = islice(self._finder.confirmed(quotation, occurrences), limit, _LOOKED_THROUGH)
        found += _said(further, asked)[:limit]
        if asked.name and occurrences.total > _LOOKED_THROUGH:
            among = self._finder.occurrences(quotation.core, filters=Filters(speaker=asked.name))
            places = islice(self._finder.confirmed(quotation, among), _LOOKED_THROUGH)
            found += _said(places, asked)[:limit]
        once = {(document.document_id, span): (document, span) for document, span in found}
        return list(once.values())

    def _attributed(
        self,
        quotation: Quotation,
        places: Sequence[tuple[Document, Span]],
        occurrences: Occurrences,
        asked: Person | None,
        speaker: str,
        limit: int,
    ) -> Verification:
        said = list[Match]()
        others = list[Match]()
        for document, span in places:
            mine = [
                speech
                for speech in speeches_at(document, span)
                if asked is not None and is_said_by(asked, speech.speaker, document)
            ]
            match = quote(document, span, preferred=mine[0] if mine else None)
            (said if mine else others).append(match)
        matches = _with_first((*said, *others)[:limit])
        verdict = Verdict.EXACT if asked is None or said else Verdict.MISATTRIBUTED
        total = max(occurrences.total, len(matches))
        documents = max(occurrences.documents, len({match.document_id for match in matches}))
        is_set_phrase = _is_set_phrase(quotation, documents)
        return Verification(
            verdict=verdict,
            message=_message(verdict, matches, documents, speaker, is_set_phrase=is_set_phrase)
            + _cut_number(*places[0]),
            matches=matches,
            total=total,
            documents=documents,
            is_set_phrase=is_set_phrase,
        )

    def _near(self, quotation: Quotation) -> list[Nearness]:
        """Stretches that are like the quotation, the most like it first."""
        near = self._finder.near(quotation.core, only_source=True)
        return sorted(near, key=lambda one: one.order)

    def _altered(
        self,
        quotation: Quotation,
        found: Sequence[Nearness],
        asked: Person | None,
        speaker: str,
    ) -> Verification:
        pieces = _composed_of(quotation.core, found)
        kept = [] if pieces else self._alike(quotation.core, found)
        if kept:
            matches = tuple(_near_match(quotation, one) for one in kept)
            message = _altered_message(matches[0]) + _other_speaker(kept[0], asked, speaker)
            return Verification(verdict=Verdict.ALTERED, message=message, matches=matches)
        if pieces:
            matches = tuple(_part_match(quotation, one) for one in pieces)
            titles = "和".join(dict.fromkeys(in_title_marks(match.title) for match in matches))
            return Verification(
                verdict=Verdict.ALTERED,
                message=f"库中没有这段话：它由{titles}里不在一处的文字拼接而成。",
                matches=matches,
            )
        return Verification(
            verdict=Verdict.NOT_FOUND,
            message="资料库里没有这段话，也没有相近的原文；库中未见，不等于没有人说过。",
        )

    def _alike(self, core: str, found: Sequence[Nearness]) -> list[Nearness]:
        """The first of them that are like the quotation, none of them far less than the best."""
        least = next(least for length, least in _LEAST_ALIKE if len(core) < length)
        kept = list[Nearness]()
        for one in found:
            if one.likeness < least or len(kept) == _NEAR_MATCHES:
                break
            # Any four characters are like some others: only a term counts.
            if len(core) >= _SHORTEST_SENTENCE or self._is_term(one):
                kept.append(one)
                least = max(least, kept[0].likeness - _LESS_ALIKE)
        return kept

    def _is_term(self, one: Nearness) -> bool:
        """Whether the document marks the stretch as a term, or it is common."""
        text = one.text.text
        if text[one.start - 1 : one.start] == '"' == text[one.end : one.end + 1]:
            return True
        term = text[one.start : one.end]
        return len(term) >= SHORTEST and self._finder.occurrences(term).total >= _FEWEST_OF_TERM


def _said(places: Iterable[tuple[Document, Span]], asked: Person) -> list[tuple[Document, Span]]:
    """Those that the person is said to have said."""
    return [
        (document, span)
        for document, span in places
        if any(
            is_said_by(asked, speech.speaker, document) for speech in speeches_at(document, span)
        )
    ]


def _composed_of(core: str, found: Sequence[Nearness]) -> list[Nearness]:
    """The two stretches whose words together make up the quotation, or none.

    None, too, where one of them alone is the quotation but for a few characters.
    """
    if not found or found[0].likeness >= _COMPOSED:
        return []
    first = max(found, key=lambda one: one.alignment.covered)
    best: Nearness | None = None
    most = 0
    for one in found:
        added = sum(
            ours and not theirs
            for ours, theirs in zip(one.alignment.cells, first.alignment.cells, strict=True)
        )
        apart = (
            one.document is not first.document or one.end <= first.start or first.end <= one.start
        )
        if apart and added > most:
            best, most = one, added
    covered = sum(first.alignment.cells)
    enough = covered + most >= _COVERED_TOGETHER * len(core)
    if best is None or not enough or min(covered, most) < _SHORTEST_SHARE:
        return []
    return sorted((first, best), key=lambda one: one.alignment.cells.find(b"\1"))


def _near_match(quotation: Quotation, one: Nearness) -> Match:
    """A match with its diff."""
    span = one.text.span_of(one.start, one.end)
    return quote(
        one.document,
        span,
        similarity=round(min(one.alignment.similarity, 0.9999), 4),
        diff=_diff(quotation, span, one),
    )


def _part_match(quotation: Quotation, one: Nearness) -> Match:
    """A match of only that part of the quotation that stands there; the rest is its own."""
    cells = one.alignment.cells
    first, last = cells.find(b"\1"), cells.rfind(b"\1") + 1
    part = align(quotation.core[first:last], one.text.text[one.start : one.end])
    assert part is not None
    pieces = [(operation, first + end, place) for operation, end, place in part.pieces]
    if first:
        pieces.insert(0, ("insert", first, 0))
    if last < len(quotation.core):
        pieces.append(("insert", len(quotation.core), part.end - part.start))
    similarity = one.alignment.similarity
    return _near_match(
        quotation,
        replace(
            one,
            start=one.start + part.start,
            end=one.start + part.end,
            alignment=replace(part, similarity=similarity, pieces=tuple(pieces)),
        ),
    )


def _diff(quotation: Quotation, span: Span, one: Nearness) -> tuple[DiffPiece, ...]:
    steps = one.alignment.pieces
    ours = quotation.cuts([end for _, end, _ in steps])
    theirs = [span.start, *one.text.cuts([one.start + end for _, _, end in steps[:-1]], span)]
    theirs.append(span.end)
    return tuple(
        DiffPiece(
            operation=operation,
            quoted=quotation.typed.original[our_start:our_end],
            source=one.text.original[their_start:their_end],
        )
        for (operation, _, _), (our_start, our_end), (their_start, their_end) in zip(
            steps, pairwise(ours), pairwise(theirs), strict=True
        )
    )


def _with_first(matches: Iterable[Match]) -> tuple[Match, ...]:
    """The matches, the earliest of them marked; a date without a year is none.

    A briefing never is: it is dated by what it tells of, and nobody's words.
    """
    matches = tuple(matches)
    dated = [
        match
        for match in matches
        if match.date and not match.date.startswith("-") and match.kind is not Kind.BRIEFING
    ]
    if not dated:
        return matches
    first = min(dated, key=lambda match: (match.date or "", match.document_id, match.start))
    return tuple(replace(match, is_first=match is first) for match in matches)


def _is_set_phrase(quotation: Quotation, documents: int) -> bool:
    return (
        len(quotation.core) <= _LONGEST_SET_PHRASE
        and documents >= _FEWEST_DOCUMENTS
        and _CLAUSE_MARKS.isdisjoint(quotation.core)
    )


def _message(
    verdict: Verdict,
    matches: Sequence[Match],
    documents: int,
    speaker: str,
    *,
    is_set_phrase: bool,
) -> str:
    where = in_title_marks(matches[0].title)
    spread = f"，共见于 {documents} 份文件" if documents > 1 else ""
    if is_set_phrase:
        phrase = f"这是常用提法{spread}，不宜当作某个人的原话"
        if verdict is Verdict.EXACT:
            return f"{phrase}。"
        return f"{phrase}；库中没有文件说{speaker}讲过它。"
    if verdict is Verdict.EXACT:
        return f"与{where}的原文一致{spread}。"
    real = next((match for match in matches if match.speaker), None)
    if real is None:
        return f"原文见{where}{spread}，但文件没有说这是谁讲的，不能算作{speaker}的话。"
    title = in_title_marks(real.title)
    return f"这段话据{title}是{_named(real)}讲的，库中没有文件说{speaker}讲过{spread}。"


def _cut_number(document: Document, span: Span) -> str:
    """A warning where the quotation takes only a part of a number along: 7个 of 37个."""
    for number in _NUMBER.finditer(document.text, max(0, span.start - 20), span.end + 20):
        whole = Span(*number.span())
        if whole.overlaps(span) and not span.contains(whole):
            return f"注意：原文此处的数字是“{number.group()}”，引文只截取了一部分。"
    return ""


def _named(match: Match) -> str:
    return f"{match.office or ''}{match.speaker}"


def _altered_message(match: Match) -> str:
    changes = sum(piece.operation != "equal" for piece in match.diff)
    return f"与{in_title_marks(match.title)}的原文有 {changes} 处不同。"


def _other_speaker(one: Nearness, asked: Person | None, speaker: str) -> str:
    if asked is None:
        return ""
    span = one.text.span_of(one.start, one.end)
    speeches = speeches_at(one.document, span)
    if any(is_said_by(asked, speech.speaker, one.document) for speech in speeches):
        return ""
    if speeches:
        return f"原文是{speeches[0].speaker.name}讲的，不是{speaker}。"
    return f"文件也没有说原文是{speaker}讲的。"
