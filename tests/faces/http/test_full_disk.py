"""R18: the disk is full. Who writes is told plainly, nothing acknowledged is lost, reading goes on,
and with room again everything works without anybody's help."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from kefu_admin import clock, settings
from kefu_admin.app import create_app
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.verifying import verify
from kefu_admin.store import seal
from tests.absent import leave_out
from tests.databases import Databases
from tests.faces.desk import Served, serve
from tests.soak.ground import soak_project

SIZE_MIB = 8
LEFT_BYTES = 200_000
PDF = b"%PDF-1.7\n%%EOF\n"
MOST = 2000


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MIB}m", "tmpfs", str(place)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        leave_out("a small disk: may not mount", required=os.environ.get("KEFU_REQUIRE", ""))
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.fixture
def served(databases: Databases, disk: Path, tmp_path: Path) -> Iterator[Served]:
    """The small desk with its database and its data on the small disk."""
    project = soak_project(tmp_path)
    store = databases.store("sqlite", project, disk)
    assert store is not None
    here = settings.read({}, data=str(disk))
    desk = Desk(project, store)
    yield serve(create_app(here, desk=desk), desk, here, now=clock.now())
    store.close()


def fill(disk: Path) -> Path:
    """A file that leaves little room."""
    filler = disk / "filler"
    room = shutil.disk_usage(disk).free - LEFT_BYTES
    with filler.open("wb") as file:
        file.write(b"\0" * room)
    return filler


def cram(disk: Path) -> Path:
    """A file that takes what is left."""
    rest = disk / "rest"
    with suppress(OSError), rest.open("wb", buffering=0) as file:
        while file.write(b"\0" * 4096):
            pass
    return rest


def upload(served: Served, size: int) -> tuple[int, str]:
    """Status and code of an upload."""
    head = '--B\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n'
    body = (  # by hand: the test client would itself keep a large body in a file
        head.format("field", "").encode()
        + b"papers\r\n"
        + head.format("file", '; filename="a.pdf"').encode()
        + PDF
        + b"x" * size
        + b"\r\n--B--\r\n"
    )
    answer = served.as_("supervisor").post(
        "/api/v1/customer/files",
        data=body,
        content_type="multipart/form-data; boundary=B",
    )
    return answer.status_code, "" if answer.json["ok"] else answer.json["errors"][0]["code"]


def test_a_full_disk_loses_nothing_and_is_survived(
    served: Served, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    boss, browser = served.as_("supervisor"), served.browser("supervisor")
    filler, acked = fill(disk), list[str]()
    for number in range(MOST):
        sent = {"name": f"客户{number}", "kind": "company"}
        answer = boss.post("/api/v1/customer", json=sent)
        if answer.status_code != 201:
            break
        acked.append(sent["name"])
    rest = cram(disk)
    form = {"f.name": "没有存下", "f.kind": "company", "key": "k" * 24, "_csrf": browser.csrf}
    by_form = browser.post("/records/customer/new", data=form)
    taken = upload(served, 600)
    with monkeypatch.context() as patch, warnings.catch_warnings():
        patch.setattr(tempfile, "tempdir", str(disk))  # where a form too large for memory waits
        warnings.simplefilter(
            "ignore", ResourceWarning
        )  # the form reader leaves it to the collector
        large = upload(served, 800_000)
        gc.collect()
    listed = boss.get("/api/v1/customer?limit=1&count=true")

    assert 0 < len(acked) < MOST
    assert (answer.status_code, answer.json["errors"][0]["code"]) == (503, "no_space")
    assert by_form.status_code == 503
    assert "没有存下" in by_form.get_data(as_text=True)
    assert (taken, large) == ((503, "no_space"), (503, "no_space"))
    assert (listed.status_code, listed.json["count"]) == (200, len(acked))
    filler.unlink()
    rest.unlink()
    assert (
        boss.post("/api/v1/customer", json={"name": "又能存了", "kind": "company"}).status_code
        == 201
    )
    assert upload(served, 600)[0] == 201
    store = served.desk.store
    with store.connection():
        kept = [name for (name,) in store.rows('SELECT "name" FROM "customer" ORDER BY "id"')]
        assert kept == [*acked, "又能存了"]
        assert store.value("PRAGMA integrity_check") == "ok"
        assert verify(served.desk, now=clock.now()).is_sound


def test_half_an_anchor_is_never_left_on_a_full_disk(served: Served, disk: Path) -> None:
    store = served.desk.store
    with store.connection():
        seal.seal(store, owner="tests", now=clock.now())
        path = disk / "audit-anchors.log"
        path.write_bytes(b"")
        rest = cram(disk)

        with pytest.raises(OSError, match="No space"):
            seal.anchor(store, now=clock.now())

        assert path.read_bytes() == b""
        rest.unlink()
        assert seal.anchor(store, now=clock.now()) is not None
        assert verify(served.desk, now=clock.now()).is_sound
