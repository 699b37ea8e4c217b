"""A plan over many rows says how long it will take, and how long nobody can save (D18)."""

from __future__ import annotations

import pytest

from kefu_admin.actor import system_actor
from kefu_admin.store.apply import apply, foretelling, lines, plan
from kefu_admin.store.dialect import Dialect
from tests.databases import NOW, add, opened
from tests.factories import content_type, field, project

ACTOR = system_actor("tests")
ROWS = 3


@pytest.fixture
def planned(ground, monkeypatch):
    """The plan of a project over three rows of tickets, few as they are."""
    monkeypatch.setattr(foretelling, "LEAST_ROWS", ROWS)
    old = opened(ground.url, project(content_type("ticket", field("n"))), ground.data_directory)
    apply(old, plan(old), actor=ACTOR, now=NOW)
    for number in range(ROWS):
        add(old, "ticket", n=str(number))
    old.close()

    def planned(*fields, renamed_from=""):
        name = "task" if renamed_from else "ticket"
        type = content_type(name, *fields, renamed_from=renamed_from)
        store = opened(ground.url, project(type), ground.data_directory)
        found = plan(store)
        store.close()
        return found, store.dialect

    return planned


def test_a_conversion_goes_on_beside_the_people_and_locks_them_out_in_the_end(planned):
    found, dialect = planned(field("n", "integer"))

    (seen,) = found.outlook
    assert (seen.table, seen.rows) == ("ticket", ROWS)
    assert seen.beside / ROWS == pytest.approx(
        {Dialect.SQLITE: 12e-6, Dialect.POSTGRESQL: 24e-6, Dialect.MARIADB: 20e-6}[dialect]
    )
    assert 0 < seen.locked < seen.beside


def test_a_new_index_locks_nobody_out_but_on_sqlite(planned):
    found, dialect = planned(field("n", unique=True))

    (seen,) = found.outlook
    assert (seen.locked > 0, seen.beside > 0) == (
        (True, False) if dialect is Dialect.SQLITE else (False, True)
    )


def test_a_renamed_table_is_counted_under_its_old_name(planned):
    found, _ = planned(field("n", "integer"), renamed_from="ticket")

    assert [(seen.table, seen.rows) for seen in found.outlook] == [("task", ROWS)]


def test_nothing_is_foretold_of_what_takes_no_time(planned):
    found, _ = planned(field("n"), field("more"))

    assert found.steps
    assert found.outlook == ()


def test_few_rows_are_not_worth_a_line(planned, monkeypatch):
    monkeypatch.setattr(foretelling, "LEAST_ROWS", ROWS + 1)
    found, _ = planned(field("n", "integer"))

    assert found.outlook == ()


@pytest.mark.parametrize(("locale", "said"), [("zh", "不能保存"), ("en", "nobody can save")])
def test_it_is_said_in_whole_seconds(planned, locale, said):
    found, _ = planned(field("n", "integer"))

    (line,) = [each for each in lines(found, locale) if said in each]
    assert f"{ROWS} " in line
    assert " 1 " in line
