"""Owned rows: one list with their owner, or on their own under the owner's rights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from kefu_admin.definitions.condition import Compare, Literal, Op, Path
from kefu_admin.definitions.content_type import Check
from kefu_admin.definitions.label import Label
from kefu_admin.definitions.project import Project
from kefu_admin.definitions.role import Action
from kefu_admin.problems import Conflict, Forbidden, Invalid, NotFound
from kefu_admin.store import history
from kefu_admin.store.database import Store
from tests.desks import Desk, furnish
from tests.store.change.test_create import faults


def contacts(desk: Desk) -> list[tuple[Any, ...]]:
    """The owned rows as they lie in the database."""
    return desk.store.rows(
        'SELECT "id", "name", "customer", "version" FROM "contact" ORDER BY "id"'
    )


def test_rows_are_created_with_their_owner(desk: Desk) -> None:
    made = desk.create("wang", "customer", contacts=({"name": "张三"}, {"name": "李四"}))

    assert [row[1:] for row in contacts(desk)] == [("张三", made, 1), ("李四", made, 1)]
    first = history.of_record(desk.store, "customer", made)[0]
    assert first.after["contacts"] == tuple(row[0] for row in contacts(desk))


def test_the_list_is_complete_what_is_missing_goes(desk: Desk) -> None:
    made = desk.create("wang", "customer", contacts=({"name": "张三"}, {"name": "李四"}))
    (one, *_), (two, *_) = contacts(desk)

    rows = ({"id": two, "version": 1, "name": "李四四"}, {"name": "王五"})
    version = desk.update("wang", "customer", made, 1, contacts=rows)

    assert version == 2
    assert [row[1:] for row in contacts(desk)] == [("李四四", made, 2), ("王五", made, 1)]
    change = history.of_record(desk.store, "customer", made)[0]
    assert change.before == {"contacts": (one, two)}


def test_changing_only_a_row_raises_the_owner_s_version(desk: Desk) -> None:
    made = desk.create("wang", "customer", contacts=({"name": "张三"},))
    [(one, *_)] = contacts(desk)

    assert desk.update("wang", "customer", made, 1, contacts=({"id": one, "name": "张三"},)) == 1
    assert desk.update("wang", "customer", made, 1, contacts=({"id": one, "name": "三"},)) == 2


def test_a_fault_of_a_whole_row_stands_at_the_row(
    open_store: Callable[[Project], Store], small_project: Project
) -> None:
    named = Check(
        id="known", condition=Compare(Path(("name",)), Op.NE, Literal("无")), message=Label("无名")
    )
    contact = replace(small_project.types["contact"], checks=(named,))
    types = {**small_project.types, "contact": contact}
    desk = furnish(open_store(replace(small_project, types=types)))

    with pytest.raises(Invalid) as refused:
        desk.create("wang", "customer", contacts=({"name": "张三"}, {"name": "无"}))

    assert faults(refused) == [("contacts[1]", "check_failed")]


def test_faults_of_rows_say_where_they_stand(desk: Desk) -> None:
    with pytest.raises(Invalid) as refused:
        desk.create("wang", "customer", contacts=({"name": "张三"}, {"name": None}))

    assert faults(refused) == [("contacts[1].name", "required")]
    assert desk.count("customer") == desk.count("contact") == 0


def test_a_row_of_another_owner_cannot_be_taken(desk: Desk) -> None:
    desk.create("wang", "customer", contacts=({"name": "张三"},))
    other = desk.create("wang", "customer", name="乙")
    [(one, *_)] = contacts(desk)

    with pytest.raises(Invalid) as refused:
        desk.update("wang", "customer", other, 1, contacts=({"id": one, "name": "张三"},))

    assert faults(refused) == [("contacts[0]", "no_such_record")]


def test_a_row_changed_meanwhile_is_told(desk: Desk) -> None:
    made = desk.create("wang", "customer", contacts=({"name": "张三"},))
    [(one, *_)] = contacts(desk)
    desk.update("wang", "contact", one, 1, name="张三三")

    with pytest.raises(Conflict):
        desk.update("wang", "customer", made, 1, contacts=())


def test_a_row_written_on_its_own_raises_the_owner_s_version(desk: Desk) -> None:
    made = desk.create("wang", "customer")

    desk.create("wang", "contact", customer=made, name="张三")

    assert desk.row("customer", made, "version") == (2,)
    change = history.of_record(desk.store, "customer", made)[0]
    assert change.after == {"contacts": tuple(row[0] for row in contacts(desk))}


def test_a_row_follows_its_owner_s_rights(desk: Desk) -> None:
    foreign = desk.create("li", "customer", contacts=({"name": "张三"},))
    [(one, *_)] = contacts(desk)

    with pytest.raises(Invalid) as refused:
        desk.create("wang", "contact", customer=foreign, name="李四")
    with pytest.raises(NotFound):
        desk.update("wang", "contact", one, 1, name="李四")
    with pytest.raises(NotFound):
        desk.remove("wang", "contact", one, 1)

    assert faults(refused) == [("customer", "no_such_record")]


def test_a_row_cannot_move_to_another_owner(desk: Desk) -> None:
    desk.create("wang", "customer", contacts=({"name": "张三"},))
    other = desk.create("wang", "customer", name="乙")
    [(one, *_)] = contacts(desk)

    with pytest.raises(Invalid) as refused:
        desk.update("wang", "contact", one, 1, customer=other)

    assert faults(refused) == [("customer", "not_editable")]


def test_who_may_not_delete_rows_cannot_leave_them_out(desk: Desk) -> None:
    _keep_clerks_from(desk, Action.DELETE)
    made = desk.create("wang", "customer", contacts=({"name": "张三"},))

    with pytest.raises(Forbidden):
        desk.update("wang", "customer", made, 1, contacts=())


def test_who_may_not_change_rows_may_send_them_along_unchanged(desk: Desk) -> None:
    made = desk.create("boss", "customer", department=desk.first, contacts=({"name": "张三"},))
    [(one, *_)] = contacts(desk)
    _keep_clerks_from(desk, Action.UPDATE)

    row = {"id": one, "version": 1, "name": "张三"}
    assert desk.update("wang", "customer", made, 1, level="b", contacts=(row,)) == 2
    with pytest.raises(Invalid) as refused:
        desk.update("wang", "customer", made, 2, contacts=({**row, "name": "李四"},))
    assert faults(refused) == [("contacts[0].name", "not_editable")]


def _keep_clerks_from(desk: Desk, action: Action) -> None:
    """From now on clerks may not do this to contacts."""
    role = desk.project.roles["clerk"]
    kept = tuple(
        replace(grant, actions=grant.actions - {action}) if grant.type == "contact" else grant
        for grant in role.grants
    )
    desk.store.project = replace(
        desk.project, roles={**desk.project.roles, "clerk": replace(role, grants=kept)}
    )
