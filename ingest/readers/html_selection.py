"""Which part of a page is the article.

First by the containers that Chinese sites put it in, then by where the prose stands.
"""

import re

from lxml.html import HtmlElement

from ingest.readers.html_measures import BLOCK_TAGS, Measures, measure_page

_DROPPED_TAGS = frozenset(
    "script style noscript template iframe frame object embed applet svg canvas video audio map "
    "button select option textarea input nav footer aside dialog link meta".split()
)
_INVISIBLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SURROUNDING = re.compile(
    r"^(?:nav|navi|navbar|navigation|menu|submenu|breadcrumbs?|crumbs?|position|location|footer|foot"
    r"|bottom|copyright|sidebar|aside|share|sharebox|bdshare\w*|bdsharebuttonbox|jiathis\w*|social"
    r"|related|relate|relation|xgyd|xgxw|recommend\w*|tuijian|hot|hotnews|rank|ranking|paihang|comments?"
    r"|pinglun|advert\w*|ads?|banner|toolbar|tools?|pagination|pager|prevnext|qrcode|qr|erweima|ewm"
    r"|login|register|search|searchbox|friendlink|links|weixin|wechat|weibo|print|fontsize|zihao"
    r"|subscribe|gotop|totop|dianzan|zebian|disclaimer|mianze)$",
    re.IGNORECASE,
)
# Containers of articles, as published by the systems that most Chinese sites run on.
_CONTAINER = re.compile(
    r"^(?:ucap-content|content_area|trs_editor|trs_web|custom_unionstyle|pages_content|zoom|zoomcon"
    r"|article-?content|article_?con|articlecontent|article_content|article-?body|articlebody"
    r"|article_body|art_content|article-main|main-?content|text_area|cnt_bd|js_content"
    r"|rich_media_content|mw-parser-output|detail-?content|detail_content|news_?content|newscontent"
    r"|news_text|newstext|news_con|newscon|con_text|context|content_?text|contenttext|post_content"
    r"|post-content|entry-content|rm_txt_con|show_text|box_con|p-detail|v_news_content|view|vsb_content"
    r"|vsb_content_\d+|bt_content|xl_content|info_content|textcontent|text_content|wzcon|wz_content"
    r"|conten|content|article|article_text|text|textbody|detail|infocontent|main_content|articletext"
    r"|editor|editor-content|html-content|table-content|b12c|nr|neirong|zhengwen|zw|news-body)$",
    re.IGNORECASE,
)
_CONTAINER_TAGS = frozenset(
    "article body center div dd form main section table tbody td tr".split()
)
_WHOLE_SHARE = 0.92
_KNOWN_SHARE = 0.5
_LINK_LIST = 3


def without_hidden(root: HtmlElement) -> None:
    """Remove, in place, what nobody reads as text: scripts, hidden elements, navigation."""
    for element in list(root.iter()):
        hidden = not isinstance(element.tag, str) or element.tag in _DROPPED_TAGS
        # WeChat hides its article until a script shows it.
        unseen = not hidden and _INVISIBLE.search(element.get("style") or "")
        if hidden or (unseen and not _is_known(element)):
            _drop(element)


def select_article(root: HtmlElement) -> list[HtmlElement]:
    """The elements that hold the article, in order; the body where nothing stands out.

    A known container counts when it holds at least half of the page's prose; prose that
    stands on the page twice counts once. Else it is the smallest element that holds nearly
    all of it. What surrounds an article by its class or its links is removed in place.
    """
    found = root.find("body")
    body: HtmlElement = root if found is None else found
    _drop_surroundings(body, measure_page(body))
    measures = measure_page(body)
    known = _known_containers(body, measures)
    if known and sum(measures.of[element].prose for element in known) >= (
        _KNOWN_SHARE * measures.prose
    ):
        return known
    return [_smallest_whole(body, measures)]


def _drop(element: HtmlElement) -> None:
    """Remove an element, but not the text that follows it."""
    parent = element.getparent()
    if parent is None:
        return
    tail = element.tail or ""
    previous = element.getprevious()
    if tail and previous is not None:
        previous.tail = (previous.tail or "") + tail
    elif tail:
        parent.text = (parent.text or "") + tail
    element.tail = None
    parent.remove(element)


def _names(element: HtmlElement) -> list[str]:
    return f"{element.get('id') or ''} {element.get('class') or ''}".split()


def _is_named_surrounding(element: HtmlElement) -> bool:
    """Whether id or class, or the first word of one, says so: nav, navBar, share-box."""
    return any(
        _SURROUNDING.match(word)
        for name in _names(element)
        for word in (name, *re.findall(r"[A-Za-z][a-z]+|[A-Z]+", name)[:1])
    )


def _drop_surroundings(body: HtmlElement, measures: Measures) -> None:
    """Remove what its name or its links say is no article, unless much of the prose is in it."""
    known = {element for element in body.iter(*_CONTAINER_TAGS) if _is_known(element)}
    holding = {outer for element in known for outer in element.iterancestors()} | known
    for element in list(body.iter(*BLOCK_TAGS, "span")):
        measure = measures.of.get(element)
        if element is body or measure is None or element in holding:
            continue
        is_link_list = (
            measure.links >= _LINK_LIST
            and measure.linked > 0.7 * measure.letters
            and element.tag != "p"
        )
        named = _is_named_surrounding(element)
        share = 0.4 if named else 0.2
        if (named or is_link_list) and measure.prose <= share * measures.prose:
            _drop(element)


def _is_known(element: HtmlElement) -> bool:
    return any(_CONTAINER.match(name) for name in _names(element))


def _known_containers(body: HtmlElement, measures: Measures) -> list[HtmlElement]:
    """The containers of the name with the most prose: outermost, each text once, in order."""
    by_name = dict[str, list[HtmlElement]]()
    for element in body.iter(*_CONTAINER_TAGS):
        for name in _names(element):
            if _CONTAINER.match(name):
                by_name.setdefault(name.lower(), []).append(element)
    best: list[HtmlElement] = []
    best_score = 0.0
    for elements in by_name.values():
        distinct = _distinct(elements)
        prose = sum(measures.of[element].prose for element in distinct)
        letters = sum(measures.of[element].letters for element in distinct) or 1
        # As much prose as possible with as little else as possible.
        score = prose * (prose / letters) ** 0.5
        if score > best_score * 1.02:
            best, best_score = distinct, score
    return best


def _distinct(elements: list[HtmlElement]) -> list[HtmlElement]:
    kept: list[HtmlElement] = []
    taken = set[HtmlElement]()
    texts = set[str]()
    for element in elements:
        if any(outer in taken for outer in element.iterancestors()):
            continue
        text = "".join("".join(map(str, element.itertext())).split())
        if text and text not in texts:
            kept.append(element)
            taken.add(element)
            texts.add(text)
    return kept


def _smallest_whole(body: HtmlElement, measures: Measures) -> HtmlElement:
    """The smallest element that holds nearly all of the prose.

    Where the page stands there twice, as some crawlers store it, that is the first copy.
    """
    needed = _WHOLE_SHARE * measures.prose
    element = body
    while measures.prose:
        fitting = [
            inner
            for inner in element
            if inner.tag in _CONTAINER_TAGS and measures.of[inner].prose >= needed
        ]
        if not fitting:
            break
        element = fitting[0]
    return element
