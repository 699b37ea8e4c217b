"""Reading the audit book: who may, and finding lines by who, when, what and where."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kefu_admin.operations import accounts, audit_book
from kefu_admin.operations.audit_book import AuditRequest
from kefu_admin.operations.desk import Desk
from kefu_admin.problems import BadRequest, Forbidden, SignInFailed
from kefu_admin.store import audit
from tests.operations.people import BOOT, MINUTE, NOW, actor, enter, person, project
from tests.store.books import seal_all

HOUR = timedelta(hours=1)


@pytest.fixture
def desk(open_store):
    made = project()
    return Desk(made, open_store(made))


@pytest.fixture
def auditor(desk):
    """The actor of somebody who may read the audit book."""
    person(desk.store, "aud", "aud")
    return actor(desk, "aud")


def found(desk, auditor, **request):
    page = audit_book.list_lines(desk, AuditRequest(**request), actor=auditor, now=NOW)
    return [(entry.actor, entry.action) for entry in page.entries]


def test_one_without_the_permission_reads_nothing(desk):
    person(desk.store, "boss", "admin")
    acting = actor(desk, "boss")

    for work in (
        lambda: audit_book.list_lines(desk, AuditRequest(), actor=acting, now=NOW),
        lambda: audit_book.actions(desk, actor=acting),
        lambda: audit_book.seal_state(desk, actor=acting),
    ):
        with pytest.raises(Forbidden):
            work()


def test_an_entry_tells_who_did_what_when_from_where_and_what_changed(desk, auditor):
    person(desk.store, "boss", "admin")
    boss = actor(desk, "boss")
    id = person(desk.store, "li")
    accounts.change_person(desk, id, 1, {"name": "李丽"}, actor=boss, now=NOW + MINUTE)

    entry = audit_book.list_lines(desk, AuditRequest(), actor=auditor, now=NOW).entries[0]

    assert (entry.actor, entry.actor_id, entry.action) == ("boss", boss.user_id, "update")
    assert (entry.type, entry.record_id, entry.version) == ("person", id, 2)
    assert (entry.at, entry.address, entry.session) == (NOW + MINUTE, "10.0.0.9", boss.session)
    assert entry.changes == {"name": ("l**", "李*")}
    assert entry.operation == "accounts.change_person"


def test_lines_are_found_by_who_when_type_record_action_and_address(desk, auditor):
    id = person(desk.store, "li")
    enter(desk, "li", now=NOW + MINUTE, address="10.0.0.1")
    with pytest.raises(SignInFailed):
        enter(desk, "li", "wrong", now=NOW + 2 * MINUTE, address="10.0.0.2")
    tests = [("system:tests", "create")]
    signed, failed = ("li", "sign_in"), ("li", "sign_in_failed")

    assert found(desk, auditor, who="ＬＩ") == [failed, signed]
    assert found(desk, auditor, who="nobody") == []
    assert found(desk, auditor, type="person", record_id=id) == [failed, signed, *tests]
    assert found(desk, auditor, action="sign_in_failed") == [failed]
    assert found(desk, auditor, address="10.0.0.1") == [signed]
    assert found(desk, auditor, since=NOW + MINUTE) == [failed, signed]
    assert found(desk, auditor, since=NOW + MINUTE, until=NOW + 2 * MINUTE) == [signed]
    assert "sign_in_failed" in audit_book.actions(desk, actor=auditor)


def test_pages_follow_each_other_without_gap_or_repetition(desk, auditor):
    for n in range(7):
        person(desk.store, f"p{n}")
    seen, cursor = [], ""
    while True:
        page = audit_book.list_lines(
            desk, AuditRequest(after=cursor, limit=3), actor=auditor, now=NOW
        )
        seen += [entry.id for entry in page.entries]
        cursor = page.next
        if not cursor:
            break

    assert seen == sorted(set(seen), reverse=True)
    assert len(seen) == desk.store.value('SELECT COUNT(*) FROM "kefu_audit"')


def test_a_time_is_found_among_many_lines(desk, auditor):
    hours = 50
    with desk.store.transaction():
        audit.append(
            desk.store,
            [
                audit.Line(
                    actor=BOOT, action=f"h{n}", at=NOW + n * HOUR, type="t", record_id=n, version=1
                )
                for n in range(1, hours)
            ],
        )

    def actions(since, until):
        request = {"since": NOW + since * HOUR, "until": NOW + until * HOUR}
        return [action for _, action in found(desk, auditor, **request)]

    assert actions(20, 22) == ["h21", "h20"]
    assert actions(48.5, 1000) == ["h49"]
    assert actions(49.5, 1000) == []
    assert actions(-1000, -999) == []
    assert len(actions(1, 50)) == 49


@pytest.mark.parametrize("cursor", ["x", "-1", "1.5", "9" * 19, "²", "9' OR 1=1"])
def test_a_cursor_nobody_gave_out_is_refused(desk, auditor, cursor):
    with pytest.raises(BadRequest):
        audit_book.list_lines(desk, AuditRequest(after=cursor), actor=auditor, now=NOW)


def test_the_state_of_the_seal_is_told(desk, auditor):
    state = audit_book.seal_state(desk, actor=auditor)
    assert (state.blocks, state.oldest_unsealed_at) == (0, NOW)

    seal_all(desk.store)

    state = audit_book.seal_state(desk, actor=auditor)
    assert state.blocks >= 1
    assert state.oldest_unsealed_at is None
    assert state.sealed_at is not None
    assert state.sealed_at - NOW < timedelta(seconds=1)
