"""A desk whose customers may be merged, with everything that can point at one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest

from kefu_admin.definitions.content_type import Unique
from kefu_admin.definitions.project import Project
from kefu_admin.operations import files, merging
from kefu_admin.operations.desk import Desk as Composed
from kefu_admin.operations.job_kinds import KINDS
from kefu_admin.operations.merging import Merged
from kefu_admin.operations.verifying import verify
from kefu_admin.store.database import Store
from kefu_admin.store.verify.report import Finding
from kefu_admin.worker import jobs as worker
from tests.desks import NOW, Desk, furnish
from tests.factories import content_type, field


@dataclass(frozen=True)
class Pairs:
    """Short ways to merge as one of the desk's people."""

    furnished: Desk
    desk: Composed

    @property
    def store(self) -> Store:
        return self.furnished.store

    def customer(self, name: str, **values: object) -> int:
        """A company of the first department."""
        own = {"name": name, "department": self.furnished.first, **values}
        return self.furnished.create("boss", "customer", **own)

    def visit(self, customer: int, **values: object) -> int:
        """A visit to a customer, of the first department."""
        own = {"customer": customer, "department": self.furnished.first, **values}
        return self.furnished.create("boss", "visit", **own)

    def paper(self, name: str, of: str = "papers") -> int:
        """An uploaded file that no record has yet."""
        boss = self.furnished.people["boss"]
        return files.upload(
            self.desk, "customer", of, name, BytesIO(b"text"), most_bytes=99, actor=boss, now=NOW
        ).id

    def merge(
        self,
        kept: int,
        gone: int,
        *taken: str,
        who: str = "boss",
        now: datetime = NOW,
        versions: tuple[int, int] | None = None,
    ) -> Merged:
        own = versions or (self.version("customer", kept), self.version("customer", gone))
        actor = self.furnished.people[who]
        pair = (kept, own[0]), (gone, own[1])
        return merging.merge(self.desk, "customer", *pair, taken, actor=actor, now=now)

    def undo(self, merge: int, *, who: str = "boss", now: datetime = NOW) -> Merged:
        actor = self.furnished.people[who]
        return merging.undo(self.desk, "customer", merge, actor=actor, now=now)

    def version(self, type: str, id: int) -> int:
        found = self.furnished.row(type, id, "version")
        return 1 if found is None else int(found[0])

    def value(self, type: str, id: int, name: str) -> Any:
        found = self.furnished.row(type, id, name)
        return None if found is None else found[0]

    def links(self, type: str, name: str, id: int) -> list[int]:
        sql = f'SELECT "target_id" FROM "{type}__{name}" WHERE "record_id" = ? ORDER BY "position"'
        return [int(row[0]) for row in self.store.rows(sql, (id,))]

    def findings(self, now: datetime = NOW) -> list[Finding]:
        """What `verify` finds, but for people and departments put there without a line."""
        found = verify(self.desk, now=now).findings
        return [one for one in found if one.facts.get("type") not in ("person", "department")]


def run_until_idle(pairs: Pairs) -> None:
    """Let a worker do what waits, with the roles the database holds."""
    boss = pairs.furnished.people["boss"].user_id
    if not pairs.store.row('SELECT 1 FROM "kefu_user_role" WHERE "user_id" = ?', (boss,)):
        pairs.store.execute(
            """INSERT INTO "kefu_user_role" ("user_id", "role") VALUES (?, 'supervisor')""", (boss,)
        )
    worker.run_due(pairs.desk, kinds=dict(KINDS))


def pointing(project: Project) -> Project:
    """The small project with every kind of reference to a customer, papers, and a type that the
    supervisor knows nothing of."""
    customer, visit = project.types["customer"], project.types["visit"]
    more = {
        "papers": field("papers", "attachments"),
        "logo": field("logo", "attachment"),
        "parent": field("parent", "reference", to="customer"),
        "partners": field("partners", "references", to="customer"),
    }
    secret = content_type("secret_note", field("text"), field("about", "reference", to="customer"))
    types = {
        **project.types,
        "customer": replace(customer, fields={**customer.fields, **more}),
        "visit": replace(
            visit,
            fields={**visit.fields, "others": field("others", "references", to="customer")},
            unique=(Unique(fields=("customer", "score")),),
        ),
        "secret_note": secret,
    }
    boss = project.roles["supervisor"]
    grants = tuple(
        replace(one, fields={**one.fields, **dict.fromkeys((*more, "others"), one.fields["owner"])})
        if one.type in ("customer", "visit")
        else one
        for one in boss.grants
    )
    roles = {**project.roles, "supervisor": replace(boss, grants=grants)}
    return replace(project, types=types, roles=roles)


@pytest.fixture
def pairs(open_store: Any, small_project: Project) -> Pairs:
    project = pointing(small_project)
    furnished = furnish(open_store(project))
    return Pairs(furnished, Composed(project, furnished.store))
