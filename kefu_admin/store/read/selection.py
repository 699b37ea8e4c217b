"""All that a list holds, as a SELECT of ids and versions: what a bulk change freezes."""

from __future__ import annotations

from kefu_admin.store.query import Query
from kefu_admin.store.read.page import meets
from kefu_admin.store.read.shape import ALIAS
from kefu_admin.store.read.sight import Sight
from kefu_admin.store.where import bind


def selection(sight: Sight, query: Query, *, most: int) -> tuple[str, tuple[object, ...]] | None:
    """The statement with its parameters, symbols bound: at most `most` rows the asker sees; None
    when the type is not his."""
    rules = sight.rules(query.type)
    if rules is None:
        return None
    meeting, params = meets(sight, rules, query)
    text = f'SELECT "{ALIAS}"."id" AS "id", "{ALIAS}"."version" AS "version" {meeting} LIMIT {most}'
    return bind(text, params, binding=sight.binding, store=sight.store)
