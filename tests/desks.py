"""A furnished small desk: departments, people, and short ways to write as one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from kefu_admin.actor import Actor
from kefu_admin.definitions.project import Project
from kefu_admin.operations.desk import Desk as Composed
from kefu_admin.store.change import Change, perform
from kefu_admin.store.database import Store
from kefu_admin.store.idempotency import IdempotencyKey
from kefu_admin.store.shapes import ColumnKind
from kefu_admin.store.warrant import Warrant

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Desk:
    """A store with two departments below one, and a clerk in each."""

    store: Store
    head: int
    first: int
    second: int
    people: Mapping[str, Actor]

    @property
    def project(self) -> Project:
        return self.store.project

    def warrant(self, who: str | Actor, now: datetime = NOW) -> Warrant:
        """What a person writes with."""
        actor = self.people[who] if isinstance(who, str) else who
        return Composed(self.project, self.store).warrant(actor, now)

    def change(
        self,
        who: str | Actor,
        work: Callable[[Change], Any],
        *,
        now: datetime = NOW,
        key: IdempotencyKey | None = None,
    ) -> Any:
        """Do something in one change, as the faces do; returns what `work` returned."""

        def unit(change: Change) -> Mapping[str, Any]:
            return {"is": work(change)}

        warrant = self.warrant(who, now)
        answer = perform(self.store, warrant, unit, now=now, operation="test", key=key)
        return answer.facts["is"]

    def create(self, who: str | Actor, type_id: str, **values: object) -> int:
        """A record of a type; a customer has what it must have."""
        if type_id == "customer":
            values = {"name": "甲公司", "kind": "company", **values}
        made: int = self.change(who, lambda change: change.create(type_id, values))
        return made

    def update(
        self, who: str | Actor, type_id: str, record_id: int, version: int, **values: object
    ) -> int:
        """A changed record; returns its version."""
        changed: int = self.change(
            who, lambda change: change.update(type_id, record_id, version, values)
        )
        return changed

    def remove(self, who: str | Actor, type_id: str, record_id: int, version: int) -> None:
        """A record deleted."""
        self.change(who, lambda change: change.remove(type_id, record_id, version))

    def row(self, table: str, record_id: int, *columns: str) -> tuple[Any, ...] | None:
        """Some columns as they lie in the database."""
        names = ", ".join(f'"{column}"' for column in columns)
        return self.store.row(f'SELECT {names} FROM "{table}" WHERE "id" = ?', (record_id,))

    def count(self, table: str) -> int:
        """How many rows a table has."""
        return int(self.store.value(f'SELECT COUNT(*) FROM "{table}"'))


def furnish(store: Store) -> Desk:
    """Departments and people, as accounts would write them."""
    now = store.to_db(ColumnKind.INSTANT, NOW)

    def department(name: str, code: str, parent: int | None) -> int:
        return store.insert(
            'INSERT INTO "kefu_department"'
            ' ("name", "code", "parent_id", "path", "created_at", "updated_at")'
            " VALUES (?, ?, ?, '', ?, ?)",
            (name, code, parent, now, now),
        )

    def person(login: str, department_id: int, active: int = 1) -> int:
        return store.insert(
            'INSERT INTO "kefu_user" ("login", "name", "password_hash", "department_id",'
            ' "active", "created_at", "updated_at") VALUES (?, ?, ?, ?, ?, ?, ?)',
            (login, login, "-", department_id, active, now, now),
        )

    head = department("总部", "ZB", None)
    first = department("一部", "A1", head)
    second = department("二部", "B2", head)

    def actor(login: str, role: str, own: int, below: frozenset[int], clearance: int) -> Actor:
        return Actor(
            user_id=person(login, own),
            login=login,
            name=login,
            roles=frozenset({role}),
            department_id=own,
            departments_below=below,
            clearance=clearance,
        )

    everywhere = frozenset({head, first, second})
    people = {
        "wang": actor("wang", "clerk", first, frozenset({first}), 1),
        "li": actor("li", "clerk", second, frozenset({second}), 1),
        "boss": actor("boss", "supervisor", head, everywhere, 2),
    }
    gone = person("gone", first, active=0)
    people["gone"] = replace(people["wang"], user_id=gone, login="gone")
    return Desk(store, head, first, second, people)
