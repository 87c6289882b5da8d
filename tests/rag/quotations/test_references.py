from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.documents import (
    AttributedSpeech,
    Document,
    Kind,
    Metadata,
    PartialDate,
    Speaker,
    derive_document_id,
)
from rag.quotations.quotation import Reference
from rag.quotations.references import reference_to
from rag.text import Span

SITE = "https://www.example.cn/art/7.html"
TEXT = "同志们：机构改革要一抓到底。"


def make(
    title: str, *, text: str = TEXT, speeches: tuple[AttributedSpeech, ...] = (), **known: object
) -> Document:
    source = "upload:示例.txt"
    return Document(
        document_id=derive_document_id(collection="default", source=source),
        collection="default",
        source=source,
        file_name="示例.txt",
        text=text,
        metadata=replace(Metadata(title=title), **known),
        speeches=speeches,
    )


def date(text: str) -> PartialDate:
    return PartialDate.parse(text)


def speakers(*names: str) -> tuple[Speaker, ...]:
    return tuple(Speaker(name=name) for name in names)


NEWS = {
    "kind": Kind.NEWS,
    "publisher": "澄湖日报",
    "reporters": ("苍远帆", "娄远山"),
    "published_date": date("2020-05-18"),
}
SPEECH = {
    "kind": Kind.SPEECH,
    "speakers": speakers("陆知远"),
    "event_date": date("2019-02-20"),
}
NOTICE = {
    "kind": Kind.LAW,
    "issuer": "青石区人民政府",
    "document_number": "青政发〔2019〕3号",
    "published_date": date("2019-01-08"),
}
REPORT = {
    "kind": Kind.REPORT,
    "issuer": "望溪县人民政府",
    "speakers": speakers("褚望舒"),
    "event_date": date("2020-01-09"),
}
IN_NEWSPAPER = "五支队伍管好一座城"
TALK = "在机构改革会议上的讲话"
ORDER = "关于做好政务服务工作的通知"

