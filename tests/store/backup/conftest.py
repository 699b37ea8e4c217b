"""A desk with records, books, an attachment and gaps in its ids; a place to restore to."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from kefu_admin.definitions.project import Project
from kefu_admin.store import attachments, seal
from kefu_admin.store.backup import Lock, Made, make
from kefu_admin.store.database import Store
from tests.absent import leave_out
from tests.databases import NOW, SECRET, Databases
from tests.desks import Desk, furnish
from tests.store.books import seal_all

CONTENT = b"\x89PNG of a broken lift" * 1000


@pytest.fixture
def desk(store: Store) -> Desk:
    """Three customers of whom one is gone, a visit, an attachment, a sealed and anchored book."""
    made = furnish(store)
    for name in ("甲公司", "乙公司", "丙公司"):
        made.create("wang", "customer", name=name, phone="13800005678")
    last = made.create("wang", "customer", name="丁公司")
    made.remove("boss", "customer", last, 1)
    attach(store, "aa/first", CONTENT)
    seal_all(store)
    seal.anchor(store, now=NOW)
    made.create("wang", "customer", name="戊公司")  # not yet sealed
    return made


def attach(store: Store, name: str, content: bytes) -> int:
    """An uploaded file with its row."""
    path = store.data_directory / "files" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    row = attachments.Attachment(
        id=0,
        type="customer",
        field="files",
        record_id=None,
        name="梯.png",
        media_type="image/png",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        path=f"files/{name}",
        created_at=NOW,
        created_by=None,
    )
    with store.transaction():
        return attachments.add(store, row)


@pytest.fixture
def backed_up(tmp_path: Path) -> Callable[..., Made]:
    """Makes a backup of a store."""

    def back_up(store: Store, *, lock: Lock | None = None, config: Path | None = None) -> Made:
        path = tmp_path / "kefu-20261121T020000Z.kefu.zip"
        return make(store, path, config=config, lock=lock, now=NOW)

    return back_up


@pytest.fixture
def empty(databases: Databases, tmp_path: Path) -> Callable[[str, Project], Store]:
    """Opens a store on an empty database of a dialect, with an empty data directory."""

    def open_(dialect: str, project: Project) -> Store:
        directory = tmp_path / "elsewhere"
        directory.mkdir(exist_ok=True)
        store = databases.bare(dialect, project, directory)
        if store is None:
            leave_out(dialect, databases.absent[dialect])
        assert store is not None
        assert store.secret == SECRET
        return store

    return open_
