"""What is told of a record's values: which fields, and how the audit book may keep each for ever.

Compiled once per store and type. History takes the true values; the audit book takes personal and
free text only masked or as a keyed hash, so that erasing a person never needs the book.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import plain, storage, value_type
from kefu_admin.definitions.fields import Field, PersonalClass, Storage
from kefu_admin.definitions.masks import MASKS
from kefu_admin.definitions.values import unchanged
from kefu_admin.store import audit
from kefu_admin.store.change import statements
from kefu_admin.store.change.values import Take, Values, taking
from kefu_admin.store.per_type import PerType

if TYPE_CHECKING:
    from kefu_admin.store.database import Store

Keep = Callable[["Store", object], object]


@dataclass(frozen=True, slots=True)
class Told:
    """The told fields of one type by name: `plain` ones and owned rows (`children`). `keep` makes a
    value what the audit book holds; None: it is held as it is."""

    names: tuple[str, ...]
    take: Take
    children: tuple[Field, ...]
    keep: Mapping[str, Keep | None]


def present(of: Told, values: Values) -> dict[str, object]:
    """The told values of a record that are not absent, without its owned rows."""
    return {
        name: value
        for name, value in zip(of.names, values.several(of.take), strict=True)
        if value is not None and value != ()
    }


def kept(store: Store, of: Told, values: Mapping[str, object]) -> dict[str, object]:
    """Told values as the audit book may keep them."""
    keep = of.keep
    return {
        name: None
        if value is None or value == ()
        else (value if (one := keep[name]) is None else one(store, value))
        for name, value in values.items()
    }


def _compile(store: Store, type_id: str) -> Told:
    content_type = store.project.types[type_id]
    fields = sorted(statements.of(store, content_type.id).told, key=lambda field: field.id)
    names = tuple(field.id for field in fields if field.type != "children")
    return Told(
        names=names,
        take=taking(names),
        children=tuple(field for field in fields if field.type == "children"),
        keep={field.id: _keep(content_type, field) for field in fields},
    )


told = PerType(_compile)


def _keep(content_type: ContentType, field: Field) -> Keep | None:
    if field.type == "children":
        return lambda store, value: list(cast(tuple[object, ...], value))
    same = value_type(field).plain is unchanged
    is_hashed = _is_personal(content_type, field) or bool(field.mask)
    is_hashed |= storage(field) is Storage.LONG_TEXT
    mask = MASKS[field.mask] if field.mask else None

    def keep(store: Store, value: object) -> object:
        written = value if same else plain(field, value)
        if mask is not None and isinstance(written, str):
            return mask(written)
        return audit.keyed_hash(store, str(written)) if is_hashed else written

    return None if same and not is_hashed else keep


def _is_personal(content_type: ContentType, field: Field) -> bool:
    """Whether the field is personal, or worked out from one that is."""
    if field.personal is not PersonalClass.NONE or field.encrypted:
        return True
    return field.formula is not None and any(
        _is_personal(content_type, content_type.fields[source]) for source in field.formula.fields
    )
