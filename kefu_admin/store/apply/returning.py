"""Back to an earlier release: what has been renamed since gets its name of then again.

The files of a release say nothing of later renames. Taken as they are, a type would be made anew,
empty, beside the rows it once had; so the register of renames is read backwards. It does not matter
who brings the release back: `kefu rollback`, the apply that finishes one, or a person who checked
the files out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.project import Project
from kefu_admin.store.apply.activation import fingerprint
from kefu_admin.store.database import Store
from kefu_admin.store.renames import Rename
from kefu_admin.store.shapes import ColumnKind


def returned(store: Store) -> Project:
    """The store's project; of an earlier release with `renamed_from` for all that was renamed since
    it was the applied one."""
    since = _applied_last(store)
    if since is None:
        return store.project
    done = [
        each
        for each in store.renames.entries
        if not each.pending and datetime.fromisoformat(each.at) > since
    ]
    if not done:
        return store.project
    types = {id: _type(one, store.project, done) for id, one in store.project.types.items()}
    return replace(store.project, types=types)


def _applied_last(store: Store) -> datetime | None:
    """When the project's config was applied last; None when it never was, or is now."""
    with store.connection():
        if "kefu_definition" not in store.database.get_tables():
            return None
        if fingerprint(store) == store.project.fingerprint:
            return None
        at = store.value(
            'SELECT MAX("activated_at") FROM "kefu_definition" WHERE "fingerprint" = ?',
            (store.project.fingerprint,),
        )
    since: datetime | None = store.from_db(ColumnKind.INSTANT, at)
    return since


def _type(one: ContentType, project: Project, done: Sequence[Rename]) -> ContentType:
    fields = {}
    for id, field in one.fields.items():
        _, now = _now(one.id, id, done)
        is_moved = now != id and now not in one.fields
        fields[id] = replace(field, renamed_from=now) if is_moved else field
    now, _ = _now(one.id, "", done)
    if now != one.id and now not in project.types:
        return replace(one, fields=fields, renamed_from=now)
    return replace(one, fields=fields)


def _now(type_id: str, field_id: str, done: Sequence[Rename]) -> tuple[str, str]:
    """What a type and its field are called after these renames."""
    for each in done:
        if not each.type and each.old == type_id:
            type_id = each.new
        elif each.type == type_id and each.old == field_id:
            field_id = each.new
    return type_id, field_id
