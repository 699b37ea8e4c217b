"""The index: its table, upkeep in the writing transaction, and building it anew.

One table for all types. A row's id is the type's number in front of the record's id, so a record is
one row and its old tokens can be taken out by value (SQLite's contentless FTS5 asks for them).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.store import columns, inserts
from kefu_admin.store.dialect import Dialect, quoted
from kefu_admin.store.per_type import PerType
from kefu_admin.store.search.tokens import Writer, indexed_fields, signature

if TYPE_CHECKING:
    from kefu_admin.store.database import Store

TABLE = "kefu_search"
SHIFT = 40  # record ids are below 2 ** 40
STATE = "search"  # key in kefu_state: what the index was built for
_CHUNK = 2000
_MERGED = 500  # pages of the index put in order at once
POSITIONS = 16383  # of a word in a tsvector: those beyond are left out

_INDEX = quoted(f"ix_{TABLE}__grams")
_DDL = {
    Dialect.SQLITE: (
        f'CREATE VIRTUAL TABLE IF NOT EXISTS "{TABLE}"'
        " USING fts5(grams, content='', tokenize='ascii')",
    ),
    Dialect.POSTGRESQL: (
        f'CREATE TABLE IF NOT EXISTS "{TABLE}"'
        ' ("id" BIGINT PRIMARY KEY, "grams" TSVECTOR NOT NULL)',
        f'CREATE INDEX IF NOT EXISTS {_INDEX} ON "{TABLE}" USING GIN ("grams")',
    ),
    Dialect.MARIADB: (
        f'CREATE TABLE IF NOT EXISTS "{TABLE}" ("id" BIGINT PRIMARY KEY, "grams" LONGTEXT NOT NULL,'
        f' FULLTEXT INDEX "ix_{TABLE}__grams" ("grams")) ENGINE=InnoDB'
        " CHARACTER SET ascii COLLATE ascii_bin",
    ),
}


class Indexed(NamedTuple):
    """One record's values before and after; None where it is not there."""

    record_id: int
    before: Mapping[str, object] | None
    after: Mapping[str, object] | None


indexed = PerType(lambda store, type_id: indexed_fields(store.project.types[type_id]))
"""The fields of a type the index holds."""

_NUMBERS: WeakKeyDictionary[Store, dict[str, int]] = WeakKeyDictionary()


def number(store: Store, type_id: str) -> int | None:
    """The number that stands for a type in the index; None when nothing of it is indexed."""
    known = _NUMBERS.setdefault(store, {})
    if type_id not in known:
        found = dict(store.rows('SELECT "type", "id" FROM "kefu_search_type"'))
        known.update({str(type): int(id) for type, id in found.items()})
    return known.get(type_id)


def change(store: Store, type_id: str, records: Sequence[Indexed]) -> None:
    """Bring the index up to date with records just written, in the open transaction."""
    fields = indexed(store, type_id)
    if not records or not fields:
        return
    own = number(store, type_id) or _new_number(store, type_id)
    tokens = Writer(fields, own, store.project.pinyin_alike)
    old: list[tuple[int, str]] = []
    new: list[tuple[int, str]] = []
    for record_id, was, then in records:
        before = tokens(was) if was is not None else ""
        after = tokens(then) if then is not None else ""
        if before != after:
            id = (own << SHIFT) | record_id
            old += [(id, before)] if before else []
            new += [(id, after)] if after else []
    _take_out(store, old)
    _put_in(store, new)


def clear(store: Store) -> None:
    """Empty the index, in the open transaction."""
    if store.dialect is Dialect.SQLITE:
        store.execute(f'INSERT INTO "{TABLE}" ("{TABLE}") VALUES (\'delete-all\')')
    else:
        store.execute(f'DELETE FROM "{TABLE}"')


def may_tidy(store: Store) -> bool:
    """Whether this connection may `tidy`: MariaDB does so itself, PostgreSQL lets the owner of the
    index."""
    if store.dialect is not Dialect.POSTGRESQL:
        return store.dialect is Dialect.SQLITE
    sql = f"SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = '{_INDEX}'::regclass"
    return bool(store.value(sql))


def tidy(store: Store) -> None:
    """Have the database put the words it has only taken in so far into their places: it would do so
    while somebody writes. On SQLite in short transactions."""
    if store.dialect is Dialect.POSTGRESQL:
        store.value(f"SELECT gin_clean_pending_list('{_INDEX}')")
        return
    pages, moved = -_MERGED, 2  # of less than zero: all parts, not only those of one size
    while moved > 1:
        with store.transaction():
            before = int(store.value("SELECT total_changes()"))
            store.execute(
                f'INSERT INTO "{TABLE}" ("{TABLE}", rank) VALUES (\'merge\', ?)', (pages,)
            )
            moved = int(store.value("SELECT total_changes()")) - before
        pages = _MERGED
        store.let_others_in()


def lay(store: Store) -> None:
    """Make the index's table when it is not there; MariaDB commits what is open."""
    if not is_there(store):
        for statement in _DDL[store.dialect]:
            store.execute(statement)


