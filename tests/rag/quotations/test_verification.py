"""Verdicts, and what is said with them."""

import pytest

from rag.documents import Kind
from rag.quotations.quotation import Match, Verdict, Verification
from rag.text import comparable
from tests.rag.quotations.conftest import NEWS, SONGPING, SPEECH, WANGXI, Library, Said, day

WORDS = "谁的孩子谁抱走，谁的账谁来算"


def diff(match: Match) -> list[tuple[str, str, str]]:
    return [(piece.operation, piece.quoted, piece.source) for piece in match.diff]


def changes(match: Match) -> list[tuple[str, str, str]]:
    return [piece for piece in diff(match) if piece[0] != "equal"]


@pytest.mark.parametrize(
    ("quotation", "quote"),
    [
        pytest.param("把机构改革抓到底、抓出成效", "把机构改革抓到底、抓出成效", id="as it stands"),
        pytest.param("由42个减为３７个，精简11.9％", "由４２个减为37个，精简11.9%", id="widths"),
        pytest.param("3月20日前完成挂牌", "3月20日前\n完成挂牌", id="over a line break"),
        pytest.param("印发新的「三定」规定", "印\n发新的“三定”规定", id="another style of marks"),
        pytest.param("涉及编制1260名", "涉及编制1 260名", id="without white space"),
        pytest.param("就叫“两张皮”", "就叫‘两张皮’", id="marks within marks"),
        pytest.param("机构合了、人心不合", "机构合了、人心不合", id="a piece of a sentence"),
        pytest.param(
            "编制周转池”？答：把各部门暂时用不上的编制收拢起来",
            "編制周轉池」？\n答：把各部門暫時用不上的編制收攏起來",
            id="simplified, over the end of a paragraph",
        ),
        pytest.param("218項（APP可辦的有96項）", "218项 (ＡＰＰ 可办的有96项)", id="traditional"),
        pytest.param("说对了一半。机构合了", "说对了一半。机构合了", id="over a full stop"),
        pytest.param("3月20日前完成挂牌。", "3月20日前\n完成挂牌", id="a stop too many"),
        pytest.param("精简11.9%", "精简11.9%", id="half-width"),
        pytest.param("1个工作日", "1个工作日", id="a digit and words"),
    ],
)  # fmt: skip
def test_the_very_words_are_exact(shelves: Library, quotation: str, quote: str) -> None:
    found = shelves.verify(quotation)
    assert found.verdict is Verdict.EXACT
    (match,) = found.matches
    assert match.quote == quote
    assert (match.similarity, match.diff) == (1, ())
    assert (found.total, found.documents, found.is_set_phrase) == (1, 1, False)
    assert found.message == f"与《{match.title}》的原文一致。"


@pytest.mark.parametrize(
    ("quotation", "expected"),
    [
        pytest.param("市级机构由42个减为47个", [("replace", "47", "37")], id="a digit"),
        pytest.param("精简11.6%，涉及编制1260名", [("replace", "11.6", "11.9")], id="a decimal"),
        pytest.param("把机构改革抓到位、抓出成效", [("replace", "位", "底")], id="a character"),
        pytest.param("牌子小不等于责任少", [("replace", "少", "小")], id="the last character"),
        pytest.param("各部门负责人是第一责任人", [("replace", "负责人", "一把手")], id="a word"),
        pytest.param("老人老办法，新人办法", [("delete", "", "新")], id="a word left out"),
        pytest.param(
            "6月底前印发“三定”规定",
            [("delete", "", "新的")],
            id="words left out",
        ),
        pytest.param(
            "窗口少绝不等于服务少，牌子小不等于责任小", [("insert", "绝", "")], id="a word put in"
        ),
        pytest.param("不立不破、先立后破", None, id="an order of words"),
        pytest.param("谁的账谁来算，谁的孩子谁抱走", None, id="clauses that changed places"),
        pytest.param("让群众少跑腿、让数据多跑路", None, id="clauses in a list"),
        pytest.param(
            "全区已有218项（app可办的有96项）事项", [("replace", "app", "ＡＰＰ ")], id="case"
        ),
        pytest.param("窗口少不等于服务少牌子小不等于责任小", [("delete", "", "，")], id="a comma"),
    ],
)
def test_what_differs_is_altered_and_the_diff_marks_it(
    shelves: Library, quotation: str, expected: list[tuple[str, str, str]] | None
) -> None:
    found = shelves.verify(quotation)
    assert found.verdict is Verdict.ALTERED
    assert (found.total, found.documents, found.is_set_phrase) == (0, 0, False)
    match = found.matches[0]
    assert 0 < match.similarity < 1
    assert "".join(ours for _, ours, _ in diff(match)) == quotation
    assert "".join(theirs for _, _, theirs in diff(match)) == match.quote
    if expected is None:
        assert len(changes(match)) > 0
    else:
        assert changes(match) == expected
    assert found.message == f"与《{match.title}》的原文有 {len(changes(match))} 处不同。"


