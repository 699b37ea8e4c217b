"""Exact look-ups and uncovered values: told to the audit book, and counted per person and hour."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from kefu_admin.actor import Actor
from kefu_admin.operations.reading.filters import Exact
from kefu_admin.store import audit, throttle

if TYPE_CHECKING:
    from kefu_admin.operations.desk import Desk

HOUR = 3600


def record_look_ups(desk: Desk, looked_up: Sequence[Exact], *, actor: Actor, now: datetime) -> None:
    """One audit line per value looked up that the person does not see in full; the value itself
    stands there as a keyed hash.

    Raises:
        TooMany: more than `search_per_hour`; the search does not run.
    """

    def record() -> None:
        with desk.store.transaction():
            for _ in looked_up:
                spend(desk, "search", desk.project.search_per_hour, actor=actor, now=now)
            audit.append(
                desk.store,
                [
                    audit.Line(
                        actor=actor,
                        action="search_exact",
                        at=now,
                        type=one.type,
                        after={one.field: audit.keyed_hash(desk.store, str(one.value))},
                        operation="reading.list_rows",
                    )
                    for one in looked_up
                ],
            )

    desk.store.retrying(record)


def spend(desk: Desk, kind: str, per_hour: int, *, actor: Actor, now: datetime) -> None:
    """Count one of a kind for the actor, in the open transaction.

    Raises:
        TooMany: more than `per_hour` within an hour.
    """
    who = actor.login if actor.user_id is None else str(actor.user_id)
    limit = throttle.Limit(count=per_hour, seconds=HOUR)
    throttle.spend(desk.store, f"{kind}:{who}", limit, now=now)
