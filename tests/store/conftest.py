"""Databases whose tables change under their rows."""

from __future__ import annotations

import pytest

from kefu_admin.actor import system_actor
from kefu_admin.store.apply import apply, plan
from kefu_admin.store.database import Store
from tests.databases import NOW, opened
from tests.factories import project


@pytest.fixture
def go(ground):
    """Applies a project to this test's database, which keeps its rows; returns its store."""
    base = ground
    stores = []

    def applied(*types, consent=frozenset()):
        store = opened(base.url, project(*types), base.data_directory)
        stores.append(store)
        apply(store, plan(store), actor=system_actor("tests"), now=NOW, consent=consent)
        return store

    applied.planned = lambda *types: _planned(base, stores, types)
    yield applied
    for store in stores:
        store.close()


def _planned(base: Store, stores: list[Store], types) -> Store:
    store = opened(base.url, project(*types), base.data_directory)
    stores.append(store)
    return store
