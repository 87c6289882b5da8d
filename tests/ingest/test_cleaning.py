import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingest.cleaning import clean
from ingest.readers.text import lines_of
from ingest.stages import Block, CleanText, PublishedText, Role

SEEDS = Path(__file__).parents[2].parent / "shared" / "seeds"
needs_seeds = pytest.mark.skipif(not SEEDS.is_dir(), reason="no seeds beside the repository")


def published(text: str) -> PublishedText:
    return PublishedText(blocks=tuple(Block(text=line, role=Role.LINE) for line in lines_of(text)))


def one(text: str) -> CleanText:
    (cleaned,) = clean(published(text))
    return cleaned


def paragraphs(text: str) -> list[str]:
    return one(text).text.split("\n")


def heading_texts(cleaned: CleanText) -> list[tuple[int, str]]:
    return [(heading.level, heading.span.of(cleaned.text)) for heading in cleaned.headings]


COLUMNS = """\
 凝聚共识 主动作为 全力打好改革攻坚战

青河县召开机构改革动员会议

机构改革是一项牵动全局的系统工程
，也是青河县今年必须完成的头等大事，
全县上下要统一认识、步调一致。

3月6日上午，青河县委召开机构改革动
员会议，传达省市有关会议精神，对全县
机构改革工作进行安排部署。

会议由县委副书记主持。
记者 林一帆 通讯员 周小禾/文 许南/图

推进机构改革，是加快转变政
府职能的迫切需要，是提升服务效
能的有效途径。各乡镇各部门要把
思想统一到县委的部署上来，以扎实的

工作作风抓好每一个环节，确保改
革任务如期完成。

要坚持从实际出发，把职责理
顺，把编制管住。要严格纪律，不
得突击提拔干部，不得突击花钱。

统筹安排部署，压实工作责任
以务实的举措推动机构改革走深走实

加强督促检查
以严明的纪律保证各项
改革任务落地见效
"""


def test_columns_are_joined_into_sentences_across_line_and_column_breaks():
    lines = paragraphs(COLUMNS)
    assert "机构改革是一项牵动全局的系统工程，也是青河县今年必须完成的头等大事，" in lines[2]
    assert lines[3].startswith("3月6日上午，青河县委召开机构改革动员会议，")
    assert any("以扎实的工作作风抓好每一个环节，确保改革任务如期完成。" in line for line in lines)
    assert len(lines) == 12


def test_bylines_and_headings_are_not_swallowed_by_columns():
    lines = paragraphs(COLUMNS)
    assert "会议由县委副书记主持。" in lines
    assert "记者 林一帆 通讯员 周小禾/文 许南/图" in lines


def test_headings_left_at_the_end_of_the_page_are_found_and_joined():
    assert [text for _, text in heading_texts(one(COLUMNS))] == [
        "统筹安排部署，压实工作责任",
        "以务实的举措推动机构改革走深走实",
        "加强督促检查",
        "以严明的纪律保证各项改革任务落地见效",
    ]


PAGE = """\

时政新闻

县人大常委会第十次会议召开

本报讯(记者 秦川 苏叶)昨日上午,云溪县人大常委会第十次会议在县行政中心召开,\
会议听取和审议了县政府关于优化营商环境的报告。县人大常委会

主任方远山主持会议。会议认为,今年以来营商环境持续改善,企业办事时间明显缩短。会议要求,要健全长效机制,做好政策兑

现工作。

副主任郭平、陆海参加会议。

深入贯彻县委工作会议精神

奋力推进数字云溪建设 为群众办事提速

核心提示

2021年以来,县委、县政府把数字化改革摆在突出位置,先后建成了三个平台,群众办事平均少跑两趟。

□云溪日报记者 孟春 何静

以数据共享提升效率

数据不通,效率难高。

2022年,县里制定了数据共享办法,明确了十二个部门的责任,要求所有审批系统接入统一平台,做到一次录入、多次使用。

县里还建立了平台项目建

设月度调度制度,由县长牵头,每月召开一次,解决跨部门难题。

以流程再造方便群众

办事大厅设置了综合窗口,工作人员轮岗培训,群众不再需要在多个窗口之间来回奔走,平均等候时间降到了十分钟以内。

走进乡村 精彩瞬间

【走基层 看云溪】
"""