def test_the_diff_is_of_the_words_as_typed_and_as_they_stand(shelves: Library) -> None:
    found = shelves.verify(" “市级机构由 42 个\n减为 47 个，精簡１１．９％。”")
    assert found.verdict is Verdict.ALTERED
    assert diff(found.matches[0]) == [
        ("equal", "市级机构由 42 个\n减为 ", "市级机构由４２个减为"),
        ("replace", "47 ", "37"),
        ("equal", "个，精簡１１．９％", "个，精简11.9%"),
    ]


def test_clauses_that_changed_places_are_marked_as_clauses(shelves: Library) -> None:
    found = shelves.verify("老人老办法，新人新办法；档案、关系、工资『三不变』")
    assert found.verdict is Verdict.ALTERED
    assert found.matches[0].title == "機構改革問答"
    swapped = shelves.verify("让群众少跑腿、让数据多跑路")
    assert changes(swapped.matches[0])[0][1] in {"让群众少跑腿", "让群众少跑腿、"}


@pytest.mark.parametrize(
    ("quotation", "quote"),
    [
        (
            "把机构改革抓到底……精简11.9%",
            "把机构改革抓到底、抓出成效。市级机构由４２个减为37个，精简11.9%",
        ),
        ("3月20日前…完成人员转隶", "3月20日前\n完成挂牌，4月30日前完成人员转隶"),
        (
            "“机构合了……人心合了……事情才能往前走。”",
            "机构合了、人心不合，就叫‘两张皮’；人心合了……事情才能往前走",
        ),
        ("人心合了......事情才能往前走", "人心合了……事情才能往前走"),
        ("第一，思想上要「合」...第二，行动上要「快」", None),
    ],
)
def test_an_ellipsis_leaves_words_out(shelves: Library, quotation: str, quote: str | None) -> None:
    found = shelves.verify(quotation)
    assert found.verdict is Verdict.EXACT
    assert found.documents == 1
    match = found.matches[0]
    assert SPEECH[match.start : match.end] == match.quote
    assert quote is None or match.quote == quote
    assert match.speaker == "陆知远"


@pytest.mark.parametrize(
    "quotation",
    [
        "把机构改革抓到底……精简11.6%",
        "精简11.9%……把机构改革抓到底",
        "把机构改革抓到位……精简11.9%",
        "谁的孩子谁抱走……窗口少不等于服务少",
        pytest.param(
            "不……把机构改革抓到底……精简11.9%",
        ),
        pytest.param(
            "把机构改革抓到底……精简11.9%……假",
        ),
    ],
)
def test_an_ellipsis_excuses_nothing_else(shelves: Library, quotation: str) -> None:
    assert shelves.verify(quotation).verdict in {Verdict.ALTERED, Verdict.NOT_FOUND}


