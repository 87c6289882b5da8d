"""Every real file of the samples reads whole and clean; skipped where they are absent."""

import html
import re
from pathlib import Path

import pytest

from ingest.discovery import discover
from ingest.readers import read_file
from ingest.readers.encoding import everyday_share
from ingest.stages import Failure, PublishedText, SourceFile

SHARED = Path(__file__).parents[3].parent / "shared"
SAMPLES = SHARED / "samples"
FILES = sorted(path for path in SAMPLES.rglob("*") if path.is_file() and path.name != "README.md")
PAGES = [path for path in FILES if path.suffix == ".html"]
FURNITURE = (
    "扫一扫", "索引号", "主题分类", "未处理", "视频简介", "央视网首页", "登录", "相关稿件",
    "版权所有", "责任编辑", "京ICP", "[视频]", "<", "&nbsp;", "function",
)  # fmt: skip
ARTICLE = (
    re.compile(r'id="UCAP-CONTENT">(.*?)</td>\s*</tr>\s*<tr>\s*<td></td>', re.DOTALL),
    re.compile(r"<!--repaste\.body\.begin-->(.*?)<!--repaste\.body\.end-->", re.DOTALL),
    re.compile(r'id="content_area">(.*?)</div>', re.DOTALL),
)

pytestmark = pytest.mark.skipif(not FILES, reason="the samples are absent")


def texts_of(path: Path) -> list[PublishedText]:
    file = SourceFile(path=path, source=str(path), file_name=path.name)
    return read_file(file, max_bytes=50 * 2**20)


def letters(text: str) -> str:
    return re.sub(r"[\s\u3000|]+", "", text)


def together(path: Path) -> str:
    return "\n".join(block.text for text in texts_of(path) for block in text.blocks)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name[:40])
def test_a_sample_reads_with_plausible_text(path: Path):
    text = together(path)
    assert len(text) > 100
    assert "\ufffd" not in text
    assert everyday_share(text) > 0.97


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name[:40])
def test_a_page_gives_its_whole_article_and_nothing_else(path: Path):
    source = path.read_text(encoding="utf-8")
    match = next(found for pattern in ARTICLE if (found := pattern.search(source)))
    article = letters(html.unescape(re.sub(r"<!--.*?-->|<[^>]*>", "", match[1], flags=re.DOTALL)))
    (text,) = texts_of(path)
    # The title may stand in front, and merged cells repeat their text in every row.
    read = letters("".join(block.text for block in text.blocks))
    if "rowspan" not in match[1]:
        assert read.endswith(article) or article in read or read in article
        assert len(article) - 2 <= len(read) <= len(article) + 120
    assert article[:30] in read
    assert article[-30:] in read
    assert not [word for word in FURNITURE if word in read]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name[:40])
def test_a_page_states_title_and_dates(path: Path):
    (text,) = texts_of(path)
    window = re.search(r"<title>(.*?)</title>", path.read_text(encoding="utf-8"), re.DOTALL)
    assert window
    assert letters(text.stated["title"]) in letters(window[1])
    assert "[视频]" not in text.stated["title"]
    assert re.match(r"\d{4}[年-]\d{1,2}[月-]\d{1,2}", text.stated["published_date"])
    if path.parent.name == "govcn_html":
        assert text.stated["issuer"].startswith("国务院")
        assert "〔" in text.stated["document_number"]
        assert re.fullmatch(r"\d{4}年\d\d月\d\d日", text.stated["event_date"])
    else:
        assert text.stated["publisher"] == "央视网"
        assert text.stated["published_date"].replace("-", "").startswith(path.name[:4])


def test_statutes_keep_chapters_and_articles():
    for path in (SAMPLES / "laws_org").iterdir():
        (text,) = texts_of(path)
        headings = [block for block in text.blocks if block.level]
        assert headings[0].level == 1
        assert "<!--" not in together(path)
        source = path.read_text(encoding="utf-8")
        assert len(headings) == len(re.findall(r"^#+ ", source, re.MULTILINE))
        for article in re.findall(r"^(第[一二三四五六七八九十百]+条)\s", source, re.MULTILINE):
            assert any(block.text.startswith(article) for block in text.blocks)


def test_the_pdf_keeps_its_page_numbers():
    (path,) = [path for path in FILES if path.suffix == ".pdf"]
    (text,) = texts_of(path)
    assert sorted({block.page for block in text.blocks}) == list(range(1, 15))


def test_rows_of_tables_state_their_columns():
    for path in (SAMPLES / "provincial_2026_csv").iterdir():
        (text,) = texts_of(path)
        assert text.stated["place"] in text.stated["title"]
        assert text.stated["published_date"].startswith("2026-")
        assert text.stated["url"].startswith("https://")
        assert len(text.blocks) > 50


def test_the_folder_is_found_whole(tmp_path: Path):
    found = list(discover([SAMPLES], workspace=tmp_path, max_bytes=50 * 2**20))
    assert not [item for item in found if isinstance(item, Failure)]
    assert len(found) == len(FILES) + 1


def test_seeds_read_line_by_line():
    for path in sorted((SHARED / "seeds").iterdir()):
        (text,) = texts_of(path)
        source = path.read_text(encoding="utf-8-sig")
        assert [block.text for block in text.blocks] == source.removesuffix("\n").split("\n")
