"""The recycle bin: deleted records are brought back, or erased for good with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kefu_admin.actor import Actor
from kefu_admin.operations import files
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.records import Outcome, outcome, performed, values_sent
from kefu_admin.problems import FieldError, Invalid
from kefu_admin.store import change as writing
from kefu_admin.store.change import Change
from kefu_admin.store.idempotency import IdempotencyKey

SHORTEST_REASON = 2
LONGEST_REASON = 500


def restore(
    desk: Desk,
    type_id: str,
    record_id: int,
    version: int,
    raw: Mapping[str, object] | None = None,
    *,
    actor: Actor,
    now: datetime,
    key: IdempotencyKey | None = None,
) -> Outcome:
    """Bring a deleted record back, with the rows that went along.

    Args:
        version: of the deletion, as the bin shows it.
        raw: values in place of recorded ones that would be refused.

    Raises:
        NotFound: it is not in the bin, or he could not see it as it was.
        Forbidden: he may not restore it.
        Conflict: it was restored and deleted again in between.
        UnknownParameter, Invalid: as for `records.change`; a value is taken meanwhile, a record it
            refers to or belongs to is gone.
        KeyReused: the key was used for another request.
    """
    sent = {record_id: values_sent(desk, type_id, raw, actor)} if raw else {}

    def work(change: Change) -> Mapping[str, Any]:
        (now_is,) = writing.restore(change, type_id, {record_id: version}, sent)
        return {"id": record_id, "version": now_is}

    return outcome(performed(desk, "bin.restore", work, actor=actor, now=now, key=key))


def purge(
    desk: Desk,
    type_id: str,
    record_id: int,
    version: int,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
    key: IdempotencyKey | None = None,
) -> None:
    """Erase a deleted record for good: its history, its files, the rows it owned.

    Args:
        reason: 2 to 500 characters; the audit book keeps it, so it should name nobody.

    Raises:
        NotFound, Forbidden, Conflict, KeyReused: as for `restore`.
        Invalid: no reason.
    """
    said = reason.strip()
    if not SHORTEST_REASON <= len(said) <= LONGEST_REASON:
        raise Invalid([FieldError("reason", "reason_needed", {"shortest": SHORTEST_REASON})])

    def work(change: Change) -> Mapping[str, Any]:
        return {"files": writing.purge(change, type_id, {record_id: version}, said)}

    answer = performed(desk, "bin.purge", work, actor=actor, now=now, key=key)
    files.discard(desk, answer.facts["files"])
