"""After an apply: values that follow from others are worked out for the records there were."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from kefu_admin.actor import system_actor
from kefu_admin.operations.desk import Desk
from kefu_admin.store import derived


def bring_up_derived(desk: Desk, *, now: datetime) -> Mapping[str, int]:
    """Works out computed and kept values whose rule is new or has changed; rows per type.

    May be run again at any time; what is up to date costs nothing.
    """
    binding = desk.binding(system_actor("apply"), now)
    return derived.bring_up(desk.store, checks=desk.checks, binding=binding, now=now)