CASES = [
    pytest.param(
        make(IN_NEWSPAPER, **NEWS),
        Reference(
            gbt7714_2015="苍远帆, 娄远山. 五支队伍管好一座城[N]. 澄湖日报, 2020-05-18.",
            gbt7714_2025="苍远帆，娄远山. 五支队伍管好一座城[N]. 澄湖日报，2020-05-18.",
            in_text="（澄湖日报，2020年5月）",
        ),
        id="news in a newspaper",
    ),
    pytest.param(
        make(IN_NEWSPAPER, **NEWS, url=SITE),
        Reference(
            gbt7714_2015="苍远帆, 娄远山. 五支队伍管好一座城[N/OL]. 澄湖日报, 2020-05-18. "
            "https://www.example.cn/art/7.html.",
            gbt7714_2025="苍远帆，娄远山. 五支队伍管好一座城[N/OL]. 澄湖日报，2020-05-18. "
            "https://www.example.cn/art/7.html.",
            in_text="（澄湖日报，2020年5月）",
        ),
        id="news of a newspaper online",
    ),
    pytest.param(
        make(IN_NEWSPAPER, **NEWS | {"reporters": ("甲一", "乙二", "丙三", "丁四")}),
        Reference(
            gbt7714_2015="甲一, 乙二, 丙三, 等. 五支队伍管好一座城[N]. 澄湖日报, 2020-05-18.",
            gbt7714_2025="甲一，乙二，丙三，等. 五支队伍管好一座城[N]. 澄湖日报，2020-05-18.",
            in_text="（澄湖日报，2020年5月）",
        ),
        id="more than three authors",
    ),
    pytest.param(
        make(IN_NEWSPAPER, kind=Kind.NEWS, publisher="澄湖日报"),
        Reference(
            gbt7714_2015="五支队伍管好一座城[N]. 澄湖日报.",
            gbt7714_2025="五支队伍管好一座城[N]. 澄湖日报.",
            in_text="（澄湖日报）",
        ),
        id="news without author and date",
    ),
    pytest.param(
        make(IN_NEWSPAPER, kind=Kind.NEWS, publisher="澄湖日报", event_date=date("2020-05-16")),
        Reference(
            gbt7714_2015="五支队伍管好一座城[N]. 澄湖日报, [2020].",
            gbt7714_2025="五支队伍管好一座城[N]. 澄湖日报，[2020].",
            in_text="（澄湖日报，2020年5月）",
        ),
        id="news of which only the event is dated",
    ),
    pytest.param(
        make(IN_NEWSPAPER, kind=Kind.NEWS, publisher="澄湖日报", event_date=date("--12-28")),
        Reference(
            gbt7714_2015="五支队伍管好一座城[N]. 澄湖日报.",
            gbt7714_2025="五支队伍管好一座城[N]. 澄湖日报.",
            in_text="（澄湖日报）",
        ),
        id="a date without a year",
    ),
    pytest.param(
        make("松屏区五个部门集中挂牌", kind=Kind.NEWS, url=SITE, event_date=date("2019-03-18")),
        Reference(
            gbt7714_2015="松屏区五个部门集中挂牌[EB/OL]. https://www.example.cn/art/7.html.",
            gbt7714_2025="松屏区五个部门集中挂牌[EB/OL]. https://www.example.cn/art/7.html.",
            in_text="（《松屏区五个部门集中挂牌》，2019年3月）",
        ),
        id="news online of which only the event is dated",
    ),
    pytest.param(
        make(IN_NEWSPAPER, **NEWS | {"publisher": "澄湖新闻网"}, url=SITE),
        Reference(
            gbt7714_2015="苍远帆, 娄远山. 五支队伍管好一座城[EB/OL]. (2020-05-18). "
            "https://www.example.cn/art/7.html.",
            gbt7714_2025="苍远帆，娄远山. 五支队伍管好一座城[EB/OL].（2020-05-18）. "
            "https://www.example.cn/art/7.html.",
            in_text="（澄湖新闻网，2020年5月）",
        ),
        id="news of a site",
    ),
    pytest.param(
        make(IN_NEWSPAPER, **NEWS | {"publisher": "临渚县融媒体中心"}),
        Reference(
            gbt7714_2015="苍远帆, 娄远山. 五支队伍管好一座城[Z]. "
            "[出版地不详]: 临渚县融媒体中心, 2020.",
            gbt7714_2025="苍远帆，娄远山. 五支队伍管好一座城[Z]. 临渚县融媒体中心，2020-05-18.",
            in_text="（临渚县融媒体中心，2020年5月）",
        ),
        id="news of a body, without a URL",
    ),
    pytest.param(
        make(TALK, **SPEECH),
        Reference(
            gbt7714_2015="陆知远. 在机构改革会议上的讲话[Z]. [出版地不详]: [出版者不详], 2019.",
            gbt7714_2025="陆知远. 在机构改革会议上的讲话[Z]. 2019-02-20.",
            in_text="（陆知远，2019年2月）",
        ),
        id="speech",
    ),
    pytest.param(
        make(TALK, **SPEECH, publisher="云川日报", published_date=date("2019-02-21")),
        Reference(
            gbt7714_2015="陆知远. 在机构改革会议上的讲话[N]. 云川日报, 2019-02-21.",
            gbt7714_2025="陆知远. 在机构改革会议上的讲话[N]. 云川日报，2019-02-21.",
            in_text="（陆知远，2019年2月）",
        ),
        id="speech in a newspaper",
    ),
    pytest.param(
        make(TALK, **SPEECH, publisher="云川日报"),
        Reference(
            gbt7714_2015="陆知远. 在机构改革会议上的讲话[N]. 云川日报, [2019].",
            gbt7714_2025="陆知远. 在机构改革会议上的讲话[N]. 云川日报，[2019].",
            in_text="（陆知远，2019年2月）",
        ),
        id="speech in a newspaper of an unknown day",
    ),
    pytest.param(
        make(TALK, **SPEECH, url=SITE),
        Reference(
            gbt7714_2015="陆知远. 在机构改革会议上的讲话[EB/OL]. (2019-02-20). "
            "https://www.example.cn/art/7.html.",
            gbt7714_2025="陆知远. 在机构改革会议上的讲话[EB/OL].（2019-02-20）. "
            "https://www.example.cn/art/7.html.",
            in_text="（陆知远，2019年2月）",
        ),
        id="speech online",
    ),
    pytest.param(
        make(TALK, kind=Kind.SPEECH, speakers=speakers("甲一", "乙二"), event_date=date("2019")),
        Reference(
            gbt7714_2015="在机构改革会议上的讲话[Z]. [出版地不详]: [出版者不详], 2019.",
            gbt7714_2025="在机构改革会议上的讲话[Z]. 2019.",
            in_text="（《在机构改革会议上的讲话》，2019年）",
        ),
        id="speeches of several, none of them the author",
    ),
    pytest.param(
        make(ORDER, **NOTICE, url=SITE),
        Reference(
            gbt7714_2015="青石区人民政府. 关于做好政务服务工作的通知: 青政发〔2019〕3号[A/OL]. "
            "(2019-01-08). https://www.example.cn/art/7.html.",
            gbt7714_2025="青石区人民政府. 关于做好政务服务工作的通知：青政发〔2019〕3号[EB/OL]."
            "（2019-01-08）. https://www.example.cn/art/7.html.",
            in_text="（青石区人民政府，2019年1月）",
        ),
        id="notice online",
    ),
    pytest.param(
        make(ORDER, **NOTICE),
        Reference(
            gbt7714_2015="青石区人民政府. 关于做好政务服务工作的通知: 青政发〔2019〕3号[A]. "
            "[出版地不详]: [出版者不详], 2019.",
            gbt7714_2025="青石区人民政府. 关于做好政务服务工作的通知：青政发〔2019〕3号[Z]. "
            "2019-01-08.",
            in_text="（青石区人民政府，2019年1月）",
        ),
        id="notice without a URL",
    ),
    pytest.param(
        make(ORDER, **NOTICE | {"published_date": date("2019-12-02")}, event_date=date("1996-07")),
        Reference(
            gbt7714_2015="青石区人民政府. 关于做好政务服务工作的通知: 青政发〔2019〕3号[A]. "
            "[出版地不详]: [出版者不详], 1996.",
            gbt7714_2025="青石区人民政府. 关于做好政务服务工作的通知：青政发〔2019〕3号[Z]. "
            "1996-07.",
            in_text="（青石区人民政府，1996年7月）",
        ),
        id="notice that was reprinted many years later",
    ),
    pytest.param(
        make(
            ORDER,
            **NOTICE | {"published_date": date("2019-12-02")},
            event_date=date("1996"),
            url=SITE,
        ),
        Reference(
            gbt7714_2015="青石区人民政府. 关于做好政务服务工作的通知: 青政发〔2019〕3号[A/OL]. "
            "(2019-12-02). https://www.example.cn/art/7.html.",
            gbt7714_2025="青石区人民政府. 关于做好政务服务工作的通知：青政发〔2019〕3号[EB/OL]."
            "（2019-12-02）. https://www.example.cn/art/7.html.",
            in_text="（青石区人民政府，1996年）",
        ),
        id="notice on a page that is many years younger",
    ),
    pytest.param(
        make(
            "机构编制条例",
            kind=Kind.LAW,
            issuer="某部",
            document_number="某部令第12号",
            event_date=date("2007-02-14"),
            published_date=date("2007-02-24"),
        ),
        Reference(
            gbt7714_2015="某部. 机构编制条例: 某部令第12号[Z]. [出版地不详]: [出版者不详], 2007.",
            gbt7714_2025="某部. 机构编制条例：某部令第12号[Z]. 2007-02-24.",
            in_text="（某部，2007年2月）",
        ),
        id="law adopted one day, announced another, with the number of an order",
    ),
    pytest.param(
        make("松屏区机构编制管理办法", kind=Kind.LAW, issuer="松屏区委、松屏区政府", url=SITE),
        Reference(
            gbt7714_2015="松屏区委, 松屏区政府. 松屏区机构编制管理办法[EB/OL]. "
            "https://www.example.cn/art/7.html.",
            gbt7714_2025="松屏区委，松屏区政府. 松屏区机构编制管理办法[EB/OL]. "
            "https://www.example.cn/art/7.html.",
            in_text="（松屏区委、松屏区政府）",
        ),
        id="law of two issuers, without number and date",
    ),
    pytest.param(
        make(ORDER, kind=Kind.OTHER, issuer="青石区人民政府", event_date=date("2019-01")),
        Reference(
            gbt7714_2015="青石区人民政府. 关于做好政务服务工作的通知[Z]. "
            "[出版地不详]: [出版者不详], 2019.",
            gbt7714_2025="青石区人民政府. 关于做好政务服务工作的通知[Z]. 2019-01.",
            in_text="（青石区人民政府，2019年1月）",
        ),
        id="notice of no known kind",
    ),
    pytest.param(
        make("望溪县2020年政府工作报告", **REPORT),
        Reference(
            gbt7714_2015="褚望舒. 望溪县2020年政府工作报告[R]. [出版地不详]: [出版者不详], 2020.",
            gbt7714_2025="褚望舒. 望溪县2020年政府工作报告[R]. 2020-01-09.",
            in_text="（褚望舒，2020年1月）",
        ),
        id="report",
    ),
    pytest.param(
        make("望溪县2020年政府工作报告", **REPORT | {"speakers": ()}, url=SITE),
        Reference(
            gbt7714_2015="望溪县人民政府. 望溪县2020年政府工作报告[R/OL]. (2020-01-09). "
            "https://www.example.cn/art/7.html.",
            gbt7714_2025="望溪县人民政府. 望溪县2020年政府工作报告[R/OL]. 2020-01-09. "
            "https://www.example.cn/art/7.html.",
            in_text="（望溪县人民政府，2020年1月）",
        ),
        id="report online of which nobody is known to have given it",
    ),
    pytest.param(
        make("某轮机构改革", kind=Kind.BRIEFING, publisher="问策", event_date=date("1982-03-08")),
        Reference(
            gbt7714_2015="某轮机构改革[Z]. [出版地不详]: 问策.",
            gbt7714_2025="某轮机构改革[Z]. 问策.",
            in_text="（问策）",
        ),
        id="briefing, which is not as old as what it tells",
    ),
    pytest.param(
        make("机构改革问答"),
        Reference(
            gbt7714_2015="机构改革问答[Z]. [出版地不详]: [出版者不详].",
            gbt7714_2025="机构改革问答[Z].",
            in_text="（《机构改革问答》）",
        ),
        id="nothing but a title",
    ),
    pytest.param(
        make("全区上下要一抓到底", origins={"title": "first_clause"}),
        Reference(
            gbt7714_2015="[全区上下要一抓到底][Z]. [出版地不详]: [出版者不详].",
            gbt7714_2025="[全区上下要一抓到底][Z].",
            in_text="（“全区上下要一抓到底”）",
        ),
        id="a title that the document does not have",
    ),
    pytest.param(
        make("机构改革问答", is_sample=True),
        Reference(
            gbt7714_2015="【示例】机构改革问答[Z]. [出版地不详]: [出版者不详].",
            gbt7714_2025="【示例】机构改革问答[Z].",
            in_text="（《【示例】机构改革问答》）",
        ),
        id="an invented document says so",
    ),
    pytest.param(
        make("关于印发《机构编制管理办法》的通知。"),
        Reference(
            gbt7714_2015="关于印发《机构编制管理办法》的通知[Z]. [出版地不详]: [出版者不详].",
            gbt7714_2025="关于印发《机构编制管理办法》的通知[Z].",
            in_text="（《关于印发〈机构编制管理办法〉的通知》）",
        ),
        id="a title in a title, and a full stop after it",
    ),
    pytest.param(
        make("《机构编制管理办法》"),
        Reference(
            gbt7714_2015="机构编制管理办法[Z]. [出版地不详]: [出版者不详].",
            gbt7714_2025="机构编制管理办法[Z].",
            in_text="（《机构编制管理办法》）",
        ),
        id="a title in its own marks",
    ),
    pytest.param(
        make(" \n"),
        Reference(
            gbt7714_2015="[题名不详][Z]. [出版地不详]: [出版者不详].",
            gbt7714_2025="[题名不详][Z].",
            in_text="（“题名不详”）",
        ),
        id="a title of white space",
    ),
    pytest.param(
        make(
            "Reform of Government",
            reporters=("Ann", "Ben", "Cid", "Dan"),
            published_date=date("2018"),
        ),
        Reference(
            gbt7714_2015="Ann, Ben, Cid, et al. Reform of Government[Z]. [S.l.]: [s.n.], 2018.",
            gbt7714_2025="Ann，Ben，Cid，et al. Reform of Government[Z]. 2018.",
            in_text="（《Reform of Government》，2018年）",
        ),
        id="a document in English",
    ),
]


