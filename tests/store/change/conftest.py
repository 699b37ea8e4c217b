"""The furnished desk as a fixture."""

from __future__ import annotations

import pytest

from kefu_admin.store.database import Store
from tests.desks import Desk, furnish


@pytest.fixture
def desk(store: Store) -> Desk:
    """The small project with people, on each of the three databases."""
    return furnish(store)
