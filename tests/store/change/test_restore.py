"""The bin: deleted records come back as they were, under today's rules, or go for good."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from kefu_admin.definitions.project import Project
from kefu_admin.definitions.role import Action
from kefu_admin.problems import Conflict, FieldError, Forbidden, Invalid, NotFound
from kefu_admin.store import attachments, bin, history
from kefu_admin.store.change import purge, restore
from kefu_admin.store.database import Store
from kefu_admin.store.numbers import voided
from kefu_admin.store.verify import verify
from tests.desks import NOW, Desk, furnish
from tests.factories import REQUIRED, field
from tests.store.change.test_create import faults
from tests.store.change.test_fields import upload, values_of, wide  # noqa: F401 -- fixture
from tests.store.change.test_whole import together

EVERYTHING = (
    "code", "name", "kind", "phone", "id_number", "level", "owner", "department", "created_at",
    "created_by",
)  # fmt: skip


def back(
    desk: Desk, type_id: str, record_id: int, version: int, who: str = "boss", **sent: object
) -> Any:
    """A record restored; returns its version."""
    given = {record_id: sent} if sent else {}
    return desk.change(who, lambda c: restore(c, type_id, {record_id: version}, given))[0]


def erase(desk: Desk, type_id: str, record_id: int, version: int, who: str = "boss") -> Any:
    """A record purged; returns the ids of its files."""
    return desk.change(who, lambda c: purge(c, type_id, {record_id: version}, "客户要求删除"))


def test_a_record_comes_back_as_it_was_with_its_rows(desk: Desk) -> None:
    made = desk.create(
        "boss", "customer", kind="person", phone="13800005678", id_number="11010119900307109X",
        level="b", contacts=({"name": "张三", "phone": "13900001111"}, {"name": "李四"}),
    )  # fmt: skip
    before = desk.row("customer", made, *EVERYTHING)
    contacts = desk.store.rows('SELECT "id", "name", "phone", "customer" FROM "contact"')
    desk.remove("boss", "customer", made, 1)

    version = back(desk, "customer", made, 2)

    assert version == 3
    after = desk.row("customer", made, *EVERYTHING, "version")
    assert before is not None
    assert after is not None
    assert after[-1] == 3
    assert [one for i, one in enumerate(after[:-1]) if i != 4] == [
        one for i, one in enumerate(before) if i != 4
    ]  # the cipher text is another one
    record = desk.change(
        "boss", lambda c: c.reader.load("customer", [made])[made].values["id_number"]
    )
    assert record == "11010119900307109X"
    assert desk.store.rows('SELECT "id", "name", "phone", "customer" FROM "contact"') == contacts
    told = history.of_record(desk.store, "customer", made)
    assert [(one.version, one.action) for one in told] == [
        (3, "restore"), (2, "delete"), (1, "create"),
    ]  # fmt: skip
    assert told[0].after == told[1].before
    assert desk.count("kefu_bin") == 0
    assert desk.update("boss", "customer", made, 3, level="a") == 4
    people = ("person", "department")
    report = verify(desk.store, now=NOW)
    assert [one for one in report.findings if one.facts.get("type") not in people] == []


def test_what_is_kept_over_it_counts_it_again(desk: Desk) -> None:
    customer = desk.create("boss", "customer")
    visit = desk.create("boss", "visit", customer=customer, score=7)
    desk.remove("boss", "visit", visit, 1)
    assert desk.row("customer", customer, "visit_count") == (0,)

    back(desk, "visit", visit, 2)

    assert desk.row("customer", customer, "visit_count") == (1,)
    assert desk.row("visit", visit, "percent") == (700,)


def test_a_value_that_was_taken_meanwhile_forbids_it_until_another_is_given(desk: Desk) -> None:
    made = desk.create("boss", "customer", phone="13800005678")
    desk.remove("boss", "customer", made, 1)
    desk.create("boss", "customer", phone="13800005678")

    with pytest.raises(Invalid) as refused:
        back(desk, "customer", made, 2)

    assert faults(refused) == [("name", "not_unique"), ("phone", "not_unique")]
    assert desk.count("customer") == 1
    assert back(desk, "customer", made, 2, phone="13800005679") == 3
    assert desk.row("customer", made, "phone") == ("13800005679",)


def test_what_it_pointed_at_must_still_be_there(desk: Desk) -> None:
    customer = desk.create("boss", "customer")
    visit = desk.create("boss", "visit", customer=customer)
    desk.remove("boss", "visit", visit, 1)
    desk.remove("boss", "customer", customer, 1)

    with pytest.raises(Invalid) as refused:
        back(desk, "visit", visit, 2)

    assert faults(refused) == [("customer", "link_gone")]
    back(desk, "customer", customer, 2)
    back(desk, "visit", visit, 2)
    assert desk.row("customer", customer, "visit_count") == (1,)


def test_a_person_who_left_may_stay_named(desk: Desk) -> None:
    made = desk.create("boss", "customer", owner=desk.people["wang"].user_id)
    desk.remove("boss", "customer", made, 1)
    desk.store.execute('UPDATE "kefu_user" SET "active" = 0 WHERE "login" = ?', ("wang",))

    assert back(desk, "customer", made, 2) == 3


def test_an_owned_row_comes_back_to_its_owner_and_not_without_it(desk: Desk) -> None:
    made = desk.create("boss", "customer", contacts=({"name": "张三"}, {"name": "李四"}))
    one, two = (id for (id,) in desk.store.rows('SELECT "id" FROM "contact" ORDER BY "id"'))
    desk.remove("boss", "contact", one, 1)
    desk.remove("boss", "customer", made, 2)

    with pytest.raises(Invalid) as refused:
        back(desk, "contact", one, 2)
    assert faults(refused) == [("customer", "owner_gone")]

    back(desk, "customer", made, 3)
    assert [id for (id,) in desk.store.rows('SELECT "id" FROM "contact"')] == [two]
    back(desk, "contact", one, 2)
    assert desk.row("customer", made, "version") == (5,)
    last = history.of_record(desk.store, "customer", made)[0]
    assert (last.before, last.after) == ({"contacts": (two,)}, {"contacts": (two, one)})


def test_the_rules_of_today_hold(open_store: Any, small_project: Project) -> None:
    desk = furnish(open_store(small_project))
    made = desk.create("boss", "customer", level="b", region="110105")
    desk.remove("boss", "customer", made, 1)
    customer = small_project.types["customer"]
    fields = {
        **customer.fields,
        "level": replace(customer.fields["level"], choices=customer.fields["level"].choices[:1]),
        "region": replace(customer.fields["region"], required=REQUIRED),
        "address": replace(customer.fields["address"], required=REQUIRED),
        "credit": field("credit", "long_text", max_length=100),
    }
    newer = replace(small_project.types["customer"], fields=fields)
    store: Store = desk.store
    store.project = replace(small_project, types={**small_project.types, "customer": newer})

    with pytest.raises(Invalid) as refused:
        back(desk, "customer", made, 2)

    assert faults(refused) == [("level", "unfit_since"), ("address", "required")]
    store.project = small_project
    assert back(desk, "customer", made, 2, level="a") == 3


def test_who_may_not_restore_is_told_and_who_could_not_see_it_is_not(desk: Desk) -> None:
    own, foreign = desk.create("wang", "customer"), desk.create("li", "customer")
    high = desk.create("boss", "customer", department=desk.first, secrecy="secret")
    for made in (own, foreign, high):
        desk.remove("boss", "customer", made, 1)

    with pytest.raises(Forbidden):
        back(desk, "customer", own, 2, who="wang")
    with pytest.raises(Forbidden):
        erase(desk, "customer", own, 2, who="wang")
    for hidden in (foreign, high, 99_999):
        with pytest.raises(NotFound):
            back(desk, "customer", hidden, 2, who="wang")
        with pytest.raises(NotFound):
            erase(desk, "customer", hidden, 2, who="wang")
    assert desk.count("customer") == 0


def test_a_field_one_may_not_edit_takes_no_other_value(desk: Desk) -> None:
    _let_clerks(desk, Action.RESTORE)
    made = desk.create("wang", "customer")
    desk.remove("boss", "customer", made, 1)

    with pytest.raises(Invalid) as refused:
        back(desk, "customer", made, 2, who="wang", credit=100)
    assert faults(refused) == [("credit", "not_editable")]
    with pytest.raises(Forbidden):
        back(desk, "customer", made, 2, who="wang", department=desk.second)
    with pytest.raises(Invalid) as refused:
        back(desk, "customer", made, 2, who="wang", secrecy="secret")
    assert refused.value.errors == (FieldError("secrecy", "above_clearance", {}),)
    assert back(desk, "customer", made, 2, who="wang", level="b") == 3


def test_what_was_restored_and_deleted_again_has_another_version(desk: Desk) -> None:
    made = desk.create("boss", "customer")
    desk.remove("boss", "customer", made, 1)
    back(desk, "customer", made, 2)
    desk.remove("boss", "customer", made, 3)

    with pytest.raises(Conflict):
        back(desk, "customer", made, 2)
    with pytest.raises(Conflict):
        erase(desk, "customer", made, 2)


def test_a_purged_record_leaves_only_the_books(desk: Desk) -> None:
    made = desk.create(
        "boss", "customer", phone="13800005678", contacts=({"name": "张三"}, {"name": "李四"})
    )
    one, two = (id for (id,) in desk.store.rows('SELECT "id" FROM "contact" ORDER BY "id"'))
    desk.remove("boss", "contact", one, 1)
    desk.remove("boss", "customer", made, 2)

    assert erase(desk, "customer", made, 3) == []

    assert desk.count("kefu_bin") == 0
    assert history.of_record(desk.store, "customer", made) == []
    assert all(history.of_record(desk.store, "contact", id) == [] for id in (one, two))
    lines = desk.store.rows(
        'SELECT "type", "record_id", "reason" FROM "kefu_audit" WHERE "action" = ? ORDER BY "id"',
        ("purge",),
    )
    assert lines == [
        ("contact", one, "客户要求删除"), ("contact", two, "客户要求删除"),
        ("customer", made, "客户要求删除"),
    ]  # fmt: skip
    [(_, entry)] = voided(desk.store, series="customer")
    assert (entry.number, entry.reason, entry.record_id) == ("KH202611-0001", "purged", made)
    with pytest.raises(NotFound):
        back(desk, "customer", made, 3)
    people = ("person", "department")
    report = verify(desk.store, now=NOW)
    assert [one for one in report.findings if one.facts.get("type") not in people] == []


def test_every_kind_of_field_comes_back(wide: Desk) -> None:  # noqa: F811 -- the fixture
    items = [wide.create("boss", "item", name=name) for name in ("甲", "乙")]
    file, scan = upload(wide, "scan"), upload(wide, "scans")
    made = wide.create(
        "boss", "thing", title="甲", dept=wide.first, card="11010119900307109X",
        item=items[0], items=tuple(reversed(items)), kinds=("a", "c"), marks=("x", "y"),
        scan=file, scans=(scan,), lines=({"amount": Decimal(5)}, {"amount": Decimal(7)}),
    )  # fmt: skip
    before = dict(values_of(wide, made))
    wide.remove("boss", "thing", made, 1)

    back(wide, "thing", made, 2)

    after = dict(values_of(wide, made))
    moved = {"version", "updated_at", "updated_by"}
    assert {n: v for n, v in after.items() if n not in moved | {"lines"}} == {
        n: v for n, v in before.items() if n not in moved | {"lines"}
    }
    assert [line["amount"] for line in after["lines"]] == [5, 7]
    wide.remove("boss", "thing", made, 3)
    assert sorted(erase(wide, "thing", made, 4)) == sorted((file, scan))
    assert attachments.by_ids(wide.store, [file])[file].record_id is None


def test_many_come_back_at_once_or_none(desk: Desk) -> None:
    made = [desk.create("boss", "customer", name=name, phone="13800005678") for name in "甲乙丙"]
    desk.change("boss", lambda c: c.remove_many("customer", dict.fromkeys(made, 1)))
    desk.create("boss", "customer", name="乙", phone="13800005678")

    with pytest.raises(Invalid):
        desk.change("boss", lambda c: restore(c, "customer", dict.fromkeys(made, 2)))
    assert desk.count("customer") == 1
    first, _, last = made
    versions = desk.change("boss", lambda c: restore(c, "customer", {last: 2, first: 2}))

    assert versions == [3, 3]
    assert [one.record_id for one in bin.page(desk.store, ("customer",), limit=9)] == [made[1]]


def _let_clerks(desk: Desk, action: Action) -> None:
    """From now on clerks may do this to customers."""
    role = desk.project.roles["clerk"]
    more = tuple(
        replace(grant, actions=grant.actions | {action}) if grant.type == "customer" else grant
        for grant in role.grants
    )
    desk.store.project = replace(
        desk.project, roles={**desk.project.roles, "clerk": replace(role, grants=more)}
    )


def test_of_several_who_restore_or_purge_it_one_does(desk: Desk) -> None:
    made = [desk.create("boss", "customer", name=f"公司{number}") for number in range(3)]
    desk.change("boss", lambda c: c.remove_many("customer", dict.fromkeys(made, 1)))

    def work(index: int) -> object:
        record = made[index // 4]
        try:
            return (erase if index % 4 == 3 else back)(desk, "customer", record, 2)
        finally:
            desk.store.release()

    answers = together(12, work)

    for start in (0, 4, 8):
        refused = [one for one in answers[start : start + 4] if isinstance(one, NotFound)]
        assert len(refused) == 3
    purged = sum(1 for one in answers if one == [])
    assert desk.count("customer") == 3 - purged
    assert desk.count("kefu_bin") == 0


def test_a_value_is_taken_by_the_restored_or_the_new_record_never_by_both(desk: Desk) -> None:
    made = [desk.create("boss", "customer", name=f"公司{n}", phone="13800005678") for n in range(4)]
    desk.change("boss", lambda c: c.remove_many("customer", dict.fromkeys(made, 1)))

    def work(index: int) -> object:
        number = index // 2
        try:
            if index % 2:
                return back(desk, "customer", made[number], 2)
            return desk.create("boss", "customer", name=f"公司{number}", phone="13800005678")
        finally:
            desk.store.release()

    answers = together(8, work)

    for new, old in zip(answers[::2], answers[1::2], strict=True):
        assert isinstance(new, Invalid) != isinstance(old, Invalid)
    assert desk.count("customer") == 4
