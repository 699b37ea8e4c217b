"""Two records side by side: what differs, and which value a merge would take unless told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kefu_admin.actor import Actor
from kefu_admin.definitions.field_types import storage
from kefu_admin.definitions.fields import Field, Storage
from kefu_admin.definitions.role import Action
from kefu_admin.operations import reading
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.merging.doing import mergeable_type
from kefu_admin.operations.reading import FieldView
from kefu_admin.problems import FieldError, Forbidden, Invalid
from kefu_admin.store.change.merging import mergeable
from kefu_admin.store.query import Row

NEEDED = {Action.MERGE.value, Action.UPDATE.value}
_NOTHING = (None, "", ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Two records as the asker sees them.

    Attributes:
        fields: those he sees in both of which one value or the other is kept, with whether they
            differ.
        adding: lists of files and owned rows: those of both are kept.
    """

    first: Row
    second: Row
    fields: tuple[tuple[Field, bool], ...]
    adding: tuple[Field, ...]

    def wanted(self, field: Field, *, kept: Row) -> Row:
        """The record whose value is kept unless told otherwise: the kept one's, where it has
        one."""
        other = self.second if kept is self.first else self.first
        return other if kept.values.get(field.id) in _NOTHING else kept


def compare(
    desk: Desk, type_id: str, first: int, second: int, *, actor: Actor, now: datetime
) -> Compared:
    """Both records with what differs between them.

    Raises:
        NotFound: the type is not merged, or one is not there or not for him.
        Forbidden: he may not merge or change one of them.
        Invalid: they are the same record.
    """
    type = mergeable_type(desk, type_id)
    if first == second:
        raise Invalid([FieldError("with", "merge_same")])
    one = reading.get(desk, type_id, first, actor=actor, now=now)
    other = reading.get(desk, type_id, second, actor=actor, now=now)
    if not one.actions >= NEEDED or not other.actions >= NEEDED:
        raise Forbidden
    view = reading.type_view(desk, type_id, actor, now=now)
    chosen = {field.id for field in mergeable(type)}
    shown = [
        field.field
        for field in view.fields.values()
        if field.id in one.values and field.id in other.values and _is_his(field)
    ]
    return Compared(
        first=one,
        second=other,
        fields=tuple(
            (field, not _same(field, one, other)) for field in shown if field.id in chosen
        ),
        adding=tuple(
            field
            for field in shown
            if field.id not in chosen and storage(field) in (Storage.FILES, Storage.ROWS)
        ),
    )


def _is_his(view: FieldView) -> bool:
    return not view.field.system and (view.seen or view.masked)


def _same(field: Field, one: Row, other: Row) -> bool:
    """Whether both hold the same, as far as he sees: two masked values never look the same."""
    mine, theirs = one.values[field.id], other.values[field.id]
    if mine in _NOTHING and theirs in _NOTHING:
        return True
    return mine == theirs and field.id not in one.masked | other.masked