@pytest.mark.parametrize(("document", "expected"), CASES)
def test_a_reference_gives_what_is_known_as_the_standards_ask(
    document: Document, expected: Reference
):
    assert reference_to(document) == expected


@pytest.mark.parametrize(
    ("document", "expected_2015", "expected_2025"),
    [
        pytest.param(
            make("望溪县2020年政府工作报告", **REPORT),
            "褚望舒. 望溪县2020年政府工作报告[R]. [出版地不详]: [出版者不详], 2020: 8.",
            "褚望舒. 望溪县2020年政府工作报告[R]. 2020-01-09：8.",
            id="report",
        ),
        pytest.param(
            make("望溪县2020年政府工作报告", **REPORT, url=SITE),
            f"褚望舒. 望溪县2020年政府工作报告[R/OL]. 2020: 8(2020-01-09). {SITE}.",
            f"褚望舒. 望溪县2020年政府工作报告[R/OL]. 2020-01-09：8. {SITE}.",
            id="report online",
        ),
        pytest.param(
            make("机构改革问答"),
            "机构改革问答[Z]. [出版地不详]: [出版者不详]: 8.",
            "机构改革问答[Z]. [出版者不详]：8.",
            id="nothing but a title",
        ),
        pytest.param(
            make(TALK, **SPEECH, url=SITE),
            f"陆知远. 在机构改革会议上的讲话[EB/OL]. 2019: 8(2019-02-20). {SITE}.",
            f"陆知远. 在机构改革会议上的讲话[EB/OL].（2019-02-20）. {SITE}.",
            id="web page, which has no pages since 2025",
        ),
        pytest.param(
            make(IN_NEWSPAPER, **NEWS),
            "苍远帆, 娄远山. 五支队伍管好一座城[N]. 澄湖日报, 2020-05-18.",
            "苍远帆，娄远山. 五支队伍管好一座城[N]. 澄湖日报，2020-05-18.",
            id="newspaper, whose section is not the page of the file",
        ),
    ],
)
def test_a_page_follows_the_year_or_the_date(
    document: Document, expected_2015: str, expected_2025: str
):
    reference = reference_to(document, page=8)
    assert (reference.gbt7714_2015, reference.gbt7714_2025) == (expected_2015, expected_2025)


