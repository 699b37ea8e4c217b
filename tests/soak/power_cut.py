"""R04: the power is cut while SQLite writes, thousands of times without a reboot.

A child does deeds under strace, which records every write, size and sync of the database's files
and every acknowledgement, in order. Then the cuts are played on paper: what was synced before the
cut is on the disk; of what was not, a random part of the sectors. Whatever the disk holds must
open, be sound, and hold every acknowledged deed, whole.

A disk is modelled, not met: sectors of 512 bytes are kept or lost each for itself, never torn; the
names of files are taken as written.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from kefu_admin.operations.desk import Desk
from kefu_admin.problems import Refusal
from tests.databases import opened
from tests.soak.crash_points import held
from tests.soak.deeds import Deed
from tests.soak.ground import Ground
from tests.soak.oracle import Promise, Verdict, Word

SECTOR = 512
CHECKPOINT_PAGES = 100  # far fewer than shipped, so that a short run is cut within checkpoints too
CALLS = "pwrite64,write,fdatasync,fsync,ftruncate"
_LINE = re.compile(r"^\d+ +(\w+)\(\d+<(.*?)>(?:, (.*))?\) += (\d+)")
PLANTS = {
    "normal": "PRAGMA synchronous=NORMAL",  # loses what was acknowledged
    "off": "PRAGMA synchronous=OFF",  # breaks the file
}
_DATA = re.compile(r'^"((?:\\x[0-9a-f]{2})*)", (\d+)(?:, (\d+))?$')


@dataclass(frozen=True, slots=True)
class Event:
    """What reached the system: `data` at an offset of a file, its new `size`, a sync (neither), or
    (`told`) a deed acknowledged."""

    file: str = ""
    at: int = 0
    data: bytes = b""
    size: int | None = None
    told: int | None = None


@dataclass(slots=True)
class File:
    """One file of the disk: what is there for good, and what came since."""

    kept: bytearray
    waiting: list[Event] = field(default_factory=list)

    def synced(self) -> None:
        """What waited is there for good."""
        for event in self.waiting:
            _write(self.kept, event, lambda: True)
        self.waiting.clear()

    def after_a_cut(self, chance: random.Random) -> bytes:
        """What is found when the power is back."""
        found = bytearray(self.kept)
        for event in self.waiting:
            _write(found, event, lambda: chance.random() < 0.5)
        return bytes(found)


def run(
    ground: Ground, deeds: Sequence[Deed], *, each: int, cuts: int, seed: int, pragma: str = ""
) -> Verdict:
    """Do every deed `each` times and cut the power that often; returns what was found.

    Args:
        pragma: a statement each child begins with; a weak setting must be found out.
    """
    chance, verdict = random.Random(seed), Verdict(again=0)
    with ground.store.connection():
        promises = [
            Promise(deed, deed.prepare(ground, f"{deed.name}-{n}"), f"key-of-{deed.name}-{n}")
            for n in range(each)
            for deed in deeds
        ]
        ground.store.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    ground.store.close()
    database = Path(ground.store.url.removeprefix("sqlite:///"))
    first = {
        ending: path.read_bytes() if (path := Path(f"{database}{ending}")).exists() else b""
        for ending in ("", "-wal")
    }
    events = _recorded(ground, promises, database, pragma)
    verdict.seen["events"], verdict.seen["syncs"] = len(events), sum(map(_is_sync, events))
    for _ in range(cuts):
        disk, acked = _cut(first, events, chance.randint(1, len(events)), chance)
        _judge(ground, disk, promises, acked, verdict, ground.store.data_directory / "cut")
        verdict.seen["cuts"] += 1
        verdict.seen["acked before a cut"] += len(acked)
    return verdict


# recording


def _recorded(
    ground: Ground, promises: Sequence[Promise], database: Path, pragma: str
) -> list[Event]:
    """Everything a child wrote while it did the deeds."""
    trace, told = database.with_name("trace"), database.with_name("told")
    reading, go = os.pipe()
    child = os.fork()
    if not child:
        _live(ground, promises, reading, told, pragma)
    command = ["strace", "-f", "-qq", "-y", "-xx", "-s", "1000000", "-e", f"trace={CALLS}"]
    tracer = subprocess.Popen(
        [*command, "-o", str(trace), "-p", str(child)], stderr=subprocess.DEVNULL
    )
    try:
        if not held(child, tracer):
            raise RuntimeError("strace did not attach")
        os.write(go, b"g")
        _, status = os.waitpid(child, 0)
        tracer.wait()
    finally:
        os.close(go)
        os.close(reading)
        if tracer.poll() is None:
            tracer.kill()
            tracer.wait()
    if os.waitstatus_to_exitcode(status):
        raise RuntimeError("the child broke by itself")
    return list(_events(trace, database, told))


def _live(ground: Ground, promises: Sequence[Promise], go: int, told: Path, pragma: str) -> None:
    """The child: every deed, and after each a byte that says so; never returns."""
    code = 1
    try:
        with told.open("wb", buffering=0) as acks, ground.store.connection():
            ground.store.rows('SELECT 1 FROM "customer"')
            ground.store.rows(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
            if pragma:
                ground.store.execute(pragma)
            os.read(go, 1)
            for number, promise in enumerate(promises):
                try:
                    promise.deed.do(ground, promise.facts, promise.key)
                except Refusal:
                    continue
                acks.write(number.to_bytes(4, "big"))
        code = 0
    finally:
        os._exit(code)


def _events(trace: Path, database: Path, told: Path) -> Iterator[Event]:
    ends = {str(database): "", f"{database}-wal": "-wal"}
    with trace.open(encoding="ascii") as lines:
        for line in lines:
            found = _LINE.match(line)
            if found is None:
                continue
            call, shown, rest, size = found.groups()
            path = bytes.fromhex(shown.replace("\\x", "")).decode()
            if path == str(told):
                yield Event(told=int.from_bytes(_bytes(rest)[0], "big"))
            elif path in ends and call in ("fdatasync", "fsync"):
                yield Event(ends[path])
            elif path in ends and call == "ftruncate":
                yield Event(ends[path], size=int(rest))
            elif path in ends:
                data, at = _bytes(rest)
                yield Event(ends[path], at, data[: int(size)])


def _bytes(text: str) -> tuple[bytes, int]:
    found = _DATA.match(text)
    if found is None:
        raise ValueError(f"a write that cannot be read: {text[:60]}")
    return bytes.fromhex(found[1].replace("\\x", "")), int(found[3] or 0)


# cutting


def _is_sync(event: Event) -> bool:
    return event.told is None and event.size is None and not event.data


def _write(content: bytearray, event: Event, stays: Callable[[], bool]) -> None:
    """Those sectors of a write that stay; a file that grew is long enough, with zeros for what was
    lost."""
    if event.size is not None:
        if stays():
            del content[event.size :]
            content.extend(bytes(event.size - len(content)))
        return
    end = event.at + len(event.data)
    content.extend(bytes(max(0, end - len(content))))
    start = event.at
    while start < end:
        stop = min((start // SECTOR + 1) * SECTOR, end)
        if stays():
            content[start:stop] = event.data[start - event.at : stop - event.at]
        start = stop


def _cut(
    first: Mapping[str, bytes], events: Sequence[Event], at: int, chance: random.Random
) -> tuple[dict[str, bytes], set[int]]:
    """The files as they are found after a cut before that event, and the deeds acknowledged."""
    disk = {name: File(bytearray(content)) for name, content in first.items()}
    acked: set[int] = set()
    for event in events[:at]:
        if event.told is not None:
            acked.add(event.told)
        elif _is_sync(event):
            disk[event.file].synced()
        else:
            disk[event.file].waiting.append(event)
    return {name: file.after_a_cut(chance) for name, file in disk.items()}, acked


def _judge(
    ground: Ground,
    disk: Mapping[str, bytes],
    promises: Sequence[Promise],
    acked: set[int],
    verdict: Verdict,
    directory: Path,
) -> None:
    """Open what is left, and hold it against what was promised."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir()
    for ending, content in disk.items():
        (directory / f"cut.db{ending}").write_bytes(content)
    store = opened(f"sqlite:///{directory / 'cut.db'}", ground.store.project, directory)
    try:
        with store.connection():
            checked = store.value("PRAGMA integrity_check")
    except Exception as error:  # whatever a torn file does to the driver
        checked = repr(error)
    if checked == "ok":
        found = [
            replace(promise, word=Word.ACKED if number in acked else Word.BEGUN)
            for number, promise in enumerate(promises)
        ]
        verdict.judge(replace(ground, desk=Desk(store.project, store)), found)
    else:
        verdict.seen["corrupt"] += 1
        verdict.faults.append(f"integrity_check: {checked}")
    store.close()
