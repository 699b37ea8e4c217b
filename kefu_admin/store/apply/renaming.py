"""Which types and fields a plan renames, for the register of renames."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import storage
from kefu_admin.definitions.fields import Field, Storage
from kefu_admin.store.changeset import RenameColumn, RenameTable, Step
from kefu_admin.store.database import Store
from kefu_admin.store.names import link_table
from kefu_admin.store.renames import Rename, Renames

_ELSEWHERE = (Storage.FILES, Storage.ROWS)


def renaming(
    store: Store, steps: tuple[Step, ...], known: Renames, *, now: datetime
) -> list[Rename]:
    """The renames of the plan, types before fields.

    A field that has neither column nor table of its own (files, owned rows) leaves no step: it is
    taken as renamed unless that is what the register knows of it last.
    """
    tables = {s.action.old: s.action.new for s in steps if isinstance(s.action, RenameTable)}
    columns = {
        (s.action.table, s.action.old, s.action.new)
        for s in steps
        if isinstance(s.action, RenameColumn)
    }
    at = now.isoformat()
    types = store.project.types
    renamed = [
        Rename(type="", old=old, new=new, at=at) for old, new in tables.items() if new in types
    ]
    for type in types.values():
        for field in _declared(type):
            key = (type.id, field.renamed_from, field.id)
            old = link_table(type.renamed_from or type.id, field.renamed_from)
            if storage(field) in _ELSEWHERE:
                is_renamed = not _is_last(known, *key)
            else:
                is_renamed = key in columns or tables.get(old) == link_table(type.id, field.id)
            if is_renamed:
                renamed.append(Rename(type=key[0], old=key[1], new=key[2], at=at))
    return renamed


def _is_last(known: Renames, type_id: str, old: str, new: str) -> bool:
    """Whether of these two names the field has the new one since its last rename."""
    between = [e.new for e in known.entries if e.type == type_id and {e.old, e.new} == {old, new}]
    return between[-1:] == [new]


def _declared(type: ContentType) -> Iterator[Field]:
    return (field for field in type.fields.values() if field.renamed_from)
