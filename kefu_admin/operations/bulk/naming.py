"""Which records names in a file mean: by title, business number or another unique field, and only
those the person sees."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from kefu_admin.actor import Actor
from kefu_admin.definitions.builtin import BUILTIN_TYPES, target_type
from kefu_admin.definitions.condition import Op
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import plain, value_type
from kefu_admin.definitions.fields import Field
from kefu_admin.operations import reading
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.reading import ListRequest, TypeView
from kefu_admin.problems import FieldError, NotFound

_PORTION = 100  # names asked for at once; a page holds two records of each


class Names:
    """What names of one type's references mean; asked once for each name."""

    def __init__(self, desk: Desk, type: ContentType, *, actor: Actor, now: datetime) -> None:
        self._desk = desk
        self._type = type
        self._actor = actor
        self._now = now
        self._known: dict[tuple[str, str], set[int]] = {}

    def look_up(self, field: Field, names: Collection[str]) -> None:
        """Find what the names in a reference field mean."""
        target = target_type(value_type(field).id, field.to)
        if target in BUILTIN_TYPES:
            found = reading.named(
                self._desk, self._type.id, field.id, names, actor=self._actor, now=self._now
            )
            self._known.update({(field.id, name): ids for name, ids in found.items()})
            return
        for name in names:
            self._known[field.id, name] = set()
        view = self._view(target)
        for by in () if view is None else naming_fields(view):
            for value, (id, _) in self._found(target, by, list(names)):
                self._known.setdefault((field.id, str(value)), set()).add(id)

    def ids(self, field: Field, names: Sequence[str]) -> tuple[tuple[int, ...], list[FieldError]]:
        """The records these names mean, and what is wrong with those that mean none or several."""
        ids: list[int] = []
        wrong: list[FieldError] = []
        for name in names:
            found = self._known.get((field.id, name), set())
            if len(found) == 1:
                ids += found
            else:
                code = "import_several_such" if found else "import_no_such"
                wrong.append(FieldError(field.id, code))
        return tuple(ids), wrong

    def records(self, by: str, values: Sequence[object]) -> Mapping[object, tuple[int, int]]:
        """The record (id, version) that holds each value of a unique field of the type."""
        one = self._type.fields[by]
        found = self._found(self._type.id, by, [plain(one, value) for value in values])
        return dict(found)

    def _view(self, type_id: str) -> TypeView | None:
        try:
            return reading.type_view(self._desk, type_id, self._actor, now=self._now)
        except NotFound:
            return None

    def _found(
        self, type_id: str, by: str, values: Sequence[object]
    ) -> list[tuple[object, tuple[int, int]]]:
        """(value, record) of those that hold one of the values in a field; of a value that very
        many hold, the first ones."""
        found: list[tuple[object, tuple[int, int]]] = []
        portions = [values[at : at + _PORTION] for at in range(0, len(values), _PORTION)]
        while portions:
            portion = portions.pop()
            request = ListRequest(
                type=type_id,
                columns=(by,),
                filter={by: {"in": list(portion)}},
                limit=reading.PAGE_LIMIT,
                count=False,
            )
            page = reading.list_rows(self._desk, request, actor=self._actor, now=self._now)
            if page.next and len(portion) > 1:  # a name must not seem to be the only one
                middle = len(portion) // 2
                portions += [portion[:middle], portion[middle:]]
                continue
            found += [
                (row.values[by], (row.id, row.version))
                for row in page.rows
                if by in row.values and by not in row.masked
            ]
        return found


def naming_fields(view: TypeView) -> tuple[str, ...]:
    """The fields by which a record of the type may be named in a file: its title and its business
    numbers, where the person sees them in full."""
    fields = view.type.fields
    wanted = [view.type.title, *(n for n, one in fields.items() if one.type == "number")]
    return tuple(dict.fromkeys(n for n in wanted if is_key(view, n)))


def key_fields(view: TypeView) -> tuple[str, ...]:
    """The fields that tell a record of the type from all others, seen in full."""
    alone = {one.fields[0] for one in view.type.unique if len(one.fields) == 1 and not one.where}
    return tuple(
        name
        for name, one in view.type.fields.items()
        if (one.type == "number" or one.unique or name in alone)
        and one.type != "reference"
        and is_key(view, name)
    )


def is_key(view: TypeView, name: str) -> bool:
    """Whether records can be found by a field without a guess."""
    one = view.fields.get(name)
    return one is not None and one.full and Op.IN in one.operators
