"""What surrounds a text on its page: navigation, page numbers, running headers, advertising.

A pattern that a sentence could match counts only at the top or the bottom of a text; the rest
match whole short lines.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from ingest.layout.lines import Ending, Line, ending, is_label
from ingest.stages import Role

_TOP, _BOTTOM = 8, 8  # kept lines in which the top and bottom patterns count
_SHORT = 80

_NAVIGATION = re.compile(
    r"下载|打印|全屏|收藏|分享|转发|点赞|评论|关闭|纠错|登录|注册|收起|展开全文|TOP|【|】"
    r"|加大|还原|减小|放大|缩小|关闭(?:窗口|本页)|打印(?:本页|本文|本稿|页面)|大 中 小"
    r"|[\[【] ?[大中小](?: ?[大中小]){0,2} ?[\]】]"
    r"|【?字[体号][:： ]*"
    r"(?:[【\[]?(?:超?大|中|小|标准|默认|加大|还原|减小|放大|缩小)[】\]]?[ |｜/]*)*】?"
    r"|[【\[](?:打印|关闭|收藏|纠错|返回|下载)"
    r"(?:[】\] |｜/【\[]*(?:打印|关闭|收藏|纠错|返回|下载))*[】\]]"
    r"|(?:分享|转发)到?[:：]?(?:[ ]?(?:微信|微博|新浪微博|腾讯微博|QQ空间|QQ好友|QQ|朋友圈))*"
    r"|微信|微博|朋友圈|QQ空间|返回(?:顶部|首页|列表|上一?[级页]|目录)|回到顶部|无障碍(?:浏览|阅读)?"
    r"|我要(?:纠错|分享|评论|留言)|扫一扫.{0,20}|手机扫.{0,16}|用?微信扫.{0,16}|视频加载中.{0,10}"
    r"|点击(?:播放|下载|查看)(?:视频|附件|大图|原文)?|您?的?(?:当前|现在的?)?位置[:： ].{0,60}"
    r"|您(?:现在)?所在的?位置.{0,60}|首页 ?[>＞»/-].{0,60}|[上下]一[篇条页](?:[:： ].{0,50})?"
    r"|(?:[上下]一版|版面导航|标题导航|往期回顾|数字报首页)(?:[ |]*\S{2,4})?"
    r"|(?:浏览|阅读|点击|访问)(?:次数|量|数|率)?[:： ]+\d*次?(?: .{0,20})?"
    r"|网站地图|联系我们|设为首页|加入收藏|登录[ |/]注册|更多>*"
    r"|[─━═=_*＊~～—-]{3,}|true|false|null|undefined|Public domain",
    re.IGNORECASE,
)
_RIGHTS = re.compile(
    r".{0,20}(?:版权所有|Copyright ?[©(]|ICP备\d|公网安备|网站标识码).{0,60}", re.IGNORECASE
)
_ADDRESS = re.compile(
    r"(?:(?:原文|本文|文章)?(?:链接|地址|网址)[:：] ?)?(?:https?://|www\.)[!-~]+"
    r"|【法宝引证码】.{0,40}|<!--.{0,80}-->"
)
_PAGE_NUMBER = re.compile(
    r"[-—–·. ]*第? ?\d{1,4} ?页?(?:[ /／,，]*共? ?\d{1,4} ?页?)?[-—–·. ]*"
    r"|[—–-] ?[ivxIVX]{1,6} ?[—–-]"
    r"|Page \d+(?: of \d+)?|第[一二三四五六七八九十百]+页"
)
_MARKED_PAGE_NUMBER = re.compile(
    r"[-—–·] ?\d{1,4} ?[-—–·]|第 ?\d{1,4} ?页(?:[ /／,，]*共 ?\d{1,4} ?页)?|Page \d+(?: of \d+)?",
    re.IGNORECASE,
)
_CRAWL_DATE = re.compile(
    r"(?:今天是)?[:： ]?\d{4}[年/-]\d{1,2}[月/-]\d{1,2}日?[ ,，]*(?:星期|周|礼拜)[一二三四五六日天]"
    r"(?:[ ]?\d{1,2}:\d{2}(?::\d{2})?)?"
)
_SECTION = re.compile(
    r"(?:时政|要闻|综合|本地|国内|国际|经济|社会|民生|法治|教育|文化|财经|科技|县区|区县|基层|党建|今日|热点)"
    r"(?:新闻|要闻|播报|综合|版|聚焦|关注)|要闻|综合|时政|专题|专版|特刊|特别报道|时事|评论|理论|观点|"
    r"(?:第? ?)?[A-Z]?\d{1,2}版(?:[:：· ].{0,8})?|[A-Z]\d{1,2}(?:[:： ].{0,8})?"
)
_COLUMN_LABEL = re.compile(r"[【\[][^】\]，。]{2,14}[】\]]")
_HALVES = re.compile(r"[\u4e00-\u9fff]{2,6}[ ·][\u4e00-\u9fff]{2,6}")  # 行进中国 精彩故事
_ADVERTISING = re.compile(
    r"(?:.{0,10}(?:试读|预览)(?:阅读)?(?:已|到此)?结束.*"
    r"|(?:如|若|您|如果).{0,6}需要?.{0,10}(?:全文|代笔|代写|原文|范文|定制).{0,20}"
    r"|(?:请|欢迎|点击|长按|扫码|扫描|关注|添加|加|搜索|识别|更多|获取|想要|如需|→|↓|⬇|★)"
    r".{0,24}(?:联系老师|老师微信|微信|公众号|二维码|客服|QQ|加群|vx|VX|V信|会员|小程序|网盘)[^，。]{0,16}"
    r"(?:[，,].{0,12}(?:获取|领取|下载|查看|阅读|更多|回复).{0,20})?"
    r"|(?:更多|欢迎|点击|获取).{0,16}(?:范文|公文|写作素材|全文下载).{0,16}"
    r"|.{0,12}(?:代写|代笔).{0,20}|(?:微信|VX|vx|QQ)(?:号|群|公众号)?[:： ]{1,2}[\w-]{4,}"
    r"|免费下载.{0,20}|(?:本文|本文档|文档|资料)(?:由|来自|来源于?).{0,20}(?:文库|整理|搜集|范文|网络).{0,20}"
    r"|(?:未完|全文)(?:待续|完|结束).{0,12}(?:下载|购买|会员).{0,12}"
    r"|(?:免责)?声明[:：].{0,60}(?:转载|侵权|版权).{0,20}|.{0,20}[👉👈👇☞📢🔥]+.{0,40})[。.!！~～]*"
)
_TRAILER = re.compile(
    r"(?:相关(?:报道|链接|阅读|新闻|文章|推荐|稿件|专题)|延伸阅读|推荐阅读|热点新闻|热门文章|猜你喜欢"
    r"|精彩推荐|往期推荐|网友评论|我来说两句|友情链接)[:：]?"
)
_LICENCE = re.compile(r"本作品(?:是|在|来自|属于|原文|的作者).{0,120}|此作品.{0,60}公有领域.{0,40}")
_TAG = re.compile(r"[\[【](?:视频|图文|组图|高清组图|音频|直播回放|图集)[\]】] ?")


def drop_furniture(lines: Sequence[Line]) -> tuple[list[Line], list[str]]:
    """The lines that belong to the text, and what was left out, each in order of place.

    Never leaves nothing: where all would go, all stays.
    """
    dropped = set(_running_heads(lines))
    dropped |= {i for i, line in enumerate(lines) if line.is_running and _is_navigation(line.text)}
    dropped |= _repeated_titles(lines, dropped)
    dropped |= _peel(range(len(lines)), lines, dropped, limit=_TOP, is_furniture=_is_heading_matter)
    dropped |= _trailer(lines, dropped)
    backwards = range(len(lines) - 1, -1, -1)
    dropped |= _peel(backwards, lines, dropped, limit=_BOTTOM, is_furniture=_is_closing_matter)
    if len(dropped) == len(lines):
        return list(lines), []
    kept = _kept(lines, dropped)
    return _untagged(kept), [lines[index].text for index in sorted(dropped)]


def _kept(lines: Sequence[Line], dropped: set[int]) -> list[Line]:
    """The other lines; empty lines around furniture still count, but no more than once.

    Where a page number stood between two lines, they are as far apart as the nearer of
    its neighbours was.
    """
    kept = list[Line]()
    gap: int | None = None
    for index, line in enumerate(lines):
        if index in dropped:
            gap = line.gap if gap is None else max(gap, line.gap)
        elif gap is None:
            kept.append(line)
        else:
            kept.append(replace(line, gap=max(gap, line.gap)))
            gap = None
    return kept


def _untagged(lines: list[Line]) -> list[Line]:
    if not lines or not _TAG.match(lines[0].text):
        return lines
    text = _TAG.sub("", lines[0].text, count=1)
    return [replace(lines[0], text=text), *lines[1:]] if text else lines


def _is_navigation(text: str) -> bool:
    if len(text) > _SHORT and "http" not in text:
        return False
    return (
        _NAVIGATION.fullmatch(text) is not None
        or _MARKED_PAGE_NUMBER.fullmatch(text) is not None
        or _ADDRESS.fullmatch(text) is not None
    )


def _is_heading_matter(text: str) -> bool:
    return (
        _CRAWL_DATE.fullmatch(text) is not None
        or _SECTION.fullmatch(text) is not None
        or _ADVERTISING.fullmatch(text) is not None
        or _RIGHTS.fullmatch(text) is not None
    )


def _is_closing_matter(text: str) -> bool:
    if is_label(text):
        return False
    return (
        _ADVERTISING.fullmatch(text) is not None
        or _RIGHTS.fullmatch(text) is not None
        or _TRAILER.fullmatch(text) is not None
    )


def _peel(
    order: Iterable[int],
    lines: Sequence[Line],
    dropped: set[int],
    *,
    limit: int,
    is_furniture: Callable[[str], bool],
) -> set[int]:
    """Furniture among the first lines in `order`, until `limit` other lines have passed."""
    found = set[int]()
    passed = 0
    follows_label = False
    for index in order:
        if index in dropped:
            continue
        line = lines[index]
        is_label = passed == 0 and _is_column_label(line, follows_label=follows_label)
        if is_label or (len(line.text) <= _SHORT and is_furniture(line.text)):
            found.add(index)
            follows_label = is_label
            continue
        passed += 1
        if passed >= limit:
            break
    return found


def _is_column_label(line: Line, *, follows_label: bool) -> bool:
    """Whether it names a newspaper's column, 【走基层】, or stands beside such a name."""
    if line.role is not Role.LINE:
        return False
    if _COLUMN_LABEL.fullmatch(line.text):
        return True
    return follows_label and _HALVES.fullmatch(line.text) is not None


