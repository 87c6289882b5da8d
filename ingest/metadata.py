"""What a document is: title, kind, issuer, place, dates, people, and who says what.

Each field is found by the first of several ways that gives evidence, and `Metadata.origins`
names the way; without evidence it stays unknown.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from ingest.facts.bylines import (
    Label,
    find_agency,
    find_dateline,
    find_editors,
    find_labels,
    find_reporters,
)
from ingest.facts.headlines import Headline, find_headline
from ingest.facts.issuers import find_document_number, find_issuer, find_kind
from ingest.facts.occasions import (
    DatedField,
    adoption_dates,
    find_subject_place,
    occasion_date,
    published_date,
    reported_date,
)
from ingest.facts.speakers import find_orator
from ingest.facts.speeches import find_speeches
from ingest.facts.transcripts import find_turns
from ingest.stages import CleanText
from rag.dates import first_date
from rag.documents import AttributedSpeech, Kind, Metadata, PartialDate, Place, Speaker
from rag.people import find_people, split_names
from rag.places import find_place
from rag.text import Span, trimmed_span

_Value = TypeVar("_Value", covariant=True)
_KINDS = {kind.value: kind for kind in Kind} | {
    "讲话": Kind.SPEECH,
    "新闻": Kind.NEWS,
    "报道": Kind.NEWS,
    "报告": Kind.REPORT,
    "政府工作报告": Kind.REPORT,
    "法律": Kind.LAW,
    "法规": Kind.LAW,
    "规章": Kind.LAW,
    "规范性文件": Kind.LAW,
    "资料卡": Kind.BRIEFING,
}
_PUBLISHER = re.compile(r"^[^，。；！？\s]{2,24}$")
_NO_PUBLISHER = re.compile(r"^(?:本站|本网|原创|网络|未知|转载|互联网|综合|其他|https?:.*)$")
_PUBLISHER_ENDS = re.compile(r"[\s\u3000|｜_*]|(?:19|20)\d{2}[年/.-]|[（(]")


@dataclass(frozen=True, slots=True)
class _Found(Generic[_Value]):
    """A value with the origin it was found by."""

    value: _Value
    origin: str


def _stated_date(clean: CleanText, field: str) -> _Found[PartialDate] | None:
    words = clean.stated.get(field, "").strip()
    if not words:
        return None
    date = first_date(words)
    if date is None:
        try:
            date = PartialDate.parse(words)
        except ValueError:
            return None
    return _Found(date, _stated_by(clean))


def _stated_by(clean: CleanText) -> str:
    return clean.stated_by or "stated"


def _stated(clean: CleanText, field: str) -> _Found[str] | None:
    words = clean.stated.get(field, "").strip()
    return _Found(words, _stated_by(clean)) if words else None


def _stated_names(clean: CleanText, field: str) -> _Found[tuple[str, ...]] | None:
    names = tuple(split_names(clean.stated.get(field, "")))
    return _Found(names, _stated_by(clean)) if names else None


def _kind(clean: CleanText, headline: Headline, *, number: str | None) -> _Found[Kind] | None:
    stated = _KINDS.get(clean.stated.get("kind", "").strip().lower())
    if stated is not None:
        return _Found(stated, _stated_by(clean))
    title = headline.title if headline.origin != "first_clause" else ""
    found = find_kind(clean.text, title=title, has_number=number is not None)
    return _Found(*found) if found else None


def _publisher(clean: CleanText, labels: Sequence[Label]) -> _Found[str] | None:
    stated = _stated(clean, "publisher")
    if stated:
        return stated
    for label in labels:
        name = _PUBLISHER_ENDS.split(label.value, maxsplit=1)[0]
        is_source = label.name.endswith("来源") and len(label.name) <= 4
        if is_source and _PUBLISHER.match(name) and not _NO_PUBLISHER.match(name):
            return _Found(name, "label")
    dateline = find_dateline(clean.text)
    agency = dateline.agency if dateline else find_agency(clean.text)
    return _Found(agency, "dateline") if agency and not agency.startswith("本") else None


def _issuer(clean: CleanText, headline: Headline, kind: Kind) -> _Found[str] | None:
    stated = _stated(clean, "issuer")
    if stated:
        return stated
    if kind is not Kind.LAW:
        return None
    first_line = headline.span.of(clean.text).replace("\n", "")
    found = find_issuer(clean.text, title=headline.title, headline=first_line)
    return _Found(*found) if found else None


def _dates(
    clean: CleanText, headline: Headline, kind: Kind, labels: Sequence[Label]
) -> tuple[_Found[PartialDate] | None, _Found[PartialDate] | None]:
    """Event date and publication date."""
    event: DatedField | None = None
    public: DatedField | None = None
    if kind is Kind.LAW:
        event, public = adoption_dates(clean.text, headline, labels)
    elif kind in {Kind.SPEECH, Kind.REPORT}:
        event = occasion_date(clean.text, headline)
    elif kind is Kind.NEWS:
        event = reported_date(clean.text, headline)
    public = published_date(clean.text, labels) or public
    stated_event = _stated_date(clean, "event_date")
    stated_public = _stated_date(clean, "published_date")
    return (
        stated_event or (_Found(event.date, event.origin) if event else None),
        stated_public or (_Found(public.date, public.origin) if public else None),
    )


def _place(
    clean: CleanText, headline: Headline, issuer: str | None, kind: Kind
) -> _Found[Place] | None:
    stated = _stated(clean, "place")
    if stated:
        place = find_place(stated.value)
        if place is not None:
            return _Found(place, stated.origin)
    found = find_subject_place(clean.text, headline=headline, issuer=issuer, kind=kind)
    return _Found(*found) if found else None


def _whole_speech(clean: CleanText, headline: Headline, kind: Kind) -> AttributedSpeech | None:
    """A speech or report as one stretch, said by whoever gave it, where that is known."""
    if kind not in {Kind.SPEECH, Kind.REPORT}:
        return None
    stated = clean.stated.get("speakers", "").strip()
    orator = find_orator(clean, headline, stated=stated)
    span = trimmed_span(clean.text, Span(headline.body, len(clean.text)))
    if orator is None or not len(span):
        return None
    return AttributedSpeech(span=span, speaker=orator.speaker, introduction=orator.introduction)


def _unique_speakers(speeches: Sequence[AttributedSpeech]) -> tuple[Speaker, ...]:
    speakers = dict[str, Speaker]()
    for speech in speeches:
        known = speakers.get(speech.speaker.name)
        if known is None or known.office is None:
            speakers[speech.speaker.name] = speech.speaker
    return tuple(speakers.values())


def _speeches(clean: CleanText, headline: Headline, kind: Kind) -> tuple[AttributedSpeech, ...]:
    if kind is Kind.LAW:
        return ()
    skipped = [heading.span for heading in clean.headings]
    inner = find_speeches(clean.text, people=find_people(clean.text), skipped=skipped)
    turns = find_turns(clean.text, skipped=skipped)
    whole = _whole_speech(clean, headline, kind)
    said = sorted((*turns, *inner), key=lambda speech: speech.span.start)
    return (*((whole,) if whole else ()), *said)


def describe(clean: CleanText, *, file_name: str) -> tuple[Metadata, tuple[AttributedSpeech, ...]]:
    """Everything that can be known about a text without guessing, and who says what in it.

    Returns:
        The metadata, and attributed speech in order of place: a speech or report as a whole
        first, where the speaker is known. Spans point into `clean.text`.
    """
    headline = find_headline(clean, file_name=file_name)
    labels = find_labels(clean.text)
    number = _stated(clean, "document_number")
    if number is None and (in_text := find_document_number(clean.text)):
        number = _Found(in_text, "text")
    kind = _kind(clean, headline, number=number.value if number else None)
    sort = kind.value if kind else Kind.OTHER
    issuer = _issuer(clean, headline, sort)
    event, public = _dates(clean, headline, sort, labels)
    reporters = find_reporters(clean.text)
    editors = find_editors(clean.text)
    speeches = _speeches(clean, headline, sort)
    fields: dict[str, _Found[object] | None] = {
        "kind": kind,
        "issuer": issuer,
        "publisher": _publisher(clean, labels),
        "place": _place(clean, headline, issuer.value if issuer else None, sort),
        "event_date": event,
        "published_date": public,
        "reporters": _Found(reporters, "text") if reporters else _stated_names(clean, "reporters"),
        "editors": _stated_names(clean, "editors")
        or (_Found(editors, "label") if editors else None),
        "document_number": number,
        "url": _stated(clean, "url"),
        "speakers": _Found(_unique_speakers(speeches), "text") if speeches else None,
    }
    known = {name: found for name, found in fields.items() if found is not None}
    origins = {"title": headline.origin} | {name: found.origin for name, found in known.items()}
    values = {name: found.value for name, found in known.items()}
    metadata = replace(Metadata(title=headline.title), origins=origins, **values)
    return metadata, speeches
