"""A connection that loads very many rows is set for it, and afterwards as it was."""

from __future__ import annotations

import pytest

from kefu_admin.store.database import Store
from kefu_admin.store.dialect import Dialect
from kefu_admin.store.loading import loading
from tests.desks import furnish

ASKED = {
    Dialect.SQLITE: ("PRAGMA cache_size", "PRAGMA wal_autocheckpoint"),
    Dialect.POSTGRESQL: ("SHOW gin_pending_list_limit", "SHOW work_mem"),
    Dialect.MARIADB: (),
}


class Stopped(Exception):
    """A load that did not come to its end."""


def settings(store: Store) -> list[object]:
    return [store.value(sql) for sql in ASKED[store.dialect]]


def test_settings_hold_for_the_load_only(store: Store) -> None:
    with store.connection():
        before = settings(store)
        with loading(store):
            within = settings(store)
        after = settings(store)
        with pytest.raises(Stopped), loading(store):
            raise Stopped
        stopped = settings(store)

    assert all(one != other for one, other in zip(before, within, strict=True))
    assert (after, stopped) == (before, before)


def waiting(store: Store) -> int:
    """How many pages of words wait to be put into their places, which this does."""
    if store.dialect is not Dialect.POSTGRESQL:
        return 0
    return int(store.value("SELECT gin_clean_pending_list('ix_kefu_search__grams')"))


def test_no_words_wait_for_the_next_writer(store: Store) -> None:
    desk = furnish(store)
    desk.create("boss", "customer", name="甲")
    listed = waiting(store)

    with loading(store):
        desk.create("boss", "customer", name="乙")

    assert (listed > 0) is (store.dialect is Dialect.POSTGRESQL)
    assert waiting(store) == 0


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_sqlites_words_stand_in_one_part_after_a_load(store: Store) -> None:
    desk = furnish(store)
    parts = 'SELECT COUNT(DISTINCT "segid") FROM "kefu_search_idx"'
    for name in "甲乙丙":
        desk.create("boss", "customer", name=name)
    before = store.value(parts)

    with loading(store):
        desk.create("boss", "customer", name="丁")

    assert before == 3
    assert store.value(parts) == 1
