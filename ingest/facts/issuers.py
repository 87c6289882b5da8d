"""Who issued a document, under which number, and of which kind it is."""

import re

from ingest.facts.bylines import edges, find_agency, find_dateline, find_labels, is_news_lead
from rag.documents import Kind

_NUMBER = re.compile(
    r"[\u4e00-\u9fff]{1,14}[〔\[［（(](?:19|20)\d{2}[〕\]］）)][ ]?第?\d{1,5}号|"
    r"(?:(?:中华人民共和国)?[\u4e00-\u9fff]{2,20}令|"
    r"[\u4e00-\u9fff]{2,24}公告)[ ]?第[ ]?[\d一二三四五六七八九十百〇]{1,6}[ ]?号|"
    r"(?:主席令|国务院令)[^，。\n]{0,4}第\d+号"
)
_BODY = (
    r"(?:中共中央|国务院|全国人民代表大会(?:常务委员会)?|全国人大常委会|中央军委|最高人民法院|"
    r"最高人民检察院|"
    r"(?:中共)?[\u4e00-\u9fff]{2,30}?(?:人民政府办公[厅室]|人民政府|人民代表大会常务委员会|"
    r"人民代表大会|人大常委会|委员会办公[厅室]|委员会|"
    r"办公[厅室]|"
    r"政府办公[厅室]|政府|省委|市委|区委|县委|州委|党委|总局|[部厅局署委办]|银行|法院|检察院|"
    r"联合会|协会|总工会))"
)
_TITLE_ISSUER = re.compile(
    rf"^(?P<issuer>(?:中共中央办公厅[ 、]?国务院办公厅|中共中央[ 、]?国务院|"
    rf"{_BODY}(?:[ 、]{_BODY}){{0,4}}?(?:办公厅)?))[ ]?"
    r"(?=关于|印发|转发|批转|对|公告|通告|令)"
)
_SIGNED_DATE = re.compile(
    r"^[ \u3000]*(?:(?:19|20)\d{2}年\d{1,2}月\d{1,2}日|"
    r"[一二][〇○Ｏ零一二三四五六七八九]{3}年"
    r"[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日)[ \u3000]*$",
    re.MULTILINE,
)
_SIGNER = re.compile(rf"^[ \u3000]*(?P<issuer>{_BODY}(?:[ \u3000、]+{_BODY}){{0,4}})[ \u3000]*$")
_PASSED_BY = re.compile(
    r"(?P<issuer>(?:第[一二三四五六七八九十]+届)?[\u4e00-\u9fff]{2,30}?(?:代表大会常务委员会|"
    r"代表大会|"
    r"人大常委会))第?[\u4e00-\u9fff]{0,12}次(?:会议|全体会议)"
    r"[^。\n]{0,60}(?:通过|批准)|(?P<order>(?:中华人民共和国)?国务院|"
    r"[\u4e00-\u9fff]{2,16}?(?:人民政府|部|局|"
    r"委员会))令(?:第\d+号)?(?:公布|发布)?"
)
_SESSION = re.compile(r"第[一二三四五六七八九十]+届")
_NATIONAL = re.compile(
    r"^(?:中共中央|中国共产党(?:中央|第)|国务院|中华人民共和国|全国人民代表大会|全国人大|全国政协|"
    r"中央|国家|最高人民|党中央)"
)
_LAW_TITLE = re.compile(
    r"(?:法|条例|办法|规定|规则|细则|章程|决议|决定|意见|通知|批复|复函|通报|公告|通告|命令|令|"
    r"方案|规划|准则|纲要|措施|"
    r"的函|的答复|的批示|议案|公报|清单|目录|标准|指南|细则|"
    r"中央一号文件)(?:[（(][^）)]{0,20}[)）])?$"
)
_LAW_OPENING = re.compile(
    r"^(?:关于|(?:\d{4}年)?中央|国务院|中共|[\u4e00-\u9fff]{2,20}(?:关于|印发)|中华人民共和国)"
)
_ARTICLE = re.compile(r"(?:^|\n)[ \u3000]*第[一二三四五六七八九十百]+条[ \u3000：:]")
_REPORT_TITLE = re.compile(
    r"工作报告|总结报告|情况报告|述职报告|情况汇报|工作总结|工作汇报|调研报告|执行情况的?报告|"
    r"的报告$|汇报材料|年度报告|总结$"
)
_REPORT_OPENING = re.compile(
    r"代表[^。，]{0,30}[，,]?[ ]?(?:向(?:大会|常委会|全会)[^。，]{0,6})?(?:报告|"
    r"作)[^。]{0,10}(?:工作|报告)"
)
_SPEECH_TITLE = re.compile(
    r"的?(?:讲话|致辞|发言|演讲|讲稿|贺词|贺信|党课|表态发言|主持词|发言稿|讲话稿|献词|"
    r"动员)(?:[（(][^）)]{0,30}[)）])?$|讲话提纲|讲话要点"
)
_SALUTATION = re.compile(
    r"^(?:尊敬的[^。\n]{2,40}|各位[^。\n]{0,40}|同志们|朋友们|女士们[^。\n]{0,20})[:：，,！!]",
    re.MULTILINE,
)
_FIRST_PERSON = re.compile(
    r"我(?:讲|谈|强调|再|就|想|代表|宣布|简要)[^，。]{0,10}|下面[，,]我|谢谢大家|我就"
)
_NEWS_WORDS = re.compile(
    r"本报讯|本网讯|本台消息|网消息|社[\u4e00-\u9fff]{2,8}\d{1,2}月\d{1,2}日电|记者(?:从|获悉|"
    r"了解到)|(?:本报|特约|"
    r"见习)?记者[ \u3000]|通讯员[ \u3000]|记者[\u4e00-\u9fff]{2,4}[)）]|（记者|(?:^|\n)(?:据了解|"
    r"据悉|据介绍)"
)
_EVENT_WORDS = re.compile(
    r"(?:会议|大会|全会|座谈会|仪式|培训班|活动|发布会)[^。]{0,20}(?:召开|举行|举办|开幕|闭幕)|"
    r"(?:召开|举行|举办)[^。]{0,40}(?:会议|大会|"
    r"全会|座谈会|仪式|培训班|会)|"
    r"(?:近日|日前|今天|昨[日天]|今年以来)[^。]{0,40}(?:印发|发布|出台|推出|获悉|介绍|启动|梳理|"
    r"联合|举办|召开)"
)
_BRIEFING = re.compile(r"资料卡|简报$|工作简报|信息专报|专报|情况简报|参阅件")