def test_the_speaker_of_a_quotation_in_the_news_is_named_in_the_text_only():
    reference = reference_to(make(IN_NEWSPAPER, **NEWS), speaker="简明远")
    assert reference.in_text == "（简明远，2020年5月）"
    assert reference.gbt7714_2015.startswith("苍远帆, 娄远山. ")


def test_the_author_of_a_speech_is_who_says_most_of_it_not_who_is_quoted_in_it():
    whole = Span(0, len(TEXT))
    document = make(
        TALK,
        kind=Kind.SPEECH,
        speakers=speakers("陆知远", "闻启山"),
        speeches=(
            AttributedSpeech(span=whole, speaker=Speaker(name="陆知远"), introduction=Span(0, 0)),
            AttributedSpeech(
                span=Span(4, 8), speaker=Speaker(name="闻启山"), introduction=Span(0, 4)
            ),
        ),
    )
    reference = reference_to(document, speaker="闻启山")
    assert reference.gbt7714_2025 == "陆知远. 在机构改革会议上的讲话[Z]."
    assert reference.in_text == "（闻启山）"


def test_who_is_quoted_in_a_speech_of_nobody_known_is_not_its_author():
    document = make(
        TALK,
        kind=Kind.SPEECH,
        speakers=speakers("闻启山"),
        speeches=(
            AttributedSpeech(
                span=Span(4, 8), speaker=Speaker(name="闻启山"), introduction=Span(0, 4)
            ),
        ),
    )
    assert reference_to(document).gbt7714_2025 == "在机构改革会议上的讲话[Z]."


