"""Makes a backup: everything as it was at one instant, while everybody goes on writing.

The anchors are read first, then the view of the database begins: so no anchor in the file speaks of
a block that is not in it. Files lie under random names, are never changed, and are taken by the
janitor only when the lease `FILES_LEASE` is free; the caller holds it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from io import BufferedReader
from pathlib import Path

from kefu_admin import __version__
from kefu_admin.store import seal
from kefu_admin.store.backup import manifest as manifests
from kefu_admin.store.backup.archive import Lock, Writer, opened, written
from kefu_admin.store.backup.manifest import Manifest, Table
from kefu_admin.store.backup.rows import Sum, last_id, portions
from kefu_admin.store.backup.shapes import LEFT_OUT, strangers, tables
from kefu_admin.store.backup.streams import CHUNK
from kefu_admin.store.database import Store
from kefu_admin.store.seal.anchors import FILE as ANCHORS

FILES_LEASE = "files"
_MOST_CONFIG_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A finished backup: where it is, its size in bytes, what it says of itself."""

    path: Path
    size: int
    manifest: Manifest


@dataclass(slots=True)
class _Files:
    """Attachments taken so far, each content once."""

    taken: set[str] = field(default_factory=set)
    bytes: int = 0
    missing: list[int] = field(default_factory=list)


def make(
    store: Store, path: Path, *, config: Path | None, lock: Lock | None, now: datetime
) -> Made:
    """Write a backup and read it back.

    Args:
        store: of the applied definition.
        path: the file to make; it appears when it is whole.
        config: the directory whose files go along, for people; what is restored is the applied
            definition.
        lock: encrypts it.

    Raises:
        BackupUnwritable: no room or no right.
        BackupDamaged: what was written does not read back.
    """
    with written(path, secret=store.secret, lock=lock) as archive:
        archive.put(manifests.ANCHORS, _content(store.data_directory / ANCHORS))
        for name, file in _config_files(config):
            archive.put(f"{manifests.CONFIG}{name}", file.read_bytes())
        with store.connection(), store.snapshot():
            manifest = _contents(store, archive, now)
        archive.put(manifests.MEMBER, manifests.written(manifest))
    with opened(path, secret=store.secret, lock=lock) as archived:
        manifests.read(archived)
    return Made(path=path, size=path.stat().st_size, manifest=manifest)


def _contents(store: Store, archive: Writer, now: datetime) -> Manifest:
    texts = json.dumps(dict(store.project.texts), ensure_ascii=False)
    archive.put(manifests.DEFINITION, texts.encode())
    kept = []
    for shape in tables(store):
        total = Sum()
        if shape.name not in LEFT_OUT:
            with archive.member(f"{manifests.ROWS}{shape.name}.jsonl") as member:
                for piece in portions(store, shape, total):
                    member.write(piece)
        kept.append(
            Table(
                shape=shape,
                rows=None if shape.name in LEFT_OUT else total.rows,
                sha256=total.sha256,
                last_id=last_id(store, shape),
            )
        )
    files = _take_files(store, archive)
    last = seal.latest(store)
    return Manifest(
        version=__version__,
        made_at=now,
        dialect=store.dialect.value,
        name=store.project.name.zh,
        fingerprint=store.project.fingerprint,
        tables=tuple(kept),
        audit={
            "lines": next((t.rows for t in kept if t.shape.name == "kefu_audit"), 0),
            "blocks": last.number if last else 0,
            "head": last.head if last else "",
        },
        files=len(files.taken),
        file_bytes=files.bytes,
        missing=tuple(files.missing),
        strangers=strangers(store),
    )


def _take_files(store: Store, archive: Writer) -> _Files:
    """Every attachment whose content is what its row says; the others are noted."""
    files, last = _Files(), 0
    while True:
        rows = store.rows(
            'SELECT "id", "path", "sha256" FROM "kefu_attachment" WHERE "id" > ?'
            ' ORDER BY "id" LIMIT 1000',
            (last,),
        )
        for id, path, sha256 in rows:
            last = int(id)
            if sha256 in files.taken:
                continue
            try:
                file = (store.data_directory / path).open("rb")
            except FileNotFoundError:
                files.missing.append(last)
                continue
            with closing(file):
                if _sha256(file) != sha256:
                    files.missing.append(last)
                    continue
                file.seek(0)
                with archive.member(f"{manifests.FILES}{sha256}", packed=False) as member:
                    while piece := file.read(CHUNK):
                        member.write(piece)
                        files.bytes += len(piece)
                files.taken.add(sha256)
        if len(rows) < 1000:
            return files


def _sha256(file: BufferedReader) -> str:
    return hashlib.file_digest(file, "sha256").hexdigest()


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def _config_files(directory: Path | None) -> Iterator[tuple[str, Path]]:
    """The files of a config directory, hidden ones and odd giants left out."""
    if directory is None or not directory.is_dir():
        return
    for path in sorted(directory.rglob("*")):
        name = path.relative_to(directory).as_posix()
        hidden = any(part.startswith(".") for part in name.split("/"))
        if path.is_file() and not hidden and path.stat().st_size <= _MOST_CONFIG_BYTES:
            yield name, path
