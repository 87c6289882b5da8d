# ruff: noqa: E501 - markup is kept on the lines it belongs to
import json

import pytest

from ingest.readers.html_metadata import clean_title
from rag.errors import ParsingError

NAVIGATION = """<div class="header"><ul class="nav"><li><a href="/">首页</a></li><li><a href="/z">政务公开</a></li>
<li><a href="/b">办事服务</a></li></ul></div><div class="crumbs">当前位置：<a href="/">首页</a> > <a href="/x">要闻</a></div>"""
FOOTER = """<div class="related"><h3>相关阅读</h3><ul><li><a href="/1">某市召开动员会部署机构改革工作任务</a></li>
<li><a href="/2">某区优化营商环境，出台二十条措施支持企业</a></li><li><a href="/3">第三条新闻标题在这里显示</a></li></ul></div>
<div class="footer"><p>主办单位：示例市人民政府办公室，版权所有，未经许可不得转载本网站的任何内容。</p>
<p>京ICP备00000000号</p></div>"""
BODY = (
    "本报讯（记者 张三）昨日，示例市召开机构改革动员大会，部署全市机构改革工作任务。",
    "会议强调，要提高政治站位，把思想和行动统一到中央决策部署上来，确保改革落地见效。",
    "据了解，改革后全市共设置党政机构四十二个，其中党委机构十三个，政府机构二十九个。",
)
PARAGRAPHS = "".join(f"<p>　　{text}</p>" for text in BODY)


def page(
    article: str, *, head: str = "", title: str = "示例市召开动员大会_要闻_示例市人民政府网站"
) -> bytes:
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{title}</title>{head}"
        f"<script>var a='脚本';</script></head><body>{NAVIGATION}{article}{FOOTER}</body></html>"
    ).encode()


def test_a_portal_page_gives_its_article_and_what_it_states(read, shown):
    article = f"""<div class="main"><div class="w1"><h1>示例市召开动员大会</h1>
    <div class="info"><span>发布时间：2019-03-22 09:30</span> <span>来源：示例日报</span> <span>浏览次数：37</span>
    【字体：<a>大</a> <a>中</a> <a>小</a>】</div><div class="xyz">{PARAGRAPHS}
    <p style="text-align:right">（责任编辑：李四）</p></div><div class="share">分享到：<a>微信</a></div></div></div>"""
    (text,) = read(page(article), "a.html")
    assert shown(text.blocks)[:1] == ["#示例市召开动员大会"]
    assert [block.text for block in text.blocks if block.text in BODY] == list(BODY)
    assert text.stated["title"] == "示例市召开动员大会"
    assert text.stated["published_date"] == "2019-03-22 09:30"
    assert text.stated["publisher"] == "示例日报"
    assert text.stated["editors"] == "李四"
    together = "".join(block.text for block in text.blocks)
    for word in ("首页", "政务公开", "相关阅读", "某市召开", "版权", "ICP", "脚本", "分享", "微信"):
        assert word not in together


def test_a_known_container_is_taken_whole_and_alone(read):
    article = f"""<div class="side">广告位说明文字，本栏目由示例公司提供支持，详情请咨询客服，谢谢您的关注。</div>
    <div class="TRS_Editor"><div><p>{BODY[0]}</p></div><p>{BODY[1]}</p>末段没有标签，{BODY[2]}</div>"""
    (text,) = read(page(article), "a")
    assert [block.text for block in text.blocks] == [BODY[0], BODY[1], f"末段没有标签，{BODY[2]}"]


def test_line_breaks_end_paragraphs_and_source_breaks_do_not(read):
    article = f"<div><div>　　{BODY[0]}<br><br>　　{BODY[1][:20]}\n      {BODY[1][20:]}<br/>{BODY[2]}</div></div>"
    (text,) = read(page(article), "a.htm")
    assert [block.text for block in text.blocks] == list(BODY)


