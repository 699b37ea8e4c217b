"""SQLite: a page is often found among the next few rows of the order, whoever sees most of them and
whatever very many records hold.

`arms` asks each department by itself, which is sure but costs a seek and a sort for each. Before
that, the next rows of the sort key's own index are looked through: where they hold a page the asker
may see, that is the answer. Where they do not, his rights are not asked this way again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kefu_admin.store import search
from kefu_admin.store.dialect import Dialect, quoted
from kefu_admin.store.read.order import Key, order_by
from kefu_admin.store.read.select import run
from kefu_admin.store.read.shape import ALIAS, Shape
from kefu_admin.store.read.sight import Sight
from kefu_admin.store.rules import Rules
from kefu_admin.store.where import Fragment

LOOKED_THROUGH = 4  # pages of rows; more would cost what a failure must not
ASKED_EACH = 1_000  # rows, where each is asked of the search index by itself


def nearby(
    sight: Sight,
    rules: Rules,
    picked: Shape,
    where: Fragment,
    keys: tuple[Key, ...],
    place: tuple[str, tuple[object, ...]],
    limit: int,
    through: int | None = None,
) -> list[tuple[Any, ...]] | None:
    """A page of `limit` visible rows with their sort values in front, in order; None when the next
    rows hold fewer, or the order has no index of its own.

    Args:
        place: the condition (without `Late` parameters) from where the list goes on, ("", ()) at
            its beginning.
        through: how many rows to look through, for a question not to be asked again (`far`).
    """
    if sight.store.dialect is not Dialect.SQLITE or not _is_indexed(sight, rules, keys):
        return None
    key = ("nearby", rules.type.id, sight.grants.key, sight.binding.departments_below, where, keys)
    futile = sight.memo.texts
    if through == 0 or (through is None and key in futile):
        return None
    columns, column_params = picked.select
    sorted_by = ", ".join(f'{one.sql(ALIAS)} AS "k{i}"' for i, one in enumerate(keys))
    order = order_by(keys, Dialect.SQLITE, [one.sql(ALIAS) for one in keys])
    after, after_params = place
    near = (
        f'SELECT * FROM {quoted(rules.type.id)} AS "{ALIAS}"{after and f" WHERE {after}"}'
        f" ORDER BY {order} LIMIT {through or LOOKED_THROUGH * limit}"
    )
    text = (
        f'SELECT {sorted_by}, {columns} FROM ({near}) AS "{ALIAS}" WHERE {where.text} LIMIT {limit}'
    )
    found = run(sight, text, (*column_params, *after_params, *where.params))
    if len(found) < limit:
        if through is None:
            futile[key] = True
        return None
    _sort(found, keys)
    return found


def far(sight: Sight, rules: Rules, hits: int, limit: int) -> int:
    """How many rows to look through for a page of those a search has found, by their share of all
    rows; 0 where sorting every hit costs less."""
    rows = int(sight.store.value(f'SELECT COALESCE(MAX("id"), 0) FROM {quoted(rules.type.id)}'))
    through = LOOKED_THROUGH * limit * rows // hits
    if hits > search.COMMON:
        return min(through, ASKED_EACH)
    return through if through <= hits else 0


def _is_indexed(sight: Sight, rules: Rules, keys: Sequence[Key]) -> bool:
    """Whether the whole order lies in one index (the id ends every index of SQLite)."""
    wanted = tuple(key.column for key in keys if key.column != "id")
    if len({key.descending for key in keys}) > 1:
        return False
    return not wanted or any(
        index.columns[: len(wanted)] == wanted and set(index.columns[len(wanted) :]) <= {"id"}
        for index in sight.store.layout[rules.type.id].indexes
    )


def _sort(found: list[tuple[Any, ...]], keys: Sequence[Key]) -> None:
    """The rows come in order already; SQL promises it only where ORDER BY is written, and there it
    would sort before it stops."""
    for place in reversed(range(len(keys))):
        found.sort(
            key=lambda row, at=place: (row[at] is not None, row[at]),  # type: ignore[misc]
            reverse=keys[place].descending,
        )
