"""What `kefu verify` finds about jobs and messages."""

from __future__ import annotations

import pytest

from kefu_admin.actor import system_actor
from kefu_admin.store import deliveries, jobs, outbox
from kefu_admin.store.verify.invariants.work import work
from kefu_admin.wording import sentence
from tests.databases import NOW


@pytest.fixture
def busy(store):
    """A job waiting, one running, one parked, one done; a message sent and two open ones."""
    wanted = jobs.Wanted(kind="x", payload_version=1, payload={}, total=5)
    with store.transaction():
        for _ in range(4):
            jobs.ask(store, wanted, actor=system_actor("tests"), now=NOW)
        done = jobs.claim(store, owner="a")
        jobs.finish(store, done, result=None, done=5, now=NOW)
        jobs.fail(store, jobs.claim(store, owner="a"), {"code": "busy"}, final=True)
        jobs.claim(store, owner="a")
        common = {"event": "customer.updated", "type": "customer", "actor_id": None}
        outbox.append(
            store,
            [
                outbox.Event(record_id=r, version=v, at=NOW, operation="tests", **common)
                for r, v in ((1, 1), (2, 1), (2, 2))
            ],
        )
    with store.transaction():
        deliveries.hand_on(store, {"crm": None}, owner="a", now=NOW)
        deliveries.sent(store, deliveries.claim(store), now=NOW)
    return store


def found(store):
    told = list(work(store, NOW))
    for finding in told:
        assert sentence(finding.code, "en", **finding.facts)
    return [(finding.code, finding.facts["id"]) for finding in told]


def test_work_in_every_state_is_sound(busy):
    assert found(busy) == []


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ('"kefu_job" SET "due_ms" = NULL WHERE "id" = 4', ("job_stranded", 4)),
        ('"kefu_job" SET "due_ms" = 1 WHERE "id" = 1', ("job_stranded", 1)),
        ('"kefu_job" SET "owner" = NULL WHERE "id" = 3', ("job_unowned", 3)),
        ('"kefu_job" SET "done" = 6 WHERE "id" = 1', ("job_beyond", 1)),
        ('"kefu_job" SET "finished_at" = NULL WHERE "id" = 1', ("job_end_untold", 1)),
        ('"kefu_delivery" SET "due_ms" = NULL WHERE "id" = 2', ("message_stranded", 2)),
        ('"kefu_delivery" SET "due_ms" = 1 WHERE "id" = 1', ("message_stranded", 1)),
    ],
)
def test_what_was_changed_by_hand_is_found(busy, change, finding):
    busy.execute(f"UPDATE {change}")

    assert found(busy) == [finding]