def test_a_newspaper_page_becomes_its_articles():
    first, second = clean(published(PAGE))
    assert (first.part, second.part) == ("1", "2")
    assert first.text.startswith("县人大常委会第十次会议召开\n本报讯")
    assert second.text.startswith(
        "深入贯彻县委工作会议精神\n奋力推进数字云溪建设 为群众办事提速\n核心提示"
    )
    assert first.furniture == ("时政新闻", "走进乡村 精彩瞬间", "【走基层 看云溪】")


def test_paragraphs_broken_by_a_column_are_joined_even_inside_a_word():
    first, second = clean(published(PAGE))
    assert "县人大常委会主任方远山主持会议。" in first.text
    assert "做好政策兑现工作。" in first.text
    assert "县里还建立了平台项目建设月度调度制度,由县长牵头" in second.text
    assert heading_texts(second) == [(1, "以数据共享提升效率"), (1, "以流程再造方便群众")]


def test_the_part_of_a_table_of_documents_is_extended():
    blocks = published(PAGE).blocks
    assert [text.part for text in clean(PublishedText(blocks=blocks, part="7"))] == ["7.1", "7.2"]


PORTAL = """\
2021年05月12日 星期三
下载
打印
【字号：
加大
还原
减小
】
河东区提前完成机构改革任务

发布日期:2019-04-02

信息来源:河东日报

　　河东区委六届八次全会审议通过机构改革实施意见。随着区应急管理局等部门挂牌,改革进入收尾阶段。
　　未雨绸缪 超前布局
　　找准“切入点”扛起改革主体责任
　　为确保改革平稳推进,河东区成立专班,倒排时间节点,逐项明确责任单位,定期会商研究解决遇到的问题。
　　市民可关注“河东发布”微信公众号了解办事指南。
编辑:陆平
分享到：
返回顶部
上一篇：河东区召开座谈会
相关报道：
河东区召开三定工作座谈会
"""


def test_portal_furniture_goes_and_what_metadata_needs_stays():
    cleaned = one(PORTAL)
    assert cleaned.text.startswith(
        "河东区提前完成机构改革任务\n发布日期:2019-04-02\n信息来源:河东日报\n"
    )
    assert cleaned.text.endswith("了解办事指南。\n编辑:陆平")
    assert cleaned.furniture[0] == "2021年05月12日 星期三"
    assert "返回顶部" in cleaned.furniture


def test_a_two_line_heading_is_two_levels():
    assert heading_texts(one(PORTAL)) == [
        (1, "未雨绸缪 超前布局"),
        (2, "找准“切入点”扛起改革主体责任"),
    ]


SPEECH = """\
同志们:
今天召开全区机构改革推进会,主要任务是总结前一阶段工作,部署下一步任务。下面,我讲两点意见:
一、认清形势,增强紧迫感
改革进入深水区,等不起、慢不得。一是思想要统一。二是行动要迅速。
二、突出重点,确保见实效
要盯住关键环节,逐项抓好落实,不折不扣完成各项任务。
谢谢大家!
试读已结束,如需全文请联系客服。
请点击👉 abc12345 👈联系老师
更多公文范文请关注公众号
"""


def test_advertising_at_the_end_goes():
    cleaned = one(SPEECH)
    assert cleaned.text.endswith("\n谢谢大家!")
    assert len(cleaned.furniture) == 3
    assert [level for level, _ in heading_texts(cleaned)] == [1, 1]


