"""The state of the system for a person: who may look at it, and what he is told."""

from __future__ import annotations

from datetime import datetime

from kefu_admin.actor import Actor
from kefu_admin.definitions.role import Permission
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.health.looking import checks
from kefu_admin.operations.health.result import Check
from kefu_admin.operations.who import require
from kefu_admin.settings import Settings


def status(desk: Desk, here: Settings, *, actor: Actor, now: datetime) -> tuple[Check, ...]:
    """Every check.

    Raises:
        Forbidden: no permission STATUS.
    """
    require(desk, actor, Permission.STATUS)
    return checks(desk, here, now=now)
