"""Pick-lists: what a reference field may be set to, found by a few characters."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from kefu_admin.definitions.builtin import BUILTIN_TYPES, table_name
from kefu_admin.store.dialect import Dialect, quoted
from kefu_admin.store.query import Query, Ref
from kefu_admin.store.read.page import page
from kefu_admin.store.read.select import marks
from kefu_admin.store.read.sight import Sight

_PORTION = 400  # names asked for at once


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


def named(sight: Sight, type_id: str, names: Collection[str]) -> Mapping[str, set[int]]:
    """The active people or departments of exactly these names, logins or codes."""
    other = "login" if type_id == "person" else "code"
    found: dict[str, set[int]] = {name: set() for name in names}
    by_code: dict[str, list[str]] = {}
    for name in names:
        by_code.setdefault(name.casefold() if type_id == "person" else name, []).append(name)
    every = sorted(names)
    for start in range(0, len(every), _PORTION):
        part = every[start : start + _PORTION]
        codes = [name.casefold() if type_id == "person" else name for name in part]
        rows = sight.store.rows(
            f'SELECT "id", "name", {quoted(other)} FROM {quoted(table_name(type_id))}'
            f' WHERE "active" = 1 AND ("name" IN ({marks(part)})'
            f" OR {quoted(other)} IN ({marks(codes)}))",
            (*part, *codes),
        )
        for id, name, code in rows:
            for text in (name, *by_code.get(code, ())):
                if text in found:
                    found[text].add(int(id))
    return found
