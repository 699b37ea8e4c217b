"""Puts a backup into an empty database and an empty data directory, or changes nothing.

The tables are built as they were, loaded in one transaction, and read again: what does not come out
as it was archived undoes everything (MariaDB commits a CREATE TABLE; there the tables made are
dropped again). Afterwards the database is what it was at the instant of the backup, with three
things more: lines no block held are sealed, the search index is built as this release builds it,
and a line in the audit book says that it was restored.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from kefu_admin.actor import system_actor
from kefu_admin.store import audit, seal, search
from kefu_admin.store.apply.sqlite import check_references, unguarded
from kefu_admin.store.backup import manifest as manifests
from kefu_admin.store.backup import rows
from kefu_admin.store.backup.archive import Archive
from kefu_admin.store.backup.manifest import Manifest, Table
from kefu_admin.store.backup.refusals import BackupDamaged, RestoredDiffers, TargetNotEmpty
from kefu_admin.store.backup.streams import CHUNK
from kefu_admin.store.database import Store
from kefu_admin.store.ddl import add_reference, create_table
from kefu_admin.store.dialect import Dialect, quoted
from kefu_admin.store.found import found
from kefu_admin.store.seal.anchors import FILE as ANCHORS
from kefu_admin.store.shapes import TableShape
from kefu_admin.store.state import write_state

STATE = "restored"  # key in kefu_state: when, and from which backup


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was put back."""

    tables: int
    rows: int
    files: int


def restore(store: Store, archive: Archive, manifest: Manifest, *, now: datetime) -> Restored:
    """Put the backup where the store is.

    Args:
        store: of the archived definition, on an empty database and data directory.

    Raises:
        TargetNotEmpty: something is there already.
        RestoredDiffers: it did not read back as it was archived; nothing is left of it.
    """
    _assert_empty(store)
    files: list[Path] = []
    try:
        with store.connection():
            with laid(store, manifest.tables):
                _fill(store, archive, manifest, files, now)
            store.forget()
    except BaseException:
        for path in files:
            with suppress(FileNotFoundError):
                path.unlink()
        raise
    return Restored(tables=len(manifest.tables), rows=manifest.rows, files=manifest.files)


def _assert_empty(store: Store) -> None:
    there = sorted(found(store).tables)
    if there:
        raise TargetNotEmpty(what="、".join(there[:3]))
    directory = store.data_directory
    if (directory / ANCHORS).exists():
        raise TargetNotEmpty(what=directory / ANCHORS)
    stray = next((path for path in (directory / "files").rglob("*") if path.is_file()), None)
    if stray is not None:
        raise TargetNotEmpty(what=directory / "files")


@contextmanager
def laid(store: Store, tables: Sequence[Table]) -> Iterator[None]:
    """The empty tables, inside the one transaction everything is loaded in."""
    shapes = [table.shape for table in tables]
    if store.dialect is Dialect.MARIADB:
        with _laid_on_mariadb(store, tables, shapes):
            yield
        return
    if store.dialect is Dialect.SQLITE:
        with unguarded(store), store.transaction():
            _lay(store, shapes)
            yield
            check_references(store)
        return
    with store.transaction():
        _lay(store, shapes)
        yield


def _lay(store: Store, shapes: Sequence[TableShape]) -> None:
    """The bare tables; indexes and triggers follow the rows (`finish`)."""
    for shape in shapes:
        store.execute(create_table(shape, store.dialect)[0])
    search.lay(store)


@contextmanager
def _laid_on_mariadb(
    store: Store, tables: Sequence[Table], shapes: Sequence[TableShape]
) -> Iterator[None]:
    store.execute("SET SESSION foreign_key_checks = 0, SESSION unique_checks = 0")
    try:
        for table in tables:
            for statement in create_table(table.shape, store.dialect):
                store.execute(statement)
            rows.go_on_after(store, table.shape, table.last_id)
        search.lay(store)
        with store.transaction():
            yield
    except BaseException:
        for name in (*(shape.name for shape in shapes), search.TABLE):
            store.execute(f"DROP TABLE IF EXISTS {quoted(name)}")
        raise
    finally:
        store.execute("SET SESSION foreign_key_checks = 1, SESSION unique_checks = 1")


def _fill(
    store: Store, archive: Archive, manifest: Manifest, files: list[Path], now: datetime
) -> None:
    for table in manifest.tables:
        if table.rows is not None:
            with archive.open(f"{manifests.ROWS}{table.shape.name}.jsonl") as lines:
                rows.load(store, table.shape, lines)
    if store.dialect is not Dialect.MARIADB:
        finish(store, manifest.tables)
    _compare(store, manifest)
    _put_files(store, archive, manifest, files)
    search.renew(store)
    seal.seal_rest(store, now=now)
    write_state(
        store,
        STATE,
        json.dumps({"at": now.isoformat(), "made_at": manifest.made_at.isoformat()}),
    )
    audit.write(
        store,
        audit.Line(
            actor=system_actor("restore"),
            action="restored",
            at=now,
            after={
                "made_at": manifest.made_at.isoformat(),
                "rows": manifest.rows,
                "checksum": manifest.checksum,
            },
            operation="restore",
            chain="config",
        ),
    )


def finish(store: Store, tables: Sequence[Table]) -> None:
    """Indexes, triggers, references and the next ids (SQLite, PostgreSQL)."""
    for table in tables:
        for statement in create_table(table.shape, store.dialect)[1:]:
            store.execute(statement)
        rows.go_on_after(store, table.shape, table.last_id)
    if store.dialect is Dialect.POSTGRESQL:
        for table in tables:
            for column in table.shape.columns:
                if column.references:
                    store.execute(add_reference(table.shape.name, column))


def _compare(store: Store, manifest: Manifest) -> None:
    for table in manifest.tables:
        if table.rows is None:
            continue
        total = rows.checksum(store, table.shape)
        if (total.rows, total.sha256) != (table.rows, table.sha256):
            raise RestoredDiffers(table=table.shape.name)


def _put_files(store: Store, archive: Archive, manifest: Manifest, files: list[Path]) -> None:
    """The attachments in their places, and the anchors; each file synced before its row counts."""
    top = store.data_directory.resolve()
    top.mkdir(mode=0o700, parents=True, exist_ok=True)
    held = {name.removeprefix(manifests.FILES) for name in archive.names(manifests.FILES)}
    last = 0
    while found_rows := store.rows(
        'SELECT "id", "path", "sha256" FROM "kefu_attachment" WHERE "id" > ?'
        ' ORDER BY "id" LIMIT 1000',
        (last,),
    ):
        last = int(found_rows[-1][0])
        for _, path, sha256 in found_rows:
            place = (top / path).resolve()
            if not place.is_relative_to(top):
                raise BackupDamaged(path=archive.path)
            if sha256 in held and not place.exists():
                _put_file(archive, sha256, place, files)
    anchors = archive.read(manifests.ANCHORS)
    if anchors:
        files.append(top / ANCHORS)
        _synced(top / ANCHORS, anchors)


def _put_file(archive: Archive, sha256: str, place: Path, files: list[Path]) -> None:
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    files.append(place)
    digest = hashlib.sha256()
    with archive.open(f"{manifests.FILES}{sha256}") as member, _fresh(place) as file:
        while piece := member.read(CHUNK):
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    if digest.hexdigest() != sha256:
        raise BackupDamaged(path=archive.path)


def _synced(path: Path, content: bytes) -> None:
    with _fresh(path) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _fresh(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
