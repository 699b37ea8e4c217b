"""Signing in: who gets in, what refusals say, and what ends a session."""

from __future__ import annotations

import statistics
import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from kefu_admin.behaviours import passwords
from kefu_admin.operations import accounts, sign_in
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.sign_in import entering
from kefu_admin.problems import (
    Forbidden,
    Invalid,
    SignInFailed,
    SignInRequired,
    TooMany,
)
from kefu_admin.store import accounts as store_accounts
from kefu_admin.store import sessions, throttle
from tests.operations.people import (
    BOOT,
    MINUTE,
    NOW,
    OTHER,
    PASSWORD,
    actor,
    department,
    enter,
    lines,
    person,
    project,
)


@pytest.fixture
def desk(open_store):
    made = project()
    return Desk(made, open_store(made))


def refused(desk, login, password, **options):
    with pytest.raises(SignInFailed) as refusal:
        enter(desk, login, password, **options)
    return refusal.value


def counts(desk, token, now=NOW):
    try:
        sign_in.session(desk, token, now=now)
    except SignInRequired:
        return False
    return True


def test_a_session_tells_who_is_behind_it(desk):
    head = department(desk.store, "总部")
    first = department(desk.store, "一部", head)
    second = department(desk.store, "二部", first)
    department(desk.store, "别处")
    id = person(desk.store, "Zhang.Wei", "clerk", "aud", department_id=first)

    begun = enter(desk, "ＺＨＡＮＧ.wei")
    found = sign_in.session(desk, begun.token, now=NOW, address="10.0.0.9")

    who = found.actor
    assert (who.user_id, who.login, who.name) == (id, "zhang.wei", "Zhang.Wei名")
    assert who.roles == {"clerk", "aud"}
    assert (who.department_id, who.departments_below) == (first, {first, second})
    assert (who.clearance, who.source, who.address) == (2, "panel", "10.0.0.9")
    assert who.scopes is None
    assert found.csrf == begun.csrf
    assert not found.must_change
    assert begun.actor == who


def test_a_person_without_department_and_roles_may_sign_in_and_has_none(desk):
    person(desk.store, "li")

    who = enter(desk, "li").actor

    assert (who.roles, who.department_id, who.departments_below, who.clearance) == (
        frozenset(), None, frozenset(), 0,
    )  # fmt: skip


def test_unknown_wrong_locked_and_disabled_get_one_answer(desk):
    person(desk.store, "li")
    gone = person(desk.store, "gone")
    with desk.store.transaction():
        one = store_accounts.person(desk.store, gone)
        store_accounts.update_person(
            desk.store, replace(one, active=False), actor=BOOT, now=NOW, operation="tests"
        )

    answers = [
        refused(desk, "nobody", PASSWORD),
        refused(desk, "li", "wrong"),
        refused(desk, "gone", PASSWORD),
        refused(desk, "", ""),
        refused(desk, "a\x00b", PASSWORD),
        refused(desk, "x" * 5000, PASSWORD),
    ]

    assert {(answer.code, answer.status, str(answer.facts)) for answer in answers} == {
        ("sign_in_failed", 401, "{'count': 10, 'minutes': 15}")
    }


def test_ten_wrong_passwords_lock_the_account_for_a_quarter_of_an_hour(desk):
    person(desk.store, "li")
    for n in range(10):
        refused(desk, "li", f"wrong{n}", address=f"10.1.0.{n}")

    refused(desk, "li", PASSWORD)
    refused(desk, "ＬＩ ", PASSWORD, now=NOW + 14 * MINUTE)

    assert enter(desk, "li", now=NOW + 15 * MINUTE)
    actions = [action for (action,) in lines(desk.store, "action")]
    assert actions == ["create", *["sign_in_failed"] * 10, "locked_out", "sign_in"]


def test_success_forgets_the_failures_before_it(desk):
    person(desk.store, "li")
    for _ in range(2):
        for n in range(9):
            tried(desk, "li", address=f"10.1.0.{n}")
        enter(desk, "li", address="10.1.0.1")


