"""Backups of a desk in use: consistent under four writers, kept in number, remembered."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest

from kefu_admin import settings
from kefu_admin.actor import system_actor
from kefu_admin.operations import backups, files, verifying
from kefu_admin.operations.desk import Desk as Composed
from kefu_admin.store.backup import manifest, opened, rows
from kefu_admin.store.backup.files import locked
from kefu_admin.store.backup.refusals import BackupConfig, BackupRunning
from kefu_admin.store.backup.shapes import tables
from kefu_admin.store.verify import check_audit
from tests.absent import leave_out
from tests.databases import NOW, SECRET
from tests.desks import furnish

WRITERS = 4
BOOT = system_actor("tests")


def back_up(store, directory, *, keep=None, now=NOW):
    made, gone = backups.back_up(
        store, directory, config=None, lock=None, keep=keep, actor=BOOT, now=now
    )
    return made, gone


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql", "mariadb"], indirect=True)
def test_a_backup_under_four_writers_is_one_instant(
    store, dialect, databases, small_project, tmp_path
):
    """R21, small: every record has its audit line, its history row and its event, or none of
    them, and the restored books hold."""
    desk = furnish(store)
    stop, failed = threading.Event(), []

    def write(who: str) -> None:
        number = 0
        try:
            while not stop.is_set():
                number += 1
                id = desk.create(who, "customer", name=f"{who}{number}")
                desk.update(who, "customer", id, 1, name=f"{who}{number}改")
        except Exception as error:
            failed.append(error)
        finally:
            store.release()

    threads = [
        threading.Thread(target=write, args=(who,)) for who in ("wang", "li", "boss", "boss")
    ]
    for thread in threads:
        thread.start()
    while desk.count("customer") < 40 and not failed:
        stop.wait(0.01)
    at_least = desk.count("customer")
    made, _ = back_up(store, tmp_path / "backups")
    stop.set()
    for thread in threads:
        thread.join()
    assert not failed
    assert desk.count("customer") > at_least  # they wrote on meanwhile

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    other = databases.bare(dialect, small_project, elsewhere)
    if other is None:
        leave_out(dialect, databases.absent[dialect])
    with opened(made.path, secret=SECRET) as archive:
        told, project = backups.contents(archive)
        backups.put_back(other, archive, told, now=NOW + timedelta(hours=1))
    assert project.fingerprint == small_project.fingerprint
    counts = [
        other.value(f"SELECT COUNT(*) FROM {query}")
        for query in (
            '"kefu_history" WHERE "action" = \'create\' AND "type" = \'customer\'',
            '"kefu_audit" WHERE "action" = \'create\' AND "type" = \'customer\'',
            '"kefu_outbox" WHERE "event" = \'customer.created\'',
            '"customer"',
        )
    ]
    assert len(set(counts)) == 1
    assert counts[0] >= at_least
    by_name = {table.shape.name: table for table in told.tables}
    for shape in tables(other):
        if shape.name in ("customer", "kefu_history", "kefu_outbox"):
            total = rows.checksum(other, shape)
            assert (total.rows, total.sha256) == (
                by_name[shape.name].rows,
                by_name[shape.name].sha256,
            )
    assert check_audit(other, now=NOW + timedelta(hours=1)).is_sound
    other.close()


@pytest.fixture
def dialect(request):
    """What follows does not differ by database."""
    return getattr(request, "param", "sqlite")


def test_the_last_backup_is_remembered_and_audited(store, tmp_path):
    assert backups.last_backup(store) is None

    made, _ = back_up(store, tmp_path / "backups")

    last = backups.last_backup(store)
    assert (last.at, last.name, last.size) == (NOW, made.path.name, made.size)
    assert store.value('SELECT "action" FROM "kefu_audit"') == "backed_up"


def test_only_as_many_as_asked_are_kept(store, tmp_path):
    directory = tmp_path / "backups"
    for hour in range(3):
        made, gone = back_up(store, directory, keep=2, now=NOW + timedelta(hours=hour))

    assert [path.name for path in gone] == ["kefu-20261121T020000Z.kefu.zip"]
    assert len(list(directory.glob("*.kefu.zip"))) == 2
    assert made.path.exists()


def test_one_backup_at_a_time(store, tmp_path):
    with locked(tmp_path / "backups"), pytest.raises(BackupRunning):
        back_up(store, tmp_path / "backups")


def test_no_file_is_swept_while_a_backup_wants_it(store, small_project, tmp_path, monkeypatch):
    from kefu_admin.store.backup import making
    from tests.store.backup.conftest import attach

    attach(store, "aa/orphan", b"nobody's")
    desk = Composed(small_project, store)
    later = NOW + timedelta(days=2)
    take, swept = making._take_files, []

    def meanwhile(store, archive):
        thread = threading.Thread(target=lambda: swept.append(files.sweep(desk, now=later)))
        thread.start()
        thread.join()
        return take(store, archive)

    monkeypatch.setattr(making, "_take_files", meanwhile)
    made, _ = back_up(store, tmp_path / "backups")

    assert (swept, made.manifest.files) == ([0], 1)
    assert files.sweep(desk, now=later) == 1


def test_a_definition_this_release_does_not_understand_is_refused(store, tmp_path, monkeypatch):
    made, _ = back_up(store, tmp_path / "backups")

    def read(_archive):
        return manifest_of

    with opened(made.path, secret=SECRET) as archive:
        manifest_of = manifest.read(archive)
        object.__setattr__(
            archive,
            "_zip",
            _Spoiled(archive._zip, json.dumps({"project.yaml": "nome: x"}).encode()),
        )
        monkeypatch.setattr(backups.manifest, "read", read)
        with pytest.raises(BackupConfig) as refused:
            backups.contents(archive)
    assert "project.yaml" in refused.value.facts["why"]


class _Spoiled:
    """An archive whose definition another release wrote."""

    def __init__(self, zipped, definition):
        self._zipped, self._definition = zipped, definition

    def read(self, name):
        return self._definition if name == manifest.DEFINITION else self._zipped.read(name)


def test_the_last_verification_is_remembered(store, small_project):
    desk = Composed(small_project, store)
    assert verifying.last_verify(store) is None

    verifying.verify_and_remember(desk, now=NOW)

    assert verifying.last_verify(store) == verifying.LastVerify(at=NOW, findings=0)


def test_the_backup_directory_is_a_setting(tmp_path):
    here = settings.read({}, data=str(tmp_path))
    assert here.backup_directory == tmp_path / "backups"
    there = settings.read({"KEFU_BACKUPS": "/mnt/backups"}, data=str(tmp_path))
    assert str(there.backup_directory) == "/mnt/backups"
