"""Word files with comments: the draft stays what it was, each comment stands at its place."""

import io
import zipfile
from collections.abc import Iterator

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st

from ingest.draft_files import DraftText, draft_from_bytes, draft_from_text
from rag.errors import ParsingError
from rag.quotations.quotation import Finding, FindingKind, Verdict
from tests.ui.drafts.conftest import (
    diff,
    link,
    make_finding,
    make_match,
    paragraph,
    part,
    run,
    word_file,
)
from ui.drafts.annotation import annotated_docx, comment_text

LEFT_OUT = {"del", "rt", "txbxContent"}


def read(data: bytes) -> DraftText:
    return draft_from_bytes(data, file_name="稿.docx", max_bytes=10_000_000)


def opened(data: bytes) -> Document:
    return docx.Document(io.BytesIO(data))


def anchored(document: Document) -> dict[int, str]:
    """Comment id → the text between its marks, paragraphs joined by line breaks.

    Written without the code under test: it walks the marks as Word does.
    """
    found, open_ids = dict[int, list[str]](), set[int]()

    def walk(element) -> Iterator[str]:
        for item in element:
            name = item.tag.rpartition("}")[2]
            if name in LEFT_OUT or item.find(f"{qn('w:rPr')}/{qn('w:vanish')}") is not None:
                continue
            identifier = int(item.get(qn("w:id"), -1))
            if name == "commentRangeStart":
                open_ids.add(identifier)
                found[identifier] = []
            elif name == "commentRangeEnd":
                open_ids.remove(identifier)
            elif name in {"t", "tab", "br"}:
                yield {"t": item.text or "", "tab": "\t", "br": "\n"}[name]
            else:
                yield from walk(item)
                if name == "p":
                    yield "\n"

    for text in walk(document.element.body):
        for identifier in open_ids:
            found[identifier].append(text)
    return {identifier: "".join(texts) for identifier, texts in found.items()}


def looks(document: Document) -> list[tuple[str, str]]:
    """Each character of a text run with the properties of its run."""
    return [
        (character, "" if one.find(qn("w:rPr")) is None else one.find(qn("w:rPr")).xml)
        for one in document.element.body.iter(qn("w:r"))
        for text in one.iter(qn("w:t"))
        for character in text.text or ""
    ]


TEXTS = st.text(st.sampled_from("改革要稳妥推进 12“”，。👍\t"), min_size=1, max_size=8)
RUNS = {
    "plain": run,
    "bold": lambda text: run(text, look='<w:b/><w:sz w:val="32"/>'),
    "link": lambda text: f'<w:hyperlink w:anchor="a">{run(text)}</w:hyperlink>',
    "inserted": lambda text: f'<w:ins w:id="1" w:author="甲">{run(text, look="<w:i/>")}</w:ins>',
    "control": lambda text: f"<w:sdt><w:sdtContent>{run(text)}</w:sdtContent></w:sdt>",
    "several": lambda text: f"<w:r><w:t>{text.strip() or '稳'}</w:t><w:tab/><w:t>改</w:t></w:r>",
    "deleted": lambda text: (
        f'<w:del w:id="2" w:author="甲"><w:r><w:delText>{text}</w:delText></w:r></w:del>'
    ),
    "hidden": lambda text: run(text, look="<w:vanish/>"),
    "break": lambda _: "<w:r><w:br/></w:r>",
}


def written(kind: str, text: str) -> str:
    if kind == "several":
        return f"{text.strip() or '稳'}\t改"
    return {"deleted": "", "hidden": "", "break": "\n"}.get(kind, text)


PARAGRAPHS = st.lists(
    st.lists(st.tuples(st.sampled_from(list(RUNS)), TEXTS), max_size=5), min_size=1, max_size=4
)


@given(paragraphs=PARAGRAPHS, data=st.data())
def test_the_text_and_its_look_stay_and_each_comment_stands_at_its_words(paragraphs, data):
    paragraphs = [[("plain", "开头两字")], *paragraphs]
    expected = "\n".join("".join(written(*one) for one in runs) for runs in paragraphs)
    source = word_file(
        "".join(paragraph(*(RUNS[kind](text) for kind, text in runs)) for runs in paragraphs)
    )
    draft = read(source)
    assert draft.text == expected

    places = st.integers(0, len(expected) - 1).flatmap(
        lambda start: st.tuples(st.just(start), st.integers(start + 1, len(expected)))
    )
    spans = sorted(data.draw(st.lists(places, max_size=5)), key=lambda span: (span[0], -span[1]))
    findings = [
        Finding(
            start=start,
            end=end,
            kind=FindingKind.QUOTATION,
            verdict=Verdict.ALTERED,
            message=f"第{number}条",
        )
        for number, (start, end) in enumerate(spans)
    ]
    result = annotated_docx(draft, findings)

    assert read(result).text == expected
    document = opened(result)
    marked = [one for one in looks(document) if "CommentReference" not in one[1]]
    assert marked == looks(opened(source))
    texts = anchored(document)
    assert len(texts) == len(list(document.comments)) == len(spans)
    # A stretch of nothing but a paragraph's end is anchored to what stands before it.
    borders = _paragraph_ends(paragraphs)
    for comment, (start, end) in zip(document.comments, spans, strict=True):
        words = "".join(expected[i] for i in range(start, end) if i not in borders)
        if words:
            shown = texts[comment.comment_id]
            assert shown.strip("\n") == expected[start:end].strip("\n")


