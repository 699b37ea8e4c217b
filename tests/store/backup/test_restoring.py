"""A backup comes back as it was, on its own database and on another."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest

from kefu_admin.definitions import load_texts
from kefu_admin.store import search
from kefu_admin.store.apply import plan
from kefu_admin.store.backup import manifest, opened, restore, rows
from kefu_admin.store.backup.refusals import RestoredDiffers, TargetNotEmpty
from kefu_admin.store.backup.shapes import LEFT_OUT, tables
from kefu_admin.store.faults import ConstraintBroken
from kefu_admin.store.readiness import assert_ready
from kefu_admin.store.state import write_state
from kefu_admin.store.verify import Finding, check_audit, verify
from tests.databases import DIALECTS, NOW, SECRET
from tests.desks import Desk
from tests.store.backup.conftest import CONTENT, attach
from tests.store.books import seal_all

# `furnish` writes departments and people past their operations: nothing else is amiss.
UNTOLD = tuple(
    Finding.of("version_without_audit", type=type, id=id, version=1)
    for type, last in (("person", 4), ("department", 3))
    for id in range(1, last + 1)
)
LATER = NOW + timedelta(hours=1)


def put_back(path, store, lock=None):
    with opened(path, secret=SECRET, lock=lock) as archive:
        return restore(store, archive, manifest.read(archive), now=LATER)


def sums(store):
    return {
        shape.name: rows.checksum(store, shape)
        for shape in tables(store)
        if shape.name not in LEFT_OUT
    }


@pytest.fixture
def restored(desk, dialect, backed_up, empty, small_project):
    store = empty(dialect, load_texts(small_project.texts))
    put_back(backed_up(desk.store).path, store)
    yield store
    store.close()


def test_a_backup_comes_back_as_it_was(desk, restored):
    """One restore for all that is asked of it: laying tables is slow on two of the three."""
    changed = {"kefu_audit", "kefu_seal", "kefu_state"}  # a restore writes these itself
    before, after = sums(desk.store), sums(restored)
    assert before.keys() == after.keys()
    assert {name: one for name, one in after.items() if name not in changed} == {
        name: one for name, one in before.items() if name not in changed
    }

    report = verify(restored, now=LATER)
    assert report.findings == verify(desk.store, now=LATER).findings == UNTOLD
    assert report.counts["unsealed"] <= 1  # the line that tells of the restore
    assert report.counts["anchors"] == 1

    assert {one.code for one in assert_ready(restored)} <= {"ready_one_role"}  # a test has one
    assert plan(restored).is_empty

    assert (restored.data_directory / "files/aa/first").read_bytes() == CONTENT

    with pytest.raises(ConstraintBroken), restored.transaction():
        restored.execute('DELETE FROM "kefu_audit"')


def test_the_index_of_an_older_release_is_renewed(desk, dialect, backed_up, empty, small_project):
    with desk.store.transaction():
        write_state(desk.store, "search", "as an older release built it")
    path = backed_up(desk.store).path
    with desk.store.transaction():
        search.renew(desk.store)  # the database is kept for other tests
    store = empty(dialect, small_project)

    put_back(path, store)

    assert {one.code for one in assert_ready(store)} <= {"ready_one_role"}
    assert plan(store).is_empty
    assert verify(store, now=LATER).findings == UNTOLD
    store.close()


def test_after_a_restore_work_goes_on_where_it_stopped(desk, restored):
    """Ids given out to rows that are gone are not given out again, and the book is sealed on."""
    lost = desk.store.value(
        'SELECT MAX("record_id") FROM "kefu_history" WHERE "type" = \'customer\''
    )
    with restored.transaction():
        restored.execute('DELETE FROM "customer" WHERE "id" = ?', (lost,))
    again = Desk(restored, desk.head, desk.first, desk.second, desk.people)

    assert again.create("wang", "customer", name="己公司") == lost + 1

    seal_all(restored)
    assert check_audit(restored, now=LATER).is_sound


@pytest.mark.parametrize("target", DIALECTS)
@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_backup_moves_to_another_database(desk, target, backed_up, empty, small_project):
    store = empty(target, small_project)

    put_back(backed_up(desk.store).path, store)

    assert sums(store)["customer"] == sums(desk.store)["customer"]
    assert verify(store, now=LATER).findings == UNTOLD
    store.close()


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_full_target_is_left_alone(desk, backed_up):
    made = backed_up(desk.store)

    with pytest.raises(TargetNotEmpty):
        put_back(made.path, desk.store)

    assert desk.count("customer") == 4


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_data_directory_with_files_is_left_alone(desk, backed_up, empty, small_project):
    store = empty("sqlite", small_project)
    attach_only = store.data_directory / "files" / "x"
    attach_only.parent.mkdir()
    attach_only.write_text("here")

    with pytest.raises(TargetNotEmpty):
        put_back(backed_up(desk.store).path, store)


def test_what_does_not_read_back_as_archived_is_undone(
    desk, dialect, backed_up, empty, small_project, monkeypatch
):
    made = backed_up(desk.store)
    store = empty(dialect, small_project)
    load = rows.load

    def lose_one(store, shape, lines):
        return load(store, shape, list(lines)[1 if shape.name == "kefu_history" else 0 :])

    monkeypatch.setattr(rows, "load", lose_one)

    with pytest.raises(RestoredDiffers):
        put_back(made.path, store)

    assert store.database.get_tables() == []
    assert not [path for path in store.data_directory.rglob("*") if "files" in path.parts]
    store.close()


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_columns_and_tables_kept_without_consent_come_along(desk, backed_up, empty, small_project):
    store = desk.store
    with sqlite3.connect(store.database.database) as database:
        database.execute('ALTER TABLE "customer" ADD COLUMN "fax" VARCHAR(20)')
        database.execute("UPDATE customer SET fax = '010-1' WHERE id = 1")
        database.execute('CREATE TABLE "theirs" (a INTEGER)')
    database.close()

    made = backed_up(store)
    there = empty("sqlite", small_project)
    put_back(made.path, there)

    assert there.value('SELECT "fax" FROM "customer" WHERE "id" = 1') == "010-1"
    assert made.manifest.strangers == ("theirs",)


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_an_attachment_that_was_altered_is_named_and_left_out(desk, backed_up):
    damaged = attach(desk.store, "bb/second", b"before")
    (desk.store.data_directory / "files/bb/second").write_bytes(b"after!")

    made = backed_up(desk.store)

    assert made.manifest.missing == (damaged,)
    assert made.manifest.files == 1
