import pytest

from rag.demands import demands_of, met, resolve, select
from rag.documents import Level, PartialDate, Place, RetrievedPassage
from tests.conftest import make_document, make_passages


def retrieved(text: str, **metadata: object) -> RetrievedPassage:
    document = make_document(text, title=text[:4], **metadata)
    return RetrievedPassage(document=document, passage=make_passages(document)[0], score=1.0)


JINAN = retrieved(
    "市中区设置党政机构37个。",
    place=Place(name="市中区", level=Level.COUNTY, within=("济南市", "山东省")),
    published_date=PartialDate(year=2019, month=3),
)
XINZHOU = retrieved("忻州市召开第二次动员大会。")


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("济南市市中区设置多少个党政机构？", ()),
        ("上海市设置多少个党政机构？", ("上海市",)),
        ("2023年市中区设置多少个党政机构？", ("2023",)),
        ("2019年市中区设置多少个党政机构？", ()),
        ("忻州市第三次动员大会何时召开？", ("第三次",)),
        ("“四个意识”是什么？", ("四个意识",)),
    ],
)
def test_what_a_question_names_must_be_spoken_of(question: str, missing: tuple[str, ...]):
    kept, lacking = select(demands_of(question), [JINAN, XINZHOU])
    assert lacking == missing
    assert bool(kept) is not bool(missing)


def test_only_documents_that_speak_of_the_place_remain():
    kept, _ = select(demands_of("忻州市召开了什么大会？"), [JINAN, XINZHOU])
    assert kept == [XINZHOU]


def test_a_place_named_in_passing_does_not_make_a_report_of_another_place_answer():
    report = retrieved(
        "经济增长5%。\n代表团到北京市考察。",
        place=Place(name="青海省", level=Level.PROVINCE),
    )
    assert select(demands_of("北京市经济增长多少？"), [report]) == ([], ("北京市",))
    assert select(demands_of("青海省经济增长多少？"), [report]) == ([report], ())


def test_a_comparison_needs_one_place_in_each_document():
    kept, missing = select(demands_of("济南市和忻州市有什么不同？"), [JINAN, XINZHOU])
    assert (len(kept), missing) == (2, ())


def test_a_document_without_any_year_is_not_ruled_out_by_one():
    demands = demands_of("2019年忻州市召开了什么大会？")
    assert met(demands, XINZHOU).years == ("2019",)


def test_a_place_that_no_list_has_is_demanded_where_a_title_begins_with_it():
    qingshi, songping = (
        retrieved("青石区设工作部门26个。"),
        retrieved("今日松屏区设工作部门25个。"),
    )
    others = [retrieved("望江台开发区设工作部门9个。"), retrieved("通报松屏区编制核定情况。")]
    everything = [others[0], qingshi, songping, others[1]]
    one = resolve(demands_of("请问青石区设几个工作部门？"), everything)
    assert one.places == ("青石区",)
    assert select(one, everything)[0] == [qingshi]
    both = resolve(demands_of("青石区今日松屏区两地哪个设的工作部门多？"), everything)
    assert both.places == ("青石区", "松屏区")
    assert select(both, everything)[0] == [qingshi, songping, others[1]]


@pytest.mark.parametrize(
    "question", ["开发区设几个部门？", "在哪个区设部门？", "石桥区设几个部门？"]
)
def test_what_only_looks_like_a_place_is_not_demanded(question: str):
    everything = [retrieved("青石区设工作部门26个。"), retrieved("开发区设工作部门9个。")]
    demands = resolve(demands_of(question), everything)
    assert demands.places == ()
    assert select(demands, everything) == (everything, ())


@pytest.mark.parametrize(
    "question",
    [
        "哪两家医院合并了？",
        "这里启用了哪些大医院的院区？",
        "专家来自哪几家医院？",
        "今年要开建哪个新学院？",
        "监委应该拿什么文书移给检察院？",
        "通州某小区加装电梯要办什么证？",
        "会见时谁在场陪同？",
    ],
)
def test_what_asks_for_a_body_or_a_person_names_none(question: str):
    assert demands_of(question).names == ()


@pytest.mark.parametrize("text", ["一九五八年产钢一千万吨。", "1958年产钢一千万吨。"])
def test_a_year_may_stand_in_chinese_numerals(text: str):
    demands = demands_of("1958年产钢多少？")
    assert met(demands, retrieved(text)).years == ("1958",)
    assert met(demands_of("1968年产钢多少？"), retrieved(text)).years == ()


def test_a_year_that_dates_a_document_is_not_looked_for_where_its_date_is_not_known():
    undated = retrieved("青石公司2020年植树三百棵。")
    dated = retrieved("青石公司2020年植树三百棵。", published_date=PartialDate(year=2021))
    of_a_report = demands_of("根据青石公司2023年的环境责任报告，植树多少？")
    assert met(of_a_report, undated).years == ("2023",)
    assert met(of_a_report, dated).years == ()
    assert met(demands_of("青石公司2023年植树多少？"), undated).years == ()


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("第15届论坛的主题是什么？", "第十五届论坛以融合发展为主题。"),
        ("江夏法院办了多少案子？", "江夏区人民法院办结案件三百件。"),
        ("秀山中医院何时开门？", "秀山县中医院恢复营业。"),
        ("黔南州立法了吗？", "黔南在全省率先立法。"),
    ],
)
def test_what_is_written_in_short_or_in_digits_is_spoken_of(question: str, text: str):
    found = [retrieved(text)]
    kept, missing = select(resolve(demands_of(question), found), found)
    assert (kept, missing) == (found, ())


def test_a_body_of_another_place_is_not_meant():
    found = [retrieved("江北区人民法院办结案件三百件。")]
    _, missing = select(resolve(demands_of("江夏法院办了多少案子？"), found), found)
    assert missing == ("江夏法院",)