def test_the_speaker_asked_for_is_the_author_of_a_speech_of_which_nothing_is_known():
    reference = reference_to(make(TALK, kind=Kind.SPEECH), speaker="陆知远")
    assert reference.gbt7714_2025 == "陆知远. 在机构改革会议上的讲话[Z]."


@pytest.mark.parametrize("body", ["会议", "全会", "动员会", "常委会会议", " "])
def test_a_body_whose_name_is_not_said_is_not_named(body: str):
    reference = reference_to(make(TALK, kind=Kind.SPEECH), speaker=body)
    assert reference.in_text == "（《在机构改革会议上的讲话》）"
    assert reference.gbt7714_2025 == "在机构改革会议上的讲话[Z]."


@pytest.mark.parametrize(
    ("publisher", "is_newspaper"),
    [
        ("澄湖日报", True),
        ("澄湖晚报", True),
        ("云川青年报", True),
        ("示例省科学报", True),
        ("示例时报海外版", True),
        ("云川日报（数字版）", True),
        ("参考消息", True),
        ("大公报", True),
        ("示例省人民政府公报", False),
        ("示例大学学报", False),
        ("示例大学学报（社会科学版）", False),
        ("改革情况通报", False),
        ("云川日报客户端", False),
        ("云川日报社", False),
        ("云川网", False),
        ("快报", False),
    ],
)
def test_newspapers_are_known_by_their_names(publisher: str, is_newspaper: bool):
    reference = reference_to(make("题", kind=Kind.NEWS, publisher=publisher))
    assert ("[N]" in reference.gbt7714_2015) == is_newspaper
    assert ("[N]" in reference.gbt7714_2025) == is_newspaper


