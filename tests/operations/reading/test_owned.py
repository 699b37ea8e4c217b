"""What differs in owned rows between two versions of their owner, under the rights in each row."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kefu_admin.definitions.condition import Compare, Literal, Op, Path
from kefu_admin.definitions.role import Action, Denial
from kefu_admin.operations import reading
from kefu_admin.operations.desk import Desk as Composed
from kefu_admin.store.change import purge
from kefu_admin.store.database import Store
from tests.desks import NOW, Desk, furnish

BOSS = Compare(Path(("role",)), Op.EQ, Literal("boss"))


@pytest.fixture
def desk(store: Store) -> Desk:
    return furnish(store)


@pytest.fixture
def customer(desk: Desk) -> int:
    """A customer of the first department: of his contacts one was changed, one went, one came."""
    rows = ({"name": "张三", "phone": "13800001111", "role": "user"}, {"name": "李四"})
    made = desk.create("boss", "customer", department=desk.first, contacts=rows)
    (one, _) = contacts(desk)
    changed = {"id": one, "name": "张三", "phone": "13900002222", "role": "boss"}
    desk.update("boss", "customer", made, 1, contacts=(changed, {"name": "王五", "role": "user"}))
    return made


def contacts(desk: Desk) -> list[int]:
    return [int(id) for (id,) in desk.store.rows('SELECT "id" FROM "contact" ORDER BY "id"')]


def difference(desk: Desk, record: int, who: str = "boss") -> reading.Difference:
    composed = Composed(desk.store.project, desk.store)
    return reading.difference(composed, "customer", record, 1, 2, actor=desk.people[who], now=NOW)


def told(found: reading.Difference) -> list[tuple[str, str, Any, Any]]:
    return [
        (one.change.value, one.row.label, dict(one.before), dict(one.after))
        for one in found.rows.get("contacts", ())
    ]


def clerks(desk: Desk, *denials: Denial, **fields: frozenset[Any]) -> None:
    """Clerks may read the history of contacts, but see less of them."""
    role = desk.project.roles["clerk"]
    grants = tuple(
        replace(one, actions=one.actions | {Action.HISTORY}, fields={**one.fields, **fields})
        if one.type == "contact"
        else one
        for one in role.grants
    )
    less = replace(role, grants=grants, denials=(*role.denials, *denials))
    desk.store.project = replace(desk.project, roles={**desk.project.roles, "clerk": less})


def test_rows_that_came_went_and_changed_are_told_field_by_field(desk: Desk, customer: int) -> None:
    found = difference(desk, customer)

    assert told(found) == [
        (
            "changed",
            "张三",
            {"phone": "13800001111", "role": "user"},
            {"phone": "13900002222", "role": "boss"},
        ),
        ("added", "王五", {}, {"name": "王五", "role": "user"}),
        ("removed", "李四", {"name": "李四"}, {}),
    ]
    names = [[one.label for one in side["contacts"]] for side in (found.before, found.after)]  # type: ignore[attr-defined]  # tuples of references
    assert sorted(names[0]) == ["张三", "李四"]
    assert names[1] == ["张三", "王五"]


def test_a_masked_field_of_a_row_is_masked(desk: Desk, customer: int) -> None:
    clerks(desk)

    changed, *_ = difference(desk, customer, "wang").rows["contacts"]

    assert (changed.before["phone"], changed.after["phone"]) == ("138****1111", "139****2222")
    assert changed.masked == {"phone"}


def test_a_field_one_may_not_see_never_appears_nor_that_it_changed(
    desk: Desk, customer: int
) -> None:
    clerks(desk, phone=frozenset(), role=frozenset())

    found = difference(desk, customer, "wang")

    assert told(found) == [
        ("added", "王五", {}, {"name": "王五"}),
        ("removed", "李四", {"name": "李四"}, {}),
    ]
    desk.update("boss", "contact", contacts(desk)[0], 2, role="user")
    composed = Composed(desk.store.project, desk.store)
    newest = reading.difference(
        composed, "customer", customer, 2, 3, actor=desk.people["wang"], now=NOW
    )
    assert (dict(newest.before), dict(newest.after), dict(newest.rows)) == ({}, {}, {})


@pytest.mark.parametrize("went", [False, True])
def test_a_row_one_may_not_see_never_appears(desk: Desk, customer: int, went: bool) -> None:
    clerks(desk, Denial(type="contact", actions=frozenset({Action.READ}), rows=BOSS))
    if went:  # then it is judged by what it was
        _, three = contacts(desk)
        desk.update("boss", "customer", customer, 2, contacts=({"id": three},))

    found = difference(desk, customer, "wang")

    assert [(change, label) for change, label, *_ in told(found)] == [
        ("added", "王五"),
        ("removed", "李四"),
    ]
    assert "张三" not in str(found)


def test_who_may_not_read_the_history_of_rows_is_told_that_they_differ_not_in_what(
    desk: Desk, customer: int
) -> None:
    gone = desk.store.value('SELECT "record_id" FROM "kefu_bin" WHERE "type" = ?', ("contact",))

    assert told(difference(desk, customer, "wang")) == [
        ("changed", "张三", {}, {}),
        ("added", "王五", {}, {}),
        ("removed", f"#{gone}", {}, {}),
    ]


def test_to_whom_the_type_of_the_rows_is_closed_is_told_nothing_of_them(
    desk: Desk, customer: int
) -> None:
    role = desk.project.roles["clerk"]
    grants = tuple(one for one in role.grants if one.type != "contact")
    roles = {**desk.project.roles, "clerk": replace(role, grants=grants)}
    desk.store.project = replace(desk.project, roles=roles)

    found = difference(desk, customer, "wang")

    assert (dict(found.before), dict(found.after), dict(found.rows)) == ({}, {}, {})


def test_of_a_purged_row_only_its_number_is_left(desk: Desk, customer: int) -> None:
    gone = desk.store.value('SELECT "record_id" FROM "kefu_bin" WHERE "type" = ?', ("contact",))
    desk.change("boss", lambda change: purge(change, "contact", {int(gone): 2}, "到期"))

    *_, last = told(difference(desk, customer))

    assert last == ("removed", f"#{gone}", {}, {})
