"""The shipped desk, furnished for the walk: every value of every row is found nowhere else.

Rows are written through `operations`, created with old values and then changed, so that history
holds values the record no longer has. `Cell`s say of each text which value it is.
"""

from __future__ import annotations

import shutil
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Flask

from kefu_admin import clock, settings
from kefu_admin.actor import Actor, system_actor
from kefu_admin.app import create_app
from kefu_admin.definitions.load import load
from kefu_admin.definitions.project import Project
from kefu_admin.operations import files, numbers, records
from kefu_admin.operations.desk import Desk
from kefu_admin.settings import Settings
from kefu_admin.store import sessions, tokens
from kefu_admin.store.accounts import create_department, create_person
from kefu_admin.store.accounts.secrets import NO_PASSWORD
from kefu_admin.store.database import Store
from tests.faces.desk import Client
from tests.walk.oracle import Oracle, Person

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
Facts = dict[str, Any]


@dataclass(frozen=True)
class Cell:
    """One value: of which row and field, and whether only history still holds it. `shown` "masked"
    is what the mask leaves of it."""

    row: str
    field: str
    old: bool = False
    shown: str = "see"


@dataclass(kw_only=True)
class Ground:
    """What was written, by name. It goes with any copy of the database it was written to."""

    people: dict[str, int] = field(default_factory=dict)
    departments: dict[str, int] = field(default_factory=dict)
    bearers: dict[str, str] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    rows: dict[str, Facts] = field(default_factory=dict)
    files: dict[str, tuple[int, str, str]] = field(default_factory=dict)  # id, row, field
    cells: dict[str, set[Cell]] = field(default_factory=dict)
    gone: dict[str, str] = field(default_factory=dict)  # deleted rows: key -> type
    number: int = 0

    def keys(self, type: str) -> list[str]:
        """The rows of a type that still exist."""
        return [key for key, row in self.rows.items() if row["type"] == type]

    def note(self, text: str, cell: Cell) -> None:
        self.cells.setdefault(text, set()).add(cell)


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
        store = self.desk.store
        with store.connection(), store.transaction():
            epoch = store.value(
                'SELECT "auth_epoch" FROM "kefu_user" WHERE "id" = ?', (self.ground.people[who],)
            )
            session = sessions.begin(
                store,
                user_id=self.ground.people[who],
                auth_epoch=epoch,
                address="127.0.0.1",
                agent="tests",
                now=clock.now(),
            )
        client = self.app.test_client()
        client.set_cookie("kefu_session", session.token)
        return Client(client, csrf=session.csrf)

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
        _rows(made, desk, now)
        founder = actor_of(made, "founder")
        numbers.void_next(desk, "visit", _text(made, "void", "reason"), actor=founder, now=now)
    return made


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


# rows: what is said here decides who may see them; every other field is filled by its type

