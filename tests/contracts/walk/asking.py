"""How each route is asked: its address for each record, and what is sent where something is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from kefu_admin.faces.routes import Route
from tests.contracts.walk.world import World

API = "kefu_api."
SHARED = "鹤"  # a part of every customer's name, so looking for it tells nothing by itself
NOBODYS = 987654
TYPES = ("customer", "contact", "visit")
LINKED = {
    "customer": ("owner", "department"),
    "contact": ("customer",),
    "visit": ("customer", "owner"),
}


@dataclass(frozen=True, slots=True)
class Ask:
    """One request; `key` names the record it is about, "" for none."""

    method: str
    path: str
    key: str = ""
    options: dict[str, Any] = field(default_factory=dict)


def name_of(route: Route) -> str:
    """The route's name with the record type taken out: `record.detail`, `kefu_api.get_record`."""
    return re.sub(r"^record_\w+\.", "record.", route.endpoint)


def asks(route: Route, world: World) -> Iterator[Ask]:
    """Every request the walk makes of the route."""
    method = sorted(route.methods)[0] if len(route.methods) == 1 else ""
    for verb in (method,) if method else sorted(route.methods):
        for path, key in _addresses(route, world):
            for options in _bodies(route, verb, key, world):
                yield Ask(verb, path, key, options)


def _addresses(route: Route, world: World) -> Iterator[tuple[str, str]]:
    rule = re.sub(r"^/+", "/", route.rule)
    if rule.endswith("<path:filename>"):
        yield rule.replace("<path:filename>", "nothing.css"), ""
        return
    types = TYPES if "<type_id>" in rule else (_type_of(route),)
    for type_id in types:
        address = rule.replace("<type_id>", type_id).replace("<int:file_id>", "1")
        kept = "office" if "/calendars/" in address else "choices.source"
        for name in ("<name>", "<kept>"):
            address = address.replace(name, kept)
        address = address.replace("<calendar>", "office")
        if "<path:field>" in address:
            for linked in LINKED[type_id]:
                yield address.replace("<path:field>", linked), ""
        elif "<int:record_id>" in address or "<int:id>" in address:
            of_type = [(k, id) for k, (t, id) in world.records.items() if t == type_id]
            people = [("", id) for id in (*world.served.people.values(), NOBODYS)]
            for key, id in [*of_type, ("", NOBODYS)] if type_id else people:
                yield re.sub(r"<int:\w+>", str(id), address), key
        else:
            yield address, ""


def _type_of(route: Route) -> str:
    found = re.match(r"record_(\w+)\.", route.endpoint)
    return found[1] if found else ""


def _bodies(route: Route, verb: str, key: str, world: World) -> Iterator[dict[str, Any]]:
    if verb == "GET":
        yield {}
        if name_of(route) == "kefu_api.list_records":
            yield {"query_string": {"count": "true", "sort": "-created_at", "limit": "200"}}
            yield {"query_string": {"fields": "id_number"}}
    elif route.endpoint.startswith(API):
        yield from _json(route.endpoint.removeprefix(API), key, world)
    else:
        yield {"data": dict(_FORMS.get(name_of(route), {}))}