@pytest.mark.parametrize(
    "quotation",
    [
        "……把机构改革抓到底、抓出成效",
        "把机构改革抓到底、抓出成效……",
        "“……谁的孩子谁抱走，谁的账谁来算……”",
    ],
)
def test_an_ellipsis_may_stand_at_an_end(shelves: Library, quotation: str) -> None:
    assert shelves.verify(quotation).verdict is Verdict.EXACT


def test_a_passage_made_of_two_is_altered_and_both_are_shown(shelves: Library) -> None:
    quotation = "谁的孩子谁抱走，谁的账谁来算，窗口少不等于服务少，牌子小不等于责任小"
    found = shelves.verify(quotation)
    assert found.verdict is Verdict.ALTERED
    assert [match.title for match in found.matches] == [
        "在全市机构改革动员大会上的讲话",
        "松屏区：一个窗口办成一件事",
    ]
    assert found.message == (
        "库中没有这段话：它由《在全市机构改革动员大会上的讲话》和"
        "《松屏区：一个窗口办成一件事》里不在一处的文字拼接而成。"
    )
    for match, source in zip(found.matches, (SPEECH, NEWS), strict=True):
        assert source[match.start : match.end] == match.quote
        assert "".join(ours for _, ours, _ in diff(match)) == quotation
        assert "".join(theirs for _, _, theirs in diff(match)) == match.quote
        assert ("insert" in {operation for operation, _, _ in diff(match)}) is True


def test_a_passage_made_of_two_places_of_one_document_is_altered(shelves: Library) -> None:
    found = shelves.verify("把机构改革抓到底、抓出成效，各部门一把手是第一责任人，谁的孩子谁抱走")
    assert found.verdict is Verdict.ALTERED
    assert "拼接" in found.message
    assert len({match.document_id for match in found.matches}) == 1


@pytest.mark.parametrize(
    "quotation",
    [
        "本市将新建三座跨江大桥和两条地铁",
        "Government of the people",
        "这句话从来没有人说过",
        "天气预报说明天有雨",
        "2035年远景目标",
        "\ud800\ud801这里有半个字符",
        "👍🏽👍🏽好得很啊真好👍🏽",
    ],
)
def test_what_the_library_does_not_have_is_not_found_rather_than_wrong(
    shelves: Library, quotation: str
) -> None:
    found = shelves.verify(quotation, speaker="陆知远")
    assert found == Verification(
        verdict=Verdict.NOT_FOUND,
        message="资料库里没有这段话，也没有相近的原文；库中未见，不等于没有人说过。",
    )


def test_an_empty_library_has_nothing(library: Library) -> None:
    assert library.verify(WORDS).verdict is Verdict.NOT_FOUND
    assert library.verify(f"{WORDS}……{WORDS}").verdict is Verdict.NOT_FOUND


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "引文是空的"),
        (" \n\u3000", "引文是空的"),
        ("\x00\x07\x1b[\x7f", "没有文字"),
        ("\x00\x01\x02\x03\x04", "引文是空的"),
        ("改", "引文只有 1 个字"),
        ("改革开", "引文只有 3 个字"),
        ("，。！？……——", "没有文字"),
        ("😀😀😀😀😀", "没有文字"),
        ("改" * 2001, "引文有 2,001 个字"),
    ],
    ids=["empty", "white", "escape", "control", "one", "three", "punctuation", "emoji", "long"],
)
def test_what_is_no_quotation_is_a_problem_in_chinese(
    shelves: Library, text: str, problem: str
) -> None:
    with pytest.raises(ValueError, match=problem):
        shelves.verify(text)


def test_two_thousand_characters_are_verified(library: Library) -> None:
    text = "".join(chr(0x4E00 + number * 7919 % 20000) for number in range(2300))
    library.put(text)
    assert library.verify(text[100:2100]).verdict is Verdict.EXACT
    changed = library.verify(text[100:1000] + "改" + text[1001:2100])
    assert changed.verdict is Verdict.ALTERED
    assert changes(changed.matches[0]) == [("replace", "改", text[1000])]
    left_out = library.verify(text[100:1000] + text[1200:2100])
    assert changes(left_out.matches[0]) == [("delete", "", text[1000:1200])]


