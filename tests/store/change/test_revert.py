"""What differs between versions, and older versions restored as new changes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from kefu_admin.definitions.condition import Compare, Literal, Op, Path
from kefu_admin.definitions.role import Action, Denial
from kefu_admin.problems import Conflict, FieldError, Forbidden, Invalid, NotFound
from kefu_admin.store import attachments, history, versions
from kefu_admin.store.change import purge, restore, revert
from kefu_admin.store.verify import verify
from tests.desks import NOW, Desk
from tests.store.change.test_create import faults
from tests.store.change.test_fields import upload, values_of, wide  # noqa: F401 -- fixture


def back_to(desk: Desk, made: int, version: int, to: int, *fields: str, who: str = "boss") -> Any:
    """A customer set back to an older version; returns the version now."""
    return desk.change(who, lambda c: revert(c, "customer", made, version, to, fields))


def contacts(desk: Desk) -> list[tuple[Any, ...]]:
    return desk.store.rows('SELECT "id", "name", "version" FROM "contact" ORDER BY "id"')


def test_any_two_versions_differ_in_what_changed_between_them(desk: Desk) -> None:
    made = desk.create("boss", "customer", level="a", credit=Decimal(5))
    desk.update("boss", "customer", made, 1, level="b", name="乙公司")
    desk.update("boss", "customer", made, 2, level="a", credit=None)
    desk.update("boss", "customer", made, 3, name="丙公司")

    def moved(older: int, newer: int) -> Any:
        return versions.between(desk.store, "customer", made, older, newer).values

    assert moved(1, 4) == {"name": ("甲公司", "丙公司"), "credit": (Decimal("5.00"), None)}
    assert moved(2, 3) == {"level": ("b", "a"), "credit": (Decimal("5.00"), None)}
    assert moved(3, 3) == {}


def test_versions_differ_over_a_deletion_too(desk: Desk) -> None:
    made = desk.create("boss", "customer", level="b")
    desk.update("boss", "customer", made, 1, name="乙公司")
    desk.remove("boss", "customer", made, 2)
    desk.change("boss", lambda c: restore(c, "customer", {made: 3}, {made: {"level": "a"}}))

    moved = versions.between(desk.store, "customer", made, 1, 4).values

    assert moved == {"name": ("甲公司", "乙公司"), "level": ("b", "a")}


def test_an_older_version_is_restored_as_a_new_change(desk: Desk) -> None:
    made = desk.create("boss", "customer", level="a", phone="13800005678")
    desk.update("boss", "customer", made, 1, level="b", name="乙公司", phone=None)

    assert back_to(desk, made, 2, 1) == 3

    assert desk.row("customer", made, "name", "level", "phone") == ("甲公司", "a", "13800005678")
    last = history.of_record(desk.store, "customer", made)[0]
    assert (last.version, last.action) == (3, "update")
    assert last.after == {"name": "甲公司", "level": "a", "phone": "13800005678"}
    assert back_to(desk, made, 3, 1) == 3  # nothing differs


def test_only_the_named_fields_go_back(desk: Desk) -> None:
    made = desk.create("boss", "customer", level="a")
    desk.update("boss", "customer", made, 1, level="b", name="乙公司")

    assert back_to(desk, made, 2, 1, "level") == 3

    assert desk.row("customer", made, "name", "level") == ("乙公司", "a")


def test_a_field_one_may_not_write_makes_it_refuse_unless_it_is_the_same(desk: Desk) -> None:
    made = desk.create("boss", "customer", department=desk.first, level="a")
    desk.update("boss", "customer", made, 1, credit=Decimal(5), level="b")

    with pytest.raises(Invalid) as refused:
        back_to(desk, made, 2, 1, who="wang")
    assert faults(refused) == [("credit", "not_editable")]
    assert back_to(desk, made, 2, 1, "level", who="wang") == 3
    assert desk.row("customer", made, "level", "credit") == ("a", 500)


def test_a_masked_field_that_may_be_written_goes_back_unseen(desk: Desk) -> None:
    made = desk.create("boss", "customer", department=desk.first, phone="13800005678")
    desk.update("boss", "customer", made, 1, phone="13900001111")

    assert back_to(desk, made, 2, 1, who="wang") == 3
    assert desk.row("customer", made, "phone") == ("13800005678",)


def test_a_field_one_knows_nothing_of_is_not_named(desk: Desk) -> None:
    role = desk.project.roles["clerk"]
    blind = tuple(
        replace(one, fields={**one.fields, "credit": frozenset()})
        if one.type == "customer"
        else one
        for one in role.grants
    )
    roles = {**desk.project.roles, "clerk": replace(role, grants=blind)}
    desk.store.project = replace(desk.project, roles=roles)
    made = desk.create("boss", "customer", department=desk.first, level="a")
    desk.update("boss", "customer", made, 1, credit=Decimal(5), level="b")

    with pytest.raises(Invalid) as refused:
        back_to(desk, made, 2, 1, who="wang")

    assert refused.value.errors == (FieldError("", "revert_hidden"),)


def test_who_may_not_read_history_or_change_restores_no_version(desk: Desk) -> None:
    own, foreign = desk.create("wang", "customer"), desk.create("li", "customer")
    for made in (own, foreign):
        desk.update("boss", "customer", made, 1, level="b")
    role = desk.project.roles["clerk"]

    with pytest.raises(NotFound):
        back_to(desk, foreign, 2, 1, who="wang")
    with pytest.raises(Conflict):
        back_to(desk, own, 1, 1, who="wang")
    for to in (0, 2, 7):
        with pytest.raises(Invalid) as refused:
            back_to(desk, own, 2, to, who="wang")
        assert faults(refused) == [("version", "no_such_version")]
    for action in (Action.HISTORY, Action.UPDATE):
        less = tuple(replace(one, actions=one.actions - {action}) for one in role.grants)
        roles = {**desk.project.roles, "clerk": replace(role, grants=less)}
        desk.store.project = replace(desk.project, roles=roles)
        with pytest.raises(Forbidden):
            back_to(desk, own, 2, 1, who="wang")


def test_owned_rows_go_back_to_what_they_were(desk: Desk) -> None:
    made = desk.create("boss", "customer", contacts=({"name": "张三"}, {"name": "李四"}))
    (one, *_), (two, *_) = contacts(desk)
    desk.update("boss", "contact", one, 1, name="张三三")
    rows = ({"id": one, "name": "张三三三"}, {"name": "王五"})
    desk.update("boss", "customer", made, 2, contacts=rows)

    assert back_to(desk, made, 3, 1) == 4
    assert contacts(desk) == [(one, "张三", 4), (two, "李四", 3)]
    assert back_to(desk, made, 4, 2) == 5
    assert contacts(desk) == [(one, "张三三", 5), (two, "李四", 3)]
    assert back_to(desk, made, 5, 3) == 6
    assert [row[1] for row in contacts(desk)] == ["张三三三", "王五"]
    people = ("person", "department")
    report = verify(desk.store, now=NOW)
    assert [one for one in report.findings if one.facts.get("type") not in people] == []


def test_a_purged_row_does_not_come_back(desk: Desk) -> None:
    made = desk.create("boss", "customer", level="a", contacts=({"name": "张三"},))
    [(one, *_)] = contacts(desk)
    desk.update("boss", "customer", made, 1, level="b", contacts=())
    desk.change("boss", lambda c: purge(c, "contact", {one: 2}, "到期"))

    with pytest.raises(Invalid) as refused:
        back_to(desk, made, 2, 1)

    assert faults(refused) == [("contacts", "row_purged")]
    assert back_to(desk, made, 2, 1, "level") == 3


def _clerks(desk: Desk, *denials: Denial, **fields: frozenset[Any]) -> None:
    """Clerks see less of contacts."""
    role = desk.project.roles["clerk"]
    grants = tuple(
        replace(one, fields={**one.fields, **fields}) if one.type == "contact" else one
        for one in role.grants
    )
    less = replace(role, grants=grants, denials=(*role.denials, *denials))
    desk.store.project = replace(desk.project, roles={**desk.project.roles, "clerk": less})


def test_a_hidden_field_of_an_owned_row_is_not_named(desk: Desk) -> None:
    rows = ({"name": "张三", "role": "user"},)
    made = desk.create("boss", "customer", department=desk.first, contacts=rows)
    [(one, *_)] = contacts(desk)
    desk.update("boss", "contact", one, 1, role="boss")
    _clerks(desk, role=frozenset())

    with pytest.raises(Invalid) as refused:
        back_to(desk, made, 2, 1, who="wang")

    assert refused.value.errors == (FieldError("", "revert_hidden"),)


def test_rows_one_may_not_see_stay_as_they_are(desk: Desk) -> None:
    rows = ({"name": "张三", "role": "boss"}, {"name": "李四"})
    made = desk.create("boss", "customer", department=desk.first, contacts=rows)
    (one, *_), (two, *_) = contacts(desk)
    sent = ({"id": one, "name": "张三三"}, {"id": two, "name": "李四四"})
    desk.update("boss", "customer", made, 1, contacts=sent)
    hidden = Compare(Path(("role",)), Op.EQ, Literal("boss"))
    _clerks(desk, Denial(type="contact", actions=frozenset({Action.READ}), rows=hidden))

    assert back_to(desk, made, 2, 1, who="wang") == 3

    assert contacts(desk) == [(one, "张三三", 2), (two, "李四", 3)]


def test_encrypted_values_links_and_files_go_back(wide: Desk) -> None:  # noqa: F811 -- the fixture
    items = [wide.create("boss", "item", name=name) for name in ("甲", "乙")]
    scan = upload(wide, "scan")
    made = wide.create(
        "boss", "thing", title="甲", dept=wide.first, card="11010119900307109X", scan=scan,
        items=(items[1], items[0]),
    )  # fmt: skip
    other = upload(wide, "scan")
    wide.update("boss", "thing", made, 1, card=None, scan=other, items=(items[0],))

    wide.change("boss", lambda c: revert(c, "thing", made, 2, 1))

    now = values_of(wide, made)
    assert (now["card"], now["scan"], now["items"]) == (
        "11010119900307109X", scan, (items[1], items[0]),
    )  # fmt: skip
    assert attachments.by_ids(wide.store, [other])[other].record_id == made  # of version 2
