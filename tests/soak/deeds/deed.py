"""What a deed is, and what all of them ask of the tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from kefu_admin import clock
from kefu_admin.operations import files, records
from kefu_admin.store.idempotency import idempotency_key
from tests.soak.ground import Ground

ABSENT = "absent"
WHOLE = "whole"
BOOKS = ("kefu_history", "kefu_audit", "kefu_outbox")

Facts = Mapping[str, Any]


class Deed(Protocol):
    """One operation of the product. `repeats`: the same key makes sending it again harmless."""

    name: str
    repeats: bool

    def prepare(self, ground: Ground, mark: str) -> Facts:
        """Make what it acts on; answers JSON that says which one. `mark` is like no other."""

    def do(self, ground: Ground, facts: Facts, key: str) -> None:
        """Do it; returning is the acknowledgement. Raises a Refusal when it is refused."""

    def state(self, ground: Ground, facts: Facts) -> str:
        """ABSENT, WHOLE, or a sentence on what is half or double."""


def stray_files(ground: Ground) -> list[str]:
    """Files no row names and nothing will sweep away."""
    top = ground.store.data_directory / files.DIRECTORY
    known = {row[0] for row in ground.store.rows('SELECT "path" FROM "kefu_attachment"')}
    swept = {one.name.removeprefix(".") for one in top.glob(".*")}
    return [
        f"stray file {path.name}"
        for path in top.glob("*/*")
        if str(path.relative_to(ground.store.data_directory)) not in known
        and path.name not in swept
    ]


def by(ground: Ground, key: str, body: object) -> dict[str, Any]:
    return {
        "actor": ground.actor,
        "now": clock.now(),
        "key": idempotency_key(key, body),
    }


def customer(ground: Ground, mark: str) -> Facts:
    """A customer with two contacts, to be acted on."""
    values = {"name": mark, "kind": "company", "contacts": [{"name": "甲"}, {"name": "乙"}]}
    made = records.create(ground.desk, "customer", values, actor=ground.actor, now=clock.now())
    code = ground.store.value('SELECT "code" FROM "customer" WHERE "id" = ?', (made.id,))
    contacts = ids(ground, "contact", "customer", made.id)
    return {"id": made.id, "name": mark, "code": code, "contacts": contacts}


def ids(ground: Ground, table: str, column: str, value: object) -> list[int]:
    sql = f'SELECT "id" FROM "{table}" WHERE "{column}" = ? ORDER BY "id"'
    return [int(id) for (id,) in ground.store.rows(sql, (value,))]


def count(ground: Ground, table: str, column: str, value: object) -> int:
    sql = f'SELECT COUNT(*) FROM "{table}" WHERE "{column}" = ?'
    return int(ground.store.value(sql, (value,)))


def binned(ground: Ground, type_id: str, ids: list[int]) -> int:
    sql = 'SELECT "record_id" FROM "kefu_bin" WHERE "type" = ?'
    return sum(1 for (id,) in ground.store.rows(sql, (type_id,)) if id in ids)


def contacts_fault(ground: Ground, customer: int, wanted: list[str]) -> str:
    sql = 'SELECT "name" FROM "contact" WHERE "customer" = ? ORDER BY "id"'
    found = [name for (name,) in ground.store.rows(sql, (customer,))]
    return "" if found == wanted else f"the contacts are {found}"


def numbered(ground: Ground, customer: int) -> str:
    code = ground.store.value('SELECT "code" FROM "customer" WHERE "id" = ?', (customer,))
    return "" if code else "no number"


def told_fault(
    ground: Ground, type_id: str, id: int, version: int, *, books: Sequence[str] = BOOKS
) -> str:
    """Whether history, audit and outbox each tell of every version up to this one, once."""
    for table in books:
        sql = (
            f'SELECT "version" FROM "{table}" WHERE "type" = ? AND "record_id" = ?'
            ' ORDER BY "version"'
        )
        found = [version for (version,) in ground.store.rows(sql, (type_id, id))]
        if found != [*range(1, version + 1)]:
            return f"{table} tells of versions {found} of {type_id} {id}, not 1 to {version}"
    return ""


def whole_unless(*faults: str) -> str:
    return unless(WHOLE, *faults)


def unless(sound: str, *faults: str) -> str:
    return next(iter(_wrong(faults)), sound)


def _wrong(faults: tuple[str, ...]) -> Iterator[str]:
    return (fault for fault in faults if fault)