LAW = """\
    【法宝引证码】 CLI.12.0000000
原文链接：https://example.org/lar/0.html
北岭市人民政府关于印发《北岭市公共数据管理办法》的通知
北岭市人民政府关于印发《北岭市公共数据管理办法》的通知
北政发〔2020〕9号
各县（区）人民政府：
　　现将办法印发你们，请遵照执行。
北岭市人民政府
2020年6月1日
　　北岭市公共数据管理办法
　第一章　总则　　第一条 　为了规范公共数据管理，制定本办法。
　　第二条 　本办法所称公共数据，是指履行职责中产生的数据。
　　（一）基础数据；
　　（二）业务数据；
　　（三）其他数据。
　第二章　附　则　　第三条 　本办法自公布之日起施行。
"""


def test_a_law_keeps_its_title_once_and_its_chapters_are_headings():
    cleaned = one(LAW)
    assert cleaned.text.count("的通知") == 1
    assert cleaned.text.startswith("北岭市人民政府关于印发")
    assert heading_texts(cleaned) == [
        (1, "北岭市公共数据管理办法"),
        (2, "第一章 总则"),
        (2, "第二章 附则"),
    ]
    assert "\n第一条 为了规范公共数据管理，" in cleaned.text


def test_word_paragraphs_stay_whole_and_marked_headings_keep_their_level():
    blocks = (
        Block(text="政 府 工 作 报 告", role=Role.HEADING, level=1),
        Block(text="\u2003\u2003各位代表："),
        Block(text="一、2024年工作回顾"),
        Block(text="过去一年，全区上下团结一心，经济平稳运行。\u200b"),
        Block(text="（一）产业升级"),
        Block(text="新增企业20家。"),
        Block(text="张三 | 12", role=Role.TABLE_ROW),
        Block(text="指新型工业化。", role=Role.FOOTNOTE),
    )
    (cleaned,) = clean(PublishedText(blocks=blocks, stated={"title": "x"}, stated_by="docx"))
    assert cleaned.text.split("\n") == [
        "政府工作报告",
        "各位代表：",
        "一、2024年工作回顾",
        "过去一年，全区上下团结一心，经济平稳运行。",
        "（一）产业升级",
        "新增企业20家。",
        "张三 | 12",
        "指新型工业化。",
    ]
    assert heading_texts(cleaned)[:2] == [(1, "政府工作报告"), (2, "一、2024年工作回顾")]
    assert (cleaned.stated, cleaned.stated_by) == ({"title": "x"}, "docx")


def test_sentences_go_on_over_pages_and_their_headers_and_numbers():
    pages = [
        [
            "北岭市改革简报",
            "为了深入推进机构改革各项任务落实",
            "全市各级各部门要坚持统一领导，坚持问",
            "— 1 —",
        ],
        [
            "北岭市改革简报",
            "题导向，把握时间节点，狠抓责任落实，确",
            "保各项工作有序衔接平稳过渡不断档。要",
            "— 2 —",
        ],
        [
            "北岭市改革简报",
            "加强宣传引导，营造良好氛围，让群众真正",
            "感受到改革带来的变化。",
            "— 3 —",
        ],
    ]
    blocks = tuple(
        Block(text=line, role=Role.LINE, page=number)
        for number, page in enumerate(pages, start=1)
        for line in page
    )
    (cleaned,) = clean(PublishedText(blocks=blocks))
    assert "坚持问题导向，把握时间节点，狠抓责任落实，确保各项工作" in cleaned.text
    assert "不断档。要加强宣传引导" in cleaned.text
    assert cleaned.text.count("北岭市改革简报") == 1
    assert [page for _, page in cleaned.pages] == [1, 2, 3]
    assert cleaned.text[cleaned.pages[1][0] :].startswith("题导向")
    assert cleaned.furniture.count("北岭市改革简报") == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", [], id="empty"),
        pytest.param(" \n\u3000\n\t\n", [], id="white"),
        pytest.param("下载", ["下载"], id="nothing-but-furniture"),
        pytest.param("甲\u00a0\u00a0乙\ufeff丙", ["甲 乙丙"], id="blanks"),
        pytest.param("刘\u3000颖 局长", ["刘颖 局长"], id="aligned-name"),
        pytest.param("李娜\u3000袁帅", ["李娜 袁帅"], id="two-names"),
        pytest.param("北 岭 市 机 构 改 革 , 共 12 项", ["北岭市机构改革,共12项"], id="spread"),
        pytest.param("1 月16日,共8 个。", ["1 月16日,共8 个。"], id="half-width-stays"),
        pytest.param(
            "[视频]改革取得新进展\n今天发布。", ["改革取得新进展", "今天发布。"], id="tag"
        ),
    ],
)
def test_single_lines(text: str, expected: list[str]):
    assert [
        line for cleaned in clean(published(text)) for line in cleaned.text.split("\n")
    ] == expected