def test_a_policy_page_states_its_label_rows_and_keeps_its_tables(read, shown):
    labels = """<table><tr><td><b>发文机关：</b></td><td>示例市人民政府</td><td><b>成文日期：</b></td><td>2022年04月14日</td></tr>
    <tr><td><b>标　　题：</b></td><td colspan="3">关于印发考评办法的通知</td></tr>
    <tr><td><b>发文字号：</b></td><td>示府办发〔2022〕43号</td><td><b>发布日期：</b></td><td>2022年04月20日</td></tr></table>"""
    rows = """<table><tr><th>地区</th><th>年份</th><th>人数</th></tr><tr><td rowspan="2">甲区</td><td>2021</td>
    <td>30</td></tr><tr><td>2022</td><td><p>37</p></td></tr></table>"""
    article = f"""{labels}<div id="UCAP-CONTENT"><p align="center">关于印发</p><p align="center">考评办法的通知</p>
    <p>示府办发〔2022〕43号</p>{PARAGRAPHS}{rows}<p>2022年4月14日　　</p></div>"""
    (text,) = read(page(article, title="示例"), "a.shtml")
    assert dict(text.stated) == {
        "issuer": "示例市人民政府",
        "event_date": "2022年04月14日",
        "title": "关于印发考评办法的通知",
        "document_number": "示府办发〔2022〕43号",
        "published_date": "2022年04月20日",
    }
    assert shown(text.blocks) == [
        "#关于印发考评办法的通知",
        "示府办发〔2022〕43号",
        *BODY,
        "| 地区 | 年份 | 人数",
        "| 甲区 | 2021 | 30",
        "| 甲区 | 2022 | 37",
        "2022年4月14日",
    ]


def test_meta_tags_and_json_ld(read):
    record = {
        "@type": "NewsArticle", "headline": "甲", "datePublished": "2020-01-02",
        "publisher": {"@type": "Organization", "name": "示例网"}, "author": [{"name": "张三"}],
    }  # fmt: skip
    head = f"<script type='application/ld+json'>{json.dumps(record)}</script>"
    (text,) = read(page(f"<article>{PARAGRAPHS}</article>", head=head), "a.html")
    assert text.stated["publisher"] == "示例网"
    assert text.stated["published_date"] == "2020-01-02"
    assert text.stated["reporters"] == "张三"
    head = "<meta name='ContentSource' content='示例社'><meta name='PubDate' content='2021-02-03'>"
    (text,) = read(page(f"<article>{PARAGRAPHS}</article>", head=head), "a.html")
    assert (text.stated["publisher"], text.stated["published_date"]) == ("示例社", "2021-02-03")


def test_an_author_that_no_reader_sees_is_not_stated(read):
    head = "<meta name='author' content='管理员'>"
    (text,) = read(page(f"<article>{PARAGRAPHS}</article>", head=head), "a.html")
    assert "reporters" not in text.stated


def test_a_page_stored_twice_with_the_crawlers_remains_is_given_once(read):
    once = f"<td class='b12c' id='UCAP-CONTENT'>{PARAGRAPHS}</td>"
    data = (
        f"<html><head><title>标题如此</title></head><body><tbody><tr>{once}</tr></tbody>"
        f"', null, '未处理', '<div><table><tbody><tr>{once}</tr></tbody></table></div></body></html>"
    )
    (text,) = read(data.encode(), "a.html")
    assert [block.text for block in text.blocks] == list(BODY)


@pytest.mark.parametrize("declared", ["gb2312", "GBK", "utf-8", ""])
def test_bytes_count_more_than_the_declared_encoding(read, declared: str):
    html = f"<html><head><meta charset='{declared}'><title>镕基</title></head><body>{PARAGRAPHS}</body></html>"
    for encoding in ("gb18030", "utf-8"):
        (text,) = read(html.encode(encoding), "a.html")
        assert [block.text for block in text.blocks] == list(BODY)


def test_a_page_is_found_out_without_its_suffix(read):
    for name in ("a.txt", "a", "a.doc"):
        (text,) = read(page(f"<div>{PARAGRAPHS}</div>"), name)
        assert [block.text for block in text.blocks] == list(BODY)


def test_hidden_text_and_phonetic_guides_are_left_out(read):
    article = f"<div>{PARAGRAPHS}<p style='display: none'>看不见的一段文字，不该出现。</p><p><ruby>镕<rt>róng</rt></ruby>基</p></div>"
    (text,) = read(page(article), "a.html")
    assert [block.text for block in text.blocks] == [*BODY, "镕基"]


