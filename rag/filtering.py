"""What filters mean: names of places with and without their suffix, and partial dates."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from rag.documents import Document, Filters, Metadata, PartialDate
from rag.text import fold

_PEOPLES = (
    "蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水|东乡|"
    "纳西|景颇|柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|乌孜别克|俄罗斯|"
    "鄂温克|德昂|保安|裕固|京|塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺|各"
)
_PLACE = re.compile(
    rf"(.{{2,}}?)(?:(?:(?:{_PEOPLES})族?)*自治[区州县旗]|特别行政区|新区|地区|[省市区县州盟旗])"
)
_BETWEEN_ISSUERS = re.compile(r"[、，,；;\s]+")


class NameRole(StrEnum):
    """As what a name stands in a document."""

    PLACE = "place"
    SPEAKER = "speaker"
    ISSUER = "issuer"


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedName:
    """A name by which a document is found; both forms are normalised."""

    role: NameRole
    name: str
    stem: str


def place_stem(name: str) -> str:
    """A place's name without its suffix: 郑州市 → 郑州, 广西壮族自治区 → 广西.

    At least two characters stay. A name without a suffix is its own stem: 郑州.
    """
    match = _PLACE.fullmatch(name)
    return match[1] if match else name


def _comparable(name: str) -> str:
    return fold(name)


def indexed_names(document: Document) -> set[IndexedName]:
    """Every name by which a filter finds `document`."""
    return set(_names(document))


def _names(document: Document) -> Iterator[IndexedName]:
    metadata = document.metadata
    if metadata.place is not None:
        for place in (metadata.place.name, *metadata.place.within):
            name = _comparable(place)
            yield IndexedName(role=NameRole.PLACE, name=name, stem=place_stem(name))
    attributed = (speech.speaker for speech in document.speeches)
    for speaker in (*metadata.speakers, *attributed):
        name = _comparable(speaker.name)
        yield IndexedName(role=NameRole.SPEAKER, name=name, stem=name)
    if metadata.issuer is not None:
        for issuer in (metadata.issuer, *_BETWEEN_ISSUERS.split(metadata.issuer)):
            if name := _comparable(issuer):
                yield IndexedName(role=NameRole.ISSUER, name=name, stem=name)


def _first_day(date: PartialDate) -> str:
    return f"{date.year:04}-{date.month or 1:02}-{date.day or 1:02}"


def _last_day(date: PartialDate) -> str:
    return f"{date.year:04}-{date.month or 12:02}-{date.day or 31:02}"


def date_range(metadata: Metadata) -> tuple[str, str]:
    """The first and last day that the document's date may mean, as YYYY-MM-DD.

    The publication date, else the event date; one without a year counts as none. Both are
    empty when there is none.
    """
    for date in (metadata.published_date, metadata.event_date):
        if date is not None and date.year is not None:
            return _first_day(date), _last_day(date)
    return "", ""


def _filter_date(text: str) -> PartialDate:
    try:
        date = PartialDate.parse(text)
    except ValueError as error:
        message = f"日期 {text!r} 看不懂：请写成 2019、2019-03 或 2019-03-22"
        raise ValueError(message) from error
    if date.year is None:
        message = f"日期 {text!r} 没有年份：请写成 2019、2019-03 或 2019-03-22"
        raise ValueError(message)
    return date


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A part of a WHERE clause over the table `documents`, with its values."""

    sql: str
    values: tuple[str, ...]


_NAMED = "document_id IN (SELECT document_id FROM names WHERE role = ? AND {})"


def conditions(filters: Filters) -> list[Condition]:
    """What a document must fulfil; no conditions when the filters ask for nothing.

    A place is found by its full name and by its name without suffix, whichever of the two the
    document or the filter has; 赤水市 does not find 赤水县. An issuer is found by its own name
    among several (中共中央 国务院). A partial date matches when it may lie in the range.

    Raises:
        ValueError: A date is malformed or has no year.
    """
    return [*_field_conditions(filters), *_name_conditions(filters), *_date_conditions(filters)]


def _field_conditions(filters: Filters) -> Iterator[Condition]:
    if filters.collection is not None:
        yield Condition(sql="collection = ?", values=(filters.collection,))
    if filters.kind is not None:
        yield Condition(sql="kind = ?", values=(filters.kind.value,))
    if filters.document_ids is not None:
        yield Condition(
            sql="document_id IN (SELECT value FROM json_each(?))",
            values=(json.dumps(filters.document_ids),),
        )


def _name_conditions(filters: Filters) -> Iterator[Condition]:
    if filters.place is not None:
        name = _comparable(filters.place)
        stem = place_stem(name)
        either = "(name IN (?, ?) OR stem = ? OR (stem = ? AND substr(name, -1) = ?))"
        yield Condition(
            sql=_NAMED.format(either), values=(NameRole.PLACE, name, stem, name, stem, name[-1:])
        )
    for role, wanted in ((NameRole.SPEAKER, filters.speaker), (NameRole.ISSUER, filters.issuer)):
        if wanted is not None:
            yield Condition(sql=_NAMED.format("name = ?"), values=(role, _comparable(wanted)))


def _date_conditions(filters: Filters) -> Iterator[Condition]:
    if filters.date_from is not None:
        day = _first_day(_filter_date(filters.date_from))
        yield Condition(sql="date_last >= ?", values=(day,))
    if filters.date_to is not None:
        day = _last_day(_filter_date(filters.date_to))
        yield Condition(sql="date_first <> '' AND date_first <= ?", values=(day,))