def test_a_quotation_that_a_page_broke_is_joined():
    lines = paragraphs(
        "高原指出，改革是一场深刻变革。“关头勇者胜，”他说，“我们必须\n迎难而上。”\n会议结束。"
    )
    assert lines[0].endswith("“我们必须迎难而上。”")
    assert lines[1:] == ["会议结束。"]


def test_glued_paragraphs_part_after_a_full_stop():
    sentence = "会议指出,要认真贯彻落实各项改革部署,统筹推进机构整合和职能优化,确保按期完成任务。"
    lines = paragraphs(sentence * 4 + " " + "会议强调," + sentence * 2)
    assert lines == [sentence * 4, "会议强调," + sentence * 2]


def test_a_file_with_a_blank_after_each_sentence_is_not_parted():
    assert len(paragraphs("会议指出要认真贯彻落实各项改革部署。 " * 20)) == 1


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "张红旗 县政府办公室主任\n李向阳 县委组织部部长\n王建国 县财政局局长\n", id="names"
        ),
        pytest.param(
            "春风拂过青河水，\n两岸花开映日红。\n改革潮声催战鼓，\n云溪儿女立新功。\n", id="verse"
        ),
        pytest.param(
            "问：改革的重点是什么？\n答：重点是优化职责。\n问：何时完成？\n答：年底前。\n",
            id="dialogue",
        ),
        pytest.param("附件：1.任务分工表\n2.工作联系表\n3.考核评分表\n", id="annexes"),
        pytest.param("特此通知。\n\n北岭市人民政府办公室\n\n2020年6月1日\n", id="signature"),
    ],
)
def test_lists_verses_dialogue_and_signatures_keep_their_lines(text: str):
    assert paragraphs(text) == [line for line in text.split("\n") if line]


def test_a_report_with_many_headings_and_bylines_of_one_article_stays_one():
    body = "为落实改革任务，全县上下倒排工期、挂图作战，各项工作有序推进，成效逐步显现。\n"
    text = (
        "青河县改革纪实\n\n□本报记者 林一帆\n\n"
        + body * 3
        + "敢闯敢试\n"
        + body
        + "久久为功\n"
        + body
    )
    assert len(clean(published(text + "记者 林一帆 文/图\n"))) == 1


@pytest.mark.parametrize("text", [COLUMNS, PAGE, PORTAL, SPEECH, LAW], ids="CPOSL")
def test_cleaning_canonical_text_changes_nothing(text: str):
    for cleaned in clean(published(text)):
        assert one(cleaned.text).text == cleaned.text


SENTENCES = st.lists(
    st.sampled_from([
        "改革工作稳步推进，各项任务有序落实。",
        "全县上下要统一思想、提高认识，切实把责任扛在肩上。",
        "会议强调，要坚持问题导向；要严明工作纪律。",
        "新组建部门全部挂牌，人员转隶基本到位！",
        "今年共压减事项128项，增长12.5%。",
    ]),
    min_size=1,
    max_size=6,
).map("".join)
HEADINGS = st.sampled_from(["一、总体要求", "（二）重点任务", "强化组织保障", "第三章 附则"])
STRUCTURED = st.lists(st.one_of(SENTENCES, SENTENCES, HEADINGS), min_size=1, max_size=8)


