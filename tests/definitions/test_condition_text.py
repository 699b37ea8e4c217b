"""Conditions are read from plain trees, checked against the fields, and written again."""

# ruff: noqa: E501 -- sentences are pinned whole, each on one line

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings

from kefu_admin import wording
from kefu_admin.definitions.condition import (
    ALWAYS,
    NEVER,
    All,
    Anchor,
    Any_,
    Children,
    Compare,
    Condition,
    Count,
    Literal,
    Me,
    MyDepartments,
    Not,
    Op,
    Path,
    Quantifier,
    RelativeDate,
)
from kefu_admin.definitions.condition_text import (
    depends_on_now,
    has_sql,
    parse_condition,
    parse_filter,
    reads,
    write_condition,
)
from kefu_admin.problems import NOWHERE, Invalid, Place, Problem, UnknownParameter
from tests.lab import CUSTOMER, TYPES
from tests.lab_conditions import trees

PLACE = Place("desk/roles/clerk.yaml", 7, "rows")


def read(raw: object) -> Condition:
    """A condition without faults."""
    problems: list[Problem] = []
    condition = parse_condition(raw, type=CUSTOMER, types=TYPES, place=PLACE, problems=problems)
    assert problems == []
    return condition


def said(raw: object, locale: str = "zh") -> list[str]:
    """What is wrong with a condition, as people read it."""
    problems: list[Problem] = []
    parse_condition(raw, type=CUSTOMER, types=TYPES, place=PLACE, problems=problems)
    return [
        f"{p.place.key}: {wording.sentence(p.code, locale, **dict(p.facts))} ({p.code})"
        for p in problems
    ]


def compare(name: str, op: Op, value: object) -> Compare:
    return Compare(Path((name,)), op, Literal(value))


def test_a_field_and_a_value_are_compared_for_equality():
    assert read({"name": "张三"}) == compare("name", Op.EQ, "张三")


def test_several_keys_mean_all_of_them():
    found = read({"kind": "person", "score": {"ge": "1", "lt": "5"}})

    assert found == All(
        (compare("kind", Op.EQ, "person"), compare("score", Op.GE, 1), compare("score", Op.LT, 5))
    )


def test_no_keys_are_always_true():
    assert read({}) == ALWAYS


def test_all_any_and_not_nest():
    found = read({"any": [{"not": {"active": "true"}}, {"all": []}]})

    assert found == Any_((Not(compare("active", Op.EQ, True)), ALWAYS))


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ({"credit": {"gt": "1,000.5"}}, Decimal("1000.50")),
        ({"since": {"gt": "2026/5/1"}}, date(2026, 5, 1)),
        ({"met_at": {"gt": "2026-05-01 08:00"}}, datetime(2026, 5, 1, tzinfo=UTC)),
        ({"minutes": {"gt": "1:30"}}, 90),
        ({"region": {"under": "北京市"}}, "110000"),
        ({"phone": {"ends_with": "５６７８"}}, "5678"),
        ({"name": {"contains": "$$5"}}, "$5"),
        ({"tags": {"has_any": ["b", "a", "b"]}}, ("b", "a")),
        ({"score": {"between": ["1", "9"]}}, (1, 9)),
    ],
)
def test_literals_become_values_of_the_field(raw, value):
    found = read(raw)

    assert isinstance(found, Compare)
    assert found.right == Literal(value)


def test_a_path_knows_the_types_it_goes_through():
    found = read({"owner.department.parent.name": "总部"})

    assert isinstance(found, Compare)
    assert isinstance(found.left, Path)
    assert found.left.through == ("person", "department", "department")


def test_symbols_stand_for_the_asker():
    found = read({"owner": "$me", "department": {"in": "$my_departments"}})

    assert found == All(
        (
            Compare(Path(("owner",)), Op.EQ, Me()),
            Compare(Path(("department",)), Op.IN, MyDepartments()),
        )
    )


def test_a_list_with_a_symbol_becomes_several_comparisons():
    owner = Path(("owner",))

    assert read({"owner": {"in": ["$me", 7]}}) == Any_(
        (Compare(owner, Op.IN, Literal((7,))), Compare(owner, Op.EQ, Me()))
    )


def test_a_day_asked_of_an_instant_is_the_whole_day():
    path = Path(("met_at",))
    begin = RelativeDate(Anchor.TODAY, as_instant=True)
    end = RelativeDate(Anchor.TODAY, as_instant=True, day_end=True)

    assert read({"met_at": "$today"}) == All(
        (Compare(path, Op.GE, begin), Compare(path, Op.LT, end))
    )
    assert read({"met_at": {"le": "$today"}}) == Compare(path, Op.LT, end)
    assert read({"met_at": {"gt": "2026-05-01"}}) == compare(
        "met_at", Op.GE, datetime(2026, 5, 1, 16, tzinfo=UTC)
    )


