"""What `describe` finds: invented documents of every form, and the five real ones if present."""

from pathlib import Path

import pytest

from ingest.cleaning import clean
from ingest.metadata import describe
from ingest.readers import read_file
from ingest.stages import CleanText, SourceFile
from rag.documents import AttributedSpeech, Kind, Level, Metadata

SEEDS = Path(__file__).parents[2].parent / "shared" / "seeds"
needs_seeds = pytest.mark.skipif(not SEEDS.is_dir(), reason="the real documents are not here")


def metadata_of(text: str, *, file_name: str = "0a1b2c.txt", **stated: str) -> Metadata:
    by = "html" if stated else ""
    return describe(CleanText(text=text, stated=stated, stated_by=by), file_name=file_name)[0]


SPEECH = (
    "在全市机构改革动员大会上的讲话\n（2014年2月8日）\n市委书记　李　明\n同志们：\n"
    "今天我们召开动员大会。下面，我讲三点意见。"
)
NEWS = (
    "丰川市完成机构改革\n来源：丰川日报 发布时间：2021年6月3日\n本报讯（记者 李娜 "
    "袁帅）6月2日，郑州市二七区召开动员会。"
    "二七区委书记陈平出席会议。陈平指出，要抓好落实。\n责任编辑：陈晨"
)
NOTICE = (
    "关于印发《鼓楼区机构改革实施方案》的通知\n鼓政发〔2019〕3号\n各街道办事处，区政府各部门：\n"
    "现将方案印发给你们，请认真落实。\n南京市鼓楼区人民政府\n2019年3月1日"
)
LAW = (
    "地方机构编制示例条例\n2007年2月14日 国务院第169次常务会议通过\n2007年2月24日 "
    "中华人民共和国国务院令第999号公布\n"
    "第一条 为了规范，制定本条例。\n第二条 本条例适用于全国。\n第三条 自公布之日起施行。"
)
REPORT = (
    "政 府 工 作 报 "
    "告\n——2019年3月4日在呼伦贝尔市海拉尔区第十五届人民代表大会第三次会议上\n"
    "海拉尔区人民政府代区长 "
    " 王国文\n"
    "各位代表：\n现在，我代表区人民政府向大会报告工作，请予审议。"
)


def test_a_speech() -> None:
    metadata, speeches = describe(CleanText(text=SPEECH), file_name="x.txt")
    assert metadata.title == "在全市机构改革动员大会上的讲话"
    assert metadata.kind is Kind.SPEECH
    assert str(metadata.event_date) == "2014-02-08"
    assert metadata.place is None
    (whole,) = speeches
    assert (whole.speaker.name, whole.speaker.office) == ("李明", "市委书记")
    assert whole.span.of(SPEECH).startswith("同志们：")
    assert whole.span.end == len(SPEECH)


def test_a_news_item() -> None:
    metadata = metadata_of(NEWS)
    assert metadata.kind is Kind.NEWS
    assert metadata.title == "丰川市完成机构改革"
    assert metadata.publisher == "丰川日报"
    assert str(metadata.published_date) == "2021-06-03"
    assert str(metadata.event_date) == "--06-02"
    assert metadata.reporters == ("李娜", "袁帅")
    assert metadata.editors == ("陈晨",)
    assert [speaker.name for speaker in metadata.speakers] == ["陈平"]
    assert metadata.origins["publisher"] == "label"


def test_a_notice() -> None:
    metadata = metadata_of(NOTICE)
    assert metadata.kind is Kind.LAW
    assert metadata.issuer == "南京市鼓楼区人民政府"
    assert metadata.document_number == "鼓政发〔2019〕3号"
    assert str(metadata.event_date) == "2019-03-01"
    assert metadata.place is not None
    assert (metadata.place.name, metadata.place.within) == ("鼓楼区", ("南京市", "江苏省"))


def test_a_law_is_adopted_and_then_made_public() -> None:
    metadata = metadata_of(LAW)
    assert metadata.kind is Kind.LAW
    assert metadata.issuer == "国务院"
    assert metadata.place is not None
    assert metadata.place.level is Level.NATION
    assert str(metadata.event_date) == "2007-02-14"
    assert str(metadata.published_date) == "2007-02-24"
    assert metadata.document_number == "国务院令第999号"


def test_a_report() -> None:
    metadata, speeches = describe(CleanText(text=REPORT), file_name="2019.txt")
    assert metadata.title == "政府工作报告"
    assert metadata.kind is Kind.REPORT
    assert str(metadata.event_date) == "2019-03-04"
    assert metadata.place is not None
    assert metadata.place.name == "海拉尔区"
    assert [speaker.name for speaker in metadata.speakers] == ["王国文"]
    assert speeches[0].span.of(REPORT).startswith("各位代表：")


