"""Fakes that look quotations up, verify them and check drafts, over the little library."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from rag.documents import Document, Filters, Kind, Speaker
from rag.errors import StorageError
from rag.quotations.attribution import is_said_by, read_person
from rag.quotations.comparison import ComparableText
from rag.quotations.quotation import (
    DiffPiece,
    Expression,
    Finding,
    FindingKind,
    LookUp,
    LookUpMode,
    Match,
    Order,
    Verdict,
    Verification,
    Wording,
)
from rag.quotations.quoting import quote
from rag.quotations.wording import read_quotation, read_term
from rag.text import Span, comparable, sentence_spans

if TYPE_CHECKING:
    from tests.ui.conftest import InMemoryShelf


def _places(shelf: "InMemoryShelf", core: str) -> list[tuple[Document, Span]]:
    """Where a comparable text stands, by document."""
    found = list[tuple[Document, Span]]()
    for document in shelf.documents.values():
        text = ComparableText.of(document.text)
        for place in re.finditer(re.escape(core), text.text):
            found.append((document, text.span_of(*place.span())))
    return found


def _like(shelf: "InMemoryShelf", core: str, *, least: float) -> list[Match]:
    """Sentences that are like a text, with a comparison, the most like first."""
    found = list[Match]()
    for document in shelf.documents.values():
        for span in sentence_spans(document.text):
            words = span.of(document.text)
            matcher = SequenceMatcher(None, core, words, autojunk=False)
            if least <= matcher.ratio() < 1:
                names = {"delete": "insert", "insert": "delete"}  # what the quotation did to it
                diff = tuple(
                    DiffPiece(operation=names.get(name, name), quoted=core[a:b], source=words[c:d])
                    for name, a, b, c, d in matcher.get_opcodes()
                )
                likeness = round(matcher.ratio(), 4)
                found.append(quote(document, span, similarity=likeness, diff=diff))
    return sorted(found, key=lambda match: -match.similarity)


def _with_first(matches: Sequence[Match]) -> tuple[Match, ...]:
    dated = [match.date for match in matches if match.date and match.date[0] != "-"]
    first = next((match for match in matches if match.date == min(dated, default="")), None)
    return tuple(replace(match, is_first=match is first) for match in matches)


@dataclass
class ShelfVerifier:
    """Compares with each sentence of the shelf; 故障 and 存储坏 fail."""

    shelf: "InMemoryShelf"
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    def verify(self, text: str, *, speaker: str | None = None, limit: int = 20) -> Verification:
        self.asked.append((text, speaker))
        if "故障" in text:
            raise RuntimeError("secret detail /etc/passwd")
        if "存储坏" in text:
            raise StorageError("目录数据库读不出来")
        core = read_quotation(text).core
        places = _places(self.shelf, core)
        if not places:
            near = _like(self.shelf, text.strip("“” "), least=0.6)[:limit]
            if not near:
                return Verification(verdict=Verdict.NOT_FOUND, message="资料库里没有这段话。")
            message = f"与《{near[0].title}》的原文不同。"
            return Verification(verdict=Verdict.ALTERED, message=message, matches=tuple(near))
        person = read_person(speaker) if speaker else None
        matches = [quote(*place) for place in places]
        is_his = person is None or any(
            is_said_by(person, Speaker(name=match.speaker, office=match.office), document)
            for match, (document, _) in zip(matches, places, strict=True)
            if match.speaker
        )
        verdict = Verdict.EXACT if is_his else Verdict.MISATTRIBUTED
        where = f"《{matches[0].title}》"
        return Verification(
            verdict=verdict,
            message=f"与{where}的原文一致。" if is_his else f"原文见{where}，不是{speaker}讲的。",
            matches=_with_first(matches)[:limit],
            total=len(matches),
            documents=len({match.document_id for match in matches}),
            is_set_phrase=len(core) <= 6 and len(matches) > 2,
        )


@dataclass
class ShelfQuotations:
    """Looks words up on the shelf; for what stands there often it tells years and expansions."""

    shelf: "InMemoryShelf"
    asked: list[dict[str, object]] = field(default_factory=list)

    def look_up(
        self,
        text: str,
        *,
        mode: LookUpMode = LookUpMode.EXACT,
        filters: Filters = Filters(),
        order: Order = Order.RELEVANCE,
        with_briefings: bool = False,
        limit: int = 20,
        skip: int = 0,
    ) -> LookUp:
        self.asked.append({
            "text": text, "mode": mode, "filters": filters, "order": order,
            "with_briefings": with_briefings, "limit": limit, "skip": skip,
        })  # fmt: skip
        if "故障" in text:
            raise RuntimeError("secret detail /etc/passwd")
        term = read_term(text)
        if term is None:
            raise ValueError("没有可以查找的文字：请输入要查的原话，至少两个字")
        verbatim = [quote(*place) for place in _places(self.shelf, term.core)]
        found = [*verbatim]
        if mode is not LookUpMode.EXACT:
            least = 0.4 if mode is LookUpMode.NEAR else 0.15
            near = _like(self.shelf, text.strip("“” "), least=least)
            bare = [replace(match, diff=()) for match in near]
            found = bare if mode is LookUpMode.MEANING else [*verbatim, *bare]
        kept = [
            match
            for match in found
            if (with_briefings or match.kind is not Kind.BRIEFING)
            and filters.kind in {None, match.kind}
            and (filters.speaker is None or (match.speaker or "") in filters.speaker)
            and (filters.speaker is None or match.speaker)
        ]
        if order is Order.DATE:
            kept.sort(key=lambda match: match.date or "9999")
        more = skip + limit if len(kept) > skip + limit else None
        return LookUp(
            matches=tuple(kept[skip : skip + limit]),
            following=more,
            total=len(verbatim) if mode is not LookUpMode.MEANING else None,
            expression=None if skip or not verbatim else self._expression(term.core, verbatim),
        )

    def _expression(self, core: str, verbatim: list[Match]) -> Expression | None:
        if len(core) > 14:
            return None
        documents = {match.document_id: match for match in verbatim}.values()
        dated = sorted(
            (match for match in documents if match.date and match.date[0] != "-"),
            key=lambda match: match.date or "",
        )
        years = Counter(int(match.date[:4]) for match in dated if match.date)
        wording = Wording(
            text=core,
            total=len(verbatim),
            documents=len(documents),
            by_year=dict(sorted(years.items())),
            first=dated[0] if dated else None,
            latest=dated[-1] if dated else None,
        )
        expansions = [
            quote(document, Span(*found.span(1)))
            for document in self.shelf.documents.values()
            for found in re.finditer(re.escape(core) + "，即([^。]+)", document.text)
        ]
        return Expression(wordings=(wording,), expansions=tuple(expansions))


_TO_CHECK = re.compile(
    r"(?:(?P<speaker>[\u4e00-\u9fff]{2,8}?)(?:指出|强调|说)[，：])?“(?P<quoted>[^“”]{4,})”"
    r"|《(?P<title>[^《》]+)》|党政机构(?P<figure>[𠮷一二三四五六七八九十]+个)|(?P<open>“)"
)


@dataclass
class ShelfChecker:
    """Checks quotations, titles, one figure and unpaired marks of a draft; 故障 fails."""

    verifier: ShelfVerifier
    asked: list[str] = field(default_factory=list)

    def check(self, text: str) -> list[Finding]:
        self.asked.append(text)
        if "故障" in text:
            raise RuntimeError("secret detail /etc/passwd")
        return [self._finding(found) for found in _TO_CHECK.finditer(text)][::-1]

    def _finding(self, found: re.Match[str]) -> Finding:
        name = found.lastgroup or ""
        span = {"start": found.start(name), "end": found.end(name)}
        match name:
            case "quoted":
                known = self.verifier.verify(found[name], speaker=found["speaker"])
                altered = known.verdict is Verdict.ALTERED
                return Finding(
                    **span,
                    kind=FindingKind.QUOTATION,
                    verdict=known.verdict,
                    message=known.message,
                    correction=known.matches[0].quote if altered else None,
                    matches=known.matches,
                )
            case "title":
                return self._title(found[name], span)
            case "figure":
                return self._figure(found[name], span)
            case _:
                return Finding(
                    **span,
                    kind=FindingKind.QUOTATION_MARK,
                    verdict=Verdict.ALTERED,
                    message="引号没有成对。",
                )

    def _title(self, title: str, span: dict[str, int]) -> Finding:
        titles = [document.metadata.title for document in self.verifier.shelf.documents.values()]
        near = [one for one in titles if SequenceMatcher(None, one, title).ratio() > 0.7]
        kind = FindingKind.TITLE
        if title in titles:
            return Finding(**span, kind=kind, verdict=Verdict.EXACT, message="标题一致。")
        if near:
            message = f"资料库里的标题是《{near[0]}》。"
            return Finding(
                **span, kind=kind, verdict=Verdict.ALTERED, message=message, correction=near[0]
            )
        message = "资料库里没有这份文件。"
        return Finding(**span, kind=kind, verdict=Verdict.NOT_FOUND, message=message)

    def _figure(self, figure: str, span: dict[str, int]) -> Finding:
        """Against the sentence of the library that says how many there are."""
        for document in self.verifier.shelf.documents.values():
            for said in re.finditer(r"党政机构([𠮷一二三四五六七八九十]+个)", document.text):
                place = quote(document, Span(*said.span(1)))
                same = comparable(said[1]) == comparable(figure)
                return Finding(
                    **span,
                    kind=FindingKind.FIGURE,
                    verdict=Verdict.EXACT if same else Verdict.ALTERED,
                    message="与出处一致。" if same else f"《{place.title}》里是{said[1]}。",
                    correction=None if same else said[1],
                    matches=(place,),
                )
        raise AssertionError("the library has the figure")
