"""A reduced walk on PostgreSQL and MariaDB: rules and masks are SQL there, and SQL differs."""

from __future__ import annotations

import pytest

from tests.walk.ground import World
from tests.walk.looking import changed, state
from tests.walk.test_nonexistent import compare_missing
from tests.walk.test_reading import walk_reading
from tests.walk.test_rights import check_lists, check_records
from tests.walk.test_writing import walk_writing

RULES = (
    "/records/{type}/", "/records/{type}/<int:id>", "/api/v1/<type_id>/<int:record_id>/history",
    "/audit/", "/",
)  # fmt: skip


@pytest.mark.parametrize("dialect", ["postgresql", "mariadb"])
def test_the_walk_holds_on_a_server(elsewhere: World) -> None:
    before = state(elsewhere.desk.store)

    fields = sum(check_records(elsewhere, who) for who in ("duo", "token"))
    rows = sum(check_lists(elsewhere, who) for who in ("amy", "duo", "token"))
    pages = sum(walk_reading(elsewhere, who, *RULES) for who in ("amy", "root"))
    missing = compare_missing(elsewhere, "duo")
    refused = walk_writing(elsewhere, "bob", "/api/v1/<type_id>/<int:record_id>")

    assert not changed(before, state(elsewhere.desk.store))
    assert (fields > 500, rows > 100, pages > 200, missing > 60, refused > 50) == (True,) * 5
