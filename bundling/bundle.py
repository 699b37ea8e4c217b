"""`python -m bundling.bundle`: one archive that installs without a network.

It holds the product's wheel with its front-end files, every wheel it needs for each supported
Python on x86-64 and aarch64, one requirements file per target that locks each wheel by its SHA-256,
the shipped config and seeds, service units, an nginx sample, an installer, and the checksums of all
of it. The same sources and the same wheels give the same archive byte by byte.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
FILES = Path(__file__).parent / "files"
PYTHONS = ("3.11", "3.12", "3.13")
MACHINES = ("x86_64", "aarch64")
PLATFORMS = ("manylinux2014", "manylinux_2_17", "manylinux_2_28")
EXTRAS = "postgres,mariadb"
_WHEEL = re.compile(r"^(?P<name>[A-Za-z0-9_.]+?)-(?P<version>[^-]+)-")
_EPOCH = 1_700_000_000  # the time of every file in the archive


@dataclass(frozen=True, slots=True)
class Target:
    """A Python on a kind of machine."""

    python: str
    machine: str

    @property
    def requirements(self) -> str:
        """The name of its requirements file, which the installer looks for."""
        return f"requirements-py{self.python}-{self.machine}.txt"


def own_target() -> Target:
    """The Python that runs this, on the machine it runs on."""
    return Target(f"{sys.version_info.major}.{sys.version_info.minor}", platform.machine())


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the archive in dist/ and print its path."""
    parser = argparse.ArgumentParser(prog="python -m bundling.bundle")
    parser.add_argument("--python", action="append", choices=PYTHONS, help="only this Python")
    parser.add_argument("--machine", action="append", choices=MACHINES, help="only this machine")
    parser.add_argument("--here", action="store_true", help="only this Python on this machine")
    parser.add_argument("--to", type=Path, default=ROOT / "dist")
    given = parser.parse_args(arguments)
    targets = (
        [own_target()]
        if given.here
        else [
            Target(python, machine)
            for python in given.python or PYTHONS
            for machine in given.machine or MACHINES
        ]
    )
    with tempfile.TemporaryDirectory() as name:
        print(made(Path(name), given.to, targets))
    return 0


def made(work: Path, to: Path, targets: Sequence[Target]) -> Path:
    """The archive, made in `work` and put into `to`."""
    wheel = _built(work)
    version = _parts(wheel)[1]
    top = work / f"kefu-{version}"
    wheels = top / "wheels"
    wheels.mkdir(parents=True)
    for target in targets:
        _download(wheel, target, work / "got", wheels, top)
    for name in ("config", "seeds"):
        shutil.copytree(ROOT / name, top / name)
    for path in sorted(FILES.iterdir()):
        shutil.copy2(path, top / path.name)
    (top / "install.sh").chmod(0o755)
    _write_sums(top)
    to.mkdir(parents=True, exist_ok=True)
    archive = to / f"{top.name}-bundle.tar.gz"
    _pack(top, archive)
    return archive


def _built(work: Path) -> Path:
    """The product's wheel, with the front-end files built into it."""
    _pip("wheel", "--no-deps", "--wheel-dir", str(work / "own"), str(ROOT))
    (wheel,) = (work / "own").glob("kefu_admin-*.whl")
    return wheel


def _download(wheel: Path, target: Target, got: Path, wheels: Path, top: Path) -> None:
    """Every wheel of one target into the common house, and its requirements file."""
    shutil.rmtree(got, ignore_errors=True)
    platforms = [f"--platform={one}_{target.machine}" for one in PLATFORMS]
    _pip(
        "download", f"--dest={got}", "--only-binary=:all:", "--implementation=cp",
        f"--python-version={target.python}", *platforms, f"{wheel}[{EXTRAS}]",
    )  # fmt: skip
    lines = []
    for path in sorted(got.iterdir()):
        name, version = _parts(path)
        extras = f"[{EXTRAS}]" if name == "kefu-admin" else ""
        lines.append(f"{name}{extras}=={version} --hash=sha256:{_sha256(path)}")
        shutil.copy2(path, wheels / path.name)
    (top / target.requirements).write_text("\n".join(lines) + "\n", "utf-8")


def _parts(wheel: Path) -> tuple[str, str]:
    """Name and version of a wheel by its file name."""
    found = _WHEEL.match(wheel.name)
    if found is None or wheel.suffix != ".whl":
        raise ValueError(f"not a wheel: {wheel.name}")
    return found["name"].replace("_", "-").lower(), found["version"]


def _write_sums(top: Path) -> None:
    lines = [f"{_sha256(path)}  {path.relative_to(top).as_posix()}\n" for path in _all_files(top)]
    (top / "SHA256SUMS").write_text("".join(lines), "utf-8")


def _pack(top: Path, archive: Path) -> None:
    """Files in order, without owners or times of this machine."""

    def plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = 0
        member.uname = member.gname = ""
        member.mtime = _EPOCH
        member.mode = 0o755 if member.name.endswith(".sh") or member.isdir() else 0o644
        return member

    with (
        archive.open("wb") as file,
        gzip.GzipFile("", "wb", 6, file, mtime=_EPOCH) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for path in _all_files(top):
            tar.add(path, f"{top.name}/{path.relative_to(top).as_posix()}", filter=plain)


def _all_files(top: Path) -> Iterator[Path]:
    return (path for path in sorted(top.rglob("*")) if path.is_file())


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    subprocess.run(command, check=True, env=dict(os.environ))


if __name__ == "__main__":
    raise SystemExit(main())
