"""Writing what must be unique is a way to ask what others hold.

Where a rule of uniqueness covers a value the writer may not read, every write that could collide
tries one guess: the refusal would confirm it, success would rule it out. So it counts as an exact
look-up of the value: as many an hour, and told in the audit book as the change it is.

Rule: reliability-security D02, S05.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from kefu_admin.store import throttle
from kefu_admin.store.change import statements
from kefu_admin.store.change.trouble import unique_keys
from kefu_admin.store.change.values import Draft, Kind
from kefu_admin.store.dialect import quoted

if TYPE_CHECKING:
    from kefu_admin.store.change.unit import Change

HOUR = 3600


def spend(change: Change, drafts: Iterable[Draft]) -> None:
    """Count the guesses among the drafts, in the open transaction.

    Costs nothing for a writer who sees the values, and a statement per rule for one who does not.

    Raises:
        TooMany: more than `search_per_hour` within an hour.
    """
    actor = change.warrant.actor
    limit = throttle.Limit(count=change.store.project.search_per_hour, seconds=HOUR)
    who = actor.login if actor.user_id is None else str(actor.user_id)
    keys: dict[str, tuple[tuple[str, ...], ...]] = {}
    for draft in drafts:
        if draft.kind is Kind.REMOVE:
            continue
        type_id = draft.type.id
        if type_id not in keys:
            keys[type_id] = tuple(fields for _, _, fields in unique_keys(change.store, type_id))
        for fields in keys[type_id]:
            if not draft.changed.isdisjoint(fields) and _is_guess(change, draft, fields):
                throttle.spend(change.store, f"search:{who}", limit, now=change.now)


def _is_guess(change: Change, draft: Draft, fields: tuple[str, ...]) -> bool:
    """Whether another record holds the same in all of the fields the writer sees."""
    if draft.held.see.issuperset(fields):
        return False
    if any(draft.after[name] in (None, "", ()) for name in fields):
        return False  # absent values never collide
    store, sql = change.store, statements.of(change.store, draft.type.id)
    tests = ['"id" <> ?']
    params: list[object] = [draft.id]
    for name in draft.held.see.intersection(fields):
        column = sql.by_field[name][-1]  # of an encrypted field its hash
        tests.append(f"{quoted(column.name)} = ?")
        params.append(statements.encode(store, sql, column, draft.id, draft.after[name]))
    text = f"SELECT 1 FROM {quoted(draft.type.id)} WHERE {' AND '.join(tests)} LIMIT 1"
    return store.row(text, params) is not None
