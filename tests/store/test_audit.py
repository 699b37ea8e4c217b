"""The audit book while it is written: chains, triggers, and what lines hold."""

from __future__ import annotations

import json
import threading

import pytest

from kefu_admin.store import audit, heads
from kefu_admin.store.faults import BusyBeforeCommit, Constraint, ConstraintBroken
from kefu_admin.store.heads import GENESIS
from kefu_admin.store.verify import check_audit
from tests import factories
from tests.databases import opened
from tests.store.books import ACTOR, NOW, line, versions, write


@pytest.fixture
def store(open_store):
    return open_store(factories.project())


def lines(store):
    return store.rows(
        'SELECT "chain", "seq", "previous", "digest" FROM "kefu_audit" ORDER BY "chain", "seq"'
    )


def test_each_line_follows_the_one_before_it_of_the_same_record(store):
    versions(store, 1, 3)
    versions(store, 2, 1)

    (a1, a2, a3, b1) = lines(store)

    assert [row[:2] for row in (a1, a2, a3, b1)] == [
        ("customer#1", 1), ("customer#1", 2), ("customer#1", 3), ("customer#2", 1),
    ]  # fmt: skip
    assert [a1[2], a2[2], a3[2], b1[2]] == [GENESIS, a1[3], a2[3], GENESIS]
    assert len({a1[3], a2[3], a3[3], b1[3]}) == 4


def test_lines_appended_together_continue_their_chains_in_order(store):
    versions(store, 1, 1)
    versions(store, 2, 1)

    write(store, line(1, 2), line(2, 2), line(1, 3), *(line(n, 1) for n in range(10, 500)))

    chains = lines(store)
    assert [row[:2] for row in chains if row[0] in ("customer#1", "customer#2")] == [
        ("customer#1", 1), ("customer#1", 2), ("customer#1", 3), ("customer#2", 1),
        ("customer#2", 2),
    ]  # fmt: skip
    assert len(chains) == 495


def test_a_line_without_a_record_follows_its_session(store):
    write(store, line(None, None, action="export"))
    write(store, line(None, None, action="export"))

    assert [row[:2] for row in lines(store)] == [("session:s1", 1), ("session:s1", 2)]


def test_what_does_not_change_a_record_stands_in_its_chain_between_its_versions(store):
    versions(store, 41, 1)
    write(store, line(41, None, action="unmask", reason="客户来电核对"))
    write(store, line(41, 2))

    found = store.rows('SELECT "chain", "seq", "version" FROM "kefu_audit" ORDER BY "id"')
    assert found == [("customer#41", 1, 1), ("customer#41", 2, None), ("customer#41", 3, 2)]


def test_lines_hold_who_when_where_what_and_why(store):
    write(store, line(41, None, action="unmask", reason="客户来电核对"))

    row = store.row(
        'SELECT "actor_id", "actor", "address", "source", "action", "type", "record_id", "reason",'
        ' "changes", "definition" FROM "kefu_audit"'
    )
    assert row[:8] == (7, "li", "10.0.0.9", "panel", "unmask", "customer", 41, "客户来电核对")
    assert json.loads(row[8]) == {"name": ["甲", "乙"], "phone": [None, "138****5678"]}
    assert row[9] == store.project.fingerprint[:16]


def test_a_line_of_an_operation_that_fails_is_not_kept(store):
    def fail():
        with store.transaction():
            audit.write(store, line())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    assert lines(store) == []


@pytest.mark.parametrize(
    "statement",
    ['UPDATE "kefu_audit" SET "reason" = \'x\'', 'DELETE FROM "kefu_audit"'],
)
def test_the_database_refuses_to_change_or_delete_a_line(store, statement):
    versions(store, 1, 1)

    with pytest.raises(ConstraintBroken) as refused:
        store.execute(statement)

    assert refused.value.kind is Constraint.APPEND_ONLY
    assert len(lines(store)) == 1


def test_two_requests_of_one_session_at_once_never_fork_its_chain(store):
    started, errors = threading.Barrier(4), []

    def work():
        started.wait()
        try:
            for _ in range(5):
                store.retrying(once)
        except BusyBeforeCommit as busy:
            errors.append(busy)
        finally:
            store.release()

    def once():
        with store.transaction():
            audit.write(store, line(None, None))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    found = lines(store)
    assert [row[1] for row in found] == list(range(1, len(found) + 1))
    assert [row[2] for row in found] == [GENESIS, *(row[3] for row in found[:-1])]


def test_a_change_in_the_process_that_made_the_last_one_looks_nothing_up(store, monkeypatch):
    versions(store, 1, 2)
    real, said = store.execute, []
    monkeypatch.setattr(
        store, "execute", lambda sql, params=(): (said.append(sql[:6]), real(sql, params))[1]
    )

    write(store, line(1, 3))

    assert [sql for sql in said if sql in ("SELECT", "INSERT")] == ["INSERT"]


def test_a_head_that_was_rolled_back_is_not_remembered(store):
    other = opened(store.url, store.project, store.data_directory)
    versions(store, 1, 1)

    def fail():
        with store.transaction():
            audit.write(store, line(1, 2, reason="never kept"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    write(other, line(1, 2))
    write(store, line(1, 3))
    other.close()

    assert chain_is_whole(store)


def test_two_processes_take_turns_on_one_record(store):
    other = opened(store.url, store.project, store.data_directory)
    for version in range(1, 7):
        write(other if version % 2 else store, line(1, version))
    other.close()

    assert chain_is_whole(store)


def test_a_line_that_lost_its_place_is_tried_again_behind_the_other(store):
    other = opened(store.url, store.project, store.data_directory)
    versions(store, 1, 1)
    write(other, line(1, None, action="unmask"))  # the first process remembers an older head

    with pytest.raises(BusyBeforeCommit):
        write(store, line(1, 2))
    write(store, line(1, 2))
    other.close()

    assert chain_is_whole(store)
    assert [row[1] for row in lines(store)] == [1, 2, 3]


def test_a_first_version_whose_chain_is_there_already_continues_it(store):
    versions(store, 1, 2)  # of a type that was dropped, and whose ids begin again

    store.retrying(lambda: write(store, line(1, 1, action="create")))

    assert chain_is_whole(store)
    assert [row[1] for row in lines(store)] == [1, 2, 3]


def test_more_heads_than_are_remembered_do_no_harm(store, monkeypatch):
    monkeypatch.setattr(heads, "MOST", 3)
    for version in (1, 2):
        write(store, *(line(record, version) for record in range(1, 6)))

    assert chain_is_whole(store)


def chain_is_whole(store):
    return check_audit(store, now=NOW).findings == ()


def test_a_keyed_hash_tells_equal_values_without_telling_them(store):
    one, same, other = (audit.keyed_hash(store, text) for text in ("张三", "张三", "李四"))

    assert one == same != other
    assert one.startswith("#")
    assert "张" not in one


def test_a_digest_depends_on_the_key_and_on_every_value():
    content = ("customer#1", 1, GENESIS, audit.instant_text(NOW), ACTOR.user_id)

    digests = {
        audit.digest(b"k" * 32, content),
        audit.digest(b"l" * 32, content),
        *(audit.digest(b"k" * 32, (*content[:n], "x", *content[n + 1 :])) for n in range(5)),
    }

    assert len(digests) == 7
