"""What a person may do about a delivery, and what is forgotten."""

from __future__ import annotations

from datetime import datetime

from kefu_admin.store.database import Store
from kefu_admin.store.deliveries.rows import Delivery, DeliveryState
from kefu_admin.store.deliveries.sending import let_next, together
from kefu_admin.store.lease import NOW_MS
from kefu_admin.store.shapes import ColumnKind


def resend(store: Store, one: Delivery) -> bool:
    """Send a parked or sent one (again), under the same event id, in the open transaction. False
    when it is neither by now."""
    return bool(
        _again(
            store,
            '"id" = ? AND "state" IN (?, ?)',
            (one.id, DeliveryState.PARKED, DeliveryState.SENT),
        )
    )


def resend_parked(store: Store) -> int:
    """Send all parked ones again, in the open transaction; returns how many."""
    return _again(store, '"state" = ?', (DeliveryState.PARKED,))


def _again(store: Store, where: str, params: tuple[object, ...]) -> int:
    together(store)
    now_ms = NOW_MS[store.dialect]
    kept = store.execute(
        f'UPDATE "kefu_delivery" SET "state" = ?, "tries" = 0, "ended_at" = NULL,'
        f' "fence" = "fence" + 1, "due_ms" = {now_ms}, "begun_ms" = {now_ms}'
        f" WHERE {where}",  # only fixed text is joined in
        (DeliveryState.WAITING, *params),
    )
    return int(kept.rowcount)


def skip(store: Store, one: Delivery, *, now: datetime) -> bool:
    """Pass one over, so that the record's later events may go, in the open transaction. False when
    it is over already."""
    together(store)
    kept = store.execute(
        'UPDATE "kefu_delivery" SET "state" = ?, "due_ms" = NULL, "ended_at" = ?,'
        ' "fence" = "fence" + 1 WHERE "id" = ? AND "state" IN (?, ?)',
        (
            DeliveryState.SKIPPED,
            store.to_db(ColumnKind.INSTANT, now),
            one.id,
            DeliveryState.PARKED,
            DeliveryState.WAITING,
        ),
    )
    if kept.rowcount:
        let_next(store, one)
    return bool(kept.rowcount)


def forget(store: Store, *, before: datetime) -> int:
    """Delete what was over before an instant, in the open transaction; returns how many."""
    at = store.to_db(ColumnKind.INSTANT, before)
    gone = store.execute(
        'DELETE FROM "kefu_delivery" WHERE "state" IN (?, ?) AND "ended_at" < ?',
        (DeliveryState.SENT, DeliveryState.SKIPPED, at),
    )
    return int(gone.rowcount)
