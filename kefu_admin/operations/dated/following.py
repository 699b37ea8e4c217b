"""Values in rows follow their files where no person has written."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from kefu_admin.actor import system_actor
from kefu_admin.definitions.dated import Dated, DatedValue
from kefu_admin.operations.desk import Desk
from kefu_admin.store import dated as rows

_CONFIG = system_actor("apply")
BY_CONFIG = _CONFIG.login  # who wrote what nobody has edited


def bring_up(desk: Desk, *, now: datetime) -> int:
    """Write what the files give where no person has written; returns how many rows changed.

    A value nobody edited follows its file; one that is in the file no more ends today and stays
    readable. Done by `kefu apply`, and harmless to do again.
    """
    if not desk.project.dated:
        return 0
    changed = 0

    def unit() -> None:
        nonlocal changed
        changed = 0
        with desk.store.transaction():
            rows.lock(desk.store)
            changed = sum(bring_up_one(desk, one, now=now) for one in desk.project.dated.values())

    desk.store.retrying(unit)
    desk.forget_values()
    return changed


def bring_up_one(desk: Desk, dated: Dated, *, now: datetime) -> int:
    """Write what one definition's file gives, in the open transaction; how many rows changed."""
    actor, today = _CONFIG, now.astimezone(desk.zone).date()
    there: dict[str, list[DatedValue]] = {}
    for one in rows.values(desk.store, (dated,))[dated.name]:
        there.setdefault(one.key, []).append(one)
    changed = 0
    for default in dated.defaults:
        found = there.pop(default.key, None)
        if found is None:
            rows.insert(
                desk.store, dated, default, actor=actor, now=now, operation="values.bring_up"
            )
            changed += 1
        elif len(found) == 1 and not found[0].edited:
            wanted = replace(default, id=found[0].id, version=found[0].version)
            changed += wanted != found[0]
            if wanted != found[0]:
                rows.update(
                    desk.store, dated, wanted, actor=actor, now=now, operation="values.bring_up"
                )
    for some in there.values():
        for one in some:
            if not one.edited and one.until_on is None:
                rows.update(
                    desk.store,
                    dated,
                    replace(one, until_on=today),
                    actor=actor,
                    now=now,
                    operation="values.bring_up",
                )
                changed += 1
    return changed
