"""R03: every point at which a deed on SQLite can be cut off, one by one.

A forked child is held by strace, which kills it when it enters its n-th system call of a kind, for
n = 1, 2, … until the deed ends before the n-th. Afterwards the deed is judged like any other.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from kefu_admin.problems import Refusal
from tests.soak.deeds import Deed, stray_files
from tests.soak.ground import Ground
from tests.soak.oracle import Promise, Verdict, Word

CALLS = ("pwrite64", "fdatasync", "fsync", "ftruncate", "write", "openat", "unlink")
ATTACH_SECONDS = 20
MOST = 2000  # points of one deed and call; more means that it never ends
STRIDED = "pwrite64"  # by far the most; the others are all taken


def absent() -> str:
    """Why this machine cannot; "" when it can."""
    if shutil.which("strace") is None:
        return "crash points: no strace"
    sleeper = subprocess.Popen(["sleep", "20"])
    try:
        command = ["strace", "-qq", "-o", "/dev/null", "-p", str(sleeper.pid)]
        tracer = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        attached = held(sleeper.pid, tracer)
        tracer.kill()
        tracer.wait()
    finally:
        sleeper.kill()
        sleeper.wait()
    return "" if attached else "crash points: strace may not attach"


def run(
    ground: Ground,
    deeds: Sequence[Deed],
    *,
    every: int,
    plant: Callable[[], None] | None = None,
) -> Verdict:
    """Cut each deed off at each of its points; returns what was found.

    Args:
        every: of the writes into the database file only each such one (1: all).
        plant: puts a fault into each child before it begins.
    """
    verdict = Verdict(again=0.1, enough=1 if plant else 20)
    for deed in deeds:
        for call in CALLS:
            step = every if call == STRIDED else 1
            for at in range(1, MOST, step):
                mark = f"{deed.name}-{call}-{at}"
                with ground.store.connection():
                    promise = Promise(deed, deed.prepare(ground, mark), f"key-of-{mark}")
                ground.store.close()
                killed = _cut(ground, promise, call, at, plant)
                verdict.seen["points"] += killed
                verdict.seen[f"{deed.name} at {call}"] += killed
                verdict.judge(ground, [promise])
                if not killed or verdict.is_clear:
                    break
            else:
                verdict.faults.append(f"{deed.name}: never ends")
    with ground.store.connection():
        checked = ground.store.value("PRAGMA integrity_check")
    if checked != "ok":
        verdict.faults.append(f"integrity_check: {checked}")
    verdict.faults += [*ground.findings(), *stray_files(ground)]
    return verdict


def _cut(
    ground: Ground, promise: Promise, call: str, at: int, plant: Callable[[], None] | None
) -> bool:
    """Let a child do the deed and die at the point; whether it came so far. The promise holds what
    the child said last."""
    go_reading, go = os.pipe()
    said, saying = os.pipe()
    child = os.fork()
    if not child:
        _live(ground, promise, go_reading, saying, plant)
    os.close(go_reading)
    os.close(saying)
    assert os.read(said, 1) == b"r"
    inject = f"inject={call}:signal=KILL:when={at}"
    command = ["strace", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", inject]
    tracer = subprocess.Popen([*command, "-p", str(child)], stderr=subprocess.DEVNULL)
    try:
        if not held(child, tracer):
            raise RuntimeError("strace did not attach")
        os.write(go, b"g")
        word = os.read(said, 1)
        _, status = os.waitpid(child, 0)
    finally:
        tracer.kill()
        tracer.wait()
        os.close(go)
        os.close(said)
    if word == b"b":
        raise RuntimeError(f"{promise.deed.name} broke by itself")
    promise.word = {b"a": Word.ACKED, b"n": Word.REFUSED}.get(word, Word.BEGUN)
    return os.WIFSIGNALED(status)


def _live(
    ground: Ground,
    promise: Promise,
    go: int,
    saying: int,
    plant: Callable[[], None] | None,
) -> None:
    """The child: ready, then the deed, then a word on it; never returns."""
    try:
        if plant is not None:
            plant()
        with ground.store.connection():
            ground.store.rows('SELECT 1 FROM "customer"')
            os.write(saying, b"r")
            os.read(go, 1)
            try:
                promise.deed.do(ground, promise.facts, promise.key)
            except Refusal:
                os.write(saying, b"n")
            else:
                os.write(saying, b"a")
    except BaseException:  # nothing may return into the parent's code
        os.write(saying, b"b")
    finally:
        os._exit(0)


def held(process: int, tracer: subprocess.Popen[bytes]) -> bool:
    """Waits until the tracer holds the process; False when it gives up."""
    until = time.monotonic() + ATTACH_SECONDS
    while time.monotonic() < until and tracer.poll() is None:
        status = Path(f"/proc/{process}/status").read_text()
        if f"TracerPid:\t{tracer.pid}\n" in status:
            return True
        time.sleep(0.001)
    return False
