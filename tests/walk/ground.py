"""The shipped desk, furnished for the walk, and the people who walk.

Rows are written through `operations`, created with old values and then changed, so that history
holds values the record no longer has.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Flask

from kefu_admin import clock, settings
from kefu_admin.actor import Actor, system_actor
from kefu_admin.app import create_app
from kefu_admin.definitions.load import load
from kefu_admin.definitions.project import Project
from kefu_admin.operations import bulk, dated, imports, numbers, reading, views
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.reading import ListRequest
from kefu_admin.settings import Settings
from kefu_admin.store import deliveries, jobs, sessions, tokens
from kefu_admin.store.accounts import create_department, create_person
from kefu_admin.store.accounts.secrets import NO_PASSWORD
from kefu_admin.store.database import Store
from tests.faces.desk import Client
from tests.walk.cells import Cell, Ground
from tests.walk.oracle import Oracle, Person
from tests.walk.rows import text_of, write_rows

CONFIG = Path(__file__).parents[2] / "config"
ROLES = Path(__file__).parent / "roles"
DEPARTMENTS = {"top": None, "one": "top", "two": "top", "store": "top"}
BELOW = {"top": frozenset(DEPARTMENTS), **{d: frozenset({d}) for d in ("one", "two", "store")}}
SCOPES = frozenset({"customer:read", "customer:unmask", "visit:read", "visit:update"})
STAFF: dict[str, tuple[str, tuple[str, ...]]] = {
    "founder": ("top", ("founder",)),
    "amy": ("one", ("clerk",)),
    "alan": ("one", ("clerk",)),
    "bob": ("two", ("clerk",)),
    "duo": ("two", ("clerk", "trainee")),
    "sue": ("one", ("supervisor",)),
    "kim": ("store", ("keeper",)),
    "root": ("top", ("admin",)),
    "plain": ("one", ()),
}
PEOPLE = {
    login: Person(login=login, roles=roles, department=where, departments=BELOW[where])
    for login, (where, roles) in STAFF.items()
}
TOKEN = Person(
    login="amy", roles=("clerk",), department="one", departments=BELOW["one"], scopes=SCOPES
)
ANONYMOUS = Person(login="")
WALKERS = {
    **{who: one for who, one in PEOPLE.items() if who != "alan"},  # amy's colleague, like her
    "token": TOKEN,
    "anonymous": ANONYMOUS,
}


@dataclass(frozen=True, kw_only=True)
class World:
    """One running desk over the ground."""

    app: Flask
    desk: Desk
    settings: Settings
    ground: Ground
    oracle: Oracle

    def client(self, who: str) -> Client:
        """Somebody's browser; "token" comes with a bearer, "anonymous" with nothing."""
        if who == "anonymous":
            return Client(self.app.test_client())
        if who == "token":
            return self.bearer("token")
        session = self.session(who)
        client = self.app.test_client()
        client.set_cookie("kefu_session", session.token)
        return Client(client, csrf=session.csrf)

    def session(self, who: str) -> sessions.NewSession:
        """A new session of somebody."""
        store = self.desk.store
        with store.connection(), store.transaction():
            epoch = store.value(
                'SELECT "auth_epoch" FROM "kefu_user" WHERE "id" = ?', (self.ground.people[who],)
            )
            return sessions.begin(
                store,
                user_id=self.ground.people[who],
                auth_epoch=epoch,
                address="127.0.0.1",
                agent="tests",
                now=clock.now(),
            )

    def bearer(self, who: str) -> Client:
        """Somebody's program."""
        return Client(self.app.test_client(), bearer=self.ground.bearers[who])


def config(directory: Path) -> Path:
    """The shipped config with the walk's roles beside its own."""
    target = directory / "config"
    shutil.copytree(CONFIG, target)
    shutil.rmtree(target / "tests")
    for role in ROLES.glob("*.yaml"):
        shutil.copy(role, target / "roles")
    return target


def world(project: Project, oracle: Oracle, store: Store, ground: Ground) -> World:
    """A desk served over a store that holds the ground."""
    desk = Desk(project, store)
    here = settings.read({}, data=str(store.data_directory))
    app = create_app(here, desk=desk)
    return World(app=app, desk=desk, settings=here, ground=ground, oracle=oracle)


def load_config(directory: Path) -> Project:
    """The project of `config`."""
    return load(directory)


def furnish(project: Project, store: Store) -> Ground:
    """Departments, people and rows."""
    made = Ground()
    desk, now = Desk(project, store), clock.now()
    with store.connection():
        _staff(made, store, now)
        founder = actor_of(made, "founder")
        write_rows(made, desk, founder, now)
        dated.bring_up(desk, now=now)
        made.batch = _batch(made, desk, founder, now)
        made.views = _views(desk, founder, now)
        made.imported = _imported(desk, founder, now)
        numbers.void_next(desk, "visit", text_of(made, "void", "reason"), actor=founder, now=now)
        _stopped_work(store, founder, now)
    return made