def test_strangers_cannot_lock_somebody_out_where_he_usually_works(desk):
    person(desk.store, "li")
    enter(desk, "li", address="10.0.0.9")
    for n in range(12):
        tried(desk, "li", address=f"172.16.0.{n}")

    assert enter(desk, "li", address="10.0.0.9")
    refused(desk, "li", PASSWORD, address="172.16.0.99")


def test_fifty_failures_from_one_address_make_it_wait(desk):
    person(desk.store, "li")
    for n in range(50):
        tried(desk, f"user{n}", address="203.0.113.7")

    with pytest.raises(TooMany) as waiting:
        enter(desk, "li", address="203.0.113.7", now=NOW + MINUTE)

    assert waiting.value.facts == {"limit": 50, "per": 900, "retry_after": 840, "minutes": 14}
    assert enter(desk, "li", address="203.0.113.8")


def test_a_whole_office_may_sign_in_through_one_address(desk):
    person(desk.store, "li")

    for _ in range(60):
        attempt = tried(desk, "li", address="10.0.0.9")
        with desk.store.transaction():
            throttle.reset(desk.store, attempt.key)
            throttle.give_back(desk.store, attempt.source_key)

    assert enter(desk, "li")


def tried(desk, login, *, address):
    """A try as sign-in counts it, without working out a hash."""
    return entering._count(desk.store, login, address, NOW)


def test_tries_at_once_on_several_connections_are_all_counted(desk):
    person(desk.store, "li")
    failed, started = [], threading.Barrier(4)

    def work():
        started.wait()
        try:
            for _ in range(3):
                try:
                    enter(desk, "li", "wrong")
                except SignInFailed:
                    failed.append(1)
        finally:
            desk.store.release()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(failed) == 12
    assert (
        desk.store.value('SELECT "count" FROM "kefu_throttle" WHERE "key" = ?', ("sign_in:li",))
        == 12
    )
    actions = [action for (action,) in lines(desk.store, "action")]
    assert actions.count("sign_in_failed") == 10
    assert actions.count("locked_out") == 1


def test_a_session_id_is_new_each_time_and_only_its_hash_is_stored(desk):
    person(desk.store, "li")

    one, two = enter(desk, "li"), enter(desk, "li")

    stored = {row[0] for row in desk.store.rows('SELECT "id_hash" FROM "kefu_session"')}
    assert stored == {sessions.hashed(one.token), sessions.hashed(two.token)}
    assert len(one.token) == len(two.token) == 43
    assert one.token != two.token


def test_a_session_the_browser_brings_along_ends_when_a_new_one_begins(desk):
    person(desk.store, "li")
    old = enter(desk, "li")

    new = enter(desk, "li", previous=old.token)

    assert not counts(desk, old.token)
    assert counts(desk, new.token)


def test_signing_out_ends_the_session_at_once(desk):
    person(desk.store, "li")
    begun, other = enter(desk, "li"), enter(desk, "li")

    sign_in.sign_out(desk, begun.token, actor=begun.actor, now=NOW)

    assert not counts(desk, begun.token)
    assert counts(desk, other.token)
    assert lines(desk.store, "action")[-1] == ("sign_out",)


@pytest.mark.parametrize(
    "raw", [{"active": False}, {"roles": []}, {"roles": ["clerk", "aud"]}, {"department": None}]
)
def test_disabling_other_roles_and_another_department_end_every_session_at_once(desk, raw):
    boss = person(desk.store, "boss", "admin")
    place = department(desk.store, "一部")
    id = person(desk.store, "li", "clerk", department_id=place)
    begun = [enter(desk, "li") for _ in range(2)]
    acting = actor(desk, "boss")

    version = accounts.change_person(desk, id, 1, raw, actor=acting, now=NOW)

    assert version == 2
    assert not any(counts(desk, one.token) for one in begun)
    assert boss != id


