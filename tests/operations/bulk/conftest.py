"""A furnished desk with customers to act on in bulk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from kefu_admin.operations import bulk
from kefu_admin.operations.desk import Desk as Composed
from kefu_admin.operations.reading import ListRequest
from kefu_admin.store.database import Store
from kefu_admin.store.verdicts import Verdict
from tests.desks import NOW, Desk, furnish


@dataclass(frozen=True)
class Bench:
    """Short ways to preview and run as one of the desk's people."""

    furnished: Desk
    desk: Composed

    @property
    def store(self) -> Store:
        return self.furnished.store

    def customers(self, many: int, **values: object) -> list[int]:
        """New customers of the first department, each with a name of its own."""
        own = {"kind": "company", "department": self.furnished.first, **values}
        made: list[int] = self.furnished.change(
            "boss",
            lambda change: change.create_many(
                "customer", [{"name": f"客户{n}", **own} for n in range(many)]
            ),
        )
        return made

    def preview(
        self,
        action: str,
        ids: list[int] | None = None,
        values: Mapping[str, object] | None = None,
        *,
        who: str = "boss",
        reason: str = "调岗交接",
        filter: object = None,
        now: datetime = NOW,
    ) -> int:
        request = ListRequest(
            type="customer", filter=filter, ids=tuple(ids) if ids is not None else None
        )
        return bulk.preview(
            self.desk,
            action,
            request,
            values or {},
            reason=reason,
            actor=self.furnished.people[who],
            now=now,
        )

    def shown(self, batch: int, *, who: str = "boss", now: datetime = NOW) -> bulk.Shown:
        return bulk.get(self.desk, batch, actor=self.furnished.people[who], now=now)

    def counts(self, batch: int, *, who: str = "boss") -> dict[Verdict, int]:
        return dict(self.shown(batch, who=who).counts)

    def run(self, batch: int, *, who: str = "boss", now: datetime = NOW) -> dict[Verdict, int]:
        selection = self.shown(batch, who=who, now=now).batch.selection
        bulk.run(self.desk, batch, selection, actor=self.furnished.people[who], now=now)
        return self.counts(batch, who=who)

    def verdicts(self, batch: int, *, who: str = "boss") -> dict[int, Verdict]:
        listed = bulk.rows(self.desk, batch, actor=self.furnished.people[who], now=NOW, limit=200)
        return {one.told.id: one.told.verdict for one in listed}

    def column(self, name: str) -> dict[int, Any]:
        return dict(self.store.rows(f'SELECT "id", "{name}" FROM "customer"'))


@pytest.fixture
def bench(store: Store) -> Bench:
    furnished = furnish(store)
    return Bench(furnished, Composed(store.project, store))
