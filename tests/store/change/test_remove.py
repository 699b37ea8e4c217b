"""Deleting records: what refers forbids it, what is owned goes along, history keeps it."""

from __future__ import annotations

import pytest

from kefu_admin.problems import Conflict, Forbidden, NotFound, StillReferenced
from kefu_admin.store import history
from kefu_admin.store.numbers import voided
from tests.desks import Desk


def test_a_deleted_record_is_gone_and_its_history_stays(desk: Desk) -> None:
    made = desk.create("boss", "customer", level="b")

    desk.remove("boss", "customer", made, 1)

    assert desk.count("customer") == 0
    last = history.of_record(desk.store, "customer", made)[0]
    assert (last.version, last.action, last.after) == (2, "delete", {})
    assert last.before["level"] == "b"


def test_its_number_is_registered_as_void(desk: Desk) -> None:
    made = desk.create("boss", "customer")

    desk.remove("boss", "customer", made, 1)

    [(_, entry)] = voided(desk.store, series="customer")
    assert (entry.number, entry.reason, entry.record_id) == ("KH202611-0001", "deleted", made)


def test_a_record_others_refer_to_stays(desk: Desk) -> None:
    made = desk.create("boss", "customer")
    desk.create("boss", "visit", customer=made)

    with pytest.raises(StillReferenced) as refused:
        desk.remove("boss", "customer", made, 1)

    assert refused.value.facts == {"visible": ["回访记录 HF202611210001"], "hidden": False}
    assert desk.count("customer") == 1


def test_an_invisible_referrer_is_only_said_to_exist(desk: Desk) -> None:
    made = desk.create("wang", "visit", customer=desk.create("wang", "customer"))
    customer = desk.row("visit", made, "customer")
    assert customer is not None
    blind = _without_visits(desk)

    with pytest.raises(StillReferenced) as refused:
        blind.remove("boss", "customer", customer[0], 1)

    assert refused.value.facts == {"visible": [], "hidden": True}


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


def _without_visits(desk: Desk) -> Desk:
    """The same desk in which the supervisor may not read visits."""
    from dataclasses import replace

    project = desk.project
    role = project.roles["supervisor"]
    blind = replace(role, grants=tuple(g for g in role.grants if g.type != "visit"))
    desk.store.project = replace(project, roles={**project.roles, "supervisor": blind})
    return desk