def test_children_are_asked_by_quantifier_or_count():
    named = Compare(Path(("name",)), Op.EQ, Literal("a"))

    assert read({"contacts": {"any": {"name": "a"}}}) == Children(
        Path(("contacts",)), Quantifier.ANY, named
    )
    assert read({"contacts": {"count": {"ge": "2", "where": {"name": "a"}}}}) == Count(
        Path(("contacts",)), named, Op.GE, 2
    )


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(trees())
def test_what_is_written_is_read_as_the_same(condition):
    written = write_condition(condition, CUSTOMER, TYPES)

    assert read(written) == condition


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        ({"nmae": "a"}, "rows.nmae: 类型“customer”没有字段“nmae”。是否想写“name”？ (CFG150)"),
        ({"owner.zzz": 1}, "rows.owner.zzz: 类型“person”没有字段“zzz”。可用的字段：login, name, department, active, id。 (CFG151)"),
        ({"score": {"gte": 1}}, "rows.score.gte: 没有运算符“gte”。是否想写“ge”？ (CFG152)"),
        ({"active": {"xyz": 1}}, "rows.active.xyz: 没有运算符“xyz”。这里可用：eq, is_empty, ne。 (CFG153)"),
        ({"kind": {"lt": "person"}}, "rows.kind.lt: 字段“kind”不能用运算符“lt”。可用：eq, in, is_empty, ne, not_in。 (CFG154)"),
        ({"secret": {"contains": "1"}}, "rows.secret.contains: 字段“secret”不能用运算符“contains”。可用：eq, in, is_empty, ne, not_in。 (CFG154)"),
        ({"score": "many"}, "rows.score: “many”不能与“score”比较：不是它能有的值。 (CFG155)"),
        ({"kind": "persn"}, "rows.kind: “kind”没有选项“persn”。是否想写“person”？ (CFG156)"),
        ({"kind": "q"}, "rows.kind: “kind”没有选项“q”。可用的选项：person, company, none。 (CFG157)"),
        ("name", "rows: 这里要写条件，例如“字段: 值”或 all、any、not；现在是“name”。 (CFG158)"),
        ({"name": {}}, "rows.name: 这里要写条件，例如“字段: 值”或 all、any、not；现在是“{}”。 (CFG158)"),
        ({"any": {"name": "a"}}, "rows.any: “any”后面要写条件的列表。 (CFG159)"),
        ({"parent.parent.parent.parent.name": "a"}, "rows.parent.parent.parent.parent.name: 路径“parent.parent.parent.parent.name”经过 4 个引用，最多 3 个。 (CFG160)"),
        ({"partners.name": "a"}, "rows.partners.name: 路径“partners.name”走不通：“partners”不是单个引用。 (CFG161)"),
        ({"parent.contacts": {"any": {}}}, "rows.parent.contacts: 路径“parent.contacts”走不通：“contacts”不是单个引用。 (CFG161)"),
        ({"contacts": "a"}, "rows.contacts: “contacts”是明细，请写 any、all、none 或 count。 (CFG162)"),
        ({"contacts": {"some": {}}}, "rows.contacts.some: “contacts”是明细，请写 any、all、none 或 count。 (CFG162)"),
        ({"contacts": {"count": {"ge": "-1"}}}, "rows.contacts.count.ge: count 只能用 eq、ne、lt、le、gt、ge 与 0 到 1000000 的整数比较，可另加 where。 (CFG163)"),
        ({"contacts": {"count": {"where": {}}}}, "rows.contacts.count: count 只能用 eq、ne、lt、le、gt、ge 与 0 到 1000000 的整数比较，可另加 where。 (CFG163)"),
        ({"score": {"in": []}}, "rows.score.in: 运算符“in”后面要写列表，至少一项。 (CFG164)"),
        ({"score": {"in": list(range(1001))}}, "rows.score.in: 列表太长，最多 1000 项。 (CFG165)"),
        ({"score": {"between": [1]}}, "rows.score.between: 运算符“between”后面要写两项的列表：[起, 止]。 (CFG166)"),
        ({"all": [{"name": "a"}] * 200}, "rows.all[199].name: 太长了，最多 200 个部分。 (CFG168)"),
        ({"since": {"lt": "$tody"}}, "rows.since.lt: 没有符号“$tody”。是否想写“$today”？以 $ 开头的文字请写成 $$。 (CFG169)"),
        ({"since": {"lt": "$today+1h"}}, "rows.since.lt: 没有符号“$today+1h”。是否想写“$today”？以 $ 开头的文字请写成 $$。 (CFG169)"),
        ({"name": "$5"}, "rows.name: 没有符号“$5”。可用：$me, $my_department, $my_departments, $now, $today, $start_of_week, $start_of_month, $start_of_quarter, $start_of_year。以 $ 开头的文字请写成 $$。 (CFG170)"),
        ({"name": "$me"}, "rows.name: “$me”不能这样与“name”比较。 (CFG171)"),
        ({"department": "$my_departments"}, "rows.department: “$my_departments”不能这样与“department”比较。 (CFG171)"),
        ({"name": {"eq": {"field": "score"}}}, "rows.name.eq: “name”与“score”类型不同，不能比较。 (CFG172)"),
        ({"owner": {"eq": {"field": "department"}}}, "rows.owner.eq: “owner”与“department”类型不同，不能比较。 (CFG172)"),
        ({"score": {"eq": {"formula": "name"}}}, "rows.score.eq: “score”与“name”类型不同，不能比较。 (CFG172)"),
        ({"name": {"contains": {"field": "other"}}}, "rows.name.contains: 运算符“contains”后面只能写固定的值，不能写字段或公式。 (CFG173)"),
        ({"name": {"is_empty": "maybe"}}, "rows.name.is_empty: 运算符“is_empty”后面只能写 true 或 false。 (CFG175)"),
        ({"name": None}, "rows.name: 要问是否为空，请写 is_empty: true。 (CFG176)"),
        ({"name": {"eq": ["a"]}}, "rows.name.eq: 运算符“eq”后面只能写一个值。 (CFG177)"),
        ({"since": {"lt": "$today-101y"}}, "rows.since.lt: “$today-101y”离得太远，最多一百年。 (CFG178)"),
        ({"score": {"between": [9, 1]}}, "rows.score.between: 起“9”大于止“1”，请对调。 (CFG179)"),
        ({"formula": "socre * 2", "gt": 1}, "rows.formula: 公式里的“socre”不是字段。是否想写“score”？ (CFG182)"),
    ],
)  # fmt: skip
def test_a_fault_is_named_where_it_stands(raw, sentence):
    assert said(raw) == [sentence]


