"""The shipped desk seeds itself through the one write path, on three databases, twice the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from kefu_admin.definitions.load import load
from kefu_admin.definitions.project import Project
from kefu_admin.operations import seeding
from kefu_admin.shipped import config_directory, seeds_directory
from kefu_admin.store import accounts
from kefu_admin.store.database import Store
from kefu_admin.store.dialect import Dialect
from kefu_admin.store.read import whole

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def desk() -> Project:
    return load(config_directory())


def _seed(store: Store, rows: int) -> int:
    seeds = seeding.read(seeds_directory())
    seeding.departments(store, seeds, now=NOW)
    seeding.people(store, seeds, now=NOW)
    for master in seeds.masters:
        seeding.master_rows(store, master, now=NOW)
    return seeding.invent(store, seeds, rows=rows, now=NOW)


def test_seeding_twice_makes_nothing_new(
    open_store: Callable[[Project], Store], desk: Project
) -> None:
    store = open_store(desk)
    first = _seed(store, 20)

    second = _seed(store, 20)

    assert (first > 60, second) == (True, 0)


def test_a_second_larger_seed_tops_up(
    open_store: Callable[[Project], Store], desk: Project
) -> None:
    store = open_store(desk)
    _seed(store, 5)

    _seed(store, 12)

    assert whole.row_count(store, "customer") == 12


def test_invented_records_belong_to_people_who_may_see_them(
    open_store: Callable[[Project], Store], desk: Project
) -> None:
    store = open_store(desk)
    _seed(store, 20)

    owners = {
        accounts.person(store, int(id)).login
        for table in ("customer", "visit", "complaint", "project", "inspection")
        for (id,) in store.rows(f'SELECT DISTINCT "owner" FROM "{table}"')
    }

    clerks = {one.login for one in accounts.people(store, role="clerk", limit=50)}
    assert owners
    assert owners <= clerks


def test_demo_logins_are_the_same_when_shown_again(
    open_store: Callable[[Project], Store], desk: Project
) -> None:
    store = open_store(desk)
    seeds = seeding.read(seeds_directory())
    seeding.departments(store, seeds, now=NOW)

    first, second = (seeding.people(store, seeds, now=NOW) for _ in range(2))

    assert (len(first), first) == (3, second)


def test_postgresql_knows_how_many_rows_were_loaded(
    open_store: Callable[[Project], Store], desk: Project
) -> None:
    store = open_store(desk)

    _seed(store, 12)

    if store.dialect is Dialect.POSTGRESQL:
        told = dict(store.rows("SELECT relname, reltuples FROM pg_class WHERE relkind = 'r'"))
        assert (told["customer"], told["visit"]) == (12, 18)
    else:
        assert whole.row_count(store, "visit") == 18
