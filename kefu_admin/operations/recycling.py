"""The recycle bin: deleted records are brought back, or erased for good with a reason, by somebody
or because the time for which the project keeps them has passed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from kefu_admin.actor import Actor
from kefu_admin.behaviours.engines import RETENTION, retention_grants
from kefu_admin.behaviours.validation import decide
from kefu_admin.operations import files
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.records import Outcome, outcome, performed, values_sent
from kefu_admin.problems import FieldError, Invalid
from kefu_admin.store import bin, drafts, merges
from kefu_admin.store import change as writing
from kefu_admin.store.bin import Binned
from kefu_admin.store.change import Change, perform
from kefu_admin.store.idempotency import IdempotencyKey
from kefu_admin.store.warrant import Warrant
from kefu_admin.wording import text

SHORTEST_REASON = 2
LONGEST_REASON = 500
_PORTION = 100


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
    sent = {record_id: values_sent(desk, type_id, raw, actor, now)} if raw else {}

    def work(change: Change) -> Mapping[str, Any]:
        (now_is,) = writing.restore(change, type_id, {record_id: version}, sent)
        _refuse_merged(desk, type_id, record_id, version, now)
        return {"id": record_id, "version": now_is}

    return outcome(performed(desk, "bin.restore", work, actor=actor, now=now, key=key))


def _refuse_merged(desk: Desk, type_id: str, record_id: int, version: int, now: datetime) -> None:
    """A record that became part of another comes back with its references, by undoing the merge;
    alone only when that can no longer be done.

    Raises:
        Invalid: it still can.
    """
    if desk.project.types[type_id].merge is None:
        return
    merge = merges.last_of(desk.store, type_id, record_id)
    if merge is not None and merge.gone_version == version and merge.is_in_time(now):
        raise Invalid([FieldError("", "merge_in_bin")])


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
        drafts.discard_of_records(change.store, type_id, (record_id,))
        return {"files": writing.purge(change, type_id, {record_id: version}, said)}

    answer = performed(desk, "bin.purge", work, actor=actor, now=now, key=key)
    files.discard(desk, answer.facts["files"])


def purge_expired(desk: Desk, *, now: datetime) -> int:
    """Erase what has been in the bin for longer than the project's `bin_days`, in portions, as
    `system:retention`; returns how many records. Safe to stop and to run beside another."""
    days = desk.project.bin_days
    if not days:
        return 0
    warrant = Warrant(
        actor=RETENTION,
        grants=retention_grants(desk.project),
        binding=desk.binding(RETENTION, now),
        checks=desk.checks,
        decide=decide,
    )
    reason = text("在回收站满 {days} 天", desk.project.locale, days=days)
    purged = 0
    for type_id in desk.project.types:
        before = now - timedelta(days=days)
        while portion := bin.oldest(desk.store, type_id, before=before, limit=_PORTION):
            done = _expire(desk, warrant, type_id, portion, reason, now)
            purged += done
            if not done:  # history that is gone; `verify` tells of it
                break
    return purged


def _expire(
    desk: Desk,
    warrant: Warrant,
    type_id: str,
    portion: Sequence[Binned],
    reason: str,
    now: datetime,
) -> int:
    versions = {one.record_id: one.version for one in portion}

    def work(change: Change) -> Mapping[str, Any]:
        still = change.past.load(type_id, list(versions), lock=True)
        there = {id: version for id, version in versions.items() if id in still}
        drafts.discard_of_records(change.store, type_id, list(there))
        return {"files": writing.purge(change, type_id, there, reason), "count": len(there)}

    answer = perform(desk.store, warrant, work, now=now, operation="bin.purge_expired")
    files.discard(desk, answer.facts["files"])
    return int(answer.facts["count"])