def test_the_address_a_page_was_saved_from_is_stated(read):
    note = b"<!-- saved from url=(0030)https://www.example.org/a.html -->\n"
    (text,) = read(note + page(f"<article>{PARAGRAPHS}</article>"), "a.html")
    assert text.stated["url"] == "https://www.example.org/a.html"


def test_an_article_that_a_script_would_show_is_read(read):
    article = f"<div id='js_content' style='visibility: hidden; opacity: 0;'>{PARAGRAPHS}</div>"
    (text,) = read(page(article), "a.html")
    assert [block.text for block in text.blocks] == list(BODY)


def test_escaped_pages_are_unescaped(read):
    escaped = PARAGRAPHS.replace("<", "&lt;").replace(">", "&gt;")
    (text,) = read(f"<html><body><div>{escaped}</div></body></html>".encode(), "a.html")
    assert [block.text for block in text.blocks] == list(BODY)
    dumped = PARAGRAPHS.replace("<p>", '<p class=\\"a\\">').replace("</p>", "<\\/p>\\r\\n")
    data = f"<html><body>{dumped}</body></html>".encode()
    assert b'\\"' in data
    (text,) = read(data, "a.html")
    assert [block.text for block in text.blocks] == list(BODY)


def test_column_headers_and_times_of_meetings_state_nothing(read):
    rows = "<tr><td>名称</td><td>编制</td></tr><tr><td>发布日期</td><td>来源</td></tr><tr><td>甲</td><td>20</td></tr>"
    article = f"<article>{PARAGRAPHS}<p>时间：2019年3月22日上午</p><table>{rows}</table></article>"
    (text,) = read(page(article, title="示例市召开动员大会"), "a.html")
    assert dict(text.stated) == {"title": "示例市召开动员大会"}
    assert "名称 | 编制" in [block.text for block in text.blocks]


def test_lines_of_an_article_that_look_like_buttons_stay(read):
    last = ("关闭“散乱污”企业37家。", "返回原籍就业的有两千人", "主办单位：示例市委改革办")
    article = f"<article>{PARAGRAPHS}{''.join(f'<p>{text}</p>' for text in last)}<p>【打印】【关闭】</p></article>"
    (text,) = read(page(article), "a.html")
    assert [block.text for block in text.blocks][-3:] == list(last)


def test_layout_tables_and_old_markup(read):
    rows = "".join(f"<tr><td><font size=3>&nbsp;&nbsp;{text}<br></td></tr>" for text in BODY)
    side = "".join(f"<tr><td><a href='/{n}'>栏目导航第{n}项</a></td></tr>" for n in range(9))
    html = f"<html><title>旧网页</title><body><table><tr><td><table>{side}</table></td><td><table>{rows}</table></td></tr></table></body></html>"
    (text,) = read(html.encode("gb18030"), "a.htm")
    assert [block.text for block in text.blocks] == list(BODY)


def test_a_summary_in_front_does_not_displace_the_article(read):
    article = f"<div class='summary'><p>{BODY[1]}</p></div><div class='art'><p>{BODY[0]}</p><p>{BODY[1]}</p><p>{BODY[2]}</p></div>"
    (text,) = read(page(article), "a.html")
    assert [block.text for block in text.blocks][-3:] == list(BODY)


@pytest.mark.parametrize(
    "html", ["<html></html>", "<html><body><script>x()</script></body></html>"]
)
def test_a_page_without_an_article_says_so(read, html: str):
    with pytest.raises(ParsingError, match="没有正文"):
        read(html.encode(), "a.html")


def test_unclosed_tags_lose_nothing_and_too_many_are_refused(read):
    def nested(depth: int) -> bytes:
        return f"<html><body>{'<div>' * depth}{BODY[0]}</div></body></html>".encode()

    (text,) = read(nested(1500), "a.html")
    assert text.blocks[0].text == BODY[0]
    with pytest.raises(ParsingError, match="嵌套过深"):
        read(nested(5000), "a.html")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("[视频]全面推进民政工作_新闻频道_央视网(cctv.com)", "全面推进民政工作"),
        ("关于进一步优化营商环境的意见 - 示例市人民政府网站", "关于进一步优化营商环境的意见"),
        ("图解：2019-2020年改革要点", "图解：2019-2020年改革要点"),
    ],
)
def test_titles_lose_marks_and_sites(title: str, expected: str):
    assert clean_title(title) == expected
