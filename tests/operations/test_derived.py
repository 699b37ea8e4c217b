"""A computed or kept field that is new, or whose rule is, holds for the rows that were there."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent

import pytest

from kefu_admin.actor import system_actor
from kefu_admin.definitions.load import load
from kefu_admin.operations.derived import bring_up_derived
from kefu_admin.operations.desk import Desk
from kefu_admin.store import derived
from kefu_admin.store.apply import apply, plan
from kefu_admin.store.derived import stale
from tests.databases import add, opened

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
PROJECT = "name: {zh: 台, en: Desk}\n"
LABEL = "label: {zh: 甲, en: A}"
VISIT = f"""
    {LABEL}
    plural: {{zh: 甲, en: A}}
    title: name
    fields:
      name: {{type: text, {LABEL}}}
      customer: {{type: reference, to: customer, {LABEL}}}
      minutes: {{type: integer, {LABEL}}}
      hours: {{type: computed, {LABEL}, formula: minutes / 60, result: decimal, scale: 2}}
"""
CUSTOMER = f"""
    {LABEL}
    plural: {{zh: 甲, en: A}}
    title: name
    fields:
      name: {{type: text, {LABEL}}}
"""
HOURS = f"""
      hours: {{type: rollup, {LABEL}, of: visit, by: customer, function: sum, field: hours}}
      fee: {{type: computed, {LABEL}, formula: hours * 100, result: integer}}
"""


@pytest.fixture
def laid(ground, tmp_path):
    """Applies a config given as texts; the database keeps its rows."""
    stores = []

    def laid_(visit: str, customer: str) -> Desk:
        store = opened(
            ground.url, config(tmp_path / "config", visit, customer), ground.data_directory
        )
        stores.append(store)
        apply(store, plan(store), actor=system_actor("tests"), now=NOW)
        return Desk(store.project, store)

    yield laid_
    for store in stores:
        store.close()


def config(directory: Path, visit: str, customer: str):
    (directory / "types").mkdir(exist_ok=True, parents=True)
    (directory / "project.yaml").write_text(PROJECT)
    (directory / "types" / "visit.yaml").write_text(dedent(visit))
    (directory / "types" / "customer.yaml").write_text(dedent(customer))
    return load(directory)


def without_computed(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if "computed" not in line)


def rows(desk: Desk, sql: str) -> list[tuple[object, ...]]:
    return desk.store.rows(sql)


def test_new_derived_fields_are_worked_out_for_old_rows_in_order(laid):
    old = laid(without_computed(VISIT), CUSTOMER)
    customer = add(old.store, "customer", name="甲")
    for minutes in (60, 90, None):
        add(old.store, "visit", name="x", customer=customer, minutes=minutes)

    desk = laid(VISIT, CUSTOMER + HOURS.lstrip("\n"))
    done = bring_up_derived(desk, now=NOW)

    assert done == {"visit": 3, "customer": 1}
    assert rows(desk, 'SELECT "hours" FROM "visit" ORDER BY "id"') == [(100,), (150,), (None,)]
    assert rows(desk, 'SELECT "hours", "fee", "version" FROM "customer"') == [(250, 250, 1)]
    assert bring_up_derived(desk, now=NOW) == {}


def test_a_changed_rule_is_worked_out_again_for_all_that_follow_it(laid):
    old = laid(VISIT, CUSTOMER + HOURS.lstrip("\n"))
    customer = add(old.store, "customer", name="甲", hours=100, fee=100)
    add(old.store, "visit", name="x", customer=customer, minutes=60, hours=100)

    desk = laid(VISIT.replace("minutes / 60", "minutes / 30"), CUSTOMER + HOURS.lstrip("\n"))
    assert {type_id: [f.id for f in fields] for type_id, fields in stale(desk.store).items()} == {
        "visit": ["hours"]
    }
    bring_up_derived(desk, now=NOW)

    assert rows(desk, 'SELECT "hours", "fee" FROM "customer"') == [(200, 200)]


def test_working_out_that_was_stopped_goes_on_after_its_last_row(laid, monkeypatch):
    old = laid(without_computed(VISIT), CUSTOMER)
    for minutes in range(60, 66):
        add(old.store, "visit", name="x", minutes=minutes)
    desk = laid(VISIT, CUSTOMER)
    monkeypatch.setattr(derived, "CHUNK", 2)
    worked_out, seen = derived._bring_up, []

    def stopping(store, type_id, fields, ids, *others):
        if len(seen) == 2:
            raise KeyboardInterrupt
        seen.append(ids)
        worked_out(store, type_id, fields, ids, *others)

    with monkeypatch.context() as patch:
        patch.setattr(derived, "_bring_up", stopping)
        with pytest.raises(KeyboardInterrupt):
            bring_up_derived(desk, now=NOW)

    monkeypatch.setattr(
        derived, "_bring_up", lambda *given: (seen.append(given[3]), worked_out(*given))
    )
    assert bring_up_derived(desk, now=NOW) == {"visit": 6}
    assert seen == [[1, 2], [3, 4], [5, 6]]
    assert stale(desk.store) == {}
    assert rows(desk, 'SELECT COUNT(*) FROM "visit" WHERE "hours" IS NULL') == [(0,)]


def test_types_without_rows_are_never_stale(laid):
    desk = laid(VISIT, CUSTOMER + HOURS.lstrip("\n"))

    assert stale(desk.store) == {}
