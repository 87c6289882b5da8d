from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.cleaning import clean
from ingest.readers.text import lines_of
from ingest.splitting import CONTEXT_CHARS, LONGEST_SENTENCE, MAX_CHARS, split
from ingest.stages import Block, CleanText, PublishedText, Role
from rag.documents import Heading, Level, Metadata, PartialDate, Passage, Place
from rag.text import Span, sentence_spans

SEEDS = Path(__file__).parents[2].parent / "shared" / "seeds"
METADATA = Metadata(title="青河县机构改革纪实")


def cleaned(text: str) -> CleanText:
    blocks = tuple(Block(text=line, role=Role.LINE) for line in lines_of(text))
    (only,) = clean(PublishedText(blocks=blocks))
    return only


def passages(text: str, metadata: Metadata = METADATA) -> list[Passage]:
    return split("document", cleaned(text), metadata)


SENTENCE = "全县上下倒排工期、挂图作战，各项改革任务有序推进，成效逐步显现。"

LAW = """\
北岭市公共数据管理办法
（2020年6月1日北岭市人民政府第3次常务会议通过）
第一章 总则
第一条 为了规范公共数据管理，根据有关法律，制定本办法。
第二条 本办法所称公共数据，包括下列数据：
（一）履行职责中产生的数据；
（二）提供服务中产生的数据。
公共数据的目录由市数据主管部门编制。
第二章 附则
第三条 本办法自公布之日起施行。
"""


def test_an_article_of_a_law_is_a_passage_with_its_chapter():
    found = passages(LAW)
    assert [passage.heading_path for passage in found] == [
        (),
        ("第一章 总则", "第一条"),
        ("第一章 总则", "第二条"),
        ("第二章 附则", "第三条"),
    ]
    assert found[1].text.startswith("第一章 总则\n第一条 为了")
    assert found[2].text.endswith("由市数据主管部门编制。")


def test_a_long_article_is_cut_between_its_items():
    items = "\n".join(f"（{number}）{SENTENCE * 3}" for number in "一二三四五六七八")
    found = passages(f"第一条 有下列情形之一的，不予受理：\n{items}\n")
    assert len(found) > 1
    assert all(passage.heading_path == ("第一条",) for passage in found)
    assert all(passage.text.startswith(("第一条", "（")) for passage in found)


REPORT = f"""\
青河县机构改革情况报告
一、工作回顾
{SENTENCE * 20}
二、下步打算
（一）强化统筹协调
{SENTENCE}
（二）强化督促检查
{SENTENCE * 2}
"""


def test_a_heading_stands_with_the_text_below_it():
    found = passages(REPORT)
    assert found[-2].text.startswith("二、下步打算\n（一）强化统筹协调\n")
    assert found[-2].heading_path == ("二、下步打算", "（一）强化统筹协调")
    assert found[-1].heading_path == ("二、下步打算", "（二）强化督促检查")
    assert not any(passage.text.endswith(("下步打算", "统筹协调", "督促检查")) for passage in found)


def test_a_numbered_lead_sentence_goes_into_the_path_of_what_follows_it():
    found = passages(
        f"一、重点任务\n（一）稳定粮食生产。{SENTENCE * 15}\n（二）促进农民增收。{SENTENCE}\n"
    )
    assert found[0].heading_path == ("一、重点任务",)
    assert found[1].heading_path == ("一、重点任务", "（一）稳定粮食生产")
    assert "（一）稳定粮食生产" in found[1].context


def test_headings_at_the_end_make_a_passage():
    text = f"{SENTENCE}\n强化组织领导\n扎实高效推进"
    headings = tuple(
        Heading(span=Span(text.index(part), text.index(part) + 6), level=1)
        for part in ("强化组织领导", "扎实高效推进")
    )
    found = split("document", CleanText(text=text, headings=headings), METADATA)
    assert [passage.text for passage in found] == [SENTENCE, "强化组织领导\n扎实高效推进"]


def test_a_list_that_fits_stays_together():
    items = ["一是健全机制。" + SENTENCE, "二是压实责任。" + SENTENCE, "三是严明纪律。" + SENTENCE]
    found = passages("\n".join([SENTENCE * 8, *items, SENTENCE * 7]))
    assert any(all(item in passage.text for item in items) for passage in found)


def test_an_endless_sentence_is_cut_after_a_clause():
    text = "，".join(["各部门各单位要认真落实"] * 150) + "。"
    found = passages(text)
    assert all(len(passage.text) <= LONGEST_SENTENCE for passage in found)
    assert all(passage.text.endswith(("，", "。")) for passage in found)