def _stopped_work(store: Store, founder: Actor, now: datetime) -> None:
    """A job of the founder and a message, both parked, each number 1."""
    wanted = jobs.Wanted(kind="walk", payload_version=1, payload={})
    with store.transaction():
        jobs.ask(store, wanted, actor=founder, now=now)
        job = jobs.claim(store, owner="walk")
        assert job is not None
        jobs.fail(store, job, {"code": "busy"}, final=True)
    with store.transaction():
        deliveries.hand_on(store, {"crm": None}, owner="walk", now=now)
        delivery = deliveries.claim(store)
        assert delivery is not None
        deliveries.failed(store, delivery, {"code": "receiver_refuses", "status": 500}, final=True)


def _views(desk: Desk, founder: Actor, now: datetime) -> tuple[int, ...]:
    """Views over every field, narrowed by one that is closed to some."""
    view = reading.type_view(desk, "customer", founder, now=now)
    wanted = views.Wanted(
        name="走查视图",
        columns=tuple(name for name, one in view.fields.items() if one.seen),
        filter={"any": [{"value_class": {"is_empty": False}}, {"name": {"is_empty": False}}]},
    )
    return tuple(
        views.create(desk, "customer", replace(wanted, shared=shared), actor=founder, now=now).id
        for shared in ("own", "everyone")
    )


def _batch(made: Ground, desk: Desk, founder: Actor, now: datetime) -> tuple[int, str]:
    ids = tuple(made.ids[key] for key in made.keys("customer"))
    request = ListRequest(type="customer", ids=ids)
    batch = bulk.preview(desk, "verify_customers", request, {}, actor=founder, now=now)
    return batch, bulk.get(desk, batch, actor=founder, now=now).batch.selection


def _imported(desk: Desk, founder: Actor, now: datetime) -> int:
    """A file of the founder's whose columns nobody has mapped yet."""
    file = BytesIO("名称\n走查导入\n".encode())
    return imports.take(
        desk, "customer", "walk.csv", file, most_bytes=1_000, actor=founder, now=now
    )


def _staff(made: Ground, store: Store, now: datetime) -> None:
    common: Any = {"actor": system_actor("tests"), "now": now, "operation": "tests"}
    with store.transaction():
        for name, above in DEPARTMENTS.items():
            parent = made.departments[above] if above else None
            one = create_department(
                store, name=f"D-{name}", code=name[:2].upper(), parent_id=parent, **common
            )
            made.departments[name] = one.id
        for login, (where, roles) in STAFF.items():
            person = create_person(
                store,
                login=f"login-{login}",
                name=f"N-{login}",
                password_hash=NO_PASSWORD,
                department_id=made.departments[where],
                roles=frozenset(roles),
                must_change=False,
                **common,
            )
            made.people[login] = person.id
            made.bearers[login] = _issue(store, person.id, f"T-{login}", frozenset({"*:*"}), now)
        made.bearers["token"] = _issue(store, made.people["amy"], "T-narrow", SCOPES, now)


def _issue(store: Store, id: int, name: str, scopes: frozenset[str], now: datetime) -> str:
    _, token = tokens.issue(
        store, user_id=id, name=name, scopes=scopes, expires_at=now + timedelta(days=1), now=now
    )
    return token


def actor_of(made: Ground, login: str) -> Actor:
    where, roles = STAFF[login]
    return Actor(
        user_id=made.people[login],
        login=f"login-{login}",
        name=f"N-{login}",
        roles=frozenset(roles),
        department_id=made.departments[where],
        departments_below=frozenset(made.departments[d] for d in BELOW[where]),
    )


def open_cells(oracle: Oracle, ground: Ground, who: Person) -> Iterator[str]:
    """The texts a person may meet somewhere."""
    for text, cells in ground.cells.items():
        if any(_open(oracle, ground, who, cell) for cell in cells):
            yield text


def _open(oracle: Oracle, ground: Ground, who: Person, cell: Cell) -> bool:
    if cell.row == "void":
        return bool({"supervisor", "founder", "admin"} & set(who.roles))  # register, audit book
    if cell.row in ground.past:
        if cell.old or not oracle.bins(who, cell.row):
            return False
    elif cell.row not in ground.rows:
        return False
    if cell.old and "history" not in oracle.actions(who, cell.row):
        return False
    sees = oracle.sees(who, cell.row, cell.field)
    return sees == "see" or (sees == "masked" and cell.shown != "see")
