"""`python -m bench.backup`: how long a backup, its check and its restore take."""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

from bench import databases
from bench.server import seeded
from kefu_admin import clock, shipped
from kefu_admin.definitions.load import load
from kefu_admin.store.backup import key_of_passphrase, make, manifest, opened, restore
from kefu_admin.store.database import Store

_MB = 1_000_000


def main() -> int:
    """Prints one line: rows, sizes and seconds of each step."""
    parser = argparse.ArgumentParser(prog="python -m bench.backup")
    parser.add_argument("--database", choices=databases.DIALECTS, default="sqlite")
    parser.add_argument("--rows", type=int, default=20_000, help="customers")
    parser.add_argument("--files", type=int, default=0, help="MB of attachments")
    parser.add_argument("--encrypt", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        with databases.made(given.database, directory) as url:
            print(json.dumps({"database": given.database, **_measured(url, directory, given)}))
    return 0


def _measured(url: str, directory: Path, given: argparse.Namespace) -> dict[str, object]:
    here, there = directory / "here", directory / "there"
    here.mkdir()
    there.mkdir()
    desk = seeded(url, here, given.rows)
    secret = desk.secret_file.read_bytes()
    project = load(shipped.config_directory())
    store = Store.open(url, project, data_directory=here, secret=secret)
    _attach(store, given.files)
    lock = key_of_passphrase("a passphrase for a bench") if given.encrypt else None
    path = directory / "bench.kefu.zip"
    began = time.perf_counter()
    made = make(store, path, config=None, lock=lock, now=clock.now())
    backed_up = time.perf_counter() - began
    store.close()
    began = time.perf_counter()
    with opened(path, secret=secret, lock=lock) as archive:
        checked = time.perf_counter() - began
        told = manifest.read(archive)
        plain = sum(info.file_size for info in archive._zip.infolist())
        with databases.made(given.database, there, "_restored") as other:
            target = Store.open(other, project, data_directory=there, secret=secret)
            began = time.perf_counter()
            restore(target, archive, told, now=clock.now())
            restored = time.perf_counter() - began
            target.close()
    return {
        "rows": told.rows,
        "plain_mb": round(plain / _MB, 1),
        "file_mb": round(made.size / _MB, 1),
        "backup_s": round(backed_up, 2),
        "backup_rows_s": round(told.rows / backed_up),
        "backup_mb_s": round(plain / _MB / backed_up, 1),
        "check_s": round(checked, 2),
        "restore_s": round(restored, 2),
        "restore_rows_s": round(told.rows / restored),
        "restore_mb_s": round(plain / _MB / restored, 1),
    }


def _attach(store: Store, megabytes: int) -> None:
    """Attachments of one megabyte each, of no record."""
    import hashlib
    import os

    from kefu_admin.store import attachments

    (store.data_directory / "files").mkdir(exist_ok=True)
    for number in range(megabytes):
        content = os.urandom(_MB)
        (store.data_directory / "files" / str(number)).write_bytes(content)
        row = attachments.Attachment(
            id=0, type="visit", field="files", record_id=None, name="a.png",
            media_type="image/png", size=len(content), path=f"files/{number}",
            sha256=hashlib.sha256(content).hexdigest(), created_at=clock.now(), created_by=None,
        )  # fmt: skip
        with store.transaction():
            attachments.add(store, row)
    store.release()


if __name__ == "__main__":
    raise SystemExit(main())
