"""A furnished desk and short ways to import a file as one of its people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter

from kefu_admin.operations import bulk, imports
from kefu_admin.operations.desk import Desk as Composed
from kefu_admin.store.database import Store
from kefu_admin.store.idempotency import IdempotencyKey
from kefu_admin.store.verdicts import Verdict
from tests.desks import NOW, Desk, furnish

HEADS = ("名称", "类型", "电话", "负责人", "部门")


@dataclass(frozen=True)
class Bench:
    """Short ways to take a file in, map it and run it."""

    furnished: Desk
    desk: Composed

    @property
    def store(self) -> Store:
        return self.furnished.store

    def take(
        self,
        data: bytes,
        *,
        who: str = "boss",
        type_id: str = "customer",
        name: str = "客户.csv",
        key: IdempotencyKey | None = None,
    ) -> int:
        return imports.take(
            self.desk,
            type_id,
            name,
            BytesIO(data),
            most_bytes=5_000_000,
            actor=self.furnished.people[who],
            now=NOW,
            key=key,
        )

    def staged(self, batch: int, *, who: str = "boss") -> imports.Staged:
        return imports.staged(self.desk, batch, actor=self.furnished.people[who], now=NOW)

    def choose(
        self,
        batch: int,
        mapping: Mapping[int, str] | None = None,
        key_field: str = "",
        *,
        who: str = "boss",
    ) -> None:
        if mapping is None:
            staged = self.staged(batch, who=who)
            mapping = staged.suggested
        actor = self.furnished.people[who]
        imports.choose(self.desk, batch, mapping, key_field, actor=actor, now=NOW)

    def planned(
        self,
        heads: Sequence[str],
        *lines: Sequence[object],
        key_field: str = "",
        who: str = "boss",
        type_id: str = "customer",
    ) -> int:
        """A file taken in, mapped as suggested, its lines looked at."""
        batch = self.take(written(heads, *lines), who=who, type_id=type_id)
        self.choose(batch, key_field=key_field, who=who)
        return batch

    def shown(self, batch: int, *, who: str = "boss") -> bulk.Shown:
        return bulk.get(self.desk, batch, actor=self.furnished.people[who], now=NOW)

    def run(self, batch: int, *, who: str = "boss") -> dict[Verdict, int]:
        selection = self.shown(batch, who=who).batch.selection
        bulk.run(self.desk, batch, selection, actor=self.furnished.people[who], now=NOW)
        return dict(self.shown(batch, who=who).counts)

    def errors(self, batch: int, *, who: str = "boss") -> dict[int, list[tuple[str, str]]]:
        """What is wrong with each line: (field, code)."""
        listed = bulk.rows(self.desk, batch, actor=self.furnished.people[who], now=NOW, limit=200)
        return {
            one.told.id: [(e.field, e.code) for e in one.told.errors]
            for one in listed
            if one.told.errors
        }

    def customers(self, *names: str) -> list[tuple[Any, ...]]:
        columns = ", ".join(f'"{name}"' for name in names)
        return self.store.rows(f'SELECT {columns} FROM "customer" ORDER BY "id"')


def written(heads: Sequence[str], *lines: Sequence[object]) -> bytes:
    """A CSV."""
    rows = [heads, *lines]
    return "\r\n".join(",".join(map(str, row)) for row in rows).encode("utf-8-sig")


def workbook(*rows: Sequence[object]) -> bytes:
    """An .xlsx of one sheet."""
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    return buffer.getvalue()


@pytest.fixture
def bench(store: Store) -> Bench:
    return Bench(furnish(store), Composed(store.project, store))