def _json(name: str, key: str, world: World) -> Iterator[dict[str, Any]]:
    match = {"headers": {"If-Match": '"1"'}}
    sent: dict[str, Callable[[], list[dict[str, Any]]]] = {
        "create_record": lambda: [{"json": {"name": "新来的", "kind": "company"}}],
        "change_record": lambda: [
            {"json": {"name": "改了"}, **match},
            {"json": {"summary": "改"}, **match},
        ],
        "delete_record": lambda: [match],
        "restore_version": lambda: [{"json": {"version": 1}, **match}],
        "restore_record": lambda: [{"json": {}, **match}],
        "purge_record": lambda: [{"json": {"reason": "走查"}, **match}],
        "create_view": lambda: [{"json": {"type": "customer", "name": "走查", "shared": "own"}}],
        "change_view": lambda: [{"json": {"name": "走查"}, **match}],
        "delete_view": lambda: [match],
        "preview_batch": lambda: [
            {"json": {"action": "classify", "values": {"level": "b"}, "ids": ids}}
            for ids in ([id for _, (type, id) in world.records.items() if type == "customer"], [1])
        ],
        "run_batch": lambda: [{"json": {"selection": "x"}}],
        "undo_batch": lambda: [{"json": {}}],
        "query_records": lambda: [
            {"json": {}},
            {"json": {"search": SHARED}},
            {"json": {"count": True, "limit": 200}},
            {"json": {"filter": {"created_at": {"is_empty": False}}, "expand": ["customer"]}},
        ],
        "export_records": lambda: [
            {"json": {}},
            {"json": {"search": SHARED, "view": "customers"}},
            {"json": {"full": True}},
            {"json": {"fields": ["id_number"]}},
        ],
        "query_bin": lambda: [{"json": {}}, {"json": {"search": SHARED}}],
        "search_everywhere": lambda: [{"json": {"text": SHARED, "limit": 20}}],
        "unmask_field": lambda: [
            {"json": {"field": name, "reason": "走查"}} for name in ("phone", "id_number")
        ],
        "field_choices": lambda: [
            {"json": {"field": name, "term": term}}
            for name in ("customer", "owner", "department")
            for term in ("", SHARED)
        ],
        "merge_record": lambda: [
            {"json": {"with": id, "with_version": 1}, **match}
            for id in [id for _, (type, id) in world.records.items() if type == "customer"][:2]
        ],
        "records_alike": lambda: [{"json": {"values": {"name": SHARED * 2}}}],
        "undo_merge": lambda: [{"json": {}}],
        "upload_file": lambda: [
            {"data": {"field": "papers", "file": (BytesIO(b"%PDF-1"), "a.pdf")}}
        ],
    }
    yield from sent.get(name, lambda: [{}])()  # the others take no body


_FORMS: dict[str, dict[str, str]] = {
    "record.find": {"search": SHARED},
    "record.export": {"form": "csv"},
    "record.choices": {"term": SHARED},
    "record.unmask": {"field": "phone", "reason": "走查"},
    "record.new": {"name": "新来的", "kind": "company", "key": "walk-key-0000001"},
    "record.edit": {"name": "改了", "version": "1", "key": "walk-key-0000002"},
    "record.draft": {"f.name": "改了", "version": "1"},
    "record.revert": {"version": "1", "to": "1", "key": "walk-key-0000006"},
    "record.merge": {"version": "1", "with": "1", "with_version": "1", "key": "walk-key-0000008"},
    "record.alike": {"f.name": SHARED * 2},
    "record.merge_chosen": {"id": "1"},
    "record.merge_find": {"term": SHARED},
    "record.unmerge": {"key": "walk-key-0000009"},
    "record.delete": {"version": "1", "key": "walk-key-0000003"},
    "kefu_bin.find": {"type": "customer", "term": SHARED},
    "kefu_bin.restore": {"version": "1", "key": "walk-key-0000004"},
    "kefu_bin.purge": {"version": "1", "key": "walk-key-0000005", "reason": "走查"},
    "kefu_batches.choose": {"action": "classify", "id": "1"},
    "kefu_batches.preview": {
        "action": "classify",
        "id": "1",
        "f.level": "b",
        "key": "walk-key-0000004",
    },
    "kefu_batches.run": {"selection": "x", "key": "walk-key-0000005"},
    "kefu_imports.file": {"key": "walk-key-0000007"},
    "kefu_imports.columns": {"column.0": "name"},
    "kefu_batches.undo": {"key": "walk-key-0000006"},
    "kefu.regions": {"term": "北京"},
    "kefu_search.ask": {"text": SHARED},
    "kefu_search.hits": {"text": SHARED},
    "kefu_audit.find": {"login": "supervisor"},
}