def bring_up(store: Store) -> bool:
    """Build the index when the config asks for another one than there is, in the transaction of
    apply. Says whether it was built."""
    if built_for(store) == due_signature(store):
        return False
    renew(store)
    return True


def renew(store: Store) -> int:
    """Build the index anew and note what for, in the open transaction; returns how many records
    were looked at."""
    built, known = rebuild(store), built_for(store) is not None
    sql = (
        'UPDATE "kefu_state" SET "value" = ? WHERE "key" = ?'
        if known
        else 'INSERT INTO "kefu_state" ("value", "key") VALUES (?, ?)'
    )
    store.execute(sql, (due_signature(store), STATE))
    return built


def rebuild(store: Store) -> int:
    """Build the whole index anew from the records, in the open transaction; returns how many."""
    clear(store)
    store.execute('DELETE FROM "kefu_search_type"')
    _NUMBERS.pop(store, None)
    built, alike = 0, store.project.pinyin_alike
    for type in store.project.types.values():
        if fields := indexed_fields(type):
            own = _new_number(store, type.id)
            tokens = Writer(fields, own, alike)
            for rows in all_values(store, type):
                made = [((own << SHIFT) | id, tokens(one)) for id, one in rows]
                _put_in(store, [(id, text) for id, text in made if text])
                built += len(rows)
    return built


def built_for(store: Store) -> object:
    """What the index was built for; None before the first apply."""
    return store.value('SELECT "value" FROM "kefu_state" WHERE "key" = ?', (STATE,))


def is_there(store: Store) -> bool:
    """Whether the index has its table."""
    sql = {
        Dialect.SQLITE: "SELECT 1 FROM sqlite_master WHERE name = ?",
        Dialect.POSTGRESQL: "SELECT 1 FROM pg_tables"
        " WHERE schemaname = current_schema() AND tablename = ?",
        Dialect.MARIADB: "SELECT 1 FROM information_schema.tables"
        " WHERE table_schema = DATABASE() AND table_name = ?",
    }[store.dialect]
    return store.value(sql, (TABLE,)) is not None


def due_signature(store: Store) -> str:
    """What the index must have been built for."""
    alike = store.project.pinyin_alike
    parts = (signature(type, alike) for type in store.project.types.values())
    return sha256("\n".join(sorted(part for part in parts if part)).encode()).hexdigest()


def _new_number(store: Store, type_id: str) -> int:
    """A number for a type; not remembered here, since the transaction may yet be rolled back."""
    return store.insert('INSERT INTO "kefu_search_type" ("type") VALUES (?)', (type_id,))


def all_values(store: Store, type: ContentType) -> Iterator[list[tuple[int, dict[str, object]]]]:
    """The indexed values of every record, in runs."""
    names = [one.id for one in indexed_fields(type) if columns.has_column(one)]
    selected = ", ".join(quoted(name) for name in names)
    last = 0
    while True:
        found = store.rows(
            f'SELECT "id", {selected} FROM {quoted(type.id)} WHERE "id" > ?'
            f' ORDER BY "id" LIMIT {_CHUNK}',
            (last,),
        )
        if not found:
            return
        yield [(int(row[0]), dict(zip(names, row[1:], strict=True))) for row in found]
        last = int(found[-1][0])


def _take_out(store: Store, rows: Sequence[tuple[int, str]]) -> None:
    if store.dialect is Dialect.SQLITE:
        store.execute_many(
            f'INSERT INTO "{TABLE}" ("{TABLE}", rowid, grams) VALUES (\'delete\', ?, ?)', rows
        )
        return
    for part in _parts(rows):
        marks = ", ".join("?" * len(part))
        store.execute(f'DELETE FROM "{TABLE}" WHERE "id" IN ({marks})', [id for id, _ in part])


def _put_in(store: Store, rows: Sequence[tuple[int, str]]) -> None:
    if store.dialect is Dialect.SQLITE:
        store.execute_many(f'INSERT INTO "{TABLE}" (rowid, grams) VALUES (?, ?)', rows)
        return
    is_postgresql = store.dialect is Dialect.POSTGRESQL
    if is_postgresql and len(rows) >= inserts.COPIED:
        vectors = [(id, _vector(text)) for id, text in rows]
        store.copy_in(f'COPY "{TABLE}" ("id", "grams") FROM STDIN', vectors)
        return
    mark = "(?, CAST(? AS tsvector))" if is_postgresql else "(?, ?)"
    for part in _parts(rows):
        params: list[object] = []
        for id, text in part:
            params += (id, _vector(text) if is_postgresql else text)
        marks = ", ".join([mark] * len(part))
        store.execute(f'INSERT INTO "{TABLE}" ("id", "grams") VALUES {marks}', params)


def _vector(text: str) -> str:
    """Tokens with their positions, as PostgreSQL reads a tsvector."""
    words = text.split(" ")[:POSITIONS]
    return " ".join(f"{word}:{at}" for at, word in enumerate(words, start=1))


def _parts(rows: Sequence[tuple[int, str]]) -> Iterable[Sequence[tuple[int, str]]]:
    """Runs of at most 500 rows."""
    return (rows[start : start + 500] for start in range(0, len(rows), 500))
