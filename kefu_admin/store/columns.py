"""Which columns a field has, and how a canonical value crosses into them and back.

The neutral values here are what `Store.to_db` and `Store.from_db` take: whole numbers (decimals and
money scaled, times and durations in minutes), text, booleans, dates, aware instants. Encrypted
fields hold cipher text made by `store.crypto`; many-valued links, files and owned rows have no
column of their own.
"""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

from kefu_admin.definitions.builtin import table_name, target_type
from kefu_admin.definitions.dated import DatedChoices
from kefu_admin.definitions.field_types import field_type, storage, value_type
from kefu_admin.definitions.fields import Field, Storage
from kefu_admin.store.dialect import literal, quoted
from kefu_admin.store.names import digest
from kefu_admin.store.shapes import ColumnKind, ColumnShape

HASH_LENGTH = 64
_LENGTHS = {"choice": 64, "number": 64, "region": 12}
_KINDS = {
    Storage.TEXT: ColumnKind.TEXT,
    Storage.LONG_TEXT: ColumnKind.LONG_TEXT,
    Storage.INTEGER: ColumnKind.INTEGER,
    Storage.BOOLEAN: ColumnKind.BOOLEAN,
    Storage.DATE: ColumnKind.DATE,
    Storage.INSTANT: ColumnKind.INSTANT,
    Storage.MEMBERS: ColumnKind.LONG_TEXT,
    Storage.LINK: ColumnKind.INTEGER,
    Storage.SECRET: ColumnKind.LONG_TEXT,
}


def has_column(field: Field) -> bool:
    """Whether the field's own column is in the type's table."""
    if field.formula is not None and field.formula.uses_now:
        return False  # worked out on reading
    return storage(field) in _KINDS


def kind(field: Field) -> ColumnKind:
    """The kind of the field's own column; only for fields that have one."""
    return _KINDS[storage(field)]


def hash_column(field: Field) -> str:
    """The column beside an encrypted one that holds its keyed look-up hash."""
    return f"{field.id}_hash"


def columns(field: Field) -> tuple[ColumnShape, ...]:
    """The columns of a field, none for those kept in other tables."""
    if not has_column(field):
        return ()
    rests = storage(field)
    nullable = not is_always_required(field)
    if rests is Storage.SECRET:
        old = f"{field.renamed_from}_hash" if field.renamed_from else ""
        return (
            ColumnShape(
                name=field.id,
                kind=ColumnKind.LONG_TEXT,
                nullable=nullable,
                renamed_from=field.renamed_from,
                form="secret",
                is_filled=not nullable and field.backfill is not None,
            ),
            ColumnShape(
                name=hash_column(field),
                kind=ColumnKind.TEXT,
                length=HASH_LENGTH,
                renamed_from=old,
                form="hash",
            ),
        )
    return (
        ColumnShape(
            name=field.id,
            kind=_KINDS[rests],
            length=_length(field) if rests is Storage.TEXT else 0,
            nullable=nullable,
            default=None if nullable else _default(field),
            references=references(field),
            check=_check(field),
            renamed_from=field.renamed_from,
            form=form(field),
            is_filled=not nullable and field.backfill is not None,
        ),
    )


def references(field: Field) -> str:
    """The table a single link leads to, or ""."""
    if storage(field) is not Storage.LINK:
        return ""
    return table_name(target_type(value_type(field).id, field.to))


def is_always_required(field: Field) -> bool:
    """Whether every row has a value, whatever else it holds."""
    return (
        field.required.always
        and field.required.condition is None
        and field.visible.always
        and field.visible.condition is None
    )


def to_column(field: Field, value: object) -> object:
    """A canonical value as the neutral value of the field's column; `()` and "" rest as NULL."""
    if value is None or value == () or value == "":
        return None
    rests = storage(field)
    if rests is Storage.INTEGER:
        if isinstance(value, Decimal):
            return int(value.scaleb(field.scale).to_integral_exact())
        if isinstance(value, time):
            return value.hour * 60 + value.minute
    elif rests is Storage.MEMBERS:
        assert isinstance(value, tuple)
        return "|" + "|".join(value) + "|"
    return value


def from_column(field: Field, raw: object) -> object:
    """The inverse of `to_column`; NULL is `()` for many-valued fields, else None."""
    rests = storage(field)
    if rests is Storage.MEMBERS:
        return tuple(str(raw).strip("|").split("|")) if raw else ()
    if raw is None:
        return None
    if rests is Storage.INTEGER:
        shown = value_type(field).id
        if shown in ("decimal", "money"):
            return Decimal(int(str(raw))).scaleb(-field.scale)
        if shown == "time":
            return time(*divmod(int(str(raw)), 60))
    return raw


def _length(field: Field) -> int:
    return _LENGTHS.get(value_type(field).id, field.max_length)


def form(field: Field) -> str:
    """How the value is written where the kind of column does not tell. Members carry the digest of
    the choices they are taken from: no check of the database's looks at them."""
    if storage(field) is Storage.SECRET:
        return "secret"
    shown = value_type(field).id
    if shown in ("decimal", "money"):
        return f"scale{field.scale}"
    if shown == "time":
        return "time"
    if shown == "duration":
        return "minutes"
    if storage(field) is not Storage.MEMBERS:
        return ""
    if not field.choices or isinstance(field.choices, DatedChoices):
        return "members"
    return f"members {digest(' '.join(sorted(choice.id for choice in field.choices)))}"


def _default(field: Field) -> str | int | None:
    """A constant the database fills in; `$me` and the like are filled in by the writer."""
    value = field.default
    if value is None or (isinstance(value, str) and value.startswith("$")):
        return None
    neutral = to_column(field, value)
    if isinstance(neutral, bool):
        return int(neutral)
    if isinstance(neutral, int):
        return neutral
    if isinstance(neutral, str) and "\\" not in neutral:
        return neutral
    if type(neutral) is date:
        return neutral.isoformat()
    return None


def _check(field: Field) -> str:
    """What every value must meet, as portable SQL."""
    name = quoted(field.id)
    if field_type(field).id == "choice":
        if isinstance(field.choices, DatedChoices):
            return ""  # rows say which there are; `verify` compares
        ids = ", ".join(literal(choice.id) for choice in field.choices)
        return f"{name} IN ({ids})" if ids else ""
    rests = storage(field)
    if rests is Storage.BOOLEAN:
        return f"{name} IN (0, 1)"
    if rests is not Storage.INTEGER:
        return ""
    parts = []
    for bound, operator in ((field.min, ">="), (field.max, "<=")):
        neutral = to_column(field, bound)
        if isinstance(neutral, int):
            parts.append(f"{name} {operator} {neutral}")
    return " AND ".join(parts)
