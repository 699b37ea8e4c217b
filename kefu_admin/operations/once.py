"""One change outside of records, done once: transaction, idempotency key, safe retries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from kefu_admin.actor import Actor
from kefu_admin.operations.desk import Desk
from kefu_admin.store import idempotency
from kefu_admin.store.faults import BusyBeforeCommit, CommitUnknown, Constraint, ConstraintBroken
from kefu_admin.store.idempotency import APPLIED_KEY, IdempotencyKey


def done_before(
    desk: Desk, operation: str, *, actor: Actor, key: IdempotencyKey | None
) -> Mapping[str, Any] | None:
    """What was answered when this was done already, in the open transaction: for work that takes
    several, of which the last is `once`.

    Raises:
        ConfigMoved, KeyReused: as for every change.
    """
    return idempotency.open_unit(desk.store, actor, operation, key, state_key=APPLIED_KEY)


def once(
    desk: Desk,
    operation: str,
    work: Callable[[], Mapping[str, Any]],
    *,
    actor: Actor,
    now: datetime,
    key: IdempotencyKey | None,
) -> tuple[Mapping[str, Any], bool]:
    """Run `work` in one transaction; returns its JSON facts and whether they were replayed.

    Raises:
        ConfigMoved, KeyReused, Busy: as for every change.

    Rule: reliability-security D06, D07, D12.
    """
    store = desk.store

    def unit() -> tuple[Mapping[str, Any], bool]:
        with store.transaction():
            before = done_before(desk, operation, actor=actor, key=key)
            if before is not None:
                return before, True
            answer = work()
            if key is not None:
                try:
                    idempotency.keep(store, actor, operation, key, answer, now=now)
                except ConstraintBroken as broken:
                    if broken.kind is Constraint.UNIQUE:
                        raise BusyBeforeCommit from broken
                    raise
            return answer, False

    try:
        return store.retrying(unit)
    except CommitUnknown:
        if key is None:
            raise
        return store.retrying(unit)  # finds the kept answer, or does what was not done
