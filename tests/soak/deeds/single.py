"""Operations on one record."""

from __future__ import annotations

import io
from collections.abc import Mapping

from kefu_admin import clock
from kefu_admin.operations import files, records
from tests.soak.deeds.deed import (
    ABSENT,
    Facts,
    binned,
    by,
    contacts_fault,
    customer,
    ids,
    numbered,
    told_fault,
    unless,
    whole_unless,
)
from tests.soak.ground import Ground

PDF = b"%PDF-1.7\n%%EOF\n"
MIB = 1024 * 1024


class Create:
    """A customer with two contacts and a business number."""

    name, repeats = "create", True

    def prepare(self, ground: Ground, mark: str) -> Facts:
        return {"name": mark}

    def do(self, ground: Ground, facts: Facts, key: str) -> None:
        values = {**facts, "kind": "company", "contacts": [{"name": "甲"}, {"name": "乙"}]}
        records.create(ground.desk, "customer", values, **by(ground, key, values))

    def state(self, ground: Ground, facts: Facts) -> str:
        made = ids(ground, "customer", "name", facts["name"])
        if not made:
            return ABSENT
        return whole_unless(
            f"{len(made)} customers" if len(made) > 1 else "",
            contacts_fault(ground, made[0], ["甲", "乙"]),
            told_fault(ground, "customer", made[0], 1),
            *(
                told_fault(ground, "contact", id, 1)
                for id in ids(ground, "contact", "customer", made[0])
            ),
            numbered(ground, made[0]),
        )


class Change:
    """A customer renamed; of his contacts one goes, one is renamed, one is new."""

    name, repeats = "change", True

    def prepare(self, ground: Ground, mark: str) -> Facts:
        return customer(ground, mark)

    def do(self, ground: Ground, facts: Facts, key: str) -> None:
        kept = facts["contacts"][0]
        values = {
            "name": facts["name"] + "改",
            "level": "b",
            "contacts": [{"id": kept, "version": 1, "name": "丙"}, {"name": "丁"}],
        }
        records.change(ground.desk, "customer", facts["id"], 1, values, **by(ground, key, values))

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
            return unless(
                ABSENT,
                contacts_fault(ground, facts["id"], ["甲", "乙"]),
                told_fault(ground, "customer", facts["id"], 1),
            )
        return whole_unless(
            "" if row == (values["name"], values["level"], 2) else f"the row is {row}",
            contacts_fault(ground, facts["id"], contacts),
            told_fault(ground, "customer", facts["id"], 2),
            *(
                told_fault(ground, "contact", id, version)
                for id, version in zip(facts["contacts"], versions, strict=True)
            ),
        )


class Stale(Change):
    """The same change, made from a version that is no longer: it must be refused."""

    name, repeats = "stale change", False

    def do(self, ground: Ground, facts: Facts, key: str) -> None:
        values = {"name": facts["name"] + "改", "level": "b"}
        records.change(ground.desk, "customer", facts["id"], 7, values, **by(ground, key, values))


class Remove:
    """A customer deleted with his contacts: all of them wait in the bin, the number stays his."""

    name, repeats = "remove", True

    def prepare(self, ground: Ground, mark: str) -> Facts:
        return customer(ground, mark)

    def do(self, ground: Ground, facts: Facts, key: str) -> None:
        asked = by(ground, key, facts["id"])
        records.remove(ground.desk, "customer", facts["id"], 1, **asked)

    def state(self, ground: Ground, facts: Facts) -> str:
        in_bin = binned(ground, "customer", [facts["id"]])
        in_bin += binned(ground, "contact", facts["contacts"])
        if ids(ground, "customer", "name", facts["name"]):
            return unless(
                ABSENT,
                contacts_fault(ground, facts["id"], ["甲", "乙"]),
                told_fault(ground, "customer", facts["id"], 1),
                f"{in_bin} rows in the bin" if in_bin else "",
            )
        return whole_unless(
            contacts_fault(ground, facts["id"], []),
            f"{in_bin} rows in the bin" if in_bin != 1 + len(facts["contacts"]) else "",
            told_fault(ground, "customer", facts["id"], 2),
            *(told_fault(ground, "contact", id, 2) for id in facts["contacts"]),
        )


class Visit:
    """A visit, which changes the count kept at its customer."""

    name, repeats = "visit", True

    def prepare(self, ground: Ground, mark: str) -> Facts:
        return customer(ground, mark)

    def do(self, ground: Ground, facts: Facts, key: str) -> None:
        values = {"customer": facts["id"], "summary": facts["name"]}
        records.create(ground.desk, "visit", values, **by(ground, key, values))

    def state(self, ground: Ground, facts: Facts) -> str:
        made = ids(ground, "visit", "customer", facts["id"])
        kept = ground.store.value(
            'SELECT "visit_count" FROM "customer" WHERE "id" = ?', (facts["id"],)
        )
        wrong = f"{len(made)} visits, counted {kept}" if len(made) != kept or kept > 1 else ""
        if not made:
            return wrong or ABSENT
        return whole_unless(wrong, told_fault(ground, "visit", made[0], 1))


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
        return whole_unless(
            f"{len(rows)} rows" if len(rows) > 1 else "",
            "" if file.is_file() and file.stat().st_size == size else "a row without its file",
        )
