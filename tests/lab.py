"""A laboratory for conditions: types with every kind of field, records of awkward values, a store
that holds them, and strategies that make conditions about them."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from kefu_admin.definitions.binding import Binding
from kefu_admin.definitions.builtin import DEPARTMENT, PERSON, column_name, table_name
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import storage
from kefu_admin.definitions.fields import Choice, Storage
from kefu_admin.definitions.label import Label
from kefu_admin.store import columns
from kefu_admin.store.change.statements import look_up_hash, sealed
from kefu_admin.store.database import Store
from kefu_admin.store.dialect import quoted
from kefu_admin.store.names import link_table
from tests.factories import choice, content_type, field, project

NOW = datetime(2026, 5, 31, 16, 30, tzinfo=UTC)  # 00:30 on 1 June in Shanghai
ZONE = ZoneInfo("Asia/Shanghai")
TEXTS = (
    "a", "A", "ab", "a b", "a ", " a", "ä", "Ä", "ß", "ss", "İ", "i", "ı", "张", "张三", "三张",
    "張三", "👍", "👎", "𠮷", "吉", "%", "_", "a%", "\\", "'", '"', "?", "|", "$me", "é", "e\u0301",
    "\uffee", "\U0010fffd", "13800005678",
)  # fmt: skip
KINDS = ("person", "company", "none")
TRAITS = tuple(Choice(id=id, label=Label(id)) for id in ("vip", "old", "vi", "new"))
TAGS = ("a", "ab", "A", "张三", "👍", "%", "_", "a b", "vip")
NUMBERS = (0, 1, -1, 7, 10, 99, 100, 2**62, -(2**62), 2**63 - 1)
MONEY = tuple(
    Decimal(n) for n in ("0.00", "0.01", "-0.01", "1.00", "7.00", "10.00", "92233720368547758.07")
)
RATES = tuple(Decimal(n) for n in ("0.0000", "0.0001", "1.0000", "7.0000", "9.9999", "-1.0000"))
DAYS = (date(2026, 5, 31), date(2026, 6, 1), date(2026, 6, 2), date(2024, 2, 29), date(1000, 1, 1))
INSTANTS = (
    NOW,
    NOW - timedelta(microseconds=1),
    NOW + timedelta(microseconds=1),
    datetime(2026, 5, 31, 16, 0, tzinfo=UTC),
    datetime(2026, 5, 31, 15, 59, 59, 999999, tzinfo=UTC),
    datetime(2026, 6, 1, 16, 0, tzinfo=UTC),
    datetime(2024, 2, 29, 12, 0, tzinfo=UTC),
)
TIMES = (time(0, 0), time(9, 30), time(23, 59))
MINUTES = (0, 1, 90, 100_000)
REGIONS = ("110000", "110100", "110105", "120000", "120101", "429004", "420000")
SECRETS = ("110101199003070003", "x", "X", "y")
POOLS: Mapping[str, tuple[object, ...]] = {
    "name": TEXTS,
    "other": TEXTS,
    "note": (*TEXTS, "line\nline"),
    "kind": KINDS,
    "traits": tuple(trait.id for trait in TRAITS),
    "tags": TAGS,
    "credit": MONEY,
    "rate": RATES,
    "score": NUMBERS,
    "active": (True, False),
    "since": DAYS,
    "until": DAYS,
    "met_at": INSTANTS,
    "opens": TIMES,
    "minutes": MINUTES,
    "phone": ("13800005678", "13900005678", "010-62345678"),
    "region": REGIONS,
    "secret": SECRETS,
    "owner": (1, 2, 3, 4),
    "department": (1, 2, 3, 4, 5),
    "parent": tuple(range(1, 12)),
    "partners": tuple(range(1, 12)),
    "age": NUMBERS,
    "boss": (1, 2, 3, 4),
    "customer": tuple(range(1, 12)),
    "id": (1, 2, 3, 5, 60, 2**62),
    "login": ("u1", "u2", "U1", "李四"),
    "code": ("D1", "D2", "d1"),
    "file": (1,),
}
CUSTOMER = content_type(
    "customer",
    field("name"),
    field("other"),
    field("note", "long_text", max_length=1000),
    choice("kind", *KINDS),
    field("traits", "multi_choice", choices=TRAITS),
    field("tags", "tags"),
    field("credit", "money", scale=2),
    field("rate", "decimal", scale=4),
    field("score", "integer"),
    field("active", "boolean"),
    field("since", "date"),
    field("until", "date"),
    field("met_at", "datetime"),
    field("opens", "time"),
    field("minutes", "duration"),
    field("phone", "phone"),
    field("region", "region"),
    field("secret", encrypted=True),
    field("owner", "person"),
    field("department", "department"),
    field("parent", "reference", to="customer"),
    field("partners", "references", to="customer"),
    field("file", "attachment"),
    field("contacts", "children", to="contact", by="customer"),
)
CONTACT = content_type(
    "contact",
    field("customer", "reference", to="customer"),
    field("name"),
    field("age", "integer"),
    field("rate", "decimal", scale=4),
    field("tags", "tags"),
    field("boss", "person"),
    owned_by="customer",
)
TYPES = {"customer": CUSTOMER, "contact": CONTACT}
LAB = project(CUSTOMER, CONTACT)
Record = dict[str, object]
Records = dict[str, dict[int, Record]]


def bindings() -> tuple[Binding, ...]:
    """Somebody, somebody at the top, and a system actor who is nobody."""

    def asker(user: int | None, department: int | None, below: set[int]) -> Binding:
        return Binding(
            user_id=user, department_id=department, departments_below=frozenset(below),
            now=NOW, zone=ZONE,
        )  # fmt: skip

    return asker(1, 2, {2, 3}), asker(2, 1, {1, 2, 3, 4, 5}), asker(None, None, set())


def records(customers: int = 60, seed: int = 7) -> Records:
    """The same awkward records every time, with a third of the values absent."""
    chance = random.Random(seed)
    made: Records = {
        "department": {
            id: {"id": id, "name": f"部{id}", "code": code, "parent": parent, "active": id != 5}
            for id, code, parent in (
                (1, "D1", None),
                (2, "D2", 1),
                (3, "d1", 2),
                (4, None, 1),
                (5, "D5", None),
            )
        },
        "person": {
            id: {"id": id, "login": login, "name": TEXTS[id], "department": home, "active": id != 3}
            for id, login, home in ((1, "u1", 2), (2, "u2", None), (3, "U1", 5), (4, "李四", 3))
        },
        "customer": {},
        "contact": {},
    }
    for id in range(1, customers + 1):
        made["customer"][id] = _record(CUSTOMER, id, chance)
    number = 0
    for id, customer in made["customer"].items():
        rows = []
        for _ in range(chance.choice((0, 0, 1, 1, 2, 4))):
            number += 1
            contact = _record(CONTACT, number, chance) | {"customer": id}
            made["contact"][number] = contact
            rows.append(contact)
        customer["contacts"] = tuple(rows)
    return made


def _record(type: ContentType, id: int, chance: random.Random) -> Record:
    record: Record = {"id": id, "version": 1}
    for each in type.fields.values():
        if each.system or each.type == "children":
            continue
        pool = POOLS[each.id]
        if storage(each) in (Storage.MEMBERS, Storage.LINKS):
            members = chance.sample(pool, chance.choice((0, 0, 1, 2, 3)))
            if each.id == "traits":
                members = [one for one in pool if one in members]
            record[each.id] = tuple(members)
        else:
            record[each.id] = chance.choice(pool) if chance.random() < 0.67 else None
    return record | {
        "created_at": chance.choice(INSTANTS), "updated_at": NOW,
        "created_by": chance.choice((1, 2, None)), "updated_by": None,
    }  # fmt: skip


def fill(store: Store, made: Records) -> None:
    """Writes the records as `store.change` would, without its rules."""
    with store.transaction():
        paths = {1: "/1/", 2: "/1/2/", 3: "/1/2/3/", 4: "/1/4/", 5: "/5/"}
        for id, values in made["department"].items():
            extra = {"path": paths[id], "created_at": NOW, "updated_at": NOW}
            _insert(store, DEPARTMENT, values, extra)
        for values in made["person"].values():
            extra = {"password_hash": "", "created_at": NOW, "updated_at": NOW}
            _insert(store, PERSON, values, extra)
        late = {}
        for id, values in made["customer"].items():
            late[id] = values["parent"]
            _insert(store, CUSTOMER, values | {"parent": None}, {})
        for id, parent in late.items():
            store.execute('UPDATE "customer" SET "parent" = ? WHERE "id" = ?', (parent, id))
        for values in made["contact"].values():
            _insert(store, CONTACT, values, {})
        links = quoted(link_table("customer", "partners"))
        for id, values in made["customer"].items():
            for position, target in enumerate(values["partners"]):
                store.execute(
                    f'INSERT INTO {links} ("record_id", "target_id", "position") VALUES (?, ?, ?)',
                    (id, target, position),
                )
            if values["file"] is not None:
                _attach(store, id)


def _insert(store: Store, type: ContentType, values: Record, extra: Record) -> None:
    row: Record = {}
    for name, value in values.items():
        one = type.fields[name]
        if not columns.has_column(one):
            continue
        column = column_name(type.id, name)
        if storage(one) is Storage.SECRET:
            row[column] = value and sealed(store, type.id, one, values["id"], value)
            row[columns.hash_column(one)] = look_up_hash(store, type.id, one, value)
        else:
            row[column] = store.to_db(columns.kind(one), columns.to_column(one, value))
    instant = columns.kind(CUSTOMER.fields["met_at"])
    for name, value in extra.items():
        row[name] = store.to_db(instant, value) if isinstance(value, datetime) else value
    names = ", ".join(quoted(name) for name in row)
    marks = ", ".join("?" * len(row))
    table = quoted(table_name(type.id))
    store.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(row.values()))


def _attach(store: Store, id: int) -> None:
    store.execute(
        'INSERT INTO "kefu_attachment" ("type", "field", "record_id", "name", "media_type",'
        ' "size", "sha256", "path", "created_at") VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?)',
        ("customer", "file", id, "a.pdf", "application/pdf", f"{id}", f"{id}",
         store.to_db(columns.kind(CUSTOMER.fields["met_at"]), NOW)),
    )  # fmt: skip
