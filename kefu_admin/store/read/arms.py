"""SQLite: how a rule "department in my departments" is asked under ORDER BY.

As one IN it would sort every visible row (254 ms at a million rows, `prototype.md`). With an index
over (department, sort key) each department is an ordered seek of at most one page, merged (1 ms).
Without one, many departments are filtered while walking the sort key's own index. PostgreSQL and
MariaDB plan the plain IN well themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kefu_admin.definitions.binding import Binding
from kefu_admin.definitions.condition import (
    All,
    Compare,
    Condition,
    Literal,
    MyDepartments,
    Op,
    Path,
)
from kefu_admin.definitions.logic import all_of
from kefu_admin.definitions.resolve import resolve
from kefu_admin.store.dialect import quoted
from kefu_admin.store.read.order import Key
from kefu_admin.store.read.select import compiled
from kefu_admin.store.read.shape import ALIAS
from kefu_admin.store.read.sight import Sight
from kefu_admin.store.rules import Rules
from kefu_admin.store.where import Fragment, joined

MOST_ARMS = 50
MANY = 5  # departments from which walking the sort key finds a page soon


def split(
    sight: Sight, rules: Rules, asked: Condition, keys: Sequence[Key]
) -> tuple[Fragment, ...]:
    """`asked` as SQL, one fragment per department that together are the same rows; none where one
    statement does."""
    parts = asked.parts if isinstance(asked, All) else (asked,)
    for part in parts:
        values = _departments(rules, part, sight.binding)
        if len(values) < 2:
            continue
        others = all_of(other for other in parts if other is not part)
        if len(values) <= MOST_ARMS and _is_indexed(sight, rules, part, keys[0]):
            return tuple(
                compiled(sight, rules.type.id, all_of((_only(part, value), others)))
                for value in values
            )
        if len(values) >= MANY and _is_indexed(sight, rules, None, keys[0]):
            return (_walked(sight, rules, part, others),)
    return ()


def _departments(rules: Rules, part: Condition, binding: Binding) -> tuple[object, ...]:
    """The departments of a rule "own department field in …"."""
    if not (
        isinstance(part, Compare)
        and part.op is Op.IN
        and isinstance(part.left, Path)
        and part.left.names == (rules.type.department,)
        and isinstance(part.right, MyDepartments | Literal)
    ):
        return ()
    values = resolve(part.right, binding)
    return values if isinstance(values, tuple) else ()


def _only(part: Condition, value: object) -> Condition:
    assert isinstance(part, Compare)
    return replace(part, op=Op.EQ, right=Literal(value))


def _is_indexed(sight: Sight, rules: Rules, part: Condition | None, key: Key) -> bool:
    """Whether an index begins with the sort key, behind the department when there is a part."""
    wanted = (key.column,) if part is None else (rules.type.department, key.column)
    if wanted == ("id",):
        return True
    return any(
        index.columns[: len(wanted)] == wanted
        for index in sight.store.layout[rules.type.id].indexes
    )


def _walked(sight: Sight, rules: Rules, part: Condition, others: Condition) -> Fragment:
    """The rows with the department's own index put out of SQLite's reach (unary plus)."""
    column = f'"{ALIAS}".{quoted(rules.type.department)}'
    of_departments = compiled(sight, rules.type.id, part)
    walked = Fragment(of_departments.text.replace(column, f"+{column}", 1), of_departments.params)
    return joined((walked, compiled(sight, rules.type.id, others)), "AND")
