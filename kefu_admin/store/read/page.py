"""One page of a list: one ordered SELECT, one capped count, labels.

Where one ordered seek would not do (`order.beyond`, `arms.split`) there are several, merged.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from kefu_admin.definitions.condition import ALWAYS
from kefu_admin.definitions.logic import all_of
from kefu_admin.store.dialect import Dialect, quoted
from kefu_admin.store.query import Page, Query
from kefu_admin.store.read.arms import split
from kefu_admin.store.read.assemble import rows as assembled
from kefu_admin.store.read.cursor import seal, unseal
from kefu_admin.store.read.nearby import far, nearby
from kefu_admin.store.read.order import Key, beyond, order_by, order_keys, reversed_keys
from kefu_admin.store.read.quick import Quick, quick
from kefu_admin.store.read.select import (
    asked,
    from_where,
    marks,
    run,
    shape_of,
)
from kefu_admin.store.read.shape import ALIAS, Shape
from kefu_admin.store.read.sight import Sight
from kefu_admin.store.rules import Rules
from kefu_admin.store.where import Fragment, joined, sql

CAP_BELIEVED = timedelta(seconds=30)
"""How long a list that was longer than its cap is said to be so without counting again."""
_BEGINNING: tuple[str, tuple[object, ...]] = ("", ())


def page(sight: Sight, query: Query) -> Page:
    """The rows the asker may see that meet the query, in order; nothing when the type is not his.

    Raises:
        BadRequest: the cursor is not one of this list.
    """
    rules = sight.rules(query.type)
    if rules is None:
        return Page(rows=(), count=0 if query.count_up_to else None)
    picked = shape_of(sight, rules, query.columns)
    keys = order_keys(rules.type, query.sort)
    bound = f"{query.type}:{','.join(f'{key.column}{key.descending:d}' for key in keys)}"
    backwards = bool(query.before) or query.last
    cursor = query.before or query.after
    start = unseal(sight.store.secret, cursor, bound=bound) if cursor else ()
    if start and len(start) != len(keys):
        start = ()
    found = _rows(sight, rules, picked, query, reversed_keys(keys) if backwards else keys, start)
    more = len(found) > query.limit
    kept = found[: query.limit]
    if backwards:
        kept.reverse()
    width = len(keys)
    rows = assembled(sight, picked, [row[width:] for row in kept])

    def cursor_at(row: Sequence[Any]) -> str:
        return seal(sight.store.secret, row[:width], bound=bound)

    after = more if not backwards else bool(query.before)
    before = more if backwards else bool(query.after)
    count, capped = None, False
    if query.count_up_to:
        is_all = not (more or cursor or query.last) and len(kept) <= query.count_up_to
        count, capped = (len(kept), False) if is_all else _count(sight, rules, query)
    return Page(
        rows=rows,
        next=cursor_at(kept[-1]) if kept and after else "",
        previous=cursor_at(kept[0]) if kept and before else "",
        count=count,
        capped=capped,
    )


def count(sight: Sight, query: Query) -> tuple[int, bool]:
    """How many visible rows meet the query, up to `count_up_to`, and whether there are more."""
    rules = sight.rules(query.type)
    return (0, False) if rules is None else _count(sight, rules, query)


def _count(sight: Sight, rules: Rules, query: Query) -> tuple[int, bool]:
    if query.search or query.ids is not None or query.filter != ALWAYS:
        return _counted(sight, rules, query)
    mine = (sight.grants.key, sight.binding.departments_below, sight.binding.user_id)
    key = (rules.type.id, query.where, query.count_up_to, *mine)
    past = sight.memo.past_cap
    if sight.binding.now < past.get(key, sight.binding.now):
        return query.count_up_to, True
    many, capped = _counted(sight, rules, query)
    if capped:
        past[key] = sight.binding.now + CAP_BELIEVED
    return many, capped


def _counted(sight: Sight, rules: Rules, query: Query) -> tuple[int, bool]:
    meeting, params = meets(sight, rules, query)
    text = (
        f"SELECT COUNT(*) FROM (SELECT 1 AS one {meeting} LIMIT {query.count_up_to + 1}) AS counted"
    )
    many = int(run(sight, text, params)[0][0])
    return min(many, query.count_up_to), many > query.count_up_to


def meets(
    sight: Sight, rules: Rules, query: Query, stretch: Fragment | None = None
) -> tuple[str, tuple[object, ...]]:
    """FROM and WHERE of all visible rows that meet the query, in no order, symbols unbound; with a
    `stretch` of those within it."""
    where = asked(sight, rules, query.where)[1]
    found = quick(sight, rules, query.search, nearness=query.nearness)
    also = _joined(_ids(query), found.where if found else None, _filter(sight, query), stretch)
    text = from_where(rules, where, also.text, by_id=_by_id(sight, found))
    return text, (*where.params, *also.params)


def _by_id(sight: Sight, found: Quick | None) -> bool:
    return sight.store.dialect is Dialect.SQLITE and found is not None and found.is_listed


def _ids(query: Query) -> Fragment | None:
    """The records the query is held to; None for all."""
    if query.ids is None:
        return None
    listed = f'"{ALIAS}"."id" IN ({marks(query.ids)})' if query.ids else "(1 = 0)"
    return Fragment(listed, query.ids)


def _filter(sight: Sight, query: Query) -> Fragment | None:
    """The person's own condition, compiled anew: it holds values, so keeping it would keep many."""
    if query.filter == ALWAYS:
        return None
    return sql(query.filter, type_id=query.type, alias=ALIAS, store=sight.store)


