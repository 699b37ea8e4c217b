"""What of a list may leave in a file: by row, by field, in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import pytest

from kefu_admin.definitions.condition import Compare, Condition, Literal, Op, Path
from kefu_admin.definitions.role import Action, Denial, Grant, Right, Role
from kefu_admin.operations import reading
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.reading import ListRequest, Table
from kefu_admin.problems import Forbidden, NotFound, UnknownParameter
from kefu_admin.store.read.select import CHUNK
from tests.operations.reading.conftest import World
from tests.store.read.rows import put

TAKE = frozenset({Right.SEE, Right.SEARCH_EXACT, Right.EXPORT})
LOOK = frozenset({Right.SEE, Right.SEARCH_EXACT})
MASKED = frozenset({Right.SEE_MASKED, Right.EXPORT})


def grant(
    world: World,
    rows: Condition,
    rights: Mapping[str, frozenset[Right]],
    *actions: Action,
) -> Grant:
    fields = world.desk.project.types["customer"].fields
    return Grant(
        type="customer",
        actions=frozenset({Action.READ, *actions}),
        rows=rows,
        fields={name: rights.get(name, rights["*"]) for name in fields},
    )


def by_level(level: str) -> Condition:
    return Compare(Path(("level",)), Op.EQ, Literal(level))


def desk_with(world: World, *grants: Grant, denials: tuple[Denial, ...] = ()) -> Desk:
    """The desk with a role `taker` of these grants."""
    project = world.desk.project
    role = Role(
        id="taker",
        label=project.roles["clerk"].label,
        grants=grants,
        denials=denials,
        clearance="secret",
    )
    return Desk(replace(project, roles={**project.roles, "taker": role}), world.desk.store)


def table(world: World, desk: Desk, now: datetime, role: str = "taker", **asked: object) -> Table:
    request = ListRequest(**{"type": "customer", "sort": ("name",), **asked})  # type: ignore[arg-type]  # parameters by name
    return reading.table(desk, request, actor=world.actor("zhao", role), now=now, most=10_000)


def rows(found: Table) -> list[dict[str, object]]:
    """Row by row; a masked value is marked."""
    made: list[dict[str, object]] = []
    for part in found.parts():
        for at in range(part.count):
            row = {name: column[at] for name, column in part.values.items()}
            for name, hidden in part.masked.items():
                if hidden[at]:
                    row[name] = ("masked", row[name])
            made.append(row)
    return made


def test_everything_a_supervisor_may_take_in_the_lists_order(world: World, now: datetime) -> None:
    found = table(world, world.desk, now, "supervisor", type="", view="customers", sort=())

    assert [column.field.id for column in found.columns] == [
        "code", "name", "kind", "phone", "level", "region", "owner", "department", "created_at",
    ]  # fmt: skip
    assert [column.field.id for column in found.columns if column.mask] == ["phone"]
    assert [row["name"] for row in rows(found)] == ["丙公司", "乙公司", "甲公司"]
    assert found.left_out == ()


def test_the_filter_the_search_and_other_departments_hold(world: World, now: datetime) -> None:
    level = table(world, world.desk, now, "supervisor", filter={"level": "a"})
    searched = table(world, world.desk, now, "supervisor", search="甲公司")

    assert [row["name"] for row in rows(level)] == ["乙公司"]
    assert [row["name"] for row in rows(searched)] == ["甲公司"]


def test_one_without_the_right_takes_nothing(world: World, now: datetime) -> None:
    with pytest.raises(Forbidden):
        table(world, world.desk, now, "clerk")
    with pytest.raises(NotFound):
        table(world, world.desk, now, "admin")
    fieldless = desk_with(world, grant(world, by_level("a"), {"*": LOOK}, Action.EXPORT))
    with pytest.raises(Forbidden):
        table(world, fieldless, now)
    with pytest.raises(UnknownParameter):
        table(world, world.desk, now, "supervisor", columns=("nothing",))


def test_rows_leave_where_the_action_is_granted_and_fields_where_the_right_is(
    world: World, now: datetime
) -> None:
    desk = desk_with(
        world,
        grant(world, by_level("a"), {"*": TAKE, "phone": LOOK}, Action.EXPORT),
        grant(world, by_level("b"), {"*": TAKE, "address": LOOK}, Action.EXPORT),
        grant(world, Compare(Path(("code",)), Op.EQ, Literal("KH3")), {"*": TAKE}),
    )

    found = table(world, desk, now, columns=("name", "phone", "address", "level"))

    assert rows(found) == [
        {"name": "乙公司", "phone": None, "address": None, "level": "a"},
        {"name": "甲公司", "phone": "13800005678", "address": None, "level": "b"},
    ]


def test_a_field_nobody_lets_him_take_is_told_and_left_out(world: World, now: datetime) -> None:
    desk = desk_with(world, grant(world, by_level("a"), {"*": TAKE, "phone": LOOK}, Action.EXPORT))

    found = table(world, desk, now, columns=("name", "phone"))

    assert [column.field.id for column in found.columns] == ["name"]
    assert [field.id for field in found.left_out] == ["phone"]


def test_masked_values_leave_masked(world: World, now: datetime) -> None:
    desk = desk_with(
        world,
        grant(world, by_level("a"), {"*": TAKE}, Action.EXPORT),
        grant(world, by_level("b"), {"*": TAKE, "phone": MASKED}, Action.EXPORT),
    )

    assert rows(table(world, desk, now, columns=("name", "phone"))) == [
        {"name": "乙公司", "phone": "13900001234"},
        {"name": "甲公司", "phone": ("masked", "138****5678")},
    ]


def test_a_denial_takes_rows_and_fields_away(world: World, now: datetime) -> None:
    desk = desk_with(
        world,
        grant(world, by_level("a"), {"*": TAKE}, Action.EXPORT),
        grant(world, by_level("b"), {"*": TAKE}, Action.EXPORT),
        denials=(
            Denial(type="customer", actions=frozenset({Action.EXPORT}), rows=by_level("a")),
            Denial(type="customer", fields=frozenset({"phone"}), rows=by_level("b")),
        ),
    )

    found = rows(table(world, desk, now, columns=("name", "phone")))
    assert found == [{"name": "甲公司", "phone": None}]


def test_a_reference_is_called_as_he_may_call_it(world: World, now: datetime) -> None:
    found = table(
        world, world.desk, now, "supervisor", type="contact", columns=("name", "customer")
    )

    assert [getattr(row["customer"], "label", None) for row in rows(found)] == ["甲公司", "乙公司"]


def test_many_rows_come_in_parts_in_their_order(world: World, now: datetime) -> None:
    names = [f"公司{number:05}" for number in range(CHUNK + 30)]
    for name in reversed(names):
        put(world.desk.store, "customer", name=name, kind="company", department=world.ids["one"])

    found = table(world, world.desk, now, "supervisor", filter={"name": {"contains": "公司0"}})

    assert [part.count for part in found.parts()] == [CHUNK, 30]
    assert [row["name"] for row in rows(found)] == names


def test_what_is_gone_or_closed_by_then_is_left_out(world: World, now: datetime) -> None:
    found = table(world, world.desk, now, "supervisor", columns=("name", "phone"))
    store = world.desk.store
    with store.transaction():
        store.execute(
            'UPDATE "customer" SET "department" = NULL WHERE "id" = ?', (world.ids["acme"],)
        )
        store.execute('DELETE FROM "contact"')
        store.execute('DELETE FROM "visit"')
        store.execute('DELETE FROM "customer" WHERE "id" = ?', (world.ids["beta"],))

    assert [row["name"] for row in rows(found)] == ["丙公司"]
