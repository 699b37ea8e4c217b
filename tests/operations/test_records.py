"""Records by raw values: one outcome for forms and the API."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kefu_admin.definitions.role import Right
from kefu_admin.operations import records
from kefu_admin.operations.desk import Desk as Composed
from kefu_admin.problems import Forbidden, Invalid, KeyReused, NotFound, UnknownParameter
from kefu_admin.store.database import Store
from kefu_admin.store.idempotency import idempotency_key
from tests.desks import NOW, Desk, furnish


@pytest.fixture
def people(store: Store) -> Desk:
    """The small desk with people."""
    return furnish(store)


@pytest.fixture
def desk(people: Desk) -> Composed:
    """What operations take."""
    return Composed(people.project, people.store)


CUSTOMER = {"name": " 甲公司 ", "kind": "company", "phone": "138-0000-5678"}


def test_text_becomes_a_record_and_is_changed_and_deleted(desk: Composed, people: Desk) -> None:
    boss = people.people["boss"]

    made = records.create(desk, "customer", CUSTOMER, actor=boss, now=NOW)
    changed = records.change(desk, "customer", made.id, 1, {"level": "b"}, actor=boss, now=NOW)

    assert (made.version, changed.version) == (1, 2)
    assert people.row("customer", made.id, "name", "phone", "level") == (
        "甲公司",
        "13800005678",
        "b",
    )
    records.remove(desk, "customer", made.id, 2, actor=boss, now=NOW)
    assert people.count("customer") == 0


def test_the_second_sending_is_answered_as_the_first(desk: Composed, people: Desk) -> None:
    wang, key = people.people["wang"], idempotency_key("form-1", CUSTOMER)

    first = records.create(desk, "customer", CUSTOMER, actor=wang, now=NOW, key=key)
    second = records.create(desk, "customer", CUSTOMER, actor=wang, now=NOW, key=key)

    assert second == replace(first, replayed=True)
    other = idempotency_key("form-1", {**CUSTOMER, "name": "乙"})
    with pytest.raises(KeyReused):
        records.create(desk, "customer", CUSTOMER, actor=wang, now=NOW, key=other)


@pytest.mark.parametrize("name", ["colour", "id", "version", "created_by"])
def test_a_field_nobody_may_send_is_unknown(desk: Composed, people: Desk, name: str) -> None:
    with pytest.raises(UnknownParameter) as refused:
        records.create(
            desk, "customer", {**CUSTOMER, name: "1"}, actor=people.people["wang"], now=NOW
        )

    assert refused.value.facts == {"name": name}


def test_faults_of_conversion_are_told_together(desk: Composed, people: Desk) -> None:
    raw = {**CUSTOMER, "phone": "12", "since": "昨天", "contacts": [{"phone": "1"}]}

    with pytest.raises(Invalid) as refused:
        records.create(desk, "customer", raw, actor=people.people["wang"], now=NOW)

    assert [error.field for error in refused.value.errors] == [
        "phone",
        "since",
        "contacts[0].phone",
    ]


def test_a_type_outside_one_s_roles_does_not_exist(desk: Composed, people: Desk) -> None:
    nobody = replace(people.people["wang"], roles=frozenset({"admin"}))

    for type_id in ("customer", "no_such_type"):
        with pytest.raises(NotFound):
            records.create(desk, type_id, CUSTOMER, actor=nobody, now=NOW)


def test_a_token_s_scope_takes_away_writing(desk: Composed, people: Desk) -> None:
    reader = replace(people.people["wang"], scopes=frozenset({"customer:read"}))

    with pytest.raises(Forbidden):
        records.create(desk, "customer", CUSTOMER, actor=reader, now=NOW)

    assert people.count("customer") == 0


def test_many_are_created_or_none(desk: Composed, people: Desk) -> None:
    wang = people.people["wang"]

    with pytest.raises(Invalid) as refused:
        records.create_many(
            desk, "customer", [CUSTOMER, {**CUSTOMER, "name": ""}], actor=wang, now=NOW
        )

    assert [(e.field, e.code) for e in refused.value.errors] == [("[1].name", "required")]
    rows = [{**CUSTOMER, "name": f"公司{i}"} for i in range(3)]
    assert len(records.create_many(desk, "customer", rows, actor=wang, now=NOW)) == 3


def test_a_hidden_field_of_an_owned_row_is_as_unknown_as_none(people: Desk) -> None:
    wang = people.people["wang"]
    clerk = people.project.roles["clerk"]
    grants = tuple(
        replace(grant, fields={"name": frozenset({Right.EDIT})})
        if grant.type == "contact"
        else grant
        for grant in clerk.grants
    )
    project = replace(people.project, roles={"clerk": replace(clerk, grants=grants)})
    desk = Composed(project, people.store)

    for name in ("phone", "no_such_field"):
        raw = {**CUSTOMER, "contacts": [{"name": "甲", name: "x"}]}
        with pytest.raises(Invalid) as refused:
            records.create(desk, "customer", raw, actor=wang, now=NOW)
        assert [(e.field, e.code) for e in refused.value.errors] == [
            (f"contacts[0].{name}", "unknown_field")
        ]