def test_an_agency_dateline_gives_publisher_and_a_date_without_year() -> None:
    metadata = metadata_of(
        "改革推进\n新华社郑州3月5日电（记者 王小丽）河南省推进改革，河南省出台方案，河南省落实。"
    )
    assert metadata.publisher == "新华社"
    assert metadata.origins["publisher"] == "dateline"
    assert str(metadata.published_date) == "--03-05"
    assert metadata.reporters == ("王小丽",)


def test_what_is_stated_wins() -> None:
    metadata = metadata_of(
        NEWS,
        title="另一个标题_新闻_示例政府网",
        published_date="2020-01-02 08:00",
        kind="speech",
        issuer="示例委员会",
    )
    assert metadata.title == "另一个标题"
    assert metadata.kind is Kind.SPEECH
    assert metadata.issuer == "示例委员会"
    assert str(metadata.published_date) == "2020-01-02"
    assert metadata.origins["title"] == metadata.origins["issuer"] == "html"


@pytest.mark.parametrize(
    "name", ["000_2ee16bb9ce8b8c15.txt", "2019.txt", "content_5345407.html", "稿件.txt"]
)
def test_a_file_name_that_is_no_title_is_not_used(name: str) -> None:
    metadata = metadata_of("一年来，全区上下团结奋斗，各项工作取得新的成绩。", file_name=name)
    assert metadata.origins["title"] == "first_clause"


def test_a_file_name_that_is_a_title_is_used() -> None:
    metadata = metadata_of("一年来，我们团结奋斗。", file_name="2025年上海市政府工作报告.docx")
    assert metadata.title == "2025年上海市政府工作报告"
    assert metadata.origins["title"] == "file_name"


def test_a_title_that_stands_twice_counts_once() -> None:
    text = (
        "某市印发方案（2021—2023年）的通知\n某市印发方案(2021-2023年)的通知\n"
        "正文开始了，这里是一句话。"
    )
    assert metadata_of(text).title == "某市印发方案（2021—2023年）的通知"


def test_headlines_are_joined_but_a_shoulder_gives_way() -> None:
    body = "\n本报讯（记者 李娜）昨日，会议召开，研究部署全年工作。"
    assert (
        metadata_of("统一思想 抓好落实\n区委召开全会" + body).title
        == "统一思想 抓好落实 区委召开全会"
    )
    assert metadata_of("学习贯彻省委全会精神\n加速推进新区建设" + body).title == "加速推进新区建设"


@pytest.mark.parametrize("text", ["", "同志们：", "2019", "。。。", "\n\n"])
def test_the_title_is_never_empty(text: str) -> None:
    assert metadata_of(text).title


def test_every_known_field_has_an_origin() -> None:
    for text in (SPEECH, NEWS, NOTICE, LAW, REPORT):
        metadata = metadata_of(text)
        for field in (
            "issuer",
            "publisher",
            "place",
            "event_date",
            "published_date",
            "document_number",
        ):
            assert (getattr(metadata, field) is not None) == (field in metadata.origins)
        for field in ("reporters", "editors", "speakers"):
            assert bool(getattr(metadata, field)) == (field in metadata.origins)


def described(number: str) -> list[tuple[CleanText, Metadata, tuple[AttributedSpeech, ...]]]:
    (path,) = SEEDS.glob(f"{number}_*")
    source = SourceFile(path=path, source=str(path), file_name=path.name)
    published = read_file(source, max_bytes=10_000_000)
    texts = [text for part in published for text in clean(part)]
    return [(text, *describe(text, file_name=path.name)) for text in texts]


def place_of(metadata: Metadata) -> tuple[str, Level, tuple[str, ...]] | None:
    place = metadata.place
    return (place.name, place.level, place.within) if place else None


@needs_seeds
def test_seed_newspaper_page_in_columns() -> None:
    ((_, metadata, _),) = described("000")
    assert "二七区委召开十一届六次全体（扩大）会议" in metadata.title
    assert metadata.origins["title"] == "headline"
    assert metadata.kind is Kind.NEWS
    assert place_of(metadata) == ("二七区", Level.COUNTY, ("郑州市", "河南省"))
    assert str(metadata.event_date) == "--12-28"
    assert metadata.published_date is None
    assert metadata.publisher is None
    assert metadata.reporters == ("景静", "郭佳星", "杨坤")
    assert metadata.speakers == ()


