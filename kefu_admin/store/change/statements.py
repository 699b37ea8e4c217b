"""The SQL of one type, compiled once per store: how its rows are read, inserted and updated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from kefu_admin.definitions.builtin import target_type
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import convert, plain, storage
from kefu_admin.definitions.fields import Field, Storage
from kefu_admin.store import columns, crypto
from kefu_admin.store.change.values import absent
from kefu_admin.store.dialect import Dialect, quoted
from kefu_admin.store.names import link_table
from kefu_admin.store.per_type import PerType
from kefu_admin.store.shapes import ColumnKind

if TYPE_CHECKING:
    from kefu_admin.store.database import Store

CHUNK = 1000  # rows a set-wise statement touches at most
PARAMETERS = 30_000  # below SQLite's 32,766

SYSTEM_KINDS = {
    "id": ColumnKind.INTEGER,
    "version": ColumnKind.INTEGER,
    "created_at": ColumnKind.INSTANT,
    "created_by": ColumnKind.INTEGER,
    "updated_at": ColumnKind.INSTANT,
    "updated_by": ColumnKind.INTEGER,
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table; `hashed` marks the look-up hash beside an encrypted field."""

    name: str
    field: Field | None  # None: a system column
    kind: ColumnKind
    hashed: bool = False
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A table of its own: the targets of a `references` field, in order."""

    field: Field
    table: str


@dataclass(frozen=True, slots=True)
class TypeSql:
    """The table of one type. `columns` is the order of SELECT and INSERT (without `id`, the first).
    `blank` are the values of a record nobody has filled in; `counted` are worked out from business
    numbers."""

    type: ContentType
    columns: tuple[Column, ...]
    by_field: Mapping[str, tuple[Column, ...]]
    links: tuple[Link, ...]
    files: tuple[Field, ...]
    children: tuple[Field, ...]
    numbers: tuple[Field, ...]
    counted: bool
    blank: Mapping[str, object]
    secrets: tuple[Field, ...]
    elsewhere: frozenset[str]  # fields whose values lie in other tables
    pointing: tuple[tuple[Field, str], ...]  # references and the type each leads to
    pointing_names: frozenset[str]
    told: tuple[Field, ...]  # what history and audit tell: not what the system or a rollup keeps
    select: str
    inserted: tuple[str, ...]  # the columns of a new row
    rows_per_insert: int


def _compile(store: Store, type_id: str) -> TypeSql:
    content_type = store.project.types[type_id]
    own = [field for field in content_type.fields.values() if not field.system]
    by_field = {field.id: _columns(field) for field in own if columns.has_column(field)}
    every = (
        *(Column(name, None, kind) for name, kind in SYSTEM_KINDS.items()),
        *(column for some in by_field.values() for column in some),
    )
    numbers = tuple(field for field in own if field.type == "number")
    links = (Storage.LINK, Storage.LINKS)
    pointing = [field for field in own if storage(field) in links and field.rollup is None]
    names = ", ".join(quoted(column.name) for column in every)
    table = quoted(content_type.id)
    return TypeSql(
        type=content_type,
        columns=every,
        by_field=by_field,
        links=tuple(
            Link(field, link_table(content_type.id, field.id))
            for field in own
            if storage(field) is Storage.LINKS
        ),
        files=tuple(field for field in own if storage(field) is Storage.FILES),
        children=tuple(field for field in own if storage(field) is Storage.ROWS),
        numbers=numbers,
        counted=any(
            field.formula and field.formula.fields & {number.id for number in numbers}
            for field in own
        ),
        blank={name: absent(field) for name, field in content_type.fields.items()},
        secrets=tuple(field for field in own if storage(field) is Storage.SECRET),
        elsewhere=frozenset(
            field.id
            for field in own
            if storage(field) in (Storage.LINKS, Storage.FILES, Storage.ROWS)
        ),
        pointing=tuple((field, target_type(field.type, field.to)) for field in pointing),
        pointing_names=frozenset(field.id for field in pointing),
        told=tuple(
            field
            for field in own
            if field.rollup is None and not (field.formula and field.formula.uses_now)
        ),
        select=f"SELECT {names} FROM {table}",
        inserted=tuple(column.name for column in every[1:]),
        rows_per_insert=min(500, PARAMETERS // len(every)),
    )


of = PerType(_compile)


def _columns(field: Field) -> tuple[Column, ...]:
    own = Column(
        field.id,
        field,
        columns.kind(field),
        secret=storage(field) is Storage.SECRET,
    )
    if not own.secret:
        return (own,)
    return own, Column(columns.hash_column(field), field, ColumnKind.TEXT, hashed=True)


# values across


def encode(store: Store, sql: TypeSql, column: Column, record_id: int, value: object) -> object:
    """A canonical value as the driver takes it. A secret of a record without an id is "": the
    cipher text is bound to the id and follows by UPDATE."""
    if value is None:
        return None
    if column.field is None:
        return store.to_db(column.kind, value)
    if column.hashed:
        return look_up_hash(store, sql.type.id, column.field, value)
    if column.secret:
        return sealed(store, sql.type.id, column.field, record_id, value) if record_id > 0 else ""
    return store.to_db(column.kind, columns.to_column(column.field, value))


def look_up_hash(store: Store, type_id: str, field: Field, value: object) -> str | None:
    """The keyed hash an encrypted value is found by; None for no value."""
    if value is None:
        return None
    text = str(plain(field, value))
    return crypto.vault_of(store).look_up(text, type_id=type_id, field=field.id)


def sealed(store: Store, type_id: str, field: Field, record_id: int, value: object) -> str:
    """The cipher text of a value in its row."""
    text = str(plain(field, value))
    keys = crypto.vault_of(store)
    return keys.seal(text, type_id=type_id, field=field.id, record_id=record_id)


def opened(store: Store, type_id: str, field: Field, record_id: int, raw: Any) -> object:
    """The value of a cipher text in its row."""
    if not raw:
        return None
    keys = crypto.vault_of(store)
    return convert(field, keys.open(raw, type_id=type_id, field=field.id, record_id=record_id))


def locked(store: Store, sql: str) -> str:
    """The SELECT with its rows locked until commit; SQLite's writer has the whole database."""
    return sql if store.dialect is Dialect.SQLITE else f"{sql} FOR UPDATE"


def marks(count: int) -> str:
    """`?, ?, ?`"""
    return ", ".join("?" * count)


def chunks(items: Sequence[Any], size: int = CHUNK) -> list[Sequence[Any]]:
    """The items in runs of at most `size`."""
    return [items[start : start + size] for start in range(0, len(items), size)]


def same(one: object, other: object) -> bool:
    """Whether two canonical values are equal, blank forms of absence included."""
    if one in (None, "", ()) and other in (None, "", ()):
        return True
    if isinstance(one, Decimal) != isinstance(other, Decimal):
        return False
    return one == other
