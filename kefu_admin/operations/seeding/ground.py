"""What everything else refers to: departments, demo people and master rows by natural key."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

from kefu_admin.behaviours import passwords, validation
from kefu_admin.behaviours.conversion import convert_values
from kefu_admin.behaviours.engines import SEED, seeding_grants
from kefu_admin.behaviours.making import BadInstruction
from kefu_admin.definitions.binding import Binding
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.project import Project
from kefu_admin.definitions.tree import Plain
from kefu_admin.operations.seeding.files import Master, Rows, Seeds
from kefu_admin.problems import Invalid
from kefu_admin.store import accounts
from kefu_admin.store.change import Change
from kefu_admin.store.database import Store
from kefu_admin.store.read import whole
from kefu_admin.store.warrant import Warrant

OPERATION = "seed"


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """A demo person as `kefu run --demo` prints it."""

    login: str
    name: str
    password: str
    roles: tuple[str, ...]


def warrant(store: Store, *, now: datetime) -> Warrant:
    """What `system:seed` writes with."""
    return Warrant(
        actor=SEED,
        grants=seeding_grants(store.project),
        binding=Binding(
            user_id=None,
            department_id=None,
            departments_below=frozenset(),
            now=now,
            zone=ZoneInfo(store.project.time_zone),
        ),
        checks=validation.compile_checks(store.project),
        decide=validation.decide,
    )


def known(project: Project, type_id: str) -> ContentType:
    """The content type that seeds speak of.

    Raises:
        BadInstruction: the config has none of this name.
    """
    found = project.types.get(type_id)
    if found is None:
        raise BadInstruction(type_id)
    return found


def paths(store: Store) -> dict[str, int]:
    """Department ids by path of names: {"总部/客服一部": 2}."""
    names: dict[int, str] = {}
    for one in accounts.departments(store):
        above = names.get(one.parent_id) if one.parent_id is not None else None
        names[one.id] = f"{above}/{one.name}" if above else one.name
    return {path: id for id, path in names.items()}


def departments(store: Store, seeds: Seeds, *, now: datetime) -> int:
    """Create the departments that are not there yet; returns how many."""
    with store.transaction():
        known = paths(store)
        before = len(known)
        _grow(store, seeds.departments, "", None, known, now)
        return len(known) - before


def _grow(
    store: Store, wanted: Rows, above: str, parent_id: int | None, known: dict[str, int],
    now: datetime,
) -> None:  # fmt: skip
    for one in wanted:
        path = f"{above}/{one['name']}" if above else str(one["name"])
        if path not in known:
            made = accounts.create_department(
                store,
                name=str(one["name"]),
                code=str(one.get("code", "")),
                parent_id=parent_id,
                actor=SEED,
                now=now,
                operation=OPERATION,
            )
            known[path] = made.id
        _grow(store, cast(Rows, one.get("children", [])), path, known[path], known, now)


def people(store: Store, seeds: Seeds, *, now: datetime) -> tuple[DemoLogin, ...]:
    """Create the demo people that are not there yet; returns those whose logins are shown.

    Their passwords are derived from the installation's secret, so that they can be shown again.
    """
    shown: list[DemoLogin] = []
    known = paths(store)
    for one in seeds.people:
        login, roles = str(one["login"]), tuple(map(str, cast(list[Plain], one["roles"])))
        password = _password(store, login)
        with store.transaction():
            if accounts.person_by_login(store, login) is None:
                accounts.create_person(
                    store,
                    login=login,
                    name=str(one["name"]),
                    password_hash=passwords.hash_password(password),
                    department_id=known.get(str(one.get("department", ""))),
                    roles=frozenset(roles),
                    must_change=False,
                    demo=True,
                    actor=SEED,
                    now=now,
                    operation=OPERATION,
                )
        if one.get("shown") == "true":
            shown.append(DemoLogin(login, str(one["name"]), password, roles))
    return tuple(shown)


def _password(store: Store, login: str) -> str:
    digest = hmac.new(store.secret, f"demo person {login}".encode(), hashlib.sha256).digest()
    return f"Kf-{base64.b32encode(digest)[:8].decode().lower()}-{digest[31] % 90 + 10}"


def master_rows(store: Store, master: Master, *, now: datetime) -> int:
    """Create the rows of a type whose key is not there yet; returns how many.

    Raises:
        BadInstruction: the config has no such type or field.
        Invalid: a value the config refuses.
    """
    content_type = known(store.project, master.type)
    rows = [canonical(store, content_type, row) for row in master.rows]
    with Change.open(store, warrant(store, now=now), now=now, operation=OPERATION) as change:
        there = whole.column(store, content_type.id, master.key)
        missing = [row for row in rows if row[master.key] not in there]
        if missing:
            change.create_many(content_type.id, missing)
    return len(missing)


def canonical(
    store: Store, content_type: ContentType, row: Mapping[str, Plain]
) -> dict[str, object]:
    """A row as written in the seeds, with departments by path and people by login, made canonical.

    Raises:
        BadInstruction: no such field, or no such department.
        Invalid: a value is not one of its field.
    """
    known = paths(store)
    raw: dict[str, object] = {}
    for name, given in row.items():
        if name not in content_type.fields:
            raise BadInstruction(f"{content_type.id}.{name}")
        kind = content_type.fields[name].type
        if kind == "department":
            if str(given) not in known:
                raise BadInstruction(f"{content_type.id}.{name}: {given}")
            raw[name] = known[str(given)]
        elif kind == "person":
            found = accounts.person_by_login(store, str(given))
            raw[name] = found.id if found else None
        else:
            raw[name] = given
    values, errors = convert_values(content_type, raw, types=store.project.types)
    if errors:
        raise Invalid(errors)
    return values