def without_white(text: str) -> str:
    return re.sub(r"\s", "", text)


PROSE = [
    "入夏以来，云溪县把防汛备汛作为头等大事，县领导带队深入乡镇逐一排查水库、河道和地质灾害隐患点。",
    "县水利局组织技术人员对全县四十二座小型水库进行体检，建立问题清单，逐项明确整改时限和责任人。",
    "“去年我们村口的老桥被冲垮了，今年修了新桥，心里踏实多了。”青石村村民陈老汉指着河对岸的梯田说。",
    "在物资储备方面，县应急管理局新购置冲锋舟、编织袋和照明设备，分片存放，确保关键时刻调得出、用得上。",
    "下一步，全县将继续完善预警响应机制，加强值班值守，开展实战演练，切实保障人民群众生命财产安全。",
    "据气象部门预测，未来十天仍有较强降雨过程，请广大群众及时关注预报信息，减少不必要的外出。",
]


def set_in_columns(paragraph: str, columns: int) -> list[str]:
    """Lines of one width, but that none begins with punctuation: it hangs on the line before."""
    return re.findall(rf".{{1,{columns}}}[，。、；：！？”]*", paragraph)


@pytest.mark.parametrize("columns", [13, 15, 18, 20, 25, 32, 40])
@pytest.mark.parametrize("layout", ["empty-lines", "indents", "double-spaced", "pages"])
def test_paragraphs_set_in_columns_of_any_width_are_found_again(columns: int, layout: str):
    indent = "　　" if layout == "indents" else ""
    lines = list[str]()
    for paragraph in PROSE:
        for line in set_in_columns(indent + paragraph, columns):
            lines += [line, ""] if layout == "double-spaced" else [line]
        lines += [""] if layout != "indents" else []
    per_page = 7 if layout == "pages" else len(lines)
    blocks = tuple(
        Block(text=line, role=Role.LINE, page=index // per_page + 1)
        for index, line in enumerate(lines)
    )
    (cleaned,) = clean(PublishedText(blocks=blocks))
    assert cleaned.text.split("\n") == PROSE


def test_briefs_without_empty_lines_part_at_their_headlines():
    text = """\
第2版：要闻
我县召开防汛工作会议
本报讯（记者 秦川 实习
生 陆路）昨日，我县召开防汛
工作会议，县长高原出席会议并
讲话。他强调，要压实各级责任，
坚决守住安全底线。
全县秋季招生工作启动
本报讯（通讯员 苏叶）8月
29日，全县秋季招生工作启动，副
县长陆海要求严格落实政策，做到
公平公正，妥善解决随迁子女入学
问题。
"""
    first, second = clean(published(text))
    assert first.text.startswith("我县召开防汛工作会议\n本报讯（记者 秦川 实习生 陆路）昨日，")
    assert second.text.startswith("全县秋季招生工作启动\n本报讯（通讯员 苏叶）8月29日，")
    assert first.furniture == ("第2版：要闻",)


def test_headings_in_brackets_stay_and_column_labels_at_the_edge_go():
    sentence = "各部门要把责任扛在肩上，把任务抓在手上，确保各项改革按时完成。"
    cleaned = one(
        f"【走基层】\n东岭区完成改革\n{sentence}\n【提高站位】\n{sentence}\n【压实责任】\n{sentence}"
    )
    assert [text for _, text in heading_texts(cleaned)] == ["【提高站位】", "【压实责任】"]
    assert cleaned.furniture == ("【走基层】",)


@given(STRUCTURED, st.sampled_from([12, 17, 20, 36]), st.booleans())
@example(
    ["改革工作稳步推进，各项任务有序落实。" + "今年共压减事项128项，增长12.5%。" * 3], 20, False
)
@example(
    ["改革工作稳步推进，各项任务有序落实。" + "今年共压减事项128项，增长12.5%。" * 3], 17, False
)
@settings(max_examples=60, deadline=None)
def test_wrapping_loses_no_character(parts: list[str], columns: int, parted: bool):
    lines = [
        line
        for part in parts
        for line in [*set_in_columns(part, columns), *([""] if parted else [])]
    ]
    cleaned = clean(published("\n".join(lines)))
    assert without_white("".join(text.text for text in cleaned)) == "".join(
        without_white(p) for p in parts
    )


@given(STRUCTURED)
@settings(max_examples=60, deadline=None)
def test_long_lines_stay_as_they_are_and_cleaning_twice_changes_nothing(parts: list[str]):
    text = one("\n".join(parts)).text
    assert text == "\n".join(parts)
    assert one(text).text == text


@given(st.text(max_size=400))
@settings(max_examples=100, deadline=None)
def test_any_text_gives_canonical_lines_with_headings_that_are_whole(text: str):
    for cleaned in clean(published(text)):
        assert cleaned.text == cleaned.text.strip()
        assert "\n\n" not in cleaned.text
        assert not re.search("[\x00-\x09\x0b-\x1f\u00a0\u200b\u3000\ufeff]|  ", cleaned.text)
        whole = f"\n{cleaned.text}\n"
        for heading in cleaned.headings:
            assert f"\n{heading.span.of(cleaned.text)}\n" in whole


def seed(number: int) -> list[CleanText]:
    (path,) = SEEDS.glob(f"{number:03}_*.txt")
    return clean(published(path.read_text(encoding="utf-8")))


@needs_seeds
def test_seed_000_columns():
    (cleaned,) = seed(0)
    assert "以高度的政治自觉、思想自觉" in cleaned.text
    assert "承接事项“接得住" in cleaned.text
    assert "生态化新城区，为郑州建设" in cleaned.text
    assert 22 <= cleaned.text.count("\n") + 1 <= 26
    headings = [text for _, text in heading_texts(cleaned)]
    assert headings[0] == "深入学习领会，提升政治站位"
    assert "准确把握要求，认真贯彻执行" in headings
    assert headings[-1].startswith("以勇于担当的精神确保各项任务")


@needs_seeds
def test_seed_001_glued_paragraphs():
    (cleaned,) = seed(1)
    assert cleaned.text.count("\n会议强调,") == 2


@needs_seeds
def test_seed_002_advertising():
    (cleaned,) = seed(2)
    assert cleaned.text.endswith("谢谢大家!")
    assert [text[:2] for _, text in heading_texts(cleaned)] == ["一、", "二、", "三、", "四、"]


@needs_seeds
def test_seed_003_portal():
    (cleaned,) = seed(3)
    assert "星期三" not in cleaned.text
    assert "发布日期:2019-03-22" in cleaned.text
    assert heading_texts(cleaned)[0] == (1, "凝心聚力 提早谋划")
    assert len(cleaned.headings) == 8


@needs_seeds
def test_seed_004_articles():
    first, second = seed(4)
    assert first.text.startswith("市人大工作座谈会")
    assert "市人大常委会主任白红战" in first.text
    assert second.text.startswith("学习贯彻省委九届八次全会")
    assert "重大项目建设协调推进例会制度" in second.text
    assert "走基层" not in second.text
    assert [text[-4:] for _, text in heading_texts(second)] == ["提速增效", "长效合力", "科学发展"]


@needs_seeds
@pytest.mark.parametrize("number", range(5))
def test_seeds_cleaned_again_stay_the_same(number: int):
    for cleaned in seed(number):
        assert one(cleaned.text).text == cleaned.text


def test_a_byline_is_a_paragraph_of_its_own():
    lines = (
        "青石区部署区级机构改革",
        "",
        "记者 柏念秋 通讯员 冉疏桐/文",
        "闻启山指出，机构改革牵涉面广，时",
        "间很紧，全区上下要把认识统一到市",
        "委的部署上来。",
    )
    assert "冉疏桐/文\n闻启山指出" in one("\n".join(lines)).text
