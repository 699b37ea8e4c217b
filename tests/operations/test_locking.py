"""Accounts locked by wrong passwords: who sees it, who opens them, and what that leaves counted."""

from __future__ import annotations

import pytest

from kefu_admin.operations import accounts
from kefu_admin.operations.desk import Desk
from kefu_admin.problems import Forbidden, SignInFailed
from tests.operations.people import MINUTE, NOW, PASSWORD, actor, enter, lines, person, project


@pytest.fixture
def desk(open_store):
    made = project()
    return Desk(made, open_store(made))


@pytest.fixture
def boss(desk):
    person(desk.store, "boss", "admin")
    return actor(desk, "boss")


def lock(desk, login, address="10.7.0.1"):
    for n in range(11):
        with pytest.raises(SignInFailed):
            enter(desk, login, f"wrong{n}", address=address)


def test_a_locked_account_is_told_with_its_end_and_no_other(desk, boss):
    person(desk.store, "li")
    person(desk.store, "li@corp")
    lock(desk, "li")

    now, later = (
        accounts.locked_until(desk, actor=boss, now=at) for at in (NOW, NOW + 15 * MINUTE)
    )

    assert (now, later) == ({"li": NOW + 15 * MINUTE}, {})


def test_who_is_unlocked_signs_in_at_once_and_the_book_says_by_whom(desk, boss):
    id = person(desk.store, "li")
    lock(desk, "li")
    with pytest.raises(SignInFailed):
        enter(desk, "li", PASSWORD, address="10.7.0.1")

    accounts.unlock_person(desk, id, actor=boss, now=NOW)

    assert enter(desk, "li", PASSWORD, address="10.7.0.1")
    told = ("unlock_person", boss.user_id, id)
    assert lines(desk.store, "action", "actor_id", "record_id").count(told) == 1


def test_the_lock_at_the_address_one_works_at_opens_too_and_only_ones_own(desk, boss):
    ids = {login: person(desk.store, login) for login in ("li", "li@corp")}
    for login in ids:
        enter(desk, login)
        lock(desk, login, address="10.0.0.9")

    accounts.unlock_person(desk, ids["li"], actor=boss, now=NOW)

    assert enter(desk, "li")
    assert set(accounts.locked_until(desk, actor=boss, now=NOW)) == {"li@corp"}


def test_a_new_first_password_opens_the_account(desk, boss):
    id = person(desk.store, "li")
    lock(desk, "li")

    made = accounts.reset_password(desk, id, 1, actor=boss, now=NOW)

    assert enter(desk, "li", made.first_password).must_change


def test_who_is_not_locked_is_left_alone_without_a_line(desk, boss):
    id = person(desk.store, "li")

    accounts.unlock_person(desk, id, actor=boss, now=NOW)

    assert "unlock_person" not in [action for (action,) in lines(desk.store, "action")]


def test_only_who_manages_people_sees_and_opens_locks(desk):
    id = person(desk.store, "li", "clerk")
    clerk = actor(desk, "li")

    with pytest.raises(Forbidden):
        accounts.locked_until(desk, actor=clerk, now=NOW)
    with pytest.raises(Forbidden):
        accounts.unlock_person(desk, id, actor=clerk, now=NOW)
