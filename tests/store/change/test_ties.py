"""Records that refer to rows of their own are deleted, come back and go back whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from kefu_admin.definitions.project import Project
from kefu_admin.definitions.role import Right
from kefu_admin.problems import StillReferenced
from kefu_admin.store.change import purge, restore, revert
from kefu_admin.store.change.rows import Reader
from kefu_admin.store.database import Store
from kefu_admin.store.verify import verify
from tests.desks import NOW, Desk, furnish
from tests.factories import field

TIES = {
    "customer": (
        field("main_contact", "reference", to="contact"),
        field("key_contacts", "references", to="contact"),
        field("parent", "reference", to="customer"),
    ),
    "contact": (field("reports_to", "reference", to="contact"),),
}


def _tied(project: Project) -> Project:
    """The small project whose customers name contacts of their own, and these each other."""
    types, role = dict(project.types), project.roles["supervisor"]
    grants = list(role.grants)
    for type_id, added in TIES.items():
        fields = {**types[type_id].fields, **{one.id: one for one in added}}
        types[type_id] = replace(types[type_id], fields=fields)
        held = {one.id: frozenset({Right.SEE, Right.EDIT}) for one in added}
        grants = [
            replace(one, fields={**one.fields, **held}) if one.type == type_id else one
            for one in grants
        ]
    roles = {**project.roles, "supervisor": replace(role, grants=tuple(grants))}
    return replace(project, types=types, roles=roles)


@pytest.fixture
def desk(open_store: Callable[[Project], Store], small_project: Project) -> Desk:
    return furnish(open_store(_tied(small_project)))


@pytest.fixture
def customer(desk: Desk) -> int:
    """A customer of version 2 tied to both of his contacts, who report to each other."""
    made = desk.create("boss", "customer", contacts=({"name": "张三"}, {"name": "李四"}))
    one, two = contacts(desk)
    rows = ({"id": one, "reports_to": two}, {"id": two, "reports_to": one})
    desk.update(
        "boss", "customer", made, 1, main_contact=one, key_contacts=(two, one), contacts=rows
    )
    return made


def contacts(desk: Desk) -> list[int]:
    return [int(id) for (id,) in desk.store.rows('SELECT "id" FROM "contact" ORDER BY "id"')]


def ties(desk: Desk, customer: int) -> tuple[Any, ...]:
    """What the customer and his contacts refer to, as it is stored."""
    reader = Reader(desk.store)
    values = reader.load("customer", [customer])[customer].values
    below = reader.load("contact", contacts(desk)).values()
    return (
        values["main_contact"],
        values["key_contacts"],
        [one.values["reports_to"] for one in below],
    )


def sound(desk: Desk) -> bool:
    people = ("person", "department")
    found = verify(desk.store, now=NOW).findings
    return [one for one in found if one.facts.get("type") not in people] == []


def test_a_record_that_refers_to_its_own_row_is_deleted_and_comes_back(
    desk: Desk, customer: int
) -> None:
    one, two = contacts(desk)

    desk.remove("boss", "customer", customer, 2)

    assert desk.count("customer") == desk.count("contact") == 0
    assert sound(desk)
    desk.change("boss", lambda change: restore(change, "customer", {customer: 3}))
    assert ties(desk, customer) == (one, (two, one), [two, one])
    assert sound(desk)


def test_it_is_purged(desk: Desk, customer: int) -> None:
    desk.remove("boss", "customer", customer, 2)

    desk.change("boss", lambda change: purge(change, "customer", {customer: 3}, "到期"))

    assert desk.store.rows('SELECT "record_id" FROM "kefu_bin"') == []
    assert sound(desk)


def test_two_records_that_refer_to_each_other_go_and_come_together(desk: Desk) -> None:
    one = desk.create("boss", "customer")
    two = desk.create("boss", "customer", name="乙公司", parent=one)
    desk.update("boss", "customer", one, 1, parent=two)

    with pytest.raises(StillReferenced):
        desk.remove("boss", "customer", one, 2)
    desk.change("boss", lambda change: change.remove_many("customer", {one: 2, two: 1}))
    desk.change("boss", lambda change: restore(change, "customer", {one: 3, two: 2}))

    assert desk.row("customer", one, "parent") == (two,)
    assert desk.row("customer", two, "parent") == (one,)
    assert sound(desk)


def test_a_row_that_is_named_does_not_go_alone(desk: Desk, customer: int) -> None:
    one, two = contacts(desk)

    with pytest.raises(StillReferenced):
        desk.update("boss", "customer", customer, 2, contacts=({"id": two},))
    rows = ({"id": two, "reports_to": None},)
    desk.update(
        "boss", "customer", customer, 2, main_contact=two, key_contacts=(two,), contacts=rows
    )

    assert ties(desk, customer) == (two, (two,), [None])
    assert one not in contacts(desk)


def test_an_older_version_comes_back_with_the_row_it_names(desk: Desk, customer: int) -> None:
    one, two = contacts(desk)
    rows = ({"id": two, "reports_to": None},)
    desk.update(
        "boss", "customer", customer, 2, main_contact=None, key_contacts=(two,), contacts=rows
    )

    desk.change("boss", lambda change: revert(change, "customer", customer, 3, 2))

    assert ties(desk, customer) == (one, (two, one), [two, one])
    assert sound(desk)