NEWS_TITLE = "松屏区：一个窗口办成一件事"
SAID = "窗口少不等于服务少，牌子小不等于责任小"


@pytest.mark.parametrize(
    ("quotation", "speaker"),
    [
        (SAID, "简明远"),
        (SAID, "简明远同志"),
        (SAID, "松屏区委副书记简明远"),
        (SAID, "松屏区区长简明远"),
        (SAID, "区委副书记、区长简明远"),
        pytest.param(
            SAID,
            "区长",
        ),
        ("人随编走、编随事转", "县委书记"),
        ("窗口少不等于服务少", " 简明远 "),
        (WORDS, "陆知远"),
        (WORDS, "青石市委书记陆知远"),
        ("要坚持先立后破、不立不破", "会议"),
        ("要坚持先立后破、不立不破", "深化改革推进会"),
        ("人随编走、编随事转", "望溪县委书记简明远"),
        ("人随编走……不再新设议事协调机构", "简明远"),
        (SAID, None),
        (SAID, ""),
        (SAID, "  "),
    ],
)
def test_words_that_the_document_says_he_said_are_exact(
    shelves: Library, quotation: str, speaker: str | None
) -> None:
    found = shelves.verify(quotation, speaker=speaker)
    assert found.verdict is Verdict.EXACT
    assert found.message == f"与《{found.matches[0].title}》的原文一致。"


@pytest.mark.parametrize(
    ("quotation", "speaker", "message"),
    [
        pytest.param(
            SAID,
            "陆知远",
            f"这段话据《{NEWS_TITLE}》是松屏区委副书记、区长简明远讲的，库中没有文件说陆知远讲过。",
            id="somebody else",
        ),
        pytest.param(
            SAID,
            "望溪县委书记简明远",
            f"这段话据《{NEWS_TITLE}》是松屏区委副书记、区长简明远讲的，"
            "库中没有文件说望溪县委书记简明远讲过。",
            id="another of that name in another place",
        ),
        pytest.param(
            "人随编走、编随事转",
            "松屏区区长简明远",
            "这段话据《望溪县召开深化改革推进会》是县委书记简明远讲的，"
            "库中没有文件说松屏区区长简明远讲过。",
            id="another of that name, by where the document is from",
        ),
        pytest.param(
            "要坚持先立后破、不立不破",
            "简明远",
            "这段话据《望溪县召开深化改革推进会》是会议讲的，库中没有文件说简明远讲过。",
            id="a meeting, not a person",
        ),
        pytest.param(
            SAID,
            "会议",
            f"这段话据《{NEWS_TITLE}》是松屏区委副书记、区长简明远讲的，库中没有文件说会议讲过。",
            id="a person, not a meeting",
        ),
        pytest.param(
            "事项进驻中心",
            "简明远",
            f"原文见《{NEWS_TITLE}》，但文件没有说这是谁讲的，不能算作简明远的话。",
            id="nobody",
        ),
        pytest.param(
            "老人老办法，新人新办法",
            "陆知远",
            "原文见《機構改革問答》，但文件没有说这是谁讲的，不能算作陆知远的话。",
            id="nobody in all the document",
        ),
        pytest.param(
            "窗口少不等于服务少……事项进驻中心",
            "简明远",
            f"原文见《{NEWS_TITLE}》，但文件没有说这是谁讲的，不能算作简明远的话。",
            id="with words left out, beyond what he said",
        ),
    ],
)
def test_words_that_somebody_else_said_are_misattributed(
    shelves: Library, quotation: str, speaker: str, message: str
) -> None:
    found = shelves.verify(quotation, speaker=speaker)
    assert found.verdict is Verdict.MISATTRIBUTED
    assert found.message == message
    assert found.matches[0].similarity == 1


