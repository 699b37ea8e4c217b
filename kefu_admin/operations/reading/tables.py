"""All that a list holds, for a file: what of it may leave, in the list's order."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from kefu_admin.actor import Actor
from kefu_admin.definitions.builtin import target_type
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import value_type
from kefu_admin.definitions.fields import Field, PersonalClass
from kefu_admin.operations.reading.lists import query_of
from kefu_admin.operations.reading.requests import ListRequest
from kefu_admin.operations.reading.sights import rules_of, sight
from kefu_admin.problems import Forbidden
from kefu_admin.store import read
from kefu_admin.store.read import Part, Sight
from kefu_admin.store.rules import Reach

if TYPE_CHECKING:
    from kefu_admin.operations.desk import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a file. `mask` is that of personal values which the actor sees in full in some
    rows (of a reference: of the title it is called by); "" for any other."""

    field: Field
    mask: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What leaves of a list. `left_out` are columns the actor sees and may not take along; `ids`
    are chosen now, the rows are read when `parts` is asked for."""

    type: ContentType
    columns: tuple[Column, ...]
    left_out: tuple[Field, ...]
    ids: array[int]
    _look: Sight

    def parts(self) -> Iterator[Part]:
        """The rows, a few hundred at a time."""
        names = tuple(column.field.id for column in self.columns)
        return read.parts(self._look, self.type.id, names, self.ids)


def table(desk: Desk, request: ListRequest, *, actor: Actor, now: datetime, most: int) -> Table:
    """All rows the request matches that may leave in a file, at most `most`.

    Raises:
        Forbidden: none may, or none of the columns.
        NotFound, UnknownParameter, Invalid, TooMany: as `list_rows`.
    """
    look = sight(desk, actor, now)
    query = query_of(desk, look, request, actor, now)
    rules = rules_of(look, query.type)
    fields = [rules.type.fields[name] for name in query.columns]
    columns = tuple(
        Column(field=field, mask=_mask(look, rules.type.id, field))
        for field in fields
        if rules.leaves(field.id)
    )
    if all(column.field.id in ("id", "version") for column in columns):
        raise Forbidden
    return Table(
        type=rules.type,
        columns=columns,
        left_out=tuple(field for field in fields if not rules.leaves(field.id)),
        ids=read.leaving(look, query, most=most),
        _look=look,
    )


Leaving = Callable[[str, str], bool]
"""Whether the values of a field (type, field) may leave by somebody."""


def leaving_fields(desk: Desk, actor: Actor, *, now: datetime) -> Leaving:
    """Which fields the actor may take along, of types he may read."""
    look = sight(desk, actor, now)

    def leaves(type_id: str, name: str) -> bool:
        rules = look.rules(type_id)
        return rules is not None and rules.leaves(name)

    return leaves


def _mask(look: Sight, type_id: str, field: Field) -> str:
    """The mask of personal values that some rows show in full."""
    target = target_type(value_type(field).id, field.to)
    rules = look.rules(target or type_id)
    if rules is None:
        return ""
    one = rules.type.fields.get(rules.type.title) if target else field
    if one is None or one.personal is PersonalClass.NONE or rules.reach(one.id) is Reach.NONE:
        return ""
    return one.mask
