"""The endpoints of a type about what was: history, the recycle bin, restoring and purging."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC

from flask import Blueprint
from werkzeug.wrappers import Response

from kefu_admin.faces.api import body, lists
from kefu_admin.faces.api.answering import key_of, written
from kefu_admin.faces.api.envelope import success
from kefu_admin.faces.api.rows import Json, Writers, reference
from kefu_admin.faces.http import actor, now, runtime
from kefu_admin.faces.routes import Audit, Body, Repeat, declare
from kefu_admin.operations import reading, records, recycling
from kefu_admin.store.query import BinRow

MOST_VERSION = 2**31 - 1


def install(blueprint: Blueprint, writers: Writers) -> None:
    """Add them to the API's blueprint."""
    _install_history(blueprint, writers)
    _install_whole_bin(blueprint, writers)
    _install_bin(blueprint, writers)


def _install_history(blueprint: Blueprint, writers: Writers) -> None:
    @blueprint.get("/<type_id>/<int:record_id>/history")
    @declare("GET")
    def record_history(type_id: str, record_id: int) -> Response:
        sent = body.parameters("below_version", "limit")
        lists.content_type(type_id)
        below = sent.get("below_version", "0")
        entries = reading.history(
            runtime().desk,
            type_id,
            body.record_id(record_id),
            actor=actor(),
            now=now(),
            below_version=body.whole("below_version", below, least=0, most=MOST_VERSION),
            limit=body.whole("limit", sent.get("limit", "50"), least=1, most=lists.MOST),
        )
        return success([_entry(type_id, entry, writers) for entry in entries])

    @blueprint.get("/<type_id>/<int:record_id>/history/diff")
    @declare("GET")
    def history_difference(type_id: str, record_id: int) -> Response:
        sent = body.parameters("older", "newer")
        lists.content_type(type_id)
        older, newer = (
            body.whole(name, sent.get(name, ""), least=1, most=MOST_VERSION)
            for name in ("older", "newer")
        )
        found = reading.difference(
            runtime().desk,
            type_id,
            body.record_id(record_id),
            older,
            newer,
            actor=actor(),
            now=now(),
        )
        texts = found.masked | found.unfit
        return success(
            {
                "older": found.older,
                "newer": found.newer,
                "before": writers.values(type_id, found.before, texts),
                "after": writers.values(type_id, found.after, texts),
                "masked": sorted(found.masked),
                "rows": _rows(found.rows, writers),
            }
        )

    @blueprint.post("/<type_id>/<int:record_id>/history/restore")
    @declare("POST", body=Body.JSON, repeat=Repeat.KEY, audit=Audit.DATA)
    def restore_version(type_id: str, record_id: int) -> Response:
        body.parameters()
        lists.content_type(type_id)
        version = body.version()
        sent = body.json_object()
        body.known(sent, ("version", "fields"))
        outcome = records.revert(
            runtime().desk,
            type_id,
            body.record_id(record_id),
            version,
            body.whole("version", sent.get("version"), least=1, most=MOST_VERSION),
            body.names_of("fields", sent["fields"]) if "fields" in sent else (),
            actor=actor(),
            now=now(),
            key=key_of(sent, version),
        )
        return written(type_id, outcome, writers)


def _install_whole_bin(blueprint: Blueprint, writers: Writers) -> None:
    def page(sent: Mapping[str, object], text: str = "") -> Response:
        type_id = body.text_of("type", sent.get("type", ""), longest=60)
        if type_id:
            lists.content_type(type_id)
        cursor, limit = str(sent.get("cursor") or "0"), str(sent.get("limit", "50"))
        below = body.whole("cursor", cursor, least=0, most=2**63 - 1)
        size = body.whole("limit", limit, least=1, most=lists.MOST)
        desk, who, at = runtime().desk, actor(), now()
        found = (
            reading.bin_page(desk, type_id, actor=who, now=at, below=below, limit=size, text=text)
            if type_id
            else reading.bin_all(desk, actor=who, now=at, below=below, limit=size, text=text)
        )
        rows = [_binned(row, writers) for row in found.rows]
        return success(rows, beside={"next": str(found.next) if found.next else ""})

    @blueprint.get("/bin")
    @declare("GET")
    def list_whole_bin() -> Response:
        return page(body.parameters("type", "cursor", "limit"))

    @blueprint.post("/bin/query")
    @declare("POST", body=Body.JSON, repeat=Repeat.SAFE)
    def query_bin() -> Response:
        body.parameters()
        sent = body.json_object()
        body.known(sent, ("type", "search", "cursor", "limit"))
        return page(sent, body.text_of("search", sent.get("search", ""), longest=200))


