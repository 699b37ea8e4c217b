"""Forms begun and not yet saved, kept for the one who began them: never a record, never shown to
anybody else, gone when the form is saved or after `KEPT`.

Whether he may write the record is asked each time; what he typed is judged only when he saves.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kefu_admin.actor import Actor
from kefu_admin.definitions.role import Action
from kefu_admin.operations import reading
from kefu_admin.operations.desk import Desk
from kefu_admin.problems import FieldError, Forbidden, Invalid
from kefu_admin.store import drafts

KEPT = timedelta(days=14)
LONGEST = 512 * 1024  # characters of a form
Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What was typed, as names and texts of the form's controls; `version` is that of the record
    the form was made from, None for a new one."""

    pairs: Pairs
    version: int | None
    at: datetime


def keep(
    desk: Desk,
    type_id: str,
    record_id: int | None,
    pairs: Pairs,
    version: int | None,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Keep what was typed so far, in place of what was kept before.

    Args:
        record_id: None for a new record.

    Raises:
        NotFound: no such type or record, or none for him.
        Forbidden: he may not create or change it, or is no person.
        Invalid: it is longer than `LONGEST`.
    """
    place = _place(desk, type_id, record_id, actor, now)
    body = json.dumps(list(pairs), ensure_ascii=False, separators=(",", ":"))
    if len(body) > LONGEST:
        raise Invalid([FieldError("", "too_long", {"limit": LONGEST})])
    draft = drafts.Draft(body=body, version=version or 0, at=now)

    def write() -> None:
        with desk.store.transaction():
            drafts.keep(desk.store, place, draft)

    desk.store.retrying(write)


def find(
    desk: Desk, type_id: str, record_id: int | None, *, actor: Actor, now: datetime
) -> Draft | None:
    """His own draft of this form, None where there is none.

    Raises:
        NotFound, Forbidden: as for `keep`.
    """
    found = drafts.find(desk.store, _place(desk, type_id, record_id, actor, now))
    if found is None or found.at < now - KEPT:
        return None
    pairs = tuple((str(name), str(text)) for name, text in json.loads(found.body))
    return Draft(pairs=pairs, version=found.version or None, at=found.at)


def discard(desk: Desk, type_id: str, record_id: int | None, *, actor: Actor) -> None:
    """Delete his own draft, if there is one; whether the record is still his does not matter."""
    if actor.user_id is None:
        return
    place = drafts.Place(actor.user_id, type_id, record_id or drafts.NEW)

    def write() -> None:
        with desk.store.transaction():
            drafts.discard(desk.store, place)

    desk.store.retrying(write)


def _place(
    desk: Desk, type_id: str, record_id: int | None, actor: Actor, now: datetime
) -> drafts.Place:
    if actor.user_id is None:
        raise Forbidden
    if record_id is None:
        view = reading.type_view(desk, type_id, actor, now=now)
        may = Action.CREATE in view.actions
    else:
        row = reading.get(desk, type_id, record_id, actor=actor, now=now, columns=())
        may = Action.UPDATE.value in row.actions
    if not may:
        raise Forbidden
    return drafts.Place(actor.user_id, type_id, record_id or drafts.NEW)