def test_another_name_ends_no_session(desk):
    person(desk.store, "boss", "admin")
    id = person(desk.store, "li", "clerk")
    begun = enter(desk, "li")

    accounts.change_person(desk, id, 1, {"name": "李丽"}, actor=actor(desk, "boss"), now=NOW)

    assert sign_in.session(desk, begun.token, now=NOW).actor.name == "李丽"


def test_a_session_ends_after_half_an_hour_of_rest_and_twelve_hours_in_all(desk):
    person(desk.store, "li")
    begun = enter(desk, "li")

    assert not counts(desk, begun.token, NOW + timedelta(minutes=30, seconds=1))
    for minutes in range(0, 720, 29):
        assert counts(desk, begun.token, NOW + minutes * MINUTE)
    assert counts(desk, begun.token, NOW + timedelta(hours=11, minutes=59))
    assert not counts(desk, begun.token, NOW + timedelta(hours=12))


def test_being_seen_is_written_once_a_minute_at_most(desk):
    person(desk.store, "li")
    begun = enter(desk, "li")

    def seen_at():
        return sessions.found(desk.store, begun.token, now=NOW).seen_at

    counts(desk, begun.token, NOW + timedelta(seconds=59))
    assert seen_at() == NOW
    counts(desk, begun.token, NOW + MINUTE)
    assert seen_at() == NOW + MINUTE


def test_a_session_is_read_in_one_statement(desk, monkeypatch):
    person(desk.store, "li", "clerk", department_id=department(desk.store, "一部"))
    begun = enter(desk, "li")
    real, said = desk.store.execute, []
    monkeypatch.setattr(
        desk.store, "execute", lambda sql, params=(): (said.append(sql), real(sql, params))[1]
    )

    sign_in.session(desk, begun.token, now=NOW)

    assert len(said) == 1


def test_a_first_password_must_be_changed_and_changing_it_begins_a_new_session(desk):
    id = person(desk.store, "li", must_change=True)
    begun = enter(desk, "li")
    assert begun.must_change
    assert sign_in.session(desk, begun.token, now=NOW).must_change

    new = sign_in.change_password(
        desk, PASSWORD, OTHER, actor=begun.actor, address="10.0.0.9", agent="", now=NOW
    )

    assert not new.must_change
    assert not counts(desk, begun.token)
    assert not sign_in.session(desk, new.token, now=NOW).must_change
    refused(desk, "li", PASSWORD)
    assert enter(desk, "li", OTHER).actor.user_id == id


def test_a_password_older_than_ninety_days_must_be_changed_under_dengbao2(desk):
    person(desk.store, "li")

    later = NOW + timedelta(days=91)

    assert enter(desk, "li", now=later).must_change


@pytest.mark.parametrize(
    ("old", "new", "errors"),
    [
        ("wrong", OTHER, [("old_password", "password_wrong")]),
        (
            PASSWORD,
            "short",
            [("password", "password_too_short"), ("password", "password_too_simple")],
        ),
        (PASSWORD, PASSWORD, [("password", "password_reused")]),
        (PASSWORD, "Lijuan-lijuan-77", [("password", "password_has_login")]),
    ],
)
def test_a_password_is_changed_only_by_knowing_it_and_for_a_good_one(desk, old, new, errors):
    person(desk.store, "lijuan")
    begun = enter(desk, "lijuan")

    with pytest.raises(Invalid) as refusal:
        sign_in.change_password(desk, old, new, actor=begun.actor, address="", agent="", now=NOW)

    assert [(error.field, error.code) for error in refusal.value.errors] == errors
    assert counts(desk, begun.token)


def test_guessing_the_old_password_is_limited(desk):
    person(desk.store, "li")
    acting = enter(desk, "li").actor

    def guess():
        sign_in.change_password(desk, "wrong", OTHER, actor=acting, address="", agent="", now=NOW)

    for _ in range(10):
        with pytest.raises(Invalid):
            guess()
    with pytest.raises(TooMany):
        guess()


def test_a_token_cannot_change_its_person_s_password(desk):
    person(desk.store, "li")
    acting = replace(enter(desk, "li").actor, scopes=frozenset({"*:read"}))

    with pytest.raises(Forbidden):
        sign_in.change_password(desk, PASSWORD, OTHER, actor=acting, address="", agent="", now=NOW)


