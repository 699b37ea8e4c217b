"""Records that hold a text, as a condition in SQL on their id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kefu_admin.store.dialect import Dialect
from kefu_admin.store.search.index import SHIFT, TABLE, number
from kefu_admin.store.search.tokens import phrase, tail
from kefu_admin.store.where import Fragment

if TYPE_CHECKING:
    from kefu_admin.store.database import Store

COMMON = 10_000


@dataclass(frozen=True, slots=True)
class Match:
    """The condition, and whether it asks each row in turn (the word is common)."""

    where: Fragment
    is_common: bool


def match(
    store: Store,
    type_id: str,
    word: str,
    *,
    fields: Sequence[str] = (),
    tails: Sequence[str] = (),
    alias: str,
    in_order: bool = False,
) -> Match | None:
    """Records with the word (normal form, at least two characters) in one of `fields`, or as the
    shown end of one of `tails`. None: nothing of the type is indexed, so nothing matches.

    `in_order`: the statement walks rows in an order and stops after a page; then a common word is
    asked of each row in turn instead of listing all rows that hold it.
    """
    own = number(store, type_id)
    if own is None:
        return None
    type = store.project.types[type_id]
    phrases = [phrase(type, own, name, word) for name in fields]
    phrases += [(tail(type, own, name, word),) for name in tails]
    asked, holds = _asked(phrases, store.dialect)
    is_common = in_order and _is_common(store, phrases, asked, holds)
    if is_common:
        row = "rowid" if store.dialect is Dialect.SQLITE else '"id"'
        text = f'EXISTS (SELECT 1 FROM "{TABLE}" WHERE {row} = "{alias}"."id" + ? AND {holds})'
    elif store.dialect is Dialect.SQLITE:
        text = f'"{alias}"."id" IN (SELECT rowid - ? FROM "{TABLE}" WHERE {holds})'
    elif store.dialect is Dialect.POSTGRESQL:
        text = f'"{alias}"."id" = ANY (ARRAY(SELECT "id" - ? FROM "{TABLE}" WHERE {holds}))'
    else:
        text = f'"{alias}"."id" IN (SELECT "id" - ? FROM "{TABLE}" WHERE {holds})'
    return Match(Fragment(f"({text})", (own << SHIFT, asked)), is_common)


def _asked(phrases: Sequence[Sequence[str]], dialect: Dialect) -> tuple[str, str]:
    """The phrases as the database's query text, and the condition that takes it."""
    if dialect is Dialect.SQLITE:
        asked = " OR ".join('"' + " ".join(one) + '"' for one in phrases)
        return asked, f'"{TABLE}" MATCH ?'
    if dialect is Dialect.POSTGRESQL:
        asked = " | ".join("(" + " <-> ".join(one) + ")" for one in phrases)
        return asked, '"grams" @@ CAST(? AS tsquery)'
    asked = " ".join('"' + " ".join(one) + '"' for one in phrases)
    return asked, 'MATCH ("grams") AGAINST (? IN BOOLEAN MODE)'


def _is_common(store: Store, phrases: Sequence[Sequence[str]], asked: str, holds: str) -> bool:
    """Whether so many records hold it that asking each row in turn beats listing them all."""
    if store.dialect is Dialect.MARIADB:
        return False  # its full-text index cannot be asked about one row
    if store.dialect is Dialect.SQLITE and any(len(one) > 1 for one in phrases):
        return False  # it finds one row of a phrase only by going through those before
    sql = f'SELECT COUNT(*) FROM (SELECT 1 FROM "{TABLE}" WHERE {holds} LIMIT {COMMON + 1}) AS hits'
    return int(store.value(sql, (asked,))) > COMMON