def find_document_number(text: str) -> str | None:
    """The number of a notice or order in the first lines, 包府办发〔2022〕43号.

    Only one that stands on a line of its own, in brackets or beside a label, or in the line of
    a law that says who made it public: numbers inside sentences are those of other documents.
    """
    for label in find_labels(text):
        if label.name in {"发文字号", "文号", "文件编号"}:
            match = _NUMBER.search(label.value)
            if match:
                return match[0].replace(" ", "")
    for line in text[: edges(text)[0].end].split("\n")[:10]:
        words = line.strip().strip("（）()【】[] \u3000")
        match = _NUMBER.fullmatch(words) or _NUMBER.search(words)
        if match and (match[0] == words or (len(words) <= 60 and words.endswith(("公布", "发布")))):
            return match[0].replace(" ", "").removeprefix("中华人民共和国")
    return None


def find_issuer(text: str, *, title: str, headline: str) -> tuple[str, str] | None:
    """Who issued a document with its origin: a label, the title, the line of adoption, or the
    signature above the date; None where none of them says so.
    """
    for label in find_labels(text):
        if label.name in {
            "发文机关",
            "发文单位",
            "制定机关",
            "颁布单位",
            "发布机构",
            "发布机关",
            "发布部门",
            "发布单位",
        }:
            return label.value, "label"
    for words in (title, headline):
        match = _TITLE_ISSUER.match(words)
        if match:
            return re.sub(r"[ \u3000]+", "、", match["issuer"].strip()), "headline"
    return _adopting_body(text) or _signature(text)


def _adopting_body(text: str) -> tuple[str, str] | None:
    for line in text[: edges(text)[0].end].split("\n")[:6]:
        match = _PASSED_BY.search(line) if len(line) <= 120 else None
        if match:
            issuer = _SESSION.sub("", match["issuer"] or match["order"]).rsplit("日", 1)[-1]
            return issuer.removeprefix("中华人民共和国"), "text"
    return None


def _signature(text: str) -> tuple[str, str] | None:
    for date in _SIGNED_DATE.finditer(text):
        before = text[: date.start()].rstrip("\n").rsplit("\n", 1)[-1]
        match = _SIGNER.match(before) if len(before) <= 60 else None
        if match:
            return re.sub(r"[ \u3000]+", "、", match["issuer"].strip()), "signature"
    return None


def signature_date(text: str) -> str | None:
    """The words of a date that stands on a line of its own below whoever signed."""
    for date in _SIGNED_DATE.finditer(text):
        before = text[: date.start()].rstrip("\n").rsplit("\n", 1)[-1]
        if len(before) <= 60 and _SIGNER.match(before):
            return date[0].strip()
    return None


def standing_date(text: str, *, end: int) -> str | None:
    """The words of the first date on a line of its own below a finished sentence, before `end`:
    the date of a notice whose signature is left out.
    """
    for date in _SIGNED_DATE.finditer(text, 0, end):
        if text[: date.start()].rstrip().endswith("。"):
            return date[0].strip()
    return None


def is_national(issuer: str) -> bool:
    """Whether `issuer` is a body of the whole country."""
    return bool(_NATIONAL.match(issuer))


def find_kind(text: str, *, title: str, has_number: bool) -> tuple[Kind, str] | None:
    """The kind that title and opening give evidence of, with its origin; None without any."""
    opening = text[:600]
    if _BRIEFING.search(title):
        return Kind.BRIEFING, "headline"
    if _is_news(text, opening):
        return Kind.NEWS, "text"
    if _REPORT_TITLE.search(title) and not has_number:
        return Kind.REPORT, "headline"
    if _SPEECH_TITLE.search(title):
        return Kind.SPEECH, "headline"
    if has_number or len(_ARTICLE.findall(text[:20000])) >= 3:
        return Kind.LAW, "text"
    return _kind_of_opening(text, opening, title)


def _is_news(text: str, opening: str) -> bool:
    lead = any(is_news_lead(line) for line in opening.split("\n"))
    return lead or find_dateline(text) is not None or find_agency(text) is not None


def _kind_of_opening(text: str, opening: str, title: str) -> tuple[Kind, str] | None:
    if _SALUTATION.search(opening):
        if _REPORT_OPENING.search(opening):
            return Kind.REPORT, "text"
        if _FIRST_PERSON.search(text):
            return Kind.SPEECH, "text"
    head, tail = edges(text)
    both = head.of(text) + tail.of(text)
    if _NEWS_WORDS.search(both):
        return Kind.NEWS, "text"
    if _LAW_TITLE.search(title) and (_LAW_OPENING.search(title) or signature_date(text)):
        return Kind.LAW, "headline"
    has_source = any(label.name.endswith("来源") for label in find_labels(text))
    if has_source or _EVENT_WORDS.search(opening):
        return Kind.NEWS, "text"
    return None
