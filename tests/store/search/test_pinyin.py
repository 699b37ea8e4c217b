"""Names are found by their pinyin: whole, by initials, mixed, in every reading."""

from __future__ import annotations

import importlib
import random
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files

import pytest

from kefu_admin.definitions.project import Project
from kefu_admin.store import search
from kefu_admin.store.database import Store
from kefu_admin.store.search.marking import Closeness, closeness, places
from kefu_admin.store.search.pinyin import pinyin
from tests.databases import lay
from tests.factories import content_type, field, project
from tests.store.read.rows import put

match_module = importlib.import_module("kefu_admin.store.search.match")
STRICT: frozenset[str] = frozenset()
LOOSE = frozenset({"n-l", "n-ng"})
NAMES = """
王小明 单雄信 曾国藩 仇英 欧阳修 尉迟恭 万俟卨 朴树 解缙 乐毅 查良镛 吕布 梁宁 李宁 林玲 张西安 张贤
北京朝阳区贸易有限公司 ABC公司 王·小明 重庆银行 plain 12345 阿桂 欧阳娜娜
"""
WORDS = """
wangxiaoming wang xiaoming xiaom xm wxm wangxm wangxming 王xm 王xiaom 小m wxming shanxiongxin
shan dan sxx zengguofan zgf qiuying chou yuchi moqi piaoshu pushu xiejin yueyi zhaliangyong
lvbu lubu lyubu lb liangning liangling lining liling linling zhangxian xi'an xian zhxa bjcyq
beijingcy chaoyangq abcgs abcgongsi cqyh chongqingyinhang zhongqing yinxing agui lia zhang zh
plain pla wangxiaomingx xw mingxiao 欧阳nn 欧阳x ouyang
"""


def opened(open_bare: Callable[[Project], Store], alike: frozenset[str]) -> Store:
    config = project(content_type("note", field("name"), search=("name",)))
    store = open_bare(replace(config, pinyin_alike=alike))
    lay(store)
    return store


def holders(store: Store, word: str, *, in_order: bool = False) -> list[str]:
    found = search.match(store, "note", word, fields=("name",), alias="r", in_order=in_order)
    assert found is not None
    sql = f'SELECT "name" FROM "note" AS "r" WHERE {found.where.text}'
    return sorted(str(row[0]) for row in store.rows(sql, found.where.params))


@pytest.mark.parametrize("alike", [STRICT, LOOSE], ids=["strict", "loose"])
def test_the_index_finds_exactly_what_reads_so(
    open_bare: Callable[[Project], Store], alike: frozenset[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = opened(open_bare, alike)
    for name in NAMES.split():
        put(store, "note", name=name)

    for word in WORDS.split():
        expected = sorted(
            name
            for name in NAMES.split()
            if closeness(name, word, spoken=True, alike=alike) is not Closeness.NOT
        )
        assert holders(store, word) == expected, word
        with monkeypatch.context() as patched:
            patched.setattr(match_module, "COMMON", 0)
            assert holders(store, word, in_order=True) == expected, word


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("王小明", "wangxiaoming"), ("王小明", "wxm"), ("王小明", "wangxm"), ("王小明", "王xm"),
        ("王小明", "xiaom"), ("单雄信", "shanxx"), ("单雄信", "dxx"), ("曾国藩", "zenggf"),
        ("仇英", "qiuy"), ("尉迟恭", "yuchigong"), ("万俟卨", "moqi"), ("吕布", "lvbu"),
        ("吕布", "lubu"), ("张西安", "xi'an"), ("张西安", "zhxa"), ("ABC公司", "abcgs"),
        ("王·小明", "wxm"), ("欧阳修", "欧阳x"),
    ],
)  # fmt: skip
def test_a_name_is_read_in_all_its_ways(name: str, word: str) -> None:
    assert closeness(name, word, spoken=True, alike=STRICT) is Closeness.SPOKEN
    assert closeness(name, word, spoken=False, alike=STRICT) is Closeness.NOT


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("王小明", "xw"),
        ("王小明", "wangming"),
        ("李宁", "liling"),
        ("张贤", "xi'an"),
        ("abc", "ab'c"),
    ],
)
def test_what_reads_otherwise_is_not_found(name: str, word: str) -> None:
    assert closeness(name, word, spoken=True, alike=STRICT) is Closeness.NOT


def test_sounds_a_project_does_not_tell_apart() -> None:
    for name, word in (
        ("李宁", "liling"),
        ("林玲", "linglin"),
        ("梁宁", "niangnin"),
        ("南京", "lanj"),
    ):
        assert closeness(name, word, spoken=True, alike=LOOSE) is Closeness.SPOKEN, word
        assert closeness(name, word, spoken=True, alike=STRICT) is Closeness.NOT, word


def test_the_closest_way_counts() -> None:
    def close(text: str, word: str) -> Closeness:
        return closeness(text, word, spoken=True, alike=STRICT)

    assert close("ＫＨ001", "kh001") is Closeness.IS
    assert close("王小明", "王小") is Closeness.BEGINS
    assert close("王小明", "小明") is Closeness.HOLDS


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("王小明", ("小明",), ((1, 3),)),
        ("王小明", ("xm",), ((1, 3),)),
        ("王小明", ("wang", "ming"), ((0, 1), (2, 3))),
        ("王·小明", ("wxm",), ((0, 4),)),
        ("明明白白", ("明",), ((0, 2),)),
        ("ⅧＡb", ("viiia",), ((0, 2),)),
        ("朝阳", ("海淀",), ()),
    ],
)
def test_what_matched_is_marked_in_the_text_as_it_is_written(
    text: str, words: tuple[str, ...], expected: tuple[tuple[int, int], ...]
) -> None:
    assert places(text, words, spoken=True, alike=STRICT) == expected


def test_marks_never_reach_beyond_a_text_whatever_it_holds() -> None:
    dice = random.Random(3)
    letters = "王小明单ＡⅧßﬁ a1'·é\u0301"
    for _ in range(400):
        text = "".join(dice.choice(letters) for _ in range(dice.randint(0, 8)))
        word = search.normal("".join(dice.choice(letters + "wxm") for _ in range(3))).strip()
        for first, end in places(text, (word,) if word else (), spoken=True, alike=STRICT):
            assert 0 <= first < end <= len(text)


def test_the_table_is_small_and_says_where_it_is_from() -> None:
    data = (files("kefu_admin") / "data" / "pinyin.txt").read_bytes()

    assert len(data) <= 2_000_000
    assert data.startswith(b"# Made from pinyin-pro")
    assert b"MIT License" in data


def test_every_name_of_a_long_list_is_found_by_all_its_initials() -> None:
    heard = pinyin(STRICT)
    common = [chr(code) for code in range(0x4E00, 0x9FA6) if heard.read(chr(code))]
    assert len(common) > 20_000
    dice = random.Random(11)
    for _ in range(300):
        name = "".join(dice.choices(common, k=3))
        initials = "".join(dice.choice(read.initials) for _, read in heard.read(name))
        syllables = "".join(dice.choice(read.syllables) for _, read in heard.read(name))
        for word in (initials, syllables):
            found = closeness(name, word, spoken=True, alike=STRICT)
            assert found is Closeness.SPOKEN, (name, word)
