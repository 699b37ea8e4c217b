"""A copy of a whole desk in another, empty database of the same kind, straight from one to the
other: what `plan --on-copy` tries a change on. Attachments are not copied; the copy may be pointed
at the original files, which nothing there writes.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from kefu_admin.store import seal, search
from kefu_admin.store.backup import restoring
from kefu_admin.store.backup.manifest import Table
from kefu_admin.store.backup.rows import Sum, last_id, load, portions
from kefu_admin.store.backup.shapes import LEFT_OUT, tables
from kefu_admin.store.database import Store
from kefu_admin.store.dialect import Dialect
from kefu_admin.store.seal.anchors import FILE as ANCHORS
from kefu_admin.store.sqlite_file import copy_file


def copy(source: Store, target: Store, *, now: datetime) -> int:
    """Every row as it was at one instant; returns how many (0 where the file was copied).

    Args:
        source: of the applied definition; people go on working in it.
        target: of the same definition, on a database without tables.
    """
    anchors = source.data_directory / ANCHORS
    if anchors.exists():
        shutil.copy(anchors, target.data_directory / ANCHORS)
    if source.dialect is Dialect.SQLITE:
        copy_file(Path(source.database.database), Path(target.database.database))
        return 0
    count = 0
    with source.connection(), source.snapshot(), target.connection():
        known = tuple(
            Table(shape=shape, rows=None, sha256="", last_id=last_id(source, shape))
            for shape in tables(source)
        )
        with restoring.laid(target, known):
            for table in known:
                if table.shape.name not in LEFT_OUT:
                    count += load(target, table.shape, _lines(source, table))
            if target.dialect is not Dialect.MARIADB:
                restoring.finish(target, known)
            target.forget()
            search.rebuild(target)
            seal.seal_rest(target, now=now)
    return count


def _lines(source: Store, table: Table) -> Iterator[bytes]:
    for piece in portions(source, table.shape, Sum()):
        yield from piece.split(b"\n")[:-1]