def test_another_back_end_s_person_gets_in_unless_disabled(desk):
    id = person(desk.store, "li")

    begun = sign_in.admit(desk, id, method="oidc", address="10.0.0.9", agent="", now=NOW)

    assert begun.actor.user_id == id
    assert lines(desk.store, "changes")[-1] == ('{"method":[null,"oidc"]}',)


def test_a_back_end_may_vouch_for_people_who_have_an_account(desk):
    asked = []

    def directory(login, password):
        asked.append(login)
        return password == "from the directory"

    person(desk.store, "li")
    ask = {"back_ends": {"ldap": directory}}

    assert enter(desk, "ＬＩ", "from the directory", **ask)
    assert lines(desk.store, "changes")[-1] == ('{"method":[null,"ldap"]}',)
    assert enter(desk, "li", PASSWORD, **ask)
    refused(desk, "li", "wrong", **ask)
    refused(desk, "nobody", "from the directory", **ask)
    assert asked == ["li", "li", "nobody"]


def test_whom_a_back_end_lets_in_need_not_change_a_first_password_which_is_void_then(desk):
    id = person(desk.store, "li", must_change=True)

    begun = enter(desk, "li", "x", back_ends={"ldap": lambda login, password: True})

    assert not begun.must_change
    assert not sign_in.session(desk, begun.token, now=NOW).must_change
    refused(desk, "li", PASSWORD)
    assert ("void_password", 2) in lines(desk.store, "action", "version")
    assert store_accounts.password_hash(desk.store, id) == "!"


def test_a_locked_account_is_not_even_shown_to_a_back_end(desk):
    person(desk.store, "li")
    for n in range(10):
        tried(desk, "li", address=f"10.1.0.{n}")
    asked = []

    refused(desk, "li", "x", back_ends={"ldap": lambda *said: not asked.append(said)})

    assert asked == []


def test_a_hash_with_old_costs_is_renewed_at_sign_in(desk):
    from argon2 import PasswordHasher

    id = person(desk.store, "li")
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    desk.store.execute('UPDATE "kefu_user" SET "password_hash" = ? WHERE "id" = ?', (weak, id))

    enter(desk, "li")

    stored = store_accounts.password_hash(desk.store, id)
    assert not passwords.needs_rehash(stored)
    assert passwords.is_right(stored, PASSWORD)


def test_nothing_secret_stands_in_the_audit_book_or_any_other_table(desk):
    person(desk.store, "li", must_change=True)
    begun = enter(desk, "li")
    new = sign_in.change_password(
        desk, PASSWORD, OTHER, actor=begun.actor, address="10.0.0.9", agent="", now=NOW
    )
    refused(desk, "li", "Canary-wrong-1")
    refused(desk, "Canary-typed-as-login", "x")
    secrets = [
        PASSWORD, OTHER, begun.token, new.token, "Canary-wrong-1", "canary-typed-as-login",
    ]  # fmt: skip

    dump = "\n".join(
        str(row).casefold()
        for table in desk.store.layout
        for row in desk.store.rows(f'SELECT * FROM "{table}"')
    )

    assert "'li'" in dump
    assert [secret for secret in secrets if secret.casefold() in dump] == []
    audit = "\n".join(str(row) for row in desk.store.rows('SELECT * FROM "kefu_audit"'))
    assert "$argon2" not in audit
    assert new.csrf not in audit


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)  # the time is argon2's
def test_refusing_takes_as_long_for_somebody_who_does_not_exist(desk):
    person(desk.store, "li")
    known, unknown = [], []
    refused(desk, "warm", "x")
    for n in range(8):
        for login, times in (("li", known), (f"nobody{n}", unknown)):
            started = time.perf_counter()
            refused(desk, login, "wrong")
            times.append(time.perf_counter() - started)

    assert statistics.median(unknown) == pytest.approx(statistics.median(known), rel=0.5)