def test_a_sentence_longer_than_a_passage_stays_whole():
    text = "，".join(["各部门各单位要认真落实"] * 50) + "。"
    assert [passage.text for passage in passages(text + SENTENCE)] == [text, SENTENCE]


def test_the_context_names_title_place_date_and_headings_once():
    metadata = Metadata(
        title="青河县机构改革情况报告",
        place=Place(name="青河县", level=Level.COUNTY, within=("北岭市", "示例省")),
        published_date=PartialDate(year=2019, month=3, day=22),
    )
    found = passages(REPORT, metadata)
    assert found[0].context == "青河县机构改革情况报告 北岭市青河县 2019年3月22日"
    assert found[1].text.startswith("一、工作回顾")
    assert found[1].context == found[0].context
    assert found[2].context.endswith("2019年3月22日 一、工作回顾")
    assert found[2].embedded_text == f"{found[2].context}\n{found[2].text}"


def test_passages_from_the_middle_are_found_by_how_their_document_begins():
    found = passages(REPORT)
    assert found[0].lead == ""
    assert REPORT.startswith(found[-1].lead)
    assert found[-1].indexed_text == f"{found[-1].lead}\n{found[-1].embedded_text}"


def test_pages_are_those_on_which_passages_begin():
    text = f"{SENTENCE * 10}\n{SENTENCE * 10}"
    found = split("d", CleanText(text=text, pages=((0, 1), (len(SENTENCE) * 10 + 1, 2))), METADATA)
    assert [passage.page for passage in found] == [1, 2]
    assert passages(text)[0].page is None


def test_empty_text_gives_no_passages():
    assert split("document", CleanText(text=""), METADATA) == []


def check_promises(text: CleanText) -> None:
    found = split("document", text, METADATA)
    assert [passage.index for passage in found] == list(range(len(found)))
    end = 0
    for passage in found:
        assert passage.span.of(text.text) == passage.text
        assert not text.text[end : passage.span.start].strip()
        assert passage.text == passage.text.strip()
        assert len(passage.context) <= CONTEXT_CHARS
        end = passage.span.end
    assert not text.text[end:].strip()
    assert found == split("document", text, METADATA)
    assert len({passage.passage_id for passage in found}) == len(found)


LINES = st.lists(
    st.one_of(
        st.integers(min_value=1, max_value=25).map(lambda count: SENTENCE * count),
        st.text(max_size=30),
        st.sampled_from([
            "第一条 为了。",
            "一是要快。",
            "（二）要稳。",
            "",
            " ",
            "1.2",
            "甲；乙，丙",
        ]),
    ),
    max_size=12,
)


@given(LINES, st.sets(st.integers(min_value=0, max_value=11)))
@settings(max_examples=80, deadline=None)
def test_passages_cover_the_text_in_order_without_overlap(
    lines: list[str], heading_lines: set[int]
):
    lines = [line.replace("\n", "") for line in lines]
    starts = [sum(len(line) + 1 for line in lines[:index]) for index in range(len(lines))]
    headings = tuple(
        Heading(span=Span(starts[i], starts[i] + len(lines[i])), level=i % 3 + 1)
        for i in sorted(heading_lines)
        if i < len(lines)
    )
    check_promises(CleanText(text="\n".join(lines), headings=headings))


@given(st.lists(st.integers(min_value=1, max_value=30), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_passages_consist_of_whole_sentences_and_are_not_too_long(counts: list[int]):
    text = "\n".join(SENTENCE * count for count in counts)
    ends = {span.end for span in sentence_spans(text)}
    for passage in split("document", CleanText(text=text), METADATA):
        assert passage.span.end in ends
        assert len(passage.text) <= MAX_CHARS


def test_ids_change_with_the_context():
    text = cleaned(SENTENCE)
    (one,) = split("document", text, METADATA)
    (other,) = split("document", text, Metadata(title="另一标题"))
    assert one.passage_id != other.passage_id


@pytest.mark.skipif(not SEEDS.is_dir(), reason="no seeds beside the repository")
@pytest.mark.parametrize("number", range(5))
def test_seeds_are_split_into_passages_of_reasonable_length(number: int):
    (path,) = SEEDS.glob(f"{number:03}_*.txt")
    lines = lines_of(path.read_text(encoding="utf-8"))
    blocks = tuple(Block(text=line, role=Role.LINE) for line in lines)
    for text in clean(PublishedText(blocks=blocks)):
        check_promises(text)
        lengths = [len(passage.text) for passage in split("d", text, METADATA)]
        assert max(lengths) <= MAX_CHARS
        assert 150 <= sum(lengths) / len(lengths) <= MAX_CHARS
