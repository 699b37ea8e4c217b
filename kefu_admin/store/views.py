"""Views people keep and how they like their lists: the only writer of `kefu_view`, `kefu_taste`.

Every write of a view takes a new token in `kefu_state` first, so that whoever writes next waits
until the commit; a taste has a version of its own. Both come along with the session
(`store.sessions`), which tells every process whether what it has read is still what stands here.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

from kefu_admin.definitions.saved_view import (
    NO_TASTE,
    SavedView,
    Sharing,
    Taste,
    gone,
    plain_taste,
    read_taste,
)
from kefu_admin.problems import Conflict, NotFound
from kefu_admin.store.database import Store
from kefu_admin.store.dialect import Dialect
from kefu_admin.store.faults import BusyBeforeCommit, Constraint, ConstraintBroken
from kefu_admin.store.shapes import ColumnKind
from kefu_admin.store.state import write_state

TOKEN = "saved_views"  # noqa: S105 -- the key in kefu_state of what is new with every write
_COLUMNS = '"id", "version", "type", "name", "owner_id", "shared", "role", "body"'


def lock(store: Store) -> None:
    """Take the right to write views, until the open transaction ends.

    Raises:
        BusyBeforeCommit: somebody else makes the very first write; the unit is to be run again.
    """
    try:
        write_state(store, TOKEN, secrets.token_hex(8))
    except ConstraintBroken as broken:
        raise _again(broken) from broken


def views(store: Store, user_id: int | None = None) -> tuple[SavedView, ...]:
    """All kept views, oldest first, or a person's own and the shared ones."""
    where = ' WHERE "owner_id" = ? OR "shared" <> ?' if user_id is not None else ""
    params = (user_id, Sharing.OWN.value) if user_id is not None else ()
    rows = store.rows(f'SELECT {_COLUMNS} FROM "kefu_view"{where} ORDER BY "id"', params)
    return tuple(_view(row) for row in rows)


def view(store: Store, id: int) -> SavedView:
    """One kept view.

    Raises:
        NotFound: there is none.
    """
    row = store.row(f'SELECT {_COLUMNS} FROM "kefu_view" WHERE "id" = ?', (id,))
    if row is None:
        raise NotFound(type="view", id=id)
    return _view(row)


def lacking(store: Store) -> Iterator[tuple[SavedView, tuple[str, ...]]]:
    """The views that name what the project does not know, or not so any more, with the names."""
    for one in views(store):
        if names := gone(one, store.project.types):
            yield one, names


def insert(store: Store, wanted: SavedView, *, now: datetime) -> SavedView:
    """A new view, after `lock`."""
    at = store.to_db(ColumnKind.INSTANT, now)
    id = store.insert(
        'INSERT INTO "kefu_view" ("version", "type", "name", "owner_id", "shared", "role", "body",'
        ' "created_at", "updated_at") VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)',
        (wanted.type, *_written(wanted)[:1], wanted.owner_id, *_written(wanted)[1:], at, at),
    )
    return replace(wanted, id=id, version=1)


def update(store: Store, wanted: SavedView, *, now: datetime) -> SavedView:
    """Another content for the view `wanted.id`, after `lock`; `wanted.version` is the one read.

    Raises:
        NotFound, Conflict: no such view, or changed since.
    """
    _unchanged(store, wanted.id, wanted.version)
    store.execute(
        'UPDATE "kefu_view" SET "version" = ?, "name" = ?, "shared" = ?, "role" = ?, "body" = ?,'
        ' "updated_at" = ? WHERE "id" = ?',
        (
            wanted.version + 1,
            *_written(wanted),
            store.to_db(ColumnKind.INSTANT, now),
            wanted.id,
        ),
    )
    return replace(wanted, version=wanted.version + 1)


def delete(store: Store, id: int, version: int) -> None:
    """A view less, after `lock`.

    Raises:
        NotFound, Conflict: no such view, or changed since `version`.
    """
    _unchanged(store, id, version)
    store.execute('DELETE FROM "kefu_view" WHERE "id" = ?', (id,))


def taste(store: Store, user_id: int) -> Taste:
    """How a person likes his lists."""
    text = store.value('SELECT "body" FROM "kefu_taste" WHERE "user_id" = ?', (user_id,))
    return read_taste(json.loads(str(text))) if text is not None else NO_TASTE


def change_taste(
    store: Store, user_id: int, change: Callable[[Taste], Taste], *, now: datetime
) -> None:
    """Change how a person likes his lists, in the open transaction; two changes at once follow
    each other, and one that changes nothing writes nothing.

    Raises:
        BusyBeforeCommit: somebody else has just written his first; the unit is to be run again.
    """
    waits = "" if store.dialect is Dialect.SQLITE else " FOR UPDATE"
    row = store.row(
        f'SELECT "version", "body" FROM "kefu_taste" WHERE "user_id" = ?{waits}', (user_id,)
    )
    before = read_taste(json.loads(str(row[1]))) if row is not None else NO_TASTE
    after = change(before)
    if after == before:
        return
    written = json.dumps(plain_taste(after), ensure_ascii=False)
    at = store.to_db(ColumnKind.INSTANT, now)
    if row is not None:
        store.execute(
            'UPDATE "kefu_taste" SET "version" = ?, "body" = ?, "updated_at" = ?'
            ' WHERE "user_id" = ?',
            (int(row[0]) + 1, written, at, user_id),
        )
        return
    try:
        store.execute(
            'INSERT INTO "kefu_taste" ("version", "user_id", "body", "updated_at")'
            " VALUES (1, ?, ?, ?)",
            (user_id, written, at),
        )
    except ConstraintBroken as broken:
        raise _again(broken) from broken


def _unchanged(store: Store, id: int, version: int) -> None:
    waits = "" if store.dialect is Dialect.SQLITE else " FOR UPDATE"
    found = store.value(f'SELECT "version" FROM "kefu_view" WHERE "id" = ?{waits}', (id,))
    if found is None:
        raise NotFound(type="view", id=id)
    if int(str(found)) != version:
        raise Conflict(version=int(str(found)), sent=version)


def _again(broken: ConstraintBroken) -> Exception:
    return BusyBeforeCommit() if broken.kind is Constraint.UNIQUE else broken


def _written(view: SavedView) -> tuple[object, ...]:
    body = json.dumps(view.body, ensure_ascii=False)
    return view.name, view.shared.value, view.role or None, body


def _view(row: tuple[object, ...]) -> SavedView:
    id, version, type, name, owner_id, shared, role, text = row
    body = json.loads(str(text))
    return SavedView(
        id=int(str(id)),
        version=int(str(version)),
        type=str(type),
        name=str(name),
        owner_id=int(str(owner_id)),
        shared=Sharing(str(shared)),
        role=str(role or ""),
        on=body["on"],
        columns=tuple(body["columns"]),
        sort=tuple(body["sort"]),
        filter=body["filter"],
        density=body["density"],
    )