_LINES = {"kind": "site", "checked_on": "2020-01-02"}
PLAN: tuple[tuple[str, str, Facts], ...] = (
    ("c_own", "customer", {"department": "one", "owner": "amy", "kind": "person"}),
    ("c_peer", "customer", {"department": "one", "owner": "alan", "kind": "company"}),
    ("c_far", "customer", {"department": "two", "owner": "bob", "kind": "person"}),
    ("c_duo", "customer", {"department": "two", "owner": "duo", "kind": "company"}),
    ("c_key", "customer", {"department": "two", "owner": "duo", "key_customer": "true"}),
    ("c_secret", "customer", {"department": "one", "owner": "amy", "secrecy": "confidential"}),
    ("c_conf", "customer", {"department": "one", "owner": "amy", "secrecy": "secret"}),
    ("c_gone", "customer", {"department": "one", "owner": "amy"}),
    ("p_own", "project", {"department": "one", "owner": "amy", "customer": "c_own"}),
    ("p_far", "project", {"department": "two", "owner": "bob", "customer": "c_far"}),
    ("p_mixed", "project", {"department": "one", "owner": "amy", "customer": "c_far",
                            "related": ["p_own", "p_far"]}),
    ("p_off", "project", {"department": "two", "owner": "duo", "customer": "c_duo",
                          "state": "cancelled"}),
    ("v_own", "visit", {"department": "one", "owner": "amy", "customer": "c_own",
                        "project": "p_own"}),
    ("v_far", "visit", {"department": "two", "owner": "bob", "customer": "c_far"}),
    ("v_cross", "visit", {"department": "two", "owner": "amy", "customer": "c_far",
                          "project": "p_far"}),
    ("v_follow", "visit", {"department": "one", "owner": "alan", "customer": "c_peer",
                           "follow_up": "true"}),
    ("v_secret", "visit", {"department": "one", "owner": "amy", "customer": "c_secret"}),
    ("v_gone", "visit", {"department": "one", "owner": "amy", "customer": "c_own"}),
    ("k_own", "complaint", {"department": "one", "owner": "amy", "customer": "c_own",
                            "project": "p_own", "visit": "v_own"}),
    ("k_far", "complaint", {"department": "two", "owner": "bob", "customer": "c_far"}),
    ("k_secret", "complaint", {"department": "one", "owner": "amy", "customer": "c_own",
                               "secrecy": "confidential"}),
    ("k_conf", "complaint", {"department": "one", "owner": "alan", "customer": "c_conf",
                             "secrecy": "secret"}),
    ("k_closed", "complaint", {"department": "one", "owner": "alan", "customer": "c_peer",
                               "state": "closed"}),
    ("k_severe", "complaint", {"department": "two", "owner": "duo", "customer": "c_duo",
                               "severity": "severe"}),
    ("i_bolt", "item", {}),
    ("i_pump", "item", {}),
    ("w_kim", "warehouse", {"department": "top", "keeper": "kim"}),
    ("w_far", "warehouse", {"department": "two", "keeper": "bob"}),
    ("s_one", "stock", {"item": "i_bolt", "warehouse": "w_kim"}),
    ("s_two", "stock", {"item": "i_pump", "warehouse": "w_far"}),
    ("n_own", "inspection", {"department": "one", "owner": "amy", **_LINES}),
    ("n_far", "inspection", {"department": "two", "owner": "bob", **_LINES}),
)  # fmt: skip
GONE = ("v_gone", "c_gone")
CHILDREN = {"customer": ("contacts", "contact", 2), "inspection": ("lines", "inspection_line", 1)}
_FIXED: Facts = {
    "kind": {"customer": "person", "item": "spare"}, "service": "repair", "state": {
        "project": "running", "complaint": "handling"}, "channel": "phone", "outcome": "done",
    "complaint_class": "staff", "severity": "small", "condition": "good", "result": "pass",
    "secrecy": "internal", "follow_up": "false", "key_customer": "false", "role": "boss",
    "satisfaction": "average",
}  # fmt: skip


def _rows(made: Ground, desk: Desk, now: datetime) -> None:
    founder = actor_of(made, "founder")
    for key, type, said in PLAN:
        files_of = _uploads(made, desk, key, type, founder, now)
        for old in (True, False):
            values = _values(made, desk.project, key, type, said, old=old)
            raw = _sent(made, values) | files_of
            name, child, count = CHILDREN.get(type, ("", "", 0))
            if name:
                raw[name] = _children(made, desk, key, child, count, now, old=old)
            if old:
                outcome = records.create(desk, type, raw, actor=founder, now=now)
                made.rows[key] = {"type": type, "values": values, "children": {}}
                made.ids[key] = outcome.id
            else:
                outcome = records.change(
                    desk, type, made.ids[key], made.versions[key], raw, actor=founder, now=now
                )
                made.rows[key]["values"] = values
            made.versions[key] = outcome.version
            _learn(made, desk, key, old)
    for key in GONE:
        type = made.rows[key]["type"]
        records.remove(desk, type, made.ids[key], made.versions[key], actor=founder, now=now)
        made.note(made.rows[key]["values"]["code"], Cell("void", "number"))  # registered as void
    for key in [k for k, row in made.rows.items() if k in GONE or row.get("parent") in GONE]:
        made.gone[key] = made.rows.pop(key)["type"]


