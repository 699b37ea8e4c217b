"""`kefu verify`: everything the store can check, and computed values, which need the rules."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from kefu_admin.actor import system_actor
from kefu_admin.operations.desk import Desk
from kefu_admin.store.change.rows import Reader
from kefu_admin.store.database import Store
from kefu_admin.store.read import whole
from kefu_admin.store.state import read_state, write_state
from kefu_admin.store.verify import INVARIANTS, Finding, Report
from kefu_admin.store.verify import verify as verify_store

LAST = "last_verify"  # key in kefu_state
_PORTION = 500
_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class LastVerify:
    """The last verification: when, and how many findings."""

    at: datetime
    findings: int


def verify(desk: Desk, *, now: datetime) -> Report:
    """Read the whole database again and report what is not as it should be; nothing is written."""

    def computed(store: Store, now: datetime) -> Iterator[Finding]:
        return _computed(desk, now)

    return verify_store(desk.store, now=now, invariants={**INVARIANTS, "computed": computed})


def verify_and_remember(desk: Desk, *, now: datetime, also: Sequence[Finding] = ()) -> Report:
    """Verify, and keep when it was and how many findings there were.

    Args:
        also: findings made elsewhere, told and counted first.
    """
    found = verify(desk, now=now)
    report = replace(found, findings=(*also, *found.findings))
    told = json.dumps({"at": now.isoformat(), "findings": len(report.findings)})

    def remember() -> None:
        with desk.store.transaction():
            write_state(desk.store, LAST, told)

    desk.store.retrying(remember)
    return report


def last_verify(store: Store) -> LastVerify | None:
    """When everything was last verified, None when never."""
    text = read_state(store, LAST)
    if text is None:
        return None
    told = json.loads(text)
    return LastVerify(at=datetime.fromisoformat(told["at"]), findings=told["findings"])


def _computed(desk: Desk, now: datetime) -> Iterator[Finding]:
    """Every kept computed value is what its formula gives."""
    binding = desk.binding(system_actor("verify"), now)
    for type_id, content_type in desk.project.types.items():
        if not any(field.formula is not None for field in content_type.fields.values()):
            continue
        last, shown = 0, 0
        while shown < _SHOWN:
            ids = whole.ids_after(desk.store, type_id, last, limit=_PORTION)
            if not ids:
                break
            last = ids[-1]
            reader = Reader(desk.store)
            for id, record in reader.load(type_id, ids).items():
                wrong = desk.checks[type_id].recompute(
                    record.values, binding=binding, lookup=reader.lookup
                )
                for name in sorted(wrong)[: _SHOWN - shown]:
                    shown += 1
                    yield Finding.of("kept_wrong", type=type_id, field=name, id=id)
