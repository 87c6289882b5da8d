"""Ready references to a document: GB/T 7714—2015, GB/T 7714—2025, and a plain in-text form.

Both standards were read in public transcriptions (the body text and the examples of each), not
in print. Numbers are clauses; the first is of 2015, the second of 2025 where they differ.

What both ask for, and what is done here:

* Authors come first, up to three, then 等 (8.1.2; 7.1.2). Without an author the numeric system
  begins with the title; 佚名 is not needed (8.1.3; 7.1.3).
* A title is given as the document has it (8.2; 7.2.1). One that the document does not have
  stands in [ ] (7.2; 7.2.1). A document number is further information on the title, behind a
  colon, before the type (8.2.3; 7.2.3, and the example 4.6.2 [2] of 2015).
* From a newspaper: name, then date and section (8.8.5; 8.5.1.4). The section (版次) is left
  out: a file's page number is not it.
* Without a place or a publisher: [出版地不详], [出版者不详], abroad [S.l.], [s.n.]; electronic
  documents leave both out (8.4.1.3, 8.4.2.3). 2025 says "may" and requires what there is, "有则
  必备" (7.5.2.3, 7.5.3.3), so there they are left out.
* A year that is estimated stands in [ ] (8.4.3.3; 7.5.4.3): the year of the event where news, or
  what a newspaper printed, has no date of publication. On a web page it is left out, since a
  date in [ ] is there the date of citation. A date without a year is left out.
* A page follows a colon, after the year (4.1.2) or date (8.8.3). In 2025 web pages have none.
* Dates are YYYY-MM-DD (8.4.4; 7.6), shorter where less is known.
* Type codes (appendix B; appendix A): N newspaper, R report, EB web page, Z other, /OL online.
  Neither standard has a code for laws, notices or speeches. 2015 shows a numbered notice as
  [A/OL] (4.6.2 [2]) and a law online as [EB/OL] (A.10 [3]). 2025 has no such example; there
  what is online and of no other type is a web page, EB (8.11.1).
* Punctuation: 2015 does not settle its width; half width with a space is what the usual styles
  print. The draft of 2025 says that "." and "[ ]" are half width and the other marks full width;
  the final text was not seen to say so, but is reported to be printed so, and so it is here.

What could not be verified or is a choice of this module:

* The date of citation is required for web pages (4.6.1; 8.11.3) and, in 2015, for all that is
  online. Nobody knows when the reader saw the page, neither standard says what then, and none
  is invented: it is left out, and the reader has to add it. In 2025 newspapers and reports
  online need none (8.5.2, 8.8.2).
* 2025 gives no layout for Z; that of reports (8.8.3) is used, with the publisher where known.
* Names of sites are not given beside a URL, as in the examples of both standards.
* Names in Latin letters are written as they come, not capitalised or abbreviated.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rag.documents import Document, Kind, Metadata, PartialDate
from rag.quotations.quotation import Reference
from rag.text import in_title_marks

_MOST_AUTHORS = 3
_OUTER_MARKS = " .．。,，;；:：、"
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_NAME_MARKS = re.compile(r"[、，,；;]")
_WHOLLY_QUOTED = re.compile(r"《([^《》]+)》")
_ONLINE = re.compile(r"(?:https?|ftp)://.", re.IGNORECASE)
_NEWSPAPER = re.compile(
    r"\S{2,}报(?:[\u4e00-\u9fff]{2,3}版)?(?:[(（][^()（）]*[)）])?|参考消息|南方周末|新华每日电讯"
)
_GAZETTE_OR_JOURNAL = re.compile(
    r"(?:(?<!大)公|通|(?<![科文])学|简|月|季|情|画)报(?:[\u4e00-\u9fff]{2,3}版)?(?:[(（].*)?$"
)
# 会议指出 is said by a body whose name stands elsewhere; as an author it tells nothing.
_NAMELESS_BODY = re.compile(
    r"会议|全会|大会|例会|(?:座谈|动员|推进|部署|调度|现场|常务|常委)会(?:会?议)?"
)
_NUMBER_OF_A_NOTICE = re.compile(r"[〔\[［【(（]\d{4}")
_GIVEN_BY_A_SPEAKER = {Kind.SPEECH, Kind.REPORT}
_MAY_BEAR_A_NUMBER = {Kind.LAW, Kind.REPORT, Kind.OTHER}
_MADE_UP_TITLES = {"first_clause", "file_name"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Marks:
    """The marks of one edition that differ in width."""

    comma: str
    colon: str


_HALF_WIDTH = _Marks(comma=", ", colon=": ")
_FULL_WIDTH = _Marks(comma="，", colon="：")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """What a reference is made of; empty means unknown.

    Attributes:
        title: In [ ] where the document has none.
        publisher: Newspaper, site or body.
        is_in_newspaper: Whether the publisher is one.
        url: An address on the web, or empty.
        date: As PartialDate writes it, or an estimated year in [ ].
        page: Of the file.
        is_chinese: Whether what is unknown is named in Chinese.
    """

    kind: Kind
    authors: tuple[str, ...]
    title: str
    number: str
    publisher: str
    is_in_newspaper: bool
    url: str
    date: str
    page: int | None
    is_chinese: bool

    @property
    def year(self) -> str:
        """In [ ] where it is estimated."""
        return self.date if self.date.startswith("[") else self.date[:4]

    @property
    def exact_date(self) -> str:
        """The date unless it is estimated."""
        return "" if self.date.startswith("[") else self.date


def reference_to(
    document: Document, *, page: int | None = None, speaker: str | None = None
) -> Reference:
    """References to `document` from what its metadata say; nothing is guessed.

    The author is who gave a speech or report, who issued a law or notice, who wrote a news item.

    Args:
        document: A title is all that must be known.
        page: The page of the file that holds the quotation; not the section of a newspaper.
        speaker: Who said the quotation: named in the text, and the author of a speech of which
            the document itself does not say who gave it.

    Returns:
        Three texts, each a single line, none empty.
    """
    metadata = document.metadata
    orator = _orator(document, speaker)
    entry = _entry(metadata, page=page, orator=orator)
    return Reference(
        gbt7714_2015=_by_2015(entry),
        gbt7714_2025=_by_2025(entry),
        in_text=_in_text(metadata, who=_named(speaker) or orator),
    )


def _entry(metadata: Metadata, *, page: int | None, orator: str) -> _Entry:
    authors = _authors(metadata, orator)
    title = _marked_title(metadata)
    number = _tidy(metadata.document_number) if metadata.kind in _MAY_BEAR_A_NUMBER else ""
    publisher = _tidy(metadata.publisher)
    url = _address(metadata.url)
    in_newspaper = _is_newspaper(publisher)
    return _Entry(
        kind=metadata.kind,
        authors=authors,
        title=title,
        number="" if number in title else number,
        publisher=publisher,
        is_in_newspaper=in_newspaper,
        url=url,
        date=_date(metadata, is_in_newspaper=in_newspaper, is_online=bool(url)),
        page=page,
        is_chinese=_CHINESE.search(title + "".join(authors)) is not None,
    )


def _tidy(words: str | None) -> str:
    """On one line and without marks at its ends, which the reference sets itself."""
    return " ".join((words or "").split()).strip(_OUTER_MARKS)


def _is_newspaper(publisher: str) -> bool:
    """Whether the name is that of a newspaper, not of a gazette or a journal."""
    is_named_so = _NEWSPAPER.fullmatch(publisher) is not None
    return is_named_so and _GAZETTE_OR_JOURNAL.search(publisher) is None


def _address(url: str | None) -> str:
    address = "%20".join((url or "").split())
    return address if _ONLINE.match(address) else ""


def _title(metadata: Metadata) -> str:
    """The title without 《》 around the whole of it, marked where the document is invented."""
    title = _tidy(metadata.title) or " ".join(metadata.title.split()) or "题名不详"
    if wholly_quoted := _WHOLLY_QUOTED.fullmatch(title):
        title = wholly_quoted[1]
    is_unmarked_sample = metadata.is_sample and "示例" not in title
    return f"【示例】{title}" if is_unmarked_sample else title


def _has_title(metadata: Metadata) -> bool:
    return metadata.origins.get("title") not in _MADE_UP_TITLES and bool(metadata.title.strip())


def _marked_title(metadata: Metadata) -> str:
    title = _title(metadata)
    return title if _has_title(metadata) else f"[{title}]"


def _named(speaker: str | None) -> str:
    """The speaker, or nothing where the name tells nothing."""
    name = _tidy(speaker)
    return "" if _NAMELESS_BODY.fullmatch(name) else name


def _orator(document: Document, speaker: str | None) -> str:
    """Who gave a speech or report: who says most of it, or the only one known to speak."""
    if document.metadata.kind not in _GIVEN_BY_A_SPEAKER:
        return ""
    for speech in document.speeches:
        if 2 * len(speech.span) >= len(document.text):
            return _named(speech.speaker.name)
    if document.speeches:
        return ""
    names = [each.name for each in document.metadata.speakers] or [speaker]
    return _named(names[0]) if len(names) == 1 else ""


def _authors(metadata: Metadata, orator: str) -> tuple[str, ...]:
    issuers = _NAME_MARKS.split(metadata.issuer or "")
    writers = metadata.reporters
    groups: tuple[Iterable[str], ...]
    if metadata.kind in _GIVEN_BY_A_SPEAKER:
        groups = ([orator], issuers, writers)
    elif metadata.kind is Kind.LAW:
        groups = (issuers,)
    else:
        groups = (writers, issuers)
    for group in groups:
        names = tuple(dict.fromkeys(filter(None, map(_tidy, group))))
        if names:
            return names
    return ()


def _date(metadata: Metadata, *, is_in_newspaper: bool, is_online: bool) -> str:
    """The date that the reference gives, else an estimated year in [ ], else nothing.

    A newspaper and a page on the web have the date of their publication, what is known without
    them that of the document itself. Only a newspaper's date is never that of the event.
    """
    published = _with_year(metadata.published_date)
    event = _with_year(metadata.event_date)
    given = None if is_in_newspaper else _when_given(metadata)
    date = (published or given) if is_in_newspaper or is_online else given
    if date is not None:
        return str(date)
    is_near_its_event = metadata.kind is Kind.NEWS or (
        is_in_newspaper and metadata.kind is not Kind.BRIEFING
    )
    return f"[{event.year}]" if event is not None and is_near_its_event else ""


def _when_given(metadata: Metadata) -> PartialDate | None:
    """When a speech was given, a law or notice issued, anything else published.

    A law adopted one day and announced another is of the latter, but a notice that a site
    reprints in another year is still of its own.
    """
    published = _with_year(metadata.published_date)
    event = _with_year(metadata.event_date)
    is_issued = metadata.kind is Kind.LAW or (
        metadata.kind is Kind.OTHER and metadata.issuer is not None
    )
    if event is None or not (is_issued or metadata.kind in _GIVEN_BY_A_SPEAKER):
        return published
    if is_issued and published is not None and published.year == event.year:
        return published
    return event


def _with_year(date: PartialDate | None) -> PartialDate | None:
    return None if date is None or date.year is None else date


def _by_2015(entry: _Entry) -> str:
    if entry.is_in_newspaper:
        code, source = "N", _HALF_WIDTH.comma.join(filter(None, [entry.publisher, entry.date]))
    elif entry.url:
        code, source = _code_2015(entry), _online_2015(entry)
    else:
        code, source = _code_2015(entry), _imprint_2015(entry)
    return _assembled(entry, code=code, source=source, marks=_HALF_WIDTH)


def _code_2015(entry: _Entry) -> str:
    if entry.kind is Kind.REPORT:
        return "R"
    if _NUMBER_OF_A_NOTICE.search(entry.number):
        return "A"
    return "EB" if entry.url else "Z"


def _online_2015(entry: _Entry) -> str:
    """2019: 8(2019-03-22), or the date alone."""
    if not entry.exact_date:
        return ""
    place = f"{entry.year}{_HALF_WIDTH.colon}{entry.page}" if entry.page else ""
    return f"{place}({entry.exact_date})"


def _imprint_2015(entry: _Entry) -> str:
    """[出版地不详]: [出版者不详], 2019: 8."""
    place, publisher = _unknown(entry)
    imprint = f"{place}{_HALF_WIDTH.colon}{entry.publisher or publisher}"
    year = f"{_HALF_WIDTH.comma}{entry.year}" if entry.year else ""
    page = f"{_HALF_WIDTH.colon}{entry.page}" if entry.page else ""
    return imprint + year + page


def _unknown(entry: _Entry) -> tuple[str, str]:
    """What stands for an unknown place and an unknown publisher."""
    return ("[出版地不详]", "[出版者不详]") if entry.is_chinese else ("[S.l.]", "[s.n.]")


def _by_2025(entry: _Entry) -> str:
    if entry.is_in_newspaper:
        code, source = "N", _FULL_WIDTH.comma.join(filter(None, [entry.publisher, entry.date]))
    elif entry.kind is Kind.REPORT:
        code, source = "R", _issue_2025(entry)
    elif entry.url:
        code, source = "EB", f"（{entry.exact_date}）" if entry.exact_date else ""
    else:
        code, source = "Z", _issue_2025(entry)
    return _assembled(entry, code=code, source=source, marks=_FULL_WIDTH)


def _issue_2025(entry: _Entry) -> str:
    """临渚县融媒体中心，2019-03-22：8; online the date alone, never one that is estimated."""
    parts = [entry.exact_date] if entry.url else [entry.publisher, entry.date]
    issue = _FULL_WIDTH.comma.join(filter(None, parts))
    if not entry.page:
        return issue
    return f"{issue or _unknown(entry)[1]}{_FULL_WIDTH.colon}{entry.page}"


def _assembled(entry: _Entry, *, code: str, source: str, marks: _Marks) -> str:
    number = f"{marks.colon}{entry.number}" if entry.number else ""
    carrier = "/OL" if entry.url else ""
    title = f"{entry.title}{number}[{code}{carrier}]"
    return _joined([_listed(entry, marks), title, source, entry.url])


def _listed(entry: _Entry, marks: _Marks) -> str:
    names = list(entry.authors[:_MOST_AUTHORS])
    if len(entry.authors) > _MOST_AUTHORS:
        names.append("等" if entry.is_chinese else "et al")
    return marks.comma.join(names)


def _joined(parts: Iterable[str]) -> str:
    """The parts that are there, with one full stop after each; none after a stop."""
    text = ""
    for part in filter(None, parts):
        if text:
            # A full-width bracket brings its own space.
            text = text.rstrip(".") + ("." if part.startswith("（") else ". ")
        text += part
    return text if text.endswith(".") else f"{text}."


def _in_text(metadata: Metadata, *, who: str) -> str:
    """（吴天君，2014年2月）, with as much of it as is known; a briefing has no event of its own."""
    name = who or _tidy(metadata.issuer) or _tidy(metadata.publisher) or _quoted_title(metadata)
    event = None if metadata.kind is Kind.BRIEFING else metadata.event_date
    date = _when_given(metadata) or _with_year(event)
    if date is None:
        return f"（{name}）"
    month = f"{date.month}月" if date.month else ""
    return f"（{name}，{date.year}年{month}）"


def _quoted_title(metadata: Metadata) -> str:
    title = _title(metadata)
    if not _has_title(metadata):
        return f"“{title}”"
    return in_title_marks(title)