def _children(
    made: Ground, desk: Desk, key: str, type: str, count: int, now: datetime, *, old: bool
) -> list[Facts]:
    found = []
    for number in range(count):
        child = f"{key}.{number}"
        values = _values(made, desk.project, child, type, {}, old=old)
        same = {} if old else {"id": made.ids[child], "version": made.versions[child]}
        found.append(_sent(made, values) | same)
        made.rows.setdefault(child, {"type": type, "parent": key, "children": {}})
        made.rows[child]["values"] = values
    return found


def _learn(made: Ground, desk: Desk, key: str, old: bool) -> None:
    """Read back ids, versions and numbers that the desk gave."""
    type = desk.project.types[made.rows[key]["type"]]
    store = desk.store
    for one in type.fields.values():
        if one.type == "number" and old:
            code = store.value(
                f'SELECT "{one.id}" FROM "{type.id}" WHERE "id" = ?', (made.ids[key],)
            )
            made.rows[key]["values"][one.id] = code
            made.note(str(code), Cell(key, one.id))
        if one.type == "children":
            own = [child for child, row in made.rows.items() if row.get("parent") == key]
            found = store.rows(
                f'SELECT "id", "version" FROM "{one.to}" WHERE "{one.by}" = ? ORDER BY "id"',
                (made.ids[key],),
            )
            for child, (id, version) in zip(own, found, strict=True):
                made.ids[child], made.versions[child] = id, version
                made.rows[child]["values"][one.by] = key
            made.rows[key]["children"][one.id] = own


def _sent(made: Ground, values: Facts) -> Facts:
    """Facts as the desk takes them: people, departments and rows by id."""
    sent = {}
    for name, value in values.items():
        if name in ("owner", "keeper", "introducer"):
            value = made.people[value]
        elif name == "department":
            value = made.departments[value]
        elif isinstance(value, str) and value in made.ids:
            value = made.ids[value]
        elif name == "related":
            value = [made.ids[one] for one in value]
        sent[name] = value
    return {name: value for name, value in sent.items() if name != "code" or "CN" in str(value)}


def _values(
    made: Ground, project: Project, key: str, type: str, said: Facts, *, old: bool
) -> Facts:
    """Every field of a row: as said, by its fixed choice, or a value found nowhere else."""
    values: Facts = dict(said)
    content = project.types[type]
    for name, one in content.fields.items():
        if name in values or one.system or name == content.owned_by:
            continue
        fixed = _FIXED.get(name)
        fixed = fixed.get(type) if isinstance(fixed, dict) else fixed
        if (fixed is not None and one.choices) or (one.type == "boolean" and fixed):
            values[name] = fixed
            if one.choices and fixed not in [choice.id for choice in one.choices]:
                values[name] = one.choices[0].id
        elif one.type == "choice":
            values[name] = one.choices[0].id
        elif (made_up := _made_up(made, one, key, old)) is not None:
            values[name] = made_up
    if type == "customer":
        hidden = ("credit_code", "website") if values["kind"] == "person" else ("id_number",)
        values = {name: value for name, value in values.items() if name not in hidden}
    values.pop("callback_at", None)  # only of visits put off
    if not old and "code" in made.rows.get(key, {"values": {}})["values"]:
        values.setdefault("code", made.rows[key]["values"]["code"])
    return values