def _paragraph_ends(paragraphs) -> set[int]:
    ends, position = set[int](), 0
    for runs in paragraphs:
        position += len("".join(written(*one) for one in runs))
        ends.add(position)
        position += 1
    return ends


def test_a_finding_over_paragraphs_is_anchored_to_all_of_them():
    draft = read(word_file(paragraph("他说：“前半句，") + paragraph("后半句。”完")))
    document = opened(annotated_docx(draft, [make_finding(draft.text, "前半句，\n后半句。")]))
    assert list(anchored(document).values()) == ["前半句，\n后半句。"]


def test_a_finding_that_leaves_its_cell_is_anchored_to_its_first_part():
    cells = "".join(f"<w:tc>{paragraph(text)}</w:tc>" for text in ("编制二十三名", "实有二十名"))
    draft = read(word_file(f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>" + paragraph("完")))
    assert draft.text == "编制二十三名\n实有二十名\n完"
    document = opened(annotated_docx(draft, [make_finding(draft.text, "三名\n实有")]))
    assert [text.strip() for text in anchored(document).values()] == ["三名"]


def test_a_finding_in_a_note_is_anchored_to_the_reference():
    note = part(
        "footnotes",
        '<w:footnote w:id="0" w:type="separator"><w:p/></w:footnote>'
        f'<w:footnote w:id="2">{paragraph("见示例文件。")}</w:footnote>',
    )
    body = paragraph(run("正文有注"), '<w:r><w:footnoteReference w:id="2"/></w:r>', run("，完。"))
    source = word_file(
        body, parts={"word/footnotes.xml": note}, links=link("footnotes", "footnotes.xml")
    )
    draft = read(source)
    assert draft.text == "正文有注，完。\n见示例文件。"
    document = opened(annotated_docx(draft, [make_finding(draft.text, "示例")]))
    start = document.element.body.find(f".//{qn('w:commentRangeStart')}")
    assert start.getnext().find(qn("w:footnoteReference")) is not None
    assert start.getprevious().find(qn("w:t")).text == "正文有注"


@pytest.mark.parametrize(
    "inner",
    [
        "<w:ruby><w:rt><w:r><w:t>gǎi</w:t></w:r></w:rt><w:rubyBase>{}</w:rubyBase></w:ruby>",
        "<mc:AlternateContent><mc:Choice Requires='wps'><w:txbxContent><w:p>{}</w:p>"
        "</w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent><w:p>{}</w:p></w:txbxContent>"
        "</mc:Fallback></mc:AlternateContent>",
    ],
    ids=["ruby", "text box"],
)
def test_a_finding_where_word_allows_no_comment_is_anchored_to_the_run_around(inner: str):
    source = word_file(paragraph(run("前文"), f"<w:r>{inner.replace('{}', run('内里文字'))}</w:r>"))
    draft = read(source)
    document = opened(annotated_docx(draft, [make_finding(draft.text, "里文")]))
    start = document.element.body.find(f".//{qn('w:commentRangeStart')}")
    assert start.getparent() is document.element.body[0]
    assert "内里文字" in "".join(start.getnext().itertext())
    assert read(annotated_docx(draft, [make_finding(draft.text, "里文")])).text == draft.text


def test_overlapping_and_equal_findings_all_get_a_comment():
    draft = read(word_file(paragraph("全市设党政机构四十七个。")))
    findings = [
        make_finding(draft.text, words) for words in ("党政机构四", "机构四十七", "机构四十七")
    ]
    document = opened(annotated_docx(draft, findings))
    assert sorted(anchored(document).values()) == ["党政机构四", "机构四十七", "机构四十七"]


def test_only_what_asks_for_attention_gets_a_comment_unless_asked_for():
    draft = draft_from_text("甲乙丙丁")
    findings = [
        make_finding(draft.text, words, verdict=verdict, message=verdict.value)
        for words, verdict in zip("甲乙丙丁", Verdict, strict=True)
    ]

    def verdicts(**options) -> list[str]:
        document = opened(annotated_docx(draft, findings, **options))
        return [comment.text.partition("：")[2] for comment in document.comments]

    assert verdicts() == ["altered", "misattributed"]
    assert verdicts(verdicts=frozenset(Verdict)) == [
        "exact", "altered", "misattributed", "not_found",
    ]  # fmt: skip


def test_comments_and_parts_that_were_there_stay():
    picture = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
    source = word_file(
        paragraph("已有批注的一段话"),
        parts={"word/media/image1.png": picture},
        links=link("image", "media/image1.png"),
    )
    before = opened(source)
    before.add_comment(before.paragraphs[0].runs, text="原来的批注", author="王某", initials="王")
    saved = io.BytesIO()
    before.save(saved)

    draft = read(saved.getvalue())
    result = annotated_docx(draft, [make_finding(draft.text, "批注的")])
    comments = {comment.author: comment for comment in opened(result).comments}
    assert comments["王某"].text == "原来的批注"
    assert comments["问策"].initials == "问"
    texts = anchored(opened(result))
    assert texts[comments["王某"].comment_id] == "已有批注的一段话"
    assert texts[comments["问策"].comment_id] == "批注的"
    with zipfile.ZipFile(io.BytesIO(result)) as archive:
        assert archive.read("word/media/image1.png") == picture


def test_a_draft_that_came_as_text_becomes_one_paragraph_a_line():
    text = "标题\r\n\r\n　　第一段\t有引文。\n第二段\x0b也有\r末段"
    draft = draft_from_text(text)
    findings = [make_finding(text, words) for words in ("段\t有", "第二段\x0b也", "末段")]
    document = opened(annotated_docx(draft, findings))
    lines = ["标题", "", "　　第一段\t有引文。", "第二段\ufffd也有", "末段"]
    assert [one.text for one in document.paragraphs] == lines
    assert list(anchored(document).values()) == ["段\t有", "第二段\ufffd也", "末段"]


def test_a_draft_without_findings_has_no_comments():
    assert not list(opened(annotated_docx(draft_from_text("没有问题。"), [])).comments)


def test_a_finding_without_words_still_gets_its_comment():
    draft = read(word_file(paragraph("前一段") + paragraph("后一段")))
    ends = [
        Finding(
            start=place,
            end=end,
            kind=FindingKind.QUOTATION_MARK,
            verdict=Verdict.ALTERED,
            message="引号不成对。",
        )
        for place, end in ((1, 1), (3, 4), (7, 7))
    ]
    document = opened(annotated_docx(draft, ends))
    assert [text.strip() for text in anchored(document).values()] == ["一段", "一段", "后一段"]


def test_a_relationship_to_a_missing_part_is_no_hindrance():
    source = word_file(paragraph("WPS 写的文稿"), links=link("image", "NULL"))
    draft = read(source)
    result = annotated_docx(draft, [make_finding(draft.text, "文稿")])
    assert list(anchored(opened(result)).values()) == ["文稿"]
    with zipfile.ZipFile(io.BytesIO(result)) as archive:
        assert b'Target="NULL"' in archive.read("word/_rels/document.xml.rels")


def test_a_word_file_that_cannot_be_written_says_what_to_do():
    types = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    draft = read(word_file(paragraph("没有类型的文稿"), parts={"[Content_Types].xml": types}))
    with pytest.raises(ParsingError, match="另存为"):
        annotated_docx(draft, [make_finding(draft.text, "文稿")])


def test_a_comment_says_verdict_correction_difference_and_source():
    text = "要蹄急步稳"
    finding = make_finding(
        text,
        text,
        correction="要蹄疾步稳",
        matches=(
            make_match("要蹄疾步稳", diff=diff(("要蹄", "要蹄"), ("急", "疾"), ("步稳", "步稳"))),
        ),
    )
    assert comment_text(finding, text).split("\n") == [
        "【与原文不符】引文：与原文有一处不同。",
        "建议改为：要蹄疾步稳",
        "对照：要蹄[急→疾]步稳",
        "出处：《在青禾市动员大会上的讲话（示例）》（讲话，青禾市委书记林远舟，全市动员大会，2018年11月6日，青禾日报，第2页）",
        "著录：林远舟. 讲话[Z]. (2018-11-06).",
    ]


def test_characters_that_xml_forbids_do_not_break_a_comment():
    draft = draft_from_text("引文在此")
    finding = make_finding(draft.text, "引文", message="原文有\x07响铃\ud800。")
    document = opened(annotated_docx(draft, [finding]))
    assert "原文有\ufffd响铃\ufffd。" in next(iter(document.comments)).text
