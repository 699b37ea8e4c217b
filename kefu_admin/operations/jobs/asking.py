"""Asking for a job within an operation's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kefu_admin.actor import Actor
from kefu_admin.operations.jobs.kinds import JobKind
from kefu_admin.store import jobs
from kefu_admin.store.database import Store


def ask(
    store: Store,
    kind: JobKind,
    payload: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
    total: int | None = None,
) -> int:
    """Write a job in the open transaction; returns its id. It is done only if that commits.

    Args:
        payload: plain JSON, references only.
        actor: whom it will act for, with the rights he has when it runs.
        total: how many rows it is about, where known.
    """
    wanted = jobs.Wanted(kind=kind.name, payload_version=kind.version, payload=payload, total=total)
    return jobs.ask(store, wanted, actor=actor, now=now)
