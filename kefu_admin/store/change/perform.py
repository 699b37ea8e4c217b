"""Runs a whole unit of writing: once, however often it is sent, and again where that is safe."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from kefu_admin.store.change.unit import Change
from kefu_admin.store.faults import CommitUnknown
from kefu_admin.store.idempotency import IdempotencyKey
from kefu_admin.store.warrant import Warrant

if TYPE_CHECKING:
    from kefu_admin.store.database import Store


@dataclass(frozen=True, slots=True)
class Answer:
    """What a unit answered, now or the first time (`replayed`)."""

    facts: Mapping[str, Any]
    replayed: bool = False


def perform(
    store: Store,
    warrant: Warrant,
    work: Callable[[Change], Mapping[str, Any]],
    *,
    now: datetime,
    operation: str,
    key: IdempotencyKey | None = None,
) -> Answer:
    """Run `work` in a `Change` and answer after the commit with the JSON facts it returned.

    Tried up to three times while the database is busy and nothing was kept. When the connection is
    lost during the commit, the kept answer of the key says whether it happened; without a key the
    person is told it is unknown (`CommitUnknown`) and nothing is tried again. Rule: D07.
    """

    def unit() -> Answer:
        with Change.open(store, warrant, now=now, operation=operation, key=key) as change:
            if change.replayed is not None:
                return Answer(change.replayed, replayed=True)
            change.answer = work(change)
        return Answer(change.answer)

    try:
        return store.retrying(unit)
    except CommitUnknown:
        if key is None:
            raise
        return store.retrying(unit)  # finds the kept answer, or does what was not done
