"""Lists and what a person may ask of them."""

from __future__ import annotations

from datetime import datetime

import pytest

from kefu_admin.operations import reading
from kefu_admin.operations.reading import ListRequest
from kefu_admin.problems import BadRequest, NotFound, TooMany, UnknownParameter
from kefu_admin.store.query import Ref, Row
from tests.operations.reading.conftest import World


def listed(world: World, who: str, now: datetime, **asked: object) -> list[str]:
    page = reading.list_rows(
        world.desk,
        ListRequest(**asked),
        actor=world.actor(who),
        now=now,  # type: ignore[arg-type]
    )
    return [row.title for row in page.rows]


def test_a_view_brings_its_columns_sort_and_count(world: World, now: datetime) -> None:
    page = reading.list_rows(
        world.desk, ListRequest(view="customers"), actor=world.actor("zhao"), now=now
    )

    assert [row.title for row in page.rows] == ["丙公司", "乙公司", "甲公司"]
    assert list(page.rows[2].values) == [
        "code", "name", "kind", "phone", "level", "region", "owner", "department", "created_at",
    ]  # fmt: skip
    assert page.rows[2].values["phone"] == "13800005678"
    assert (page.count, page.capped, page.next, page.previous) == (3, False, "", "")


def test_other_departments_and_higher_levels_are_not_there(world: World, now: datetime) -> None:
    assert listed(world, "wang", now, type="customer") == ["甲公司"]
    assert listed(world, "li", now, type="customer") == ["乙公司"]
    assert listed(world, "zhao", now, type="customer") == ["丙公司", "乙公司", "甲公司"]


def test_a_type_nobody_granted_answers_like_one_that_does_not_exist(
    world: World, now: datetime
) -> None:
    admin = world.actor("wang", "admin")

    for type_id in ("customer", "no_such_type"):
        with pytest.raises(NotFound) as refused:
            reading.list_rows(world.desk, ListRequest(type=type_id), actor=admin, now=now)
        assert refused.value.facts == {}


@pytest.mark.parametrize(
    ("filter", "expected"),
    [
        ({"kind": "company"}, ["甲公司"]),
        ({"name": {"contains": "甲"}}, ["甲公司"]),
        ({"not": {"name": {"contains": "甲"}}}, []),
        ({"phone": {"ends_with": "5678"}}, ["甲公司"]),
        ({"phone": {"ends_with": "78"}}, ["甲公司"]),
        ({"phone": {"ends_with": "1234"}}, []),
        ({"phone": "13800005678"}, ["甲公司"]),
        ({"phone": "13800005679"}, []),
        ({"contacts": {"any": {"name": "陈一"}}}, ["甲公司"]),
        ({"contacts": {"count": {"ge": "1"}}}, ["甲公司"]),
        ({"owner.name": "wang"}, ["甲公司"]),
    ],
)
def test_a_filter_finds_by_what_the_clerk_sees(
    world: World, now: datetime, filter: object, expected: list[str]
) -> None:
    assert listed(world, "wang", now, type="customer", filter=filter) == expected


@pytest.mark.parametrize(
    "filter",
    [
        {"phone": {"contains": "0000"}},
        {"phone": {"starts_with": "138"}},
        {"phone": {"ends_with": "05678"}},
        {"phone": {"ge": "13800000000"}},
        {"phone": {"in": ["13800005678"]}},
        {"phone": {"is_empty": True}},
        {"phone": {"ne": "13800005678"}},
        {"not": {"phone": {"starts_with": "138"}}},
        {"id_number": "660101199001011234"},
        {"address": {"contains": "深圳"}},
        {"name": {"eq": {"field": "phone"}}},
    ],
)
def test_a_masked_field_answers_no_question_beyond_its_shown_end(
    world: World, now: datetime, filter: object
) -> None:
    with pytest.raises(UnknownParameter):
        listed(world, "wang", now, type="customer", filter=filter)


@pytest.mark.parametrize("sort", ["phone", "-phone", "id_number", "address", "contacts", "nope"])
def test_a_list_is_sorted_only_by_what_is_seen_in_every_row(
    world: World, now: datetime, sort: str
) -> None:
    with pytest.raises(UnknownParameter) as refused:
        listed(world, "wang", now, type="customer", sort=(sort,))
    assert refused.value.facts == {"name": sort.removeprefix("-")}


def test_quick_search_finds_seen_fields_and_the_shown_end_of_masked_ones(
    world: World, now: datetime
) -> None:
    def found(who: str, text: str) -> list[str]:
        return listed(world, who, now, type="customer", search=text)

    assert found("wang", "甲公") == ["甲公司"]
    assert found("wang", "5678") == ["甲公司"]
    assert found("wang", "05678") == []
    assert found("wang", "0000") == []
    assert found("zhao", "05678") == ["甲公司"]
    assert found("zhao", "公司 KH1") == ["甲公司"]