def _made_up(made: Ground, one: Any, key: str, old: bool) -> object:
    """A value of the field's type that is found nowhere else, noted; None: nothing to make up."""
    made.number += 1
    number = made.number
    cell = Cell(key, one.id, old)
    text = f"CN{number:06X}"
    match one.type:
        case "text" if one.pattern and "-" in one.pattern and one.id == "bin":
            made.note(text, cell)
            return f"{text}-A-A-A"
        case "text" if one.id == "credit_code":
            text = text.ljust(18, "0")
        case "tags":
            made.note(text, cell)
            return [text]
        case "email":
            text = f"{text}@example.com"
        case "url":
            text = f"https://example.com/{text}"
        case "address":
            text = f"北京市某区某某路{text}号"
            made.note(text[:6] + "****", Cell(key, one.id, old, "any"))
        case "phone":
            text = f"166{number:04d}{(number * 7919 + 13) % 10000:04d}"
            made.note(f"{text[:3]}****{text[-4:]}", Cell(key, one.id, old, "masked"))
        case "id_number":
            text = _id_number(number)
            made.note(f"{text[:3]}{'*' * 11}{text[-4:]}", Cell(key, one.id, old, "masked"))
        case "money" | "decimal":
            whole = 7_300_000 + number
            text = f"{whole}.17" if one.type == "money" else f"{whole}.017"
            made.note(f"{whole:,}.{text.partition('.')[2]}", cell)
        case "date" | "datetime":
            day = (date(1951, 1, 1) + timedelta(days=number)).isoformat()
            made.note(day, cell)
            return day if one.type == "date" else f"{day} 12:34"
        case "integer" | "duration":
            return number % 90 + 1
        case "time":
            return f"{number % 24:02d}:{number % 60:02d}"
        case "multi_choice":
            return [one.choices[number % len(one.choices)].id]
        case "boolean":
            return "true"
        case "region":
            return "110105"
        case "person":
            return "alan"
        case "text" | "long_text":
            pass
        case _:
            return None
    made.note(text, cell)
    return text


def _text(made: Ground, row: str, field: str) -> str:
    made.number += 1
    text = f"CN{made.number:06X}"
    made.note(text, Cell(row, field))
    return text


def _id_number(number: int) -> str:
    first = f"990101{1900 + number % 90}0101{number % 1000:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(first, weights, strict=True))
    return first + "10X98765432"[total % 11]


def _uploads(made: Ground, desk: Desk, key: str, type: str, founder: Actor, now: datetime) -> Facts:
    """A file for every field that takes files; its name and its content are canaries."""
    sent: Facts = {}
    for one in desk.project.types[type].fields.values():
        if one.type not in ("image", "images", "attachment", "attachments"):
            continue
        name, content = _text(made, key, one.id), _text(made, key, one.id)
        picture = one.type.startswith("image")
        body = _picture(content) if picture else content.encode()
        file = files.upload(
            desk,
            type,
            one.id,
            f"{name}.{'png' if picture else 'txt'}",
            BytesIO(body),
            most_bytes=100_000,
            actor=founder,
            now=now,
        )
        sent[one.id] = [file.id] if one.type.endswith("s") else file.id
        made.files[f"{key}:{one.id}"] = (file.id, key, one.id)
    return sent


def _picture(text: str) -> bytes:
    """A PNG of one pixel that carries a text."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        crc = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    parts = (chunk(b"IHDR", head), chunk(b"tEXt", b"Comment\0" + text.encode()))
    pixels = chunk(b"IDAT", zlib.compress(b"\0\0"))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts) + pixels + chunk(b"IEND", b"")


def open_cells(oracle: Oracle, ground: Ground, who: Person) -> Iterator[str]:
    """The texts a person may meet somewhere."""
    for text, cells in ground.cells.items():
        if any(_open(oracle, ground, who, cell) for cell in cells):
            yield text


def _open(oracle: Oracle, ground: Ground, who: Person, cell: Cell) -> bool:
    if cell.row == "void":
        return bool({"supervisor", "founder", "admin"} & set(who.roles))  # register, audit book
    if cell.row not in ground.rows:
        return False
    if cell.old and "history" not in oracle.actions(who, cell.row):
        return False
    sees = oracle.sees(who, cell.row, cell.field)
    return sees == "see" or (sees == "masked" and cell.shown != "see")
