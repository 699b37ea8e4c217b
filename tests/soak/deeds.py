"""Operations a crash run does, on the operations layer.

A deed prepares what it acts on, is done, and says by plain SQL on the tables whether it has
happened: wholly, once; not at all; or what is half about it. It knows nothing of the run.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from kefu_admin import clock
from kefu_admin.operations import files, records
from kefu_admin.store.idempotency import idempotency_key
from tests.soak.ground import Ground

ABSENT = "absent"
WHOLE = "whole"
PDF = b"%PDF-1.7\n%%EOF\n"
MIB = 1024 * 1024

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


class Create:
    """A customer with two contacts and a business number."""

    name, repeats = "create", True

    def prepare(self, ground: Ground, mark: str) -> Facts:
        return {"name": mark}

    def do(self, ground: Ground, facts: Facts, key: str) -> None:
        values = {**facts, "kind": "company", "contacts": [{"name": "甲"}, {"name": "乙"}]}
        records.create(ground.desk, "customer", values, **_by(ground, key, values))

    def state(self, ground: Ground, facts: Facts) -> str:
        made = _ids(ground, "customer", "name", facts["name"])
        if not made:
            return ABSENT
        return _first(
            f"{len(made)} customers" if len(made) > 1 else "",
            _contacts(ground, made[0], ["甲", "乙"]),
            _told(ground, "customer", made[0], 1),
            *(
                _told(ground, "contact", id, 1)
                for id in _ids(ground, "contact", "customer", made[0])
            ),
            _counted(ground, made[0]),
        )


class Change:
    """A customer renamed; of his contacts one goes, one is renamed, one is new."""

    name, repeats = "change", True

    def prepare(self, ground: Ground, mark: str) -> Facts:
        return _customer(ground, mark)

    def do(self, ground: Ground, facts: Facts, key: str) -> None:
        kept = facts["contacts"][0]
        values = {
            "name": facts["name"] + "改",
            "level": "b",
            "contacts": [{"id": kept, "version": 1, "name": "丙"}, {"name": "丁"}],
        }
        records.change(ground.desk, "customer", facts["id"], 1, values, **_by(ground, key, values))

    def state(self, ground: Ground, facts: Facts) -> str:
        return self.between(
            ground, facts, {"name": facts["name"] + "改", "level": "b"}, ["丙", "丁"]
        )

    def between(
        self,
        ground: Ground,
        facts: Facts,
        values: Mapping[str, str],
        contacts: list[str],
        versions: tuple[int, int] = (2, 2),
    ) -> str:
        """Whether the customer is as it was, or as it should be now; `versions` of the contacts
        there were (of a deleted one its last)."""
        row = ground.store.row(
            'SELECT "name", "level", "version" FROM "customer" WHERE "id" = ?', (facts["id"],)
        )
        if row == (facts["name"], None, 1):
            return _unless(
                ABSENT,
                _contacts(ground, facts["id"], ["甲", "乙"]),
                _told(ground, "customer", facts["id"], 1),
            )
        return _first(
            "" if row == (values["name"], values["level"], 2) else f"the row is {row}",
            _contacts(ground, facts["id"], contacts),
            _told(ground, "customer", facts["id"], 2),
            *(
                _told(ground, "contact", id, version)
                for id, version in zip(facts["contacts"], versions, strict=True)
            ),
        )


class Stale(Change):
    """The same change, made from a version that is no longer: it must be refused."""

    name, repeats = "stale change", False

    def do(self, ground: Ground, facts: Facts, key: str) -> None:
        values = {"name": facts["name"] + "改", "level": "b"}
        records.change(ground.desk, "customer", facts["id"], 7, values, **_by(ground, key, values))


class Remove:
    """A customer deleted with his contacts: all of them wait in the bin, the number stays his."""

    name, repeats = "remove", True

    def prepare(self, ground: Ground, mark: str) -> Facts:
        return _customer(ground, mark)

    def do(self, ground: Ground, facts: Facts, key: str) -> None:
        by = _by(ground, key, facts["id"])
        records.remove(ground.desk, "customer", facts["id"], 1, **by)

    def state(self, ground: Ground, facts: Facts) -> str:
        binned = _binned(ground, "customer", [facts["id"]])
        binned += _binned(ground, "contact", facts["contacts"])
        if _ids(ground, "customer", "name", facts["name"]):
            return _unless(
                ABSENT,
                _contacts(ground, facts["id"], ["甲", "乙"]),
                _told(ground, "customer", facts["id"], 1),
                f"{binned} rows in the bin" if binned else "",
            )
        return _first(
            _contacts(ground, facts["id"], []),
            f"{binned} rows in the bin" if binned != 1 + len(facts["contacts"]) else "",
            _told(ground, "customer", facts["id"], 2),
            *(_told(ground, "contact", id, 2) for id in facts["contacts"]),
        )


class Visit:
    """A visit, which changes the count kept at its customer."""

    name, repeats = "visit", True

    def prepare(self, ground: Ground, mark: str) -> Facts:
        return _customer(ground, mark)

    def do(self, ground: Ground, facts: Facts, key: str) -> None:
        values = {"customer": facts["id"], "summary": facts["name"]}
        records.create(ground.desk, "visit", values, **_by(ground, key, values))

    def state(self, ground: Ground, facts: Facts) -> str:
        made = _ids(ground, "visit", "customer", facts["id"])
        kept = ground.store.value(
            'SELECT "visit_count" FROM "customer" WHERE "id" = ?', (facts["id"],)
        )
        wrong = f"{len(made)} visits, counted {kept}" if len(made) != kept or kept > 1 else ""
        if not made:
            return wrong or ABSENT
        return _first(wrong, _told(ground, "visit", made[0], 1))


class Upload:
    """A file taken in; it has no key: sent again, it is another upload."""

    name, repeats = "upload", False

    def prepare(self, ground: Ground, mark: str) -> Facts:
        return {"name": f"{mark}.pdf"}

    def do(self, ground: Ground, facts: Facts, key: str) -> None:
        content = io.BytesIO(PDF + facts["name"].encode() * 100)
        files.upload(
            ground.desk,
            "customer",
            "papers",
            facts["name"],
            content,
            most_bytes=MIB,
            actor=ground.actor,
            now=clock.now(),
        )

    def state(self, ground: Ground, facts: Facts) -> str:
        rows = ground.store.rows(
            'SELECT "path", "size" FROM "kefu_attachment" WHERE "name" = ?', (facts["name"],)
        )
        if not rows:
            return ABSENT
        path, size = rows[0]
        file = ground.store.data_directory / path
        return _first(
            f"{len(rows)} rows" if len(rows) > 1 else "",
            "" if file.is_file() and file.stat().st_size == size else "a row without its file",
        )


DEEDS: tuple[Deed, ...] = (Create(), Change(), Stale(), Remove(), Visit(), Upload())
POINTED: tuple[Deed, ...] = (Create(), Change(), Remove(), Upload())  # one of each kind of writing


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


def _by(ground: Ground, key: str, body: object) -> dict[str, Any]:
    return {
        "actor": ground.actor,
        "now": clock.now(),
        "key": idempotency_key(key, body),
    }


def _customer(ground: Ground, mark: str) -> Facts:
    """A customer with two contacts, to be acted on."""
    values = {"name": mark, "kind": "company", "contacts": [{"name": "甲"}, {"name": "乙"}]}
    made = records.create(ground.desk, "customer", values, actor=ground.actor, now=clock.now())
    code = ground.store.value('SELECT "code" FROM "customer" WHERE "id" = ?', (made.id,))
    contacts = _ids(ground, "contact", "customer", made.id)
    return {"id": made.id, "name": mark, "code": code, "contacts": contacts}


def _ids(ground: Ground, table: str, column: str, value: object) -> list[int]:
    sql = f'SELECT "id" FROM "{table}" WHERE "{column}" = ? ORDER BY "id"'
    return [int(id) for (id,) in ground.store.rows(sql, (value,))]


def _count(ground: Ground, table: str, column: str, value: object) -> int:
    sql = f'SELECT COUNT(*) FROM "{table}" WHERE "{column}" = ?'
    return int(ground.store.value(sql, (value,)))


def _binned(ground: Ground, type_id: str, ids: list[int]) -> int:
    sql = 'SELECT "record_id" FROM "kefu_bin" WHERE "type" = ?'
    return sum(1 for (id,) in ground.store.rows(sql, (type_id,)) if id in ids)


def _contacts(ground: Ground, customer: int, wanted: list[str]) -> str:
    sql = 'SELECT "name" FROM "contact" WHERE "customer" = ? ORDER BY "id"'
    found = [name for (name,) in ground.store.rows(sql, (customer,))]
    return "" if found == wanted else f"the contacts are {found}"


def _counted(ground: Ground, customer: int) -> str:
    code = ground.store.value('SELECT "code" FROM "customer" WHERE "id" = ?', (customer,))
    return "" if code else "no number"


def _told(ground: Ground, type_id: str, id: int, version: int) -> str:
    """Whether history, audit and outbox each tell of every version up to this one, once."""
    for table in ("kefu_history", "kefu_audit", "kefu_outbox"):
        sql = (
            f'SELECT "version" FROM "{table}" WHERE "type" = ? AND "record_id" = ?'
            ' ORDER BY "version"'
        )
        found = [version for (version,) in ground.store.rows(sql, (type_id, id))]
        if found != [*range(1, version + 1)]:
            return f"{table} tells of versions {found} of {type_id} {id}, not 1 to {version}"
    return ""


def _first(*faults: str) -> str:
    return _unless(WHOLE, *faults)


def _unless(sound: str, *faults: str) -> str:
    return next(iter(_wrong(faults)), sound)


def _wrong(faults: tuple[str, ...]) -> Iterator[str]:
    return (fault for fault in faults if fault)
