"""Pick-lists: what a reference field may be set to, found by a few characters."""

from __future__ import annotations

from kefu_admin.definitions.builtin import BUILTIN_TYPES, table_name
from kefu_admin.store.dialect import Dialect, quoted
from kefu_admin.store.query import Query, Ref
from kefu_admin.store.read.page import page
from kefu_admin.store.read.sight import Sight


def picks(
    sight: Sight,
    type_id: str,
    term: str,
    *,
    limit: int,
) -> tuple[Ref, ...]:
    """Records of a type to choose from. People and departments: active ones whose name, login or
    code holds the term. Others: visible ones a quick search for the term finds, newest first."""
    if type_id in BUILTIN_TYPES:
        return _builtin(sight, type_id, term, limit)
    found = page(sight, Query(type=type_id, columns=(), search=term, limit=limit))
    return tuple(Ref(row.id, row.title) for row in found.rows)


def _builtin(sight: Sight, type_id: str, term: str, limit: int) -> tuple[Ref, ...]:
    other = "login" if type_id == "person" else "code"
    holds = "strpos" if sight.store.dialect is Dialect.POSTGRESQL else "instr"
    where, params = '"active" = 1', []
    if term:
        where += f' AND ({holds}("name", ?) > 0 OR {holds}({quoted(other)}, ?) > 0)'
        params = [term, term.casefold() if type_id == "person" else term]
    rows = sight.store.rows(
        f'SELECT "id", "name" FROM {quoted(table_name(type_id))} WHERE {where}'
        f' ORDER BY "name", "id" LIMIT {int(limit)}',
        params,
    )
    return tuple(Ref(int(id), str(name)) for id, name in rows)
