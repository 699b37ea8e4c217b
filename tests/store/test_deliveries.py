"""Deliveries: each event to each receiver, in order per record, whatever befalls others."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kefu_admin.store import deliveries, lease, outbox
from kefu_admin.store.deliveries import DeliveryState
from tests.databases import NOW, opened

DAY_MS = 24 * 3600 * 1000


def event(store, record_id, version):
    one = outbox.Event(
        event="customer.updated",
        type="customer",
        record_id=record_id,
        version=version,
        at=NOW,
        actor_id=None,
        operation="tests",
    )
    with store.transaction():
        outbox.append(store, [one])


def hand_on(store, *receivers):
    with store.transaction():
        return deliveries.hand_on(store, dict.fromkeys(receivers or ("crm",)), owner="one", now=NOW)


def claimed(store, **options):
    with store.transaction():
        return deliveries.claim(store, **options)


def sent(store, one):
    with store.transaction():
        return deliveries.sent(store, one, now=NOW)


def failed(store, one, **options):
    with store.transaction():
        return deliveries.failed(store, one, {"code": "x"}, **options)


def due_again(store):
    with store.transaction():
        store.execute('UPDATE "kefu_delivery" SET "due_ms" = 1 WHERE "due_ms" IS NOT NULL')


def told(one):
    return (one.receiver, one.record_id, one.version)


def rest(store):
    """What is sent when everything is taken and succeeds."""
    found = []
    while (one := claimed(store)) is not None:
        found.append(told(one))
        assert sent(store, one)
    return found


def test_every_event_goes_to_every_receiver_once_and_in_order(store):
    for version in (1, 2):
        event(store, 7, version)

    assert hand_on(store, "crm", "erp") == 2
    assert hand_on(store, "crm", "erp") == 0

    assert sorted(rest(store)) == [("crm", 7, 1), ("crm", 7, 2), ("erp", 7, 1), ("erp", 7, 2)]
    assert rest(store) == []


def test_a_record_s_next_event_waits_for_the_one_before_and_other_records_do_not(store):
    event(store, 7, 1)
    event(store, 7, 2)
    event(store, 8, 1)
    hand_on(store)
    first = claimed(store)

    failed(store, first)

    assert told(first) == ("crm", 7, 1)
    assert rest(store) == [("crm", 8, 1)]
    due_again(store)
    assert rest(store) == [("crm", 7, 1), ("crm", 7, 2)]


def test_an_event_handed_on_later_still_waits_for_an_open_one(store):
    event(store, 7, 1)
    hand_on(store)
    failed(store, claimed(store))
    event(store, 7, 2)
    hand_on(store)

    assert rest(store) == []


def test_only_one_process_hands_on(store):
    event(store, 7, 1)
    hand_on(store)
    event(store, 7, 2)

    with store.transaction():
        lease.claim(store, "deliveries", owner="one", milliseconds=60_000)
        assert deliveries.hand_on(store, {"crm": None}, owner="two", now=NOW) == 0


def test_a_killed_senders_place_is_taken_within_seconds(store):
    event(store, 7, 1)

    hand_on(store)

    until = store.value('SELECT "until_ms" FROM "kefu_lease" WHERE "name" = ?', ("deliveries",))
    assert until - lease.database_milliseconds(store) <= 2_000


@pytest.mark.parametrize("dialect", ["postgresql", "mariadb"], indirect=True)
def test_two_senders_take_different_deliveries(store):
    event(store, 7, 1)
    event(store, 8, 1)
    hand_on(store)
    other = opened(store.url, store.project, store.data_directory)

    with store.transaction():
        assert deliveries.claim(store).record_id == 7
        assert claimed(other).record_id == 8
    other.close()


def test_a_paused_receiver_is_left_alone(store):
    event(store, 7, 1)
    hand_on(store, "crm", "erp")

    assert claimed(store, paused=["crm"]).receiver == "erp"
    assert claimed(store, paused=["crm"]) is None


def test_a_failing_delivery_is_parked_after_three_days_and_holds_back_what_follows(store):
    event(store, 7, 1)
    event(store, 7, 2)
    hand_on(store)

    assert not failed(store, claimed(store))
    with store.transaction():
        store.execute(f'UPDATE "kefu_delivery" SET "begun_ms" = "begun_ms" - {3 * DAY_MS}')
    due_again(store)
    assert failed(store, claimed(store))

    found = deliveries.deliveries(store, states={DeliveryState.PARKED})
    assert [(one.version, one.tries, one.fault) for one in found] == [(1, 2, {"code": "x"})]
    assert rest(store) == []
    assert deliveries.counts(store) == {DeliveryState.WAITING: 1, DeliveryState.PARKED: 1}


def test_a_sender_that_was_away_too_long_keeps_nothing(store):
    event(store, 7, 1)
    hand_on(store)
    slow = claimed(store, lease_ms=0)
    due_again(store)
    quick = claimed(store)

    assert not failed(store, slow)
    assert not sent(store, slow)
    assert sent(store, quick)


def test_sent_again_it_carries_the_same_event_id(store):
    event(store, 7, 1)
    hand_on(store)
    one = claimed(store)
    sent(store, one)

    with store.transaction():
        assert deliveries.resend(store, one)
    again = claimed(store)

    reference = deliveries.event_reference(store, one)
    assert deliveries.event_reference(store, again) == reference
    assert len(reference) == 32
    assert again.tries == 1


def test_a_parked_one_passed_over_lets_the_record_s_others_go(store):
    event(store, 7, 1)
    event(store, 7, 2)
    hand_on(store)
    one = claimed(store)
    failed(store, one, final=True)

    with store.transaction():
        assert deliveries.skip(store, one, now=NOW)
        assert not deliveries.skip(store, one, now=NOW)

    assert rest(store) == [("crm", 7, 2)]


def test_an_idle_look_tells_what_there_is_to_do(store):
    assert deliveries.milliseconds_until_due(store) is None
    event(store, 7, 1)
    assert deliveries.milliseconds_until_due(store) == 0
    hand_on(store)
    assert deliveries.milliseconds_until_due(store) == 0
    failed(store, claimed(store))
    assert 0 < deliveries.milliseconds_until_due(store) <= 1000


def test_what_is_over_is_forgotten_in_time_and_what_is_open_stays(store):
    event(store, 7, 1)
    event(store, 8, 1)
    hand_on(store)
    sent(store, claimed(store))

    with store.transaction():
        assert deliveries.forget(store, before=NOW) == 0
        assert deliveries.forget(store, before=NOW + timedelta(seconds=1)) == 1
        assert outbox.forget(store, before=NOW + timedelta(seconds=1)) == 2

    assert [one.record_id for one in deliveries.deliveries(store)] == [8]
