"""What stands in the walk's rows.

Who they belong to is said in PLAN; every other value is found nowhere else, and noted as a cell.
"""

from __future__ import annotations

import struct
import zlib
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

from kefu_admin.actor import Actor
from kefu_admin.definitions.project import Project
from kefu_admin.operations import files, records
from kefu_admin.operations.desk import Desk
from tests.walk.cells import Cell, Facts, Ground

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


def write_rows(made: Ground, desk: Desk, founder: Actor, now: datetime) -> None:
    """Everything in PLAN: created with old values, changed; some deleted again."""
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
        made.versions[key] += 1
    for key in [k for k, row in made.rows.items() if k in GONE or row.get("parent") in GONE]:
        made.past[key] = made.rows.pop(key)
        made.gone[key] = made.past[key]["type"]


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


def text_of(made: Ground, row: str, field: str) -> str:
    """A text found nowhere else, noted as a value of the field."""
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
        name, content = text_of(made, key, one.id), text_of(made, key, one.id)
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
