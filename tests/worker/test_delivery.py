"""R15 in small: events reach receivers at least once, in order per record, through outages."""

from __future__ import annotations

import json
import logging

import pytest

from kefu_admin import registry, settings
from kefu_admin.operations.desk import Desk
from kefu_admin.registry import BadExtension, Extension
from kefu_admin.store import deliveries, outbox
from kefu_admin.store.deliveries import DeliveryState
from kefu_admin.worker import delivery as sending
from kefu_admin.worker.delivery import Sender
from kefu_admin.worker.receivers import Receiver as Known
from kefu_admin.worker.receivers import receivers, signature, signing_key
from tests.databases import NOW
from tests.worker.receiver import Receiver


@pytest.fixture
def desk(store, small_project):
    return Desk(small_project, store)


@pytest.fixture(autouse=True)
def _heard(monkeypatch):
    """import-linter, run by another test, switches off every logger there is."""
    monkeypatch.setattr(sending.log, "disabled", False)


class Clock:
    """Seconds that pass when told to."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def event(desk, record_id, version):
    one = outbox.Event(
        event="customer.updated",
        type="customer",
        record_id=record_id,
        version=version,
        at=NOW,
        actor_id=None,
        operation="tests",
    )
    with desk.store.transaction():
        outbox.append(desk.store, [one])


def due_again(desk):
    with desk.store.transaction():
        desk.store.execute('UPDATE "kefu_delivery" SET "due_ms" = 1 WHERE "due_ms" IS NOT NULL')


def send_all(sender):
    while sender.one():
        continue


def test_a_webhook_gets_a_signed_reference_with_a_stable_id(desk):
    with Receiver() as crm:
        here = settings.read({"KEFU_WEBHOOKS": f"crm={crm.url}"})
        event(desk, 7, 2)
        sender = Sender(desk, receivers(here, desk.store.secret, desk.project), owner="one")
        send_all(sender)
        with desk.store.transaction():
            deliveries.resend(desk.store, deliveries.deliveries(desk.store)[0])
        send_all(sender)

    first, again = crm.heard
    told = json.loads(first.body)
    assert told == {
        "id": first.headers["X-Kefu-Event-Id"],
        "event": "customer.updated",
        "type": "customer",
        "record_id": 7,
        "version": 2,
        "at": "2026-11-21T02:00:00+00:00",
    }
    key = signing_key(desk.store.secret, "crm")
    stamp = first.headers["X-Kefu-Timestamp"]
    assert first.headers["X-Kefu-Signature"] == signature(key, stamp, first.body)
    assert again.headers["X-Kefu-Event-Id"] == told["id"]
    (kept,) = deliveries.deliveries(desk.store)
    assert kept.state is DeliveryState.SENT


def test_after_an_outage_everything_arrives_in_order_per_record(desk):
    clock = Clock()
    for version in (1, 2, 3):
        for record in (7, 8):
            event(desk, record, version)
    with Receiver() as crm:
        crm.answers = "fails"
        here = settings.read({"KEFU_WEBHOOKS": f"crm={crm.url}"})
        sender = Sender(
            desk, receivers(here, desk.store.secret, desk.project), owner="one", monotonic=clock
        )
        send_all(sender)
        tried = len(crm.heard)
        crm.answers = "ok"
        clock.now += 300
        due_again(desk)
        crm.heard.clear()
        send_all(sender)

    assert tried == 1  # the others wait while the receiver is out
    told = [(body["record_id"], body["version"]) for body in map(_body, crm.heard)]
    assert [v for r, v in told if r == 7] == [1, 2, 3]
    assert [v for r, v in told if r == 8] == [1, 2, 3]


def _body(heard):
    return json.loads(heard.body)


def test_one_record_s_refused_event_does_not_hold_up_another_s(desk):
    clock = Clock()
    for record in (7, 8):
        event(desk, record, 1)
        event(desk, record, 2)
    with Receiver() as crm:
        crm.answers = lambda body: "fails" if b'"record_id": 7' in body else "ok"
        here = settings.read({"KEFU_WEBHOOKS": f"crm={crm.url}"})
        sender = Sender(
            desk, receivers(here, desk.store.secret, desk.project), owner="one", monotonic=clock
        )
        for _ in range(6):
            clock.now += 300
            send_all(sender)

    states = {
        (one.record_id, one.version): (one.state, one.fault)
        for one in deliveries.deliveries(desk.store)
    }
    assert states[8, 1] == states[8, 2] == (DeliveryState.SENT, None)
    assert states[7, 1][1] == {"code": "receiver_refuses", "status": 500}
    assert states[7, 2] == (DeliveryState.WAITING, None)
    assert {_body(one)["version"] for one in crm.heard if _body(one)["record_id"] == 7} == {1}


def test_two_receivers_of_one_name_are_refused(desk, monkeypatch):
    here = settings.read({"KEFU_WEBHOOKS": "sms=http://127.0.0.1:9/"})
    monkeypatch.setattr(registry, "installed", lambda: Extension(notifiers={"sms": print}))

    with pytest.raises(BadExtension) as refused:
        receivers(here, desk.store.secret, desk.project)

    assert (refused.value.code, refused.value.facts) == ("receiver_twice", {"name": "sms"})


def test_a_notifier_of_a_package_is_told_and_what_it_raises_is_kept_without_its_text(desk, caplog):
    told = []

    def sms(one):
        told.append(one)
        raise ValueError("13800001234")

    event(desk, 7, 1)
    with caplog.at_level(logging.ERROR, logger=sending.log.name):
        send_all(Sender(desk, {"sms": Known(sms)}, owner="one"))

    assert [(one.type, one.record_id, one.version) for one in told] == [("customer", 7, 1)]
    (kept,) = deliveries.deliveries(desk.store)
    assert (kept.fault["code"], kept.fault["error"]) == ("job_raised", "ValueError")
    assert "13800001234" not in str(kept.fault)


def test_what_is_for_a_receiver_no_longer_there_is_parked(desk):
    event(desk, 7, 1)
    with desk.store.transaction():
        deliveries.hand_on(desk.store, {"old": None}, owner="one", now=NOW)

    send_all(Sender(desk, {}, owner="one"))

    (kept,) = deliveries.deliveries(desk.store)
    assert (kept.state, kept.fault) == (DeliveryState.PARKED, {"code": "receiver_gone"})


def test_an_idle_look_is_one_statement(desk, monkeypatch):
    statements = []
    execute = desk.store._executed
    monkeypatch.setattr(
        desk.store, "_executed", lambda sql, params: statements.append(sql) or execute(sql, params)
    )

    assert not Sender(desk, {}, owner="one").one()

    assert len(statements) == 1
