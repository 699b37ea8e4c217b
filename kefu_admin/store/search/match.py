"""Records that hold a text, as a condition in SQL on their id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kefu_admin.store.dialect import Dialect
from kefu_admin.store.query import Nearness
from kefu_admin.store.search import tokens
from kefu_admin.store.search.asking import Term, Way, ways
from kefu_admin.store.search.index import SHIFT, TABLE, number
from kefu_admin.store.where import Fragment, joined

if TYPE_CHECKING:
    from kefu_admin.store.database import Store

COMMON = 10_000


@dataclass(frozen=True, slots=True)
class Match:
    """The condition, and whether it asks each row in turn (the word is common)."""

    where: Fragment
    is_common: bool
    hits: int | None = None  # up to COMMON + 1; None where they were not counted


def match(
    store: Store,
    type_id: str,
    word: str,
    *,
    fields: Sequence[str] = (),
    tails: Sequence[str] = (),
    alias: str,
    in_order: bool = False,
    nearness: Nearness = Nearness.HOLDS,
) -> Match | None:
    """Records with the word (normal form) in one of `fields`, or as the shown end of one of
    `tails`. None: nothing of the type is indexed, so nothing matches.

    `in_order`: the statement walks rows in an order and stops after a page; then a common word is
    asked of each row in turn instead of listing all rows that hold it.
    """
    own = number(store, type_id)
    if own is None:
        return None
    asked = _ways(store, type_id, own, word, fields, tails, nearness)
    dialect = store.dialect
    one_by_one = [way for way in asked if _asks_one_row(way, dialect)] if in_order else []
    hits = _hits(store, one_by_one) if one_by_one else None
    if hits is None or hits <= COMMON:
        if in_order and dialect is Dialect.SQLITE and len(one_by_one) < len(asked):
            hits = _hits(store, asked)
        return Match(_listed(asked, own, alias, dialect), is_common=False, hits=hits)
    others = [way for way in asked if way not in one_by_one]
    parts = [_tested(one_by_one, own, alias, dialect)]
    parts += [_listed(others, own, alias, dialect)] if others else []
    return Match(joined(parts, "OR"), is_common=True, hits=hits)


def is_common(
    store: Store, type_id: str, word: str, *, fields: Sequence[str], tails: Sequence[str]
) -> bool:
    """Whether so many records hold the word that looking into the values of row after row soon
    fills a page."""
    own = number(store, type_id)
    asked = _ways(store, type_id, own, word, fields, tails, Nearness.HOLDS) if own else []
    return bool(asked) and _hits(store, asked) > COMMON


def _ways(
    store: Store,
    type_id: str,
    own: int,
    word: str,
    fields: Sequence[str],
    tails: Sequence[str],
    nearness: Nearness,
) -> list[Way]:
    """The ways a record may hold the word in these fields."""
    type, alike = store.project.types[type_id], store.project.pinyin_alike
    found: list[Way] = []
    for name in fields:
        prefix = tokens.prefix_of(type, own, name)
        found += ways(type.fields[name], prefix, word, nearness, alike)
    ends = [tokens.tail(word, tokens.prefix_of(type, own, name)) for name in tails]
    return list(dict.fromkeys([*found, *((Term((end,)),) for end in ends)]))


def _asks_one_row(way: Way, dialect: Dialect) -> bool:
    """Whether the database finds out quickly if one row holds it. MariaDB never does; SQLite finds
    one row of several tokens, or of a begun one, only by going through those before."""
    if dialect is Dialect.SQLITE:
        return len(way) == 1 and len(way[0].words) == 1 and not way[0].is_begun
    return dialect is Dialect.POSTGRESQL


def _hits(store: Store, asked: Sequence[Way]) -> int:
    """How many records hold it, up to COMMON + 1."""
    holds, text = _holds(asked, store.dialect)
    sql = f'SELECT COUNT(*) FROM (SELECT 1 FROM "{TABLE}" WHERE {holds} LIMIT {COMMON + 1}) AS hits'
    return int(store.value(sql, (text,)))


def _tested(asked: Sequence[Way], own: int, alias: str, dialect: Dialect) -> Fragment:
    """Asks each row in turn."""
    holds, text = _holds(asked, dialect)
    row = "rowid" if dialect is Dialect.SQLITE else '"id"'
    sql = f'EXISTS (SELECT 1 FROM "{TABLE}" WHERE {row} = "{alias}"."id" + ? AND {holds})'
    return Fragment(f"({sql})", (own << SHIFT, text))


def _listed(asked: Sequence[Way], own: int, alias: str, dialect: Dialect) -> Fragment:
    """Lists all records that hold it."""
    holds, text = _holds(asked, dialect)
    if dialect is Dialect.SQLITE:
        sql = f'"{alias}"."id" IN (SELECT rowid - ? FROM "{TABLE}" WHERE {holds})'
    elif dialect is Dialect.POSTGRESQL:
        sql = f'"{alias}"."id" = ANY (ARRAY(SELECT "id" - ? FROM "{TABLE}" WHERE {holds}))'
    else:
        sql = f'"{alias}"."id" IN (SELECT "id" - ? FROM "{TABLE}" WHERE {holds})'
    return Fragment(f"({sql})", (own << SHIFT, text))


def _holds(asked: Sequence[Way], dialect: Dialect) -> tuple[str, str]:
    """The condition that takes the database's query text, and that text."""
    if dialect is Dialect.SQLITE:
        return f'"{TABLE}" MATCH ?', " OR ".join(f"({_all_in_sqlite(way)})" for way in asked)
    if dialect is Dialect.POSTGRESQL:
        text = " | ".join(f"({_all_in_postgresql(way)})" for way in asked)
        return '"grams" @@ CAST(? AS tsquery)', text
    text = " ".join(_all_in_mariadb(way) for way in asked)
    return 'MATCH ("grams") AGAINST (? IN BOOLEAN MODE)', text


def _all_in_sqlite(way: Way) -> str:
    return " AND ".join('"' + " ".join(one.words) + '"' + " *" * one.is_begun for one in way)


def _all_in_postgresql(way: Way) -> str:
    return " & ".join("(" + " <-> ".join(one.words) + ":*" * one.is_begun + ")" for one in way)


def _all_in_mariadb(way: Way) -> str:
    """In brackets with a plus, even alone: MariaDB drops a begun word after a bare phrase."""
    written = (
        one.words[0] + "*" if one.is_begun else '"' + " ".join(one.words) + '"' for one in way
    )
    return "(" + " ".join(f"+{one}" for one in written) + ")"
