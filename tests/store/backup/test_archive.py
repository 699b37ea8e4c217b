"""No byte of a backup is believed before all of it holds."""

from __future__ import annotations

import io
import random
import zipfile

import pytest

from kefu_admin.store.backup import (
    Archive,
    backups,
    keep_newest,
    key_of_file,
    key_of_passphrase,
    manifest,
    opened,
    streams,
)
from kefu_admin.store.backup.refusals import (
    BackupDamaged,
    BackupForeign,
    BackupFormat,
    BackupKeyShort,
    BackupKeyWrong,
    BackupLocked,
    BackupUnwritable,
    NoBackup,
)
from tests.databases import SECRET


@pytest.fixture
def dialect():
    """The file is the same whichever database it comes from."""
    return "sqlite"


@pytest.fixture
def cheap(monkeypatch):
    """A passphrase is stretched a little only."""
    monkeypatch.setattr(streams, "_SCRYPT_COST", 2**4)


@pytest.fixture
def path(desk, backed_up):
    return backed_up(desk.store).path


def read(path, lock=None, secret=SECRET):
    with opened(path, secret=secret, lock=lock) as archive:
        return manifest.read(archive)


def test_a_plain_backup_opens_with_any_tool(path):
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        names = archive.namelist()

    assert {"manifest.json", "definition.json", "audit-anchors.log"} <= set(names)
    assert "rows/customer.jsonl" in names
    assert "rows/kefu_session.jsonl" not in names


def test_the_manifest_tells_rows_and_the_head_of_the_books(path, desk):
    told = read(path)

    counts = {table.shape.name: table.rows for table in told.tables}
    assert counts["customer"] == 4
    assert counts["kefu_session"] is None
    assert told.audit["lines"] == desk.count("kefu_audit")
    assert told.audit["blocks"] == 1


def test_one_bit_anywhere_is_found(path):
    whole = path.read_bytes()
    dice = random.Random(3)
    places = [0, len(whole) - 1, *(dice.randrange(len(whole)) for _ in range(60))]
    found = set()
    for place in places:
        spoiled = bytearray(whole)
        spoiled[place] ^= 1 << dice.randrange(8)
        path.write_bytes(spoiled)
        with pytest.raises((BackupDamaged, NoBackup, BackupForeign)) as refused:
            read(path)
        found.add(type(refused.value))
    assert BackupDamaged in found


def test_a_cut_backup_is_none(path):
    whole = path.read_bytes()
    for length in (0, 10, 100, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(NoBackup):
            read(path)


def test_another_file_and_no_file_are_none(path, tmp_path):
    path.write_bytes(b"PK\x03\x04" + bytes(500))
    with pytest.raises(NoBackup):
        read(path)
    with pytest.raises(NoBackup):
        read(tmp_path / "nothing.kefu.zip")


def test_the_secret_of_another_installation_is_told_from_damage(path):
    with pytest.raises(BackupForeign):
        read(path, secret=b"another secret, also 32 bytes long")


def test_a_form_of_another_release_is_refused_with_its_version(desk, backed_up, monkeypatch):
    monkeypatch.setattr(manifest, "FORMAT", 0)
    made = backed_up(desk.store)
    monkeypatch.undo()

    with pytest.raises(BackupFormat) as refused:
        read(made.path)
    assert refused.value.facts["format"] == 0


def test_a_sealed_backup_shows_nothing_and_opens_with_its_passphrase(desk, backed_up, cheap):
    lock = key_of_passphrase("a long passphrase")
    path = backed_up(desk.store, lock=lock).path

    assert "甲公司".encode() not in path.read_bytes()
    assert b"manifest" not in path.read_bytes()
    with pytest.raises(BackupLocked):
        read(path)
    with pytest.raises(BackupKeyWrong):
        read(path, key_of_passphrase("another passphrase"))
    assert read(path, lock).rows > 10


def test_a_sealed_backup_opens_with_its_key_file_only(desk, backed_up, tmp_path, cheap):
    key = tmp_path / "key"
    key.write_bytes(b"0123456789abcdef0123456789abcdef")
    path = backed_up(desk.store, lock=key_of_file(key)).path

    with pytest.raises(BackupLocked) as refused:
        read(path, key_of_passphrase("a long passphrase"))
    assert refused.value.facts["kind"] == "file"
    assert read(path, key_of_file(key)).rows > 10


def test_chunks_of_a_sealed_backup_read_at_any_place(tmp_path, cheap, monkeypatch):
    monkeypatch.setattr(streams, "CHUNK", 64)
    plain = bytes(range(256)) * 3 + b"end"
    lock = key_of_passphrase("a long passphrase")
    path = tmp_path / "sealed"
    with path.open("wb") as file:
        digesting = streams.Digesting(file)
        sealing = streams.Sealing(digesting, lock)
        for start in range(0, len(plain), 50):
            sealing.write(plain[start : start + 50])
        sealing.finish()
    with path.open("rb") as file:
        opened_ = io.BufferedReader(streams.Unsealed(file, path.stat().st_size, lock))
        assert opened_.read() == plain
        opened_.seek(-5, 2)
        assert opened_.read() == plain[-5:]
        opened_.seek(100)
        assert opened_.read(70) == plain[100:170]


def test_short_keys_are_refused(tmp_path):
    short = tmp_path / "key"
    short.write_bytes(b"short")
    with pytest.raises(BackupKeyShort):
        key_of_file(short)
    with pytest.raises(BackupKeyShort):
        key_of_passphrase("elevenchars")


def test_an_unfinished_backup_leaves_nothing_behind(desk, backed_up, tmp_path, monkeypatch):
    from kefu_admin.store.backup import making

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(making, "_take_files", fail)
    with pytest.raises(BackupUnwritable):
        backed_up(desk.store)
    assert not list(tmp_path.glob("*kefu-2026*"))


def test_only_the_newest_are_kept_and_other_files_are_left_alone(tmp_path):
    names = [f"kefu-2026112{day}T020000Z.kefu.zip" for day in range(1, 6)]
    for name in (*names, "kefu-2026112xT020000Z.kefu.zip", "notes.txt"):
        (tmp_path / name).touch()

    gone = keep_newest(tmp_path, 2)

    assert [path.name for path in gone] == names[2::-1]
    assert [path.name for path in backups(tmp_path)] == names[:2:-1]
    assert (tmp_path / "notes.txt").exists()


def test_archives_are_values_that_close(path):
    with opened(path, secret=SECRET) as archive:
        assert isinstance(archive, Archive)
        assert not archive.sealed