def _repeated_titles(lines: Sequence[Line], dropped: set[int]) -> set[int]:
    """A title that stands twice at the top: the second goes."""
    top = [index for index in range(len(lines)) if index not in dropped][:6]
    return {
        later
        for earlier, later in pairwise(top)
        if _letters(lines[earlier].text) == _letters(lines[later].text)
        and _may_be_title(lines[later].text)
    }


def _letters(text: str) -> str:
    return re.sub(r"\W", "", text)


def _may_be_title(text: str) -> bool:
    # No title goes on behind a full stop: such a line is one of several in a row that repeat.
    return len(text) >= 10 and ending(text) not in (Ending.DONE, Ending.LIST) and "。" not in text


def _trailer(lines: Sequence[Line], dropped: set[int]) -> set[int]:
    """From 相关报道 or a licence to the end, where only titles or the licence follow."""
    left = [index for index in range(len(lines)) if index not in dropped]
    for position in range(max(1, len(left) // 2, len(left) - 60), len(left)):
        text = lines[left[position]].text
        if _LICENCE.fullmatch(text):
            return set(left[position:])
        rest = left[position + 1 :]
        if _TRAILER.fullmatch(text) and all(_is_title_of_another(lines[i].text) for i in rest):
            return set(left[position:])
    return set()


def _is_title_of_another(text: str) -> bool:
    return len(text) <= 50 and ending(text) is not Ending.DONE and not is_label(text)


def _running_heads(lines: Sequence[Line]) -> set[int]:
    """Page numbers, and headers and footers that come back on other pages."""
    pages = [list(indices) for _, indices in groupby(range(len(lines)), lambda i: lines[i].pages)]
    if not lines or not lines[0].pages or len(pages) < 2:
        return set()
    edges = [index for page in pages for index in {*page[:2], *page[-2:]}]
    shapes = Counter(_shape(lines[index].text) for index in edges)
    found = {i for i in edges if _PAGE_NUMBER.fullmatch(lines[i].text)}
    seen = set[str]()
    for index in sorted(edges):
        shape = _shape(lines[index].text)
        if len(shape) > 40 or shapes[shape] < max(2, len(pages) // 3) or index in found:
            continue
        # Its first appearance on the first page may be the title itself.
        if shape in seen or index not in pages[0][:2]:
            found.add(index)
        seen.add(shape)
    return found


def _shape(text: str) -> str:
    return re.sub(r"[\d ]+", "#", text)