def test_altered_words_of_somebody_else_are_altered_and_he_is_named(shelves: Library) -> None:
    changed = "窗口少不等于服务少，牌子小不等于责任轻"
    mine = shelves.verify(changed, speaker="简明远")
    assert mine.message == f"与《{NEWS_TITLE}》的原文有 1 处不同。"
    other = shelves.verify(changed, speaker="陆知远")
    assert other.verdict is Verdict.ALTERED
    assert other.message == f"与《{NEWS_TITLE}》的原文有 1 处不同。原文是简明远讲的，不是陆知远。"
    nobody = shelves.verify("老人老办法，新人老办法；关系", speaker="陆知远")
    assert nobody.message.endswith("文件也没有说原文是陆知远讲的。")


def put_all(library: Library, *documents: tuple[str, str | None, str | None, Kind]) -> None:
    """Documents with the same words: title, date and who says them."""
    for title, date, name, kind in documents:
        said: list[Said] = [(WORDS, name, None)] if name else []
        library.put(
            f"有人讲，{WORDS}。",
            title=title,
            kind=kind,
            said=said,
            published_date=day(date) if date else None,
        )


def test_all_sources_are_listed_the_earliest_first_and_marked(library: Library) -> None:
    put_all(
        library,
        ("无日期", None, None, Kind.OTHER),
        ("晚", "2021-03-01", "陆知远", Kind.NEWS),
        ("早", "2019-05", "褚望舒", Kind.NEWS),
        ("资料卡", "2022", None, Kind.BRIEFING),
        ("中", "2020", None, Kind.NEWS),
    )
    found = library.verify(WORDS)
    assert [match.title for match in found.matches] == ["早", "中", "晚", "无日期", "资料卡"]
    assert [match.is_first for match in found.matches] == [True, False, False, False, False]
    assert (found.total, found.documents) == (5, 5)
    assert found.message == "与《早》的原文一致，共见于 5 份文件。"


def test_who_is_asked_for_comes_first_but_is_not_therefore_the_first(library: Library) -> None:
    put_all(
        library,
        ("早", "2019", "褚望舒", Kind.NEWS),
        ("中", "2020", "陆知远", Kind.NEWS),
        ("晚", "2021", "陆知远", Kind.NEWS),
    )
    found = library.verify(WORDS, speaker="陆知远")
    assert [match.title for match in found.matches] == ["中", "晚", "早"]
    assert [match.title for match in found.matches if match.is_first] == ["早"]
    other = library.verify(WORDS, speaker="简明远")
    assert other.verdict is Verdict.MISATTRIBUTED
    assert [match.title for match in other.matches] == ["早", "中", "晚"]
    assert (
        other.message == "这段话据《早》是褚望舒讲的，库中没有文件说简明远讲过，共见于 3 份文件。"
    )


def test_without_a_date_nothing_is_the_first(library: Library) -> None:
    put_all(library, ("甲", None, None, Kind.OTHER))
    library.put(f"{WORDS}。", title="乙", published_date=day("--12-28"))
    assert [match.is_first for match in library.verify(WORDS).matches] == [False, False]


def test_a_briefing_is_never_the_first_to_say_something(library: Library) -> None:
    put_all(
        library, ("资料卡", "1982", None, Kind.BRIEFING), ("讲话", "2019", "陆知远", Kind.SPEECH)
    )
    found = library.verify(WORDS)
    assert [(match.title, match.is_first) for match in found.matches] == [
        ("讲话", True),
        ("资料卡", False),
    ]


def put_many(library: Library, count: int) -> None:
    for number in range(count):
        put_all(library, (f"第{number:02}份", f"20{number:02}", "褚望舒", Kind.NEWS))
    put_all(library, ("末份", "2099", "陆知远", Kind.NEWS))


def test_who_is_asked_for_is_found_behind_many_others(library: Library) -> None:
    put_many(library, 4)
    found = library.verify(WORDS, speaker="陆知远", limit=2)
    assert found.verdict is Verdict.EXACT
    assert found.matches[0].title == "末份"
    assert (found.total, found.documents) == (5, 5)
    assert library.verify(WORDS, speaker="简明远", limit=2).verdict is Verdict.MISATTRIBUTED


