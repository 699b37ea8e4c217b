"""The check of what the desk does by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from kefu_admin.operations.health.result import Check, Said, State
from kefu_admin.operations.schedules import Standing

LATE = timedelta(hours=2)
"""So long after it was due, a run should have come to its end."""


def scheduled(standings: Sequence[Standing]) -> Check:
    """A sentence for each schedule; what failed or is late wants somebody."""
    failed = any(one.failed for one in standings)
    late = any(one.lag > LATE and not one.failed for one in standings)
    mend = "health_schedule_mend" if failed else "health_worker_mend" if late else ""
    return Check(
        name="schedules",
        state=State.ATTENTION if mend else State.OK,
        found=tuple(_said(one) for one in standings),
        mend=Said(mend) if mend else None,
    )


def _said(one: Standing) -> Said:
    facts: dict[str, object] = {"label": one.schedule.label}
    if one.schedule.when is None:
        return Said("health_schedule_never", facts)
    facts |= {"when": one.schedule.when.label, "next": one.next_due}
    if (failed := one.failed) is not None:
        assert failed.fault is not None
        reason = {name: value for name, value in failed.fault.items() if name != "code"}
        why = Said(str(failed.fault["code"]), reason)
        return Said("health_schedule_failed", {**facts, "due": failed.due_at, "why": why})
    if one.lag > LATE:
        return Said("health_schedule_late", {**facts, "hours": one.lag // timedelta(hours=1)})
    if one.done is None:
        return Said("health_schedule_new", facts)
    return Said("health_schedule_done", {**facts, "at": one.done.finished_at})
