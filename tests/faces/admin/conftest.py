"""The panel's tests need one database: what differs between them is proved below the faces."""

from __future__ import annotations

from typing import Any

import pytest

from tests.faces.desk import Served


@pytest.fixture
def dialect() -> str:
    """One is enough here."""
    return "sqlite"


@pytest.fixture
def customer(served: Served) -> int:
    """甲公司 of the first department, with one contact and a phone."""
    made = served.as_("supervisor").post(
        "/api/v1/customer",
        json={
            "name": "甲公司",
            "kind": "company",
            "phone": "13800005678",
            "level": "b",
            "department": served.departments["一部"],
            "contacts": [{"name": "赵六", "phone": "13900001234"}],
        },
    )
    body: dict[str, Any] = made.json
    return int(body["data"]["id"])