@needs_seeds
def test_seed_news_report() -> None:
    ((text, metadata, speeches),) = described("001")
    assert metadata.title == "1月16日，我市召开全市机构改革动员大会"
    assert metadata.origins["title"] == "first_clause"
    assert metadata.kind is Kind.NEWS
    assert place_of(metadata) == ("忻州市", Level.CITY, ("山西省",))
    assert str(metadata.event_date) == "--01-16"
    assert metadata.published_date is None
    assert metadata.reporters == ("任逢春",)
    first, *others = speeches
    assert (first.speaker.name, first.speaker.office) == ("李俊明", "省人大常委会副主任、市委书记")
    assert first.span.of(text.text).startswith("全市上下")
    assert [speech.speaker.name for speech in others] == ["会议"] * 3
    assert all(speech.span.of(text.text).endswith("。") for speech in others)
    assert not any("王建廷" in speech.span.of(text.text) for speech in speeches)


@needs_seeds
def test_seed_speech() -> None:
    ((_, metadata, speeches),) = described("002")
    assert metadata.origins["title"] == "first_clause"
    assert "第一次会议" in metadata.title
    assert metadata.kind is Kind.SPEECH
    assert metadata.place is None
    assert metadata.event_date is None
    assert metadata.published_date is None
    assert speeches == ()


@needs_seeds
def test_seed_portal_page() -> None:
    ((text, metadata, speeches),) = described("003")
    assert metadata.title == "市中区在我市率先完成机构改革任务"
    assert metadata.kind is Kind.NEWS
    assert metadata.publisher == "济南日报"
    assert place_of(metadata) == ("市中区", Level.COUNTY, ("济南市", "山东省"))
    assert str(metadata.published_date) == "2019-03-22"
    assert metadata.event_date is None
    assert metadata.editors == ("时金",)
    assert [speech.speaker.name for speech in speeches] == [
        "王忠林",
        "市委编办负责人",
        "市中区委编办负责人",
        "市中区委编办负责人",
    ]
    assert speeches[0].speaker.office == "省委常委、市委书记"
    assert speeches[0].span.of(text.text).endswith("推动者和实践者。")


@needs_seeds
def test_seed_newspaper_page_with_two_articles() -> None:
    (_, first, first_speeches), (text, second, second_speeches) = described("004")
    assert first.title == "市人大工作座谈会第二十二次会议召开"
    assert second.title.startswith("加速推进郑州都市区建设")
    for metadata in (first, second):
        assert metadata.kind is Kind.NEWS
        assert place_of(metadata) == ("郑州市", Level.CITY, ("河南省",))
        assert metadata.event_date is None
        assert metadata.published_date is None
        assert metadata.publisher is None
    assert first.reporters == ("李娜", "袁帅")
    assert second.reporters == ("程玉峰", "李颖")
    assert {(speech.speaker.name, speech.speaker.office) for speech in first_speeches} == {
        ("白红战", "市人大常委会主任")
    }
    assert len(first_speeches) == 2
    leader, secretary = second_speeches
    assert (leader.speaker.name, leader.speaker.office) == ("吴天君", "省委常委、市委书记")
    assert leader.span.of(text.text).startswith("实践证明")
    assert leader.span.of(text.text).endswith("有效举措。")
    assert secretary.speaker.name == "习近平"


def test_a_city_that_speaks_of_its_province_is_the_place() -> None:
    text = (
        "各位代表：\n现在，我代表市人民政府向大会报告工作，请予审议。\n"
        "宜昌生产总值居湖北省前列，增速全省第一。宜昌旅游居全省第一，湖北省表彰了宜昌。"
    )
    place = metadata_of(text).place
    assert place is not None
    assert (place.name, place.within) == ("宜昌市", ("湖北省",))


def test_a_speaker_behind_the_subtitle() -> None:
    text = (
        "政府工作报告\n——2024年2月29日在玉林市第六届人民代表大会第六次会议上 市长 张惠\n"
        "各位代表：\n现在，我代表市人民政府向大会报告工作，请予审议。"
    )
    metadata = metadata_of(text)
    assert [(speaker.name, speaker.office) for speaker in metadata.speakers] == [("张惠", "市长")]
    assert str(metadata.event_date) == "2024-02-29"


def test_a_municipality_calls_itself_a_city() -> None:
    text = "本报讯（记者 李娜）昨日，上海市召开大会。全市上下要抓好落实，我市还要为上海增光。"
    place = metadata_of(text).place
    assert place is not None
    assert (place.name, place.level) == ("上海市", Level.PROVINCE)
