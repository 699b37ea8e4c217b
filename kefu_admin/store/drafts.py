"""Forms begun and not yet saved: one per person, type and record. Nothing here is a record.

What was typed may be personal, so it lies sealed, bound to its person, type and record, and nobody
else is ever given it. Saving the form deletes it; what is never taken up again is forgotten.
Rule: reliability-security D25.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from kefu_admin.store.crypto import CannotOpen, vault_of
from kefu_admin.store.faults import BusyBeforeCommit, Constraint, ConstraintBroken
from kefu_admin.store.shapes import ColumnKind

if TYPE_CHECKING:
    from kefu_admin.store.database import Store

NEW = 0
"""The record id of a form that makes a new record."""
_TYPE = "kefu_draft"


@dataclass(frozen=True, slots=True)
class Place:
    """Whose draft of which form."""

    person_id: int
    type_id: str
    record_id: int = NEW


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What was typed, as it was given; `version` is that of the record the form was made from, 0
    for a new one."""

    body: str
    version: int
    at: datetime


def keep(store: Store, place: Place, draft: Draft) -> None:
    """Write it in the open transaction, in place of the one before."""
    sealed = vault_of(store).seal(
        draft.body, type_id=_TYPE, field=_field(place), record_id=place.person_id
    )
    at = store.to_db(ColumnKind.INSTANT, draft.at)
    written = store.execute(
        'UPDATE "kefu_draft" SET "version" = ?, "body" = ?, "at" = ?'
        ' WHERE "person_id" = ? AND "type" = ? AND "record_id" = ?',
        (draft.version, sealed, at, place.person_id, place.type_id, place.record_id),
    )
    if written.rowcount:
        return
    try:
        store.execute(
            'INSERT INTO "kefu_draft" ("version", "body", "at", "person_id", "type", "record_id")'
            " VALUES (?, ?, ?, ?, ?, ?)",
            (draft.version, sealed, at, place.person_id, place.type_id, place.record_id),
        )
    except ConstraintBroken as error:  # the same form in another window, at the same moment
        if error.kind is Constraint.UNIQUE:
            raise BusyBeforeCommit from error
        raise


def find(store: Store, place: Place) -> Draft | None:
    """The draft, None where there is none or it cannot be opened any more."""
    row = store.row(
        'SELECT "body", "version", "at" FROM "kefu_draft"'
        ' WHERE "person_id" = ? AND "type" = ? AND "record_id" = ?',
        (place.person_id, place.type_id, place.record_id),
    )
    if row is None:
        return None
    try:
        body = vault_of(store).open(
            row[0], type_id=_TYPE, field=_field(place), record_id=place.person_id
        )
    except CannotOpen:
        return None
    return Draft(body=body, version=int(row[1]), at=store.from_db(ColumnKind.INSTANT, row[2]))


def discard(store: Store, place: Place) -> None:
    """Delete it, in the open transaction."""
    store.execute(
        'DELETE FROM "kefu_draft" WHERE "person_id" = ? AND "type" = ? AND "record_id" = ?',
        (place.person_id, place.type_id, place.record_id),
    )


def discard_of_records(store: Store, type_id: str, record_ids: Sequence[int]) -> None:
    """Delete everybody's drafts of records that are being erased for good."""
    for record_id in record_ids:
        store.execute(
            'DELETE FROM "kefu_draft" WHERE "type" = ? AND "record_id" = ?', (type_id, record_id)
        )


def forget(store: Store, *, before: datetime) -> int:
    """Delete drafts last written before an instant; returns how many."""
    at = store.to_db(ColumnKind.INSTANT, before)
    return int(store.execute('DELETE FROM "kefu_draft" WHERE "at" < ?', (at,)).rowcount)


def _field(place: Place) -> str:
    return f"{place.type_id}:{place.record_id}"
