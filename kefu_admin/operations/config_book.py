"""Reading which configs were applied, when and by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kefu_admin.actor import Actor
from kefu_admin.definitions.role import Permission
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.who import require
from kefu_admin.store.shapes import ColumnKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """One config as it was made the applied one."""

    fingerprint: str
    at: datetime
    by: str


def applied(desk: Desk, *, actor: Actor) -> tuple[Applied, ...]:
    """The configs applied so far, newest first, at most fifty.

    Raises:
        Forbidden: no permission CONFIG.
    """
    require(desk, actor, Permission.CONFIG)
    rows = desk.store.rows(
        'SELECT "fingerprint", "activated_at", "activated_by" FROM "kefu_definition"'
        ' ORDER BY "id" DESC LIMIT 50'
    )
    found = []
    for fingerprint, at, by in rows:
        instant = desk.store.from_db(ColumnKind.INSTANT, at)
        assert isinstance(instant, datetime)
        found.append(Applied(fingerprint=str(fingerprint), at=instant, by=str(by)))
    return tuple(found)
