"""The conditions of a list of technical rows, newest first, joined with AND."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from kefu_admin.store.dialect import quoted


def narrowed(
    *, states: Collection[StrEnum] = (), before_id: int | None = None, **equal: object
) -> tuple[str, tuple[object, ...]]:
    """The WHERE clause ("" for all rows) and its parameters.

    Args:
        states: the row's `state` is one of these.
        before_id: where the page begins.
        equal: columns and what they hold; None and "" ask for nothing.
    """
    tests: list[str] = []
    params: list[object] = []
    for name, value in equal.items():
        if value is not None and value != "":
            tests.append(f"{quoted(name)} = ?")
            params.append(value)
    if states:
        tests.append(f'"state" IN ({", ".join("?" * len(states))})')
        params += sorted(states)
    if before_id is not None:
        tests.append('"id" < ?')
        params.append(before_id)
    return (f" WHERE {' AND '.join(tests)}" if tests else ""), tuple(params)
