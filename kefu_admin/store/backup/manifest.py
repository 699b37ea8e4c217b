"""What a backup says of itself: `manifest.json`, the last member, under the archive's signature."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from kefu_admin.store.backup.archive import Archive
from kefu_admin.store.backup.refusals import BackupFormat
from kefu_admin.store.backup.shapes import from_json, to_json
from kefu_admin.store.shapes import TableShape

MEMBER = "manifest.json"
DEFINITION = "definition.json"  # the applied definition's canonical texts by file
ANCHORS = "audit-anchors.log"
ROWS, FILES, CONFIG = "rows/", "files/", "config/"
FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table: how it is built, how many rows, their SHA-256, the largest id given out. `rows` is
    None for a table whose rows are left out."""

    shape: TableShape
    rows: int | None
    sha256: str
    last_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The facts of a backup.

    Attributes:
        version: of the release that wrote it.
        name: the desk's Chinese name.
        fingerprint: of the applied definition.
        audit: lines, blocks, and the head of the last block at the moment of the backup.
        files, file_bytes: attachments by content, each once.
        missing: ids of attachments whose file was gone or altered when the backup was made.
        strangers: tables somebody else made, which it does not hold.
    """

    version: str
    made_at: datetime
    dialect: str
    name: str
    fingerprint: str
    tables: tuple[Table, ...]
    audit: Mapping[str, Any]
    files: int
    file_bytes: int
    missing: tuple[int, ...]
    strangers: tuple[str, ...]

    @property
    def rows(self) -> int:
        """All rows."""
        return sum(table.rows or 0 for table in self.tables)

    @property
    def checksum(self) -> str:
        """SHA-256 (hex) over the checksums of all tables: equal for equal content anywhere."""
        digest = hashlib.sha256()
        for table in sorted(self.tables, key=lambda one: one.shape.name):
            if table.rows is not None:
                digest.update(f"{table.shape.name} {table.rows} {table.sha256}\n".encode())
        return digest.hexdigest()


def written(manifest: Manifest) -> bytes:
    """The manifest as JSON, for people to read too."""
    plain = {
        "format": FORMAT,
        "version": manifest.version,
        "made_at": manifest.made_at.isoformat(),
        "dialect": manifest.dialect,
        "name": manifest.name,
        "fingerprint": manifest.fingerprint,
        "checksum": manifest.checksum,
        "audit": dict(manifest.audit),
        "files": manifest.files,
        "file_bytes": manifest.file_bytes,
        "missing": list(manifest.missing),
        "strangers": list(manifest.strangers),
        "tables": [
            {
                "rows": table.rows,
                "sha256": table.sha256,
                "last_id": table.last_id,
                "shape": to_json(table.shape),
            }
            for table in manifest.tables
        ],
    }
    return json.dumps(plain, ensure_ascii=False, indent=1).encode()


def read(archive: Archive) -> Manifest:
    """The manifest of an archive.

    Raises:
        BackupFormat: written in a form this release does not read.
    """
    return _understood(json.loads(archive.read(MEMBER)), archive.path)


def _understood(plain: Mapping[str, Any], path: Path) -> Manifest:
    if plain["format"] != FORMAT:
        raise BackupFormat(
            path=path, version=plain.get("version", "?"), format=plain["format"], known=FORMAT
        )
    return Manifest(
        version=plain["version"],
        made_at=datetime.fromisoformat(plain["made_at"]),
        dialect=plain["dialect"],
        name=plain["name"],
        fingerprint=plain["fingerprint"],
        tables=tuple(
            Table(
                shape=from_json(table["shape"]),
                rows=table["rows"],
                sha256=table["sha256"],
                last_id=table["last_id"],
            )
            for table in plain["tables"]
        ),
        audit=plain["audit"],
        files=plain["files"],
        file_bytes=plain["file_bytes"],
        missing=tuple(plain["missing"]),
        strangers=tuple(plain["strangers"]),
    )
