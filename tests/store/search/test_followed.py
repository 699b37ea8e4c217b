"""A reference is searched through the index of the type it leads to, in records one may see."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from kefu_admin.definitions import load
from kefu_admin.definitions.project import Project
from kefu_admin.store import read
from kefu_admin.store.database import Store
from kefu_admin.store.query import Query
from tests.conftest import PROJECTS
from tests.desks import furnish
from tests.store.read.rows import sight


def test_visits_are_found_by_what_their_customer_is_found_by(
    open_store: Callable[[Project], Store], tmp_path: Path
) -> None:
    shutil.copytree(PROJECTS / "small", tmp_path / "config")
    visit = tmp_path / "config/types/visit.yaml"
    text = visit.read_text("utf-8")
    visit.write_text(text.replace("search: [code, ", "search: [code, customer, ", 1), "utf-8")
    desk = furnish(open_store(load(tmp_path / "config")))
    here = desk.create("boss", "customer", name="朝阳贸易", department=desk.first)
    there = desk.create("boss", "customer", name="朝阳商店", department=desk.second)
    visits = [desk.create("boss", "visit", customer=who, summary="无") for who in (here, there)]

    def matches(term: str, *departments: int) -> list[int]:
        look = sight(desk.store, "supervisor", departments=departments)
        page = read.page(look, Query(type="visit", columns=(), search=term, count_up_to=50))
        assert page.count == len(page.rows)
        return sorted(row.id for row in page.rows)

    both = (desk.first, desk.second)
    assert matches("朝阳", *both) == matches("cy", *both) == visits
    assert (
        matches("商店", *both) == matches("阳商", *both) == matches("店 无", *both) == [visits[1]]
    )
    assert matches("商店 海", *both) == []
    assert matches("朝阳", desk.first) == [visits[0]]

    desk.update("boss", "customer", there, 1, name="海淀商店")
    assert matches("朝阳", *both) == [visits[0]]
    assert matches("haidian", *both) == [visits[1]]