def test_faults_are_collected():
    assert len(said({"nmae": "a", "all": [{"kind": "q"}, {"score": {"lt": "x"}}]})) == 3


def test_nesting_ends_at_twenty_levels():
    deep: object = {"name": "a"}
    for _ in range(20):
        deep = {"not": deep}

    assert said(deep) == [f"rows{'.not' * 20}: 嵌套太深，最多 20 层。 (CFG167)"]


@pytest.mark.parametrize(
    "raw",
    [
        {f"x{number}": 1 for number in range(50_000)},
        {"score": {f"x{number}": 1 for number in range(50_000)}},
        {"contacts": {f"x{number}": 1 for number in range(50_000)}},
        {"all": [{f"x{number}": 1} for number in range(50_000)]},
        {"score": {"in": ["x"] * 1000}},
        {"name": {"in": ["a" * 1000] * 1000}},
        {"x" * 1_000_000: 1},
        {"a." * 500_000: 1},
        {"not": {"not": {"formula": "(" * 1_000_000}}},
    ],
    ids=range(9),
)
def test_a_hostile_filter_is_soon_refused(raw):
    problems: list[Problem] = []
    begun = time.process_time()

    parse_condition(raw, type=CUSTOMER, types=TYPES, place=NOWHERE, problems=problems)

    assert time.process_time() - begun < 0.25
    assert len(problems) <= 50
    assert all(len(str(problem.facts)) < 500 for problem in problems)


def test_a_part_with_a_fault_matches_nothing():
    problems: list[Problem] = []

    found = parse_condition("x", type=CUSTOMER, types=TYPES, place=PLACE, problems=problems)

    assert found == NEVER


def test_a_filter_on_an_unknown_field_is_an_unknown_parameter():
    with pytest.raises(UnknownParameter) as refused:
        parse_filter({"score": "x", "nmae": 1}, CUSTOMER, TYPES)

    assert refused.value.facts == {"name": "nmae"}


def test_a_filter_with_a_wrong_value_says_which():
    with pytest.raises(Invalid) as refused:
        parse_filter({"any": [{"score": {"lt": "x"}}]}, CUSTOMER, TYPES)

    [error] = refused.value.errors
    assert (error.field, error.code) == ("any[0].score.lt", "condition_bad_value")
    assert wording.field_error(error, "zh") == "“x”不能与“score”比较：不是它能有的值。"


def test_a_filter_takes_no_formula():
    with pytest.raises(Invalid) as refused:
        parse_filter({"formula": "score * 2", "gt": 1}, CUSTOMER, TYPES)

    assert [error.code for error in refused.value.errors] == ["condition_no_sql"]


def test_formulas_have_no_sql_and_relative_dates_move():
    formula = read({"score": {"gt": {"formula": "minutes * 2"}}})
    relative = read({"any": [{"since": {"lt": "$today"}}]})

    assert (has_sql(formula), depends_on_now(formula)) == (False, False)
    assert (has_sql(relative), depends_on_now(relative)) == (True, True)


def test_every_field_looked_at_is_named():
    condition = read(
        {
            "parent.owner.name": {"eq": {"field": "other"}},
            "contacts": {"any": {"boss.login": "x"}},
            "score": {"gt": {"formula": "1 + sum(contacts, age)"}},
        }
    )

    assert set(reads(condition, CUSTOMER, TYPES)) == {
        ("customer", "parent"),
        ("customer", "owner"),
        ("person", "name"),
        ("customer", "other"),
        ("customer", "contacts"),
        ("customer", "score"),
        ("contact", "age"),
        ("contact", "boss"),
        ("person", "login"),
    }
