"""Every rename of a type or field there ever was, and what it means for things written before.

Tables and columns are renamed by `apply`; what names them inside texts is not rewritten. A cipher
text stays bound to the first name of its field, and a history entry keeps the names of its day;
both are read through this register, which `kefu_state` holds.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from kefu_admin.store.state import read_state, write_state

if TYPE_CHECKING:
    from kefu_admin.store.database import Store

STATE = "renames"
_NAMING = (
    "kefu_history", "kefu_bin", "kefu_attachment", "kefu_search_type", "kefu_batch", "kefu_merge",
    "kefu_merge_row",
)  # fmt: skip
"""Tables whose column `type` follows a renamed type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rename:
    """One rename, in the order of their doing.

    `type` is the type the field belongs to, under the id it had afterwards; "" when a type itself
    was renamed. `at` is ISO text, UTC. `pending` until the rows that name it have followed.
    """

    type: str
    old: str
    new: str
    at: str
    pending: bool = True


@dataclass(frozen=True, slots=True)
class Renames:
    """The register as a value."""

    entries: tuple[Rename, ...] = ()

    def origin(self, type_id: str, field_id: str) -> tuple[str, str]:
        """The first names of a type and its field."""
        for entry in reversed(self.entries):
            if not entry.type and entry.new == type_id:
                type_id = entry.old
            elif entry.type == type_id and entry.new == field_id:
                field_id = entry.old
        return type_id, field_id

    def today(self, type_id: str, name: str, written_at: datetime) -> str:
        """The present name of the field that a type's row of that time calls `name`."""
        if not self.entries:
            return name
        at = written_at.isoformat()
        past, _ = self.origin(type_id, "")
        for entry in self.entries:
            if not entry.type and entry.old == past:
                past = entry.new
            elif entry.type == past and entry.old == name and at <= entry.at:
                name = entry.new
        return name


NO_RENAMES = Renames()


def read(store: Store) -> Renames:
    """The register of a database that has been applied to."""
    text = read_state(store, STATE)
    return Renames(tuple(Rename(**entry) for entry in json.loads(text))) if text else Renames()


def register(store: Store, entries: Sequence[Rename]) -> None:
    """Adds renames about to be done; one that a killed apply registered is not repeated."""
    known = list(read(store).entries)
    open_ = {(each.type, each.old, each.new) for each in known if each.pending}
    known += [each for each in entries if (each.type, each.old, each.new) not in open_]
    _write(store, known)


def follow(store: Store) -> None:
    """Lets rows that name a type or field in a column follow the pending renames, in the open
    transaction. The audit book keeps the names of its day."""
    known = list(read(store).entries)
    if not any(each.pending for each in known):
        return
    for each in known:
        if not each.pending:
            continue
        if each.type:
            store.execute(
                'UPDATE "kefu_attachment" SET "field" = ? WHERE "type" = ? AND "field" = ?',
                (each.new, each.type, each.old),
            )
            store.execute(
                'UPDATE "kefu_merge_row" SET "field" = ? WHERE "type" = ? AND "field" = ?',
                (each.new, each.type, each.old),
            )
            continue
        for table in _NAMING:
            store.execute(f'UPDATE "{table}" SET "type" = ? WHERE "type" = ?', (each.new, each.old))
    _write(store, [replace(each, pending=False) for each in known])


def _write(store: Store, entries: Sequence[Rename]) -> None:
    listed = [asdict(each) for each in entries]
    write_state(store, STATE, json.dumps(listed, ensure_ascii=False, separators=(",", ":")))
