"""What was told to the world outside: every delivery, sent again or passed over by right.

A delivery names a record by type and id only; who may manage messages need not see the record.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from kefu_admin.actor import Actor
from kefu_admin.definitions.role import Permission
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.who import require
from kefu_admin.problems import NotFound
from kefu_admin.store import audit, deliveries
from kefu_admin.store.deliveries import Delivery, DeliveryState

MOST = 200
_TYPE = "kefu_delivery"


def list_deliveries(
    desk: Desk,
    *,
    actor: Actor,
    states: Collection[DeliveryState] = (),
    receiver: str = "",
    before_id: int | None = None,
    limit: int = 50,
) -> tuple[Delivery, ...]:
    """Deliveries, newest first.

    Raises:
        Forbidden: no permission JOBS.
    """
    require(desk, actor, Permission.JOBS)
    return deliveries.deliveries(
        desk.store,
        states=states,
        receiver=receiver,
        before_id=before_id,
        limit=max(1, min(limit, MOST + 1)),
    )


def get_delivery(desk: Desk, id: int, *, actor: Actor) -> Delivery:
    """One delivery.

    Raises:
        Forbidden: no permission JOBS.
        NotFound: there is none.
    """
    require(desk, actor, Permission.JOBS)
    return _delivery(desk, id)


def resend(desk: Desk, id: int, *, actor: Actor, now: datetime) -> Delivery:
    """Send a parked or sent one again, under the same event id; one that waits stays as it is.

    Raises:
        Forbidden, NotFound: as for `get_delivery`.
    """
    return _changed(
        desk, id, "resend_message", actor, now, lambda one: deliveries.resend(desk.store, one)
    )


def resend_parked(desk: Desk, *, actor: Actor, now: datetime) -> int:
    """Send all parked ones again, each under its event id, as after a receiver's long outage;
    returns how many. One audit line tells it.

    Raises:
        Forbidden: no permission JOBS.
    """
    require(desk, actor, Permission.JOBS)

    def unit() -> int:
        with desk.store.transaction():
            count = deliveries.resend_parked(desk.store)
            if count:
                _write_line(desk, "resend_messages", actor, now, after={"count": count})
            return count

    return desk.store.retrying(unit)


def count_parked(desk: Desk, *, actor: Actor) -> int:
    """How many are parked.

    Raises:
        Forbidden: no permission JOBS.
    """
    require(desk, actor, Permission.JOBS)
    return deliveries.counts(desk.store)[DeliveryState.PARKED]


def skip(desk: Desk, id: int, *, actor: Actor, now: datetime) -> Delivery:
    """Pass one over, so that later events of the record may go; one that is over stays as it is.

    Raises:
        Forbidden, NotFound: as for `get_delivery`.
    """
    return _changed(
        desk, id, "skip_message", actor, now, lambda one: deliveries.skip(desk.store, one, now=now)
    )


def _changed(
    desk: Desk,
    id: int,
    action: str,
    actor: Actor,
    now: datetime,
    work: Callable[[Delivery], bool],
) -> Delivery:
    require(desk, actor, Permission.JOBS)

    def unit() -> Delivery:
        with desk.store.transaction():
            if work(_delivery(desk, id)):
                _write_line(desk, action, actor, now, id=id)
            return _delivery(desk, id)

    return desk.store.retrying(unit)


def _write_line(
    desk: Desk,
    action: str,
    actor: Actor,
    now: datetime,
    *,
    id: int | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    line = audit.Line(
        actor=actor,
        action=action,
        at=now,
        type=_TYPE,
        record_id=id,
        after=after or {},
        operation=f"messages.{action}",
    )
    audit.write(desk.store, line)


def _delivery(desk: Desk, id: int) -> Delivery:
    found = deliveries.delivery(desk.store, id)
    if found is None:
        raise NotFound
    return found
