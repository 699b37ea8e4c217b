"""Reading which configs were applied, when and by whom."""

from __future__ import annotations

from kefu_admin.actor import Actor
from kefu_admin.definitions.role import Permission
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.who import require
from kefu_admin.store.apply.releases import Release, releases

_MOST = 50


def applied(desk: Desk, *, actor: Actor) -> tuple[Release, ...]:
    """The configs applied so far, newest first, at most fifty.

    Raises:
        Forbidden: no permission CONFIG.
    """
    require(desk, actor, Permission.CONFIG)
    return releases(desk.store)[:_MOST]
