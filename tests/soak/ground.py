"""The desk a run works on: the small project, whose customers have papers, and a supervisor."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from kefu_admin import clock, worker
from kefu_admin.actor import Actor, system_actor
from kefu_admin.definitions import load
from kefu_admin.definitions.project import Project
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.verifying import verify
from kefu_admin.store import tokens
from kefu_admin.store.accounts import create_department, create_person
from kefu_admin.store.accounts.secrets import NO_PASSWORD
from kefu_admin.store.database import Store

if TYPE_CHECKING:
    from tests.soak.web import Web

SMALL = Path(__file__).parents[1] / "projects" / "small"
PAPERS = "  papers: {type: attachments, label: {zh: 资料, en: Papers}}\nunique:\n"
LOGIN = "boss"


@dataclass(frozen=True, slots=True)
class Ground:
    """A desk, and who acts on it, with his API token; `served` is a server he is signed in to."""

    desk: Desk
    actor: Actor
    bearer: str = ""
    served: Web | None = None

    @property
    def store(self) -> Store:
        return self.desk.store

    @property
    def web(self) -> Web:
        assert self.served is not None, "no server in this run"
        return self.served

    def findings(self) -> list[str]:
        """What `kefu verify` finds wrong."""
        with self.store.connection():
            report = verify(self.desk, now=clock.now())
        return [f"verify: {one.code} {dict(one.facts)}" for one in report.findings]

    def drain(self) -> None:
        """What the worker does in one round."""
        with self.store.connection():
            worker.once(self.desk, now=clock.now())


def write_config(directory: Path) -> Path:
    """The project's files."""
    shutil.copytree(SMALL, directory)
    customer = directory / "types" / "customer.yaml"
    customer.write_text(customer.read_text("utf-8").replace("unique:\n", PAPERS, 1), "utf-8")
    for series in (directory / "numbers").glob("*.yaml"):  # a long run uses up four digits
        series.write_text(
            series.read_text("utf-8").replace("{counter: 4}", "{counter: 9}"), "utf-8"
        )
    return directory


def soak_project(directory: Path) -> Project:
    """The project, from files in the directory."""
    return load(write_config(directory / "config"))


def furnish(desk: Desk) -> Ground:
    """A department and a supervisor with a token, on an empty store."""
    now, setter = clock.now(), system_actor("soak")
    store, common = desk.store, {"actor": setter, "now": now, "operation": "soak"}
    with store.connection(), store.transaction():
        department = create_department(store, name="总部", code="ZB", **common)
        person = create_person(
            store,
            login=LOGIN,
            name="王主管",
            password_hash=NO_PASSWORD,
            department_id=department.id,
            roles=frozenset({"supervisor"}),
            must_change=False,
            **common,
        )
        bearer = tokens.issue(
            store,
            user_id=person.id,
            name="soak",
            scopes=frozenset({"*:*"}),
            expires_at=now + timedelta(days=1),
            now=now,
        )[1]
    actor = Actor(
        user_id=person.id,
        login=LOGIN,
        name="王主管",
        roles=frozenset({"supervisor"}),
        department_id=department.id,
        departments_below=frozenset({department.id}),
        clearance=2,
    )
    return Ground(desk, actor, bearer)