def test_an_office_that_is_asked_for_is_found_behind_many_others(library: Library) -> None:
    put_many(library, 4)
    library.put(
        f"他讲，{WORDS}。",
        title="末份",
        said=[(WORDS, "陆知远", "青石市委书记")],
        published_date=day("2099"),
    )
    assert library.verify(WORDS, speaker="青石市委书记", limit=2).verdict is Verdict.EXACT


def test_there_are_never_more_matches_than_asked_for(library: Library) -> None:
    put_many(library, 4)
    assert len(library.verify(WORDS, limit=2).matches) == 2
    assert len(library.verify(WORDS, speaker="陆知远", limit=2).matches) == 2


def test_a_limit_keeps_the_total(library: Library) -> None:
    put_many(library, 4)
    found = library.verify(WORDS, limit=3)
    assert [match.title for match in found.matches] == ["第00份", "第01份", "第02份"]
    assert (found.total, found.documents) == (5, 5)


def test_the_total_counts_verbatim_places_alone(library: Library) -> None:
    for title, words in (("甲", "APP"), ("乙", "app"), ("丙", "App")):
        library.put(f"上线{words}便民服务。", title=title)
    found = library.verify("上线APP便民服务")
    assert len(found.matches) == 1
    assert (found.total, found.documents, found.is_set_phrase) == (1, 1, False)


def test_a_document_that_is_not_fingerprinted_yet_alters_nothing(library: Library) -> None:
    library.put(f"{WORDS}。", fingerprinted=False)
    assert library.verify(WORDS).verdict is not Verdict.ALTERED


def test_of_near_documents_the_nearest_comes_first(library: Library) -> None:
    boilerplate = (
        "各部门要高度重视，加强组织领导，于{}前完成挂牌，于{}前印发规定，确保改革平稳有序。"
    )
    library.put(boilerplate.format("3月15日", "6月底"), title="甲", published_date=day("2018"))
    library.put(boilerplate.format("3月20日", "6月底"), title="乙", published_date=day("2019"))
    library.put(boilerplate.format("3月20日", "7月底"), title="丙", published_date=day("2020"))
    exact = library.verify(boilerplate.format("3月20日", "6月底"))
    assert (exact.verdict, [match.title for match in exact.matches]) == (Verdict.EXACT, ["乙"])
    near = library.verify(boilerplate.format("3月20日", "8月底"))
    assert near.verdict is Verdict.ALTERED
    assert [match.title for match in near.matches] == ["乙", "丙", "甲"]
    similar = [match.similarity for match in near.matches]
    assert similar == sorted(similar, reverse=True)
    assert changes(near.matches[0]) == [("replace", "8", "6")]


def test_no_more_than_a_few_near_ones_are_shown(library: Library) -> None:
    for number in range(9):
        library.put(f"{WORDS}，第{number}份文件这样说。", title=str(number))
    found = library.verify("谁的孩子谁抱走，谁的账谁去算")
    assert found.verdict is Verdict.ALTERED
    assert len(found.matches) == 5


PHRASE = "以群众为中心"


def with_phrase(library: Library, count: int) -> None:
    for number in range(count):
        library.put(
            f"要坚持{PHRASE}的思想。",
            title=f"第{number}份",
            said=[(f"要坚持{PHRASE}的思想", "陆知远", None)] if number == 0 else (),
            published_date=day(f"201{number}"),
        )


def test_a_short_common_phrase_is_answered_as_a_set_phrase(library: Library) -> None:
    with_phrase(library, 4)
    found = library.verify(f"“{PHRASE}”")
    assert (found.verdict, found.is_set_phrase) == (Verdict.EXACT, True)
    assert found.message == "这是常用提法，共见于 4 份文件，不宜当作某个人的原话。"
    his = library.verify(PHRASE, speaker="陆知远")
    assert (his.verdict, his.is_set_phrase) == (Verdict.EXACT, True)
    other = library.verify(PHRASE, speaker="褚望舒")
    assert (other.verdict, other.is_set_phrase) == (Verdict.MISATTRIBUTED, True)
    assert other.message == (
        "这是常用提法，共见于 4 份文件，不宜当作某个人的原话；库中没有文件说褚望舒讲过它。"
    )