def test_a_filter_on_an_invisible_record_finds_nothing(world: World, now: datetime) -> None:
    visits = listed(world, "wang", now, type="visit")
    by_hidden_customer = listed(
        world, "wang", now, type="visit", filter={"customer": world.ids["beta"]}
    )
    by_its_name = listed(
        world, "wang", now, type="visit", filter={"customer.name": {"contains": "乙"}}
    )

    assert visits == ["HF1"]
    assert by_hidden_customer == by_its_name == []
    assert listed(
        world, "zhao", now, type="visit", filter={"customer.name": {"contains": "乙"}}
    ) == ["HF1"]


def test_a_reference_to_an_invisible_record_is_absent_and_not_editable(
    world: World, now: datetime
) -> None:
    def visit(who: str) -> Row:
        return reading.get(world.desk, "visit", world.ids["visit"], actor=world.actor(who), now=now)

    assert visit("zhao").values["customer"] == Ref(world.ids["beta"], "乙公司")
    assert "customer" in visit("zhao").editable
    assert "customer" not in visit("wang").values
    assert "customer" not in visit("wang").editable
    assert "summary" in visit("wang").editable


def test_exact_look_ups_of_masked_values_are_logged_and_limited(
    world: World, now: datetime
) -> None:
    limit = world.desk.project.search_per_hour

    for _ in range(limit):
        listed(world, "wang", now, type="customer", filter={"phone": "13800005678"})
    with pytest.raises(TooMany):
        listed(world, "wang", now, type="customer", filter={"phone": "13800005678"})

    lines = world.desk.store.rows(
        'SELECT "actor", "type", "changes" FROM "kefu_audit" WHERE "action" = \'search_exact\''
    )
    assert len(lines) == limit
    assert lines[0][:2] == ("wang", "customer")
    assert "phone" in lines[0][2]
    assert "5678" not in lines[0][2]


def test_one_who_sees_the_field_looks_it_up_freely(world: World, now: datetime) -> None:
    assert listed(world, "zhao", now, type="customer", filter={"phone": "13800005678"}) == [
        "甲公司"
    ]

    assert world.desk.store.value('SELECT COUNT(*) FROM "kefu_audit"') == 0


def test_a_filter_by_a_record_one_sees_is_no_exact_look_up(world: World, now: datetime) -> None:
    listed(world, "wang", now, type="visit", filter={"customer": world.ids["acme"]})
    listed(world, "wang", now, type="visit", filter={"customer.name": "甲公司"})

    assert world.desk.store.value('SELECT COUNT(*) FROM "kefu_audit"') == 0


def test_a_cursor_holds_no_readable_value_and_serves_only_its_own_list(
    world: World, now: datetime
) -> None:
    zhao = world.actor("zhao")
    page = reading.list_rows(
        world.desk, ListRequest(type="customer", sort=("name",), limit=1), actor=zhao, now=now
    )

    assert page.next
    assert page.next.isascii()
    for other in ({"sort": ("-name",)}, {"sort": ("code",)}, {"sort": ("name",), "type": "visit"}):
        with pytest.raises((BadRequest, UnknownParameter)):
            reading.list_rows(
                world.desk,
                ListRequest(**{"type": "customer", "after": page.next, **other}),  # type: ignore[arg-type]
                actor=zhao,
                now=now,
            )
    with pytest.raises(BadRequest):
        listed(world, "zhao", now, type="customer", sort=("name",), after=page.next[:-2] + "xx")


def test_an_unknown_column_is_refused_and_so_is_a_limit_out_of_range(
    world: World, now: datetime
) -> None:
    for asked in ({"columns": ("nope",)}, {"limit": 201}, {"limit": -1}):
        with pytest.raises(UnknownParameter):
            listed(world, "wang", now, type="customer", **asked)


def test_records_that_refer_to_one_are_listed_under_their_own_rules(
    world: World, now: datetime
) -> None:
    def related(who: str) -> list[tuple[str, str, list[str]]]:
        found = reading.related(
            world.desk, "customer", world.ids["beta"], actor=world.actor(who), now=now
        )
        return [(one.type.id, one.field.id, [row.title for row in one.page.rows]) for one in found]

    assert related("zhao") == [("visit", "customer", ["HF1"])]
    assert related("li") == []
    with pytest.raises(NotFound):
        related("wang")


def test_a_list_costs_the_same_statements_for_one_three_and_fifty_rows(
    world: World, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.store.read.rows import put

    store = world.desk.store
    counts: list[int] = []

    def cost() -> int:
        asked: list[str] = []
        rows = store.rows
        with monkeypatch.context() as patch:
            patch.setattr(
                store, "rows", lambda sql, params=(): (asked.append(sql), rows(sql, params))[1]
            )
            reading.list_rows(
                world.desk, ListRequest(view="customers"), actor=world.actor("wang"), now=now
            )
        return len(asked)

    for wanted in (1, 3, 50):
        have = len(listed(world, "wang", now, type="customer", limit=100))
        for number in range(wanted - have):
            put(
                store, "customer", code=f"X{wanted}-{number}", name="多", kind="company",
                department=world.ids["one"], owner=world.ids["wang"],
            )  # fmt: skip
        counts.append(cost())

    assert counts == [2, 2, 2]  # page, names of people and departments; all of it on one page
