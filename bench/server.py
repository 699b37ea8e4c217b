"""Starting and ending servers of a bench; a seeded desk for them to serve."""

from __future__ import annotations

import os
import re
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlencode

from bench.client import Client
from kefu_admin import clock, shipped
from kefu_admin.actor import Actor
from kefu_admin.behaviours.engines import SEED
from kefu_admin.definitions.load import load
from kefu_admin.operations import seeding, tokens
from kefu_admin.operations.desk import Desk
from kefu_admin.store import accounts
from kefu_admin.store.apply import apply, plan
from kefu_admin.store.database import Store

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeded:
    """A desk with customers, and how to get in: the supervisor's login and a token."""

    url: str
    secret_file: Path
    data: Path
    login: str
    password: str
    bearer: str
    department: int
    owner: int


def seeded(url: str, data: Path, customers: int) -> Seeded:
    """The shipped desk on an empty database, with that many customers and no other records."""
    secret = secrets.token_hex(48).encode()  # bytes at its ends might read as blanks
    secret_file = data / "secret"
    secret_file.write_bytes(secret)
    secret_file.chmod(0o600)
    project = load(shipped.config_directory())
    store = Store.open(url, project, data_directory=data, secret=secret)
    now = clock.now()
    with store.connection():
        apply(store, plan(store), consent=frozenset(), actor=SEED, now=now)
        seeds = seeding.read(shipped.seeds_directory())
        seeding.departments(store, seeds, now=now)
        logins = {one.roles: one for one in seeding.people(store, seeds, now=now)}
        supervisor = logins[("supervisor",)]
        only = [
            replace(one, fields={k: v for k, v in one.fields.items() if k != "contacts"})
            for one in seeds.instructions
            if one.type == "customer"
        ]
        seeding.invent(store, replace(seeds, instructions=tuple(only)), rows=customers, now=now)
        person = accounts.person_by_login(store, supervisor.login)
        assert person is not None
        assert person.department_id is not None
        actor = Actor(
            user_id=person.id, login=person.login, name=person.name, roles=person.roles,
            department_id=person.department_id,
        )  # fmt: skip
        bearer = tokens.issue(
            Desk(project, store), name="bench", scopes=["*:read", "*:write"], days=1,
            actor=actor, now=now,
        )  # fmt: skip
    store.close()
    return Seeded(
        url=url,
        secret_file=secret_file,
        data=data,
        login=supervisor.login,
        password=supervisor.password,
        bearer=bearer.token,
        department=person.department_id,
        owner=person.id,
    )


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: list[str], port: int, path: str, env: Mapping[str, str]) -> Iterator[int]:
    """The pid of a server as a child process, ended (by it) when the block ends."""
    child = subprocess.Popen(
        command,
        env={**os.environ, **env},
        stdout=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + 60
        while True:
            try:
                Client(port).ask("GET", path)
                break
            except OSError:
                if child.poll() is not None or time.monotonic() > until:
                    raise SystemExit(f"{command} did not start") from None
                time.sleep(0.05)
        yield child.pid
    finally:
        child.send_signal(signal.SIGTERM)
        child.wait(20)


def processor_seconds(pid: int) -> float:
    """User and system time a process and its workers have taken so far, with all threads."""
    return sum(map(_own_seconds, (pid, *_workers(pid))))


def _own_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:  # no such file where there is no Linux
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _workers(pid: int) -> list[int]:
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def desk_server(desk: Seeded, port: int) -> dict[str, str]:
    """The environment of `kefu web` on this desk."""
    return {
        "KEFU_CONFIG": str(shipped.config_directory()),
        "KEFU_DATA": str(desk.data),
        "KEFU_DATABASE_URL": desk.url,
        "KEFU_SECRET_FILE": str(desk.secret_file),
        "KEFU_PORT": str(port),
        "KEFU_THREADS": "4",
        "KEFU_DEMO": "1",
    }


def signed_in(port: int, desk: Seeded) -> Client:
    """A client with a panel session."""
    client = Client(port)
    page = client.ask("GET", "/sign-in")
    cookie = page.headers["set-cookie"].split(";")[0]
    answer = client.ask(
        "POST",
        "/sign-in",
        urlencode(
            {"_csrf": hidden(page.body, "_csrf"), "login": desk.login,
             "password": desk.password, "next": "/"}
        ),
        {**FORM, "Cookie": cookie},
    )  # fmt: skip
    if answer.status != 303:
        raise SystemExit(f"cannot sign in: {answer.status}")
    client.headers["Cookie"] = answer.headers["set-cookie"].split(";")[0]
    return client


def hidden(page: bytes, name: str) -> str:
    """The value of a hidden input."""
    found = re.findall(rf'name="{name}" value="([^"]*)"'.encode(), page)
    if not found:
        raise SystemExit(f"no {name} on the page")
    return str(found[-1].decode())