def _install_bin(blueprint: Blueprint, writers: Writers) -> None:
    @blueprint.get("/<type_id>/bin")
    @declare("GET")
    def list_bin(type_id: str) -> Response:
        sent = body.parameters("cursor", "limit")
        lists.content_type(type_id)
        page = reading.bin_page(
            runtime().desk,
            type_id,
            actor=actor(),
            now=now(),
            below=body.whole("cursor", sent.get("cursor") or "0", least=0, most=2**63 - 1),
            limit=body.whole("limit", sent.get("limit", "50"), least=1, most=lists.MOST),
        )
        rows = [_binned(row, writers) for row in page.rows]
        return success(rows, beside={"next": str(page.next) if page.next else ""})

    @blueprint.get("/<type_id>/bin/<int:record_id>")
    @declare("GET")
    def get_binned(type_id: str, record_id: int) -> Response:
        body.parameters()
        lists.content_type(type_id)
        row = reading.bin_get(
            runtime().desk, type_id, body.record_id(record_id), actor=actor(), now=now()
        )
        return success(_binned(row, writers), headers={"ETag": body.etag(row.version)})

    @blueprint.post("/<type_id>/bin/<int:record_id>/restore")
    @declare("POST", body=Body.JSON, repeat=Repeat.KEY, audit=Audit.DATA)
    def restore_record(type_id: str, record_id: int) -> Response:
        body.parameters()
        lists.content_type(type_id)
        version = body.version()
        sent = body.json_object()
        body.known(sent, ("values",))
        outcome = recycling.restore(
            runtime().desk,
            type_id,
            body.record_id(record_id),
            version,
            body.object_of("values", sent.get("values", {})),
            actor=actor(),
            now=now(),
            key=key_of(sent, version),
        )
        return written(type_id, outcome, writers)

    @blueprint.post("/<type_id>/bin/<int:record_id>/purge")
    @declare("POST", body=Body.JSON, repeat=Repeat.KEY, audit=Audit.DATA)
    def purge_record(type_id: str, record_id: int) -> Response:
        body.parameters()
        lists.content_type(type_id)
        version = body.version()
        sent = body.json_object()
        body.known(sent, ("reason",))
        recycling.purge(
            runtime().desk,
            type_id,
            body.record_id(record_id),
            version,
            body.text_of("reason", sent.get("reason"), longest=recycling.LONGEST_REASON),
            actor=actor(),
            now=now(),
            key=key_of(sent, version),
        )
        return success(None)


def _entry(type_id: str, entry: reading.HistoryEntry, writers: Writers) -> Json:
    texts = entry.masked | entry.unfit
    return {
        "version": entry.version,
        "action": entry.action,
        "by": reference(entry.by) if entry.by is not None else None,
        "at": entry.at.astimezone(UTC).isoformat(),
        "before": writers.values(type_id, entry.before, texts),
        "after": writers.values(type_id, entry.after, texts),
        "masked": sorted(entry.masked),
    }


def _rows(lists: Mapping[str, tuple[reading.RowDifference, ...]], writers: Writers) -> Json:
    """What differs in owned rows, by list."""
    return {name: [_row(one, writers) for one in rows] for name, rows in lists.items()}


def _row(one: reading.RowDifference, writers: Writers) -> Json:
    texts = one.masked | one.unfit
    return {
        "change": one.change,
        "row": reference(one.row),
        "before": writers.values(one.type, one.before, texts),
        "after": writers.values(one.type, one.after, texts),
        "masked": sorted(one.masked),
        "rows": _rows(one.rows, writers),
    }


def _binned(row: BinRow, writers: Writers) -> Json:
    values = writers.values(row.type, row.values, row.masked | row.unfit)
    for name in ("id", "version"):
        values.pop(name, None)
    return {
        "type": row.type,
        "id": row.id,
        "version": row.version,
        "title": row.title,
        "deleted_at": row.deleted_at.astimezone(UTC).isoformat(),
        "by": reference(row.by),
        "values": values,
        "masked": sorted(row.masked),
        "actions": sorted(row.actions),
        "along": row.along,
        "rows": [_along(one, writers) for one in row.rows],
        "lost": list(row.lost),
    }


def _along(row: BinRow, writers: Writers) -> Json:
    """A row that would come back with its owner, with the rows it owned itself."""
    return {
        "type": row.type,
        "id": row.id,
        "title": row.title,
        "values": writers.values(row.type, row.values, row.masked | row.unfit),
        "masked": sorted(row.masked),
        "rows": [_along(one, writers) for one in row.rows],
    }
