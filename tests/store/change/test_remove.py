"""Deleting records: what refers forbids it, what is owned goes along, the bin keeps it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kefu_admin.definitions.project import Project
from kefu_admin.definitions.role import Right
from kefu_admin.problems import Conflict, Forbidden, NotFound, Referrer, StillReferenced
from kefu_admin.store import bin, history
from kefu_admin.store.numbers import voided
from tests.desks import Desk, furnish
from tests.factories import field


def test_a_deleted_record_is_gone_and_its_history_stays(desk: Desk) -> None:
    made = desk.create("boss", "customer", level="b")

    desk.remove("boss", "customer", made, 1)

    assert desk.count("customer") == 0
    last = history.of_record(desk.store, "customer", made)[0]
    assert (last.version, last.action, last.after) == (2, "delete", {})
    assert last.before["level"] == "b"


def test_it_waits_in_the_bin_and_its_number_stays_its_own(desk: Desk) -> None:
    made = desk.create("boss", "customer")

    desk.remove("boss", "customer", made, 1)

    [entry] = bin.page(desk.store, ("customer",), limit=10)
    boss = desk.people["boss"].user_id
    assert (entry.record_id, entry.version, entry.actor_id, entry.created_by) == (
        made, 2, boss, boss,
    )  # fmt: skip
    assert voided(desk.store, series="customer") == []


def test_a_deleted_record_frees_what_may_not_repeat(desk: Desk) -> None:
    made = desk.create("boss", "customer", phone="13800005678")
    desk.remove("boss", "customer", made, 1)

    again = desk.create("boss", "customer", phone="13800005678")

    assert again != made
    assert desk.count("customer") == 1


def test_a_record_others_refer_to_stays(desk: Desk) -> None:
    made = desk.create("boss", "customer")
    visit = desk.create("boss", "visit", customer=made)

    with pytest.raises(StillReferenced) as refused:
        desk.remove("boss", "customer", made, 1)

    assert refused.value.facts == {
        "visible": (Referrer("visit", visit, "回访记录 HF202611210001"),),
        "hidden": False,
    }
    assert desk.count("customer") == 1


def test_an_owned_row_others_refer_to_is_not_left_out_of_its_list(
    open_store, small_project
) -> None:
    desk = furnish(open_store(_with_a_contact_in_visits(small_project)))
    made = desk.create("boss", "customer", contacts=({"name": "张三"},))
    [contact] = desk.store.rows('SELECT "id" FROM "contact"')[0]
    visit = desk.create("boss", "visit", customer=made, met=contact)

    for refusing in (
        lambda: desk.update("boss", "customer", made, 1, contacts=()),
        lambda: desk.remove("boss", "contact", contact, 1),
    ):
        with pytest.raises(StillReferenced) as refused:
            refusing()
        assert [one.id for one in refused.value.facts["visible"]] == [visit]
    desk.update("boss", "visit", visit, 1, met=None)
    assert desk.update("boss", "customer", made, 1, contacts=()) == 2


def test_an_invisible_referrer_is_only_said_to_exist(desk: Desk) -> None:
    made = desk.create("wang", "visit", customer=desk.create("wang", "customer"))
    customer = desk.row("visit", made, "customer")
    assert customer is not None
    blind = _without_visits(desk)

    with pytest.raises(StillReferenced) as refused:
        blind.remove("boss", "customer", customer[0], 1)

    assert refused.value.facts == {"visible": (), "hidden": True}


def test_who_may_not_delete_is_told_and_who_may_not_see_is_not(desk: Desk) -> None:
    own, foreign = desk.create("wang", "customer"), desk.create("li", "customer")

    with pytest.raises(Forbidden):
        desk.remove("wang", "customer", own, 1)
    with pytest.raises(NotFound):
        desk.remove("wang", "customer", foreign, 1)


def test_a_denial_wins_over_every_grant(desk: Desk) -> None:
    made = desk.create("boss", "customer", level="a")

    with pytest.raises(Forbidden):
        desk.remove("boss", "customer", made, 1)


def test_a_record_changed_meanwhile_stays(desk: Desk) -> None:
    made = desk.create("boss", "customer")
    desk.update("boss", "customer", made, 1, level="b")

    with pytest.raises(Conflict):
        desk.remove("boss", "customer", made, 1)


def test_owned_rows_go_along_each_with_its_history(desk: Desk) -> None:
    made = desk.create("boss", "customer", contacts=({"name": "张三"}, {"name": "李四"}))
    children = [i for (i,) in desk.store.rows('SELECT "id" FROM "contact" ORDER BY "id"')]

    desk.remove("boss", "customer", made, 1)

    assert desk.count("contact") == 0
    for child in children:
        assert [e.action for e in history.of_record(desk.store, "contact", child)] == [
            "delete",
            "create",
        ]
    assert [one.with_owner for one in bin.of_owners(desk.store, "contact", [made])] == [True, True]
    assert bin.page(desk.store, ("contact",), limit=10) == []


def _with_a_contact_in_visits(project: Project) -> Project:
    """The small project whose visits name the contact that was met."""
    visit, role = project.types["visit"], project.roles["supervisor"]
    met = field("met", "reference", to="contact")
    grants = tuple(
        replace(one, fields={**one.fields, "met": frozenset({Right.SEE, Right.EDIT})})
        if one.type == "visit"
        else one
        for one in role.grants
    )
    types = {**project.types, "visit": replace(visit, fields={**visit.fields, "met": met})}
    roles = {**project.roles, "supervisor": replace(role, grants=grants)}
    return replace(project, types=types, roles=roles)


def _without_visits(desk: Desk) -> Desk:
    """The same desk in which the supervisor may not read visits."""
    project = desk.project
    role = project.roles["supervisor"]
    blind = replace(role, grants=tuple(g for g in role.grants if g.type != "visit"))
    desk.store.project = replace(project, roles={**project.roles, "supervisor": blind})
    return desk