def _joined(*parts: Fragment | None) -> Fragment:
    """What the query asks beyond rules and view; "" for nothing."""
    given = [part for part in parts if part is not None]
    return joined(given, "AND") if given else Fragment("")


def _rows(
    sight: Sight,
    rules: Rules,
    picked: Shape,
    query: Query,
    keys: tuple[Key, ...],
    start: tuple[object, ...],
) -> list[tuple[Any, ...]]:
    """The fetched rows, each with its sort values in front; one more than the limit when there are
    more."""
    where = asked(sight, rules, query.where)[1]
    places = beyond(keys, start, ALIAS) if start else (_BEGINNING,)
    if query.search or query.ids is not None or query.filter != ALWAYS:
        found = quick(sight, rules, query.search, in_order=True, nearness=query.nearness)
        if found is not None and found.hits and len(places) == 1:
            also = _joined(_ids(query), found.where, _filter(sight, query))
            both = joined((where, also), "AND")
            place, through = places[0], far(sight, rules, found.hits, query.limit + 1)
            if near := nearby(sight, rules, picked, both, keys, place, query.limit + 1, through):
                return near
        return run(sight, *_statement(sight, rules, picked, query, keys, start, found))
    if len(places) == 1 and len(_wheres(sight, rules, query, keys, split_up=True)[0]) > 1:
        near = nearby(sight, rules, picked, where, keys, places[0], query.limit + 1)
        if near is not None:
            return near
    if start:
        return run(sight, *_statement(sight, rules, picked, query, keys, start))
    shape = (query.type, picked.names, query.where, keys, query.limit)
    key = ("first page", sight.grants.key, sight.binding.departments_below, *shape)
    kept = sight.memo.texts
    text = kept.get(key)
    if not isinstance(text, tuple):
        text = kept[key] = _statement(sight, rules, picked, query, keys, ())
    return run(sight, *text)


def _statement(
    sight: Sight,
    rules: Rules,
    picked: Shape,
    query: Query,
    keys: tuple[Key, ...],
    start: tuple[object, ...],
    found: Quick | None = None,
) -> tuple[str, Sequence[object]]:
    """The SELECT of a page with its parameters, symbols still unbound."""
    limit = query.limit + 1
    places = beyond(keys, start, ALIAS) if start else (_BEGINNING,)
    ids = _ids(query)
    is_narrow = ids is not None or (found is not None and not found.is_common)
    wheres, filtered = _wheres(sight, rules, query, keys, split_up=not is_narrow)
    also = _joined(ids, found.where if found else None, filtered)
    arms = [
        (where, " AND ".join(part for part in (place, also.text) if part), (*params, *also.params))
        for where in wheres
        for place, params in places
    ]
    columns, column_params = picked.select
    sorted_by = ", ".join(f'{key.sql(ALIAS)} AS "k{i}"' for i, key in enumerate(keys))
    inner_order = order_by(keys, sight.store.dialect, [key.sql(ALIAS) for key in keys])
    wanted = f"{sorted_by}, {columns}" if len(arms) == 1 else sorted_by
    texts: list[str] = []
    params: list[object] = list(column_params)
    for where, more, more_params in arms:
        rows = from_where(rules, where, more, by_id=_by_id(sight, found))
        texts.append(f"SELECT {wanted} {rows} ORDER BY {inner_order} LIMIT {limit}")
        params += (*where.params, *more_params)
    if len(texts) == 1:
        return texts[0], params
    return _merged(sight, rules, keys, columns, texts, limit), params


def _wheres(
    sight: Sight, rules: Rules, query: Query, keys: tuple[Key, ...], *, split_up: bool
) -> tuple[tuple[Fragment, ...], Fragment | None]:
    """Rules and view, one for each arm, and what must be asked of each arm besides. The arms are
    kept for all whose rules name the same departments."""
    condition, whole = asked(sight, rules, query.where)
    if not split_up or sight.store.dialect is not Dialect.SQLITE:
        return (whole,), _filter(sight, query)
    grants, mine = sight.grants.key, sight.binding.departments_below
    key = ("arms", query.type, grants, query.where, keys, mine)
    kept = sight.memo.texts
    found = kept.get(key)
    if not isinstance(found, tuple):
        found = kept[key] = split(sight, rules, condition, keys)
    if found or query.filter == ALWAYS:
        return found or (whole,), _filter(sight, query)
    found = split(
        sight, rules, all_of((condition, query.filter)), keys
    )  # he filters by departments
    return (found, None) if found else ((whole,), _filter(sight, query))


def _merged(
    sight: Sight,
    rules: Rules,
    keys: tuple[Key, ...],
    columns: str,
    arms: Sequence[str],
    limit: int,
) -> str:
    """The arms bring only keys and ids, mostly from indexes; the rows are fetched for one page."""
    order = order_by(keys, sight.store.dialect, [f'"m"."k{i}"' for i in range(len(keys))])
    joined = " UNION ALL ".join(
        f"SELECT * FROM ({text}) AS a{number}" for number, text in enumerate(arms)
    )
    sorted_by = ", ".join(f'"m"."k{i}"' for i in range(len(keys)))
    id = f'"m"."k{len(keys) - 1}"'
    return (
        f"SELECT {sorted_by}, {columns} FROM"
        f' (SELECT * FROM ({joined}) AS "m" ORDER BY {order} LIMIT {limit}) AS "m"'
        f' JOIN {quoted(rules.type.id)} AS "{ALIAS}" ON "{ALIAS}"."id" = {id} ORDER BY {order}'
    )
