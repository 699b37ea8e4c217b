"""Managing people and departments: what is refused, and that nobody raises himself."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from kefu_admin.operations import accounts, sign_in
from kefu_admin.operations.desk import Desk
from kefu_admin.problems import (
    Conflict,
    Forbidden,
    Invalid,
    KeyReused,
    NotFound,
    SignInFailed,
    SignInRequired,
    UnknownParameter,
)
from kefu_admin.store import accounts as store_accounts
from kefu_admin.store.idempotency import idempotency_key
from kefu_admin.store.verify import verify
from tests.operations.people import (
    BOOT,
    NOW,
    PASSWORD,
    actor,
    department,
    enter,
    lines,
    person,
    project,
)

ON_ONE_DATABASE = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


@pytest.fixture
def desk(open_store):
    made = project()
    return Desk(made, open_store(made))


@pytest.fixture
def boss(desk):
    """The actor of somebody who may manage people."""
    person(desk.store, "boss", "admin")
    return actor(desk, "boss")


def errors(refusal):
    return [(error.field, error.code) for error in refusal.value.errors]


def change(desk, id, raw, boss, version=1):
    return accounts.change_person(desk, id, version, raw, actor=boss, now=NOW)


def test_a_new_person_signs_in_with_the_first_password_and_must_change_it(desk, boss):
    place = department(desk.store, "一部")
    raw = {"login": "Li.Juan", "name": "李娟", "department": str(place), "roles": ["clerk"]}

    made = accounts.create_person(desk, raw, actor=boss, now=NOW)

    begun = enter(desk, "li.juan", made.first_password)
    assert begun.must_change
    assert begun.actor.department_id == place
    assert begun.actor.roles == {"clerk"}


def test_the_audit_line_of_a_person_holds_the_login_and_masks_the_name(desk, boss):
    accounts.create_person(
        desk, {"login": "li", "name": "李娟", "roles": ["clerk"]}, actor=boss, now=NOW
    )

    row = lines(desk.store, "actor", "action", "type", "version", "changes")[-1]
    assert row[:4] == ("boss", "create", "person", 1)
    assert json.loads(str(row[4])) == {
        "active": [None, True], "department": [None, None], "login": [None, "li"],
        "must_change": [None, True], "name": [None, "李*"], "roles": [None, ["clerk"]],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({}, [("login", "required"), ("name", "required")]),
        ({"login": "boss", "name": "x"}, [("login", "login_taken")]),
        ({"login": "ＢＯＳＳ", "name": "x"}, [("login", "login_taken")]),
        ({"login": "a b", "name": "x"}, [("login", "bad_login")]),
        ({"login": "x" * 65, "name": "x"}, [("login", "too_long"), ("login", "bad_login")]),
        ({"login": "li\x00", "name": "x"}, [("login", "bad_character")]),
        ({"login": "li", "name": 7}, [("name", "not_a_text")]),
        ({"login": "li", "name": "x", "roles": ["king"]}, [("roles", "no_such_role")]),
        ({"login": "li", "name": "x", "roles": "admin"}, [("roles", "not_a_list")]),
        ({"login": "li", "name": "x", "department": 99}, [("department", "no_such_department")]),
        ({"login": "li", "name": "x", "department": "x"}, [("department", "not_an_id")]),
        ({"login": "li", "name": "x", "roles": ["sys", "sec"]}, [("roles", "roles_exclusive")]),
        (
            {"login": "li", "name": "x", "roles": ["sys", "sec", "aud"]},
            [("roles", "roles_exclusive"), ("roles", "roles_exclusive")],
        ),
    ],
)
@ON_ONE_DATABASE
def test_bad_values_of_a_person_are_named(desk, boss, raw, expected):
    with pytest.raises(Invalid) as refusal:
        accounts.create_person(desk, raw, actor=boss, now=NOW)

    assert sorted(errors(refusal)) == sorted(expected)


@pytest.mark.parametrize(
    "name", ["password_hash", "id", "version", "demo", "auth_epoch", "__class__"]
)
@ON_ONE_DATABASE
def test_a_field_nobody_may_set_is_refused(desk, boss, name):
    with pytest.raises(UnknownParameter):
        accounts.create_person(desk, {"login": "li", "name": "x", name: "1"}, actor=boss, now=NOW)
    with pytest.raises(UnknownParameter):
        change(desk, boss.user_id, {name: "1"}, boss)


def test_roles_that_exclude_each_other_cannot_be_given_one_after_the_other(desk, boss):
    id = person(desk.store, "li", "sys")

    with pytest.raises(Invalid) as refusal:
        change(desk, id, {"roles": ["sys", "aud"]}, boss)

    assert errors(refusal) == [("roles", "roles_exclusive")]
    assert change(desk, id, {"roles": ["aud"]}, boss) == 2


def test_nobody_changes_his_own_roles_or_disables_himself(desk, boss):
    person(desk.store, "second", "admin")

    for raw, expected in (
        ({"roles": ["admin", "aud"]}, [("roles", "own_roles")]),
        ({"roles": []}, [("roles", "own_roles")]),
        ({"active": False}, [("active", "own_account")]),
    ):
        with pytest.raises(Invalid) as refusal:
            change(desk, boss.user_id, raw, boss)
        assert errors(refusal) == expected


def test_the_last_one_who_may_manage_people_stays(desk, boss):
    other = replace(boss, user_id=None, source="system", login="system:cli")

    for raw, field in (({"roles": ["clerk"]}, "roles"), ({"active": "false"}, "active")):
        with pytest.raises(Invalid) as refusal:
            change(desk, boss.user_id, raw, other)
        assert errors(refusal) == [(field, "last_administrator")]
    person(desk.store, "second", "sec")
    assert change(desk, boss.user_id, {"active": False}, other) == 2


def test_one_without_the_permission_may_do_nothing_here(desk):
    id = person(desk.store, "li", "clerk")
    clerk = actor(desk, "li")

    for work in (
        lambda: accounts.list_people(desk, actor=clerk),
        lambda: accounts.get_person(desk, id, actor=clerk),
        lambda: accounts.create_person(desk, {"login": "x", "name": "x"}, actor=clerk, now=NOW),
        lambda: change(desk, id, {"roles": ["admin"]}, clerk),
        lambda: accounts.reset_password(desk, id, 1, actor=clerk, now=NOW),
        lambda: accounts.list_roles(desk, actor=clerk),
        lambda: accounts.list_departments(desk, actor=clerk),
        lambda: accounts.get_department(desk, 1, actor=clerk),
        lambda: accounts.create_department(desk, {"name": "x"}, actor=clerk, now=NOW),
        lambda: accounts.change_department(desk, 1, 1, {"name": "x"}, actor=clerk, now=NOW),
    ):
        with pytest.raises(Forbidden):
            work()
    assert store_accounts.person(desk.store, id).roles == {"clerk"}


def test_a_token_of_an_administrator_manages_nobody(desk, boss):
    token = replace(boss, scopes=frozenset({"*:*", "may:audit"}))

    with pytest.raises(Forbidden):
        accounts.list_people(desk, actor=token)


def test_a_change_of_what_has_changed_meanwhile_is_refused(desk, boss):
    id = person(desk.store, "li")
    change(desk, id, {"name": "李"}, boss)

    with pytest.raises(Conflict) as refusal:
        change(desk, id, {"name": "丽"}, boss)

    assert refusal.value.facts == {"version": 2, "sent": 1}
    with pytest.raises(NotFound):
        change(desk, 9999, {"name": "x"}, boss)


def test_the_same_request_twice_makes_one_person_and_shows_the_password_once(desk, boss):
    raw = {"login": "li", "name": "李"}
    key = idempotency_key("k1", raw)

    first = accounts.create_person(desk, raw, actor=boss, now=NOW, key=key)
    again = accounts.create_person(desk, raw, actor=boss, now=NOW, key=key)

    assert again == replace(first, first_password="")
    assert len(first.first_password) > 12
    with pytest.raises(KeyReused):
        accounts.create_person(
            desk, raw, actor=boss, now=NOW, key=idempotency_key("k1", {"login": "x"})
        )
    stored = desk.store.rows('SELECT "result" FROM "kefu_idempotency"')
    assert first.first_password not in str(stored)


def test_resetting_a_password_ends_the_sessions_and_gives_a_first_one(desk, boss):
    id = person(desk.store, "li")
    begun = enter(desk, "li")

    made = accounts.reset_password(desk, id, 1, actor=boss, now=NOW)

    with pytest.raises(SignInRequired):
        sign_in.session(desk, begun.token, now=NOW)
    with pytest.raises(SignInFailed):
        enter(desk, "li", PASSWORD)
    assert enter(desk, "li", made.first_password).must_change


def test_one_s_own_password_is_not_reset_but_changed(desk, boss):
    with pytest.raises(Invalid) as refusal:
        accounts.reset_password(desk, boss.user_id, 1, actor=boss, now=NOW)

    assert errors(refusal) == [("password", "own_password")]


def test_people_are_found_by_part_of_login_or_name_department_and_role(desk, boss):
    head = department(desk.store, "总部")
    below = department(desk.store, "一部", head)
    person(desk.store, "an", "clerk", department_id=below)
    person(desk.store, "b_n", department_id=head)
    person(desk.store, "bxn")

    def found(**options):
        return [one.login for one in accounts.list_people(desk, actor=boss, **options)]

    assert found() == ["an", "b_n", "boss", "bxn"]
    assert found(after_login="an", limit=2) == ["b_n", "boss"]
    assert found(term="B_") == ["b_n"]
    assert found(term="n名") == ["an", "b_n", "bxn"]
    assert found(department_id=head) == ["an", "b_n"]
    assert found(role="clerk") == ["an"]
    assert found(active=False) == []


def test_departments_form_a_tree_that_moves_as_a_whole(desk, boss):
    def made(name, parent=None, **raw):
        return accounts.create_department(
            desk, {"name": name, "parent": parent, **raw}, actor=boss, now=NOW
        )

    a, b = made("甲"), made("乙", code="YI")
    a1 = made("甲一", a.id)
    a11 = made("甲一一", a1.id)

    moved = accounts.change_department(desk, a1.id, 1, {"parent": b.id}, actor=boss, now=NOW)

    assert moved.path == f"/{b.id}/{a1.id}/"
    assert accounts.get_department(desk, a11.id, actor=boss).path == f"/{b.id}/{a1.id}/{a11.id}/"
    assert [(one.name, one.depth) for one in accounts.list_departments(desk, actor=boss)] == [
        ("甲", 0), ("乙", 0), ("甲一", 1), ("甲一一", 2),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"parent": "below"}, [("parent", "department_below_itself")]),
        ({"parent": "itself"}, [("parent", "department_below_itself")]),
        ({"parent": 9999}, [("parent", "no_such_department")]),
        ({"code": "YI"}, [("code", "department_code_taken")]),
        ({"name": " "}, [("name", "required")]),
        ({"active": "maybe"}, [("active", "not_a_boolean")]),
    ],
)
def test_a_department_is_not_put_below_itself_and_keeps_a_code_of_its_own(
    desk, boss, raw, expected
):
    top = department(desk.store, "甲")
    below = department(desk.store, "甲一", top)
    accounts.create_department(desk, {"name": "乙", "code": "YI"}, actor=boss, now=NOW)
    places = {"below": below, "itself": top}
    raw = {name: places.get(value, value) for name, value in raw.items()}

    with pytest.raises(Invalid) as refusal:
        accounts.change_department(desk, top, 1, raw, actor=boss, now=NOW)

    assert errors(refusal) == expected


def test_departments_are_twelve_deep_at_most(desk, boss):
    parent = None
    for n in range(12):
        parent = department(desk.store, f"第{n}层", parent)

    with pytest.raises(Invalid) as refusal:
        accounts.create_department(desk, {"name": "太深", "parent": parent}, actor=boss, now=NOW)

    assert errors(refusal) == [("parent", "departments_too_deep")]


def test_leaving_demo_mode_takes_the_demo_people_out_of_use(desk, boss):
    id = person(desk.store, "demo", "clerk", demo=True)
    begun = enter(desk, "demo")

    assert accounts.remove_demo_people(desk, now=NOW) == 1
    assert accounts.remove_demo_people(desk, now=NOW) == 0

    with pytest.raises(SignInRequired):
        sign_in.session(desk, begun.token, now=NOW)
    with pytest.raises(SignInFailed):
        enter(desk, "demo")
    left = store_accounts.person(desk.store, id)
    assert (left.active, left.demo, left.roles) == (False, False, frozenset())
    assert person(desk.store, "demo") != id


def test_every_role_is_listed_with_how_many_hold_it(desk, boss):
    person(desk.store, "li", "clerk", "aud")

    assert [(one.role.id, one.holders) for one in accounts.list_roles(desk, actor=boss)] == [
        ("admin", 1), ("clerk", 1), ("sys", 0), ("sec", 0), ("aud", 1),
    ]  # fmt: skip


def test_every_version_of_people_and_departments_is_in_the_audit_book(desk, boss):
    id = person(desk.store, "li", department_id=department(desk.store, "一部"))
    change(desk, id, {"name": "李"}, boss)
    accounts.reset_password(desk, id, 2, actor=boss, now=NOW)

    assert verify(desk.store, now=NOW).findings == ()


def test_the_store_s_own_actor_may_do_all_of_it_before_anybody_exists(desk):
    made = accounts.create_person(
        desk, {"login": "first", "name": "首位", "roles": ["admin"]}, actor=BOOT, now=NOW
    )

    assert enter(desk, "first", made.first_password).actor.roles == {"admin"}
