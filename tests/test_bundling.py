"""The archive for machines without a network: locked, checked, the same each time.

That it installs without one is tried by `make bundle`: it needs the wheels.
"""

from __future__ import annotations

import hashlib
import subprocess
import tarfile
from pathlib import Path

import pytest

from bundling import bundle

TARGETS = (bundle.Target("3.11", "x86_64"), bundle.Target("3.13", "aarch64"))


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An archive of wheels that are none."""

    def pip(*arguments: str) -> None:
        if arguments[0] == "wheel":
            own = tmp_path / "own"
            own.mkdir(exist_ok=True)
            (own / "kefu_admin-9.9-py3-none-any.whl").write_bytes(b"ours")
            return
        to = Path(next(one for one in arguments if one.startswith("--dest="))[len("--dest=") :])
        to.mkdir()
        machine = next(one for one in arguments if "manylinux2014" in one).partition("2014_")[2]
        (to / "kefu_admin-9.9-py3-none-any.whl").write_bytes(b"ours")
        (to / f"Some_Lib-1.0-cp311-manylinux2014_{machine}.whl").write_bytes(machine.encode())

    monkeypatch.setattr(bundle, "_pip", pip)
    return bundle.made(tmp_path, tmp_path / "dist", TARGETS)


def test_every_wheel_is_locked_by_its_hash_per_target(archive: Path) -> None:
    with tarfile.open(archive) as tar:
        file = tar.extractfile("kefu-9.9/requirements-py3.13-aarch64.txt")
        assert file is not None
        lines = file.read().decode().splitlines()

    ours, lib = hashlib.sha256(b"ours").hexdigest(), hashlib.sha256(b"aarch64").hexdigest()
    assert sorted(lines) == [
        f"kefu-admin[postgres,mariadb]==9.9 --hash=sha256:{ours}",
        f"some-lib==1.0 --hash=sha256:{lib}",
    ]


def test_everything_in_it_has_a_checksum_that_the_installer_checks(
    archive: Path, tmp_path: Path
) -> None:
    with tarfile.open(archive) as tar:
        tar.extractall(tmp_path / "out", filter="data")
    top = tmp_path / "out" / "kefu-9.9"
    names = {line.split("  ")[1] for line in (top / "SHA256SUMS").read_text().splitlines()}

    assert {"install.sh", "kefu-web.service", "nginx.conf.sample", "config/project.yaml"} <= names
    assert names | {"SHA256SUMS"} == {
        path.relative_to(top).as_posix() for path in top.rglob("*") if path.is_file()
    }
    (top / "config" / "project.yaml").write_text("altered", "utf-8")
    done = subprocess.run(
        [top / "install.sh", "--prefix", tmp_path / "kefu"], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "files are damaged" in done.stderr
    assert not (tmp_path / "kefu").exists()


def test_the_same_sources_give_the_same_archive(archive: Path) -> None:
    first = archive.read_bytes()
    with tarfile.open(archive) as tar:
        assert {(one.uid, one.uname, one.mtime) for one in tar} == {(0, "", 1_700_000_000)}
    assert first[4:8] == (1_700_000_000).to_bytes(4, "little")  # gzip's own time