@pytest.mark.parametrize("url", ["/art/7.html", "file:///home/example/7.html", "", "http://"])
def test_only_an_address_on_the_web_makes_a_document_online(url: str):
    assert "/OL]" not in reference_to(make("题", url=url)).gbt7714_2015


def test_an_address_keeps_its_own_full_stop_and_gets_no_second():
    reference = reference_to(make("题", url="https://www.example.cn/a b."))
    assert reference.gbt7714_2025 == "题[EB/OL]. https://www.example.cn/a%20b."


def test_a_number_that_the_title_gives_is_not_repeated():
    document = make("关于机构改革的通知（青政发〔2019〕3号）", **NOTICE)
    assert reference_to(document).gbt7714_2025.count("青政发〔2019〕3号") == 1


def test_a_number_that_news_mention_is_not_their_own():
    document = make(IN_NEWSPAPER, **NEWS, document_number="青政发〔2019〕3号")
    assert "青政发" not in reference_to(document).gbt7714_2025


def test_a_briefing_in_a_newspaper_is_not_dated_by_what_it_tells():
    document = make(
        "某轮机构改革", kind=Kind.BRIEFING, publisher="澄湖日报", event_date=date("1982-03-08")
    )
    assert reference_to(document).gbt7714_2025 == "某轮机构改革[N]. 澄湖日报."


WORDS = st.text(alphabet="改革《》[]：。.，、？ \n\t\u2028\u3000abc1", max_size=12)
KNOWN = st.none() | WORDS
DATES = st.none() | st.builds(
    PartialDate, year=st.none() | st.integers(1900, 2100), month=st.integers(1, 12)
)
METADATA = st.builds(
    Metadata,
    title=WORDS.filter(lambda title: title.strip(" \n\t\u2028\u3000。.，、：")),
    kind=st.sampled_from(Kind),
    issuer=KNOWN,
    publisher=KNOWN | st.just("澄湖日报"),
    event_date=DATES,
    published_date=DATES,
    speakers=st.lists(st.builds(Speaker, name=WORDS), max_size=2).map(tuple),
    reporters=st.lists(WORDS, max_size=5).map(tuple),
    document_number=KNOWN,
    url=KNOWN | st.just(SITE),
    is_sample=st.booleans(),
    origins=st.sampled_from([{}, {"title": "first_clause"}]),
)


def stops(text: str) -> int:
    return sum(text.count(pair) for pair in ("..", "。.", ". .", "。。"))


@given(METADATA, st.none() | st.integers(1, 400), KNOWN)
def test_a_reference_is_one_line_with_the_title_and_single_full_stops(
    metadata: Metadata, page: int | None, speaker: str | None
):
    document = replace(make("题"), metadata=metadata)
    reference = reference_to(document, page=page, speaker=speaker)
    title = " ".join(metadata.title.split()).strip(" 。.，、：").removeprefix("《")
    title = title.removesuffix("》")
    given_words = [metadata.title, metadata.document_number or "", metadata.publisher or ""]
    given_words += [metadata.issuer or "", *metadata.reporters, speaker or ""]
    given_words += [each.name for each in metadata.speakers]
    own = sum(stops(" ".join(words.split())) for words in given_words)
    for text in (reference.gbt7714_2015, reference.gbt7714_2025):
        assert len(text.splitlines()) == 1
        assert title in text
        assert text.endswith(".")
        assert stops(text) <= own
    assert len(reference.in_text.splitlines()) == 1
    assert reference.in_text.startswith("（")
    assert reference.in_text.endswith("）")
    assert len(reference.in_text) > 2


@given(METADATA, st.sampled_from(["--12-28", "2019-03-22"]))
def test_a_year_in_a_reference_is_one_that_the_document_gives(metadata: Metadata, event: str):
    undated = replace(
        metadata, event_date=date(event), published_date=None, url=None, document_number=None
    )
    reference = reference_to(replace(make("题"), metadata=undated))
    for text in (reference.gbt7714_2015, reference.gbt7714_2025, reference.in_text):
        assert ("2019" in text) <= event.startswith("2019")
