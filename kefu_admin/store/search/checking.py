"""Whether the index holds what it should: at the start of a process, and record by record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING
from zlib import crc32

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.store import columns
from kefu_admin.store.dialect import Dialect, quoted
from kefu_admin.store.search.index import (
    POSITIONS,
    SHIFT,
    TABLE,
    all_values,
    built_for,
    due_signature,
    is_there,
    number,
)
from kefu_admin.store.search.tokens import Writer, indexed_fields

if TYPE_CHECKING:
    from kefu_admin.store.database import Store


def self_test(store: Store) -> tuple[str, ...]:
    """What is wrong with the index, as codes: `search_missing`, `search_outdated`, and
    `search_silent` where it does not know the newest record of a type."""
    if not is_there(store):
        return ("search_missing",)
    if built_for(store) != due_signature(store):
        return ("search_outdated",)
    for type in store.project.types.values():
        newest = next(_newest(store, type), None)
        if newest is not None and _differs(store, type, [newest]):
            return ("search_silent",)
    return ()


def wrong(store: Store) -> Iterator[tuple[str, int]]:
    """Types and ids of records the index does not hold as they are, and of those it holds beyond
    them."""
    for type in store.project.types.values():
        if indexed_fields(type):
            for rows in all_values(store, type):
                yield from ((type.id, id) for id in _differs(store, type, rows))


def _differs(
    store: Store, type: ContentType, rows: Sequence[tuple[int, Mapping[str, object]]]
) -> list[int]:
    """Ids, from the first to the last of these rows, at which the index holds something else."""
    own, size = number(store, type.id) or 0, _SIZES[store.dialect]
    tokens = Writer(indexed_fields(type), own, store.project.pinyin_alike)
    due = {id: sized for id, values in rows if (sized := _size(tokens(values), store.dialect))}
    first, last = ((own << SHIFT) | id for id in (rows[0][0], rows[-1][0]))
    held = {
        int(id) - (own << SHIFT): _varint(sized) if isinstance(sized, bytes) else int(sized)
        for id, sized in store.rows(size, (first, last))
    }
    return sorted(id for id in due.keys() | held.keys() if due.get(id) != held.get(id))


# How much is held of each record: SQLite and MariaDB all words or their text, PostgreSQL each once.
_SIZES = {
    Dialect.SQLITE: f'SELECT id, sz FROM "{TABLE}_docsize" WHERE id BETWEEN ? AND ?',
    Dialect.POSTGRESQL: f'SELECT "id", length("grams") FROM "{TABLE}" WHERE "id" BETWEEN ? AND ?',
    Dialect.MARIADB: f'SELECT "id", CRC32("grams") FROM "{TABLE}" WHERE "id" BETWEEN ? AND ?',
}


def _size(text: str, dialect: Dialect) -> int:
    """The same of the text that is due; 0 for none."""
    if not text or dialect is Dialect.MARIADB:
        return crc32(text.encode())
    words = text.split(" ")
    return len(words) if dialect is Dialect.SQLITE else len(set(words[:POSITIONS]))


def _varint(sized: bytes) -> int:
    """The number of words as FTS5 keeps it: seven bits a byte, the highest first."""
    number = 0
    for byte in sized:
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            break
    return number


def _newest(store: Store, type: ContentType) -> Iterator[tuple[int, dict[str, object]]]:
    """The record of a type made last, with its indexed values."""
    names = [one.id for one in indexed_fields(type) if columns.has_column(one)]
    if names:
        selected = ", ".join(quoted(name) for name in names)
        sql = f'SELECT "id", {selected} FROM {quoted(type.id)} ORDER BY "id" DESC LIMIT 1'
        for row in store.rows(sql):
            yield int(row[0]), dict(zip(names, row[1:], strict=True))
