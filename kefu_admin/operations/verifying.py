"""`kefu verify`: everything the store can check, and computed values, which need the rules."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from kefu_admin.actor import system_actor
from kefu_admin.operations.desk import Desk
from kefu_admin.store.change.rows import Reader
from kefu_admin.store.database import Store
from kefu_admin.store.verify import INVARIANTS, Finding, Report
from kefu_admin.store.verify import verify as verify_store

_PORTION = 500
_SHOWN = 20


def verify(desk: Desk, *, now: datetime) -> Report:
    """Read the whole database again and report what is not as it should be; nothing is written."""

    def computed(store: Store, now: datetime) -> Iterator[Finding]:
        return _computed(desk, now)

    return verify_store(desk.store, now=now, invariants={**INVARIANTS, "computed": computed})


def _computed(desk: Desk, now: datetime) -> Iterator[Finding]:
    """Every kept computed value is what its formula gives."""
    binding = desk.binding(system_actor("verify"), now)
    for type_id, content_type in desk.project.types.items():
        if not any(field.formula is not None for field in content_type.fields.values()):
            continue
        last, shown = 0, 0
        while shown < _SHOWN:
            ids = desk.store.rows(
                f'SELECT "id" FROM "{type_id}" WHERE "id" > ? ORDER BY "id" LIMIT ?',  # noqa: S608
                (last, _PORTION),
            )
            if not ids:
                break
            last = int(ids[-1][0])
            reader = Reader(desk.store)
            for id, record in reader.load(type_id, [int(one) for (one,) in ids]).items():
                wrong = desk.checks[type_id].recompute(
                    record.values, binding=binding, lookup=reader.lookup
                )
                for name in sorted(wrong)[: _SHOWN - shown]:
                    shown += 1
                    yield Finding.of("kept_wrong", type=type_id, field=name, id=id)
