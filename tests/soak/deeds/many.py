"""Operations on several records at once, and what comes back from the bin."""

from __future__ import annotations

from kefu_admin import clock
from kefu_admin.operations import bulk, records, recycling
from kefu_admin.operations.reading import ListRequest
from tests.soak.deeds.deed import (
    ABSENT,
    Facts,
    by,
    contacts_fault,
    customer,
    ids,
    told_fault,
    unless,
    whole_unless,
)
from tests.soak.ground import Ground


class Restore:
    """A deleted customer brought back from the bin with his contacts."""

    name, repeats = "restore", True

    def prepare(self, ground: Ground, mark: str) -> Facts:
        facts = customer(ground, mark)
        now = clock.now()
        records.remove(ground.desk, "customer", facts["id"], 1, actor=ground.actor, now=now)
        return facts

    def do(self, ground: Ground, facts: Facts, key: str) -> None:
        asked = by(ground, key, facts["id"])
        recycling.restore(ground.desk, "customer", facts["id"], 2, **asked)

    def state(self, ground: Ground, facts: Facts) -> str:
        there = ids(ground, "customer", "name", facts["name"])
        version = 3 if there else 2
        faults = (
            "" if there in ([], [facts["id"]]) else f"customers {there}",
            contacts_fault(ground, facts["id"], ["甲", "乙"] if there else []),
            told_fault(ground, "customer", facts["id"], version),
            *(told_fault(ground, "contact", id, version) for id in facts["contacts"]),
        )
        return whole_unless(*faults) if there else unless(ABSENT, *faults)


class Bulk:
    """One action on several customers, previewed before; one audit line, a history row each."""

    name, repeats = "bulk", True
    many = 5

    def prepare(self, ground: Ground, mark: str) -> Facts:
        now = clock.now()
        rows = [{"name": f"{mark}.{n}", "kind": "company"} for n in range(self.many)]
        made = records.create_many(ground.desk, "customer", rows, actor=ground.actor, now=now)
        batch = bulk.preview(
            ground.desk,
            "classify",
            ListRequest(type="customer", ids=tuple(made)),
            {"level": "b"},
            actor=ground.actor,
            now=now,
        )
        shown = bulk.get(ground.desk, batch, actor=ground.actor, now=now)
        return {"ids": made, "batch": batch, "selection": shown.batch.selection}

    def do(self, ground: Ground, facts: Facts, key: str) -> None:
        asked = by(ground, key, facts["batch"])
        bulk.run(ground.desk, facts["batch"], facts["selection"], **asked)

    def state(self, ground: Ground, facts: Facts) -> str:
        marks = ", ".join("?" * self.many)
        rows = ground.store.rows(
            f'SELECT "level", "version" FROM "customer" WHERE "id" IN ({marks})',
            tuple(facts["ids"]),
        )
        told = [
            told_fault(ground, "customer", id, version, books=("kefu_history", "kefu_outbox"))
            for id, (_, version) in zip(facts["ids"], rows, strict=True)
        ]
        if rows == [(None, 1)] * self.many:
            return unless(ABSENT, *told)
        return whole_unless("" if rows == [("b", 2)] * self.many else f"the rows are {rows}", *told)
