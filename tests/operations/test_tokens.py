"""API tokens: what they may do, and what ends them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from kefu_admin.operations import accounts, tokens
from kefu_admin.operations.desk import Desk
from kefu_admin.problems import Forbidden, Invalid, NotFound, SignInRequired
from kefu_admin.store.sessions import hashed
from tests.operations.people import BOOT, NOW, actor, lines, person, project


@pytest.fixture
def desk(open_store):
    made = project()
    return Desk(made, open_store(made))


@pytest.fixture
def clerk(desk):
    """The actor of somebody who may issue tokens."""
    person(desk.store, "li", "clerk")
    return actor(desk, "li")


def issue(desk, clerk, *scopes, days=30):
    return tokens.issue(
        desk, name="报表", scopes=scopes or ("customer:read",), days=days, actor=clerk, now=NOW
    )


def counts(desk, token, now=NOW):
    try:
        tokens.authenticate(desk, token, now=now)
    except SignInRequired:
        return False
    return True


def test_a_token_acts_for_its_person_within_its_scopes(desk, clerk):
    made = issue(desk, clerk, "customer:read", "customer:write", "may:audit")

    found = tokens.authenticate(desk, made.token, now=NOW, address="10.0.0.5")

    assert (found.user_id, found.login, found.roles) == (clerk.user_id, "li", {"clerk"})
    assert found.scopes == {
        "customer:read", "customer:create", "customer:update", "customer:delete",
        "customer:restore", "may:audit",
    }  # fmt: skip
    assert (found.source, found.session, found.address) == ("api", f"token:{made.id}", "10.0.0.5")


def test_a_token_is_long_and_only_its_hash_is_stored(desk, clerk):
    made = issue(desk, clerk)

    assert made.token.startswith("kefu_")
    assert len(made.token) == 5 + 43
    assert desk.store.value('SELECT "hash" FROM "kefu_token"') == hashed(made.token)
    dump = str([desk.store.rows(f'SELECT * FROM "{table}"') for table in desk.store.layout])
    assert made.token not in dump


@pytest.mark.parametrize(
    "token", ["", "kefu_", "kefu_" + "x" * 43, "bearer", "kefu_\udcff", "\x00"]
)
def test_what_is_no_token_is_nobody(desk, clerk, token):
    issue(desk, clerk)

    assert not counts(desk, token)


def test_a_token_ends_with_its_date_with_being_revoked_and_with_the_account(desk, clerk):
    dated, revoked, disabled = (issue(desk, clerk) for _ in range(3))

    assert counts(desk, dated.token, NOW + timedelta(days=29))
    assert not counts(desk, dated.token, NOW + timedelta(days=30))
    tokens.revoke(desk, revoked.id, actor=clerk, now=NOW)
    assert not counts(desk, revoked.token)
    assert counts(desk, disabled.token)
    accounts.change_person(desk, clerk.user_id, 1, {"active": False}, actor=BOOT, now=NOW)
    assert not counts(desk, disabled.token)


def test_a_token_has_its_person_s_roles_of_the_moment(desk, clerk):
    made = issue(desk, clerk)
    accounts.change_person(desk, clerk.user_id, 1, {"roles": ["aud"]}, actor=BOOT, now=NOW)

    assert tokens.authenticate(desk, made.token, now=NOW).roles == {"aud"}


def test_a_token_waits_while_its_person_has_a_first_password(desk, clerk):
    made = issue(desk, clerk)
    accounts.reset_password(desk, clerk.user_id, 1, actor=BOOT, now=NOW)

    assert not counts(desk, made.token)


@pytest.mark.parametrize(
    ("scopes", "days", "expected"),
    [
        ((), 30, [("scopes", "required")]),
        (("visit:read",), 30, [("scopes", "no_such_scope")]),
        (("customer:burn",), 30, [("scopes", "no_such_scope")]),
        (("may:users",), 30, [("scopes", "no_such_scope")]),
        (("may:tokens",), 30, [("scopes", "no_such_scope")]),
        (("*:*",), 30, [("scopes", "no_such_scope")]),
        (("*:read",), 0, [("days", "token_days")]),
        (("*:read",), 367, [("days", "token_days")]),
    ],
)
def test_scopes_nobody_knows_and_endless_tokens_are_refused(desk, clerk, scopes, days, expected):
    with pytest.raises(Invalid) as refusal:
        tokens.issue(desk, name="x", scopes=scopes, days=days, actor=clerk, now=NOW)

    assert [(error.field, error.code) for error in refusal.value.errors] == expected


def test_one_without_the_permission_and_a_token_issue_none(desk, clerk):
    person(desk.store, "wang", "aud")

    with pytest.raises(Forbidden):
        issue(desk, actor(desk, "wang"))
    with pytest.raises(Forbidden):
        issue(desk, replace(clerk, scopes=frozenset({"*:read"})))


def test_another_s_token_is_as_if_it_were_not_there_except_for_an_administrator(desk, clerk):
    person(desk.store, "wang", "clerk")
    person(desk.store, "boss", "admin")
    made = issue(desk, clerk)

    with pytest.raises(NotFound):
        tokens.revoke(desk, made.id, actor=actor(desk, "wang"), now=NOW)
    assert tokens.own(desk, actor=actor(desk, "wang")) == ()
    assert [one.id for one in tokens.own(desk, actor=clerk)] == [made.id]
    assert [one.id for one in tokens.of_person(desk, clerk.user_id, actor=actor(desk, "boss"))] == [
        made.id
    ]
    tokens.revoke(desk, made.id, actor=actor(desk, "boss"), now=NOW)
    assert not counts(desk, made.token)


def test_issuing_and_revoking_are_in_the_audit_book_without_the_token(desk, clerk):
    made = issue(desk, clerk)
    tokens.revoke(desk, made.id, actor=clerk, now=NOW)

    found = lines(desk.store, "actor", "action", "record_id", "changes")[-2:]
    assert [row[:3] for row in found] == [
        ("li", "issue_token", made.id), ("li", "revoke_token", made.id),
    ]  # fmt: skip
    assert "customer:read" in str(found[0][3])


def test_being_used_is_written_once_a_minute_at_most(desk, clerk):
    made = issue(desk, clerk)

    def last_used():
        return tokens.own(desk, actor=clerk)[0].last_used_at

    for seconds in (0, 59, 60):
        counts(desk, made.token, NOW + timedelta(seconds=seconds))
    assert last_used() == NOW + timedelta(seconds=60)
