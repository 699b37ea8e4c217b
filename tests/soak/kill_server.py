"""R05: the database server itself is killed while people write, and started again.

The server is one of our own, made from the installed programs in a directory of its own, with its
usual care for the disk; the process under test lives on and must find its way back by itself.
"""

from __future__ import annotations

import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from kefu_admin.problems import Busy, Refusal
from tests.soak.deeds import DEEDS
from tests.soak.ground import Ground
from tests.soak.oracle import Promise, Verdict, Word

WRITERS = 3
KILL_AFTER = (0.3, 1.5)  # seconds of work
START_SECONDS = 60
BACK_SECONDS = 2.0  # after the server answers again
UNPRIVILEGED = ("postgres", "nobody")


class Server(Protocol):
    """A database server of our own."""

    url: str

    def start(self) -> None:
        """Start it, and wait until it answers."""

    def kill(self) -> None:
        """End every process of it at once."""


class _Own(ABC):
    """What both servers share: a port, and a group of processes."""

    command: tuple[str, ...]

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        until = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process is None or self._process.poll() is not None:
                self._process = self._begin()
            if time.monotonic() > until:
                raise SystemExit(f"{self.command[0]} did not start")
            time.sleep(0.05)

    def kill(self) -> None:
        assert self._process is not None
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def _begin(self) -> subprocess.Popen[bytes]:
        with (self.directory / "server.log").open("ab") as log:
            return subprocess.Popen(self.command, stdout=log, stderr=log, start_new_session=True)

    @abstractmethod
    def _answers(self) -> bool:
        """Whether the server takes connections by now."""


class Postgresql(_Own):
    """PostgreSQL, which never runs as root."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        programs = Path(_program("postgres", "/usr/lib/postgresql/*/bin/postgres")).resolve().parent
        as_user: tuple[str, ...] = ()
        if os.getuid() == 0:
            name = next(one for one in UNPRIVILEGED if _exists(one))
            as_user = ("setpriv", f"--reuid={name}", f"--regid={name}", "--clear-groups")
            shutil.chown(directory, name)
        data = str(directory / "postgresql")
        making = [*as_user, str(programs / "initdb"), "-A", "trust", "-U", "postgres", "-D", data]
        subprocess.run(making, check=True, capture_output=True)
        port, sockets = str(self.port), str(directory)
        in_data = ("-c", "dynamic_shared_memory_type=mmap")  # what a kill leaves goes with the data
        server = (str(programs / "postgres"), "-D", data, "-p", port, "-k", sockets, *in_data)
        self.command = (*as_user, *server)
        self.url = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def kill(self) -> None:
        """Its children are in groups of their own, but end when it is gone."""
        super().kill()
        (self.directory / "postgresql" / "postmaster.pid").unlink(missing_ok=True)

    def _answers(self) -> bool:
        import psycopg

        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


class Mariadb(_Own):
    """MariaDB."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        data = directory / "mariadb"
        user = pwd.getpwuid(os.getuid()).pw_name
        making = [
            _program("mariadb-install-db"),
            "--no-defaults",
            f"--datadir={data}",
            f"--user={user}",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
        ]
        subprocess.run(making, check=True, capture_output=True)
        self.command = (
            _program("mariadbd", "/usr/sbin/mariadbd"),
            "--no-defaults",
            f"--datadir={data}",
            f"--user={user}",
            f"--port={self.port}",
            "--bind-address=127.0.0.1",
            f"--socket={directory / 'mariadb.sock'}",
            f"--pid-file={directory / 'mariadb.pid'}",
        )
        self.url = f"mariadb://root@127.0.0.1:{self.port}/soak"

    def _answers(self) -> bool:
        import pymysql

        try:
            made = pymysql.connect(host="127.0.0.1", port=self.port, user="root", connect_timeout=2)
        except pymysql.err.OperationalError:
            return False
        with made, made.cursor() as cursor:
            cursor.execute("CREATE DATABASE IF NOT EXISTS soak")
        return True


SERVERS: dict[str, Callable[[Path], Server]] = {"postgresql": Postgresql, "mariadb": Mariadb}


def run(ground: Ground, server: Server, *, kills: int, seed: int) -> Verdict:
    """Kill the server that many times; returns what was found."""
    chance, verdict = random.Random(seed), Verdict(again=0.3)
    for number in range(1, kills + 1):
        promises: list[Promise] = []
        over = threading.Event()
        writers = [
            threading.Thread(
                target=_work,
                args=(ground, f"{seed}-{number}-{one}", random.Random(chance.random())),
                kwargs={"promises": promises, "over": over, "verdict": verdict},
            )
            for one in range(WRITERS)
        ]
        for one in writers:
            one.start()
        time.sleep(chance.uniform(*KILL_AFTER))
        server.kill()
        time.sleep(0.2)  # who writes meanwhile is told
        over.set()
        for one in writers:
            one.join()
        server.start()
        verdict.seen["kills"] += 1
        verdict.faults += _back(ground, verdict)
        verdict.judge(ground, promises)
        verdict.faults += ground.findings()
    return verdict


def _back(ground: Ground, verdict: Verdict) -> list[str]:
    """The process finds the server again by itself, and soon."""
    began = time.monotonic()
    while True:
        try:
            with ground.store.connection():
                ground.store.value('SELECT COUNT(*) FROM "customer"')
            break
        except Busy:
            if time.monotonic() - began > BACK_SECONDS:
                return [f"not back {BACK_SECONDS} s after the server"]
    verdict.seen["slowest way back, ms"] = max(
        verdict.seen["slowest way back, ms"], round((time.monotonic() - began) * 1000)
    )
    return []


def _work(
    ground: Ground,
    mark: str,
    chance: random.Random,
    *,
    promises: list[Promise],
    over: threading.Event,
    verdict: Verdict,
) -> None:
    """One person: deed after deed until told that it is over."""
    count = 0
    while not over.is_set():
        count += 1
        deed = chance.choice(DEEDS)
        try:
            promise = Promise(deed, deed.prepare(ground, f"{mark}-{count}"), f"key-{mark}-{count}")
        except Busy:
            ground.store.release()
            continue
        promises.append(promise)
        try:
            deed.do(ground, promise.facts, promise.key)
        except Busy:
            verdict.seen["told busy"] += 1
        except Refusal:
            promise.word = Word.REFUSED
        except Exception as error:  # a person would have met a page that says 500
            verdict.faults.append(f"{deed.name}: {error!r}")
        else:
            promise.word = Word.ACKED
        ground.store.release()


def _program(name: str, *places: str) -> str:
    """Where a server's program lies."""
    if found := shutil.which(name):
        return found
    for place in places:
        root, _, rest = place.partition("*")
        for path in sorted(Path(root).glob("*" + rest) if rest else [Path(place)]):
            if path.exists():
                return str(path)
    raise SystemExit(f"no {name} on this machine")


def _exists(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True