@pytest.mark.parametrize(
    ("text", "documents"),
    [
        pytest.param(PHRASE, 2, id="seldom"),
        pytest.param("坚持群众路线就要以群众为中心", 3, id="long"),
        pytest.param("要改，就改到底", 3, id="more than a clause"),
    ],
)
def test_what_is_rare_or_long_is_no_set_phrase(library: Library, text: str, documents: int) -> None:
    for number in range(documents):
        library.put(f"甲{text}乙", title=str(number))
    found = library.verify(text)
    assert (found.verdict, found.is_set_phrase) == (Verdict.EXACT, False)
    assert found.documents == documents


@pytest.mark.parametrize(
    ("typed", "texts", "verdict"),
    [
        pytest.param("四个意思", ["要增强“四个意识”。"], Verdict.ALTERED, id="a term in marks"),
        pytest.param("四个意思", ["要增强四个意识的事。"] * 3, Verdict.ALTERED, id="a common term"),
        pytest.param(
            "四个意思", ["要增强四个意识的事。"], Verdict.NOT_FOUND, id="any four characters"
        ),
        pytest.param(
            "先立后改的办法", ["要坚持先立后破的办法。"], Verdict.ALTERED, id="seven characters"
        ),
    ],
)
def test_four_characters_are_altered_only_where_a_term_is_meant(
    library: Library, typed: str, texts: list[str], verdict: Verdict
) -> None:
    for number, text in enumerate(texts):
        library.put(text, title=str(number))
    found = library.verify(typed)
    assert found.verdict is verdict
    if verdict is Verdict.ALTERED:
        assert changes(found.matches[0])


def test_two_people_of_one_name_are_told_apart_by_what_the_documents_say(library: Library) -> None:
    for title, place, office in (("松屏", SONGPING, "区委书记"), ("望溪", WANGXI, "县委书记")):
        library.put(
            f"{office}简明远说：{WORDS}。",
            title=title,
            place=place,
            said=[(WORDS, "简明远", office)],
        )
    for speaker, title in (("松屏区委书记简明远", "松屏"), ("望溪县委书记简明远", "望溪")):
        found = library.verify(WORDS, speaker=speaker)
        assert found.verdict is Verdict.EXACT
        assert found.matches[0].title == title
        assert [match.office for match in found.matches].count("区委书记") == 1
    assert library.verify(WORDS, speaker="石梁县县长简明远").verdict is Verdict.MISATTRIBUTED


def test_of_two_who_said_it_together_the_one_asked_for_is_named(library: Library) -> None:
    library.put(
        f"两人指出：{WORDS}。", said=[(WORDS, "陆知远", "市委书记"), (WORDS, "褚望舒", "市长")]
    )
    (match,) = library.verify(WORDS, speaker="褚望舒").matches
    assert (match.speaker, match.office) == ("褚望舒", "市长")
    assert match.reference.in_text == "（褚望舒）"


def test_every_match_stands_where_it_says(shelves: Library) -> None:
    for quotation in ("各部门一把手是第一责任人", "编制周转池", "机构改革不是拆庙搬和尚"):
        for match in shelves.verify(quotation).matches:
            document = shelves.catalog.document(match.document_id)
            assert document.text[match.start : match.end] == match.quote
            assert document.text[match.context_start :].startswith(match.context)
            assert comparable(match.quote) in comparable(match.context)


def test_words_of_a_briefing_are_found_but_come_last(shelves: Library) -> None:
    found = shelves.verify("各部门一把手是第一责任人")
    assert found.verdict is Verdict.EXACT
    assert [match.kind for match in found.matches] == [Kind.SPEECH, Kind.BRIEFING]
