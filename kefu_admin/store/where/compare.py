"""One comparison in SQL: a column with a value, or with another column.

Own columns stand bare on the left, so that indexes serve; a prefix is asked as a range. Encrypted
fields are compared by their keyed hash. The three databases differ in the names of two functions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kefu_admin.definitions.builtin import column_name
from kefu_admin.definitions.condition import (
    FormulaOperand,
    Literal,
    Me,
    MyDepartment,
    MyDepartments,
    Op,
    Operand,
    Path,
    RelativeDate,
)
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import plain, storage, value_type
from kefu_admin.definitions.fields import Field, Storage
from kefu_admin.definitions.regions import region_prefix
from kefu_admin.store import columns, crypto
from kefu_admin.store.dialect import Dialect, quoted
from kefu_admin.store.names import link_table
from kefu_admin.store.shapes import ColumnKind
from kefu_admin.store.where.fragments import Fragment, Late, joined

if TYPE_CHECKING:
    from kefu_admin.store.database import Store

OPERATORS = {Op.EQ: "=", Op.NE: "<>", Op.LT: "<", Op.LE: "<=", Op.GT: ">", Op.GE: ">="}
_LAST_CHARACTER = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)


class NoSql(ValueError):
    """A formula, or a value worked out on reading: only Python can decide it."""


@dataclass(frozen=True, slots=True)
class Column:
    """A field of a table in scope."""

    type: ContentType
    field: Field
    alias: str

    @property
    def sql(self) -> str:
        """Its own column."""
        if not columns.has_column(self.field):
            raise NoSql(f"{self.type.id}.{self.field.id}")
        return f"{quoted(self.alias)}.{quoted(column_name(self.type.id, self.field.id))}"

    @property
    def hash_sql(self) -> str:
        """The column with the keyed hash beside an encrypted one."""
        return f"{quoted(self.alias)}.{quoted(columns.hash_column(self.field))}"

    @property
    def id_sql(self) -> str:
        """The id of its row."""
        return f'{quoted(self.alias)}."id"'


def compare_columns(left: Column, op: Op, right: Column, right_sql: str, store: Store) -> Fragment:
    """`left op right`; decimals of different scales are brought to one."""
    scales = left.field.scale, right.field.scale
    if storage(left.field) is not Storage.INTEGER or scales[0] == scales[1]:
        return Fragment(f"({left.sql} {OPERATORS[op]} {right_sql})")
    common = max(scales)
    own = _scaled(left.sql, common - scales[0], store.dialect)
    other = _scaled(right_sql, common - scales[1], store.dialect)
    return Fragment(f"({own} {OPERATORS[op]} {other})")


def compare_value(left: Column, op: Op, right: Operand, store: Store) -> Fragment:
    """`left op right` for a literal or a symbol."""
    if isinstance(right, Path | FormulaOperand):
        raise NoSql(right)
    rests = storage(left.field)
    if op is Op.IS_EMPTY:
        return _is_empty(left, right == Literal(True), rests)
    if op is Op.UNDER:
        return _under(left, right, store)
    if rests is Storage.MEMBERS:
        return _has_member(left, op, right, store)
    if rests is Storage.LINKS:
        return _has_link(left, op, right, store)
    if op in (Op.CONTAINS, Op.STARTS_WITH, Op.ENDS_WITH):
        return _part_of_text(left, op, str(_literal(right)), store)
    values = _params(left, right, store)
    own = left.hash_sql if rests is Storage.SECRET else left.sql
    if op is Op.BETWEEN:
        return Fragment(f"({own} BETWEEN ? AND ?)", values)
    if op in (Op.IN, Op.NOT_IN):
        word = "IN" if op is Op.IN else "NOT IN"
        return Fragment(f"({own} {word} ({_marks(len(values))}))", values)
    return Fragment(f"({own} {OPERATORS[op]} ?)", values)


def _params(
    left: Column, right: Literal | Me | MyDepartment | MyDepartments | RelativeDate, store: Store
) -> tuple[object, ...]:
    """The right side as parameters: database values, or one that is bound late."""
    if not isinstance(right, Literal):
        return (Late(right, columns.kind(left.field)),)
    values = right.value if isinstance(right.value, tuple) else (right.value,)
    return tuple(_param(left, value, store) for value in values)


def _param(left: Column, value: object, store: Store) -> object:
    field = left.field
    if storage(field) is Storage.SECRET:
        text = str(plain(field, value))
        return crypto.vault_of(store).look_up(text, type_id=left.type.id, field=field.id)
    return store.to_db(columns.kind(field), columns.to_column(field, value))


def _is_empty(left: Column, wanted: bool, rests: Storage) -> Fragment:
    if rests is Storage.LINKS:
        exists = _link_exists(left, "")
    elif rests is Storage.FILES:
        file = quoted(f"{left.alias}_file")
        exists = Fragment(
            f'EXISTS (SELECT 1 FROM "kefu_attachment" {file} WHERE {file}."type" = ?'
            f' AND {file}."record_id" = {left.id_sql} AND {file}."field" = ?)',
            (left.type.id, left.field.id),
        )
    else:
        return Fragment(f"({left.sql} IS {'NULL' if wanted else 'NOT NULL'})")
    return Fragment(f"({'NOT ' if wanted else ''}{exists.text})", exists.params)


def _part_of_text(left: Column, op: Op, part: str, store: Store) -> Fragment:
    own = left.sql
    if op is Op.CONTAINS:
        return _found(own, part, store)
    if op is Op.STARTS_WITH:
        after = _after_prefix(part)
        if after is None:
            return Fragment(f"({own} >= ?)", (part,))
        return Fragment(f"({own} >= ? AND {own} < ?)", (part, after))
    if store.dialect is Dialect.SQLITE:
        return Fragment(f"(substr({own}, -{len(part)}) = ?)", (part,))
    return Fragment(f"(right({own}, {len(part)}) = ?)", (part,))


def _found(own: str, part: str, store: Store) -> Fragment:
    function = "strpos" if store.dialect is Dialect.POSTGRESQL else "instr"
    return Fragment(f"({function}({own}, ?) > 0)", (part,))


def _after_prefix(prefix: str) -> str | None:
    """The least text, by code point, greater than all that begin with the prefix."""
    while prefix:
        last = ord(prefix[-1])
        if last < _LAST_CHARACTER:
            following = last + 1
            if following in _SURROGATES:
                following = _SURROGATES.stop
            return prefix[:-1] + chr(following)
        prefix = prefix[:-1]
    return None


def _has_member(left: Column, op: Op, right: Operand, store: Store) -> Fragment:
    members = _several(right)
    parts = [_found(left.sql, f"|{member}|", store) for member in members]
    return joined(parts, "AND" if op is Op.HAS_ALL else "OR")


def _has_link(
    left: Column,
    op: Op,
    right: Literal | Me | MyDepartment | MyDepartments | RelativeDate,
    store: Store,
) -> Fragment:
    if not isinstance(right, Literal):
        late = Late(right, ColumnKind.INTEGER)
        return _link_exists(left, "IN (?)", (late,))
    ids = _several(right)
    if op is Op.HAS_ALL:
        return joined((_link_exists(left, "= ?", (id,)) for id in ids), "AND")
    return _link_exists(left, f"IN ({_marks(len(ids))})", ids)


def _link_exists(left: Column, target: str, params: tuple[object, ...] = ()) -> Fragment:
    """Whether the field refers to a target of which `target` is true, or with "" to any."""
    table = quoted(link_table(left.type.id, left.field.id))
    link = quoted(f"{left.alias}_link")
    more = f' AND {link}."target_id" {target}' if target else ""
    return Fragment(
        f'(EXISTS (SELECT 1 FROM {table} {link} WHERE {link}."record_id" = {left.id_sql}{more}))',
        params,
    )


def _under(left: Column, right: Operand, store: Store) -> Fragment:
    if value_type(left.field).id == "region":
        prefix = region_prefix(str(_literal(right)))
        return _part_of_text(left, Op.STARTS_WITH, prefix, store)
    assert isinstance(right, Literal | MyDepartment)
    below = (
        f'({left.sql} IN (SELECT "lower"."id" FROM "kefu_department" "upper",'
        ' "kefu_department" "lower" WHERE "upper"."id" = ?'
        ' AND substr("lower"."path", 1, length("upper"."path")) = "upper"."path"))'
    )
    return Fragment(below, _params(left, right, store))


def _scaled(own: str, places: int, dialect: Dialect) -> str:
    """The integer with more places; wide enough not to overflow.

    SQLite turns a product beyond 64 bits into a float at least as large as any integer it is
    compared with, so the order stays right.
    """
    if places == 0:
        return own
    if dialect is Dialect.SQLITE:
        return f"({own} * {10**places})"
    wide = "numeric" if dialect is Dialect.POSTGRESQL else "DECIMAL(40, 0)"
    return f"(CAST({own} AS {wide}) * {10**places})"


def _several(right: Operand) -> tuple[object, ...]:
    value = _literal(right)
    return value if isinstance(value, tuple) else (value,)


def _literal(right: Operand) -> object:
    assert isinstance(right, Literal), right
    return right.value


def _marks(count: int) -> str:
    return ", ".join("?" * count)
