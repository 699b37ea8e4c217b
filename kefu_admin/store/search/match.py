"""Records that hold a text, as a condition in SQL on their id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kefu_admin.store.dialect import Dialect
from kefu_admin.store.search.index import SHIFT, TABLE, number
from kefu_admin.store.search.tokens import phrase, tail
from kefu_admin.store.where import Fragment

if TYPE_CHECKING:
    from kefu_admin.store.database import Store

SHORTEST = 2  # characters; shorter ones have no pair


def match(
    store: Store,
    type_id: str,
    word: str,
    *,
    fields: Sequence[str] = (),
    tails: Sequence[str] = (),
    alias: str,
) -> Fragment | None:
    """Records with the word (normal form, at least two characters) in one of `fields`, or as the
    shown end of one of `tails`. None: nothing of the type is indexed, so nothing matches."""
    own = number(store, type_id)
    if own is None:
        return None
    type = store.project.types[type_id]
    phrases = [phrase(type, own, name, word) for name in fields]
    phrases += [(tail(type, own, name, word),) for name in tails]
    base = own << SHIFT
    id = f'"{alias}"."id"'
    if store.dialect is Dialect.SQLITE:
        asked = " OR ".join('"' + " ".join(one) + '"' for one in phrases)
        text = f'{id} IN (SELECT rowid - ? FROM "{TABLE}" WHERE "{TABLE}" MATCH ?)'
    elif store.dialect is Dialect.POSTGRESQL:
        asked = " | ".join("(" + " <-> ".join(one) + ")" for one in phrases)
        text = (
            f'{id} = ANY (ARRAY(SELECT "id" - ? FROM "{TABLE}"'
            ' WHERE "grams" @@ CAST(? AS tsquery)))'
        )
    else:
        asked = " ".join('"' + " ".join(one) + '"' for one in phrases)
        text = (
            f'{id} IN (SELECT "id" - ? FROM "{TABLE}"'
            ' WHERE MATCH ("grams") AGAINST (? IN BOOLEAN MODE))'
        )
    return Fragment(f"({text})", (base, asked))
